"""An asynchronous hearing against a real database: consent, turns, questions, deadlines, the record (I6, J2)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from schemas.api.asynchronous import (
    DeadlineBody,
    TurnBody,
    TurnQuery,
    TurnView,
)
from schemas.api.base import PageQuery
from schemas.api.exchanges import ExchangeView
from schemas.api.hearings import HearingMove
from schemas.hearing_enums import ActKind, HearingMode, HearingStage, HearingState
from server.wiring import House
from services.clock import utc_now
from services.errors import Problem
from services.hearings.asynchronous.exchange_book import DEADLINE, DUE_SOON, EXCHANGED
from services.hearings.docket import ACTED
from services.hearings.rescheduling import MOVED
from services.hearings.scheduling import CALLED
from services.ids import new_id
from tests.house import Person, client, open_house
from tests.parts.databases import SettingsMaker
from tests.services.hearings.exchange_world import ask, begin, choose, move, say
from tests.services.hearings.hearing_world import World, called, owed, refusal

ALL = (CALLED, MOVED, ACTED, EXCHANGED, DEADLINE, DUE_SOON)


class Time:
    """The house's clock; goes on by itself, and further when told."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return utc_now() + self.ahead

    def pass_by(self, hours: float) -> None:
        self.ahead += timedelta(hours=hours)


@pytest.fixture(scope="module")
def time() -> Time:
    return Time()


@pytest.fixture(scope="module")
async def house(make_settings: SettingsMaker, time: Time) -> AsyncIterator[House]:
    async with open_house(make_settings(), time) as opened:
        yield opened


@pytest.fixture
async def world(house: House) -> World:
    """Called as an asynchronous hearing; nobody has said anything to it."""
    return await called(house, mode="asynchronous")


async def told(world: World, person: Person, kind: str) -> list[str]:
    wanted = {"user_id": person.id, "kind": kind, "link": f"/hearings/{world.id}"}
    return [one["text"] async for one in world.house.database.notices.find(wanted).sort("_id", 1)]


async def exchange(world: World, person: Person) -> ExchangeView:
    found = (await world.seen(person)).exchange
    assert found is not None
    return found


async def test_a_whole_asynchronous_hearing_stands_in_the_record(house: House, world: World) -> None:
    """Turns under the names of who took them, in order, between what the court decided; twice run, once there."""
    await begin(world, HearingStage.OPENING, HearingStage.INVESTIGATION)
    await say(world, world.wang, "请求判令被告归还借款")
    voice = await stored_voice(world)
    spoken = await say(world, world.zhao, None, file_id=voice)
    assert spoken.file is not None
    assert (spoken.number, spoken.text, spoken.file.duration_ms) == (2, None, 4_000)
    question = await ask(world, world.zhao, "借款是否交付？", 24)
    answered = await say(world, world.zhao, "没有交付", question_id=question.question_id)
    for stage in (HearingStage.DEBATE, HearingStage.FINAL, HearingStage.CLOSED):
        await move(world, stage)
    await owed(house, *ALL)
    decided = [one.body["text"] for one in await world.lines(world.zhao)]
    assert [text.partition("，提交期限至")[0] for text in decided] == [
        "原告代理人李律师同意以异步方式进行庭审",
        "被告赵敏同意以异步方式进行庭审",
        *(f"审判员陈明宣布：{stage}" for stage in ("开庭", "法庭调查", "法庭辩论", "最后陈述", "闭庭")),
    ]
    said = [one for one in await world.entries(world.zhao) if "turn" in one.body]
    assert [(one.sender.display_name, one.type, one.body.get("text")) for one in said] == [
        ("王晓", "text", "请求判令被告归还借款"),
        ("赵敏", "voice", None),
        ("陈明", "text", "借款是否交付？"),
        ("赵敏", "text", "没有交付"),
    ]
    assert [one.body["turn"]["number"] for one in said] == [1, 2, 3, 4]
    assert (answered.kind, answered.stage_title) == ("answer", "法庭调查")
    turns = (await house.services.turns.page(world.clerk.actor, world.id, TurnQuery())).items
    assert [(one.number, one.title, one.seq) for one in turns] == [
        (1, "原告", said[0].seq),
        (2, "被告", said[1].seq),
        (3, "审判员", said[2].seq),
        (4, "被告", said[3].seq),
    ]
    raw = await house.database.hearing_turns.find({"hearing_id": world.id}).to_list()
    assert "借款" not in str(raw), "what was said is sealed"
    for person, space_id in ((world.wang, world.case), (world.zhao, world.space)):
        assert [state for state, _ in await world.card(person, space_id)] == ["closed", "in_session", "closed"]
    for work in (say(world, world.wang, "还有"), move(world, HearingStage.OPENING), choose(world, world.wang, "agree")):
        assert await refusal(work) == "hearing.closed"


