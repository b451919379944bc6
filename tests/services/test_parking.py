"""What was given up waits where operators see it, until one of them releases it."""

import argparse
import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from server import parking_commands
from server.__main__ import parser
from server.wiring import House
from services import followers
from services.followers import EntryHead, Followers
from tests.house import client, open_house, say, space_of
from tests.parts.databases import SettingsMaker
from tests.patience import PATIENCE


@pytest.fixture
async def house(make_settings: SettingsMaker) -> AsyncIterator[House]:
    with make_settings.for_one_test() as settings:
        async with open_house(settings) as opened:
            yield opened


class Picky:
    """An effect that refuses some entries until it is mended."""

    def __init__(self, house: House, refused: set[int]) -> None:
        self.refused = refused
        self.done: list[int] = []
        self.followers = Followers(house.database, {"picky": self._follow}, lambda: None)

    async def _follow(self, heads: Sequence[EntryHead]) -> None:
        if self.refused & {head["_id"]["seq"] for head in heads}:
            raise ValueError
        self.done += [head["_id"]["seq"] for head in heads]

    async def run_until(self, done: list[int]) -> None:
        stop = asyncio.Event()
        task = asyncio.create_task(self.followers.run(stop))
        async with asyncio.timeout(PATIENCE):
            while sorted(self.done) != done:
                await asyncio.sleep(0.02)
        stop.set()
        await task


@pytest.fixture
async def room(house: House, monkeypatch: pytest.MonkeyPatch) -> tuple[str, Picky]:
    """A space of five messages, of which the third and fourth are parked."""
    monkeypatch.setattr(followers, "TRIES", 1)
    monkeypatch.setattr(followers, "SAVE_SECONDS", 0.1)
    wang = await client(house)
    space_id = await space_of(house, wang)
    for number in range(5):
        await say(house, wang, space_id, f"{number}")
    picky = Picky(house, {3, 4})
    await picky.run_until([1, 2, 5])
    return space_id, picky


async def test_released_entries_are_done_once_more_and_nothing_else_is(house: House, room: tuple[str, Picky]) -> None:
    space_id, picky = room
    parking = house.core.parking
    (row,) = await parking.list()
    assert (row.name, row.kind, row.subject, row.count) == (f"picky:{space_id}", "picky", f"space:{space_id}", 2)
    picky.refused.clear()
    assert await parking.release(row.name)
    assert not await parking.release(row.name)
    assert await parking.list() == []
    await picky.run_until([1, 2, 3, 4, 5])
    cursor = await house.database.cursors.find_one({"_id": row.name})
    assert cursor is not None
    assert not {"again", "parked"} & set(cursor)
    assert cursor["seq"] == 5


async def test_what_fails_again_is_parked_again(house: House, room: tuple[str, Picky]) -> None:
    space_id, picky = room
    picky.refused.remove(3)
    await house.core.parking.release(f"picky:{space_id}")
    await picky.run_until([1, 2, 3, 5])
    async with asyncio.timeout(PATIENCE):
        while (await house.core.parking.counts())["picky"] != 1:
            await asyncio.sleep(0.02)
    cursor = await house.database.cursors.find_one({"_id": f"picky:{space_id}"})
    assert cursor is not None
    assert cursor["parked"] == [4]


async def test_an_operator_sees_and_releases_both_kinds(
    house: House, room: tuple[str, Picky], capsys: pytest.CaptureFixture[str]
) -> None:
    space_id, _ = room
    row = house.core.outbox.row("order.paid", "order:1", {})
    row |= {"state": "parked", "attempts": 12, "fault": "ValueError"}
    await house.database.outbox.insert_one(row)
    await parking_commands.parked(house, parser().parse_args(["parked"]))
    told = capsys.readouterr().out
    assert f"{row['_id']}  order.paid ×1  order:1" in told
    assert f"picky:{space_id}  picky ×2" in told
    await parking_commands.release(house, parser().parse_args(["release", row["_id"], "nothing:here"]))
    assert capsys.readouterr().out == f"{row['_id']}  released\nnothing:here  is not parked\n"
    await parking_commands.release(house, parser().parse_args(["release", "--all"]))
    assert capsys.readouterr().out == f"picky:{space_id}  released\n"
    assert await house.core.parking.list() == []
    stored = await house.database.outbox.find_one({"_id": row["_id"]})
    assert stored is not None
    assert (stored["state"], stored["attempts"]) == ("pending", 0)


def test_release_wants_to_be_told_what() -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["release"])
    assert parser().parse_args(["release", "--all"]) == argparse.Namespace(command="release", names=[], all=True)


async def test_the_number_is_a_metric_of_every_web_process(house: House, room: tuple[str, Picky]) -> None:
    house.metrics.parked(await house.core.parking.counts())
    assert b'casespace_effects_parked{kind="picky"} 2.0' in house.metrics.text()
    house.metrics.parked({})
    assert b"casespace_effects_parked{" not in house.metrics.text()
