"""Notices outside the chat, against the sandbox's strictness: sent once, whatever gets lost on the way (J1, A5)."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from tornado.httpclient import AsyncHTTPClient
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application, RequestHandler

from miniprogram_api.errors import TransportError, WeChatError
from miniprogram_api.push import SendResult
from schemas.documents.ledgers import CreditDocument
from services.errors import Problem
from services.notices.subscription_messages import Sender
from services.outbox import pause
from tests.parts.databases import SettingsMaker
from tests.parts.sandboxes import OwnSandbox
from tests.services.notices_world import SETTLE, World, actor, decision, open_sandbox_world, open_world, signed_push


class Door(RequestHandler):
    """Where the sandbox pushes to, without the product's HTTP layer."""

    def initialize(self, office: "Office") -> None:
        self.office = office

    async def post(self) -> None:
        if self.office.deaf:
            self.set_status(503)
            return
        query = {name: self.get_query_argument(name) for name in self.request.query_arguments}
        try:
            await self.office.world.pushes.receive(query, self.request.body)
        except Problem:
            self.set_status(401)
            return
        self.write("success")


@dataclass
class Office:
    """The world, its sandbox, and what a tester does there."""

    world: World
    url: str
    template_id: str
    deaf: bool = False
    people: int = field(default=0)

    async def control(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        answer = await AsyncHTTPClient().fetch(
            f"{self.url}/control/{path}",
            method=method,
            body=json.dumps(body) if body is not None else None,
            allow_nonstandard_methods=True,
        )
        return json.loads(answer.body) if answer.body else None

    async def client(self, accepts: int = 0) -> str:
        """A user known to the sandbox who has accepted ``accepts`` messages."""
        self.people += 1
        known = await self.control("POST", "users", {"phone": f"138{self.people:08d}", "nickname": "张三"})
        user = self.world.person(known["openid"])
        if accepts:
            await self.accept(user, accepts)
        return user

    async def accept(self, user: str, count: int = 1, status: str = "accept") -> None:
        body = {"openid": self.world.openids[user], "template_id": self.template_id, "count": count}
        await self.control("POST", "subscribe-credits", {**body, "status": status})

    async def sent(self, user: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (
            await self.control("GET", f"subscribe-messages?openid={self.world.openids[user]}")
        )["items"]
        return items

    async def asked(self) -> int:
        """How many requests to send the sandbox has seen."""
        return len((await self.control("GET", "log?endpoint=subscribe_send"))["items"])

    async def fault(self, **values: Any) -> None:
        await self.control("POST", "faults", {"endpoint": "subscribe_send", "times": 1, **values})

    async def credit(self, user: str) -> CreditDocument:
        found = await self.world.database.credits.find_one({"_id": f"{user}:{self.template_id}"})
        assert found is not None
        return found

    async def becomes(self, user: str, state: str) -> None:
        """Wait for WeChat's push about the user's only notice."""
        for _ in range(100):
            if await self.world.state(user) == state:
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"{await self.world.state(user)} did not become {state} in 5 s")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def opened(make_settings: SettingsMaker, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    socket, port = bind_unused_port()
    folder: Path = tmp_path_factory.mktemp("notices") / "sandbox"
    sandbox = await asyncio.to_thread(OwnSandbox, folder, f"http://127.0.0.1:{port}")
    settings = make_settings(**sandbox.fields)
    async with open_sandbox_world(settings) as world:
        office = Office(world, sandbox.url, settings.wechat_templates["order_status"])
        server = HTTPServer(Application([("/api/v1/wechat/push", Door, {"office": office})]))
        server.add_socket(socket)
        yield office
        server.stop()
        await server.close_all_connections()
    await asyncio.to_thread(sandbox.stop)


@pytest_asyncio.fixture
async def office(opened: Office) -> AsyncIterator[Office]:
    """Nothing owed, nothing broken, everybody listening."""
    await opened.world.database.outbox.delete_many({})
    opened.world.faults.clear()
    yield opened
    opened.deaf = False
    await opened.control("DELETE", "faults")


class KilledError(BaseException):
    """Stands for kill -9: no handler of the product's catches it."""


@dataclass
class Killed:
    """A worker that dies before or after its request went out."""

    sender: Sender | None

    async def send_subscribe_message(
        self, openid: str, template_id: str, page: str, data: Mapping[str, str]
    ) -> str | None:
        if self.sender is not None:
            await self.sender.send_subscribe_message(openid, template_id, page, data)
        raise KilledError


def real_sender(office: Office) -> Sender:
    return office.world.messages._sender


# --- the way it goes


async def test_one_accept_buys_one_message(office: Office) -> None:
    """The whole way: accept pushed, notice told, message sent, delivery tracked, credit spent."""
    world, user = office.world, await office.client(accepts=1)
    assert (await office.credit(user))["credits"] == 1
    await world.tell(user)
    assert await world.work() == 1
    (message,) = await office.sent(user)
    assert message["template_id"] == office.template_id
    assert message["page"] == "pages/index/index?to=%2Forders%2F665f00000000000000000001"
    assert message["data"]["phrase2"] == "律师已接单"
    await office.becomes(user, "delivered")
    assert (await office.credit(user))["credits"] == 0
    notice = await world.notice(user)
    assert await world.actions(f"notice:{notice['_id']}") in (
        ["notice.told", "notice.sent", "notice.delivered"],
        ["notice.told", "notice.delivered"],  # WeChat's push was faster than its answer
    )
    assert await world.work() == 0
    assert world.faults == []


async def test_an_effect_run_twice_sends_once(office: Office) -> None:
    world, user = office.world, await office.client(accepts=5)
    await world.tell(user)
    row = await world.debt(user)
    await world.deliveries().deliver(row)
    await world.deliveries().deliver(row)
    assert len(await office.sent(user)) == 1


async def test_workers_at_once_send_once(office: Office) -> None:
    world, user = office.world, await office.client(accepts=5)
    await world.tell(user)
    row = await world.debt(user)
    await asyncio.gather(*(world.deliveries().deliver(row) for _ in range(8)))
    assert len(await office.sent(user)) == 1
    await office.becomes(user, "delivered")
    world.clock.forward(SETTLE.total_seconds() + 1)
    await world.work()  # what the losers of the race wanted to look at again
    assert len(await office.sent(user)) == 1
    assert (await office.credit(user))["credits"] == 4


# --- no credit


async def test_no_credit_is_not_asked_twice_until_an_accept(office: Office) -> None:
    """43101: never retried; the next accept makes it worth a try again."""
    world, user = office.world, await office.client()
    before = await office.asked()
    for fact in ("a", "b", "c"):
        await world.tell(user, fact)
        await world.work()
    assert await office.asked() == before + 1
    states = [row["channels"]["wechat"]["state"] async for row in world.database.notices.find({"user_id": user})]
    assert states == ["refused"] * 3
    assert world.faults == []
    await office.accept(user)
    await world.tell(user, "d")
    await world.work()
    assert len(await office.sent(user)) == 1


async def test_the_second_message_of_one_accept_is_refused(office: Office) -> None:
    world, user = office.world, await office.client(accepts=1)
    for fact in ("a", "b"):
        await world.tell(user, fact)
        await world.work()
    assert len(await office.sent(user)) == 1
    assert (await office.credit(user))["exhausted"] is True


async def test_an_accept_while_being_refused_counts(make_settings: SettingsMaker) -> None:
    """The accept comes in between WeChat's "no" and our writing it down: it must not be wiped out."""

    class RefusesOnce:
        world: World
        sent = 0

        async def send_subscribe_message(
            self, openid: str, template_id: str, page: str, data: Mapping[str, str]
        ) -> str | None:
            if self.sent == 0:
                self.sent = 1
                await self.world.pushes.receive(*signed_push(decision(openid, template_id, "accept", 1)))
                raise WeChatError("subscribe_send", 43101, "user refuse to accept the msg rid: 1", False)
            return "17"

    sender = RefusesOnce()
    async with open_world(make_settings(), sender=sender) as world:
        sender.world = world
        user = world.person("o-race")
        await world.tell(user)
        await world.work()
        assert await world.state(user) == "owed"
        world.clock.forward(pause(1))
        await world.work()
        assert await world.state(user) == "sent"


# --- refusals and faults


async def test_an_unlawful_field_is_recorded_and_not_retried(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """47003 names the field; the notice in the app stands."""
    world, user = office.world, await office.client(accepts=1)
    await world.tell(user)
    await world.database.notices.update_one({"user_id": user}, {"$set": {"channels.wechat.data.phrase2": "not han"}})
    await world.work()
    channel = (await world.notice(user))["channels"]["wechat"]
    assert (channel["state"], channel["fault"]) == ("failed", "wechat.47003:phrase2")
    assert world.faults == []
    assert "47003" in caplog.text
    assert "CS20261121001" not in caplog.text
    assert world.openids[user] not in caplog.text


@pytest.mark.parametrize("errcode", [40037, 41030])
async def test_final_refusals_are_not_retried(office: Office, errcode: int) -> None:
    world, user = office.world, await office.client(accepts=1)
    await world.tell(user)
    await office.fault(errcode=errcode)
    await world.work()
    channel = (await world.notice(user))["channels"]["wechat"]
    assert (channel["state"], channel["fault"]) == ("failed", f"wechat.{errcode}")
    assert world.faults == []


@pytest.mark.parametrize("errcode", [-1, 45009, 48001])
async def test_what_may_pass_is_tried_again_by_the_outbox(office: Office, errcode: int) -> None:
    world, user = office.world, await office.client(accepts=1)
    await world.tell(user)
    await office.fault(errcode=errcode)
    assert await world.work() == 1
    assert len(world.faults) == 1
    assert await world.state(user) == "owed"
    assert await world.work() == 0  # not before its pause is over
    world.clock.forward(pause(1))
    assert await world.work() == 1
    assert len(await office.sent(user)) == 1


async def test_an_unreachable_wechat_is_tried_again(make_settings: SettingsMaker) -> None:
    """Nothing went out for certain, so there is nothing to wait for."""
    async with open_sandbox_world(make_settings(wechat_api_url="http://127.0.0.1:9")) as world:
        user = world.person("o-unreachable")
        await world.tell(user)
        await world.work()
        assert await world.state(user) == "owed"
        assert world.faults == ["transport.connect_failed: stable_token"]


async def test_a_token_that_cannot_be_had_is_no_lost_answer(make_settings: SettingsMaker) -> None:
    """The message itself was never sent, whatever became of the request for a token."""

    class NoToken:
        async def send_subscribe_message(self, *_: object) -> str | None:
            raise TransportError("stable_token", "timeout", sent=True)

    async with open_world(make_settings(), sender=NoToken()) as world:
        user = world.person("o-token")
        await world.tell(user)
        await world.work()
        assert await world.state(user) == "owed"


# --- lost answers and kills


async def test_a_lost_answer_is_settled_by_wechats_push(office: Office) -> None:
    """The message arrived, the answer did not: it is not sent a second time."""
    world, user = office.world, await office.client(accepts=5)
    await world.tell(user)
    await office.fault(drop=True, phase="after")
    await world.work()
    await office.becomes(user, "delivered")
    world.clock.forward(SETTLE.total_seconds() + 1)
    await world.work()
    assert len(await office.sent(user)) == 1
    assert (await office.credit(user))["credits"] == 4
    assert world.faults == []


@pytest.mark.parametrize("fault", [{"drop": True}, {"status": 502}])
async def test_a_lost_request_is_sent_again_when_no_push_comes(office: Office, fault: dict[str, Any]) -> None:
    world, user = office.world, await office.client(accepts=5)
    await world.tell(user)
    await office.fault(**fault)
    await world.work()
    assert await world.state(user) == "sending"
    world.clock.forward(SETTLE.total_seconds() - 1)
    assert await world.work() == 0
    world.clock.forward(1)
    assert await world.work() == 1
    assert len(await office.sent(user)) == 1
    await office.becomes(user, "delivered")


async def test_killed_after_the_request_sends_once(office: Office) -> None:
    """kill -9 between WeChat's answer and our writing it down."""
    world, user = office.world, await office.client(accepts=5)
    await world.tell(user)
    with pytest.raises(KilledError):
        await world.work(world.messages_by(Killed(real_sender(office))))
    await office.becomes(user, "delivered")
    await world.work()
    world.clock.forward(SETTLE.total_seconds() + 1)
    await world.work()
    assert len(await office.sent(user)) == 1
    assert (await office.credit(user))["credits"] == 4


async def test_killed_before_the_request_loses_nothing(office: Office) -> None:
    """kill -9 between writing the attempt down and making it."""
    world, user = office.world, await office.client(accepts=5)
    await world.tell(user)
    with pytest.raises(KilledError):
        await world.work(world.messages_by(Killed(None)))
    assert await world.state(user) == "sending"
    await world.work()  # the restarted worker finds the row, and waits
    assert await office.sent(user) == []
    world.clock.forward(SETTLE.total_seconds())
    await world.work()
    assert len(await office.sent(user)) == 1


async def test_killed_with_the_last_credit_and_a_deaf_door_sends_once(office: Office) -> None:
    """Even without WeChat's push the vendor's own credit keeps a doubtful message from arriving twice."""
    world, user = office.world, await office.client(accepts=1)
    await world.tell(user)
    office.deaf = True
    with pytest.raises(KilledError):
        await world.work(world.messages_by(Killed(real_sender(office))))
    for _ in range(2):
        world.clock.forward(SETTLE.total_seconds())
        await world.work()
    assert len(await office.sent(user)) == 1
    assert await world.state(user) == "refused"


async def test_the_waiting_doubles_with_each_lost_answer(office: Office) -> None:
    world, user = office.world, await office.client(accepts=5)
    await world.tell(user)
    await office.fault(drop=True, times=4)
    waits = []
    for _ in range(4):
        await world.work()
        (row,) = await world.database.outbox.find({"state": "pending"}).to_list()
        waits.append((row["due_at"] - world.clock()).total_seconds())
        world.clock.forward(waits[-1])
    assert waits == [60, 120, 240, 480]


# --- needless


async def test_who_has_no_wechat_is_told_in_the_app_only(office: Office) -> None:
    world, user = office.world, office.world.person()
    await world.tell(user)
    before = await office.asked()
    await world.work()
    assert await world.state(user) == "unreachable"
    assert await office.asked() == before


async def test_what_was_read_in_the_app_is_not_sent(office: Office) -> None:
    world, user = office.world, await office.client(accepts=1)
    await world.tell(user)
    await world.notices.read(actor(user), (await world.notice(user))["_id"])
    await world.work()
    assert await world.state(user) == "moot"
    assert await office.sent(user) == []


async def test_yesterdays_news_is_not_sent(office: Office) -> None:
    world, user = office.world, await office.client(accepts=1)
    await world.tell(user)
    world.clock.forward(24 * 3600 + 1)
    await world.work()
    channel = (await world.notice(user))["channels"]["wechat"]
    assert (channel["state"], channel["fault"]) == ("failed", "stale")


async def test_a_debt_whose_notice_was_purged_is_none(office: Office) -> None:
    world, user = office.world, await office.client(accepts=1)
    await world.tell(user)
    row = await world.debt(user)
    await world.database.notices.delete_one({"user_id": user})
    await world.deliveries().deliver(row)
    assert await office.sent(user) == []


# --- WeChat's word on what it took


async def test_a_message_that_wechat_could_not_deliver_is_known(make_settings: SettingsMaker) -> None:
    class Sends:
        async def send_subscribe_message(self, *_: object) -> str | None:
            return "17"

    async with open_world(make_settings(), sender=Sends()) as world:
        user = world.person("o-failed")
        await world.tell(user)
        await world.work()
        template_id = (await world.notice(user))["channels"]["wechat"]["template_id"]
        await world.messages.settle(user, SendResult(template_id, "999", 43101))  # another message of ours or not
        assert await world.state(user) == "sent"
        await world.messages.settle(user, SendResult(template_id, "17", 43101))
        await world.messages.settle(user, SendResult(template_id, "17", 0))
        channel = (await world.notice(user))["channels"]["wechat"]
        assert (channel["state"], channel["fault"]) == ("failed", "wechat.43101")
