"""Moving and cancelling a hearing, and finding it from its space and its case (I6, A3, J2)."""

import asyncio
from datetime import UTC, timedelta

import pytest

from schemas.api.base import PageQuery
from schemas.api.hearings import HearingCancel, HearingMove
from schemas.enums import Role
from schemas.hearing_enums import ActKind, HearingStage, HearingState
from server.wiring import House
from services.errors import Problem
from services.hearings.docket import ACTED
from services.hearings.hearing_cards import card_of, when
from services.hearings.rescheduling import CANCELLED, MOVED
from services.hearings.schedule_effects import REMIND
from services.hearings.scheduling import CALLED
from tests.house import Person, client, lawyer
from tests.services.hearings.hearing_world import World, called, owed, refusal

REASON = "原告住院"


@pytest.fixture
async def world(house: House) -> World:
    return await called(house)


def later(house: House, days: int = 5) -> HearingMove:
    moment = house.core.clock().replace(microsecond=0) + timedelta(days=days)
    return HearingMove(starts_at=moment, minutes=None, reason=REASON)


CANCEL = HearingCancel(reason=REASON)


async def lines_of(world: World, person: Person) -> list[str]:
    calendar = (await world.house.services.hearings.calendar(person.actor, world.id)).decode()
    return calendar.replace("\r\n ", "").split("\r\n")


async def test_who_may_move_and_cancel(house: House, world: World) -> None:
    hearings = house.services.hearings
    for person in (world.wang, world.zhao, world.clerk, world.witness):
        assert await refusal(hearings.reschedule(person.actor, world.id, later(house))) == "hearing.not_allowed"
        assert await refusal(hearings.cancel(person.actor, world.id, CANCEL)) == "hearing.not_allowed"
    for person in (await client(house), await lawyer(house), await lawyer(house, "别的法官", Role.PRESIDER)):
        assert await refusal(hearings.reschedule(person.actor, world.id, later(house))) == "hearing.not_found"
        assert await refusal(hearings.cancel(person.actor, world.id, CANCEL)) == "hearing.not_found"
    desk = await lawyer(house, "运营", Role.OPS)
    for days, person in enumerate((world.judge, world.li, desk), 3):
        assert (await hearings.reschedule(person.actor, world.id, later(house, days))).sequence == days - 2
    assert [(await world.seen(one)).may_reschedule for one in (world.judge, world.li, world.wang)] == [
        True,
        True,
        False,
    ]


async def test_everybody_is_told_of_the_new_time_once(house: House, world: World) -> None:
    """Code, link, seats and space stay; the record of the hearing says why, the notice outside does not."""
    before = await world.seen(world.judge)
    await owed(house, CALLED)
    move = later(house)
    moved = await house.services.hearings.reschedule(world.judge.actor, world.id, move)
    assert (moved.starts_at, moved.minutes, moved.sequence) == (move.starts_at, 60, 1)
    assert (moved.code, moved.space_id, moved.participants) == (before.code, before.space_id, before.participants)
    again = await house.services.hearings.reschedule(world.judge.actor, world.id, move)
    assert (again.sequence, again.version) == (1, moved.version), "the same time again is no change"
    await owed(house, MOVED)
    for person in world.everybody:
        kinds = [one async for one in house.database.notices.find({"user_id": person.id, "kind": "hearing_moved"})]
        assert len(kinds) == 1
        assert REASON not in kinds[0]["text"]
    said = [one.body for one in await world.lines(world.zhao)]
    assert [(one["code"], one["reason"], one["sequence"]) for one in said] == [(MOVED, REASON, 1)]
    for person, space_id in ((world.wang, world.case), (world.zhao, world.space)):
        _, update = await world.card(person, space_id)
        assert update == ("scheduled", f"改期至 {when(move.starts_at)}")
    reminders = await house.database.outbox.find({"kind": REMIND, "payload.hearing_id": world.id}).to_list()
    assert [one["due_at"] for one in reminders] == [
        before.starts_at - timedelta(minutes=30),
        moved.starts_at - timedelta(minutes=30),
    ]
    stored = await house.database.outbox.find_one({"kind": MOVED, "payload.hearing_id": world.id})
    assert stored is not None
    assert REASON not in str(stored), "why somebody cannot come is sealed"


async def test_a_hearing_of_before_gets_its_card_when_it_goes_on(house: House, world: World) -> None:
    """Hearings that were called by an earlier version have a card in their case only."""
    starts_at = (await world.seen(world.judge)).starts_at
    ref = {"hearing_id": world.id}
    await house.core.cards.show(world.case, card_of(world.id), "hearing", "王晓诉赵敏", "scheduled", ref)
    await house.database.outbox.delete_many({"kind": CALLED, "payload.hearing_id": world.id})
    await world.begin(HearingStage.OPENING)
    await owed(house, ACTED)
    own = await world.card(world.zhao, world.space)
    assert own[0] == ("in_session", when(starts_at))
    assert {state for state, _ in own} == {"in_session"}


async def test_the_old_reminder_reminds_nobody(house: House, world: World) -> None:
    await owed(house, CALLED)
    await house.services.hearings.reschedule(world.judge.actor, world.id, later(house))
    await owed(house, MOVED)
    old, new = await house.database.outbox.find({"kind": REMIND, "payload.hearing_id": world.id}).to_list()
    wanted = {"user_id": world.zhao.id, "kind": "hearing_soon"}
    effect = house.worker._effects[REMIND]
    await effect(old)
    assert await house.database.notices.count_documents(wanted) == 0
    await effect(new)
    await effect(new)
    assert await house.database.notices.count_documents(wanted) == 1


