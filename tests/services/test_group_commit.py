"""Group commit: what arrives together is stored together, and each for itself."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import AutoReconnect, DuplicateKeyError, WriteError

from services.errors import Problem
from services.ids import new_id
from services.storage.database import Database
from services.storage.group_commit import MAX_BATCH, Change, GroupCommit
from services.storage.indexes import apply
from tests.parts.databases import SettingsMaker


class Counted(Database):
    """Counts its transactions, and can lose the connection."""

    transactions = 0
    broken = False

    async def transaction(self, work: Callable[[AsyncClientSession], Awaitable[Any]]) -> Any:
        self.transactions += 1
        if self.broken:
            raise AutoReconnect("the primary is away")
        return await super().transaction(work)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def database(make_settings: SettingsMaker) -> AsyncIterator[Counted]:
    settings = make_settings()
    opened = Counted(settings.mongo_uri.get_secret_value(), settings.mongo_database)
    await apply(opened)
    yield opened
    await opened.close()


def unit(name: str, counter: str | None = None) -> dict[str, list[dict[str, Any]]]:
    """Two documents that belong together, in two collections."""
    return {
        "leases": [{"_id": name, "owner": "test"}],
        "counters": [{"_id": counter or f"{name}-counter", "count": 1}],
    }


async def stored(database: Database, name: str) -> tuple[bool, bool]:
    lease = await database.leases.find_one({"_id": name})
    counter = await database.counters.find_one({"_id": f"{name}-counter"})
    return lease is not None, counter is not None


async def test_a_lonely_unit_is_written_at_once(database: Counted) -> None:
    name = new_id()
    await GroupCommit(database).insert(unit(name))
    assert await stored(database, name) == (True, True)


async def test_what_arrives_together_shares_transactions(database: Counted) -> None:
    """C3: two hundred at once cost a handful of journal flushes."""
    group, names = GroupCommit(database), [new_id() for _ in range(200)]
    before = database.transactions
    await asyncio.gather(*(group.insert(unit(name)) for name in names))
    assert [await stored(database, name) for name in names] == [(True, True)] * 200
    assert database.transactions - before <= 200 // MAX_BATCH + 2


async def test_a_refused_unit_is_alone(database: Counted) -> None:
    """Neither half of it is stored, and its neighbours are."""
    group, taken = GroupCommit(database), new_id()
    await group.insert(unit(taken))
    names = [new_id() for _ in range(9)]
    units = [unit(name) for name in names]
    units[4] = unit(names[4], counter=f"{taken}-counter")  # its second document is the refused one
    answers = await asyncio.gather(*(group.insert(one) for one in units), return_exceptions=True)
    assert isinstance(answers[4], DuplicateKeyError)
    assert [answer for index, answer in enumerate(answers) if index != 4] == [None] * 8
    assert [await stored(database, name) for name in names] == [(index != 4, index != 4) for index in range(9)]


async def test_of_twins_one_is_stored(database: Counted) -> None:
    """The other hears of it when the first one can be read."""
    group, name = GroupCommit(database), new_id()
    seen: list[tuple[bool, bool]] = []

    async def insert() -> None:
        try:
            await group.insert(unit(name))
        except DuplicateKeyError:
            seen.append(await stored(database, name))
            raise

    answers = await asyncio.gather(*(insert() for _ in range(6)), return_exceptions=True)
    assert answers.count(None) == 1
    assert seen == [(True, True)] * 5


async def test_a_document_that_the_validator_refuses(database: Counted) -> None:
    group, good = GroupCommit(database), new_id()
    bad = {"outbox": [{"_id": new_id(), "kind": "x"}]}
    answers = await asyncio.gather(group.insert(bad), group.insert(unit(good)), return_exceptions=True)
    assert isinstance(answers[0], WriteError)
    assert not isinstance(answers[0], DuplicateKeyError)
    assert (answers[1], await stored(database, good)) == (None, (True, True))


async def test_when_the_database_is_away_everybody_is_told(database: Counted) -> None:
    group, names = GroupCommit(database), [new_id() for _ in range(3)]
    database.broken = True
    answers = await asyncio.gather(*(group.insert(unit(name)) for name in names), return_exceptions=True)
    database.broken = False
    assert [type(answer) for answer in answers] == [AutoReconnect] * 3
    await group.insert(unit(names[0]))  # and it goes on afterwards
    assert await stored(database, names[0]) == (True, True)


async def test_too_much_is_refused_and_not_kept_waiting(database: Counted) -> None:
    group = GroupCommit(database, max_queued=2)
    answers = await asyncio.gather(*(group.insert(unit(new_id())) for _ in range(4)), return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, Problem)]
    assert [problem.code for problem in refused] == ["server.unavailable"] * 2


async def test_a_caller_who_has_gone_disturbs_nobody(database: Counted) -> None:
    group, names = GroupCommit(database), [new_id() for _ in range(3)]
    tasks = [asyncio.create_task(group.insert(unit(name))) for name in names]
    await asyncio.sleep(0)
    tasks[1].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert await stored(database, names[0]) == (True, True)
    assert await stored(database, names[2]) == (True, True)


# --- changes that a unit stands or falls with


def taking(name: str, most: int = 1) -> Change:
    """One of what is there, of which so many may be taken."""
    return Change("leases", {"_id": name, "taken": {"$lt": most}}, {"$inc": {"taken": 1}}, "order.coupon_invalid")


async def test_a_change_and_its_unit_are_made_together_or_not_at_all(database: Counted) -> None:
    pot = new_id()
    await database.raw.leases.insert_one({"_id": pot, "taken": 0})
    names = [new_id() for _ in range(20)]
    group = GroupCommit(database)
    before = database.transactions
    outcomes = await asyncio.gather(
        *[group.insert(unit(name), [taking(pot, 3)]) for name in names], return_exceptions=True
    )
    assert [one.code for one in outcomes if isinstance(one, Problem)] == ["order.coupon_invalid"] * 17
    kept = [name for name, outcome in zip(names, outcomes, strict=True) if outcome is None]
    assert [await stored(database, name) for name in names].count((True, True)) == len(kept) == 3
    pot_now = await database.raw.leases.find_one({"_id": pot})
    assert pot_now is not None
    assert pot_now["taken"] == 3
    # those that came too late cost no transaction of their own
    assert database.transactions - before <= 2


async def test_a_second_change_that_fails_takes_the_first_one_back(database: Counted) -> None:
    first, second = new_id(), new_id()
    await database.raw.leases.insert_many([{"_id": first, "taken": 0}, {"_id": second, "taken": 1}])
    group = GroupCommit(database)
    name, other = new_id(), new_id()
    outcomes = await asyncio.gather(
        group.insert(unit(name), [taking(first), taking(second)]), group.insert(unit(other)), return_exceptions=True
    )
    assert isinstance(outcomes[0], Problem)
    assert await stored(database, name) == (False, False)
    assert await stored(database, other) == (True, True)
    untouched = await database.raw.leases.find_one({"_id": first})
    assert untouched is not None
    assert untouched["taken"] == 0


async def test_a_refused_document_takes_its_units_changes_back(database: Counted) -> None:
    pot, twin = new_id(), new_id()
    await database.raw.leases.insert_one({"_id": pot, "taken": 0})
    group = GroupCommit(database)
    await group.insert(unit(twin))
    with pytest.raises(DuplicateKeyError):
        await group.insert(unit(twin), [taking(pot)])
    untouched = await database.raw.leases.find_one({"_id": pot})
    assert untouched is not None
    assert untouched["taken"] == 0
