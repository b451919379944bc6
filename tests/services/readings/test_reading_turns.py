"""Everybody's papers are read in turn (F2): a heap of one keeps nobody waiting. Pure, and on a database."""

from collections.abc import AsyncIterator

import pytest_asyncio

from schemas.api.readings import ReadingBody
from schemas.reading_enums import ReadingState
from services.errors import Problem
from services.files.file_store import FileStore
from services.readings.reading_queue import ReadingQueue
from services.readings.reading_seals import ReadingSeals
from services.readings.reading_turns import ReadingTurns, ahead
from tests.house import Person, client, lawyer, space_of
from tests.parts.databases import SettingsMaker
from tests.services.files.world import refusal
from tests.services.readings.reading_world import ReadingWorld, iou, open_readings


def served(turns: ReadingTurns, waiting: dict[str, list[str]], times: int) -> str:
    """Whose files are read, one letter each."""
    order = ""
    for _ in range(times):
        asker = turns.next({who: files[0] for who, files in waiting.items() if files})
        turns.had(asker)
        waiting[asker].pop(0)
        order += asker
    return order


def test_three_hundred_photos_of_one_keep_nobody_waiting() -> None:
    turns, waiting = ReadingTurns(), {"a": [f"{n:04}" for n in range(300)]}
    assert served(turns, waiting, 3) == "aaa"
    waiting |= {"b": ["9001", "9002"], "c": ["9003"]}
    assert served(turns, waiting, 6) == "bcabaa"


def test_newcomers_do_not_keep_the_heap_waiting_for_ever() -> None:
    turns, waiting, order = ReadingTurns(), {"a": [f"{n:04}" for n in range(300)]}, ""
    for number in range(20):
        if number % 2 == 0:
            waiting[f"n{number}"] = [f"9{number:03}"]
        asker = turns.next({who: files[0] for who, files in waiting.items() if files})
        turns.had(asker)
        waiting[asker].pop(0)
        order += asker[0]
    assert order.count("a") >= 8


def test_a_place_in_the_queue_counts_whoever_is_read_before() -> None:
    assert ahead("5", 0, []) == 0
    assert ahead("5", 0, [("1", 300), ("9", 1)]) == 1
    assert ahead("5", 2, [("1", 300), ("9", 1)]) == 2 + 3 + 1


@pytest_asyncio.fixture
async def world(make_settings: SettingsMaker) -> AsyncIterator[ReadingWorld]:
    with make_settings.for_one_test() as settings:
        async with open_readings(settings, most_waiting=16) as opened:
            yield opened


async def ask(world: ReadingWorld, person: Person, space_id: str) -> str:
    file_id = await world.photo(person, space_id)
    return (await world.readings.ask(person.actor, file_id, ReadingBody())).id


async def test_nobody_takes_up_the_whole_queue_and_each_has_a_turn(world: ReadingWorld) -> None:
    owner, counsel = await client(world.house), await lawyer(world.house)
    space_id = await space_of(world.house, owner, counsel)
    heap = [await ask(world, owner, space_id) for _ in range(4)]
    with refusal("reading.queue_full"):
        await ask(world, owner, space_id)
    late = await ask(world, counsel, space_id)
    places = [(await world.readings.get(owner.actor, one)).ahead for one in (*heap, late)]
    assert places == [0, 2, 3, 4, 1]
    world.reader.answers += [iou()] * 2
    for _ in range(2):
        assert await world.queue.tick()
    states = [(await world.readings.get(owner.actor, one)).state for one in (heap[0], heap[1], late)]
    assert states == [ReadingState.DONE, ReadingState.QUEUED, ReadingState.DONE]


class AwayStore(FileStore):
    """A store that cannot be reached."""

    def read(self, *_: object, **__: object) -> AsyncIterator[bytes]:
        raise Problem("server.unavailable")


async def test_a_store_that_is_away_fails_no_file(world: ReadingWorld) -> None:
    """Nor one that is withdrawn while it waits is read: it fails for good, since there is nothing to come back."""
    owner = await client(world.house)
    space_id = await space_of(world.house, owner)
    asked = await ask(world, owner, space_id)
    core = world.house.core
    seals = ReadingSeals(core.vault)
    queue = ReadingQueue(
        core.database,
        AwayStore(core.blobs, core.vault),
        world.reader,
        seals,
        core.audit,
        core.outbox,
        core.tally_reading,
    )
    for _ in range(5):
        assert await queue.tick()
        await core.database.readings.update_one({"_id": asked}, {"$min": {"due_at": core.clock()}})
    waiting = await core.database.readings.find_one({"_id": asked})
    assert waiting is not None
    assert (waiting["state"], waiting["tries"]) == ("queued", 0)
    await core.database.files.update_one({"_id": waiting["file_id"]}, {"$set": {"recalled": True}})
    assert await world.queue.tick()
    assert (await world.readings.get(owner.actor, asked)).error == "file.gone"
    assert world.reader.asked == 0
