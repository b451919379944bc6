"""Effects are written down with the change and done by the worker, in order for each subject (architecture 8)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from miniprogram_api.errors import TransportError
from schemas.documents.ledgers import OutboxDocument
from services.audit import Audit
from services.clock import utc_now
from services.errors import Problem
from services.outbox import AT_ONCE, BATCH, LONGEST_PAUSE, LONGEST_PAUSE_OUTSIDE, PARK_AFTER, Outbox, pause
from services.parked_effects import OUTAGE, ParkedEffects
from services.storage.database import Database
from services.storage.indexes import apply
from services.work_items import WorkItems
from tests.parts.databases import SettingsMaker


class Time:
    def __init__(self) -> None:
        self.now = utc_now()

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class World:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.time = Time()
        self.nudges = 0
        self.outbox = Outbox(database, self._nudged, self.time)
        self.done: list[str] = []
        self.reports: list[tuple[str, str, bool]] = []
        self.faults: dict[str, Exception] = {}

    def _nudged(self) -> None:
        self.nudges += 1

    async def owe(self, subject: str, name: str, due_in: float | None = None, kind: str = "act") -> str:
        due = None if due_in is None else self.time.now + timedelta(seconds=due_in)

        async def work(session: Any) -> str:
            return await self.outbox.add(session, kind, subject, {"name": name}, due)

        return await self.database.transaction(work)

    async def act(self, row: OutboxDocument) -> None:
        name = row["payload"]["name"]
        if name in self.faults:
            raise self.faults[name]
        self.done.append(name)

    async def run(self, act: Callable[[OutboxDocument], Awaitable[None]] | None = None) -> int:
        return await self.outbox.run_due(
            {"act": act or self.act},
            lambda row, fault, parked: self.reports.append((row["payload"]["name"], type(fault).__name__, parked)),
        )

    async def row(self, event_id: str) -> OutboxDocument:
        row = await self.database.outbox.find_one({"_id": event_id})
        assert row is not None
        return row


@pytest.fixture
async def world(make_settings: SettingsMaker) -> AsyncIterator[World]:
    with make_settings.for_one_test() as settings:
        database = Database(settings.mongo_uri.get_secret_value(), settings.mongo_database)
        await apply(database)
        yield World(database)
        await database.close()


async def test_a_row_exists_only_with_the_change(world: World) -> None:
    async def fails(session: Any) -> None:
        await world.outbox.add(session, "act", "order:1", {"name": "never"})
        raise RuntimeError("the change failed")

    with pytest.raises(RuntimeError):
        await world.database.transaction(fails)
    assert await world.run() == 0
    assert world.done == []


async def test_rows_of_a_subject_run_in_order_and_once(world: World) -> None:
    for number in range(20):
        await world.owe("order:1", f"{number}")
    assert await world.run() == 20
    assert world.done == [f"{number}" for number in range(20)]
    assert await world.run() == 0


async def test_the_order_is_that_of_writing_also_across_processes(world: World) -> None:
    """Ids of two processes within a second are in no order."""
    first = await world.owe("order:1", "first")
    world.time.pass_by(0.005)
    second = await world.owe("order:1", "second")
    row = await world.row(second)
    await world.database.outbox.delete_one({"_id": second})
    await world.database.outbox.insert_one(row | {"_id": first[:8] + "0" * 16})
    await world.run()
    assert world.done == ["first", "second"]


async def test_what_fails_is_tried_again_with_growing_pauses_and_not_overtaken(world: World) -> None:
    event = await world.owe("order:1", "bad")
    await world.owe("order:1", "after")
    await world.owe("order:2", "other")
    world.faults["bad"] = ValueError("13912345678")
    assert await world.run() == 2
    assert world.done == ["other"]
    for attempt in range(1, 5):
        row = await world.row(event)
        assert (row["attempts"], row["state"], row["fault"]) == (attempt, "pending", "ValueError")
        assert row["due_at"] == world.time.now + timedelta(seconds=pause(attempt))
        world.time.pass_by(pause(attempt) - 0.01)
        assert await world.run() == 0
        world.time.pass_by(0.01)
        assert await world.run() == 1
    world.faults.clear()
    world.time.pass_by(LONGEST_PAUSE)
    await world.run()
    assert world.done == ["other", "bad", "after"]
    assert "13912345678" not in str([row async for row in world.database.outbox.find({})])


def test_pauses_double_up_to_five_minutes() -> None:
    assert [pause(n) for n in (1, 2, 3)] == [0.2, 0.4, 0.8]
    assert pause(50) == LONGEST_PAUSE == 300


async def test_what_keeps_failing_is_parked_holds_up_nothing_and_can_be_released(world: World) -> None:
    event = await world.owe("order:1", "bad")
    await world.owe("order:1", "after")
    world.faults["bad"] = RuntimeError()
    for _ in range(PARK_AFTER):
        await world.run()
        world.time.pass_by(LONGEST_PAUSE)
    await world.run()
    assert world.done == ["after"]
    assert world.reports == [("bad", "RuntimeError", False)] * (PARK_AFTER - 1) + [("bad", "RuntimeError", True)]
    assert (await world.row(event))["state"] == "parked"
    world.time.pass_by(10 * LONGEST_PAUSE)
    assert await world.run() == 0
    world.faults.clear()
    nudges = world.nudges
    assert await world.outbox.release(event)
    assert world.nudges == nudges + 1
    assert not await world.outbox.release(event), "it is not parked any more"
    await world.run()
    assert world.done == ["after", "bad"]
    assert not await world.outbox.release(event), "it is done"


async def test_a_service_that_is_away_for_an_hour_parks_nothing(world: World) -> None:
    """E1, J1: tried sixteen times, and done a quarter of an hour after it is back at most."""
    start, away = world.time.now, timedelta(hours=1)
    events = [await world.owe(f"refund:{n}", f"refund {n}") for n in range(20)]
    for n in range(20):
        world.faults[f"refund {n}"] = TransportError("pay_refund", "connect_timeout", sent=False)
    tries = 0
    while world.time.now - start < timedelta(hours=3) and len(world.done) < 20:
        tries += await world.run()
        (next_due,) = await world.database.outbox.find({}).sort("due_at", 1).limit(1).to_list()
        world.time.now = max(next_due["due_at"], world.time.now)
        if world.time.now - start >= away:
            world.faults.clear()
    assert len(world.done) == 20
    assert tries == 20 * 17, "sixteen in vain, one that does it"
    assert world.time.now - start <= away + timedelta(seconds=LONGEST_PAUSE_OUTSIDE)
    assert not [report for report in world.reports if report[2]]
    assert not await world.database.outbox.count_documents({"outside_since": {"$exists": True}})
    assert {(await world.row(event))["state"] for event in events} == {"done"}


@pytest.mark.parametrize("own", [False, True])
async def test_what_fails_outside_for_a_day_is_parked(world: World, own: bool) -> None:
    """Also where it is the cause of a problem of ours; and what fails for other reasons in between is not spared."""
    event = await world.owe("refund:1", "bad")
    problem = Problem("provider.unavailable")
    problem.__cause__ = TransportError("pay_refund", "timeout", sent=True)
    start, world.faults["bad"] = world.time.now, problem
    while (await world.row(event))["state"] == "pending":
        await world.run()
        if own and world.time.now - start > timedelta(hours=2):
            world.faults["bad"] = RuntimeError()
        world.time.pass_by(LONGEST_PAUSE_OUTSIDE)
    took = world.time.now - start
    assert took < timedelta(hours=4) if own else timedelta(days=1) <= took < timedelta(days=1, hours=1)


async def test_an_unknown_kind_is_tried_again_and_not_lost(world: World) -> None:
    """An old worker meets a row of a newer process."""
    event = await world.owe("order:1", "new", kind="of the future")
    await world.run()
    row = await world.row(event)
    assert (row["state"], row["fault"]) == ("pending", "KeyError")


async def test_a_row_for_later_waits_and_holds_up_only_what_comes_after_it(world: World) -> None:
    await world.owe("order:1", "before")
    await world.owe("order:1", "at its time", due_in=60)
    await world.owe("order:1", "behind")
    assert await world.run() == 1
    world.time.pass_by(60)
    assert await world.run() == 2
    assert world.done == ["before", "at its time", "behind"]


async def test_a_crowd_that_must_wait_hides_nobody(world: World) -> None:
    """A vendor is away: more rows wait behind failed ones than a batch holds; another order must not notice."""
    await world.owe("order:stuck", "bad")
    for number in range(BATCH + 10):
        await world.owe("order:stuck", f"waits {number}")
    await world.owe("order:fine", "fine")
    world.faults["bad"] = RuntimeError()
    await world.run()
    await world.run()
    assert world.done == ["fine"]


async def test_subjects_run_side_by_side_but_not_all_at_once(world: World) -> None:
    """A slow vendor holds up its own subjects only."""
    running = most = 0

    async def slow(row: OutboxDocument) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.02)
        running -= 1
        world.done.append(row["subject"])

    for number in range(AT_ONCE * 2):
        await world.owe(f"order:{number}", "x")
    assert await world.run(slow) == AT_ONCE * 2
    assert most == AT_ONCE
    assert len(set(world.done)) == AT_ONCE * 2


async def test_a_crash_after_the_effect_runs_it_again(world: World) -> None:
    """At least once: effects tolerate it."""
    await world.owe("order:1", "x")

    class Crash(BaseException):
        """As kill -9 would: nothing after it runs."""

    async def crashing(row: OutboxDocument) -> None:
        await world.act(row)
        raise Crash

    with pytest.raises(Crash):
        await world.run(crashing)
    await world.run()
    assert world.done == ["x", "x"]


async def test_a_fault_of_the_database_is_told_after_everything_ended(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the next round would run beside the rest of this one."""
    await world.owe("order:1", "x")
    await world.owe("order:2", "slow")
    ended = []

    async def act(row: OutboxDocument) -> None:
        if row["payload"]["name"] == "slow":
            await asyncio.sleep(0.1)
            ended.append("slow")

    update = world.database.outbox.update_one

    async def refusing(where: Any, change: Any) -> Any:
        if not ended:
            raise ConnectionError
        return await update(where, change)

    monkeypatch.setattr(world.database.outbox, "update_one", refusing)
    with pytest.raises(ConnectionError):
        await world.run(act)
    assert ended == ["slow"]


async def test_an_outage_is_one_work_item_that_closes_itself(world: World) -> None:
    """E1, J1: however many effects wait for the service that is away."""
    items = WorkItems(world.database, Audit(world.database, world.time), world.time)
    parked = ParkedEffects(world.database, world.outbox, items, Audit(world.database, world.time), world.time)
    for n in range(3):
        await world.owe(f"refund:{n}", f"refund {n}")
        world.faults[f"refund {n}"] = TransportError("pay_refund", "connect_timeout", sent=False)
    await world.run()
    await parked.tick()
    assert await items.list() == [], "a hiccup"
    for _ in range(PARK_AFTER + 1):
        world.time.pass_by(LONGEST_PAUSE_OUTSIDE)
        await world.run()
        await parked.tick()
    (item,) = await items.list()
    assert (item["kind"], item["urgent"], item["detail"]["waiting"]) == (OUTAGE, True, {"act": 3})
    world.faults.clear()
    world.time.pass_by(LONGEST_PAUSE_OUTSIDE)
    await world.run()
    await parked.tick()
    assert await items.list() == []
