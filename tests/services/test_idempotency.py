"""Idempotency-Key (ruling 17): one effect, one answer, for 24 hours."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic import BaseModel
from pymongo.errors import DuplicateKeyError

from services.clock import utc_now
from services.errors import Problem
from services.idempotency import KEPT, LEASE, Idempotency, Intent
from services.ids import new_id
from services.keys import Vault
from services.storage.database import Database
from services.storage.indexes import apply
from tests.parts.databases import SettingsMaker

ROUTE = "POST /api/v1/orders"


class Answer(BaseModel):
    number: str


class Order(BaseModel):
    product: str = "a"


class World:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = utc_now()
        self.user = new_id()
        self.idempotency = Idempotency(database, Vault(database, {"m1": bytes(32)}), self.clock)

    def clock(self) -> datetime:
        return self.now

    def intent(
        self, key: str = "key-00001", body: BaseModel | None = None, user: str = "", route: str = ROUTE
    ) -> Intent:
        return Intent.of(user or self.user, route, key, body or Order())

    async def place(self, intent: Intent) -> Answer:
        """An effect that leaves a trace each time it is committed."""

        async def effect(session: Any) -> Answer:
            number = new_id()
            await self.database.raw.counters.insert_one({"_id": number, "user": self.user}, session=session)
            return Answer(number=number)

        return await self.idempotency.once(intent, Answer, effect)

    async def effects(self) -> int:
        return await self.database.raw.counters.count_documents({"user": self.user})


@pytest.fixture(scope="module")
async def database(make_settings: SettingsMaker) -> AsyncIterator[Database]:
    settings = make_settings()
    opened = Database(settings.mongo_uri.get_secret_value(), settings.mongo_database)
    await apply(opened)
    yield opened
    await opened.close()


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


async def problem(work: Any) -> str:
    with pytest.raises(Problem) as refused:
        await work
    return refused.value.code


async def test_a_repeat_gets_the_same_answer_and_has_no_effect(world: World) -> None:
    first = await world.place(world.intent())
    assert await world.place(world.intent()) == first
    assert await world.effects() == 1


async def test_twenty_at_once_have_one_effect_and_one_answer(world: World) -> None:
    answers = await asyncio.gather(*(world.place(world.intent()) for _ in range(20)))
    assert len({answer.number for answer in answers}) == 1
    assert await world.effects() == 1


async def test_another_body_user_route_or_key(world: World) -> None:
    first = await world.place(world.intent())
    assert await problem(world.place(world.intent(body=Order(product="b")))) == "idempotency.key_reused"
    other = [world.intent(user=new_id()), world.intent(route="POST /other"), world.intent(key="key-00002")]
    numbers = {(await world.place(intent)).number for intent in other}
    assert len(numbers | {first.number}) == 4


async def test_what_failed_may_be_tried_again(world: World) -> None:
    async def fails(session: Any) -> Answer:
        await world.database.raw.counters.insert_one({"_id": new_id(), "user": world.user}, session=session)
        raise Problem("order.need_invalid")

    assert await problem(world.idempotency.once(world.intent(), Answer, fails)) == "order.need_invalid"
    assert await world.effects() == 0
    await world.place(world.intent())
    assert await world.effects() == 1


async def test_a_double_key_of_the_effects_own_is_not_taken_for_a_repeat(world: World) -> None:
    await world.database.raw.counters.insert_one({"_id": f"taken {world.user}"})

    async def collides(session: Any) -> Answer:
        await world.database.raw.counters.insert_one({"_id": f"taken {world.user}"}, session=session)
        return Answer(number="never")

    with pytest.raises(DuplicateKeyError):
        await world.idempotency.once(world.intent(), Answer, collides)


async def test_a_lease_keeps_equal_requests_out_until_it_lapses(world: World) -> None:
    intent = world.intent()
    await world.idempotency.lease(intent)
    assert await problem(world.idempotency.lease(intent)) == "idempotency.running"
    assert await problem(world.idempotency.answer(intent, Answer)) == "idempotency.running"
    other_body = world.intent(body=Order(product="b"))
    assert await problem(world.idempotency.answer(other_body, Answer)) == "idempotency.key_reused"
    world.now += LEASE + timedelta(seconds=1)  # the process died
    assert await world.idempotency.answer(intent, Answer) is None
    await world.idempotency.lease(intent)


async def test_of_many_who_want_the_lease_one_gets_it(world: World) -> None:
    intent = world.intent()
    for round_ in range(3):
        outcomes = await asyncio.gather(*(world.idempotency.lease(intent) for _ in range(10)), return_exceptions=True)
        assert [outcome for outcome in outcomes if outcome is None] == [None], round_
        world.now += LEASE + timedelta(seconds=1)


async def test_a_released_lease_can_be_taken_at_once_and_an_answer_cannot_be_released(world: World) -> None:
    intent = world.intent()
    await world.idempotency.lease(intent)
    await world.idempotency.release(intent)
    await world.idempotency.lease(intent)

    async def commit(session: Any) -> None:
        await world.idempotency.commit(session, intent, Answer(number="1"))

    await world.database.transaction(commit)
    await world.idempotency.release(intent)
    assert await world.idempotency.answer(intent, Answer) == Answer(number="1")
    assert await problem(world.idempotency.lease(intent)) == "idempotency.running"
    with pytest.raises(DuplicateKeyError):
        await world.database.transaction(commit)


async def test_a_late_failure_does_not_give_back_the_lease_of_whoever_came_after(world: World) -> None:
    late = world.intent()
    await world.idempotency.lease(late)
    world.now += LEASE + timedelta(seconds=1)
    successor = replace(late, owner="the next attempt")
    await world.idempotency.lease(successor)
    await world.idempotency.release(late)
    assert await problem(world.idempotency.lease(world.intent())) == "idempotency.running"
    await world.idempotency.release(successor)
    await world.idempotency.lease(world.intent())


async def test_answers_are_sealed_and_forgotten_after_a_day(world: World) -> None:
    """K2."""
    answer = await world.place(world.intent())
    stored = await world.database.idempotency.find_one({"_id": world.intent().id})
    assert stored is not None
    assert answer.number.encode() not in stored["answer"]
    assert stored["expires_at"] == world.now + KEPT
    assert timedelta(hours=24) == KEPT