async def test_what_was_said_to_the_court_is_not_recalled(house: House, world: World) -> None:
    await begin(world, HearingStage.OPENING)
    await say(world, world.wang, "确认到庭")
    await owed(house, *ALL)
    (turn,) = [one for one in await world.entries(world.wang) if "turn" in one.body]
    assert await refusal(house.services.messages.recall(world.wang.actor, world.space, turn.seq)) == "auth.forbidden"


async def test_who_takes_no_part_says_and_reads_nothing(house: House, world: World) -> None:
    await begin(world, HearingStage.OPENING)
    stranger = await client(house)
    page = house.services.turns.page
    assert await refusal(say(world, stranger, "我")) == "hearing.not_found"
    assert await refusal(page(stranger.actor, world.id, TurnQuery())) == "hearing.not_found"
    assert await refusal(say(world, world.witness, "我")) == "hearing.not_allowed"
    assert await refusal(page(world.witness.actor, world.id, TurnQuery())) == "hearing.not_allowed"
    assert (await world.seen(world.witness)).exchange is None
    assert await refusal(say(world, world.clerk, "我")) == "hearing.not_allowed"
    assert await refusal(choose(world, world.clerk, "agree")) == "hearing.not_allowed"
    elsewhere = await stored_voice(await called(house))
    assert await refusal(say(world, world.wang, None, file_id=elsewhere)) == "file.not_found"
    assert await refusal(house.services.hearings.ticket(world.wang.actor, world.id)) == "hearing.asynchronous"
    assert await refusal(world.act(world.wang, ActKind.COME)) == "hearing.asynchronous"


async def test_the_same_turn_twice_is_one(house: House, world: World) -> None:
    """Answers get lost on phones: a repeat gives the same turn, also from two requests of one moment."""
    await begin(world, HearingStage.OPENING, HearingStage.INVESTIGATION)
    sent = {"client_turn_id": "one", "text": "第一次陈述"}
    first, *others = await asyncio.gather(
        *(house.services.turns.say(world.wang.actor, world.id, TurnBody.model_validate(sent)) for _ in range(4))
    )
    assert all(one.number == first.number == 1 for one in others)
    assert await house.database.hearing_turns.count_documents({"hearing_id": world.id}) == 1
    for other in ({**sent, "text": "另一句"}, {**sent, "question_id": new_id()}):
        assert await refusal(house.services.turns.say(world.wang.actor, world.id, TurnBody.model_validate(other))) in (
            "message.id_reused",
            "hearing.no_question",
        )
    view = await exchange(world, world.wang)
    assert (view.turns, view.turns_taken, view.turns_allowed, view.turns_left) == (1, {world.wang.id: 1}, 3, 2)
    with pytest.raises(ValidationError):
        TurnBody(client_turn_id="two", text=None)


async def test_reminders_and_lateness(house: House, world: World, time: Time) -> None:
    """24 h and 2 h before the deadline those are reminded who have said nothing; then the stage goes on by itself."""
    await begin(world, HearingStage.OPENING)
    await say(world, world.zhao, "确认到庭")
    await owed(house, *ALL)
    assert len(await told(world, world.wang, "hearing_turn")) == 1
    time.pass_by(24.5)
    await owed(house, *ALL)
    assert (await told(world, world.wang, "hearing_turn"))[-1].startswith("开庭阶段的陈述将于 ")
    assert len(await told(world, world.li, "hearing_turn")) == 2, "counsel too"
    assert len(await told(world, world.zhao, "hearing_turn")) == 1, "they have spoken"
    time.pass_by(22)
    await owed(house, *ALL)
    assert len(await told(world, world.wang, "hearing_due")) == 1
    assert await told(world, world.zhao, "hearing_due") == []
    time.pass_by(2)
    assert await refusal(say(world, world.wang, "迟了")) == "hearing.turn_over"
    await owed(house, DEADLINE)
    await owed(house, EXCHANGED)
    seen = await world.seen(world.judge)
    assert (seen.stage, seen.state) == (HearingStage.INVESTIGATION, HearingState.IN_SESSION)
    (late,) = [one for one in await world.lines(world.wang) if one.body["code"] == "hearing.lapse"]
    assert late.body["text"].startswith("开庭期限届满，逾期未提交：原告王晓；进入法庭调查，提交期限至 ")


