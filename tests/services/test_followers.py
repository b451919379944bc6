"""Effects follow the stored record, each with a cursor of its own (ruling 3)."""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from pymongo.errors import AutoReconnect

from server.wiring import House
from services import followers
from services.followers import STREAM, EntryHead, Follow, Followers
from tests.house import Person, client, open_house, say, space_of
from tests.parts.databases import SettingsMaker
from tests.patience import PATIENCE, eventually, until

Place = tuple[str, int]


@pytest.fixture
async def house(make_settings: SettingsMaker) -> AsyncIterator[House]:
    with make_settings.for_one_test() as settings:
        async with open_house(settings) as opened:
            yield opened


class Follower:
    """One worker that notes what it has seen."""

    def __init__(self, house: House, *more: tuple[str, Follow]) -> None:
        self.house = house
        self.seen: list[Place] = []
        self.nudges = 0
        self.followers = Followers(house.database, {"note": self._note, **dict(more)}, self._nudged)

    async def _note(self, heads: Sequence[EntryHead]) -> None:
        self.seen += [(head["_id"]["space"], head["_id"]["seq"]) for head in heads]
        assert all("sealed" not in head for head in heads), "effects are given no content"

    def _nudged(self) -> None:
        self.nudges += 1

    @asynccontextmanager
    async def running(self, *, killed: bool = False) -> AsyncIterator[None]:
        stop = asyncio.Event()
        task = asyncio.create_task(self.followers.run(stop))
        try:
            yield
        finally:
            if killed:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
            else:
                stop.set()
                await asyncio.wait_for(task, PATIENCE)

    async def has_seen(self, count: int) -> None:
        await until(lambda: len(self.seen) >= count)


async def room(house: House) -> tuple[Person, str]:
    wang = await client(house)
    return wang, await space_of(house, wang)


async def test_every_entry_is_followed_once_in_the_order_of_its_space(house: House) -> None:
    wang, one = await room(house)
    two = await space_of(house, wang)
    await say(house, wang, one, "before anybody followed")
    follower = Follower(house)
    async with follower.running():
        for number in range(10):
            await asyncio.gather(say(house, wang, one, f"{number}"), say(house, wang, two, f"{number}"))
        await follower.has_seen(21)
    for space, count in ((one, 11), (two, 10)):
        assert [seq for seen, seq in follower.seen if seen == space] == list(range(1, count + 1))


async def written_down(house: House, space: str, seq: int) -> bool:
    """Whether a cursor of this space has come so far."""
    return await house.database.cursors.find_one({"_id": {"$regex": f":{space}$"}, "seq": seq}) is not None


