"""Opening a space reads the notices that called somebody there (A5, J1), and no others."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from schemas.api.notices import NoticeQuery
from schemas.enums import NoticeKind
from server.wiring import House
from tests.house import Person, client, lawyer, open_house, say, space_of
from tests.parts.databases import SettingsMaker


@pytest.fixture(scope="module")
async def house(make_settings: SettingsMaker) -> AsyncIterator[House]:
    async with open_house(make_settings()) as opened:
        yield opened


async def tell(house: House, person: Person, kind: NoticeKind, fact: str) -> None:
    values = {"case": "测试案件", "sender": "律师", "number": "CS1", "service": "咨询"}
    await house.services.notices.tell(person.id, kind, fact, title="t", text="请查看", link="/", values=values)


async def unread(house: House, person: Person) -> set[str]:
    where = {"user_id": person.id, "read_at": {"$exists": False}}
    return {notice["fact"] async for notice in house.database.notices.find(where)}


async def test_reading_a_space_reads_what_called_there(house: House) -> None:
    wang, li = await client(house), await lawyer(house)
    space_id, other = await space_of(house, wang, li), await space_of(house, wang, li)
    for _ in range(3):
        await say(house, li, space_id, "在吗")
    facts = {
        f"unread:{space_id}:{wang.id}:0": NoticeKind.MESSAGE_UNREAD,
        f"unread:{space_id}:{wang.id}:1": NoticeKind.MESSAGE_UNREAD,
        f"mention:{space_id}:2": NoticeKind.MENTIONED,
        f"mention:{space_id}:3": NoticeKind.MENTIONED,
        f"unread:{other}:{wang.id}:0": NoticeKind.MESSAGE_UNREAD,
        "order:1:accepted": NoticeKind.ORDER_ACCEPTED,
    }
    for fact, kind in facts.items():
        await tell(house, wang, kind, fact)
    await tell(house, li, NoticeKind.MESSAGE_UNREAD, f"unread:{space_id}:{li.id}:0")
    await house.services.messages.read(wang.actor, space_id, 2)
    left = {f"mention:{space_id}:3", f"unread:{other}:{wang.id}:0", "order:1:accepted"}
    assert await unread(house, wang) == left
    assert (await house.services.notices.list(wang.actor, NoticeQuery())).unread == 3
    assert len(await unread(house, li)) == 1
    await house.services.messages.read(wang.actor, space_id, 3)
    assert await unread(house, wang) == left - {f"mention:{space_id}:3"}
    rows = house.database.audit.find({"action": "notice.read", "subject": f"space:{space_id}"})
    assert [(row["actor"], len(row["detail"]["notices"])) async for row in rows] == [(wang.id, 3), (wang.id, 1)]


async def test_a_notice_that_came_after_the_last_reading_goes_with_the_next_opening(house: House) -> None:
    """Nothing new to read, but the space was opened: the seq does not advance and the notice is read all the same."""
    wang, li = await client(house), await lawyer(house)
    space_id = await space_of(house, wang, li)
    await say(house, li, space_id, "在吗")
    await house.services.messages.read(wang.actor, space_id, 1)
    await tell(house, wang, NoticeKind.MESSAGE_UNREAD, f"unread:{space_id}:{wang.id}:0")
    await house.services.messages.read(wang.actor, space_id, 1)
    assert await unread(house, wang) == set()


async def test_looking_for_them_follows_the_index(house: House) -> None:
    """It is asked at every reading: however many notices somebody has, none of the others is looked at."""
    wang, li = await client(house), await lawyer(house)
    space_id = await space_of(house, wang, li)
    for n in range(30):
        await tell(house, wang, NoticeKind.ORDER_ACCEPTED, f"order:{n}:accepted")
    asked: list[dict[str, Any]] = []
    notices = house.database.notices
    original = notices.find

    def find(where: dict[str, Any], *more: Any) -> Any:
        asked.append(where)
        return original(where, *more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(notices), "find", lambda self, where, *more: find(where, *more))
        await house.services.notices.read_in_space(wang.actor, space_id, 1)
    plan = await house.database.raw.command(
        {"explain": {"find": "notices", "filter": asked[0]}, "verbosity": "executionStats"}
    )
    assert plan["executionStats"]["totalDocsExamined"] == 0
    assert plan["executionStats"]["totalKeysExamined"] <= 4
