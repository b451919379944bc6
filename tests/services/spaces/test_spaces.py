"""Loading is authorising (architecture 5; A1)."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from schemas.enums import Role
from server.wiring import House
from services.actors import Actor
from services.errors import Problem
from services.ids import new_id
from services.permissions import SPACE, Permission
from services.spaces import spaces
from services.spaces.spaces import NewMember, Spaces, current_member
from services.storage.together import Together
from tests.house import open_house
from tests.parts.databases import SettingsMaker
from tests.patience import PATIENCE
from tests.recorded_live import RecordedLive


class World:
    def __init__(self, house: House) -> None:
        self.database = house.database
        self.live = RecordedLive()
        self.spaces = Spaces(house.database, self.live)

    async def space(self, *members: NewMember) -> str:
        space_id = new_id()

        async def work(session: Any) -> None:
            await self.spaces.create(session, space_id=space_id, order_id=new_id(), title="押金", members=members)

        await self.database.transaction(work)
        return space_id


@pytest.fixture(scope="module")
async def world(make_settings: SettingsMaker) -> AsyncIterator[World]:
    async with open_house(make_settings()) as house:
        yield World(house)


def member(role: Role = Role.CLIENT, user_id: str = "", first_seq: int = 1) -> NewMember:
    return NewMember(user_id or new_id(), role, "王晓", first_seq)


def actor(of: NewMember, *roles: Role) -> Actor:
    return Actor(of.user_id, frozenset(roles or {of.role}), new_id())


async def refusal(work: Any) -> str:
    with pytest.raises(Problem) as refused:
        await work
    return refused.value.code


@pytest.mark.parametrize("role", list(Role))
async def test_access_gives_what_the_table_gives(world: World, role: Role) -> None:
    person = member(role)
    space_id = await world.space(person)
    for permission, roles in SPACE.items():
        if role in roles:
            membership = await world.spaces.access(actor(person), space_id, permission)
            assert (membership.role, membership.member["user_id"]) == (role, person.user_id)
        else:
            assert await refusal(world.spaces.access(actor(person), space_id, permission)) == "auth.forbidden"


async def test_the_role_that_counts_is_the_one_in_the_space(world: World) -> None:
    person = member(Role.REVIEWER)
    space_id = await world.space(person)
    mighty = actor(person, *Role)
    assert await refusal(world.spaces.access(mighty, space_id, Permission.SPACE_MANAGE)) == "auth.forbidden"


async def test_not_theirs_reads_as_not_there_whatever_the_role(world: World) -> None:
    space_id = await world.space(member())
    for role in Role:
        stranger = actor(member(role))
        for permission in SPACE:
            assert await refusal(world.spaces.access(stranger, space_id, permission)) == "space.not_found"
            assert await refusal(world.spaces.access(stranger, new_id(), permission)) == "space.not_found"


async def test_a_closed_space_can_be_read_and_not_written(world: World) -> None:
    person = member()
    space_id = await world.space(person)
    await world.database.spaces.update_one({"_id": space_id}, {"$currentDate": {"closed_at": True}})
    await world.spaces.access(actor(person), space_id, Permission.SPACE_VIEW)
    assert await refusal(world.spaces.access(actor(person), space_id, Permission.SPACE_SEND)) == "space.closed"


async def test_joining_leaving_and_coming_back(world: World) -> None:
    owner, lawyer = member(), member(Role.LAWYER)
    space_id = await world.space(owner)
    assert await world.spaces.add_members(None, space_id, [lawyer, lawyer]) == [lawyer.user_id]
    await world.spaces.access(actor(lawyer), space_id, Permission.SPACE_SEND)
    await world.spaces.remove_members(None, space_id, [lawyer.user_id])
    await world.spaces.announce(space_id, left=[lawyer.user_id])
    assert await refusal(world.spaces.access(actor(lawyer), space_id, Permission.SPACE_VIEW)) == "space.not_found"
    assert await world.spaces.of(lawyer.user_id) == []
    again = member(Role.SUPPORT, lawyer.user_id, first_seq=9)
    assert await world.spaces.add_members(None, space_id, [again]) == [lawyer.user_id]
    membership = await world.spaces.access(actor(again), space_id, Permission.SPACE_VIEW)
    assert (membership.role, membership.member["first_seq"]) == (Role.SUPPORT, 9)
    space = await world.spaces.load(space_id)
    assert space is not None
    assert len(space["members"]) == 3, "who was there when stays on record"
    assert current_member(space, new_id()) is None


async def test_the_same_person_added_by_two_processes_is_there_once(world: World) -> None:
    lawyer = member(Role.LAWYER)
    space_id = await world.space(member())
    added = await asyncio.gather(*(world.spaces.add_members(None, space_id, [lawyer]) for _ in range(8)))
    assert sorted(added) == [[]] * 7 + [[lawyer.user_id]]


async def test_a_removal_is_not_undone_by_a_look_that_began_before_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A removed member could go on for two seconds."""
    lawyer = member(Role.LAWYER)
    space_id = await world.space(member(), lawyer)
    world.spaces.forget(space_id)
    find, looked, go_on = world.spaces._find, asyncio.Event(), asyncio.Event()

    async def slow(space_ids: list[str]) -> Any:
        found = await find(space_ids)
        looked.set()
        await go_on.wait()
        return found

    monkeypatch.setattr(world.spaces, "_spaces", Together(slow))
    before = asyncio.create_task(world.spaces.load(space_id))
    await asyncio.wait_for(looked.wait(), PATIENCE)
    monkeypatch.undo()
    await world.spaces.remove_members(None, space_id, [lawyer.user_id])
    go_on.set()
    await before
    assert await refusal(world.spaces.access(actor(lawyer), space_id, Permission.SPACE_SEND)) == "space.not_found"


async def test_a_busy_space_is_looked_up_ahead(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shortly before what is remembered ends, somebody else's question renews it: nobody waits."""
    monkeypatch.setattr(spaces, "AHEAD_SECONDS", spaces.REMEMBERED_SECONDS)
    space_id = await world.space(member())
    first = await world.spaces.load(space_id)
    await world.database.spaces.update_one({"_id": space_id}, {"$set": {"title": "改名"}})
    assert await world.spaces.load(space_id) is first
    await asyncio.gather(*world.spaces._looking.values())
    renewed = await world.spaces.load(space_id)
    assert renewed is not None
    assert renewed["title"] == "改名"


async def test_the_sockets_are_told(world: World) -> None:
    space_id = await world.space(member())
    await world.spaces.announce(space_id, joined=["a"], left=["b"])
    assert world.live.inside[space_id] == {"a"}
    assert (space_id, "space:updated", {"space_id": space_id, "user_id": None}) in world.live.said
