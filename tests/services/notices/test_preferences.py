"""How people want to be told, where they can be reached, and the sums of it (J1)."""

import json
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.api.notice_preferences import EmailBody, NoticePreferencesBody
from schemas.api.notice_reach import StatisticsQuery
from schemas.enums import NoticeChannel, NoticeKind, Role
from server.wiring import House
from server.wiring.notices import build_telling
from services.errors import Problem
from services.masks import masked_email
from services.notices.quiet_hours import clock_of, minutes_of, quiet_until
from tests.house import Person, client, lawyer, open_house, space_of
from tests.parts.databases import SettingsMaker
from tests.postbox import Postbox, open_postbox
from tests.services.notices_world import HeldClock


class Town:
    """A whole process with a mail server."""

    def __init__(self, house: House, postbox: Postbox, clock: HeldClock) -> None:
        self.house = house
        self.postbox = postbox
        self.clock = clock

    def code(self) -> str:
        text = str(self.postbox.arrived[-1].get_content())
        return text.partition("确认码是 ")[2][:6]

    async def tell(self, person: Person, fact: str, kind: NoticeKind = NoticeKind.ORDER_ACCEPTED) -> None:
        values = {"number": "CS1", "service": "合同审查"}
        await self.house.services.notices.tell(person.id, kind, fact, title="t", text="x", link="/", values=values)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def town(make_settings: SettingsMaker) -> AsyncIterator[Town]:
    async with open_postbox() as postbox:
        settings = make_settings(
            smtp_host="127.0.0.1",
            smtp_port=postbox.port,
            smtp_security="none",
            smtp_sender="notice@example.com",
        )
        clock = HeldClock()
        async with open_house(settings, clock) as house:
            yield Town(house, postbox, clock)


# --- quiet hours, pure


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("13:59", None),  # 21:59 in China
        ("14:00", "00:00"),
        ("23:59", "00:00"),
        ("00:00", None),  # eight in the morning
    ],
)
def test_quiet_hours_over_midnight(now: str, until: str | None) -> None:
    """22:00 to 08:00 in China is 14:00 to 00:00 UTC."""
    moment = datetime.fromisoformat(f"2026-11-22T{now}:00").replace(tzinfo=UTC)
    found = quiet_until({"start": minutes_of("22:00"), "end": minutes_of("08:00")}, moment)
    assert (found.strftime("%H:%M") if found else None) == until
    assert found is None or found > moment


@given(start=st.integers(0, 1439), end=st.integers(0, 1439), minute=st.integers(0, 1439))
def test_quiet_hours_end_soon_and_for_good(start: int, end: int, minute: int) -> None:
    """The end lies within a day, and then they are over."""
    now = datetime(2026, 11, 22, tzinfo=UTC) + timedelta(minutes=minute)
    until = quiet_until({"start": start, "end": end}, now)
    if until is not None:
        assert now < until <= now + timedelta(days=1)
        assert quiet_until({"start": start, "end": end}, until) is None
    assert minutes_of(clock_of(start)) == start


# --- preferences


async def test_preferences_are_changed_as_a_whole(town: Town) -> None:
    wishes, person = town.house.services.wishes, await client(town.house)
    before = await wishes.view(person.actor)
    assert before.channels == {channel: channel is not NoticeChannel.CALL for channel in NoticeChannel}
    assert (before.muted, before.quiet_hours, before.email_masked) == ([], None, None)
    body = NoticePreferencesBody.model_validate(
        {"channels": {"sms": False}, "muted": ["order_paid"], "quiet_hours": {"start": "22:30", "end": "07:00"}}
    )
    after = await wishes.change(person.actor, body)
    assert after.channels[NoticeChannel.SMS] is False
    assert after.channels[NoticeChannel.WECHAT] is True
    assert after.muted == [NoticeKind.ORDER_PAID]
    assert after.quiet_hours is not None
    assert (after.quiet_hours.start, after.quiet_hours.end) == ("22:30", "07:00")
    assert await wishes.change(person.actor, NoticePreferencesBody()) == before


@pytest.mark.parametrize(
    "body",
    [
        {"channels": {"pigeon": True}},
        {"muted": ["everything"]},
        {"quiet_hours": {"start": "24:00", "end": "08:00"}},
        {"quiet_hours": {"start": "22:00"}},
        {"email": "x@example.com"},
    ],
)
def test_bad_preferences_are_refused(body: Mapping[str, Any]) -> None:
    with pytest.raises(ValidationError):
        NoticePreferencesBody.model_validate(body)


# --- the e-mail address


async def test_an_address_counts_when_its_code_came_back(town: Town) -> None:
    boxes, person = town.house.services.mailboxes, await client(town.house)
    await boxes.ask(person.actor, "wang.xiao@example.com")
    assert await boxes.address_of(person.id) is None
    await boxes.confirm(person.actor, town.code())
    assert await boxes.address_of(person.id) == "wang.xiao@example.com"
    assert (await town.house.services.wishes.view(person.actor)).email_masked == "w***@example.com"
    stored = await town.house.database.raw.notice_wishes.find_one({"_id": person.id})
    assert "wang.xiao" not in str(stored), "sealed at rest"
    with pytest.raises(Problem):
        await boxes.confirm(person.actor, town.code())  # a code is good once
    await boxes.forget(person.actor)
    assert await boxes.address_of(person.id) is None


async def test_codes_run_out_and_cannot_be_guessed(town: Town) -> None:
    boxes, person, other = town.house.services.mailboxes, await client(town.house), await client(town.house)
    await boxes.ask(person.actor, "a@example.com")
    right = town.code()
    wrong = "000000" if right != "000000" else "000001"

    async def refused(who: Person, code: str) -> None:
        with pytest.raises(Problem) as fault:
            await boxes.confirm(who.actor, code)
        assert fault.value.code == "notice.email_code_invalid"

    await refused(other, right)
    for _ in range(5):
        await refused(person, wrong)
    await refused(person, right)  # five wrong ones spend it
    await boxes.ask(person.actor, "a@example.com")
    town.clock.forward(15 * 60)
    await refused(person, town.code())


