"""The worker: one process leads, another takes over; what is owed is done whatever fails (architecture 8)."""

import ast
import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from schemas.documents.ledgers import OutboxDocument
from server import worker as worker_module
from server.metrics import Metrics
from server.wiring import House
from server.worker import LEASE, Tick, Worker
from services.followers import Followers
from services.outbox import Effect, Outbox
from services.storage.leases import Leases
from tests.house import open_house
from tests.parts.databases import SettingsMaker
from tests.patience import PATIENCE, eventually


@pytest.fixture
async def house(make_settings: SettingsMaker, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    monkeypatch.setattr(worker_module, "LEASE_SECONDS", 0.6)
    monkeypatch.setattr(worker_module, "POLL_SECONDS", 0.1)
    with make_settings.for_one_test() as settings:
        async with open_house(settings) as opened:
            yield opened


class Process:
    """A worker of its own name, as a second process would be."""

    def __init__(self, house: House, name: str, effects: Mapping[str, Effect], *ticks: Tick) -> None:
        self.house = house
        self.metrics = Metrics()
        self.stop = asyncio.Event()
        nudged = asyncio.Event()
        self.outbox = Outbox(house.database, nudged.set)
        self.leases = Leases(house.database, name)
        followers = Followers(house.database, {}, nudged.set)
        self.worker = Worker(self.outbox, effects, followers, list(ticks), self.leases, self.metrics, nudged)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["asyncio.Task[None]"]:
        task = asyncio.create_task(self.worker.run(self.stop))
        try:
            yield task
        finally:
            self.stop.set()
            await asyncio.wait_for(asyncio.gather(task, return_exceptions=True), PATIENCE)


async def owe(house: House, subject: str = "order:1", kind: str = "act") -> None:
    async def work(session: Any) -> None:
        await house.core.outbox.add(session, kind, subject, {})

    await house.database.transaction(work)


async def leader(house: House) -> str | None:
    lease = await house.database.leases.find_one({"_id": LEASE})
    return lease["owner"] if lease else None


async def test_one_leads_and_another_takes_over_when_it_dies(house: House) -> None:
    done: list[str] = []

    def by(name: str) -> Mapping[str, Effect]:
        async def act(row: OutboxDocument) -> None:
            done.append(name)

        return {"act": act}

    async def first_leads() -> bool:
        return await leader(house) == "first"

    async def second_leads() -> bool:
        return await leader(house) == "second"

    async def worked() -> bool:
        return len(done) == expected

    async with Process(house, "first", by("first")).running() as first:
        await eventually(first_leads)
        async with Process(house, "second", by("second")).running():
            expected = 1
            await owe(house)
            await eventually(worked)
            first.cancel()  # kill -9: nothing is released
            await asyncio.gather(first, return_exceptions=True)
            expected = 2
            await owe(house)
            await eventually(worked)
            assert await second_leads()
    assert done == ["first", "second"]
    assert await leader(house) is None, "a stop gives the lease back"


async def test_a_stop_waits_for_the_work_in_hand(house: House) -> None:
    entered, ended = asyncio.Event(), asyncio.Event()

    async def slow(row: OutboxDocument) -> None:
        entered.set()
        await asyncio.sleep(0.5)
        ended.set()

    process = Process(house, "one", {"act": slow})
    await owe(house)
    async with process.running():
        await asyncio.wait_for(entered.wait(), PATIENCE)
        process.stop.set()
    assert ended.is_set()
    row = await house.database.outbox.find_one({})
    assert row is not None
    assert row["state"] == "done"


async def test_a_failing_effect_is_counted_reported_and_tried_again(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    tries: list[float] = []

    async def twice(row: OutboxDocument) -> None:
        tries.append(time.monotonic())
        if len(tries) < 3:
            raise ValueError("13912345678")

    async def third() -> bool:
        return len(tries) == 3

    process = Process(house, "one", {"act": twice})
    with caplog.at_level(logging.WARNING, "casespace.worker"):
        await owe(house)
        async with process.running():
            await eventually(third)
    assert b'casespace_effects_failed_total{kind="act",parked="false"} 2.0' in process.metrics.text()
    said = [record.getMessage() for record in caplog.records if record.name == "casespace.worker"]
    assert said.count("effect act failed: ValueError") == 2


async def test_ticks_come_again_and_one_that_fails_holds_up_nothing(house: House) -> None:
    counts = {"bad": 0, "good": 0}

    async def bad() -> None:
        counts["bad"] += 1
        raise RuntimeError

    async def good() -> None:
        counts["good"] += 1

    async def often() -> bool:
        return min(counts.values()) >= 4

    async with Process(house, "one", {}, Tick("bad", 0.05, bad), Tick("good", 0.05, good)).running():
        await eventually(often)


async def test_who_cannot_renew_the_lease_stops_leading_at_once(house: House) -> None:
    """Another may lead already."""
    ticks = 0

    async def count() -> None:
        nonlocal ticks
        ticks += 1

    async def led() -> bool:
        return ticks > 2

    process = Process(house, "one", {}, Tick("count", 0.02, count))
    async with process.running():
        await eventually(led)
        await house.database.leases.update_one({"_id": LEASE}, {"$set": {"owner": "usurper"}})
        await house.database.leases.update_one({"_id": LEASE}, {"$currentDate": {"until": True}})
        await house.database.leases.update_one({"_id": LEASE}, [{"$set": {"until": {"$add": ["$until", 600_000]}}}])
        seen = -1

        async def at_rest() -> bool:
            nonlocal seen
            before, seen = seen, ticks
            await asyncio.sleep(0.4)
            return before == ticks

        await eventually(at_rest)
        assert await leader(house) == "usurper", "somebody else's lease is not given back"


async def test_a_worker_outlives_faults_of_its_own_loops(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    done = asyncio.Event()

    async def act(row: OutboxDocument) -> None:
        done.set()

    process = Process(house, "one", {"act": act})
    broken, find = [3], process.outbox._runnable

    async def sometimes() -> list[OutboxDocument]:
        if broken[0]:
            broken[0] -= 1
            raise ConnectionError
        return await find()

    monkeypatch.setattr(process.outbox, "_runnable", sometimes)
    await owe(house)
    async with process.running():
        await asyncio.wait_for(done.wait(), PATIENCE)
    assert broken == [0]


def kinds_owed() -> set[str]:
    """The kinds of every ``outbox.add(session, KIND, …)`` in services."""
    root = Path(worker_module.__file__).resolve().parent.parent
    kinds = set()
    for path in (root / "services").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and re.search(r"outbox\.add$", ast.unparse(node.func)):
                kind = node.args[1]
                if isinstance(kind, ast.Constant):
                    kinds.add(str(kind.value))
                elif isinstance(kind, ast.Name) and kind.id.isupper():
                    module = import_module(".".join(path.relative_to(root).with_suffix("").parts))
                    kinds.add(str(getattr(module, kind.id)))
    assert len(kinds) >= 4
    return kinds


def test_every_effect_and_tick_of_the_product_is_wired(make_settings: SettingsMaker) -> None:
    """A kind that is written and never done would be parked in silence."""

    async def wired() -> None:
        async with open_house(make_settings()) as house:
            ticks = {tick.name for tick in house.worker._ticks}
            assert kinds_owed() <= set(house.worker._effects)
            assert {"attention", "payments", "refunds", "uploads"} <= ticks

    asyncio.run(wired())
