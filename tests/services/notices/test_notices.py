"""Notices in the app: one fact, one notice (J1), for the one whom it concerns."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from pydantic import ValidationError

from schemas.api.notices import NoticeQuery
from schemas.enums import NoticeKind
from services.errors import Problem
from services.ids import new_id
from services.notices.notice_templates import MissingValueError
from services.notices.notices import Notices
from tests.parts.databases import SettingsMaker
from tests.services.notices_world import World, actor, open_world


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(make_settings: SettingsMaker) -> AsyncIterator[World]:
    async with open_world(make_settings()) as opened:
        yield opened


async def test_a_fact_is_told_once(world: World) -> None:
    """J1: the second telling says nothing, stores nothing and owes nothing."""
    user = world.person()
    assert await world.tell(user) is True
    assert await world.tell(user) is False
    notice = await world.notice(user)
    hints = [payload for told, event, payload in world.live.said if told == user and event == "notice:new"]
    assert hints == [
        {
            "id": notice["_id"],
            "kind": "order_accepted",
            "title": "律师已接单",
            "text": "您的订单已由律师接单",
            "link": "/orders/665f00000000000000000001",
            "created_at": hints[0]["created_at"],
        }
    ]
    assert hints[0]["created_at"].endswith("+08:00")
    assert await world.database.outbox.count_documents({"payload.notice_id": notice["_id"]}) == 1
    assert await world.actions(f"notice:{notice['_id']}") == ["notice.told"]


async def test_twenty_tellings_at_once_are_one(world: World) -> None:
    user = world.person()
    told = await asyncio.gather(*(world.tell(user) for _ in range(20)))
    assert sorted(told) == [False] * 19 + [True]
    assert len([1 for whom, _, _ in world.live.said if whom == user]) == 1
    notice = await world.notice(user)
    assert await world.database.outbox.count_documents({"payload.notice_id": notice["_id"]}) == 1


async def test_a_fact_is_told_to_each_whom_it_concerns(world: World) -> None:
    """J2: the same fact is another notice for somebody else."""
    client, lawyer = world.person(), world.person()
    assert await world.tell(client)
    assert await world.tell(lawyer)


async def test_without_a_template_it_stays_in_the_app(world: World) -> None:
    notices = Notices(world.database, world.outbox, world.live, world.audit, {}, world.clock)
    user = world.person()
    values = {"number": "CS1", "service": "合同审查"}
    assert await notices.tell(user, NoticeKind.ORDER_DELIVERED, "f", title="t", text="x", link="/", values=values)
    notice = await world.notice(user)
    assert notice["channels"] == {}
    assert await world.database.outbox.count_documents({"payload.notice_id": notice["_id"]}) == 0


async def test_values_that_do_not_fill_the_template_are_a_fault_of_the_caller(world: World) -> None:
    user = world.person()
    with pytest.raises(MissingValueError, match="number"):
        await world.notices.tell(user, NoticeKind.ORDER_PAID, "f", title="t", text="x", link="/")
    assert await world.database.notices.count_documents({"user_id": user}) == 0


async def test_the_list_is_newest_first_in_pages(world: World) -> None:
    user = world.person()
    for number in range(5):
        assert await world.tell(user, f"fact {number}")
    assert await world.tell(world.person())  # somebody else's
    seen, cursor = [], None
    while True:
        page = await world.notices.list(actor(user), NoticeQuery(cursor=cursor, limit=2))
        assert page.unread == 5
        seen += [item.id for item in page.items]
        cursor = page.next_cursor
        if not page.has_more:
            break
    assert cursor is None
    assert len(seen) == 5
    assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 201}, {"cursor": "abc"}])
def test_bad_pages_are_refused(query: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        NoticeQuery.model_validate(query)


async def test_reading_counts_the_first_time(world: World) -> None:
    user = world.person()
    await world.tell(user, "a")
    await world.tell(user, "b")
    newest = (await world.notices.list(actor(user), NoticeQuery())).items[0]
    first = await world.notices.read(actor(user), newest.id)
    world.clock.forward(5)
    second = await world.notices.read(actor(user), newest.id)
    assert first.unread == second.unread == 1
    assert first.notice.read_at is not None
    assert first.notice.read_at == second.notice.read_at
    assert await world.actions(f"notice:{newest.id}") == ["notice.told", "notice.read"]


async def test_nobody_reads_somebody_elses(world: World) -> None:
    user = world.person()
    await world.tell(user)
    notice = await world.notice(user)
    for notice_id in (notice["_id"], new_id()):
        with pytest.raises(Problem) as refused:
            await world.notices.read(actor(world.person()), notice_id)
        assert refused.value.code == "notice.not_found"
    assert "read_at" not in await world.notice(user)
