"""Whether an SMS or a call arrived is learnt afterwards, and what did not arrive goes on by another way (J1)."""

import json
from collections.abc import AsyncIterator
from datetime import datetime
from ipaddress import ip_network
from typing import Any

import pytest
import pytest_asyncio

from miniprogram_api.provider_reports import ReportError, read_reports
from schemas.api.notice_preferences import NoticePreferencesBody
from schemas.documents.ledgers import NoticeDocument
from schemas.enums import NoticeChannel, NoticeKind
from services.errors import Problem
from services.ids import new_id
from services.notices.delivery_reports import MOST_ASKED, UNDELIVERED, DeliveryReports
from services.notices.tracks import Tracks
from services.notices.ways import OneShot, UnreachableError
from services.work_items import WorkItems
from tests.parts.databases import SettingsMaker
from tests.services.notices_world import World, actor, open_world

SECRET, PROVIDER = "a-secret-of-the-address", "127.0.0.1"
SURELY, URGENT = NoticeKind.ORDER_DELIVERED, NoticeKind.ORDER_REFUND_FAILED


class Provider:
    """Takes everything, under a number of its own; ``None`` reaches nobody."""

    def __init__(self) -> None:
        self.numbers: list[str] = []
        self.reaches = True

    async def carry(self, notice: NoticeDocument) -> str | None:
        if not self.reaches:
            raise UnreachableError("no_address")
        self.numbers.append(new_id())
        return self.numbers[-1]


class Office:
    def __init__(self, world: World) -> None:
        self.world = world
        tracks = Tracks(world.database, world.audit, world.clock)
        channels = (NoticeChannel.SMS, NoticeChannel.CALL, NoticeChannel.EMAIL)
        self.providers = {channel: Provider() for channel in channels}
        world.ways = {channel: OneShot(channel, provider, tracks) for channel, provider in self.providers.items()}
        world.notices._ways = frozenset(channels)
        self.items = WorkItems(world.database, world.audit, world.clock)
        self.reports = DeliveryReports(
            world.database, tracks, world.wishes, channels, self.items, world.outbox, SECRET, world.clock
        )

    async def told(self, kind: NoticeKind, minutes: float) -> str:
        """Somebody who was told and did not look for so long; their id."""
        user = self.world.person()
        await self.world.wishes.change(actor(user), NoticePreferencesBody.model_validate({"channels": {"call": True}}))
        await self.world.tell(user, "f", kind)
        await self.work()
        await self.work(minutes * 60)
        return user

    async def work(self, seconds: float = 0) -> None:
        self.world.clock.forward(seconds)
        effects = {**self.world.deliveries().effects(), **self.reports.effects()}
        while await self.world.outbox.run_due(effects, lambda row, fault, parked: None):
            continue

    async def report(self, told: Any) -> None:
        await self.reports.receive(SECRET, json.dumps(told).encode(), PROVIDER)
        await self.work(6)
        await self.work(6)

    async def states(self, user: str) -> dict[str, tuple[str, str | None]]:
        channels: Any = (await self.world.notice(user))["channels"]
        return {name: (track["state"], track.get("fault")) for name, track in channels.items() if name != "wechat"}

    def sms(self, status: str, code: str) -> list[dict[str, str]]:
        """The report of the newest SMS, as the provider's document has it."""
        return [
            {
                "user_receive_time": "2026-11-22 08:03:04",
                "nationcode": "86",
                "mobile": "13800000001",
                "report_status": status,
                "errmsg": code,
                "description": "",
                "sid": self.providers[NoticeChannel.SMS].numbers[-1],
            }
        ]

    async def item(self, user: str) -> Any:
        notice = await self.world.notice(user)
        found = [one for one in await self.items.list(kind=UNDELIVERED) if one["subject"] == notice["_id"]]
        return found[0] if found else None


@pytest_asyncio.fixture(loop_scope="session")
async def office(make_settings: SettingsMaker) -> AsyncIterator[Office]:
    with make_settings.for_one_test() as settings:
        async with open_world(settings) as world:
            yield Office(world)


async def test_an_sms_that_arrived_is_delivered_however_often_it_is_said(office: Office) -> None:
    user = await office.told(SURELY, 31)
    assert await office.states(user) == {"sms": ("sent", None)}
    for _ in range(2):
        await office.report(office.sms("SUCCESS", "DELIVRD"))
    await office.report(office.sms("FAIL", "UNDELIV"))
    assert await office.states(user) == {"sms": ("delivered", None)}
    assert await office.item(user) is None


