"""Payments against the real sandbox: one order is paid once, and no fen is lost (E1)."""

import asyncio
import json
from typing import Any

import pytest

from schemas.enums import OrderStatus, PaymentState, Role
from services.errors import Problem
from services.ids import new_id
from tests.refusals import refused
from tests.services.orders_world import JSAPI, LAPSE_MINUTES, World, intent

# --- starting


async def test_a_payment_is_what_wx_request_payment_needs(world: World) -> None:
    client = await world.client()
    order = await world.place(client)
    view = await world.start(client, order.id)
    stored = await world.payment(order.id)
    assert view.out_trade_no == stored["out_trade_no"] == f"P{view.payment_id}"
    assert view.jsapi is not None
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
    key = intent(client, "pay", JSAPI)
    first = await world.payments.start(client, order.id, JSAPI, key)
    again = await world.payments.start(client, order.id, JSAPI, key)
    assert first.jsapi is not None
    assert again.jsapi is not None
    assert (again.payment_id, again.jsapi.package) == (first.payment_id, first.jsapi.package)
    assert again.jsapi.nonceStr != first.jsapi.nonceStr
    world.clock.forward(minutes=LAPSE_MINUTES)
    assert await refused(world.payments.start(client, order.id, JSAPI, key)) == "idempotency.answer_expired"


async def test_a_replay_after_paying_is_the_same_answer(world: World) -> None:
    client = await world.client()
    order = await world.place(client)
    key = intent(client, "pay", JSAPI)
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
    assert len({view.jsapi.package for view in views if view.jsapi}) == 1
    await world.payment(order.id)


async def test_one_key_at_once_asks_wechat_once(world: World) -> None:
    client = await world.client()
    order = await world.place(client)
    key = intent(client, "pay", JSAPI)
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
    key = intent(client, "pay", JSAPI)
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


async def test_another_wechat_of_the_payer_takes_another_payment(world: World) -> None:
    """A prepay belongs to one openid: after a change of WeChat identity the old one is closed."""
    client = await world.client()
    order = await world.place(client)
    first = await world.start(client, order.id)
    other = await world.client()
    world.openids.known[client.user_id] = world.openids.known[other.user_id]
    second = await world.start(client, order.id)
    assert second.payment_id != first.payment_id
    await world.pay(second.out_trade_no)
    await world.payments.notify(*await world.notice(second.out_trade_no))
    assert (await world.stored(order.id))["status"] == OrderStatus.PAID


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
        ({"payer": {"openid": "o_somebody_else_entirely"}}, "payment.payer_mismatch"),
        ({"payer": {}}, "payment.payer_mismatch"),
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
    assert mismatches == (1 if code.endswith("mismatch") else 0)
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


async def test_no_secret_is_stored_with_a_payment(world: World) -> None:
    """K2: the openid is given to WeChat and stands in no document of ours."""
    client = await world.client()
    order = await world.paid(client)
    openid = world.openids.known[client.user_id]
    for collection in ("payments", "orders", "audit", "outbox", "provider_events"):
        found = await world.database.raw[collection].find({}).to_list()
        assert openid not in json.dumps(found, default=str), collection
    assert order.status is OrderStatus.PAID
