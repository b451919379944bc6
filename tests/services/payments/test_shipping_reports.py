"""Deliveries are reported to WeChat, so that no money stays frozen (E1, E3)."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from miniprogram_api.errors import VendorError
from miniprogram_api.push import PushEvent
from miniprogram_api.shipping import Shipping
from schemas.api.orders import DeliverBody
from schemas.documents.money import WorkItemDocument
from services.actors import Actor
from services.outbox import PARK_AFTER, PATIENCE
from services.payments.shipping_reports import ShippingReports
from tests.services.orders_world import World

SHIP = "upload_shipping_info"


@pytest_asyncio.fixture(loop_scope="session")
async def world(opened: World) -> AsyncIterator[World]:
    opened.tallies.clear()
    await opened.control("POST", "/control/rules", {"trading_rules": True})
    opened.clock.forward(hours=2)  # whatever was believed about the rules is asked anew
    yield opened
    await opened.control("DELETE", "/control/faults")
    await opened.control("POST", "/control/rules", {"trading_rules": False})


async def delivered(world: World, client: Actor) -> str:
    """An order whose service was delivered; what follows is still owed."""
    order, lawyer = await world.served(client)
    await world.orders.deliver(lawyer, order.id, DeliverBody(summary="书面意见已经给出", file_ids=[]))
    return order.id


async def funds(world: World, order_id: str) -> Any:
    number = (await world.payment(order_id))["out_trade_no"]
    items = (await world.control("GET", "/control/payments"))["items"]
    return next(item["funds"] for item in items if item["out_trade_no"] == number)


async def report(world: World, order_id: str, attempts: int = 0) -> None:
    """What the worker does for the delivery, as if so many attempts had failed before."""
    (row,) = await world.database.outbox.find({"kind": "shipping.report", "payload.order_id": order_id}).to_list()
    since = world.clock() - (PATIENCE if attempts else timedelta())
    await world.effects["shipping.report"]({**row, "attempts": attempts, "outside_since": since})


async def handed_over(world: World, order_id: str) -> list[WorkItemDocument]:
    """The work items about this order's money."""
    items = await world.work_items.list()
    return [item for item in items if item["detail"].get("order_id") == order_id]


async def test_a_delivery_sets_the_money_free(world: World) -> None:
    """From delivery over WeChat's report to the payer's confirmation; every step once, however often it is repeated."""
    client = await world.client()
    order_id = await delivered(world, client)
    assert await funds(world, order_id) == "frozen_shipping"
    await world.work()
    await world.repeat(order_id, "shipping.report")
    payment = await world.payment(order_id)
    assert payment["shipped_at"]
    assert world.tallies["shipping_reported", "new"] == 1
    await world.control("POST", f"/control/payments/{payment['out_trade_no']}/confirm-receipt")
    assert await funds(world, order_id) == "available"
    for settled_at in (0, 1795300000, 1795300000):  # told of the upload, of the release, and once more of it
        await world.shipping.pushed(None, event_of(payment["transaction_id"], settled_at))
        assert ("released_at" in await world.payment(order_id)) == bool(settled_at)
    done = await world.audited(payment["_id"])
    assert (done.count("payment.shipped"), done.count("payment.released")) == (1, 1)
    await world.shipping.pushed(None, event_of("4200000000000000000000000000", 1795300000))  # nobody's


def event_of(transaction_id: str, settled_at: int) -> PushEvent:
    """WeChat's push about a payment's money ("订单将要结算或已经结算时"); 0: not settled yet."""
    data = {"transaction_id": transaction_id} | ({"settlement_time": settled_at} if settled_at else {})
    return PushEvent("key", None, "trade_manage_order_settlement", "", datetime.now(UTC), data)


async def test_before_delivery_nothing_is_reported(world: World) -> None:
    client = await world.client()
    order, _ = await world.served(client)
    await world.work()
    assert await funds(world, order.id) == "frozen_shipping"
    assert "shipped_at" not in await world.payment(order.id)


async def test_without_the_trading_rules_nothing_is_sent(world: World) -> None:
    """``auto`` asks WeChat once in an hour whether the rules apply."""
    await world.control("POST", "/control/rules", {"trading_rules": False})
    before = len(await log_of(world, "is_trade_managed"))
    for _ in range(2):
        order_id = await delivered(world, await world.client())
        await world.work()
        assert "shipped_at" not in await world.payment(order_id)
    assert len(await log_of(world, "is_trade_managed")) == before + 1


