"""Money without a notice, and money that nobody waited for: asked after, closed, sent back (E1)."""

import asyncio

import pytest

from schemas.api.orders import CancelBody
from schemas.enums import OrderStatus, PaymentState, RefundState
from tests.refusals import refused
from tests.services.orders_world import LAPSE_MINUTES, QUERY_AFTER, World

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


async def test_a_wechat_that_is_away_does_not_hold_back_an_orders_news(world: World) -> None:
    """E1, J1: the payment is closed when WeChat is back; card and notices wait for nobody."""
    client = await world.client()
    order = await world.place(client)
    await world.start(client, order.id)
    await world.control("POST", "/control/faults", {"endpoint": "pay_query", "status": 503, "times": 20})
    await world.orders.cancel(client, order.id, CancelBody())
    with pytest.raises(AssertionError, match=r"payment\.close"):
        await world.work()
    world.faults.clear()
    assert await world.told(client) == ["order_cancelled"]
    news = {"subject": f"order:{order.id}", "state": {"$ne": "done"}}
    assert await world.database.outbox.count_documents(news) == 0
    owed = {"kind": "payment.close", "payload.id": order.id}
    assert await world.database.outbox.count_documents({**owed, "state": "pending"}) == 1
    await world.control("DELETE", "/control/faults")
    world.clock.forward(minutes=1)
    await world.work()
    assert (await world.payment(order.id))["state"] == PaymentState.CLOSED


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
