"""Ways outside, in their order and time, as people want them: against the sandbox and a real mail server (J1)."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from tornado.httpclient import AsyncHTTPClient

from miniprogram_api.access_token import AccessTokens
from miniprogram_api.customer import CustomerMessages
from miniprogram_api.errors import TransportError
from miniprogram_api.http import HttpClient, HttpConfig
from miniprogram_api.mail import SmtpMailer
from miniprogram_api.push import PushEvent, SendResult
from miniprogram_api.settings import MailConfig, TencentVoiceConfig, WeChatConfig
from miniprogram_api.sms import TencentSmsSender
from miniprogram_api.voice_calls import TencentVoiceCaller
from miniprogram_api.wechat_door import WeChatDoor
from schemas.api.notice_preferences import NoticePreferencesBody
from schemas.documents.ledgers import NoticeDocument
from schemas.enums import NoticeChannel, NoticeKind
from server.settings import Settings
from server.wiring.notices import sms_config
from services.errors import Problem
from services.notices.carriers import ByCall, ByCustomerMessage, ByMail, BySms
from services.notices.deliveries import GIVE_UP
from services.notices.notice_table import TABLE
from services.notices.tracks import Tracks
from services.notices.ways import Carrier, OneShot
from services.outbox import pause
from tests.memory_tokens import MemoryTokenStore
from tests.parts.databases import SettingsMaker
from tests.patience import PATIENCE
from tests.postbox import Postbox, open_postbox
from tests.services.notices_world import HeldClock, World, actor, open_sandbox_world

SITE = "https://case.example.com"
SURELY, URGENT, QUIETLY = NoticeKind.ORDER_DELIVERED, NoticeKind.ORDER_REFUND_FAILED, NoticeKind.ORDER_ACCEPTED
C = NoticeChannel


@dataclass
class Office:
    """A world with every way there is, and what a tester does."""

    world: World
    postbox: Postbox
    sandbox: str
    phones: dict[str, str] = field(default_factory=dict)
    mails: dict[str, str] = field(default_factory=dict)
    people: int = 0

    async def control(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        answer = await AsyncHTTPClient().fetch(
            f"{self.sandbox}/control/{path}",
            method=method,
            body=json.dumps(body) if body is not None else None,
            allow_nonstandard_methods=True,
        )
        return json.loads(answer.body) if answer.body else None

    async def person(self, *, wechat: bool = True, phone: bool = True, mail: bool = False) -> str:
        """Somebody who has accepted no subscription message yet."""
        self.people += 1
        number = f"139{id(self) % 10_000:04d}{self.people:04d}"
        openid = None
        if wechat:
            openid = (await self.control("POST", "users", {"phone": number, "nickname": "张三"}))["openid"]
        user = self.world.person(openid)
        if phone:
            self.phones[user] = number
        if mail:
            self.mails[user] = f"user{self.people}@example.com"
        return user

    async def tell(self, user: str, kind: NoticeKind = SURELY, fact: str = "f") -> NoticeDocument:
        await self.world.tell(user, fact, kind)
        notice = await self.world.database.notices.find_one({"user_id": user, "fact": fact})
        assert notice is not None
        return notice

    async def work(self, seconds: float = 0) -> None:
        """Do what is due until nothing is, now and when so much time has passed."""
        for forward in (0.0, seconds):
            self.world.clock.forward(forward)
            while await self.world.work():
                continue

    async def tracks(self, user: str, fact: str = "f") -> dict[str, tuple[str, str | None]]:
        """Channel → state and cause."""
        notice: Any = await self.world.database.notices.find_one({"user_id": user, "fact": fact})
        return {name: (track["state"], track.get("fault")) for name, track in notice["channels"].items()}

    async def open_window(self, user: str, kind: str = "message") -> None:
        """The person writes to customer service, or enters it: WeChat knows, and pushes it to us."""
        openid = self.world.openids[user]
        await self.control("POST", "customer-messages", {"openid": openid, "kind": kind})
        event = "text" if kind == "message" else "user_enter_tempsession"
        pushed = PushEvent("k", None, event, openid, self.world.clock(), {})

        async def work(session: Any) -> None:
            await self.world.windows.pushed(session, user, pushed)

        await self.world.database.transaction(work)

    async def got_sms(self, user: str) -> list[str]:
        return [row["text"] for row in (await self.control("GET", f"sms?phone={self.phones[user]}"))["items"]]

    async def got_calls(self, user: str) -> list[str]:
        return [row["text"] for row in (await self.control("GET", f"calls?phone={self.phones[user]}"))["items"]]

    async def got_customer(self, user: str) -> list[str]:
        path = f"customer-messages?openid={self.world.openids[user]}"
        return [row["text"] for row in (await self.control("GET", path))["items"]]

    def got_mail(self, user: str) -> list[str]:
        return [str(mail["Subject"]) for mail in self.postbox.arrived if mail["To"] == self.mails[user]]

    async def wish(self, user: str, **wishes: Any) -> None:
        await self.world.wishes.change(actor(user), NoticePreferencesBody.model_validate(wishes))


def join(office: Office, settings: Settings, http: HttpClient) -> None:
    """Every way, by the shipping clients."""
    world = office.world
    tracks = Tracks(world.database, world.audit, world.clock)
    config = WeChatConfig(settings.wechat_appid, settings.wechat_secret.get_secret_value(), settings.wechat_api_url)
    door = WeChatDoor(config, AccessTokens(config, http, MemoryTokenStore()), http)
    secret = settings.sms_secret_key.get_secret_value()
    voice = TencentVoiceConfig(
        settings.sms_secret_id.get_secret_value(), secret, settings.voice_app_id or "", settings.voice_api_url
    )
    mailer = SmtpMailer(MailConfig("127.0.0.1", office.postbox.port, "n@example.com", security="none"))

    async def openid_of(user: str) -> str | None:
        return world.openids.get(user)

    async def phone_of(user: str) -> str | None:
        return office.phones.get(user)

    async def mail_of(user: str) -> str | None:
        return office.mails.get(user)

    carriers: dict[NoticeChannel, Carrier] = {
        C.CUSTOMER: ByCustomerMessage(CustomerMessages(door), world.windows, openid_of),
        C.SMS: BySms(TencentSmsSender(sms_config(settings), http), settings.sms_templates, phone_of),
        C.CALL: ByCall(TencentVoiceCaller(voice, http), settings.voice_templates, phone_of),
        C.EMAIL: ByMail(mailer, mail_of, SITE),
    }
    world.ways.update({channel: OneShot(channel, carrier, tracks) for channel, carrier in carriers.items()})


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def opened(make_settings: SettingsMaker) -> AsyncIterator[Office]:
    settings = make_settings()
    http = HttpClient(HttpConfig(connect_timeout=10, request_timeout=PATIENCE, backoff=0.01))
    async with open_sandbox_world(settings) as world, open_postbox() as postbox:
        office = Office(world, postbox, settings.wechat_api_url)
        join(office, settings, http)
        yield office
    http.close()


@pytest_asyncio.fixture
async def office(opened: Office) -> AsyncIterator[Office]:
    await opened.world.database.outbox.delete_many({})
    opened.world.faults.clear()
    yield opened
    await opened.control("DELETE", "faults")


# --- one way after the other


async def test_without_credit_it_goes_by_the_open_window(office: Office) -> None:
    """43101 spends the credit; what is written to customer service then comes at once, and no SMS follows before its
    time."""
    user = await office.person()
    await office.open_window(user)
    await office.tell(user)
    await office.work()
    assert await office.tracks(user) == {"wechat": ("refused", "wechat.43101"), "customer": ("sent", None)}
    assert await office.got_customer(user) == ["【律师已接单】您的订单已由律师接单"]
    assert await office.got_sms(user) == []


async def test_what_stays_unread_goes_on_by_sms(office: Office) -> None:
    user = await office.person()
    await office.tell(user)
    await office.work(29 * 60)
    assert await office.got_sms(user) == []
    await office.work(60)
    tracks = await office.tracks(user)
    assert tracks["customer"] == ("unreachable", "window_closed")
    assert tracks["sms"] == ("sent", None)
    assert await office.got_sms(user) == ["【案件空间】您的案件空间有新动态：律师已接单，请打开小程序查看。"]
    await office.work(24 * 3600)
    assert len(await office.got_sms(user)) == 1


async def test_what_was_read_goes_no_further(office: Office) -> None:
    user = await office.person()
    notice = await office.tell(user)
    await office.work()
    await office.world.notices.read(actor(user), notice["_id"])
    await office.work(3600)
    assert await office.got_sms(user) == []
    assert "sms" not in await office.tracks(user)


async def test_without_a_phone_the_mail_is_taken(office: Office) -> None:
    user = await office.person(wechat=False, phone=False, mail=True)
    await office.tell(user)
    await office.work(1800)
    assert await office.tracks(user) == {
        "wechat": ("unreachable", "no_openid"),
        "customer": ("unreachable", "no_openid"),
        "sms": ("unreachable", "no_phone"),
        "email": ("sent", None),
    }
    assert office.got_mail(user) == ["案件空间：律师已接单"]
    assert f"{SITE}/orders/" in office.postbox.arrived[-1].get_content()


async def test_what_can_wait_costs_no_sms(office: Office) -> None:
    user = await office.person()
    await office.tell(user, QUIETLY)
    await office.work()
    await office.work(12 * 3600)
    assert await office.got_sms(user) == []
    assert await office.world.database.outbox.count_documents({"state": "pending"}) == 0


async def test_a_message_that_wechat_could_not_deliver_goes_on_at_once(office: Office) -> None:
    """WeChat's push says so; the next way is not left to wait behind the one for later."""
    world, user = office.world, await office.person()
    template = world.messages._subscriptions._templates["order_status"]
    accept = {"openid": world.openids[user], "template_id": template, "count": 1}
    await office.control("POST", "subscribe-credits", accept)
    await office.tell(user)
    await office.work()
    assert (await office.tracks(user))["wechat"][0] == "sent"
    await office.open_window(user)
    sent: Any = (await world.notice(user))["channels"]["wechat"]
    await world.messages.settle(user, SendResult(template, sent.get("message_id", "0"), 43108))
    await office.work()
    assert (await office.tracks(user))["wechat"] == ("failed", "wechat.43108")
    assert len(await office.got_customer(user)) == 1


