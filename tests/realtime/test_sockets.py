"""The socket door (contract "Socket.IO"), with a real client over a real server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
import socketio
from socketio.exceptions import ConnectionError as Refused

from server.wiring import House
from services.ids import new_id
from services.spaces.spaces import NewMember
from tests.house import Person, client, lawyer, open_doors, open_house, say, space_of
from tests.parts.databases import SettingsMaker
from tests.patience import PATIENCE, until


class Phone:
    """One device: a Socket.IO client that keeps what it is told."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, Any]] = []
        self.client = socketio.AsyncClient(reconnection=False)
        self.client.on("*", self._hear)

    async def _hear(self, event: str, payload: Any = None) -> None:
        self.heard.append((event, payload))

    def of(self, event: str) -> list[Any]:
        return [payload for name, payload in self.heard if name == event]

    async def call(self, event: str, payload: Any) -> Any:
        return await self.client.call(event, payload, timeout=PATIENCE)

    async def send(self, space_id: str, text: str, client_msg_id: str | None = None) -> Any:
        body = {"space_id": space_id, "client_msg_id": client_msg_id or new_id(), "type": "text"}
        return await self.call("message:send", body | {"body": {"text": text}})


@asynccontextmanager
async def phone(url: str, person: Person | str) -> AsyncIterator[Phone]:
    device = Phone()
    token = person if isinstance(person, str) else person.token
    await device.client.connect(url, auth={"token": token}, transports=["websocket"], wait_timeout=PATIENCE)
    try:
        yield device
    finally:
        await device.client.disconnect()


@pytest.fixture(scope="module")
async def house(make_settings: SettingsMaker) -> AsyncIterator[House]:
    async with open_house(make_settings()) as opened:
        yield opened


@pytest.fixture(scope="module")
async def url(house: House) -> AsyncIterator[str]:
    async with open_doors(house) as base:
        yield base


async def test_both_sides_see_a_message_at_once_on_all_devices(house: House, url: str) -> None:
    wang, li = await client(house), await lawyer(house)
    space_id = await space_of(house, wang, li)
    async with phone(url, wang) as a, phone(url, wang) as tablet, phone(url, li) as b:
        answer = await a.send(space_id, "您好")
        assert answer["ok"]
        await until(lambda: all(p.of("message:new") for p in (a, tablet, b)))
        assert a.of("message:new") == tablet.of("message:new") == b.of("message:new") == [answer["data"]]


async def test_many_senders_are_heard_in_the_order_of_seq(house: House, url: str) -> None:
    """A6: order of seq is the order of delivery."""
    wang, li = await client(house), await lawyer(house)
    space_id = await space_of(house, wang, li)
    async with phone(url, wang) as a, phone(url, li) as b:
        answers = await asyncio.gather(*(p.send(space_id, str(n)) for n in range(60) for p in (a, b)))
        assert all(answer["ok"] for answer in answers)
        await until(lambda: len(a.of("message:new")) == len(b.of("message:new")) == 120)
        assert [m["seq"] for m in a.of("message:new")] == list(range(1, 121))
        assert a.of("message:new") == b.of("message:new")


async def test_one_clients_messages_are_stored_in_the_order_it_sent_them(house: House, url: str) -> None:
    wang = await client(house)
    space_id = await space_of(house, wang)
    async with phone(url, wang) as a:
        answers = await asyncio.gather(*(a.send(space_id, str(n)) for n in range(40)))
        assert [answer["data"]["seq"] for answer in answers] == list(range(1, 41))


async def test_a_repeat_gets_the_same_message_and_is_not_delivered_again(house: House, url: str) -> None:
    wang = await client(house)
    space_id = await space_of(house, wang)
    async with phone(url, wang) as a:
        first, again = await a.send(space_id, "一", "m1"), await a.send(space_id, "一", "m1")
        assert first == again
        other = await a.send(space_id, "二", "m1")
        assert (other["ok"], other["error"]["code"]) == (False, "message.id_reused")
        await a.send(space_id, "三")
        await until(lambda: len(a.of("message:new")) >= 2)
        assert [m["body"]["text"] for m in a.of("message:new")] == ["一", "三"]


@pytest.mark.parametrize(
    ("event", "payload", "code"),
    [
        ("message:send", None, "request.invalid"),
        ("message:send", "text", "request.invalid"),
        ("message:send", [], "request.invalid"),
        ("message:send", {"space_id": "f" * 24}, "request.invalid"),
        (
            "message:send",
            {"space_id": {"$ne": None}, "client_msg_id": "a", "type": "text", "body": {}},
            "request.invalid",
        ),
        ("message:recall", {"space_id": "f" * 24, "seq": 1}, "space.not_found"),
        ("space:read", {"space_id": "f" * 24, "seq": -1}, "request.invalid"),
        ("space:typing", {"space_id": "f" * 24, "typing": True}, "space.not_found"),
        ("sync", {"spaces": {}, "limit": 1000}, "request.invalid"),
        ("disconnect", {}, "request.unknown_event"),
        ("connect", {}, "request.unknown_event"),
        ("send_message", {}, "request.unknown_event"),
        ("__init__", {}, "request.unknown_event"),
    ],
)
async def test_every_event_is_answered_and_every_refusal_has_a_code(
    house: House, url: str, event: str, payload: Any, code: str
) -> None:
    wang = await client(house)
    async with phone(url, wang) as a:
        answer = await a.call(event, payload)
        assert (answer["ok"], answer["error"]["code"]) == (False, code)
        assert set(answer["error"]) >= {"code", "message", "retryable"}
        assert (await a.call("sync", {"spaces": {}}))["ok"]  # and the connection lives on


