"""Refunds against the real sandbox: what goes back, goes back once, and the order knows (C5, E1)."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from schemas.api.orders import DeliverBody, OrderView, RefundBody
from schemas.enums import OrderStatus, RefundState, Role
from services.actors import Actor
from services.errors import Problem
from services.ids import new_id
from tests.refusals import refused
from tests.services.orders_world import World, intent


@pytest_asyncio.fixture(loop_scope="session")
async def world(opened: World) -> AsyncIterator[World]:
    opened.clock.ahead *= 0
    opened.tallies.clear()
    opened.faults.clear()
    yield opened
    await opened.control("DELETE", "/control/faults")


async def ask(world: World, actor: Actor, order: OrderView, amount: int | None = None) -> OrderView:
    body = RefundBody(amount_fen=amount, reason="不需要了")
    return await world.refunds.request(actor, order.id, body, intent(actor, f"refund {order.id}", body))


def notice(world: World, stored: Any, status: str = "SUCCESS", **changes: Any) -> tuple[dict[str, str], bytes]:
    """A refund notice as WeChat Pay signs it."""
    resource = {
        "mchid": world.credentials.mchid,
        "out_trade_no": f"P{stored['payment_id']}",
        "out_refund_no": stored["out_refund_no"],
        "refund_id": "50300000000000000000000001",
        "refund_status": status,
        "amount": {"total": 4900, "refund": stored["amount_fen"], "payer_total": 4900, "payer_refund": 4900},
    } | changes
    return world.signed(f"REFUND.{status}", resource, "refund")


async def test_all_of_it_goes_back(world: World) -> None:
    """C5: requested, sent, settled by WeChat's word, and shown on one card that changes."""
    client = await world.client()
    order, lawyer = await world.served(client)
    view = await ask(world, client, order)
    assert view.status is OrderStatus.REFUNDING
    assert [(one.amount_fen, one.state, one.reason) for one in view.refunds] == [
        (order.payable_fen, RefundState.REQUESTED, "不需要了")
    ]
    await world.work()
    await world.settle_refunds()
    await world.work()
    done = await world.orders.get(client, order.id)
    assert (done.status, done.refunds[0].state, done.actions) == (OrderStatus.REFUNDED, RefundState.SUCCEEDED, [])
    assert [one.code for one in done.deadlines if one.met_at is None] == []
    cards = await world.cards(str(order.space_id), "refund")
    assert [(card["state"], card["amount_fen"]) for card in cards] == [("requested", order.payable_fen)]
    assert (await world.entries(str(order.space_id)))[-1]["state"] == "refunded"
    assert (await world.told(client))[-2:] == ["order_refund_requested", "order_refunded"]
    assert (await world.told(lawyer))[-2:] == ["order_refund_requested", "order_refunded"]
    stored = await world.database.refunds.find_one({"order_id": order.id})
    assert stored is not None
    assert "不需要了".encode() not in bytes(stored["reason"])


async def test_a_part_goes_back_and_the_order_goes_on(world: World) -> None:
    client = await world.client()
    order, lawyer = await world.served(client)
    desk = await world.person(Role.SUPPORT)
    await ask(world, desk, order, 1000)
    await world.work()
    await world.settle_refunds()
    await world.work()
    view = await world.orders.get(client, order.id)
    assert view.status is OrderStatus.IN_SERVICE
    assert view.steps[-2].status is OrderStatus.REFUNDING
    delivered = await world.orders.deliver(lawyer, order.id, DeliverBody(summary="意见"))
    assert delivered.status is OrderStatus.DELIVERED
    # the rest, by the desk, after delivery
    again = await ask(world, desk, order)
    assert again.refunds[-1].amount_fen == order.payable_fen - 1000
    world.clock.forward(minutes=2)
    await world.work()
    await world.settle_refunds()
    assert (await world.stored(order.id))["status"] == OrderStatus.REFUNDED


async def test_never_more_than_was_paid(world: World) -> None:
    client = await world.client()
    order, _ = await world.served(client)
    assert await refused(ask(world, client, order, order.payable_fen + 1)) == "refund.amount_invalid"
    assert (await world.stored(order.id))["status"] == OrderStatus.IN_SERVICE
    assert await world.database.refunds.count_documents({"order_id": order.id}) == 0


async def test_one_refund_at_a_time(world: World) -> None:
    """E1: ten taps with ten keys are one refund; the same key again is the same answer."""
    client = await world.client()
    order, _ = await world.served(client)
    body = RefundBody(amount_fen=100, reason="不需要了")
    keys = [intent(client, "refund", body) for _ in range(10)]
    answers = await asyncio.gather(
        *(world.refunds.request(client, order.id, body, key) for key in keys), return_exceptions=True
    )
    assert sorted(answer.code for answer in answers if isinstance(answer, Problem)) == ["order.wrong_state"] * 9
    ((key, first),) = [
        (key, answer) for key, answer in zip(keys, answers, strict=True) if isinstance(answer, OrderView)
    ]
    assert await world.refunds.request(client, order.id, body, key) == first
    assert await world.database.refunds.count_documents({"order_id": order.id}) == 1


async def test_unpaid_has_nothing_to_give_back(world: World) -> None:
    client = await world.client()
    order = await world.place(client)
    assert await refused(ask(world, client, order)) == "order.wrong_state"


