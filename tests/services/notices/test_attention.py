"""A5: whoever is away is told outside the chat, once for each unread stretch, and not while they are here."""

from collections.abc import AsyncIterator
from typing import cast

import pytest
import pytest_asyncio

from schemas.documents.ledgers import AttentionDocument, NoticeDocument
from schemas.documents.spaces import MemberDocument
from services.followers import EntryHead
from services.ids import new_id
from tests.parts.databases import SettingsMaker
from tests.services.notices_world import World, open_world


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def opened(make_settings: SettingsMaker) -> AsyncIterator[World]:
    async with open_world(make_settings()) as world:
        yield world


@pytest_asyncio.fixture
async def world(opened: World) -> World:
    """What other tests left unread must not become due in this one."""
    await opened.database.attention.delete_many({})
    opened.live.here.clear()
    opened.live.meanwhile = None
    return opened


class Room:
    """A space with a client, a lawyer and support."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.id = new_id()
        self.client, self.lawyer, self.support = new_id(), new_id(), new_id()
        self.seq = 0

    async def open(self) -> "Room":
        people = ((self.client, "client"), (self.lawyer, "lawyer"), (self.support, "support"))
        await self.world.database.spaces.insert_one(
            {
                "_id": self.id,
                "schema_version": 1,
                "order_id": new_id(),
                "title": "合同审查",
                "members": [self.member(user_id, role) for user_id, role in people],
                "created_at": self.world.clock(),
            }
        )
        return self

    def member(self, user_id: str, role: str, first_seq: int = 1) -> MemberDocument:
        return {
            "user_id": user_id,
            "role": role,
            "display_name": "某人",
            "first_seq": first_seq,
            "joined_at": self.world.clock(),
        }

    async def write(self, sender: str, role: str, *, countable: bool = True) -> int:
        """Store an entry as the record would, and follow it as the worker does."""
        self.seq += 1
        await self.world.database.entries.insert_one(
            {
                "_id": {"space": self.id, "seq": self.seq},
                "v": 1,
                "sender": sender,
                "role": role,
                "cid": new_id(),
                "type": "text" if countable else "notice",
                "at": self.world.clock(),
                "sealed": b"s",
                "commit": b"c",
                "prev": b"p",
                "hash": b"h",
            }
        )
        await self.follow(self.seq)
        return self.seq

    async def follow(self, seq: int) -> None:
        """What the worker does with a stored entry, once more or for the first time."""
        entry = await self.world.database.entries.find_one({"_id": {"space": self.id, "seq": seq}})
        assert entry is not None
        await self.world.attention.follow([cast(EntryHead, entry)])

    async def read(self, user_id: str, seq: int) -> None:
        await self.world.database.reads.update_one(
            {"_id": {"space": self.id, "user": user_id}},
            {"$set": {"seq": seq, "at": self.world.clock()}},
            upsert=True,
        )

    async def told(self, user_id: str) -> list[NoticeDocument]:
        return await self.world.database.notices.find({"user_id": user_id}).sort("_id", 1).to_list()

    async def waiting(self, user_id: str) -> AttentionDocument | None:
        return await self.world.database.attention.find_one({"_id": {"space": self.id, "user": user_id}})


async def test_who_is_away_is_told_after_ten_seconds(world: World) -> None:
    """The contract's rule, with its limit on both sides."""
    room = await Room(world).open()
    await room.write(room.lawyer, "lawyer")
    world.clock.forward(9.9)
    assert await world.attention.tick() == 0
    assert await room.told(room.client) == []
    world.clock.forward(0.1)
    assert await world.attention.tick() == 2
    (notice,) = await room.told(room.client)
    assert (notice["kind"], notice["link"]) == ("message_unread", f"/spaces/{room.id}")
    assert notice["text"] == "律师回复了您，请查看"
    assert notice["channels"]["wechat"]["data"]["thing1"] == "合同审查"
    assert len(await room.told(room.support)) == 1
    assert await room.told(room.lawyer) == []
    assert await room.waiting(room.client) is None