async def test_a_killed_worker_goes_on_where_it_was(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """At least once: what was not written down is done again, nothing is left out."""
    monkeypatch.setattr(followers, "SAVE_SECONDS", 0.0)
    wang, space = await room(house)
    first = Follower(house)
    async with first.running(killed=True):
        for number in range(5):
            await say(house, wang, space, f"{number}")
        await first.has_seen(5)
        await eventually(lambda: written_down(house, space, 5))
    for number in range(5):
        await say(house, wang, space, f"later {number}")
    second = Follower(house)
    async with second.running():
        await second.has_seen(5)
    assert second.seen == [(space, seq) for seq in range(6, 11)]


async def test_a_worker_killed_in_the_middle_repeats_and_leaves_out_nothing(house: House) -> None:
    wang, space = await room(house)
    entered = asyncio.Event()

    async def hangs(heads: Sequence[EntryHead]) -> None:
        entered.set()
        await asyncio.sleep(60)

    first = Follower(house, ("slow", hangs))
    async with first.running(killed=True):
        await say(house, wang, space, "一")
        await asyncio.wait_for(entered.wait(), PATIENCE)
    second = Follower(house)
    async with second.running():
        await second.has_seen(1)
    assert second.seen == [(space, 1)]


@pytest.mark.parametrize(
    "token",
    [
        {"_data": "82" + "00" * 8},
        {"_data": "not hex"},
        {
            # a real form, of a moment long before the log begins
            "_data": "8261F0000000000001" + "2B042C0100296E5A1004" + os.urandom(16).hex().upper() + "04",
        },
    ],
    ids=["invented", "no token", "long ago"],
)
async def test_a_lost_place_in_the_stream_means_looking_at_every_space(house: House, token: dict[str, str]) -> None:
    wang, space = await room(house)
    await say(house, wang, space, "一")
    await house.database.cursors.insert_one({"_id": STREAM, "token": token, "updated_at": house.core.clock()})
    follower = Follower(house)
    async with follower.running():
        await follower.has_seen(1)
        await say(house, wang, space, "二")
        await follower.has_seen(2)
    assert follower.seen == [(space, 1), (space, 2)]
    saved = await house.database.cursors.find_one({"_id": STREAM})
    assert saved is not None
    assert saved["token"] != token


async def test_an_effect_that_keeps_failing_is_parked_and_holds_up_nothing_else(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(followers, "TRIES", 2)
    wang, space = await room(house)
    other = await space_of(house, wang)
    done: list[Place] = []

    async def picky(heads: Sequence[EntryHead]) -> None:
        if any(head["_id"] == {"space": space, "seq": 2} for head in heads):
            raise ValueError
        done.extend((head["_id"]["space"], head["_id"]["seq"]) for head in heads)

    follower = Follower(house, ("picky", picky))
    async with follower.running():
        for number in range(3):
            await say(house, wang, space, f"{number}")
        await say(house, wang, other, "x")
        await follower.has_seen(4)
        await until(lambda: len(set(done)) == 3)
    assert set(done) == {(space, 1), (space, 3), (other, 1)}
    cursor = await house.database.cursors.find_one({"_id": f"picky:{space}"})
    assert cursor is not None
    assert (cursor["seq"], cursor["parked"]) == (3, [2])
    note = await house.database.cursors.find_one({"_id": f"note:{space}"})
    assert note is not None
    assert (note["seq"], note.get("parked")) == (3, None)


async def test_an_outage_parks_nothing(house: House) -> None:
    """The entries are not to blame: the worker starts again when the database is back."""
    wang, space = await room(house)
    away = True
    done: list[int] = []

    async def needs_database(heads: Sequence[EntryHead]) -> None:
        if away:
            raise AutoReconnect("the primary stepped down")
        done.extend(head["_id"]["seq"] for head in heads)

    follower = Follower(house, ("needs", needs_database))
    await say(house, wang, space, "一")
    with pytest.raises(AutoReconnect):
        await asyncio.wait_for(follower.followers.run(asyncio.Event()), PATIENCE)
    away = False
    async with follower.running():
        await until(lambda: done == [1])
    cursor = await house.database.cursors.find_one({"_id": f"needs:{space}"})
    assert cursor is not None
    assert "parked" not in cursor


async def test_a_row_of_the_outbox_wakes_the_outbox_and_a_busy_one_keeps_nobody_waiting(house: House) -> None:
    wang, space = await room(house)
    follower = Follower(house)
    stop = asyncio.Event()

    async def owe(_: int) -> None:
        async def work(session: object) -> None:
            await house.core.outbox.add(session, "x", "order:1", {})  # type: ignore[arg-type]

        await house.database.transaction(work)

    async def busy() -> None:
        while not stop.is_set():
            await asyncio.gather(*map(owe, range(10)))

    async with follower.running():
        writing = asyncio.create_task(busy())
        await say(house, wang, space, "一")
        await follower.has_seen(1)
        stop.set()
        await writing
    assert follower.nudges > 0


async def test_two_kinds_have_cursors_of_their_own(house: House) -> None:
    """A kind that is added later sees the record from its beginning."""
    wang, space = await room(house)
    await say(house, wang, space, "一")
    async with (first := Follower(house)).running():
        await first.has_seen(1)
    late: list[int] = []

    async def added(heads: Sequence[EntryHead]) -> None:
        late.extend(head["_id"]["seq"] for head in heads)

    second = Follower(house, ("added", added))
    await second.followers.sweep()
    assert late == [1]
    assert second.seen == []
