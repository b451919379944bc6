"""Who may put up how much, and that nobody takes what they gave (E2)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest_asyncio

from schemas.api.pricing import (
    ClaimBody,
    CodesBody,
    CouponDefinitionBody,
    CouponDefinitionView,
    DiscountBody,
    IssueBody,
    PriceQuery,
    SubsidyBody,
    TermsBody,
)
from schemas.enums import DiscountKind, Role
from services.actors import Actor
from services.ids import new_id
from services.pricing.campaigns import WAITING
from tests.refusals import refused
from tests.services.orders_world import World

ALONE = 1_000_00  # of the world's shop


@pytest_asyncio.fixture(loop_scope="session")
async def world(opened: World) -> AsyncIterator[World]:
    yield opened


async def define(world: World, actor: Actor, off_fen: int, total: int | None) -> CouponDefinitionView:
    now = world.clock()
    body = CouponDefinitionBody(
        code=f"c-{new_id()}",
        title="周年券",
        terms=TermsBody(kind=DiscountKind.FIXED, off_fen=off_fen),
        valid_from=now - timedelta(days=1),
        valid_until=now + timedelta(days=30),
        claimable=True,
        total_limit=total,
    )
    return await world.shop.coupons.define(actor, body)


async def subsidise(world: World, actor: Actor, budget_fen: int | None, code: str) -> Any:
    now = world.clock()
    body = SubsidyBody(
        code=code,
        title="平台补贴",
        discount=DiscountBody(kind=DiscountKind.FIXED, off_fen=1_00),
        valid_from=now - timedelta(days=1),
        valid_until=now + timedelta(days=30),
        budget_fen=budget_fen,
    )
    return await world.shop.subsidies.put(actor, body)


async def waiting(world: World) -> set[str]:
    return {item["subject"] for item in await world.work_items.list() if item["kind"] == WAITING}


async def test_what_is_large_waits_for_another_person(world: World) -> None:
    first, second, client = await world.person(Role.OPS), await world.person(Role.OPS), await world.client()
    coupons = world.shop.coupons
    for total in (None, 101):
        large = await define(world, first, 10_00, total)
        assert (large.waiting, large.most_fen) == (True, total and 10_00 * total)
        assert large.id in await waiting(world)
        assert await refused(coupons.issue(first, large.id, IssueBody(user_ids=[client.user_id]))) == "campaign.waiting"
        assert await refused(coupons.codes(first, large.id, CodesBody(count=1))) == "campaign.waiting"
        assert await refused(coupons.claim(client, ClaimBody(definition_id=large.id))) == "coupon.not_found"
        assert large.id not in [one.definition_id for one in (await world.shop.wallet.offers(client)).items]
        assert await refused(coupons.approve(first, large.id)) == "campaign.same_person"
        assert (await coupons.approve(second, large.id)).waiting is False
        assert await refused(coupons.approve(second, large.id)) == "campaign.not_waiting"
        assert large.id not in await waiting(world)
        await coupons.claim(client, ClaimBody(definition_id=large.id))
    turned_down = await define(world, first, 10_00, None)
    await coupons.close(second, turned_down.id)
    assert turned_down.id not in await waiting(world)


async def test_many_small_ones_are_a_large_one(world: World) -> None:
    """Also when they come at once, coupons and subsidies together; a month later it begins anew."""
    first = await world.person(Role.OPS)
    made = await asyncio.gather(*[define(world, first, 10_00, 30) for _ in range(5)])
    assert sorted(one.waiting for one in made) == [False, False, False, True, True]
    assert (await subsidise(world, first, 100_00, f"s-{new_id()}")).waiting is False, "900 + 100 are within"
    assert (await subsidise(world, first, 1, f"s-{new_id()}")).waiting is True
    assert (await define(world, await world.person(Role.OPS), 10_00, 100)).waiting is False
    world.clock.forward(days=31)
    assert (await define(world, first, 10_00, 100)).waiting is False
    await world.shop.no_subsidies()


async def test_a_subsidy_runs_on_until_its_next_version_is_approved(world: World) -> None:
    first, second = await world.person(Role.OPS), await world.person(Role.OPS)
    code, client = f"s-{new_id()}", await world.client()
    old = await subsidise(world, first, 100_00, code)
    replaced = await subsidise(world, first, None, code)
    new = await subsidise(world, first, ALONE + 1, code)
    running = [rule["_id"] for rule in await world.shop.subsidies.open_to(client.user_id, fresh=True)]
    assert (old.id in running, new.id in running, await waiting(world) >= {new.id}) == (True, False, True)
    assert replaced.id not in await waiting(world), "the newer one takes its place"
    assert await refused(world.shop.subsidies.approve(first, new.id)) == "campaign.same_person"
    await world.shop.subsidies.approve(second, new.id)
    running = [rule["_id"] for rule in await world.shop.subsidies.open_to(client.user_id, fresh=True)]
    assert (old.id in running, new.id in running) == (False, True)
    await world.shop.no_subsidies()


async def test_nobody_takes_what_they_gave(world: World) -> None:
    """Staff who are clients, too: no coupon that they defined, approved or coded, and no subsidy of theirs."""
    first, second = [await world.person(Role.OPS, Role.CLIENT) for _ in range(2)]
    coupons, client = world.shop.coupons, await world.client()
    own = await define(world, first, 10_00, 3)
    assert await refused(coupons.claim(first, ClaimBody(definition_id=own.id))) == "campaign.own"
    given = await coupons.issue(second, own.id, IssueBody(user_ids=[first.user_id, second.user_id, client.user_id]))
    assert (given.issued, given.refused) == (1, [first.user_id, second.user_id])
    (code,) = (await coupons.codes(second, own.id, CodesBody(count=1))).codes
    assert await refused(coupons.claim(second, ClaimBody(code=code))) == "campaign.own"
    large = await define(world, first, 10_00, None)
    await coupons.approve(second, large.id)
    assert await refused(coupons.claim(second, ClaimBody(definition_id=large.id))) == "campaign.own"

    await subsidise(world, first, 100_00, f"s-{new_id()}")
    asked = PriceQuery(product_id=next(iter(world.product_ids.values())))
    assert (await world.shop.pricing.preview(client, asked)).subsidy is not None
    assert (await world.shop.pricing.preview(first, asked)).subsidy is None
    await world.shop.no_subsidies()
