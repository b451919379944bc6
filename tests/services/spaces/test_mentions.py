"""@mention (A2, J1): the mentioned person is told once, with no word of what was written."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest

from schemas.api.messages import MessageSendBody
from schemas.documents.ledgers import NoticeDocument
from schemas.enums import Role
from server.wiring import House
from services.followers import EntryHead, Followers
from services.ids import new_id
from services.live import Live
from services.notices.attention import Attention
from services.spaces.mentions import Mentions
from tests.house import Person, client, lawyer, open_house, say, space_of
from tests.parts.databases import SettingsMaker
from tests.patience import PATIENCE
from tests.services.identity_world import HeldClock


class Office:
    """A house whose clock stands still, with what its worker would do."""

    def __init__(self, house: House, clock: HeldClock) -> None:
        self.house = house
        self.clock = clock
        self.mentions = Mentions(house.database, house.services.notices, clock)

    async def mention(self, sender: Person, space_id: str, *people: Person) -> int:
        """Store a message and follow it twice, as after a crash."""
        body = MessageSendBody(
            client_msg_id=new_id(), type="text", body={"text": "请看机密附件"}, mentions=[p.id for p in people]
        )
        seq = (await self.house.services.messages.send(sender.actor, space_id, body)).view().seq
        await self.follow(space_id, seq)
        await self.follow(space_id, seq)
        return seq

    async def follow(self, space_id: str, seq: int) -> None:
        await self.mentions.follow([await self.head(space_id, seq)])

    async def head(self, space_id: str, seq: int) -> EntryHead:
        entry = await self.house.database.entries.find_one({"_id": {"space": space_id, "seq": seq}})
        assert entry is not None
        names = ("_id", "sender", "role", "type", "at", "mentions")
        return {name: entry[name] for name in names if name in entry}  # type: ignore[return-value,literal-required]

    async def later(self, seconds: float) -> None:
        self.clock.forward(seconds)
        await self.mentions.tick()

    async def told(self, person: Person) -> list[NoticeDocument]:
        return await self.house.database.notices.find({"user_id": person.id}).to_list()


@pytest.fixture(scope="module")
async def office(make_settings: SettingsMaker) -> AsyncIterator[Office]:
    clock = HeldClock()
    async with open_house(make_settings(), clock) as house:
        yield Office(house, clock)


async def test_the_mentioned_person_is_told_and_nobody_else(office: Office) -> None:
    wang, li, su = (
        await client(office.house),
        await lawyer(office.house),
        await lawyer(office.house, "苏客服", Role.SUPPORT),
    )
    space_id = await space_of(office.house, wang, li, su)
    await office.mention(li, space_id, wang, li)
    await office.later(2.9)
    assert await office.told(wang) == []
    await office.later(0.1)
    (notice,) = await office.told(wang)
    assert (notice["kind"], notice["title"], notice["link"]) == ("mentioned", "律师提到了您", f"/spaces/{space_id}")
    assert "机密" not in str(notice)
    assert notice["channels"]["wechat"]["data"]["thing1"] == "测试案件"
    assert [await office.told(one) for one in (li, su)] == [[], []]
    await office.later(60)
    assert len(await office.told(wang)) == 1


async def test_a_repeat_after_a_crash_tells_nobody_twice(office: Office) -> None:
    wang, li = await client(office.house), await lawyer(office.house)
    space_id = await space_of(office.house, wang, li)
    seq = await office.mention(li, space_id, wang)
    await office.later(3)
    await office.follow(space_id, seq)
    await office.later(3)
    assert len(await office.told(wang)) == 1
    assert await office.house.database.mentions.count_documents({}) == 0


async def test_who_has_the_space_open_and_reads_it_is_left_alone(office: Office) -> None:
    wang, li = await client(office.house), await lawyer(office.house)
    space_id = await space_of(office.house, wang, li)
    seq = await office.mention(li, space_id, wang)
    await office.house.services.messages.read(wang.actor, space_id, seq)
    await office.later(3)
    assert await office.told(wang) == []


async def test_a_recalled_mention_and_one_of_a_former_member_are_forgotten(office: Office) -> None:
    wang, li, su = (
        await client(office.house),
        await lawyer(office.house),
        await lawyer(office.house, "苏客服", Role.SUPPORT),
    )
    space_id = await space_of(office.house, wang, li, su)
    seq = await office.mention(li, space_id, wang)
    await office.house.services.messages.recall(li.actor, space_id, seq)
    await office.mention(li, space_id, su)
    await office.house.services.spaces.remove_members(None, space_id, [su.id])
    await office.later(3)
    assert [await office.told(one) for one in (wang, su)] == [[], []]


async def test_a_worker_that_was_away_for_days_calls_nobody(office: Office) -> None:
    wang, li = await client(office.house), await lawyer(office.house)
    space_id = await space_of(office.house, wang, li)
    body = MessageSendBody(client_msg_id=new_id(), type="text", body={"text": "@"}, mentions=[wang.id])
    await office.house.services.messages.send(li.actor, space_id, body)
    office.clock.forward(24 * 3600)
    await office.follow(space_id, 1)
    await office.later(3)
    assert await office.told(wang) == []


class Away:
    """Nobody is here."""

    async def online(self, user_ids: object) -> set[str]:
        return set()


async def test_a_mention_stands_for_the_unread_notice_of_the_same_message(office: Office) -> None:
    """J1: one message, one notice; what comes after it counts as unread again."""
    wang, li = await client(office.house), await lawyer(office.house)
    space_id = await space_of(office.house, wang, li)
    away: Live = Away()  # type: ignore[assignment]
    house = office.house
    attention = Attention(house.database, house.services.notices, away, timedelta(seconds=10), office.clock)
    seq = await office.mention(li, space_id, wang)
    await attention.follow([await office.head(space_id, seq)])
    await office.later(10)
    await attention.tick()
    assert [one["kind"] for one in await office.told(wang)] == ["mentioned"]
    after = (await say(house, li, space_id, "另外")).seq
    await attention.follow([await office.head(space_id, after)])
    await office.later(10)
    await attention.tick()
    assert [one["kind"] for one in await office.told(wang)] == ["mentioned", "message_unread"]


async def test_the_worker_brings_mentions_from_the_stream_and_from_the_record(office: Office) -> None:
    """Both ways in which an entry reaches an effect say who is mentioned."""
    wang, li = await client(office.house), await lawyer(office.house)
    space_id = await space_of(office.house, wang, li)
    heads: list[EntryHead] = []

    async def keep(arrived: Sequence[EntryHead]) -> None:
        heads.extend(head for head in arrived if head["_id"]["space"] == space_id)

    await office.mention(li, space_id, wang)
    stop = asyncio.Event()
    followers = Followers(office.house.database, {"kept": keep}, lambda: None)
    running = asyncio.create_task(followers.run(stop))
    for seq in (1, 2):
        async with asyncio.timeout(PATIENCE):
            while len(heads) < seq:
                await asyncio.sleep(0.05)
        if seq == 1:
            await office.mention(li, space_id, wang)
    stop.set()
    await running
    assert [head.get("mentions") for head in heads] == [[wang.id], [wang.id]]