async def test_the_notice_settles_it_once(world: World) -> None:
    """A hundred identical refund notices: one change, a hundred successful answers."""
    client = await world.client()
    order, _ = await world.served(client)
    await ask(world, client, order)
    stored = await world.database.refunds.find_one({"order_id": order.id})
    assert stored is not None
    same = notice(world, stored)
    await asyncio.gather(*(world.refunds.notify(*same) for _ in range(100)))
    assert (await world.stored(order.id))["status"] == OrderStatus.REFUNDED
    assert (await world.audited(stored["_id"])).count("refund.succeeded") == 1
    assert world.tallies["refund_ended", "succeeded"] == 1
    assert await world.database.provider_events.count_documents({"subject": stored["_id"]}) == 1


async def test_what_wechat_cannot_send_is_said(world: World) -> None:
    """The order goes on where it was, the client and the desk are told, and it can be asked for again."""
    client = await world.client()
    order, _ = await world.served(client)
    await ask(world, client, order)
    stored = await world.database.refunds.find_one({"order_id": order.id})
    assert stored is not None
    await world.refunds.notify(*notice(world, stored, "CLOSED"))
    await world.database.outbox.update_many({"kind": "refund.send"}, {"$set": {"state": "done"}})
    await world.work()
    view = await world.orders.get(client, order.id)
    assert (view.status, view.refunds[0].state) == (OrderStatus.IN_SERVICE, RefundState.FAILED)
    assert (await world.told(client))[-1] == "order_refund_failed"
    assert (await world.entries(str(order.space_id)))[-1]["state"] == "failed"
    assert (await ask(world, client, order)).status is OrderStatus.REFUNDING


async def test_wrong_refund_notices_settle_nothing(world: World) -> None:
    client = await world.client()
    order, _ = await world.served(client)
    await ask(world, client, order)
    stored = await world.database.refunds.find_one({"order_id": order.id})
    assert stored is not None
    other = {"total": 4900, "refund": 1, "payer_total": 4900, "payer_refund": 1}
    cases = {
        "payment.amount_mismatch": notice(world, stored, amount=other),
        "payment.unknown": notice(world, stored, out_refund_no="Rnobody"),
        "payment.notification_rejected": notice(world, stored, mchid="1900000000"),
    }
    for code, case in cases.items():
        assert await refused(world.refunds.notify(*case)) == code
    headers, body = notice(world, stored)
    assert await refused(world.refunds.notify(world.headers(body, age=3600), body)) == "payment.notification_rejected"
    assert await refused(world.refunds.notify({**headers, "Wechatpay-Signature": "AAAA"}, body)) == (
        "payment.notification_rejected"
    )
    assert (await world.stored(order.id))["status"] == OrderStatus.REFUNDING


async def test_a_lost_answer_does_not_pay_back_twice(world: World) -> None:
    """WeChat took it and its answer got lost: the same number again is the same refund."""
    client = await world.client()
    order, _ = await world.served(client)
    await ask(world, client, order, 1000)
    await world.control(
        "POST", "/control/faults", {"endpoint": "refund_create", "drop": True, "phase": "after", "times": 2}
    )
    stored = await world.database.refunds.find_one({"order_id": order.id})
    assert stored is not None
    row = await world.database.outbox.find_one({"kind": "refund.send", "payload.refund_id": stored["_id"]})
    assert row is not None
    with pytest.raises(Exception, match="transport"):
        await world.effects["refund.send"](row)
    await world.work()
    await world.settle_refunds()
    refunds = await world.database.refunds.find({"order_id": order.id}).to_list()
    assert [(one["state"], one["amount_fen"]) for one in refunds] == [(RefundState.SUCCEEDED, 1000)]
    assert (await world.stored(order.id))["status"] == OrderStatus.IN_SERVICE


async def test_what_never_reached_wechat_is_sent_by_the_tick(world: World) -> None:
    """Even when the effect was parked: the query finds nothing there and sends it."""
    client = await world.client()
    order, _ = await world.served(client)
    await ask(world, client, order)
    await world.database.outbox.update_many({"kind": "refund.send"}, {"$set": {"state": "parked"}})
    await world.settle_refunds()
    assert (await world.stored(order.id))["status"] == OrderStatus.REFUNDED


async def test_a_refusal_for_good_ends_the_refund(world: World) -> None:
    """WeChat refuses, signed: the order goes on and people are told, instead of a retry for ever."""
    client = await world.client()
    order, _ = await world.served(client)
    await ask(world, client, order)
    stored = await world.database.refunds.find_one({"order_id": order.id})
    assert stored is not None
    # WeChat knows nothing of a payment of this number
    await world.database.payments.update_one({"_id": stored["payment_id"]}, {"$set": {"out_trade_no": f"P{new_id()}"}})
    row = await world.database.outbox.find_one({"kind": "refund.send", "payload.refund_id": stored["_id"]})
    assert row is not None
    await world.effects["refund.send"](row)
    await world.effects["refund.send"](row)
    assert (await world.stored(order.id))["status"] == OrderStatus.IN_SERVICE
    assert (await world.audited(stored["_id"])) == ["refund.requested", "refund.failed"]
