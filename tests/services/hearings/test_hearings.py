"""Hearings against a real database: calling one, coming in, acting, the journal; attackers first (I6)."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from pydantic import ValidationError
from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.api.base import PageQuery
from schemas.api.messages import MessageListQuery
from schemas.enums import Role
from schemas.hearing_enums import ActKind, HearingKind, HearingStage, IdentityState, Place
from server.wiring import House
from services.errors import Problem
from services.hearings.attendance import Attendance
from services.hearings.docket import ACTED, Docket
from services.hearings.hearing_cards import when
from services.hearings.passes import TICKET_SECONDS, HearingTickets, Invitations
from services.hearings.schedule_effects import REMIND
from services.hearings.scheduling import CALLED
from services.ids import new_id
from tests.house import client, lawyer, say, space_of
from tests.services.files.test_page_pictures import pdf
from tests.services.hearings.hearing_world import World, body, called, owed, refusal


@pytest.fixture
async def world(house: House) -> World:
    return await called(house)


async def texts(world: World) -> list[str]:
    return [one.body["text"] for one in await world.lines(world.judge)]


# --- calling one


async def test_a_hearing_has_a_space_of_its_own(house: House, world: World) -> None:
    """Ruling 10: judge, clerk and the other side never see the client's space; witnesses are in neither."""
    members = {m.user_id for m in (await house.services.space_views.get(world.judge.actor, world.space)).members}
    assert members == {world.judge.id, world.clerk.id, world.wang.id, world.li.id, world.zhao.id}
    for outsider in (world.judge, world.clerk, world.zhao, world.witness):
        assert await refusal(house.services.space_views.get(outsider.actor, world.case)) == "space.not_found"
    assert await refusal(house.services.space_views.get(world.witness.actor, world.space)) == "space.not_found"


async def test_who_may_call_a_hearing(house: House, world: World) -> None:
    one = body(house, [{"user_id": world.judge.id, "role": "presider"}, {"user_id": world.wang.id, "role": "party"}])
    stranger = await lawyer(house)
    schedule = house.services.hearings.schedule
    assert await refusal(schedule(world.wang.actor, world.case, one)) == "auth.forbidden"
    assert await refusal(schedule(stranger.actor, world.case, one)) == "space.not_found"
    assert await refusal(schedule(world.judge.actor, world.case, one)) == "space.not_found"


async def test_who_may_take_which_place(house: House) -> None:
    wang, li = await client(house), await lawyer(house)
    both = await house.staff.create(f"login-{new_id()}", "陈", [Role.LAWYER, Role.PRESIDER], password="correct horse")
    judge = await lawyer(house, "陈明", Role.PRESIDER)
    case = await space_of(house, wang, li)
    await house.database.spaces.update_one(
        {"_id": case},
        {
            "$push": {
                "members": {
                    "user_id": both.user_id,
                    "role": "lawyer",
                    "display_name": "陈",
                    "first_seq": 1,
                    "joined_at": house.core.clock(),
                }
            }
        },
    )
    for wrong in (
        [{"user_id": judge.id, "role": "presider"}, {"user_id": new_id(), "role": "party"}],
        [{"user_id": judge.id, "role": "presider"}, {"user_id": judge.id, "role": "clerk"}],
        [{"user_id": judge.id, "role": "presider"}, {"user_id": li.id, "role": "party"}],
        [{"user_id": judge.id, "role": "presider"}, {"user_id": wang.id, "role": "counsel"}],
        [{"user_id": li.id, "role": "presider"}, {"user_id": wang.id, "role": "party"}],
        [{"user_id": both.user_id, "role": "presider"}, {"user_id": wang.id, "role": "party"}],
        [{"user_id": li.id, "role": "counsel"}, {"user_id": wang.id, "role": "party"}],
    ):
        code = await refusal(house.services.hearings.schedule(li.actor, case, body(house, wrong)))
        assert code == "hearing.participants_invalid", wrong