async def test_socket_and_http_give_the_same_answer(house: House, url: str) -> None:
    wang = await client(house)
    space_id = await space_of(house, wang)
    body = {"client_msg_id": "m1", "type": "text", "body": {"text": "一"}}
    headers = {"Authorization": f"Bearer {wang.token}"}
    async with phone(url, wang) as a, aiohttp.ClientSession(headers=headers) as http:
        sent = (await a.call("message:send", body | {"space_id": space_id}))["data"]
        async with http.post(f"{url}/api/v1/spaces/{space_id}/messages", json=body) as answer:
            assert (answer.status, await answer.json()) == (201, sent)
        synced = (await a.call("sync", {"spaces": {space_id: 0}}))["data"]
        async with http.post(f"{url}/api/v1/sync", json={"spaces": {space_id: 0}}) as answer:
            over_http = await answer.json()
        assert over_http["spaces"] == synced["spaces"]


@pytest.mark.parametrize(
    ("auth", "code"),
    [
        (None, "auth.required"),
        ({}, "auth.required"),
        ({"token": ""}, "auth.required"),
        ({"token": 5}, "auth.required"),
        ({"token": "no.such.token"}, "auth.token_invalid"),
        ("token", "auth.required"),
    ],
)
async def test_a_refused_connection_says_why(url: str, auth: Any, code: str) -> None:
    device = socketio.AsyncClient(reconnection=False)
    refused: list[Any] = []
    device.on("connect_error", refused.append)
    with pytest.raises(Refused):
        await device.connect(url, auth=auth, transports=["websocket"])
    assert refused[0]["code"] == code
    assert refused[0]["message"]


async def test_signing_out_closes_live_sockets_at_once(house: House, url: str) -> None:
    """Ruling 14."""
    wang = await client(house)
    async with phone(url, wang) as a:
        await house.services.sessions.revoke(wang.actor.session_id, "signed_out", wang.actor)
        await until(lambda: not a.client.connected)
    with pytest.raises(Refused):
        async with phone(url, wang):
            pass


async def test_a_removed_member_hears_no_more_at_once(house: House, url: str) -> None:
    """A1."""
    wang, li = await client(house), await lawyer(house)
    space_id = await space_of(house, wang, li)
    async with phone(url, wang) as a, phone(url, li) as b:
        await a.send(space_id, "一")
        await until(lambda: b.of("message:new"))
        await house.services.spaces.remove_members(None, space_id, [li.id])
        await house.services.spaces.announce(space_id, left=[li.id])
        await until(lambda: b.of("space:removed"))
        await a.send(space_id, "二")
        await until(lambda: len(a.of("message:new")) == 2)
        await asyncio.sleep(0.1)
        assert len(b.of("message:new")) == 1
        assert (await b.send(space_id, "三"))["error"]["code"] == "space.not_found"


async def test_a_new_member_hears_from_then_on(house: House, url: str) -> None:
    wang, li = await client(house), await lawyer(house)
    space_id = await space_of(house, wang)
    async with phone(url, wang) as a, phone(url, li) as b:
        await a.send(space_id, "一")
        added = [NewMember(li.id, sorted(li.actor.roles)[0], "李律师", 2)]
        joined = await house.services.spaces.add_members(None, space_id, added)
        await house.services.spaces.announce(space_id, joined=joined)
        await until(lambda: b.of("space:updated"))
        await a.send(space_id, "二")
        await until(lambda: b.of("message:new"))
        assert [m["seq"] for m in b.of("message:new")] == [2]


async def test_reading_typing_and_presence_reach_the_others(house: House, url: str) -> None:
    wang, li = await client(house), await lawyer(house)
    space_id = await space_of(house, wang, li)
    async with phone(url, wang) as a:
        await say(house, li, space_id, "在")
        async with phone(url, li) as b:
            await until(lambda: a.of("presence:changed"))
            assert a.of("presence:changed")[0] == {"space_id": space_id, "user_id": li.id, "online": True}
            assert (await a.call("space:typing", {"space_id": space_id, "typing": True}))["ok"]
            assert (await a.call("space:read", {"space_id": space_id, "seq": 1}))["data"]["seq"] == 1
            await until(lambda: b.of("space:read") and b.of("space:typing"))
            assert b.of("space:read")[0] == {"space_id": space_id, "user_id": wang.id, "seq": 1}
        await until(lambda: len(a.of("presence:changed")) == 2)
        assert a.of("presence:changed")[1]["online"] is False


async def test_a_card_of_the_system_appears_live(house: House, url: str) -> None:
    """A3."""
    wang = await client(house)
    space_id = await space_of(house, wang)
    async with phone(url, wang) as a:
        await house.core.cards.show(space_id, new_id(), "payment", "已支付", "paid", {}, amount_fen=4900)
        await until(lambda: a.of("message:new"))
        card = a.of("message:new")[0]
        assert (card["type"], card["body"]["amount_fen"], card["sender"]["role"]) == ("card", 4900, "system")