async def test_the_sides_alternate_in_the_hours_that_the_hearing_was_called_with(house: House, time: Time) -> None:
    """Whoever's turn it is is told so; who chose to say nothing, or sits live by now, is reminded of nothing."""
    assert await refusal(called(house, hours={"statements": 5})) == "hearing.hours_invalid", "of a mediation"
    world = await called(house, mode="asynchronous", hours={"debate": 5})
    before = house.core.clock()
    opened = await begin(world, HearingStage.OPENING, HearingStage.INVESTIGATION, HearingStage.DEBATE)
    assert opened.exchange is not None
    hours = {one.stage.value: (one.hours, one.alternating) for one in opened.exchange.plan}
    assert (hours["debate"], hours["final"], hours["evidence"]) == ((5, True), (48, True), (72, False))
    assert opened.exchange.due_at is not None
    assert timedelta(hours=5) <= opened.exchange.due_at - before < timedelta(hours=5, minutes=5)
    assert opened.exchange.turn_side == "原告"
    may = {person.id: (await exchange(world, person)).can for person in (world.wang, world.zhao, world.judge)}
    assert may[world.wang.id] == ["turn", "skip"]
    assert may[world.zhao.id] == []
    assert {"turn", "skip"} <= set(may[world.judge.id])
    assert await refusal(say(world, world.zhao, "我先说")) == "hearing.not_your_turn"
    await say(world, world.wang, "我方意见")
    await owed(house, *ALL)
    assert (await told(world, world.zhao, "hearing_turn"))[-1].startswith("轮到您方发言，请于 ")
    skipped = await house.services.exchanges.skip(world.zhao.actor, world.id)
    assert skipped.exchange is not None
    assert skipped.exchange.turn_side == "原告"
    assert await refusal(house.services.exchanges.skip(world.zhao.actor, world.id)) == "hearing.not_your_turn"
    await ask(world, world.zhao, "为什么？", 4)
    time.pass_by(1)
    back = HearingMove(starts_at=house.core.clock() + timedelta(days=3), minutes=None, reason="当面说清楚")
    await owed(house, *ALL)
    assert (await world.lines(world.zhao))[-1].body["text"] == "被告赵敏放弃本轮发言，由原告发言"
    await house.services.exchanges.live(world.judge.actor, world.id, back)
    time.pass_by(2)
    await owed(house, *ALL)
    for person in (world.wang, world.zhao):
        assert await told(world, person, "hearing_due") == []


async def test_an_extension_outdates_the_old_deadline(house: House, world: World, time: Time) -> None:
    await begin(world, HearingStage.OPENING)
    await owed(house, *ALL)
    before = (await exchange(world, world.judge)).due_at
    assert before is not None
    body = DeadlineBody(until=before + timedelta(hours=30), question_id=None, reason="被告申请延期")
    await house.services.exchanges.extend(world.judge.actor, world.id, body)
    assert await refusal(house.services.exchanges.extend(world.wang.actor, world.id, body)) == "hearing.not_allowed"
    time.pass_by(49)
    await owed(house, *ALL)
    assert (await world.seen(world.judge)).stage is HearingStage.OPENING
    assert await told(world, world.wang, "hearing_due") == [], "two hours before the old one nobody was reminded"
    await say(world, world.wang, "现在还来得及")
    time.pass_by(30)
    await owed(house, DEADLINE)
    assert (await world.seen(world.judge)).stage is HearingStage.INVESTIGATION
    lines = [one.body["text"] for one in await world.lines(world.wang) if one.body["code"] == "hearing.extend"]
    assert [line.endswith("，原因：被告申请延期") for line in lines] == [True]


async def test_a_question_that_nobody_answers_is_noted(house: House, world: World, time: Time) -> None:
    await begin(world, HearingStage.OPENING, HearingStage.INVESTIGATION)
    question = await ask(world, world.wang, "何时交付？", 3)
    await owed(house, *ALL)
    assert any(text.startswith("法庭向您提问，请于 ") for text in await told(world, world.li, "hearing_turn"))
    assert not any(text.startswith("法庭向您提问") for text in await told(world, world.zhao, "hearing_turn"))
    shown = {
        person.id: (await exchange(world, person)).questions[0].mine for person in (world.wang, world.li, world.zhao)
    }
    assert shown == {world.wang.id: True, world.li.id: True, world.zhao.id: False}
    time.pass_by(1.5)
    await owed(house, *ALL)
    assert len(await told(world, world.wang, "hearing_due")) == 1
    time.pass_by(2)
    await owed(house, DEADLINE)
    await owed(house, EXCHANGED)
    assert (await exchange(world, world.wang)).questions[0].state == "lapsed"
    assert (await world.lines(world.wang))[-1].body["text"] == "第 1 号提问的答复期限届满，原告王晓未答复"
    assert await refusal(say(world, world.wang, "迟了", question_id=question.question_id)) == "hearing.turn_over"


