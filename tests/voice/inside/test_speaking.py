"""Who hears whom, measured by tones through a real Janus: the rules hold in the sound, whatever a client tries (I6)."""

import asyncio
import hashlib
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np

from schemas.hearing_enums import ActKind, HearingStage
from server.embedded.janus import Janus
from server.wiring import House
from services.files.media.ffmpeg import find_ffmpeg
from services.files.second_copies import KEEP_TWICE
from services.hearings.docket import ACTED
from services.hearings.recordings import SEGMENT_OVER
from services.hearings.scheduling import CALLED
from tests.house import Person, client
from tests.services.hearings.hearing_world import World, called, owed
from tests.voice.inside.conftest import ANNOUNCED
from tests.voice.inside.speakers import HEARD_DB, RATE, SILENT_DB, Speaker, comes_about, level, speakers, stays

JUDGE, WANG, ZHAO = 440.0, 700.0, 1000.0


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


TALK = (HearingStage.OPENING, HearingStage.INVESTIGATION, HearingStage.MEDIATION)


async def test_each_hears_the_others_and_not_themselves(house: House) -> None:
    async with in_court(house, *TALK) as (_, judge, wang, zhao):
        await comes_about(judge, [wang, zhao], [judge])
        await comes_about(wang, [judge, zhao], [wang])
        await comes_about(zhao, [judge, wang], [zhao])


async def test_stage_floor_and_mute_hold_in_the_sound(house: House) -> None:
    async with in_court(house, HearingStage.OPENING, HearingStage.INVESTIGATION) as (world, judge, wang, zhao):
        await comes_about(zhao, [judge], [wang, zhao])
        await stays(judge, [], [wang, zhao], 1)
        await world.act(world.judge, ActKind.FLOOR, world.wang, on=True)
        await comes_about(zhao, [judge, wang], [])
        await world.act(world.clerk, ActKind.MUTE, world.wang, on=True, lock=True)
        await comes_about(zhao, [judge], [wang])
        # All that a client can do is ask, and offer again: the lock outlives both.
        async with speakers(WANG) as (again,):
            await connect(world, world.wang, again)
            await stays(zhao, [], [wang], 1.5)
        await world.act(world.judge, ActKind.STAGE, stage=HearingStage.RECESS)
        await comes_about(zhao, [], [judge, wang])


async def test_who_waits_hears_nothing_and_is_in_at_once_when_called(house: House) -> None:
    world = await called(house)
    await world.begin(HearingStage.OPENING, HearingStage.INVESTIGATION)
    async with speakers(JUDGE, WANG) as (judge, witness):
        await connect(world, world.judge, judge)
        await connect(world, world.witness, witness)
        await asyncio.sleep(0.8)
        await stays(witness, [], [judge], 1)
        await stays(judge, [], [witness], 0.5)
        await world.act(world.judge, ActKind.WITNESS, world.witness, on=True)
        await comes_about(witness, [judge], [])
        await world.act(world.judge, ActKind.FLOOR, world.witness, on=True)
        await comes_about(judge, [witness], [])
        await world.act(world.judge, ActKind.WITNESS, world.witness, on=False)
        await comes_about(judge, [], [witness])
        await comes_about(witness, [], [judge])


async def test_observers_hear_and_are_heard_by_nobody(house: House) -> None:
    """I6: with a microphone of their own or without one, as the page comes; not even where all may speak."""
    world = await called(house, public=True, kind="mediation")
    guests = [await client(house, name) for name in ("旁听甲", "旁听乙")]
    link = (await world.seen(world.clerk)).link or ""
    for guest in guests:
        await house.services.hearings.observe(guest.actor, world.id, link.partition("invitation=")[2])
    await world.begin(HearingStage.OPENING, HearingStage.STATEMENTS, HearingStage.MEDIATION)
    await world.come(*guests)
    async with speakers(JUDGE, WANG, ZHAO) as (judge, loud, zhao):
        silent = Speaker(0, listens=True)
        people = ((world.judge, judge), (guests[0], loud), (guests[1], silent), (world.zhao, zhao))
        await asyncio.gather(*(connect(world, person, speaker) for person, speaker in people))
        await asyncio.sleep(0.8)
        await stays(loud, [], [judge, zhao], 0.5)
        for guest in guests:
            await world.act(world.clerk, ActKind.ADMIT, guest)
        await comes_about(loud, [judge, zhao], [])
        await comes_about(silent, [judge, zhao], [loud])
        await stays(judge, [zhao], [loud], 1)
        await silent.close()


