"""A case space closes for writing when its case is over, stays readable, and opens again (A3, C7, J2)."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from schemas.api.messages import MessageListQuery
from schemas.enums import NoticeKind, OrderStatus, Role
from server.wiring import House
from services.clock import utc_now
from services.errors import Problem
from services.ids import new_id
from services.spaces.space_closing import ASKED, SpaceClosing
from services.spaces.space_closing_effects import SpaceClosingEffects
from tests.house import Person, client, lawyer, open_doors, open_house, say, space_of
from tests.parts.databases import SettingsMaker
from tests.patience import until
from tests.realtime.test_sockets import phone

DAYS = 30


class Calendar:
    ahead = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.ahead


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return Calendar()


@pytest.fixture(scope="module")
async def house(make_settings: SettingsMaker, calendar: Calendar) -> AsyncIterator[House]:
    async with open_house(make_settings(space_close_days=DAYS), calendar) as opened:
        yield opened


@pytest.fixture(autouse=True)
def today(calendar: Calendar) -> None:
    calendar.ahead = timedelta()


@pytest.fixture(scope="module")
async def support(house: House) -> Person:
    """Of the desk; a member of nothing."""
    return await lawyer(house, "客服小林", Role.SUPPORT)


class Case:
    def __init__(self, house: House, space_id: str, order_id: str, client: Person, lawyer: Person) -> None:
        self.house, self.id, self.order_id, self.client, self.lawyer = house, space_id, order_id, client, lawyer

    async def closed(self) -> bool:
        space = await self.house.database.spaces.find_one({"_id": self.id})
        assert space is not None
        return "closed_at" in space


async def case(house: House, status: OrderStatus = OrderStatus.CONFIRMED) -> Case:
    """A case space with its order, as far as closing looks at one."""
    wang, li = await client(house), await lawyer(house)
    space_id = await space_of(house, wang, li, title="押金纠纷咨询")
    space = await house.database.spaces.find_one({"_id": space_id})
    assert space is not None
    now = utc_now()
    order: Any = {"_id": space["order_id"], "space_id": space_id, "status": status.value, "number": new_id()}
    order |= {"client_id": wang.id, "lawyer_id": li.id, "amount_fen": 100, "payable_fen": 100, "steps": []}
    order |= {"created_at": now, "updated_at": now}
    await house.database.orders.insert_one(order)
    return Case(house, space_id, order["_id"], wang, li)


def closing(house: House) -> SpaceClosing:
    return house.services.space_closing


async def owed(house: House) -> None:
    """Run what the outbox owes, each twice, as after a crash."""
    effects = SpaceClosingEffects(house.database, house.core.cards, house.services.notices).effects()
    async for row in house.database.outbox.find({"kind": {"$in": list(effects)}, "state": "pending"}).sort("_id", 1):
        await effects[row["kind"]](row)
        await effects[row["kind"]](row)
        await house.database.outbox.update_one({"_id": row["_id"]}, {"$set": {"state": "done"}})


async def told(house: House, person: Person) -> list[str]:
    return [one["kind"] async for one in house.database.notices.find({"user_id": person.id}).sort("_id", 1)]


async def refusal(work: Any) -> str:
    with pytest.raises(Problem) as refused:
        await work
    return refused.value.code


async def test_what_is_over_closes_in_time_and_stays_readable(house: House, calendar: Calendar) -> None:
    one, running = await case(house), await case(house, OrderStatus.IN_SERVICE)
    await say(house, one.client, one.id, "谢谢")
    calendar.ahead = timedelta(days=DAYS - 1)
    assert await closing(house).tick() == 0
    calendar.ahead = timedelta(days=DAYS, minutes=1)
    await say(house, running.client, running.id, "还在办")
    assert await closing(house).tick() == 1
    assert (await one.closed(), await running.closed()) == (True, False)
    assert await closing(house).tick() == 0
    assert await refusal(say(house, one.client, one.id, "在吗？")) == "space.closed"
    await owed(house)
    messages = house.services.messages
    page = await messages.page(one.client.actor, one.id, MessageListQuery(after_seq=0))
    assert [entry.type for entry in page.items] == ["text", "card"], "one card, however often it is worked off"
    card = page.items[1].body
    assert (card["kind"], card["state"]) == ("space", "closed")
    assert await told(house, one.client) == await told(house, one.lawyer) == [NoticeKind.SPACE_CLOSED]
    view = await house.services.space_views.get(one.client.actor, one.id)
    assert view.closed_at is not None
    assert {action.code for action in view.actions}.isdisjoint({"photo", "file", "quote"})


async def test_a_word_in_it_puts_it_off(house: House, calendar: Calendar) -> None:
    one = await case(house)
    calendar.ahead = timedelta(days=DAYS - 2)
    await say(house, one.client, one.id, "再问一句")
    calendar.ahead = timedelta(days=DAYS + 1)
    await closing(house).tick()
    assert not await one.closed()
    calendar.ahead = timedelta(days=2 * DAYS)
    await closing(house).tick()
    assert await one.closed()


async def test_nothing_closes_while_something_is_under_way(house: House, support: Person, calendar: Calendar) -> None:
    database = house.database
    one = await case(house)
    hearing: Any = {"_id": new_id(), "space_id": new_id(), "case_space_id": one.id, "code": new_id(), "version": 1}
    hearing |= {"kind": "court", "starts_at": utc_now(), "stage": "closed", "seats": []}
    minutes: Any = {"_id": hearing["_id"], "version": 1, "state": "final", "order": [], "editions": []}
    dispute: Any = {"_id": new_id(), "order_id": one.order_id, "space_id": one.id, "client_id": one.client.id}
    quote: Any = {**dispute, "_id": new_id(), "amount_fen": 100, "valid_until": utc_now(), "state": "offered"}
    dispute |= {"kind": "complaint", "state": "proposed", "created_at": utc_now()}
    await database.hearings.insert_one(hearing)
    await database.hearings.update_one({"_id": hearing["_id"]}, {"$set": {"stage": "opening"}})
    calendar.ahead = timedelta(days=DAYS + 1)
    for collection, document, over in (
        (database.hearings, hearing, {"stage": "closed"}),
        (database.minutes, minutes, {"state": "done"}),
        (database.disputes, dispute, {"state": "decided"}),
        (database.quotes, quote, {"state": "paid"}),
    ):
        if collection is not database.hearings:
            await collection.insert_one(document)
        await closing(house).tick()
        assert await refusal(closing(house).close(support.actor, one.id)) == "space.still_needed"
        assert not await one.closed()
        await collection.update_one({"_id": document["_id"]}, {"$set": over})
    await closing(house).tick()
    assert await one.closed()


async def test_support_closes_and_opens_it_by_hand(house: House, support: Person, calendar: Calendar) -> None:
    one = await case(house)
    court = await space_of(house, one.client, one.lawyer, title="庭审")
    hearing: Any = {"_id": new_id(), "space_id": court, "case_space_id": one.id, "code": new_id(), "version": 1}
    hearing |= {"kind": "court", "starts_at": utc_now(), "stage": "closed", "seats": []}
    await house.database.hearings.insert_one(hearing)
    await house.database.spaces.update_one({"_id": court}, {"$set": {"hearing_id": hearing["_id"]}})
    assert await refusal(closing(house).close(one.lawyer.actor, one.id)) == "auth.forbidden"
    assert await refusal(closing(house).close(support.actor, court)) == "space.not_found"
    assert await refusal(closing(house).ask(one.client.actor, one.id)) == "space.is_open"
    view = await closing(house).close(support.actor, one.id)
    assert view == await closing(house).close(support.actor, one.id), "closing it again changes nothing"
    assert await refusal(say(house, one.client, court, "还有一句")) == "space.closed", "its hearings close with it"
    await closing(house).ask(one.client.actor, one.id)
    await closing(house).ask(one.lawyer.actor, one.id)
    stranger = await client(house)
    assert await refusal(closing(house).ask(stranger.actor, one.id)) == "space.not_found"
    items = await house.core.work_items.list(kind=ASKED)
    assert [(item["subject"], item["seen"]) for item in items] == [(one.id, 2)]
    assert (await closing(house).reopen(support.actor, one.id)).closed_at is None
    assert await house.core.work_items.list(kind=ASKED) == []
    await owed(house)
    await say(house, one.client, one.id, "想再补充一份材料")
    await say(house, one.client, court, "收到")
    page = await house.services.messages.page(one.client.actor, one.id, MessageListQuery(after_seq=0))
    assert [entry.type for entry in page.items] == ["card", "card_update", "text"]
    assert page.items[0].body["state"] == "reopened"
    assert await told(house, one.client) == [NoticeKind.SPACE_CLOSED, NoticeKind.SPACE_REOPENED]
    calendar.ahead = timedelta(days=DAYS - 1)
    await closing(house).tick()
    assert not await one.closed(), "it has its time again"
    subject = {"subject": f"space:{one.id}", "action": {"$in": ["space.closed", "space.reopened"]}}
    actions = [(row["action"], row["actor"]) async for row in house.database.audit.find(subject).sort("_id", 1)]
    assert actions == [("space.closed", support.id), ("space.reopened", support.id)]


async def test_what_was_purged_stays_closed(house: House, support: Person) -> None:
    one = await case(house)
    await closing(house).close(support.actor, one.id)
    await house.purging.purge(one.id, "本人申请")
    await owed(house)
    assert await refusal(closing(house).reopen(support.actor, one.id)) == "content.purged"
    assert await closing(house).close(support.actor, one.id)
    assert await told(house, one.client) == []


async def test_open_pages_hear_of_it_at_once(house: House, support: Person) -> None:
    one = await case(house)
    async with open_doors(house) as url, phone(url, one.client) as wang:
        await closing(house).close(support.actor, one.id)
        await until(lambda: any(body["space_id"] == one.id for body in wang.of("space:updated")))
