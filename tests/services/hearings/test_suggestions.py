"""Lines that speech recognition suggests: from each speaker's own recording, no part before a person accepts (I6)."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest

from miniprogram_api.errors import TransportError
from miniprogram_api.speech import Heard
from schemas.api.minutes import MinutesView, SuggestBody
from schemas.hearing_enums import ActKind, HearingStage
from schemas.minutes_enums import EntryKind, MinutesState
from server.wiring import House
from services.errors import Problem
from services.hearings.minutes.suggestions import MinutesSuggestions
from tests.house import Person, open_house
from tests.parts.databases import SettingsMaker
from tests.parts.real import RealParts
from tests.services.hearings.minutes_world import Scribe, sitting


class Ears:
    """A recogniser that hears what a test says, by what the recording holds."""

    def __init__(self, *said: tuple[bytes, Sequence[Heard]]) -> None:
        self._said = dict(said)

    async def hear(self, recording: bytes, content_type: str) -> list[Heard]:
        if recording not in self._said:
            raise TransportError("transcribe", "timeout", sent=True)
        return list(self._said[recording])


@pytest.fixture(scope="module")
async def house(make_settings: SettingsMaker, parts: RealParts) -> AsyncIterator[House]:
    async with open_house(make_settings(speech_url=f"{parts.sandbox_url}/v1")) as opened:
        yield opened


def listening(scribe: Scribe, ears: Ears | None) -> MinutesSuggestions:
    service = scribe.service.entries
    house = scribe.world.house
    return MinutesSuggestions(house.database, service._book, service._telling, house.courts.minutes.files, ears)


async def recorded(scribe: Scribe, who: Person, content: bytes) -> None:
    """A speaker's part of the first segment is ready."""
    house = scribe.world.house
    file = await house.courts.minutes.files.make(scribe.world.space, "录音.ogg", "audio/ogg", content)

    async def work(session: object) -> None:
        await house.courts.minutes.files.write(session, file)  # type: ignore[arg-type]

    await house.database.transaction(work)
    minutes = await house.database.minutes.find_one({"_id": scribe.id})
    assert minutes is not None
    take = {
        "number": 1,
        "take": file["_id"],
        "track": who.id,
        "file_id": file["_id"],
        "sha256": file["sha256"],
        "started_at": minutes["sittings"][0]["at"] + timedelta(milliseconds=1),
    }
    await house.database.hearings.update_one({"_id": scribe.id}, {"$push": {"recordings": take}})


async def listen(scribe: Scribe, ears: Ears | None, by: Person, segment: int = 1) -> MinutesView:
    return await listening(scribe, ears).listen(by.actor, scribe.id, SuggestBody(segment=segment))


async def test_suggestions_count_when_they_are_accepted(house: House) -> None:
    scribe = await sitting(house)
    world = scribe.world
    await scribe.effects()
    await recorded(scribe, world.wang, b"wang")
    await recorded(scribe, world.zhao, b"zhao")
    ears = Ears(
        (b"wang", [Heard(600, 602, "请求还款。"), Heard(604, 606, "没有别的了。")]),
        (b"zhao", [Heard(603, 604, "我不同意。")]),
    )
    before = (await scribe.seen(world.wang)).entries
    seen = await listen(scribe, ears, world.clerk)
    assert [(one.kind, one.speaker, one.text) for one in seen.entries[-3:]] == [
        (EntryKind.SUGGESTED, "原告王晓", "请求还款。"),
        (EntryKind.SUGGESTED, "被告赵敏", "我不同意。"),
        (EntryKind.SUGGESTED, "原告王晓", "没有别的了。"),
    ]
    assert seen.entries[-3].segment == 1
    again = await listen(scribe, ears, world.clerk)
    assert (again.version, again.entries) == (seen.version, seen.entries)
    assert (await scribe.seen(world.wang)).entries == before, "only the bench sees suggestions"
    accepted = await scribe.change(seen.entries[-3], accepted=True, text="请求被告还款。")
    assert (accepted.kind, accepted.text, accepted.versions[0].text) == ("speech", "请求被告还款。", "请求还款。")
    assert accepted.id in {one.id for one in (await scribe.seen(world.zhao)).entries}
    for stage in (HearingStage.DEBATE, HearingStage.FINAL, HearingStage.CLOSED):
        await world.act(world.judge, ActKind.STAGE, stage=stage)
    await scribe.move(MinutesState.READING)
    await scribe.move(MinutesState.FINAL)
    text = (await scribe.service.reading.text(world.wang.actor, scribe.id)).decode()
    assert "请求被告还款。" in text
    assert "我不同意。" not in text, "what nobody accepted is no part of the minutes"


async def test_the_configured_service_is_asked(house: House) -> None:
    scribe = await sitting(house)
    await scribe.effects()
    assert (await scribe.seen(scribe.world.clerk)).hearable == []
    await recorded(scribe, scribe.world.zhao, b"OggS")
    assert (await scribe.seen(scribe.world.clerk)).hearable == [1]
    assert (await scribe.seen(scribe.world.judge)).hearable == [], "the clerk keeps the minutes"
    body = SuggestBody(segment=1)
    seen = await scribe.service.suggestions.listen(scribe.world.clerk.actor, scribe.id, body)
    found = [(one.speaker, one.text) for one in seen.entries if one.kind is EntryKind.SUGGESTED]
    assert found == [("被告赵敏", "（沙箱）这是语音识别的草稿。")]


async def test_who_may_listen_and_what_can_go_wrong(house: House) -> None:
    async def refusal(ears: Ears | None, by: Person, segment: int = 1) -> str:
        with pytest.raises(Problem) as refused:
            await listen(scribe, ears, by, segment)
        return refused.value.code

    scribe = await sitting(house)
    world = scribe.world
    await scribe.effects()
    assert await refusal(None, world.clerk) == "minutes.no_recognition"
    assert await refusal(Ears(), world.clerk) == "minutes.no_recording"
    await recorded(scribe, world.wang, b"wang")
    for person in (world.wang, world.judge):
        assert await refusal(Ears(), person) == "hearing.not_allowed"
    assert await refusal(Ears(), world.clerk, 2) == "minutes.no_recording"
    assert await refusal(Ears(), world.clerk) == "provider.unavailable"