async def test_a_person_unknown_to_wechat_is_no_error(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """40003: unreachable there, and nothing in the log that an operator would have to look at."""
    user = await office.person(wechat=False)
    office.world.openids[user] = "o-of-another-mini-program"
    with caplog.at_level("WARNING", logger="casespace.notices"):
        await office.tell(user)
        await office.work()
    assert (await office.tracks(user))["wechat"] == ("unreachable", "wechat.40003")
    assert [record for record in caplog.records if record.name == "casespace.notices"] == []


# --- what is urgent


async def test_urgent_ones_ring_whom_wants_it(office: Office) -> None:
    """By voice call only who has asked for it, and only when the SMS was not enough."""
    wants, does_not = await office.person(), await office.person()
    await office.wish(wants, channels={"call": True})
    for user in (wants, does_not):
        await office.tell(user, URGENT)
    await office.work(5 * 60)
    assert [len(await office.got_sms(user)) for user in (wants, does_not)] == [1, 1]
    assert await office.got_calls(wants) == []
    await office.work(10 * 60)
    assert len(await office.got_calls(wants)) == 1
    assert await office.got_calls(does_not) == []


def test_only_urgent_kinds_ring() -> None:
    for kind, rule in TABLE.items():
        assert rule.urgent or all(C.CALL not in step.ways for step in rule.steps), kind


# --- wishes


def at_china(clock: HeldClock, hour: int, minute: int = 0) -> None:
    """Move on to the next time that clocks in China show this."""
    china = clock.now + timedelta(hours=8)
    wanted = china.replace(hour=hour, minute=minute, second=0)
    clock.now = (wanted if wanted > china else wanted + timedelta(days=1)) - timedelta(hours=8)


async def test_quiet_hours_hold_back_what_can_wait(office: Office) -> None:
    user, other = await office.person(), await office.person()
    for person in (user, other):
        await office.wish(person, quiet_hours={"start": "22:00", "end": "08:00"})
    at_china(office.world.clock, 23, 30)
    await office.open_window(user)
    await office.tell(user)
    await office.tell(other, URGENT)
    await office.work()
    assert await office.got_customer(user) == []
    assert (await office.tracks(other))["wechat"][0] == "refused"  # it was tried
    await office.work(8 * 3600)  # half past seven
    assert await office.got_customer(user) == []
    await office.work(30 * 60)
    assert len(await office.got_customer(user)) == 1


async def test_the_night_counts_for_no_later_step(office: Office) -> None:
    """What waited until the morning does not come by SMS at the same moment."""
    user = await office.person()
    await office.wish(user, quiet_hours={"start": "22:00", "end": "08:00"})
    at_china(office.world.clock, 23)
    await office.tell(user)
    await office.work()
    at_china(office.world.clock, 8)
    await office.work()
    assert await office.got_sms(user) == []
    await office.work(30 * 60)
    assert len(await office.got_sms(user)) == 1


async def test_a_muted_kind_stays_in_the_app(office: Office) -> None:
    user = await office.person()
    await office.wish(user, muted=[SURELY.value])
    await office.open_window(user)
    await office.tell(user)
    await office.work(3600)
    assert await office.tracks(user) == {"wechat": ("off", None)}
    assert await office.got_customer(user) == []
    with pytest.raises(Problem) as refused:
        await office.wish(user, muted=[URGENT.value])
    assert refused.value.code == "request.invalid"


async def test_a_way_that_is_not_wanted_is_passed_over(office: Office) -> None:
    user = await office.person(mail=True)
    await office.wish(user, channels={"sms": False})
    await office.tell(user)
    await office.work(1800)
    assert (await office.tracks(user))["sms"] == ("off", None)
    assert await office.got_sms(user) == []
    assert len(office.got_mail(user)) == 1


# --- never spam


async def test_many_of_a_kind_become_one(office: Office) -> None:
    """Three go out as they come, those that follow become one at the end of the window; in the app each stands."""
    user = await office.person(phone=False)
    await office.open_window(user)
    for number in range(9):
        await office.tell(user, SURELY, f"f{number}")
        await office.work(1)
    assert len(await office.got_customer(user)) == 3
    await office.work(600)
    messages = await office.got_customer(user)
    assert len(messages) == 4
    assert messages[-1].startswith("【律师已接单等6条】")
    gathered = await office.world.database.notices.count_documents(
        {"user_id": user, "gathered_into": {"$exists": True}}
    )
    assert gathered == 5
    assert await office.world.database.notices.count_documents({"user_id": user}) == 9
    assert len({json.dumps(await office.tracks(user, f"f{number}")) for number in range(3, 9)}) == 2
    await office.work(3600)
    assert len(await office.got_customer(user)) == 4


async def test_what_did_not_go_out_takes_no_place(office: Office) -> None:
    user = await office.person(wechat=False, phone=False)
    for number in range(5):
        await office.tell(user, SURELY, f"f{number}")
        await office.work()
    waiting = await office.world.database.notices.count_documents({"user_id": user, "waiting": True})
    assert waiting == 0


# --- when a provider fails


async def test_a_lost_answer_is_not_sent_again(office: Office) -> None:
    user = await office.person(wechat=False)
    await office.control("POST", "faults", {"endpoint": "send_sms", "drop": True, "phase": "after", "times": 1})
    await office.tell(user)
    await office.work(1800)
    assert (await office.tracks(user))["sms"] == ("unknown", "transport.connection_closed")
    await office.work(3600)
    assert len(await office.got_sms(user)) == 1


async def test_a_worker_killed_while_sending_leaves_it_at_that(office: Office) -> None:
    """It may have arrived: nobody is told twice because a process died."""
    user = await office.person(wechat=False)
    notice = await office.tell(user)
    begun = {"state": "sending", "attempts": 1, "updated_at": office.world.clock()}
    await office.world.database.notices.update_one({"_id": notice["_id"]}, {"$set": {"channels.sms": begun}})
    await office.work(1800)
    assert (await office.tracks(user))["sms"] == ("unknown", "interrupted")
    assert await office.got_sms(user) == []


async def test_a_provider_that_stays_down_is_given_up_for_the_next(office: Office) -> None:
    """Before the outbox parks it: a notice does not end because one provider is away."""
    user = await office.person(wechat=False, mail=True)
    await office.control("POST", "faults", {"endpoint": "send_sms", "errcode": "InternalError.Timeout"})
    await office.tell(user)
    await office.work(1800)
    for attempt in range(1, GIVE_UP + 1):
        assert (await office.tracks(user))["sms"][0] == "owed"
        await office.work(pause(attempt))
    assert (await office.tracks(user))["sms"] == ("failed", "sms.InternalError.Timeout")
    assert len(office.got_mail(user)) == 1
    assert not any("parked" in fault for fault in office.world.faults)


@pytest.mark.parametrize(
    ("errcode", "cause"),
    [("LimitExceeded.PhoneNumberDailyLimit", "rate_limited"), ("FailedOperation.PhoneNumberInBlacklist", "bad_number")],
)
async def test_a_number_that_cannot_be_reached_is_not_tried_again(office: Office, errcode: str, cause: str) -> None:
    user = await office.person(wechat=False, mail=True)
    await office.control("POST", "faults", {"endpoint": "send_sms", "errcode": errcode, "times": 1})
    await office.tell(user)
    await office.work(1800)
    assert (await office.tracks(user))["sms"] == ("unreachable", cause)
    assert len(office.got_mail(user)) == 1


# --- customer-service windows


async def test_a_window_holds_five_messages(office: Office) -> None:
    user = await office.person()
    await office.open_window(user)
    kinds = [kind for kind in NoticeKind if kind.startswith("order_")][:6]
    for kind in kinds:
        await office.tell(user, kind, kind)
        await office.work()
    assert len(await office.got_customer(user)) == 5
    assert (await office.tracks(user, kinds[5]))["customer"] == ("unreachable", "window_closed")


async def test_entering_opens_a_minute_beside_an_older_window(office: Office) -> None:
    """The short window is used up first, and does not shorten the long one."""
    user = await office.person()
    await office.open_window(user)
    await office.open_window(user, "enter")
    assert [await office.world.windows.take(user) for _ in range(3)] == ["entered", "entered", "wrote"]
    office.world.clock.forward(61)
    await office.open_window(user, "enter")
    office.world.clock.forward(61)
    assert await office.world.windows.take(user) == "wrote"
    office.world.clock.forward(48 * 3600)
    assert await office.world.windows.take(user) is None


async def test_wechat_knows_better_about_a_window(office: Office) -> None:
    """45015 where we think that one is open: it is closed, and not asked about again."""
    user = await office.person()
    await office.open_window(user)
    await office.control("DELETE", f"customer-messages?openid={office.world.openids[user]}")
    await office.tell(user)
    await office.work()
    assert (await office.tracks(user))["customer"] == ("unreachable", "window_closed")
    assert await office.world.windows.open_until(user) is None


async def test_a_message_that_was_not_sent_leaves_the_window_as_it_was(office: Office) -> None:
    world, user = office.world, await office.person()
    await office.open_window(user)

    class Down:
        async def send_text(self, openid: str, text: str) -> None:
            raise TransportError("stable_token", "timeout", sent=True)

    async def openid_of(user_id: str) -> str | None:
        return world.openids.get(user_id)

    with pytest.raises(TransportError):
        await ByCustomerMessage(Down(), world.windows, openid_of).carry(await office.tell(user))
    left = await world.windows.open_until(user)
    assert left is not None
    assert left["left"] == 5
