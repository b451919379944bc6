"""Payments against the real sandbox: one order is paid once, and no fen is lost (E1)."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import pytest
import pytest_asyncio

from schemas.api.orders import CancelBody
from schemas.enums import OrderStatus, PaymentState, RefundState, Role
from services.errors import Problem
from services.ids import new_id
from tests.parts.databases import SettingsMaker
from tests.parts.real import RealParts
from tests.services.orders_world import JSAPI, LAPSE_MINUTES, QUERY_AFTER, World, open_world, ticket


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def opened(make_settings: SettingsMaker, parts: RealParts) -> AsyncIterator[World]:
    async with open_world(make_settings(), parts) as world:
        yield world


@pytest_asyncio.fixture(loop_scope="session")
async def world(opened: World) -> AsyncIterator[World]:
    opened.clock.ahead *= 0
    opened.tallies.clear()
    yield opened
    await opened.control("DELETE", "/control/faults")


async def refused(doing: Awaitable[Any]) -> str:
    with pytest.raises(Problem) as caught:
        await doing
    return caught.value.code


# --- starting


async def test_a_payment_is_what_wx_request_payment_needs(world: World) -> None:
    client = await world.client()
    order = await world.place(client)
    view = await world.start(client, order.id)
    stored = await world.payment(order.id)
    assert view.out_trade_no == stored["out_trade_no"] == f"P{view.payment_id}"
    assert view.jsapi.package == f"prepay_id={stored['prepay_id']}"
    assert view.jsapi.signType == "RSA"
    assert view.amount_fen == order.payable_fen
    assert (view.expires_at - stored["created_at"]).total_seconds() == LAPSE_MINUTES * 60
    assert await world.audited(view.payment_id) == ["payment.opened", "payment.started"]
    items = (await world.control("GET", "/control/payments"))["items"]
    (known,) = [item for item in items if item["out_trade_no"] == view.out_trade_no]
    assert known["amount"]["total"] == order.payable_fen


async def test_a_replay_is_signed_anew(world: World) -> None:
    """Ruling 17: same payment, fresh signature; after its prepay died 410."""
    client = await world.client()
    order = await world.place(client)
    key = ticket(client, "pay", JSAPI)
    first = await world.payments.start(client, order.id, JSAPI, key)
    again = await world.payments.start(client, order.id, JSAPI, key)
    assert (again.payment_id, again.jsapi.package) == (first.payment_id, first.jsapi.package)
    assert again.jsapi.nonceStr != first.jsapi.nonceStr
    world.clock.forward(minutes=LAPSE_MINUTES)
    assert await refused(world.payments.start(client, order.id, JSAPI, key)) == "idempotency.answer_expired"


async def test_a_replay_after_paying_is_the_same_answer(world: World) -> None:
    client = await world.client()
    order = await world.place(client)
    key = ticket(client, "pay", JSAPI)
    first = await world.payments.start(client, order.id, JSAPI, key)
    await world.pay(first.out_trade_no)
    await world.payments.notify(*await world.notice(first.out_trade_no))
    again = await world.payments.start(client, order.id, JSAPI, key)
    assert again.payment_id == first.payment_id
    world.clock.forward(hours=2)
    assert await refused(world.payments.start(client, order.id, JSAPI, key)) == "idempotency.answer_expired"


async def test_two_devices_pay_the_same_payment(world: World) -> None:
    """One pending payment for an order, however many begin to pay at once."""
    client = await world.client()
    order = await world.place(client)
    views = await asyncio.gather(*(world.start(client, order.id) for _ in range(8)))
    assert len({view.payment_id for view in views}) == 1
    assert len({view.jsapi.package for view in views}) == 1
    await world.payment(order.id)


async def test_one_key_at_once_asks_wechat_once(world: World) -> None:
    client = await world.client()
    order = await world.place(client)
    key = ticket(client, "pay", JSAPI)
    answers = await asyncio.gather(
        *(world.payments.start(client, order.id, JSAPI, key) for _ in range(5)), return_exceptions=True
    )
    codes = {answer.code for answer in answers if isinstance(answer, Problem)}
    assert codes <= {"idempotency.running"}
    assert any(not isinstance(answer, BaseException) for answer in answers)
    await world.payment(order.id)


async def test_without_wechat_nothing_is_paid(world: World) -> None:
    client = await world.person(Role.CLIENT)
    order = await world.place(client)
    assert await refused(world.start(client, order.id)) == "payment.wechat_required"
    assert await world.database.payments.count_documents({"order_id": order.id}) == 0


async def test_what_is_paid_is_not_paid_again(world: World) -> None:
    client = await world.client()
    order = await world.paid(client)
    assert await refused(world.start(client, order.id)) == "order.already_paid"


async def test_a_lost_answer_of_wechat_costs_nothing(world: World) -> None:
    """The prepay is made, its answer gets lost: the next try takes the same number up again."""
    client = await world.client()
    order = await world.place(client)
    await world.control(
        "POST", "/control/faults", {"endpoint": "pay_jsapi", "drop": True, "phase": "after", "times": 2}
    )
    key = ticket(client, "pay", JSAPI)
    assert await refused(world.payments.start(client, order.id, JSAPI, key)) == "provider.unavailable"
    stored = await world.payment(order.id)
    assert "prepay_id" not in stored
    view = await world.payments.start(client, order.id, JSAPI, key)
    assert view.payment_id == stored["_id"]


async def test_wechat_being_away_is_said(world: World) -> None:
    client = await world.client()
    order = await world.place(client)
    await world.control("POST", "/control/faults", {"endpoint": "pay_jsapi", "status": 500})
    assert await refused(world.start(client, order.id)) == "provider.unavailable"
    await world.control("DELETE", "/control/faults")
    assert (await world.start(client, order.id)).payment_id


async def test_wechat_s_refusal_is_said(world: World) -> None:
    """An openid that WeChat does not know is refused for good."""
    client = await world.client()
    world.openids.known[client.user_id] = "o_nobody_knows_this_one"
    order = await world.place(client)
    assert await refused(world.start(client, order.id)) == "payment.refused"
    assert world.tallies["prepay_refused", "refused"] == 1


async def test_a_payment_about_to_lapse_is_replaced(world: World) -> None:
    client = await world.client()
    order = await world.place(client)
    first = await world.start(client, order.id)
    world.clock.forward(minutes=LAPSE_MINUTES - 0.5)
    second = await world.start(client, order.id)
    assert second.payment_id != first.payment_id
    states = {p["_id"]: p["state"] for p in await world.database.payments.find({"order_id": order.id}).to_list()}
    assert states == {first.payment_id: PaymentState.CLOSED, second.payment_id: PaymentState.PENDING}


async def test_paid_while_the_notice_is_on_its_way(world: World) -> None:
    """Starting once more finds out that the lapsing payment was paid."""
    client = await world.client()
    order = await world.place(client)
    first = await world.start(client, order.id)
    await world.pay(first.out_trade_no)
    world.clock.forward(minutes=LAPSE_MINUTES)
    assert await refused(world.start(client, order.id)) == "order.already_paid"
    assert (await world.stored(order.id))["status"] == OrderStatus.PAID


# --- notices


async def test_a_notice_opens_the_space(world: World) -> None:
    """A1: the space exists from the moment the order is paid, with client and on-duty support in it."""
    client = await world.client()
    _, support = await world.office()
    order = await world.paid(client)
    assert order.status is OrderStatus.PAID
    space = await world.database.spaces.find_one({"order_id": order.id})
    assert space is not None
    assert space["_id"] == order.space_id
    members = [(m["user_id"], m["role"], m["first_seq"]) for m in space["members"]]
    assert members == [(client.user_id, "client", 1), (support.user_id, "support", 1)]
    payment = await world.payment(order.id)
    assert payment["state"] == PaymentState.SUCCEEDED
    assert payment["transaction_id"]
    assert await world.audited(payment["_id"]) == ["payment.opened", "payment.started", "payment.succeeded"]


async def test_a_hundred_identical_notices_at_once(world: World) -> None:
    """One payment, one space, one event owed, and a hundred successful answers."""
    client = await world.client()
    order = await world.place(client)
    payment = await world.start(client, order.id)
    await world.pay(payment.out_trade_no)
    notice = await world.notice(payment.out_trade_no, event_id=new_id())
    await asyncio.gather(*(world.payments.notify(*notice) for _ in range(100)))
    assert await world.database.spaces.count_documents({"order_id": order.id}) == 1
    assert await world.database.outbox.count_documents({"kind": "order.paid", "payload.order_id": order.id}) == 1
    assert (await world.audited(payment.payment_id)).count("payment.succeeded") == 1
    assert await world.database.provider_events.count_documents({"subject": payment.payment_id}) == 1
    assert world.tallies["payment_confirmed", "succeeded"] == 1


async def test_notices_and_queries_at_once(world: World) -> None:
    client = await world.client()
    order = await world.place(client)
    payment = await world.start(client, order.id)
    await world.pay(payment.out_trade_no)
    stored = await world.payment(order.id)
    notices = [await world.notice(payment.out_trade_no) for _ in range(10)]
    await asyncio.gather(
        *(world.payments.notify(*notice) for notice in notices), *(world.watch.settle(stored) for _ in range(5))
    )
    assert await world.database.spaces.count_documents({"order_id": order.id}) == 1
    assert world.tallies["payment_confirmed", "succeeded"] == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"total": 1}, "payment.amount_mismatch"),
        ({"currency": "USD"}, "payment.amount_mismatch"),
        ({"mchid": "1900000000"}, "payment.notification_rejected"),
        ({"appid": "wx0000000000000000"}, "payment.notification_rejected"),
        ({"out_trade_no": "Pnobody0000000000000000"}, "payment.unknown"),
    ],
)
async def test_wrong_notices_confirm_nothing(world: World, changes: dict[str, Any], code: str) -> None:
    """Signed by WeChat and still not ours: refused, counted, never confirmed."""
    client = await world.client()
    order = await world.place(client)
    payment = await world.start(client, order.id)
    await world.pay(payment.out_trade_no)
    for _ in range(2):
        headers, body = await world.notice(payment.out_trade_no, **changes)
        assert await refused(world.payments.notify(headers, body)) == code
    assert (await world.payment(order.id))["state"] == PaymentState.PENDING
    assert (await world.stored(order.id))["status"] == OrderStatus.AWAITING_PAYMENT
    counted = "pay_notice_refused" if code == "payment.notification_rejected" else "payment_refused"
    assert sum(number for (what, _), number in world.tallies.items() if what == counted) == 2
    mismatches = (await world.audited(payment.payment_id)).count("payment.mismatch")
    assert mismatches == (1 if code == "payment.amount_mismatch" else 0)
    # and the honest one still counts
    await world.payments.notify(*await world.notice(payment.out_trade_no))
    assert (await world.stored(order.id))["status"] == OrderStatus.PAID


async def test_forged_stale_and_damaged_notices(world: World) -> None:
    """Refused before anything of them is believed."""
    client = await world.client()
    order = await world.place(client)
    payment = await world.start(client, order.id)
    await world.pay(payment.out_trade_no)
    headers, body = await world.notice(payment.out_trade_no)
    forged = {**headers, "Wechatpay-Signature": headers["Wechatpay-Signature"][:-4] + "AAA="}
    cases = [
        (forged, body),
        (headers, body.replace(b"SUCCESS", b"SUCCES5")),
        (world.headers(body, age=3600), body),
        ({**headers, "Wechatpay-Serial": "F" * 40}, body),
        ({**headers, "Wechatpay-Signature": "WECHATPAY/SIGNTEST/" + headers["Wechatpay-Signature"]}, body),
        ({name: value for name, value in headers.items() if name != "Wechatpay-Timestamp"}, body),
        (world.headers(b"no json"), b"no json"),
    ]
    for case in cases:
        assert await refused(world.payments.notify(*case)) == "payment.notification_rejected"
    reasons = {which for what, which in world.tallies if what == "pay_notice_refused"}
    assert {"bad_signature", "stale", "unknown_serial", "probe", "missing_header", "bad_json"} <= reasons
    assert (await world.payment(order.id))["state"] == PaymentState.PENDING


async def test_a_notice_of_something_else_changes_nothing(world: World) -> None:
    client = await world.client()
    order = await world.place(client)
    payment = await world.start(client, order.id)
    await world.pay(payment.out_trade_no)
    await world.payments.notify(*await world.notice(payment.out_trade_no, trade_state="NOTPAY"))
    assert (await world.payment(order.id))["state"] == PaymentState.PENDING


# --- money that nobody waited for


async def test_money_for_a_cancelled_order_goes_back(world: World) -> None:
    """Never lost: recorded, refunded in full by itself, once, and the payer is told."""
    client = await world.client()
    order = await world.place(client)
    payment = await world.start(client, order.id)
    await world.pay(payment.out_trade_no)
    await world.orders.cancel(client, order.id, CancelBody())
    await world.work()  # closing finds out that it was paid
    await world.repeat_stray(payment.payment_id)
    stored = await world.payment(order.id)
    assert stored["state"] == PaymentState.STRAY
    refunds = await world.database.refunds.find({"payment_id": payment.payment_id}).to_list()
    assert [(one["amount_fen"], one["state"], one.get("stray")) for one in refunds] == [
        (order.payable_fen, RefundState.REQUESTED, True)
    ]
    await world.settle_refunds()
    (settled,) = await world.database.refunds.find({"payment_id": payment.payment_id}).to_list()
    assert settled["state"] == RefundState.SUCCEEDED
    assert (await world.stored(order.id))["status"] == OrderStatus.CANCELLED
    assert (await world.told(client)).count("order_refund_requested") == 1
    assert (await world.orders.get(client, order.id)).refunds == []


async def test_paid_twice_is_paid_once(world: World) -> None:
    """An old payment that WeChat could not close in time, paid as well: the second money goes back."""
    client = await world.client()
    order = await world.place(client)
    first = await world.start(client, order.id)
    await world.database.payments.update_one({"_id": first.payment_id}, {"$set": {"state": PaymentState.CLOSED.value}})
    second = await world.start(client, order.id)
    for payment in (first, second):
        await world.pay(payment.out_trade_no)
        await world.payments.notify(*await world.notice(payment.out_trade_no))
    states = {p["_id"]: p["state"] for p in await world.database.payments.find({"order_id": order.id}).to_list()}
    assert states == {first.payment_id: PaymentState.SUCCEEDED, second.payment_id: PaymentState.STRAY}
    await world.work()
    refunds = await world.database.refunds.find({"order_id": order.id}).to_list()
    assert [(one["payment_id"], one["amount_fen"]) for one in refunds] == [(second.payment_id, order.payable_fen)]


# --- when no notice comes


async def test_a_lost_notice_is_asked_for(world: World) -> None:
    """The order is paid even when every notification stays away."""
    client = await world.client()
    order = await world.place(client)
    payment = await world.start(client, order.id)
    await world.pay(payment.out_trade_no)
    await world.payments.tick()
    assert (await world.stored(order.id))["status"] == OrderStatus.AWAITING_PAYMENT  # not due yet
    world.clock.forward(seconds=QUERY_AFTER + 1)
    await world.payments.tick()
    assert (await world.stored(order.id))["status"] == OrderStatus.PAID


async def test_unpaid_is_asked_for_with_growing_pauses(world: World) -> None:
    client = await world.client()
    order = await world.place(client)
    await world.start(client, order.id)
    created = (await world.payment(order.id))["created_at"]
    asked = []
    for _ in range(4):
        world.clock.ahead = (await world.payment(order.id))["query_at"] - created
        await world.payments.tick()
        asked.append(((await world.payment(order.id))["query_at"] - created).total_seconds())
    pauses = [later - earlier for earlier, later in zip([QUERY_AFTER, *asked], asked, strict=False)]
    assert pauses == sorted(pauses)
    assert pauses[-1] > 4 * pauses[0]
    assert (await world.payment(order.id))["state"] == PaymentState.PENDING


async def test_what_lapses_is_closed_at_wechat(world: World) -> None:
    """The payment is closed on both sides; the order can be paid anew."""
    client = await world.client()
    order = await world.place(client)
    payment = await world.start(client, order.id)
    world.clock.forward(minutes=LAPSE_MINUTES + 1)
    await world.payments.tick()
    assert (await world.payment(order.id))["state"] == PaymentState.CLOSED
    items = (await world.control("GET", "/control/payments"))["items"]
    (known,) = [item for item in items if item["out_trade_no"] == payment.out_trade_no]
    assert known["trade_state"] == "CLOSED"
    assert (await world.stored(order.id))["status"] == OrderStatus.AWAITING_PAYMENT
    world.clock.ahead *= 0
    assert (await world.start(client, order.id)).payment_id != payment.payment_id


async def test_what_wechat_never_heard_of_is_closed(world: World) -> None:
    client = await world.client()
    order = await world.place(client)
    await world.control("POST", "/control/faults", {"endpoint": "pay_jsapi", "status": 500})
    assert await refused(world.start(client, order.id)) == "provider.unavailable"
    await world.control("DELETE", "/control/faults")
    world.clock.forward(seconds=QUERY_AFTER + 1)
    await world.payments.tick()
    assert (await world.payment(order.id))["state"] == PaymentState.PENDING  # the client may still try again
    world.clock.forward(minutes=LAPSE_MINUTES)
    await world.payments.tick()
    assert (await world.payment(order.id))["state"] == PaymentState.CLOSED


async def test_a_silent_wechat_is_asked_again(world: World) -> None:
    client = await world.client()
    order = await world.place(client)
    payment = await world.start(client, order.id)
    await world.pay(payment.out_trade_no)
    world.clock.forward(seconds=QUERY_AFTER + 1)
    await world.control("POST", "/control/faults", {"endpoint": "pay_query", "status": 500})
    await world.payments.tick()
    assert any(what == "payment_query_failed" for what, _ in world.tallies)
    await world.control("DELETE", "/control/faults")
    world.clock.forward(minutes=5)
    await world.payments.tick()
    assert (await world.stored(order.id))["status"] == OrderStatus.PAID


async def test_two_workers_ask_once(world: World) -> None:
    client = await world.client()
    orders = [await world.place(client) for _ in range(6)]
    for order in orders:
        await world.start(client, order.id)
    world.clock.forward(seconds=QUERY_AFTER + 1)
    due = await world.database.payments.count_documents(
        {"state": PaymentState.PENDING.value, "query_at": {"$lte": world.clock()}}
    )
    asked = await asyncio.gather(*(world.payments.tick() for _ in range(4)))
    assert sum(asked) == due >= len(orders)


# --- orders that nobody pays


async def test_an_unpaid_order_is_cancelled_in_time(world: World) -> None:
    client = await world.client()
    order = await world.place(client)
    payment = await world.start(client, order.id)
    world.clock.forward(hours=23)
    await world.payments.tick()
    assert (await world.stored(order.id))["status"] == OrderStatus.AWAITING_PAYMENT
    world.clock.forward(hours=1, minutes=1)
    await asyncio.gather(*(world.payments.tick() for _ in range(3)))
    await world.work()
    stored = await world.stored(order.id)
    assert stored["status"] == OrderStatus.CANCELLED
    assert (stored["steps"][-1]["by"], stored["steps"][-1]["role"]) == (None, "system")
    assert (await world.payment(order.id))["state"] == PaymentState.CLOSED
    assert await world.told(client) == ["order_cancelled"]
    assert payment.payment_id == (await world.payment(order.id))["_id"]


async def test_paid_at_the_last_moment_is_paid(world: World) -> None:
    """The time limit asks WeChat before it cancels."""
    client = await world.client()
    await world.office()
    order = await world.place(client)
    payment = await world.start(client, order.id)
    await world.pay(payment.out_trade_no)
    world.clock.forward(hours=25)
    await world.watch.cancel_unpaid()
    await world.work()
    stored = await world.stored(order.id)
    assert stored["status"] == OrderStatus.ASSIGNED
    assert "unpaid_until" not in stored


async def test_a_silent_wechat_cancels_nothing(world: World) -> None:
    """Somebody may have paid: the order stays until WeChat says that nobody did."""
    client = await world.client()
    order = await world.place(client)
    await world.start(client, order.id)
    world.clock.forward(hours=25)
    await world.control("POST", "/control/faults", {"endpoint": "pay_query", "status": 500})
    await world.watch.cancel_unpaid()
    assert (await world.stored(order.id))["status"] == OrderStatus.AWAITING_PAYMENT
    await world.control("DELETE", "/control/faults")
    world.clock.forward(minutes=11)
    await world.watch.cancel_unpaid()
    assert (await world.stored(order.id))["status"] == OrderStatus.CANCELLED


async def test_no_secret_is_stored_with_a_payment(world: World) -> None:
    """K2: the openid is given to WeChat and stands in no document of ours."""
    client = await world.client()
    order = await world.paid(client)
    openid = world.openids.known[client.user_id]
    for collection in ("payments", "orders", "audit", "outbox", "provider_events"):
        found = await world.database.raw[collection].find({}).to_list()
        assert openid not in json.dumps(found, default=str), collection
    assert order.status is OrderStatus.PAID
