"""One process at a time does a thing, and another takes over when it dies."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from services.clock import utc_now
from services.storage.database import Database
from services.storage.indexes import apply
from services.storage.leases import Leases
from tests.parts.databases import SettingsMaker


@pytest.fixture(scope="module")
async def database(make_settings: SettingsMaker) -> AsyncIterator[Database]:
    settings = make_settings()
    opened = Database(settings.mongo_uri.get_secret_value(), settings.mongo_database)
    await apply(opened)
    yield opened
    await opened.close()


async def test_one_holds_it_and_may_renew(database: Database) -> None:
    now = utc_now()
    a, b = Leases(database, "a", lambda: now), Leases(database, "b", lambda: now)
    assert await a.hold("one", 6)
    assert not await b.hold("one", 6)
    assert await b.hold("other", 6)
    now += timedelta(seconds=5)
    assert await a.hold("one", 6)
    now += timedelta(seconds=5)
    assert not await b.hold("one", 6)
    now += timedelta(seconds=1)
    assert await b.hold("one", 6)
    assert not await a.hold("one", 6)


async def test_of_many_who_want_it_at_once_one_gets_it(database: Database) -> None:
    for round_ in range(5):
        held = await asyncio.gather(*(Leases(database, f"p{n}").hold(f"race{round_}", 6) for n in range(12)))
        assert held.count(True) == 1


async def test_releasing_gives_it_to_the_next_and_takes_it_from_nobody_else(database: Database) -> None:
    a, b = Leases(database, "a"), Leases(database, "b")
    assert await a.hold("given", 60)
    await b.release("given")
    assert not await b.hold("given", 60)
    await a.release("given")
    assert await b.hold("given", 60)