async def test_from_live_to_asynchronous_and_back(house: House) -> None:
    """A party asks in a recess, all agree, the presider decides; later everybody meets again at a set time."""
    world = await called(house)
    assert (await exchange(world, world.wang)).can == ["apply"]
    assert (await exchange(world, world.clerk)).can == []
    await world.begin(HearingStage.OPENING, HearingStage.INVESTIGATION)
    assert (await exchange(world, world.wang)).can == []
    assert await refusal(choose(world, world.wang, "apply", "人在外地")) == "hearing.wrong_stage"
    await world.act(world.judge, ActKind.STAGE, stage=HearingStage.RECESS)
    assert await refusal(house.services.exchanges.application(world.zhao.actor, world.id)) == "hearing.no_application"
    asked = await choose(world, world.wang, "apply", "人在外地")
    assert asked.exchange is not None
    for reader in (world.zhao, world.judge):
        told = await house.services.exchanges.application(reader.actor, world.id)
        assert told.reason == "人在外地", "who agrees or decides knows why"
    assert await refusal(house.services.exchanges.application(world.witness.actor, world.id)) == "hearing.not_allowed"
    stranger = await client(house, "旁人")
    assert await refusal(house.services.exchanges.application(stranger.actor, world.id)) == "hearing.not_found"
    assert {one.user_id: one.agreed for one in asked.exchange.consents} == {world.wang.id: True, world.zhao.id: None}
    assert await refusal(choose(world, world.judge, "grant")) == "hearing.consent_missing"
    assert (await exchange(world, world.zhao)).can == ["agree", "refuse"]
    await choose(world, world.zhao, "agree")
    assert "grant" in (await exchange(world, world.judge)).can
    granted = await choose(world, world.judge, "grant")
    assert (granted.mode, granted.recording.segment) == (HearingMode.ASYNCHRONOUS, None)
    assert await refusal(say(world, world.wang, "早了")) == "hearing.wrong_stage"
    await move(world, HearingStage.INVESTIGATION)
    assert (await say(world, world.zhao, "补充答辩")).number == 1
    start = house.core.clock().replace(microsecond=0) + timedelta(days=3)
    back = HearingMove(starts_at=start, minutes=30, reason="事实争议较大")
    assert await refusal(house.services.exchanges.live(world.zhao.actor, world.id, back)) == "hearing.not_allowed"
    seen = await house.services.exchanges.live(world.judge.actor, world.id, back)
    assert (seen.mode, seen.state, seen.starts_at, seen.minutes, seen.sequence) == (
        HearingMode.LIVE,
        HearingState.RECESS,
        start,
        30,
        1,
    )
    await owed(house, *ALL)
    texts = [one.body["text"] for one in await world.lines(world.wang)]
    assert "原告王晓申请以异步方式（非同步）进行庭审，理由：人在外地" in texts
    assert any(text.startswith("庭审转为实时庭审，时间 ") and text.endswith("原因：事实争议较大") for text in texts)
    await world.come(world.judge)
    await world.act(world.judge, ActKind.STAGE, stage=HearingStage.INVESTIGATION)
    stored = await house.database.outbox.find({"payload.hearing_id": world.id}).to_list()
    hearing = await house.database.hearings.find_one({"_id": world.id})
    assert hearing is not None
    assert "人在外地" not in f"{stored}{hearing}", "reasons are sealed"


async def test_one_that_lasts_for_months_is_still_found(house: House, world: World, time: Time) -> None:
    """A live hearing is over in a day; this one is listed until it is closed."""
    await begin(world, HearingStage.OPENING)
    time.pass_by(24 * 60)
    assert [one.id for one in (await house.services.hearings.mine(world.wang.actor, PageQuery())).items] == [world.id]
    for stage in (HearingStage.RECESS, HearingStage.CLOSED):
        await move(world, stage)
    assert (await house.services.hearings.mine(world.wang.actor, PageQuery())).items == []


async def test_turns_of_one_moment_do_not_overdraw(house: House, world: World) -> None:
    """Stage and count are judged where the turn is written: of ten at once, one is accepted."""
    await begin(world, HearingStage.OPENING)
    outcomes = await asyncio.gather(*(say(world, world.wang, f"{n}") for n in range(10)), return_exceptions=True)
    assert sum(isinstance(one, TurnView) for one in outcomes) == 1
    assert {one.code for one in outcomes if isinstance(one, Problem)} <= {"hearing.no_turn_left", "server.unavailable"}


async def stored_voice(world: World) -> str:
    """A complete voice message of the hearing's space."""
    key = await world.house.vault.key(f"space:{world.space}")
    file_id = new_id()
    fields: dict[str, Any] = {
        "_id": file_id,
        "space_id": world.space,
        "owner_id": world.zhao.id,
        "name": key.seal_text("语音.m4a", f"file:{file_id}:name"),
        "content_type": "audio/mp4",
        "declared_size": 1,
        "size": 1,
        "sha256": "0" * 64,
        "duration_ms": 4_000,
        "state": "complete",
        "created_at": world.house.core.clock(),
    }
    await world.house.database.raw["files"].insert_one(fields)
    return file_id