async def test_the_discipline_is_played_to_the_court_room_and_noted(house: House) -> None:
    """From the operator's file, to those who are in; whoever waits outside hears nothing. The journal says when."""
    world = await called(house)
    await world.begin()
    async with speakers(JUDGE, ZHAO, WANG, ANNOUNCED) as (judge, zhao, witness, announcer):
        people = ((world.judge, judge), (world.zhao, zhao), (world.witness, witness))
        await asyncio.gather(*(connect(world, person, speaker) for person, speaker in people))
        await comes_about(zhao, [judge], [announcer])
        seen = await house.services.hearings.announce(world.clerk.actor, world.id, on=True)
        assert (seen.announcement, seen.announcing) == (True, True)
        await comes_about(zhao, [judge, announcer], [])
        assert witness.level(ANNOUNCED) < SILENT_DB
        await comes_about(zhao, [judge], [announcer])
        while (await world.seen(world.zhao)).announcing:
            await asyncio.sleep(0.1)
    await owed(house, CALLED, ACTED)
    assert [one.body["text"] for one in await world.lines(world.judge)][-2:] == [
        "书记员周书播放法庭纪律",
        "法庭纪律播放完毕",
    ]


async def test_the_recording_holds_what_was_allowed_and_nothing_of_the_side_room(house: House, janus: Janus) -> None:
    """H5, I5, I6: each tone exactly while it might be heard in the court room; files with hashes in seconds."""
    async with in_court(house, HearingStage.OPENING, HearingStage.INVESTIGATION) as (world, judge, wang, zhao):
        await comes_about(zhao, [judge], [wang])
        await asyncio.sleep(1)
        await world.act(world.judge, ActKind.STAGE, stage=HearingStage.MEDIATION)
        await comes_about(judge, [wang, zhao], [])
        await asyncio.sleep(1.5)
        await world.act(world.judge, ActKind.CAUCUS, on=True, targets=(world.judge.id, world.wang.id))
        await comes_about(wang, [judge], [zhao])
        await comes_about(zhao, [], [judge, wang])
        await stays(zhao, [], [judge, wang], 2.5)
        await stays(judge, [wang], [zhao], 0.3)
        await world.act(world.judge, ActKind.CAUCUS, on=False, targets=(world.judge.id,))
        await comes_about(zhao, [judge, wang], [])
        await asyncio.sleep(1.5)
        await world.act(world.judge, ActKind.MUTE, world.wang, on=True, lock=True)
        await comes_about(zhao, [judge], [wang])
        await asyncio.sleep(1.5)
        await world.act(world.judge, ActKind.STAGE, stage=HearingStage.CLOSED)
        kept = await recorded(world)
        (mix,) = [path for track, path in kept.items() if track.startswith("mix")]
        heard = spans(mix)
    # the judge alone while nobody has the floor; at last together, the side room (only zhao is left, and unheard
    # without a presider), together, wang muted
    sounds, everybody = [sounding for sounding, _ in heard if sounding], {JUDGE, WANG, ZHAO}
    assert (sounds[0], sounds[-3:]) == ({JUDGE}, [everybody, everybody, {JUDGE, ZHAO}])
    assert sum(seconds for sounding, seconds in heard if not sounding) > 1, "the side room is silence"
    own = [path for track, path in kept.items() if track.startswith(world.wang.id)]
    assert own
    for path in own:
        assert {tone for sounding, _ in spans(path) for tone in sounding} <= {WANG}, "a track is one person's voice"
    seconds = sum(seconds for path in own for sounding, seconds in spans(path) if sounding)
    in_court_room = sum(seconds for sounding, seconds in heard if WANG in sounding)
    assert seconds < in_court_room + 2, "what was said in the side room, or without the floor, is in no track either"
    assert not list(janus.recordings.glob(f"{world.id}/*/*")), "nothing stays behind in the clear"


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
