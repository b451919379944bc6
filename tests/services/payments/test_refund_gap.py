"""WeChat Pay takes one refund of a payment a minute: a second one waits its turn, neither lost nor doubled (C5)."""

import asyncio
from collections.abc import AsyncIterator

import pytest_asyncio

from miniprogram_api.errors import PayError
from miniprogram_api.sandbox.till import REFUND_GAP
from schemas.api.orders import RefundBody
from schemas.documents.ledgers import OutboxDocument
from schemas.enums import Role
from services.actors import Actor
from services.outbox import PARK_AFTER, pause
from tests.parts.databases import SettingsMaker
from tests.parts.real import RealParts
from tests.services.orders_world import World, intent, open_world

GAP = 2.0  # seconds, in place of a minute


@pytest_asyncio.fixture(loop_scope="session")
async def world(make_settings: SettingsMaker, parts: RealParts) -> AsyncIterator[World]:
    with make_settings.for_one_test() as settings:
        async with open_world(settings, parts) as opened:
            await opened.control("POST", "/control/rules", {"refund_gap_seconds": GAP})
            yield opened
            await opened.control("POST", "/control/rules", {"refund_gap_seconds": 0})


async def ask(world: World, actor: Actor, order_id: str, amount: int) -> None:
    body = RefundBody(amount_fen=amount, reason="不需要了")
    await world.refunds.request(actor, order_id, body, intent(actor, f"refund {order_id}", body))


async def test_a_second_refund_waits_its_turn(world: World) -> None:
    client = await world.client()
    order, _ = await world.served(client)
    desk = await world.person(Role.SUPPORT)
    await ask(world, desk, order.id, 1000)
    await world.work()
    await world.settle_refunds()
    await world.work()
    await ask(world, desk, order.id, 500)
    faults: list[Exception] = []

    def report(row: OutboxDocument, fault: Exception, parked: bool) -> None:
        assert not parked
        faults.append(fault)

    await world.outbox.run_due(world.effects, report)
    (fault,) = faults
    assert isinstance(fault, PayError)
    assert (fault.reason, fault.retryable) == ("rate_limited", True)
    await asyncio.sleep(GAP)
    world.clock.forward(seconds=pause(1))
    await world.outbox.run_due(world.effects, report)
    await world.settle_refunds()
    assert len(faults) == 1
    items = (await world.control("GET", "/control/refunds"))["items"]
    number = (await world.payment(order.id))["out_trade_no"]
    assert [item["amount"]["refund"] for item in items if item["out_trade_no"] == number] == [1000, 500]


def test_the_outbox_is_patient_enough() -> None:
    """Nobody need be called because two refunds came within the vendor's minute."""
    assert sum(pause(attempt) for attempt in range(1, PARK_AFTER)) > 3 * REFUND_GAP