async def test_one_notice_for_each_unread_stretch(world: World) -> None:
    """J1, never spam: ten messages in a row are one notice; reading them begins a new stretch."""
    room = await Room(world).open()
    for _ in range(10):
        await room.write(room.lawyer, "lawyer")
        world.clock.forward(11)
        await world.attention.tick()
    assert len(await room.told(room.client)) == 1
    await room.read(room.client, room.seq)
    await room.write(room.lawyer, "lawyer")
    world.clock.forward(11)
    await world.attention.tick()
    assert len(await room.told(room.client)) == 2


async def test_who_has_read_meanwhile_is_left_alone(world: World) -> None:
    room = await Room(world).open()
    seq = await room.write(room.lawyer, "lawyer")
    await room.read(room.client, seq)
    world.clock.forward(11)
    await world.attention.tick()
    assert await room.told(room.client) == []
    assert await room.waiting(room.client) is None


async def test_who_has_read_only_a_part_is_told(world: World) -> None:
    room = await Room(world).open()
    await room.write(room.lawyer, "lawyer")
    await room.read(room.client, await room.write(room.lawyer, "lawyer"))
    await room.write(room.lawyer, "lawyer")
    world.clock.forward(11)
    await world.attention.tick()
    assert len(await room.told(room.client)) == 1


async def test_who_is_here_is_told_ten_seconds_after_going(world: World) -> None:
    """Unread while the app is open is no reason for a notice; it becomes one when the socket is gone for 10 s."""
    room = await Room(world).open()
    world.live.here.add(room.client)
    await room.write(room.lawyer, "lawyer")
    for _ in range(20):
        world.clock.forward(11)
        await world.attention.tick()
    assert await room.told(room.client) == []
    world.live.here.discard(room.client)
    await world.attention.went_offline([room.client])
    world.clock.forward(9.9)
    await world.attention.tick()
    assert await room.told(room.client) == []
    world.clock.forward(0.2)
    await world.attention.tick()
    assert len(await room.told(room.client)) == 1


async def test_who_comes_back_within_ten_seconds_is_not_told(world: World) -> None:
    """A phone that changes from one network to another."""
    room = await Room(world).open()
    world.live.here.add(room.client)
    await room.write(room.lawyer, "lawyer")
    world.clock.forward(4)
    world.live.here.discard(room.client)
    await world.attention.went_offline([room.client])
    world.clock.forward(7)
    await world.attention.tick()
    world.live.here.add(room.client)
    world.clock.forward(4)
    await world.attention.tick()
    assert await room.told(room.client) == []


async def test_the_pauses_grow_up_to_a_minute(world: World) -> None:
    room = await Room(world).open()
    world.live.here.add(room.client)
    await room.write(room.lawyer, "lawyer")
    pauses = []
    for _ in range(8):
        row = await room.waiting(room.client)
        assert row is not None
        pauses.append((row["due_at"] - world.clock()).total_seconds())
        world.clock.forward(pauses[-1])
        await world.attention.tick()
    assert pauses == [10, 10, 20, 40, 60, 60, 60, 60]


async def test_a_lost_word_that_somebody_went_costs_a_minute(world: World) -> None:
    """The process that held the socket was killed: nobody said ``went_offline``."""
    room = await Room(world).open()
    world.live.here.add(room.client)
    await room.write(room.lawyer, "lawyer")
    for _ in range(30):
        world.clock.forward(10)
        await world.attention.tick()
    world.live.here.discard(room.client)
    world.clock.forward(60)
    await world.attention.tick()
    assert len(await room.told(room.client)) == 1


async def test_what_the_system_shows_is_no_reason(world: World) -> None:
    """A payment or an assignment has a notice of its own: one fact, one notice."""
    room = await Room(world).open()
    await room.write("system", "system")
    await room.write(room.lawyer, "lawyer", countable=False)
    world.clock.forward(11)
    assert await world.attention.tick() == 0


async def test_following_an_entry_twice_changes_nothing(world: World) -> None:
    """The worker was killed before it stored how far it had followed."""
    room = await Room(world).open()
    seq = await room.write(room.lawyer, "lawyer")
    await room.follow(seq)
    world.clock.forward(11)
    assert await world.attention.tick() == 2
    await room.follow(seq)
    world.clock.forward(11)
    assert await world.attention.tick() == 2
    assert len(await room.told(room.client)) == 1
    assert await world.database.attention.count_documents({"_id.space": room.id}) == 0


