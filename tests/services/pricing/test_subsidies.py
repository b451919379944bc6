"""Subsidies: rules with versions, shown by themselves, and a budget that is never overdrawn (E2)."""

import asyncio
from collections.abc import AsyncIterator

import pytest_asyncio

from schemas.api.base import PageQuery
from schemas.api.orders import CancelBody
from services.ledger.accounts import SUBSIDY
from tests.services.orders_world import World
from tests.services.shop import OPS

PRICE = 49_00


@pytest_asyncio.fixture(loop_scope="session")
async def world(opened: World) -> AsyncIterator[World]:
    yield opened
    await opened.shop.no_subsidies()


async def spent(world: World, rule_id: str) -> int:
    rule = await world.database.subsidies.find_one({"_id": rule_id})
    assert rule is not None
    return rule["spent_fen"]


async def test_it_is_applied_at_placing_and_posted_with_the_payment(world: World) -> None:
    rule = await world.shop.subsidise(9_00)
    order = await world.paid(await world.client())
    assert order.price.subsidy is not None
    assert (order.price.subsidy.fen, order.payable_fen, order.amount_fen) == (9_00, PRICE - 9_00, PRICE)
    assert await world.ledger.balance(SUBSIDY) == await spent(world, rule) == 9_00


async def test_a_budget_is_never_overdrawn_whatever_comes_at_once(world: World) -> None:
    rule = await world.shop.subsidise(10_00, budget_fen=35_00)
    clients = [await world.client() for _ in range(4)]
    orders = await asyncio.gather(*[world.place(client) for client in clients for _ in range(5)])
    with_it = [order for order in orders if order.price.subsidy is not None]
    assert len(with_it) == 3
    assert {order.payable_fen for order in orders} == {PRICE, PRICE - 10_00}
    assert await spent(world, rule) == 30_00


async def test_a_cancelled_order_gives_the_money_back_to_the_budget(world: World) -> None:
    rule = await world.shop.subsidise(10_00, budget_fen=10_00)
    client = await world.client()
    first = await world.place(client)
    assert (await world.place(client)).price.subsidy is None
    await world.orders.cancel(client, first.id, CancelBody())
    assert await spent(world, rule) == 0
    again = await world.place(client, payable_fen=PRICE - 10_00)
    assert again.price.subsidy is not None


async def test_a_new_version_ends_the_one_before_and_orders_keep_theirs(world: World) -> None:
    first = await world.shop.subsidise(5_00, code="autumn")
    client = await world.client()
    order = await world.place(client)
    second = await world.shop.subsidise(7_00, code="autumn")
    assert (await world.place(client)).payable_fen == PRICE - 7_00
    assert (await world.orders.get(client, order.id)).payable_fen == PRICE - 5_00
    rules = {rule.id: rule for rule in (await world.shop.subsidies.page(PageQuery())).items}
    assert (rules[first].version, rules[first].ended) == (1, True)
    assert (rules[second].version, rules[second].ended) == (2, False)
    await world.shop.subsidies.end(OPS, second)
    assert (await world.place(client)).payable_fen == PRICE
