"""Counts that all processes share."""

import asyncio

import pytest

from services.errors import Problem
from services.identity.counters import Tally, Window
from services.ids import new_id
from tests.services.identity_world import World, refusal


async def test_refuses_one_too_many_and_says_when_to_come_back(world: World) -> None:
    tally = Tally(new_id(), Window(3, 600))
    for _ in range(3):
        await world.counters.take([tally])
    with pytest.raises(Problem) as caught:
        await world.counters.take([tally])
    assert caught.value.code == "auth.too_many_attempts"
    assert caught.value.retry_after is not None
    assert 0 < caught.value.retry_after <= 600
    world.clock.forward(caught.value.retry_after)
    await world.counters.take([tally])


async def test_being_refused_does_not_use_up_the_other_counts(world: World) -> None:
    narrow, wide = Tally(new_id(), Window(1, 600)), Tally(new_id(), Window(2, 600))
    await world.counters.take([narrow])
    for _ in range(5):
        assert await refusal(world.counters.take([narrow, wide])) == "auth.too_many_attempts"
    await world.counters.take([wide])
    await world.counters.take([wide])


async def test_what_is_given_back_counts_no_more(world: World) -> None:
    tally = Tally(new_id(), Window(1, 600))
    for _ in range(3):
        await world.counters.give_back(await world.counters.take([tally]))
    await world.counters.take([tally])


async def test_all_at_once_are_counted_one_by_one(world: World) -> None:
    tally = Tally(new_id(), Window(10, 600))
    tries = await asyncio.gather(*(world.counters.take([tally]) for _ in range(30)), return_exceptions=True)
    refused = [fault for fault in tries if isinstance(fault, Problem)]
    assert 0 < sum(not isinstance(fault, BaseException) for fault in tries) <= 10
    assert len(refused) >= 20
    assert all(isinstance(fault, Problem) for fault in tries if isinstance(fault, BaseException))


async def test_counts_go_away_by_themselves(world: World) -> None:
    name = new_id()
    await world.counters.take([Tally(name, Window(1, 600))])
    row = await world.db.counters.find_one({"_id": {"$regex": f"^{name}"}})
    assert row is not None
    assert 0 < (row["expires_at"] - world.clock()).total_seconds() <= 660