async def test_an_old_note_does_not_hide_a_newer_message(world: World) -> None:
    room = await Room(world).open()
    await room.write(room.lawyer, "lawyer")
    newest = await room.write(room.lawyer, "lawyer")
    await room.follow(1)
    row = await room.waiting(room.client)
    assert row is not None
    assert row["seq"] == newest


async def test_a_kill_between_telling_and_forgetting_tells_once(world: World) -> None:
    room = await Room(world).open()
    await room.write(room.lawyer, "lawyer")
    row = await room.waiting(room.client)
    assert row is not None
    world.clock.forward(11)
    await world.attention.tick()
    await world.database.attention.insert_one(row)  # as the database would stand after the kill
    assert await world.attention.tick() == 1
    assert len(await room.told(room.client)) == 1
    assert await room.waiting(room.client) is None


async def test_a_message_that_comes_during_the_look_is_not_forgotten(world: World) -> None:
    room = await Room(world).open()
    await room.read(room.client, await room.write(room.lawyer, "lawyer"))
    world.clock.forward(11)
    world.live.meanwhile = lambda: room.write(room.lawyer, "lawyer")
    await world.attention.tick()
    row = await room.waiting(room.client)
    assert row is not None
    assert row["seq"] == 2


async def test_who_goes_during_the_look_is_told_ten_seconds_later(world: World) -> None:
    """To look again later must not overwrite the earlier time that going away has just set."""
    room = await Room(world).open()
    world.live.here.add(room.client)
    await room.write(room.lawyer, "lawyer")
    world.clock.forward(300)
    world.live.meanwhile = lambda: world.attention.went_offline([room.client])
    await world.attention.tick()
    world.live.meanwhile = None
    world.live.here.discard(room.client)
    world.clock.forward(10)
    await world.attention.tick()
    assert len(await room.told(room.client)) == 1


@pytest.mark.parametrize(
    ("role", "words"), [("client", "客户"), ("support", "客服"), ("lawyer", "律师"), ("unheard_of", "对方")]
)
async def test_the_notice_says_who_and_not_what(world: World, role: str, words: str) -> None:
    """K2: neither a name nor a word of the message leaves the space."""
    room = await Room(world).open()
    await room.write(room.support, role)
    world.clock.forward(11)
    await world.attention.tick()
    (notice,) = await room.told(room.client)
    assert notice["title"] == f"{words}发来新消息"
    assert notice["channels"]["wechat"]["data"]["name2"] == words
    assert "某人" not in str(notice)


async def test_only_present_members_who_may_read_it_are_waited_for(world: World) -> None:
    room = await Room(world).open()
    late, gone = new_id(), new_id()
    leaver = room.member(gone, "lawyer")
    leaver["left_at"] = world.clock()
    await world.database.spaces.update_one(
        {"_id": room.id}, {"$push": {"members": {"$each": [room.member(late, "lawyer", 2), leaver]}}}
    )
    await room.write(room.lawyer, "lawyer")
    assert await room.waiting(late) is None
    assert await room.waiting(gone) is None
    await room.write(room.lawyer, "lawyer")
    assert await room.waiting(late) is not None


async def test_who_left_before_it_was_due_is_not_told(world: World) -> None:
    room = await Room(world).open()
    await room.write(room.lawyer, "lawyer")
    await world.database.spaces.update_one(
        {"_id": room.id, "members.user_id": room.support}, {"$set": {"members.$.left_at": world.clock()}}
    )
    world.clock.forward(11)
    await world.attention.tick()
    assert await room.told(room.support) == []
    assert await room.waiting(room.support) is None


async def test_a_space_that_nobody_knows_is_no_fault(world: World) -> None:
    stranger: EntryHead = {
        "_id": {"space": new_id(), "seq": 1},
        "sender": new_id(),
        "role": "client",
        "type": "text",
        "at": world.clock(),
    }
    await world.attention.follow([stranger])
    assert await world.database.attention.count_documents({}) == 0