async def test_one_that_did_not_goes_on_by_mail(office: Office) -> None:
    user = await office.told(SURELY, 31)
    await office.report(office.sms("FAIL", "MK:0001"))
    assert await office.states(user) == {"sms": ("failed", "report.MK:0001"), "email": ("sent", None)}
    await office.work(3600)
    assert await office.item(user) is None, "told by another way"


async def test_where_no_way_is_left_a_person_is_asked(office: Office) -> None:
    office.providers[NoticeChannel.EMAIL].reaches = False
    user = await office.told(URGENT, 6)
    await office.report(office.sms("FAIL", "UNDELIV"))
    assert await office.item(user) is None, "it is to be rung yet"
    await office.work(15 * 60)
    assert (await office.states(user))["call"] == ("sent", None)
    number = office.providers[NoticeChannel.CALL].numbers[-1]
    who = {"call_from": "", "callid": number, "mobile": "13800000001", "nationcode": "86"}
    await office.report({"voiceprompt_callback": {**who, "result": "2", "accept_time": ""}})
    await office.report({"voice_failure_callback": {**who, "failure_code": 8, "failure_reason": "空号"}})
    assert (await office.states(user))["call"] == ("failed", "call_failed")
    await office.work(31 * 60)
    item = await office.item(user)
    assert (item["urgent"], item["detail"]["cause"], item["detail"]["user_id"]) == (True, "call_failed", user)


async def test_what_was_read_meanwhile_is_nobodys_worry(office: Office) -> None:
    office.providers[NoticeChannel.EMAIL].reaches = False
    user = await office.told(SURELY, 31)
    await office.world.database.notices.update_one({"user_id": user}, {"$set": {"read_at": office.world.clock()}})
    await office.report(office.sms("FAIL", "UNDELIV"))
    await office.work(3600)
    assert await office.item(user) is None


async def test_codes_for_signing_in_are_reported_and_belong_to_no_notice(office: Office) -> None:
    office.providers[NoticeChannel.SMS].numbers.append("somebody-elses")
    await office.report(office.sms("FAIL", "UNDELIV"))
    assert await office.items.list(kind=UNDELIVERED) == []


@pytest.mark.parametrize("secret", ["", "a-secret-of-the-addresS", "ä", SECRET + "x"])
async def test_who_does_not_know_the_address_is_not_heard(office: Office, secret: str) -> None:
    with pytest.raises(Problem, match=r"report\.rejected"):
        await office.reports.receive(secret, b"[]", PROVIDER)


@pytest.mark.parametrize(("address", "taken"), [("10.1.2.3", True), ("10.2.0.1", False), ("2001:db8::1", False)])
async def test_reports_are_taken_from_the_providers_networks_only(office: Office, address: str, taken: bool) -> None:
    """Nothing signs them: whoever learns the address must call from there, too."""
    office.reports._sources = (ip_network("10.1.0.0/16"), ip_network("192.0.2.7"))
    if taken:
        await office.reports.receive(SECRET, b"[]", address)
        return
    with pytest.raises(Problem, match=r"report\.rejected"):
        await office.reports.receive(SECRET, b"[]", address)


@pytest.mark.parametrize(
    ("answers", "state"),
    [([True], "delivered"), ([False], "sent"), ([None, True], "delivered"), ([None] * MOST_ASKED, "sent")],
    ids=["confirmed", "denied", "confirmed later", "never confirmed"],
)
async def test_a_report_counts_when_the_provider_says_so_itself(
    office: Office, answers: list[bool | None], state: str
) -> None:
    asked: list[str] = []

    async def ask(user_id: str, number: str, since: datetime) -> bool | None:
        asked.append(number)
        return answers[len(asked) - 1]

    office.reports._ask = ask
    user = await office.told(SURELY, 31)
    await office.report(office.sms("SUCCESS", "DELIVRD"))
    for _ in answers:
        await office.work(5 * 60)
    assert (await office.states(user))["sms"][0] == state
    assert asked == office.providers[NoticeChannel.SMS].numbers * len(answers)


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[1]", b"{}", b'[{"report_status":"MAYBE","sid":"1"}]', b'[{"report_status":"FAIL"}]', b"\xff"],
)
def test_what_is_no_report_is_refused(body: bytes) -> None:
    with pytest.raises(ReportError):
        read_reports(body)


def test_a_cause_never_quotes_a_number() -> None:
    told = [{"report_status": "FAIL", "sid": "1", "errmsg": "13800000001"}]
    assert [one.cause for one in read_reports(json.dumps(told).encode())] == ["report.failed"]
    assert read_reports(b'{"voicekey_callback": {"callid": "1", "keypress": "2"}}') == []
    (busy,) = read_reports(b'{"voiceprompt_callback": {"callid": "1", "result": "1"}}')
    assert (busy.arrived, busy.cause) == (False, "not_answered")
