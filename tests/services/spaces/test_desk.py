"""The desk (H1, ruling 11): who reads without being a member, and what is written down of it."""

from collections.abc import AsyncIterator

import pytest

from schemas.api.desk import DeskSpaceQuery
from schemas.api.messages import MessageListQuery
from schemas.enums import Role
from server.wiring import House
from services.errors import Problem
from services.identity.people import NewClient
from services.ids import new_id
from tests.house import Person, client, lawyer, open_doors, open_house, say, signed_in, space_of
from tests.parts.databases import SettingsMaker
from tests.patience import until
from tests.realtime.test_sockets import phone
from tests.services.identity_world import HeldClock

NEWEST = MessageListQuery()


class Office:
    def __init__(self, house: House, clock: HeldClock, ops: Person) -> None:
        self.house = house
        self.clock = clock
        self.ops = ops

    async def found(self, q: str | None = None, *, by: Person | None = None) -> list[str]:
        page = await self.house.services.desk.spaces((by or self.ops).actor, DeskSpaceQuery(q=q))
        return [one.id for one in page.items]

    async def readings(self, space_id: str) -> list[str]:
        rows = self.house.database.audit.find({"subject": f"space:{space_id}", "action": "space.read_by_desk"})
        return [row["actor"] async for row in rows]


@pytest.fixture
async def office(make_settings: SettingsMaker) -> AsyncIterator[Office]:
    clock = HeldClock()
    with make_settings.for_one_test() as settings:
        async with open_house(settings, clock) as house:
            yield Office(house, clock, await lawyer(house, "吴运营", Role.OPS))


async def refusal(work: object) -> str:
    with pytest.raises(Problem) as refused:
        await work  # type: ignore[misc]
    return refused.value.code


async def test_nobody_else_reads_by_the_desks_right(office: Office) -> None:
    """Not the members themselves, no lawyer, no reviewer, and no trace of a reading that was refused."""
    house = office.house
    wang, li = await client(house), await lawyer(house)
    space_id = await space_of(house, wang, li)
    for person in (wang, li, await lawyer(house, "周审核", Role.REVIEWER), await lawyer(house, "赵", Role.CLERK)):
        assert await refusal(house.services.desk.messages(person.actor, space_id, NEWEST)) == "auth.forbidden"
        assert await refusal(office.found(by=person)) == "auth.forbidden"
    assert await refusal(house.services.desk.messages(office.ops.actor, new_id(), NEWEST)) == "space.not_found"
    assert await office.readings(space_id) == []


async def test_every_reading_is_written_down_once_in_ten_minutes(office: Office) -> None:
    house = office.house
    wang, support = await client(house), await lawyer(house, "苏客服", Role.SUPPORT)
    space_id, other = await space_of(house, wang), await space_of(house, wang)
    await say(house, wang, space_id, "求助")
    for _ in range(3):
        page = await house.services.desk.messages(office.ops.actor, space_id, NEWEST)
        office.clock.forward(199)
    assert page.items[0].body == {"text": "求助"}
    assert await office.readings(space_id) == [office.ops.id]
    await house.services.desk.messages(support.actor, space_id, NEWEST)
    await house.services.desk.messages(office.ops.actor, other, NEWEST)
    office.clock.forward(4)
    await house.services.desk.messages(office.ops.actor, space_id, NEWEST)
    assert await office.readings(space_id) == [office.ops.id, support.id, office.ops.id]
    assert await office.readings(other) == [office.ops.id]


async def test_the_desk_sees_what_members_see_and_no_more(office: Office) -> None:
    """A2: what was recalled stays recalled."""
    house = office.house
    wang = await client(house)
    space_id = await space_of(house, wang)
    await say(house, wang, space_id, "说错了")
    await house.services.messages.recall(wang.actor, space_id, 1)
    page = await house.services.desk.messages(office.ops.actor, space_id, MessageListQuery(after_seq=0, limit=1))
    assert (page.items[0].recalled, page.items[0].body, page.has_more) == (True, {}, True)


async def test_reading_is_not_joining(office: Office) -> None:
    """Ruling 11: no socket of the desk hears a space, and the desk's right opens no other door."""
    house = office.house
    wang = await client(house)
    space_id = await space_of(house, wang)
    async with open_doors(house) as url, phone(url, wang) as a, phone(url, office.ops) as desk:
        await house.services.desk.messages(office.ops.actor, space_id, NEWEST)
        await a.send(space_id, "一")
        await until(lambda: a.of("message:new"))
        assert desk.heard == []
        assert (await desk.send(space_id, "二"))["error"]["code"] == "space.not_found"
    view = house.services.space_views.get(office.ops.actor, space_id)
    assert await refusal(view) == "space.not_found"
    assert await refusal(house.services.exports.export(office.ops.actor, space_id)) == "space.not_found"
    assert await refusal(house.services.notes.page(office.ops.actor, space_id, NEWEST)) == "space.not_found"


async def test_spaces_are_found_by_number_name_phone_and_title(office: Office) -> None:
    house = office.house
    li = await lawyer(house)
    made = NewClient(phone="13812345678", display_name="欧阳")
    wang = await signed_in(house, await house.services.accounts.ensure_client(made))
    first = await space_of(house, wang, li, title="劳动仲裁")
    second = await space_of(house, await client(house, "李律"), li, title="劳动合同 (审查)")
    space = await house.database.spaces.find_one({"_id": first})
    assert space is not None
    order = {"_id": space["order_id"], "number": "CS20261121001", "space_id": first, "client_id": wang.id}
    more = {"status": "paid", "amount_fen": 1, "payable_fen": 1, "steps": [], "created_at": office.clock()}
    await house.database.raw["orders"].insert_one({**order, **more})
    for q, spaces in {
        "cs20261121001": [first],
        "欧阳": [first],
        "欧": [],
        "13812345678": [first],
        "13800000000": [],
        "劳动": [second, first],
        "劳动合同 (": [second],
        "合同": [],
        ".*": [],
        "李律师": [],
    }.items():
        assert await office.found(q) == spaces, q
    assert await office.found() == [second, first]
    (item,) = (await house.services.desk.spaces(office.ops.actor, DeskSpaceQuery(q="欧阳"))).items
    assert (item.order_number, item.order_status) == ("CS20261121001", "paid")
    assert [(one.role, one.display_name) for one in item.members] == [("client", "欧阳"), ("lawyer", "李律师")]
    trail = await house.database.audit.find({"action": "desk.searched"}).to_list()
    assert trail[0]["detail"] == {"found": 1, "spaces": [first]}
    assert not any("欧阳" in str(row) or "13812345678" in str(row) for row in trail)


async def test_the_list_goes_on_where_it_ended(office: Office) -> None:
    house = office.house
    wang = await client(house)
    spaces = [await space_of(house, wang) for _ in range(5)][::-1]
    cursor, found = None, []
    while True:
        page = await house.services.desk.spaces(office.ops.actor, DeskSpaceQuery(limit=2, cursor=cursor))
        found += [one.id for one in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert found == spaces
