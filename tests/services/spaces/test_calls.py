"""Informal voice calls in WeChat: who gets a signature, that it is right, and that everybody is told what it is not."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import pytest

from miniprogram_api.voip import room_signature
from miniprogram_api.wechat import LoginSession, PhoneNumber
from schemas.api.messages import MessageListQuery
from server.wiring import House
from services.clock import utc_now
from services.errors import Problem
from services.identity.wechat_codes import WeChatCodes
from services.ids import new_id
from services.spaces.calls import CALLED, NOTICE, ONE_CALL, Calls
from tests.house import Person, client, lawyer, open_house, space_of
from tests.parts.databases import SettingsMaker
from tests.parts.real import RealParts
from tests.services.hearings import hearing_world


class Time:
    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return utc_now() + self.ahead


@pytest.fixture(scope="module")
def time() -> Time:
    return Time()


@pytest.fixture(scope="module")
async def house(make_settings: SettingsMaker, time: Time) -> AsyncIterator[House]:
    async with open_house(make_settings(), time) as opened:
        yield opened


class WeChat:
    """The sandbox's control: people and their login codes."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._known: set[str] = set()

    async def code(self, openid: str) -> str:
        if openid not in self._known:
            self._known.add(openid)
            await self._ask("/users", {"openid": openid, "phone": "13800001234", "nickname": "测试"})
        return str((await self._ask("/codes", {"openid": openid}))["code"])

    async def _ask(self, path: str, body: dict[str, str]) -> Any:
        async with aiohttp.ClientSession() as session, session.post(f"{self._url}/control{path}", json=body) as answer:
            assert answer.status < 300, await answer.text()
            return await answer.json()


@pytest.fixture(scope="module")
def wechat(parts: RealParts) -> WeChat:
    return WeChat(parts.sandbox_url)


async def own(house: House, person: Person) -> str:
    openid = await house.services.accounts.openid_of(person.id)
    assert openid is not None
    return openid


async def refusal(work: object) -> str:
    with pytest.raises(Problem) as refused:
        await work  # type: ignore[misc]
    return refused.value.code


async def shown(house: House, person: Person, space_id: str) -> list[str]:
    """The cards, after each effect ran twice."""
    async for row in house.database.outbox.find({"kind": CALLED, "payload.space_id": space_id}):
        for _ in range(2):
            await house.worker._effects[CALLED](row)
    page = await house.services.messages.page(person.actor, space_id, MessageListQuery(after_seq=0))
    return [one.body["text"] for one in page.items if one.type == "card" and one.body["kind"] == "call"]


async def test_members_meet_in_one_room_and_one_card_says_what_it_is(house: House, wechat: WeChat, time: Time) -> None:
    wang, li = await client(house), await lawyer(house)
    space_id = await space_of(house, wang, li)
    join = house.services.calls.join
    code = await wechat.code(await own(house, wang))
    first, second = await asyncio.gather(
        join(wang.actor, space_id, code), join(li.actor, space_id, await wechat.code(f"o{new_id()}"))
    )
    assert (first.group_id, first.notice) == (second.group_id, NOTICE)
    assert first.nonce_str != second.nonce_str
    assert await shown(house, wang, space_id) == [NOTICE]
    time.ahead += ONE_CALL
    await join(wang.actor, space_id, await wechat.code(await own(house, wang)))
    assert await shown(house, wang, space_id) == [NOTICE, NOTICE]


async def test_the_signature_is_wechats(house: House, wechat: WeChat) -> None:
    """HMAC-SHA256 over the four values, sorted and joined, under the session that this very code has begun."""
    wang = await client(house)
    space_id = await space_of(house, wang)
    openid = await own(house, wang)
    core = house.core

    class Scripted:
        async def code_to_session(self, code: str) -> LoginSession:
            return LoginSession(openid, f"key of {code}")

        async def phone_number(self, code: str) -> PhoneNumber:
            raise NotImplementedError

    calls = Calls(
        core.database,
        core.spaces,
        house.services.accounts,
        WeChatCodes(Scripted()),
        "wxapp",
        core.cards,
        core.audit,
        core.outbox,
    )
    view = await calls.join(wang.actor, space_id, "one")
    values = ("wxapp", view.group_id, view.nonce_str, view.timestamp)
    assert view.signature == room_signature(*values, "key of one")
    used = await wechat.code(openid)
    await house.services.calls.join(wang.actor, space_id, used)
    assert await refusal(house.services.calls.join(wang.actor, space_id, used)) == "auth.code_invalid"


async def test_who_gets_none(house: House, wechat: WeChat) -> None:
    wang, stranger = await client(house), await client(house)
    space_id = await space_of(house, wang)
    join = house.services.calls.join
    theirs = await wechat.code(await own(house, stranger))
    assert await refusal(join(stranger.actor, space_id, theirs)) == "space.not_found"
    assert await refusal(join(wang.actor, space_id, theirs)) == "call.other_account"
    world = await hearing_world.called(house)
    code = await wechat.code(await own(house, world.wang))
    assert await refusal(join(world.wang.actor, world.space, code)) == "call.in_hearing"


async def test_who_has_left_is_not_in_the_room_of_those_who_come_later(house: House, wechat: WeChat) -> None:
    wang, zhao = await client(house), await client(house)
    space_id = await space_of(house, wang, zhao)
    join = house.services.calls.join
    before = await join(zhao.actor, space_id, await wechat.code(await own(house, zhao)))
    await house.services.spaces.remove_members(None, space_id, [zhao.id])
    after = await join(wang.actor, space_id, await wechat.code(await own(house, wang)))
    assert before.group_id != after.group_id