@pytest.mark.parametrize(
    "wrong",
    [
        {"starts_at": "9999-12-31T23:59:59Z"},
        {"starts_at": "0001-01-01T00:00:00Z"},
        {"starts_at": "2026-12-01T09:00:00"},
        {"title": "一\n二"},
        {"minutes": 0},
        {"kind": "trial"},
    ],
)
def test_what_no_calendar_holds_is_refused(house: House, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        body(house, [{"user_id": new_id(), "role": "presider"}, {"user_id": new_id(), "role": "party"}], **wrong)


async def test_everybody_is_told_once_and_the_case_shows_it(house: House, world: World) -> None:
    """A3, J2: one card in the case and one in the hearing's space, one notice each, although the effect ran twice."""
    await owed(house, CALLED)
    for person in world.everybody:
        found = await house.database.notices.find({"user_id": person.id}).to_list()
        assert [(one["kind"], one["link"]) for one in found] == [("hearing_called", f"/hearings/{world.id}")]
    starts_at = (await world.seen(world.judge)).starts_at
    assert await world.card(world.wang, world.case) == [("scheduled", when(starts_at))]
    assert await world.card(world.zhao, world.space) == [("scheduled", when(starts_at))]
    assert len(await world.entries(world.zhao)) == 1, "nothing says it once more"
    reminders = await house.database.outbox.find({"kind": REMIND, "payload.hearing_id": world.id}).to_list()
    assert [one["due_at"] for one in reminders] == [starts_at - timedelta(minutes=30)]


async def test_the_code_and_the_calendar_serve_those_who_take_part(house: House, world: World) -> None:
    seen = await world.seen(world.judge)
    assert seen.code is not None
    assert (await house.services.hearings.find(world.witness.actor, seen.code)).id == world.id
    stranger = await client(house)
    assert await refusal(house.services.hearings.find(stranger.actor, seen.code)) == "hearing.link_invalid"
    assert await refusal(house.services.hearings.get(stranger.actor, world.id)) == "hearing.not_found"
    assert await refusal(house.services.hearings.calendar(stranger.actor, world.id)) == "hearing.not_found"
    assert (await world.seen(world.wang)).code is None
    assert [one.id for one in (await house.services.hearings.mine(world.witness.actor, PageQuery())).items] == [
        world.id
    ]
    text = (await house.services.hearings.calendar(world.wang.actor, world.id)).decode()
    lines = text.replace("\r\n ", "").split("\r\n")
    assert f"DTSTART:{seen.starts_at.astimezone(UTC):%Y%m%dT%H%M%SZ}" in lines
    assert "SUMMARY:移动庭审：王晓诉赵敏借款合同纠纷" in lines
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


# --- tickets and links


async def test_tickets_let_in_once_one_person_into_one_hearing(house: House, world: World) -> None:
    hearings, other = house.services.hearings, await called(house)
    ticket = (await hearings.ticket(world.wang.actor, world.id)).ticket
    foreign = (await hearings.ticket(world.zhao.actor, world.id)).ticket
    elsewhere = (await hearings.ticket(other.wang.actor, other.id)).ticket
    for wrong in (foreign, elsewhere, ticket[:-1] + ("A" if ticket[-1] != "A" else "B"), "x" * 43, ""):
        assert await refusal(hearings.join(world.wang.actor, world.id, wrong)) == "hearing.ticket_invalid"
    assert await refusal(hearings.join(other.wang.actor, world.id, elsewhere)) == "hearing.not_found"
    assert (await hearings.join(world.wang.actor, world.id, ticket)).id == world.id
    assert await refusal(hearings.join(world.wang.actor, world.id, ticket)) == "hearing.ticket_invalid", "reused"
    later = HearingTickets(house.database, lambda: datetime.now(UTC) + timedelta(seconds=TICKET_SECONDS + 1))
    late = (await hearings.ticket(world.wang.actor, world.id)).ticket
    assert await refusal(later.use(late, world.id, world.wang.id)) == "hearing.ticket_invalid", "expired"
    assert await house.database.hearing_tickets.find_one({"_id": late}) is None, "tickets are not stored as they are"


async def test_the_roll_call_shows_who_has_proven_who_they_are(house: House, world: World) -> None:
    """B2: as it is when they come in, and as their role needs it; what the roll-call finds stays the clerk's word."""
    seats = {one.user_id: one for one in (await world.come(world.wang, world.zhao)).participants}
    assert not seats[world.wang.id].verified
    until = house.core.clock() + timedelta(days=1)
    proven, licensed = {"verified_until.person": until}, {"verified_until.lawyer": until}
    await house.database.users.update_one({"_id": world.wang.id}, {"$set": proven})
    await house.database.users.update_one({"_id": world.zhao.id}, {"$set": licensed})
    seats = {one.user_id: one for one in (await world.come(world.wang, world.zhao)).participants}
    assert (seats[world.wang.id].verified, seats[world.zhao.id].verified) == (True, False)
    assert seats[world.wang.id].identity == IdentityState.UNCHECKED
    assert not any(one.unproven for one in seats.values()), "nothing here asks for it"


async def test_one_ticket_used_at_once_by_many_lets_one_in(house: House, world: World) -> None:
    hearings = house.services.hearings
    ticket = (await hearings.ticket(world.wang.actor, world.id)).ticket
    tries = [hearings.join(world.wang.actor, world.id, ticket) for _ in range(8)]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(not isinstance(one, Problem) for one in outcomes) == 1


async def test_observers_come_by_the_link_of_a_public_hearing_only(house: House, world: World) -> None:
    hearings, stranger = house.services.hearings, await client(house, "旁听者")
    public = await called(house, public=True)
    link = (await public.seen(public.clerk)).link
    assert link is not None
    assert (await public.seen(public.wang)).link is None
    invitation = link.partition("invitation=")[2]
    assert (await world.seen(world.clerk)).link is None
    forged = Invitations({"k": b"x" * 32}).issue(public.id)
    for hearing_id, given in ((public.id, forged), (world.id, invitation), (public.id, ""), (public.id, "é")):
        assert await refusal(hearings.observe(stranger.actor, hearing_id, given)) == "hearing.link_invalid"
    seen = await hearings.observe(stranger.actor, public.id, invitation)
    assert [one.role for one in seen.participants if one.user_id == stranger.id] == ["observer"]
    again = await hearings.observe(stranger.actor, public.id, invitation)
    assert again.version == seen.version
    assert (again.code, again.recordings) == (None, [])
    assert await refusal(house.services.space_views.get(stranger.actor, public.space)) == "space.not_found"
    own = Invitations({"k": b"y" * 32}).issue(world.id)
    assert await refusal(hearings.observe(stranger.actor, world.id, own)) == "hearing.link_invalid"


# --- inside


async def test_a_whole_hearing_leaves_a_chained_journal(house: House, world: World) -> None:
    """Every act is an entry of the hearing's record, in order, with its time and segment; twice run, once shown."""
    await world.begin(HearingStage.OPENING, HearingStage.INVESTIGATION, HearingStage.EVIDENCE)
    await world.act(world.zhao, ActKind.HAND, on=True)
    await world.act(world.judge, ActKind.FLOOR, world.zhao, on=True)
    await world.act(world.clerk, ActKind.MUTE, world.wang, on=True, lock=True)
    await world.act(world.judge, ActKind.WITNESS, world.witness, on=True)
    for stage in (HearingStage.RECESS, HearingStage.EVIDENCE, HearingStage.DEBATE, HearingStage.FINAL):
        await world.act(world.judge, ActKind.STAGE, stage=stage)
    await world.act(world.judge, ActKind.STAGE, stage=HearingStage.CLOSED)
    await owed(house, CALLED, ACTED)
    said = await texts(world)
    assert said[:3] == [
        "审判员陈明进入法庭",
        "审判员陈明已阅读并承诺遵守庭审纪律，不擅自录音录像",
        "书记员周书进入法庭",
    ]
    assert "原告王晓同意在线参加，已阅读并承诺遵守庭审纪律，不擅自录音录像" in said
    expected = [
        "审判员陈明宣布：举证质证",
        "被告赵敏举手申请发言",
        "审判员陈明准许被告赵敏发言",
        "书记员周书关闭原告王晓的麦克风并锁定",
        "审判员陈明传证人孙证到庭作证",
        "审判员陈明宣布：休庭",
        "审判员陈明宣布：复庭，继续举证质证",
        "审判员陈明宣布：法庭辩论",
        "审判员陈明宣布：最后陈述",
        "审判员陈明宣布：闭庭",
    ]
    assert said[-len(expected) :] == expected
    document = await house.database.hearings.find_one({"_id": world.id})
    assert document is not None
    assert len(said) == document["version"] - 1, "one entry for each change"
    lines, record = await world.lines(world.judge), await world.entries(world.judge)
    assert [one.body["version"] for one in lines] == list(range(2, document["version"] + 1))
    assert {one.body["segment"] for one in lines} == {None, 1, 2}
    assert all(b.prev_hash == a.hash for a, b in pairwise(record))
    for person, space_id in ((world.wang, world.case), (world.zhao, world.space)):
        states = [state for state, _ in await world.card(person, space_id)]
        assert states == ["closed", "in_session", "recess", "in_session", "closed"], "the card and its updates"
    assert await refusal(world.act(world.judge, ActKind.STAGE, stage=HearingStage.OPENING)) == "hearing.closed"
    assert await refusal(house.services.hearings.ticket(world.wang.actor, world.id)) == "hearing.closed"


async def test_acts_of_one_moment_are_judged_one_after_the_other(house: House, world: World) -> None:
    """The presider gives and takes floors while others mute and raise hands: nothing is lost, nothing undone."""
    await world.begin(HearingStage.OPENING, HearingStage.INVESTIGATION)
    before = (await world.seen(world.judge)).version
    await asyncio.gather(
        world.act(world.wang, ActKind.HAND, on=True),
        world.act(world.zhao, ActKind.HAND, on=True),
        world.act(world.li, ActKind.MUTE_SELF, on=True),
        world.act(world.clerk, ActKind.MUTE, world.zhao, on=True, lock=True),
        world.act(world.judge, ActKind.FLOOR, world.li, on=True),
    )
    after = await world.seen(world.judge)
    seats = {one.user_id: one for one in after.participants}
    assert after.version == before + 5
    assert seats[world.wang.id].hand_at is not None
    assert (seats[world.zhao.id].locked, seats[world.zhao.id].hand_at is not None) == (True, True)
    assert (seats[world.li.id].floor, seats[world.li.id].may_speak, seats[world.li.id].mic) == (True, True, False)
    journal = await house.database.outbox.count_documents({"kind": ACTED, "payload.hearing_id": world.id})
    assert journal == after.version - 1


async def test_who_waits_outside_sees_nothing_of_the_evidence(house: House, world: World) -> None:
    await world.begin(HearingStage.OPENING, HearingStage.INVESTIGATION, HearingStage.EVIDENCE)
    file_id = await stored_file(world)
    shown = await house.services.hearings.show(world.clerk.actor, world.id, file_id, 2)
    assert shown.shown is not None
    assert (shown.shown.page, shown.shown.pages) == (2, 2)
    assert shown.shown.url.startswith(f"/api/v1/files/{file_id}/content")
    assert (await world.seen(world.witness)).shown is None
    called_in = await world.act(world.judge, ActKind.WITNESS, world.witness, on=True)
    assert called_in.shown == (await world.seen(world.witness)).shown
    show = house.services.hearings.show
    assert await refusal(show(world.clerk.actor, world.id, file_id, 3)) == "file.no_page"
    assert (await world.seen(world.judge)).shown == (await world.seen(world.clerk)).shown
    assert await refusal(show(world.clerk.actor, world.id, new_id(), 1)) == "file.not_found"
    elsewhere = await stored_file(await called(house))
    assert await refusal(show(world.clerk.actor, world.id, elsewhere, 1)) == "file.not_found"


async def stored_file(world: World) -> str:
    """A PDF of two pages in the hearing's space."""
    files = world.house.courts.minutes.files
    file = await files.make(world.space, "借条.pdf", "application/pdf", pdf((200, 300), (300, 200)))

    async def work(session: AsyncClientSession) -> None:
        await files.write(session, file)

    await world.house.database.transaction(work)
    return file["_id"]


async def test_the_private_line_is_heard_by_the_bench_alone(house: House, world: World) -> None:
    line, page = house.services.bench_lines.say, house.services.bench_lines.page
    said = await line(world.judge.actor, world.id, "m1", "请核对被告身份证")
    assert (await line(world.judge.actor, world.id, "m1", "请核对被告身份证")).seq == said.seq == 1
    assert (await line(world.clerk.actor, world.id, "m2", "好的")).seq == 2
    assert await refusal(line(world.wang.actor, world.id, "m3", "?")) == "hearing.not_allowed"
    assert await refusal(page(world.wang.actor, world.id, MessageListQuery())) == "hearing.not_allowed"
    newest = await page(world.clerk.actor, world.id, MessageListQuery(limit=1))
    assert ([one.text for one in newest.items], newest.has_more) == (["好的"], True)
    older = await page(world.judge.actor, world.id, MessageListQuery(before_seq=newest.items[0].seq))
    assert [(one.seq, one.user_id, one.text) for one in older.items] == [(1, world.judge.id, "请核对被告身份证")]
    assert older.items == [said]
    assert not any("身份证" in text for text in await texts(world))


async def test_sound_needs_a_seat_and_a_media_server(house: House, world: World) -> None:
    offer, hearings = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n", house.services.hearings
    assert await refusal(hearings.offer(world.wang.actor, world.id, offer)) == "hearing.not_inside"
    await world.come(world.wang)
    assert await refusal(hearings.offer(world.wang.actor, world.id, offer)) == "hearing.media_unavailable"
    for wrong in (
        "",
        "m=audio 9 X 0",
        offer + "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n",
        offer + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n",
        offer + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n",
        offer.replace("m=audio", "m=video"),
        offer.replace("\r\n", "\rm=video 9 X 96\r"),
    ):
        assert await refusal(hearings.offer(world.wang.actor, world.id, wrong)) == "hearing.offer_invalid", wrong


async def test_a_lost_connection_is_noted_and_the_seat_is_kept(house: House, world: World) -> None:
    await world.begin(HearingStage.OPENING)
    now, told = [0.0], []
    there_now = {person.id for person in world.everybody} - {world.zhao.id}

    class Pages:
        async def attending(self, hearing_id: str, user_ids: Iterable[str]) -> set[str]:
            return set(user_ids) & there_now if hearing_id == world.id else set(user_ids)

    async def tell(document: Any) -> None:
        told.append(document["version"])

    attendance = Attendance(
        house.database,
        Docket(house.database, house.core.outbox, house.core.audit, house.core.spaces),
        Pages(),
        tell,
        monotonic=lambda: now[0],
    )

    async def there() -> tuple[bool, Place]:
        seats = {one.user_id: one for one in (await world.seen(world.judge)).participants}
        return seats[world.zhao.id].connected, seats[world.zhao.id].place

    await attendance.tick()
    now[0] = 14.9
    await attendance.tick()
    assert await there() == (True, Place.COURT), "a moment's absence is none"
    now[0] = 15.1
    await attendance.tick()
    assert await there() == (False, Place.COURT)
    version = (await world.seen(world.judge)).version
    await attendance.tick()
    assert (await world.seen(world.judge)).version == version == told[-1]
    await world.come(world.zhao)
    assert await there() == (True, Place.COURT)
    await owed(house, CALLED, ACTED)
    assert (await texts(world))[-2:] == ["被告赵敏连接中断", "被告赵敏恢复连接"]


async def test_an_order_to_leave_lasts_as_long_as_the_hearing(house: House, world: World) -> None:
    """A1: then the file of the case is theirs to read again. Twice is no more than once; the case is not touched."""
    await world.begin(HearingStage.OPENING)
    for _ in range(2):
        await world.act(world.judge, ActKind.REMOVE, world.wang)
    await world.act(world.judge, ActKind.REMOVE, world.witness)
    assert await refusal(world.entries(world.wang)) == "hearing.refused"
    await say(house, world.wang, world.case, "案件空间照常")
    assert await refusal(world.entries(world.witness)) == "space.not_found"
    await owed(house, CALLED, ACTED)
    assert await refusal(world.entries(world.wang)) == "hearing.refused"
    await world.act(world.judge, ActKind.STAGE, stage=HearingStage.CLOSED)
    assert "审判员陈明责令原告王晓退出法庭" in [one.body.get("text") for one in await world.entries(world.wang)]
    assert await refusal(world.entries(world.witness)) == "space.not_found"


async def test_who_was_taken_out_otherwise_is_not_let_back_by_the_court(house: House, world: World) -> None:
    await world.begin(HearingStage.OPENING)
    await house.core.spaces.remove_members(None, world.space, [world.zhao.id])
    await world.act(world.judge, ActKind.REMOVE, world.zhao)
    await world.act(world.judge, ActKind.READMIT, world.zhao)
    assert await refusal(world.entries(world.zhao)) == "space.not_found"


async def test_a_clerk_who_is_sent_out_keeps_neither_line_nor_minutes(house: House, world: World) -> None:
    await world.begin(HearingStage.OPENING)
    minutes, lines = house.services.minutes.reading, house.services.bench_lines
    await world.act(world.judge, ActKind.REMOVE, world.clerk)
    assert await refusal(lines.say(world.clerk.actor, world.id, "m1", "我不服")) == "hearing.refused"
    assert await refusal(lines.page(world.clerk.actor, world.id, MessageListQuery())) == "hearing.refused"
    assert await refusal(minutes.view(world.clerk.actor, world.id)) == "hearing.not_allowed"
    assert "write" in (await minutes.view(world.judge.actor, world.id)).may, "who presides keeps them then"
    await world.act(world.judge, ActKind.READMIT, world.clerk)
    assert "write" in (await minutes.view(world.clerk.actor, world.id)).may


@pytest.mark.parametrize("kind", list(HearingKind))
async def test_the_presider_sees_the_ways_on(house: House, kind: HearingKind) -> None:
    world = await called(house, kind=kind)
    seen = await world.come(world.judge)
    assert [one.code for one in seen.next_stages] == [HearingStage.OPENING]
    assert (await world.seen(world.wang)).next_stages == []
    title = {"court": "审判员", "arbitration": "仲裁员", "mediation": "调解员"}[kind]
    assert seen.participants[0].title == title
