"""What the owner of a hearing's media does when something fails: the rest goes on, and the journal is true (I6)."""

import errno
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from schemas.hearing_enums import ActKind
from server.wiring import House
from services.errors import Problem
from services.hearings.docket import ACTED
from services.hearings.media import MAIN, Line, MediaEvent, MediaLostError, MediaRefusedError
from services.hearings.scheduling import CALLED
from tests.patience import eventually, until
from tests.services.hearings.fake_media import SDP, FakeMedia, switchboard, talking
from tests.services.hearings.hearing_world import owed


class FullDisk(FakeMedia):
    """There is no room for a recording."""

    async def record(self, segment: int | None) -> None:
        if segment is not None:
            raise OSError(errno.ENOSPC, "No space left on device")


@dataclass
class Away(FakeMedia):
    """Does not answer, until it does."""

    up: bool = False

    async def open(
        self, hearing_id: str, memory: Mapping[str, Any] | None, tell: Callable[[MediaEvent], None]
    ) -> "FakeMedia":
        if not self.up:
            raise MediaLostError("no connection")
        return await super().open(hearing_id, memory, tell)


class Speechless(FakeMedia):
    """Its file cannot be read."""

    async def announce(self, on: bool) -> None:
        if on:
            raise MediaRefusedError("no such file")


async def test_a_full_disk_keeps_nobody_from_speaking(house: House) -> None:
    media, world = FullDisk(), await talking(house)
    async with switchboard(house, media) as owner:
        await owner.offer(world.id, world.wang.id, SDP)
        assert media.lines[world.wang.id] == Line(MAIN, open=True)
        await world.act(world.judge, ActKind.MUTE, world.wang, on=True, lock=True)
        owner.engage(world.id)
        await until(lambda: media.lines[world.wang.id] == Line(MAIN, open=False))
        assert media.opened == 1, "it did not start over"


async def test_the_bench_hears_that_the_sound_is_away_and_back(house: House) -> None:
    media, world = Away(), await talking(house)

    async def alarm(expected: str | None) -> bool:
        return (await world.seen(world.judge)).recording.alarm == expected

    async with switchboard(house, media) as owner:
        owner.engage(world.id)
        await eventually(lambda: alarm("voice_down"))
        media.up = True
        await eventually(lambda: alarm(None))


async def test_an_announcement_that_cannot_be_played_is_noted_as_such(house: House) -> None:
    """The journal must not say that the discipline was read when it was not."""
    media, world = Speechless(), await talking(house)

    async def silent() -> bool:
        return not (await world.seen(world.zhao)).announcing

    async with switchboard(house, media) as owner:
        await world.act(world.clerk, ActKind.ANNOUNCE, on=True)
        owner.engage(world.id)
        await eventually(silent)
    await owed(house, CALLED, ACTED)
    lines = await world.lines(world.judge)
    assert [one.body["text"] for one in lines][-2:] == ["书记员周书播放法庭纪律", "法庭纪律未能播放"]


async def test_without_a_recording_of_it_there_is_nothing_to_play(house: House) -> None:
    world = await talking(house)
    assert (await world.seen(world.clerk)).announcement is False
    with pytest.raises(Problem) as refused:
        await house.services.hearings.announce(world.clerk.actor, world.id, on=True)
    assert refused.value.code == "hearing.no_announcement"