async def test_an_address_that_the_server_refuses_is_named(town: Town) -> None:
    person = await client(town.house)
    with pytest.raises(Problem) as fault:
        await town.house.services.mailboxes.ask(person.actor, "nobody@example.com")
    assert fault.value.code == "request.invalid"


async def test_without_a_mail_server_there_is_no_mail(make_settings: SettingsMaker) -> None:
    async with open_house(make_settings()) as house:
        person = await client(house)
        with pytest.raises(Problem) as fault:
            await house.services.mailboxes.ask(person.actor, "a@example.com")
        assert fault.value.code == "notice.email_unavailable"


@pytest.mark.parametrize("address", ["", "a", "a@b", "a b@example.com", "a@example.com\nBcc: x@example.com", "@x.cn"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ValidationError):
        EmailBody(email=address)


def test_masks() -> None:
    assert masked_email("wang.xiao@example.com") == "w***@example.com"


# --- reach and sums


async def test_staff_see_how_people_can_be_reached(town: Town) -> None:
    """Credits, windows, phone and e-mail as facts, without the addresses."""
    house = town.house
    person, worker, outsider = await client(house), await lawyer(house), await lawyer(house)
    space = await space_of(house, person, worker)
    template = house.settings.wechat_templates["order_status"]
    credit = {"user_id": person.id, "template_id": template, "credits": 2, "exhausted": False, "accepts": 2}
    await house.database.raw.credits.insert_one(
        {"_id": f"{person.id}:{template}", **credit, "updated_at": town.clock()}
    )
    seen = await house.services.reach.of_space(worker.actor, space)
    (theirs,) = [item for item in seen.items if item.user_id == person.id]
    assert (theirs.wechat, theirs.phone, theirs.email) == (True, False, False)
    (status,) = [one for one in theirs.templates if one.key == "order_status"]
    assert (status.credits, status.may_send) == (2, True)
    openid = await house.services.accounts.openid_of(person.id)
    assert openid is not None
    assert openid not in seen.model_dump_json()
    for who, code in ((person, "auth.forbidden"), (outsider, "space.not_found")):
        with pytest.raises(Problem) as fault:
            await house.services.reach.of_space(who.actor, space)
        assert fault.value.code == code


async def test_the_desk_sees_what_became_of_the_last_notices(town: Town) -> None:
    house, person = town.house, await client(town.house)
    desk = await lawyer(house, "运营", Role.OPS)
    await town.tell(person, "f")
    reach = await house.services.reach.of_person(desk.actor, person.id)
    (notice,) = reach.notices
    assert [(one.channel, one.state, one.attempts) for one in notice.channels] == [("wechat", "owed", 0)]
    looks = await house.database.audit.count_documents(
        {"action": "notice.reach_read", "subject": f"user:{person.id}", "actor": desk.id}
    )
    assert looks == 1
    with pytest.raises(Problem) as fault:
        await house.services.reach.of_person(desk.actor, "0" * 24)
    assert fault.value.code == "account.not_found"


async def test_sums_by_kind_channel_state_and_cause(town: Town) -> None:
    house, person = town.house, await client(town.house)
    town.clock.forward(10 * 24 * 3600)  # days of this test's own
    day = (town.clock() + timedelta(hours=8)).date()
    for number in range(4):
        await town.tell(person, f"s{number}")
    await town.tell(person, "d", NoticeKind.ORDER_DELIVERED)
    facts = [row async for row in house.database.notices.find({"user_id": person.id}).sort("_id", 1)]
    town.clock.forward(60)
    for notice in facts[:2]:
        await house.services.notices.read(person.actor, notice["_id"])
    ended = {"channels.wechat.state": "failed", "channels.wechat.fault": "wechat.47003:thing3"}
    await house.database.notices.update_one({"_id": facts[3]["_id"]}, {"$set": ended})
    sums = await house.services.notice_statistics.of(StatisticsQuery(first=day, last=day))
    assert (sums.told, sums.read) == (5, 2)
    (accepted,) = [kind for kind in sums.kinds if kind.kind is NoticeKind.ORDER_ACCEPTED]
    assert (accepted.told, accepted.read, accepted.median_seconds_to_read) == (4, 2, 60)
    assert json.loads(accepted.model_dump_json())["channels"] == [
        {"channel": "wechat", "state": "owed", "cause": None, "count": 3},
        {"channel": "wechat", "state": "failed", "cause": "wechat.47003:thing3", "count": 1},
    ]
    empty = await house.services.notice_statistics.of(
        StatisticsQuery(first=day + timedelta(days=3), last=day + timedelta(days=3))
    )
    assert (empty.told, empty.kinds) == (0, [])


@pytest.mark.parametrize("days", [-1, 92])
async def test_days_that_make_no_sense_are_refused(town: Town, days: int) -> None:
    last = town.clock().date()
    with pytest.raises(Problem) as fault:
        await town.house.services.notice_statistics.of(StatisticsQuery(first=last - timedelta(days=days), last=last))
    assert fault.value.code == "request.invalid"


async def test_this_deployment_has_the_ways_that_are_configured(town: Town) -> None:
    """Without an application for voice calls nobody is rung; with a mail server there is e-mail."""
    without = build_telling(town.house.core, town.house.services.accounts)
    assert NoticeChannel.EMAIL in without.deliveries._ways
    assert NoticeChannel.SMS in without.deliveries._ways
