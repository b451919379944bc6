"""Rate limits hold over all processes that share a Valkey, and without it in each."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import redis.asyncio as redis

from realtime.bus import open_client
from realtime.limit_exchange import PREFIX, LimitExchange
from services.errors import Problem
from services.ids import new_id
from services.rate_limits import Allowance, Limit, RateLimiter
from tests.parts.real import RealParts

LIMIT = Limit(10, 6000)  # slow enough that nothing is earned while a test runs


class Process:
    """What one process has of it."""

    def __init__(self, client: "redis.Redis") -> None:
        self.limiter = RateLimiter(shared=True)
        self.exchange = LimitExchange(client, self.limiter)

    def takes(self, who: str, times: int, limit: Limit = LIMIT) -> int:
        """How many of so many requests are let in."""
        return sum(self.lets_in(who, limit) is not None for _ in range(times))

    def lets_in(self, who: str, limit: Limit = LIMIT) -> Allowance | None:
        try:
            return self.limiter.take(who, limit)
        except Problem:
            return None


@pytest.fixture
async def client(parts: RealParts) -> AsyncIterator["redis.Redis"]:
    opened = open_client(parts.redis_url)
    yield opened
    await opened.aclose()


@pytest.fixture
def two(client: "redis.Redis") -> tuple[Process, Process]:
    return Process(client), Process(client)


async def test_what_one_process_let_in_the_other_knows(two: tuple[Process, Process]) -> None:
    one, other = two
    who = new_id()
    assert one.takes(who, 7) == 7
    assert other.takes(who, 1) == 1  # who is new here is let in by what is known here
    await one.exchange.round()
    await other.exchange.round()
    left = other.lets_in(who)
    assert left is not None
    assert left.remaining == 1
    assert other.takes(who, 5) == 1
    await other.exchange.round()
    one.takes(who, 1)
    await one.exchange.round()
    assert one.takes(who, 5) == 0


async def test_what_was_let_in_at_once_everywhere_is_waited_for(two: tuple[Process, Process]) -> None:
    one, other = two
    who = new_id()
    assert (one.takes(who, 20), other.takes(who, 20)) == (10, 10)
    for process in two:
        await process.exchange.round()
    with pytest.raises(Problem) as refused:
        other.limiter.take(who, LIMIT)
    assert refused.value.retry_after == pytest.approx(11 * 600, abs=60)  # ten of debt, and the one that is asked for


async def test_limits_and_people_are_told_apart(two: tuple[Process, Process]) -> None:
    one, other = two
    who, wide = new_id(), Limit(20, 6000)
    one.takes(who, 10)
    await one.exchange.round()
    assert other.takes(who, 1, wide) == other.takes(new_id(), 1) == 1
    await other.exchange.round()
    assert (other.takes(who, 25, wide), other.takes(who, 1)) == (19, 1)


async def test_many_go_in_few_trips_and_leave_no_names(client: "redis.Redis", two: tuple[Process, Process]) -> None:
    one, _ = two
    people = [f"{new_id()}@10.0.0.1" for _ in range(1_200)]
    for who in people:
        one.takes(who, 1)
    assert await one.exchange.round() == 1_200
    assert await one.exchange.round() == 0
    names = [key async for key in client.scan_iter(f"{PREFIX}*", count=5_000)]
    assert len(names) >= 1_200
    assert not any(b"10.0.0.1" in name or people[0].encode() in name for name in names)
    assert 0 < await client.ttl(names[0]) <= 2 * 6000 + 1


async def test_without_valkey_each_process_counts_alone() -> None:
    away = open_client("redis://127.0.0.1:1/0")
    process, who = Process(away), new_id()
    assert process.takes(who, 4) == 4
    assert await process.exchange.round() == 0
    assert process.takes(who, 20) == 6
    assert process.limiter.owed(10) == {(who, LIMIT): 6.0}
    await away.aclose()


async def test_what_valkey_forgot_gives_nobody_more(client: "redis.Redis", two: tuple[Process, Process]) -> None:
    one, _ = two
    who = new_id()
    assert one.takes(who, 10) == 10
    one.limiter.owed(10)  # told, and lost with Valkey
    one.limiter.told((who, LIMIT), 10.0)
    assert one.takes(who, 1) == 0


async def test_the_round_goes_on_by_itself(two: tuple[Process, Process]) -> None:
    one, other = two
    who = new_id()
    tasks = [asyncio.create_task(process.exchange.run()) for process in two]
    try:
        one.takes(who, 10)
        async with asyncio.timeout(60):
            while other.lets_in(who) is not None:
                await asyncio.sleep(0.05)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
