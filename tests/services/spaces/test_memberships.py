"""Letting people into a space and taking them out (A1, rulings 7, 10, 11)."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic import ValidationError

from schemas.api.messages import MessageListQuery
from schemas.api.spaces import MemberAdd, MemberAddedView
from schemas.enums import Role
from server.wiring import House
from services.actors import Actor
from services.errors import Problem
from services.ids import new_id
from tests.house import Person, client, lawyer, open_doors, open_house, say, space_of
from tests.parts.databases import SettingsMaker
from tests.patience import until
from tests.realtime.test_sockets import phone


@pytest.fixture(scope="module")
async def house(make_settings: SettingsMaker) -> AsyncIterator[House]:
    async with open_house(make_settings()) as opened:
        yield opened


@pytest.fixture(scope="module")
async def desk(house: House) -> Person:
    """Ops: a member of nothing."""
    return await lawyer(house, "吴运营", Role.OPS)


async def add(
    house: House, by: Person, space_id: str, user_id: str, role: str = "lawyer", since: Any = "start"
) -> MemberAddedView:
    body = MemberAdd.model_validate({"user_id": user_id, "role": role, "from": since})
    return await house.services.memberships.add(by.actor, space_id, body)


async def remove(house: House, by: Person, space_id: str, user_id: str) -> None:
    await house.services.memberships.remove(by.actor, space_id, user_id)


async def owed(house: House) -> None:
    """Run what the outbox owes, as the worker does."""
    effects = house.services.memberships.effects()
    async for row in house.database.outbox.find({"kind": {"$in": list(effects)}, "state": "pending"}):
        await effects[row["kind"]](row)
        await effects[row["kind"]](row)  # twice, as after a crash
        await house.database.outbox.update_one({"_id": row["_id"]}, {"$set": {"state": "done"}})


async def seqs(house: House, person: Person, space_id: str) -> list[int]:
    page = await house.services.messages.page(person.actor, space_id, MessageListQuery(after_seq=0))
    return [one.seq for one in page.items]


async def refusal(work: object) -> str:
    with pytest.raises(Problem) as refused:
        await work  # type: ignore[misc]
    return refused.value.code


async def test_who_may_not_change_members(house: House, desk: Person) -> None:
    wang, li, stranger, reviewer = (
        await client(house),
        await lawyer(house),
        await lawyer(house),
        await lawyer(house, "周审核", Role.REVIEWER),
    )
    space_id = await space_of(house, wang, li, reviewer)
    for person, code in (
        (wang, "auth.forbidden"),
        (li, "auth.forbidden"),
        (reviewer, "auth.forbidden"),
        (stranger, "space.not_found"),
    ):
        assert await refusal(add(house, person, space_id, stranger.id)) == code
        assert await refusal(remove(house, person, space_id, reviewer.id)) == code
    assert await refusal(add(house, desk, new_id(), stranger.id)) == "space.not_found"
    assert await refusal(remove(house, desk, new_id(), stranger.id)) == "space.not_found"


async def test_only_the_clients_side_can_be_let_in(house: House, desk: Person) -> None:
    """Ruling 10: no opposing party, no mediator, no judge, whatever else they are."""
    wang, other_side = await client(house), await client(house)
    space_id = await space_of(house, wang)
    judge = await house.staff.create(f"login-{new_id()}", "陈", [Role.LAWYER, Role.PRESIDER], password="correct horse")
    clerk = await house.staff.create(f"login-{new_id()}", "赵", [Role.SUPPORT, Role.CLERK], password="correct horse")
    for user_id, role in (
        (other_side.id, "lawyer"),
        (judge.user_id, "lawyer"),
        (clerk.user_id, "support"),
        ((await lawyer(house)).id, "reviewer"),
    ):
        assert await refusal(add(house, desk, space_id, user_id, role)) == "space.member_unsuitable"
    assert await refusal(add(house, desk, space_id, new_id())) == "account.not_found"
    for role in ("client", "presider", "clerk", "ops", "system"):
        with pytest.raises(ValidationError):
            MemberAdd.model_validate({"user_id": wang.id, "role": role, "from": "start"})
    for since in (None, 0, -1, "5", 1.5, True, "end"):
        with pytest.raises(ValidationError):
            MemberAdd.model_validate({"user_id": wang.id, "role": "lawyer", "from": since})
    gone = await lawyer(house)
    await house.database.users.update_one({"_id": gone.id}, {"$set": {"disabled": True}})
    assert await refusal(add(house, desk, space_id, gone.id)) == "account.not_found"
    assert len((await house.services.space_views.get(wang.actor, space_id)).members) == 1


@pytest.mark.parametrize(("since", "first"), [("start", 1), ("now", 4), (3, 3), (99, 4)])
async def test_who_adds_chooses_what_is_seen(house: House, desk: Person, since: str | int, first: int) -> None:
    """Ruling 7."""
    wang, li = await client(house), await lawyer(house)
    space_id = await space_of(house, wang)
    for n in range(3):
        await say(house, wang, space_id, str(n))
    added = await add(house, desk, space_id, li.id, since=since)
    assert (added.first_seq, added.display_name, added.role) == (first, "李律师", "lawyer")
    await owed(house)
    assert await seqs(house, li, space_id) == list(range(first, 5))
    told = (await house.services.messages.page(wang.actor, space_id, MessageListQuery())).items[-1]
    assert (told.type, told.sender.role, told.body) == (
        "notice",
        "system",
        {"code": "joined", "text": "李律师（律师）加入了案件空间"},
    )
    rows = await house.database.audit.find({"subject": f"space:{space_id}"}).to_list()
    assert [(row["action"], row["actor"], row["detail"]["user_id"]) for row in rows] == [
        ("space.member_joined", desk.id, li.id)
    ]


async def test_a_repeat_adds_nobody_twice_and_another_role_is_refused(house: House, desk: Person) -> None:
    wang = await client(house)
    both = await house.staff.create(f"login-{new_id()}", "周", [Role.LAWYER, Role.REVIEWER], password="correct horse")
    space_id = await space_of(house, wang)
    first = await add(house, desk, space_id, both.user_id, "reviewer")
    assert await add(house, desk, space_id, both.user_id, "reviewer", "now") == first
    assert await refusal(add(house, desk, space_id, both.user_id, "lawyer")) == "space.member_exists"
    await owed(house)
    assert await house.database.entries.count_documents({"_id.space": space_id}) == 1
    await remove(house, desk, space_id, both.user_id)
    assert (await add(house, desk, space_id, both.user_id, "lawyer", "now")).first_seq == 2


async def test_the_client_and_the_orders_lawyer_stay(house: House, desk: Person) -> None:
    wang, li, second = await client(house), await lawyer(house), await lawyer(house)
    space_id = await space_of(house, wang, li, second)
    space = await house.database.spaces.find_one({"_id": space_id})
    assert space is not None
    order = {"_id": space["order_id"], "number": new_id(), "space_id": space_id, "lawyer_id": li.id}
    more = {"client_id": wang.id, "status": "assigned", "amount_fen": 1, "payable_fen": 1, "steps": []}
    await house.database.raw["orders"].insert_one({**order, **more, "created_at": house.core.clock()})
    assert await refusal(remove(house, desk, space_id, wang.id)) == "space.member_fixed"
    assert await refusal(remove(house, desk, space_id, li.id)) == "space.member_fixed"
    await remove(house, desk, space_id, second.id)
    assert await refusal(remove(house, desk, space_id, second.id)) == "space.member_not_found"
    await owed(house)
    last = (await house.services.messages.page(wang.actor, space_id, MessageListQuery())).items[-1]
    assert last.body == {"code": "left", "text": "李律师（律师）离开了案件空间"}
    assert await refusal(seqs(house, second, space_id)) == "space.not_found"


async def test_support_in_the_space_needs_the_role_still(house: House) -> None:
    """Membership as support counts, and so does the desk's right; a lost role does not."""
    support = await lawyer(house, "苏客服", Role.SUPPORT)
    li, space_id = await lawyer(house), await space_of(house, await client(house))
    await add(house, support, space_id, li.id)
    stripped = Person(Actor(support.id, frozenset(), support.actor.session_id), "")
    assert await refusal(remove(house, stripped, space_id, li.id)) == "space.not_found"


async def test_live_sockets_follow_at_once(house: House, desk: Person) -> None:
    """Ruling 14: before any worker has run."""
    wang, li = await client(house), await lawyer(house)
    space_id = await space_of(house, wang)
    async with open_doors(house) as url, phone(url, wang) as a, phone(url, li) as b, phone(url, li) as tablet:
        await a.send(space_id, "一")
        await add(house, desk, space_id, li.id, since="now")
        await until(lambda: b.of("space:updated") and tablet.of("space:updated"))
        await a.send(space_id, "二")
        await until(lambda: b.of("message:new") and tablet.of("message:new"))
        await remove(house, desk, space_id, li.id)
        await until(lambda: b.of("space:removed") and tablet.of("space:removed"))
        await a.send(space_id, "三")
        await until(lambda: len(a.of("message:new")) == 3)
        assert [m["seq"] for m in b.of("message:new")] == [m["seq"] for m in tablet.of("message:new")] == [2]
