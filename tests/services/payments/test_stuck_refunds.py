"""A refund that the payer's account cannot take goes to a card that they name and finance releases (E1, K2)."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest_asyncio

from miniprogram_api.pay import BankCard
from schemas.api.orders import OrderView, RefundBody
from schemas.api.refunds import RefundCardBody
from schemas.enums import OrderStatus, RefundState, Role
from services.actors import Actor
from services.ids import new_id
from tests.refusals import refused
from tests.services.orders_world import World, intent

CARD = RefundCardBody(bank="ICBC_DEBIT", account="6222020200012345678", name="王小明")


@pytest_asyncio.fixture(loop_scope="session")
async def world(opened: World) -> AsyncIterator[World]:
    opened.clock.ahead *= 0
    opened.faults.clear()
    yield opened
    await opened.control("DELETE", "/control/faults")
    await opened.control("POST", "/control/rules", {"refunds_end": "SUCCESS"})


async def stored(world: World, order: OrderView) -> Any:
    return await world.database.refunds.find_one({"order_id": order.id})


async def asked(world: World) -> tuple[Actor, OrderView, str]:
    """A client, their order, and the id of the refund that WeChat finds abnormal."""
    client = await world.client()
    order, _ = await world.served(client)
    body = RefundBody(reason="不需要了")
    await world.control("POST", "/control/rules", {"refunds_end": "ABNORMAL"})
    await world.refunds.request(client, order.id, body, intent(client, f"refund {order.id}", body))
    await world.work()
    refund = await told(world, order, lambda refund: "stuck_at" in refund)
    await world.control("POST", "/control/rules", {"refunds_end": "SUCCESS"})
    await world.work()
    return client, order, str(refund["_id"])


async def told(world: World, order: OrderView, done: Callable[[Any], bool]) -> Any:
    """The order's refund, once WeChat has said what the test waits for."""
    for _ in range(1200):
        await world.database.refunds.update_many({"order_id": order.id}, {"$set": {"query_at": world.clock()}})
        await world.refunds.tick()
        refund = await stored(world, order)
        if done(refund):
            await world.work()
            return refund
        await asyncio.sleep(0.05)
    raise AssertionError("WeChat has not made up its mind")


def ended(refund: Any) -> bool:
    return bool(refund["state"] == RefundState.SUCCEEDED)


async def item(world: World, refund_id: str) -> Any:
    return await world.database.work_items.find_one({"kind": "money.refund_abnormal", "subject": f"refund:{refund_id}"})


async def test_the_client_names_a_card_and_finance_sends_it_there(world: World) -> None:
    client, order, refund_id = await asked(world)
    view = await world.orders.get(client, order.id)
    assert (view.status, view.refunds[0].state, view.refunds[0].card) == (
        OrderStatus.REFUNDING,
        RefundState.REQUESTED,
        "needed",
    )
    asking = (await world.notices_of(client))[-1]
    assert (asking["title"], asking["link"]) == ("请填写收款银行卡", f"/orders/{order.id}")
    assert (await item(world, refund_id))["state"] == "open"
    ops = await world.person(Role.OPS)
    assert await refused(world.stuck_refunds.send(ops, refund_id)) == "refund.no_card"
    named = await world.stuck_refunds.name_card(client, order.id, refund_id, CARD)
    assert (named.holder, named.account) == ("王**", "622************5678")
    assert (await world.orders.get(client, order.id)).refunds[0].card == "named"
    kept = await stored(world, order)
    assert CARD.account.encode() not in kept["card"]
    assert (await world.stuck_refunds.card(ops, refund_id)).holder == "王**"
    await world.stuck_refunds.send(ops, refund_id)
    sent = await stored(world, order)
    assert {"card", "card_at", "stuck_at"}.isdisjoint(sent)
    await told(world, order, ended)
    assert (await world.stored(order.id))["status"] == OrderStatus.REFUNDED
    assert (await item(world, refund_id))["state"] == "done"
    assert {"refund.stuck", "refund.card_named", "refund.card_released"} <= set(await world.audited(refund_id))


async def test_a_card_that_wechat_refuses_is_forgotten_and_asked_for_again(world: World) -> None:
    client, order, refund_id = await asked(world)
    ops = await world.person(Role.OPS)
    await world.stuck_refunds.name_card(client, order.id, refund_id, CARD)
    await world.control(
        "POST", "/control/faults", {"endpoint": "refund_abnormal", "errcode": "PARAM_ERROR", "times": 1}
    )
    assert await refused(world.stuck_refunds.send(ops, refund_id)) == "refund.card_refused"
    await world.work()
    assert (await world.orders.get(client, order.id)).refunds[0].card == "needed"
    titles = [notice["title"] for notice in await world.notices_of(client)]
    assert titles.count("请填写收款银行卡") == 2
    await world.stuck_refunds.name_card(client, order.id, refund_id, CARD)
    await world.stuck_refunds.send(ops, refund_id)


async def test_a_lost_answer_is_found_out(world: World) -> None:
    """WeChat took the card and its answer got lost: it is refused the second time, and yet the money is under way."""
    client, order, refund_id = await asked(world)
    ops = await world.person(Role.OPS)
    await world.stuck_refunds.name_card(client, order.id, refund_id, CARD)
    fault = {"endpoint": "refund_abnormal", "drop": True, "phase": "after", "times": 1}
    await world.control("POST", "/control/faults", fault)
    await world.stuck_refunds.send(ops, refund_id)
    assert "card" not in await stored(world, order)
    await told(world, order, ended)


async def test_nobody_else_names_or_releases(world: World) -> None:
    client, order, refund_id = await asked(world)
    stranger, lawyer = await world.client(), await world.person(Role.LAWYER)
    support = await world.person(Role.SUPPORT)
    assert await refused(world.stuck_refunds.name_card(stranger, order.id, refund_id, CARD)) == "order.not_found"
    assert await refused(world.stuck_refunds.name_card(support, order.id, refund_id, CARD)) == "auth.forbidden"
    assert await refused(world.stuck_refunds.name_card(client, order.id, new_id(), CARD)) == "refund.not_stuck"
    await world.stuck_refunds.name_card(client, order.id, refund_id, CARD)
    for person in (client, lawyer, support):
        assert await refused(world.stuck_refunds.send(person, refund_id)) == "auth.forbidden"
    both = Actor(client.user_id, frozenset({Role.CLIENT, Role.OPS}), "s")
    assert await refused(world.stuck_refunds.send(both, refund_id)) == "auth.forbidden"


async def test_what_finance_does_in_wechats_console_ends_it_too(world: World) -> None:
    _, order, refund_id = await asked(world)
    refund = await stored(world, order)
    card = BankCard(CARD.bank, CARD.account, CARD.name)
    await world.pay_client.apply_abnormal_refund(refund["refund_id"], refund["out_refund_no"], card)
    await told(world, order, ended)
    assert (await world.stored(order.id))["status"] == OrderStatus.REFUNDED
    assert (await item(world, refund_id))["state"] == "done"
    assert (await stored(world, order))["state"] == RefundState.SUCCEEDED
