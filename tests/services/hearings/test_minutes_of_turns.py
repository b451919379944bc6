"""The minutes of an asynchronous hearing: its steps and turns stand in them by themselves, each once (I6)."""

import pytest

from schemas.api.minutes import MAX_TEXT
from schemas.hearing_enums import HearingStage
from schemas.minutes_enums import EntryKind, MinutesState
from server.wiring import House
from services.errors import Problem
from services.hearings.asynchronous.exchange_book import EXCHANGED
from services.hearings.scheduling import CALLED
from tests.services.hearings.exchange_world import ask, begin, move, say
from tests.services.hearings.hearing_world import called, owed
from tests.services.hearings.minutes_world import Scribe


async def test_steps_and_turns_write_themselves(house: House) -> None:
    world = await called(house, mode="asynchronous")
    scribe = Scribe(world)
    await begin(world, HearingStage.OPENING, HearingStage.INVESTIGATION)
    await say(world, world.wang, "请求归还借款五万元。")
    await say(world, world.zhao, "长" * (MAX_TEXT + 1))
    question = await ask(world, world.zhao, "钱是哪一天还的？", 24)
    await say(world, world.zhao, "去年五月。", question_id=question.question_id)
    await owed(house, CALLED, EXCHANGED)
    lines = (await scribe.seen(world.wang)).entries
    assert [one.text for one in lines[:2]] == [
        "原告代理人李律师同意以异步方式进行庭审。",
        "被告赵敏同意以异步方式进行庭审。",
    ]
    spoken = [(one.speaker, one.text) for one in lines if one.kind is EntryKind.SPEECH]
    assert spoken == [
        ("原告王晓", "请求归还借款五万元。"),
        ("被告赵敏", "长" * MAX_TEXT),
        ("被告赵敏", "长"),
        ("审判员陈明", "（向被告赵敏提问）钱是哪一天还的？"),
        ("被告赵敏", "（答复提问）去年五月。"),
    ]
    assert {(one.segment, one.offset_ms) for one in lines} == {(None, None)}
    await owed(house, EXCHANGED)
    assert (await scribe.seen(world.wang)).entries == lines


async def test_they_are_read_when_the_last_step_is_in(house: House) -> None:
    world = await called(house, mode="asynchronous")
    scribe = Scribe(world)
    await begin(world, HearingStage.OPENING, HearingStage.INVESTIGATION)
    await say(world, world.wang, "请求归还借款五万元。")
    await owed(house, CALLED, EXCHANGED)
    with pytest.raises(Problem) as early:
        await scribe.move(MinutesState.READING)
    assert early.value.code == "minutes.court_sits"
    for stage in (HearingStage.DEBATE, HearingStage.FINAL, HearingStage.CLOSED):
        await move(world, stage)
    with pytest.raises(Problem) as behind:
        await scribe.move(MinutesState.READING)
    assert behind.value.code == "server.unavailable"
    await owed(house, EXCHANGED)
    assert (await scribe.move(MinutesState.READING)).state is MinutesState.READING
    assert (await scribe.move(MinutesState.FINAL)).state is MinutesState.FINAL
    text = (await scribe.service.reading.text(world.zhao.actor, scribe.id)).decode()
    assert '"began_at":"20' in text