async def test_the_calendar_follows(house: House, world: World) -> None:
    """RFC 5545: the same UID with a higher SEQUENCE takes the event's place; METHOD:CANCEL takes it out."""
    first = await lines_of(world, world.wang)
    assert {"METHOD:PUBLISH", "SEQUENCE:0", "STATUS:CONFIRMED"} <= set(first)
    moved = await house.services.hearings.reschedule(world.judge.actor, world.id, later(house))
    second = await lines_of(world, world.wang)
    start = f"DTSTART:{moved.starts_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    assert {"METHOD:PUBLISH", "SEQUENCE:1", start} <= set(second)
    await house.services.hearings.cancel(world.judge.actor, world.id, CANCEL)
    third = await lines_of(world, world.wang)
    assert {"METHOD:CANCEL", "SEQUENCE:2", "STATUS:CANCELLED"} <= set(third)
    assert "BEGIN:VALARM" not in third
    assert {line for line in first if line.startswith("UID:")} == {line for line in third if line.startswith("UID:")}


async def test_a_cancelled_hearing_lets_nobody_in(house: House, world: World) -> None:
    """Tickets that were out open nothing; the case shows it; a second cancelling changes nothing."""
    hearings = house.services.hearings
    await owed(house, CALLED)
    ticket = (await hearings.ticket(world.wang.actor, world.id)).ticket
    gone = await hearings.cancel(world.li.actor, world.id, CANCEL)
    assert (gone.state, gone.may_reschedule) == (HearingState.CANCELLED, False)
    assert (await hearings.cancel(world.li.actor, world.id, CANCEL)).version == gone.version
    assert await refusal(hearings.join(world.wang.actor, world.id, ticket)) == "hearing.closed"
    assert await refusal(hearings.ticket(world.wang.actor, world.id)) == "hearing.closed"
    assert await refusal(hearings.reschedule(world.li.actor, world.id, later(house))) == "hearing.closed"
    await owed(house, CANCELLED, REMIND)
    for person in world.everybody:
        assert await house.database.notices.count_documents({"user_id": person.id, "kind": "hearing_cancelled"}) == 1
    for person, space_id in ((world.wang, world.case), (world.zhao, world.space)):
        assert (await world.card(person, space_id))[-1] == ("cancelled", "已取消")
    reminder = await house.database.outbox.find_one({"kind": REMIND, "payload.hearing_id": world.id})
    assert reminder is not None
    await house.worker._effects[REMIND](reminder)
    assert await house.database.notices.count_documents({"user_id": world.wang.id, "kind": "hearing_soon"}) == 0


async def test_what_has_begun_is_moved_in_recess_only(house: House, world: World) -> None:
    hearings = house.services.hearings
    await world.begin(HearingStage.OPENING)
    assert await refusal(hearings.reschedule(world.judge.actor, world.id, later(house))) == "hearing.wrong_stage"
    assert await refusal(hearings.cancel(world.judge.actor, world.id, CANCEL)) == "hearing.wrong_stage"
    await world.act(world.judge, ActKind.STAGE, stage=HearingStage.RECESS)
    assert (await hearings.reschedule(world.judge.actor, world.id, later(house))).state == HearingState.RECESS
    assert await refusal(hearings.cancel(world.judge.actor, world.id, CANCEL)) == "hearing.wrong_stage"
    await world.act(world.judge, ActKind.STAGE, stage=HearingStage.CLOSED)
    assert await refusal(hearings.reschedule(world.judge.actor, world.id, later(house))) == "hearing.closed"
    await owed(house, CALLED, ACTED, MOVED)


async def test_a_hearing_is_found_from_its_space_and_from_its_case(house: House, world: World) -> None:
    views, hearings = house.services.space_views, house.services.hearings
    own = await views.get(world.zhao.actor, world.space)
    assert (own.hearing_id, own.hearing_state) == (world.id, HearingState.SCHEDULED)
    assert (await views.get(world.wang.actor, world.case)).hearing_id is None
    (listed,) = (await views.listing(world.zhao.actor)).items
    assert (listed.hearing_id, listed.client_name, listed.lawyer_name) == (world.id, None, None)
    (brief,) = (await hearings.of_case(world.wang.actor, world.case, PageQuery())).items
    assert (brief.id, brief.space_id, brief.participant) == (world.id, world.space, True)
    assert [one.id for one in (await hearings.of_case(world.zhao.actor, world.space, PageQuery())).items] == [world.id]
    for outsider in (world.zhao, world.judge):
        assert await refusal(hearings.of_case(outsider.actor, world.case, PageQuery())) == "space.not_found"
    await hearings.cancel(world.judge.actor, world.id, CANCEL)
    assert (await views.get(world.zhao.actor, world.space)).hearing_state == HearingState.CANCELLED
    assert (await hearings.of_case(world.wang.actor, world.case, PageQuery())).items[0].state == HearingState.CANCELLED


async def test_moving_and_opening_at_once_come_one_after_the_other(house: House, world: World) -> None:
    """Whichever comes second is judged by what the first has made: a hearing that sits is never moved."""
    await world.come(*world.everybody)
    move, opened = await asyncio.gather(
        house.services.hearings.reschedule(world.li.actor, world.id, later(house)),
        world.act(world.judge, ActKind.STAGE, stage=HearingStage.OPENING),
        return_exceptions=True,
    )
    seen = await world.seen(world.judge)
    assert not isinstance(opened, BaseException)
    assert seen.stage is HearingStage.OPENING
    if isinstance(move, Problem):
        assert (move.code, seen.sequence) == ("hearing.wrong_stage", 0)
    else:
        assert not isinstance(move, BaseException)
        assert (seen.sequence, move.version) == (1, opened.version - 1)