@pytest.mark.parametrize(("mode", "sent"), [("on", True), ("off", False)])
async def test_an_operator_who_knows_need_not_ask(world: World, mode: Any, sent: bool) -> None:
    order_id = await delivered(world, await world.client())
    before = len(await log_of(world, "is_trade_managed"))
    door, items = Shipping(world.door), world.work_items
    told = ShippingReports(world.database, door, world.openids, items, world.audit, mode, world.clock)
    (row,) = await world.database.outbox.find({"kind": "shipping.report", "payload.order_id": order_id}).to_list()
    await told.effects()["shipping.report"](row)
    assert ("shipped_at" in await world.payment(order_id)) == sent
    assert len(await log_of(world, "is_trade_managed")) == before


async def test_trouble_at_wechat_is_tried_again_and_handed_to_a_person_at_last(world: World) -> None:
    order_id = await delivered(world, await world.client())
    await world.control("POST", "/control/faults", {"endpoint": SHIP, "errcode": -1})
    with pytest.raises(VendorError):
        await report(world, order_id)
    assert await handed_over(world, order_id) == []
    with pytest.raises(VendorError):  # the outbox parks it now
        await report(world, order_id, PARK_AFTER - 1)
    (item,) = await handed_over(world, order_id)
    assert (item["kind"], item["urgent"]) == ("money.shipping_failed", True)
    await world.control("DELETE", "/control/faults")
    await report(world, order_id)
    assert (await world.payment(order_id))["shipped_at"]


async def test_not_knowing_whether_the_rules_apply_is_handed_over_too(world: World) -> None:
    order_id = await delivered(world, await world.client())
    world.clock.forward(hours=2)  # nothing is believed any more
    await world.control("POST", "/control/faults", {"endpoint": "is_trade_managed", "status": 502})
    with pytest.raises(VendorError):
        await report(world, order_id)
    assert await handed_over(world, order_id) == []
    with pytest.raises(VendorError):
        await report(world, order_id, PARK_AFTER - 1)
    assert len(await handed_over(world, order_id)) == 1


async def test_a_lost_answer_is_no_second_report(world: World) -> None:
    order_id = await delivered(world, await world.client())
    await world.control("POST", "/control/faults", {"endpoint": SHIP, "drop": True, "phase": "after", "times": 2})
    with pytest.raises(VendorError):
        await report(world, order_id)
    await report(world, order_id)
    assert (await world.payment(order_id))["shipped_at"]
    assert world.tallies["shipping_reported", "known"] == 1
    assert await handed_over(world, order_id) == []


async def test_a_refusal_for_good_is_handed_to_a_person_at_once(world: World) -> None:
    client = await world.client()
    order_id = await delivered(world, client)
    other = await world.client()
    mine = world.openids.known[client.user_id]
    world.openids.known[client.user_id] = world.openids.known[other.user_id]
    await report(world, order_id)  # another WeChat than the one that paid: trying again changes nothing
    await report(world, order_id)
    (item,) = await handed_over(world, order_id)
    assert item["seen"] == 2
    del world.openids.known[client.user_id]
    await report(world, order_id)
    assert world.tallies["shipping_failed", "wechat.10060031"] == 2
    assert world.tallies["shipping_failed", "no_openid"] == 1
    assert mine not in repr(item)


async def test_money_that_went_back_needs_no_report(world: World) -> None:
    order_id = await delivered(world, await world.client())
    await world.control("POST", "/control/faults", {"endpoint": SHIP, "errcode": 10060004})
    await report(world, order_id)
    assert world.tallies["shipping_skipped", "refunded"] == 1
    assert await handed_over(world, order_id) == []


async def test_a_payment_of_its_own_is_reported_when_it_came(world: World) -> None:
    """Money for something else than an order: at once, or with its order while that is not delivered yet."""
    client = await world.client()
    order, lawyer = await world.served(client)
    payment = await world.payment(order.id)
    row: Any = {"payload": {"payment_id": payment["_id"]}, "attempts": 0}
    await world.effects["shipping.report"](row)
    assert "shipped_at" not in await world.payment(order.id)
    await world.orders.deliver(lawyer, order.id, DeliverBody(summary="好了", file_ids=[]))
    await world.effects["shipping.report"](row)
    assert (await world.payment(order.id))["shipped_at"]


async def log_of(world: World, endpoint: str) -> list[Any]:
    return list((await world.control("GET", f"/control/log?endpoint={endpoint}"))["items"])


async def test_what_coupons_paid_is_nothing_to_report(world: World) -> None:
    lawyer, _ = await world.office()
    client = await world.client()
    coupon = await world.shop.coupon(client, 900_00)
    order = await world.place(client, coupon_ids=[coupon.id])
    await world.work()
    await world.orders.accept(lawyer, order.id)
    await world.orders.deliver(lawyer, order.id, DeliverBody(summary="书面意见已经给出", file_ids=[]))
    await world.work()
    assert "shipped_at" not in await world.payment(order.id)
    assert await handed_over(world, order.id) == []
