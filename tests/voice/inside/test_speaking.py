"""Who hears whom, measured by tones through a real Janus: the rules hold in the sound, whatever a client tries (I6)."""

import asyncio

from schemas.hearing_enums import ActKind, HearingStage, UndertakingState
from server.embedded.janus import Janus
from server.wiring import House
from services.hearings.docket import ACTED
from services.hearings.scheduling import CALLED
from tests.house import client
from tests.services.hearings.hearing_world import called, owed
from tests.voice.inside.conftest import ANNOUNCED
from tests.voice.inside.court_room import JUDGE, TALK, WANG, ZHAO, connect, in_court, recorded, spans
from tests.voice.inside.speakers import SILENT_DB, Speaker, comes_about, speakers, stays


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
        exempt = UndertakingState.EXEMPT
        await world.act(world.clerk, ActKind.UNDERTAKING, world.witness, undertaking=exempt)
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
