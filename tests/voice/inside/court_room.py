"""A court in which people speak in tones, and what its recordings hold."""

import asyncio
import hashlib
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np

from schemas.hearing_enums import HearingStage
from server.wiring import House
from services.files.media.ffmpeg import find_ffmpeg
from services.files.second_copies import KEEP_TWICE
from services.hearings.docket import ACTED
from services.hearings.recordings import SEGMENT_OVER
from services.hearings.scheduling import CALLED
from tests.house import Person
from tests.services.hearings.hearing_world import World, called, owed
from tests.voice.inside.speakers import HEARD_DB, RATE, SILENT_DB, Speaker, level, speakers

JUDGE, WANG, ZHAO = 440.0, 700.0, 1000.0
TALK = (HearingStage.OPENING, HearingStage.INVESTIGATION, HearingStage.MEDIATION)


async def connect(world: World, person: Person, speaker: Speaker) -> None:
    answer = await world.house.services.hearings.offer(person.actor, world.id, await speaker.offer())
    await speaker.accept(answer.sdp)


@asynccontextmanager
async def in_court(house: House, *stages: HearingStage) -> AsyncIterator[tuple[World, Speaker, Speaker, Speaker]]:
    """Judge, plaintiff and defendant are connected; the court has come to the last of these stages."""
    world = await called(house)
    await world.begin(*stages)
    async with speakers(JUDGE, WANG, ZHAO) as (judge, wang, zhao):
        await asyncio.gather(
            connect(world, world.judge, judge), connect(world, world.wang, wang), connect(world, world.zhao, zhao)
        )
        yield world, judge, wang, zhao


async def recorded(world: World) -> dict[str, Path]:
    """Track (and take) → a decoded copy of the file, once the segment has been handed on."""
    database, folder = world.house.database, Path("var/test-logs")
    for _ in range(100):
        if await database.outbox.find_one({"kind": SEGMENT_OVER, "payload.hearing_id": world.id}):
            break
        await asyncio.sleep(0.1)
    await owed(world.house, CALLED, ACTED, SEGMENT_OVER)
    await owed(world.house, KEEP_TWICE)
    seen = await world.seen(world.judge)
    assert seen.recordings
    said = [text for _, text in await world.card(world.wang, world.case)]
    assert {f"第 {one.segment} 段庭审录音已保存" for one in seen.recordings} <= set(said)
    kept = {}
    for number, one in enumerate(seen.recordings):
        file = await world.house.services.files.get(world.wang.actor, one.file_id)
        stored = await database.files.find_one({"_id": one.file_id})
        assert stored is not None
        assert stored.get("copies", {})["original"].get("twice"), "kept twice (H5)"
        opened = await world.house.services.files.content(one.file_id, "original", actor=world.wang.actor)  # type: ignore[arg-type]
        path = folder / f"recorded-{world.id}-{number}"
        path.write_bytes(b"".join([block async for block in opened.read(0, opened.size)]))
        assert hashlib.sha256(path.read_bytes()).hexdigest() == file.sha256 == one.sha256
        kept[f"{one.track}-{number}"] = path
    return kept


def spans(path: Path) -> list[tuple[set[float], float]]:
    """Which tones sound together, and for how many seconds; what is shorter than half a second is left out."""
    decode = [find_ffmpeg(), "-v", "fatal", "-i", str(path), "-f", "s16le", "-ac", "1", "-ar", str(RATE), "-"]
    samples = np.frombuffer(subprocess.run(decode, capture_output=True, check=True).stdout, np.int16) / 32768
    window = RATE // 5
    pieces: list[tuple[set[float], float]] = []
    for start in range(0, len(samples) - window, window):
        levels = {tone: level(samples[start : start + window], tone) for tone in (JUDGE, WANG, ZHAO)}
        if not any(SILENT_DB < one < HEARD_DB for one in levels.values()):  # else something begins or ends just now
            pieces.append(({tone for tone, one in levels.items() if one >= HEARD_DB}, 0.2))
    return joined([(sounding, seconds) for sounding, seconds in joined(pieces) if seconds >= 0.5])


def joined(pieces: list[tuple[set[float], float]]) -> list[tuple[set[float], float]]:
    """Neighbours that sound the same are one."""
    found: list[tuple[set[float], float]] = []
    for sounding, seconds in pieces:
        if found and found[-1][0] == sounding:
            found[-1] = (sounding, found[-1][1] + seconds)
        else:
            found.append((sounding, seconds))
    return found
