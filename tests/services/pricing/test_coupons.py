"""Coupons through their life: issued, reserved with an order, used up by its payment or given back; once only (E2)."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

from schemas.api.orders import CancelBody
from schemas.api.pricing import ClaimBody, CodesBody, CouponsQuery, IssueBody, PriceQuery
from schemas.enums import CouponState, OrderStatus, Role
from services.errors import Problem
from services.ids import new_id
from services.ledger.accounts import COUPONS, Kind, account
from services.pricing.coupon_codes import new_code, normal
from tests.refusals import refused
from tests.services.orders_world import World
from tests.services.shop import OPS

PRICE = 49_00  # of the demo office's consultation


async def state(world: World, coupon_id: str) -> str:
    coupon = await world.database.coupons.find_one({"_id": coupon_id})
    assert coupon is not None
    return coupon["state"]


# --- getting one


async def test_the_limits_hold_for_everybody_at_once(world: World) -> None:
    definition = await world.shop.define(total_limit=5, per_user_limit=1)
    clients = [await world.person(Role.CLIENT) for _ in range(4)]
    claim = ClaimBody(definition_id=definition)
    # each of four tries three times at once: one each
    tries = [world.shop.coupons.claim(client, claim) for client in clients for _ in range(3)]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(not isinstance(one, BaseException) for one in outcomes) == 4
    assert {one.code for one in outcomes if isinstance(one, Problem)} == {"coupon.limit_reached"}
    # and with one left, three more people: one gets it
    late = [await world.person(Role.CLIENT) for _ in range(3)]
    outcomes = await asyncio.gather(*[world.shop.coupons.claim(one, claim) for one in late], return_exceptions=True)
    assert sorted(one.code for one in outcomes if isinstance(one, Problem)) == ["coupon.none_left"] * 2
    stored = await world.database.coupon_definitions.find_one({"_id": definition})
    assert stored is not None
    assert stored["issued"] == await world.database.coupons.count_documents({"definition_id": definition}) == 5


async def test_a_code_gives_one_coupon_once_however_it_is_typed(world: World) -> None:
    definition = await world.shop.define(claimable=False)
    (code,) = (await world.shop.coupons.codes(OPS, definition, CodesBody(count=1))).codes
    clients = [await world.person(Role.CLIENT) for _ in range(5)]
    typed = ClaimBody(code=f" {code.lower().replace('-', ' ')} ")
    outcomes = await asyncio.gather(*[world.shop.coupons.claim(one, typed) for one in clients], return_exceptions=True)
    assert [one.code for one in outcomes if isinstance(one, Problem)] == ["coupon.not_found"] * 4
    stored = await world.database.coupon_codes.find_one({"definition_id": definition})
    assert stored is not None
    assert normal(code) not in str(stored)
    # what is not offered to everybody cannot be claimed by its id
    assert (
        await refused(world.shop.coupons.claim(clients[0], ClaimBody(definition_id=definition))) == "coupon.not_found"
    )


def test_codes_forgive_what_people_misread() -> None:
    assert normal("o1li-") == "0111"
    assert len({new_code() for _ in range(100)}) == 100


async def test_staff_issue_to_people_and_hear_who_was_passed_over(world: World) -> None:
    definition = await world.shop.define(claimable=False, per_user_limit=1)
    client, lawyer = await world.person(Role.CLIENT), await world.person(Role.LAWYER)
    people = IssueBody(user_ids=[client.user_id, client.user_id, lawyer.user_id])
    issued = await world.shop.coupons.issue(OPS, definition, people)
    assert (issued.issued, issued.refused) == (1, [client.user_id, lawyer.user_id])
    await world.shop.coupons.close(OPS, definition)
    assert await refused(world.shop.coupons.issue(OPS, definition, people)) == "coupon.not_found"


async def test_a_coupon_lives_its_days_but_not_longer_than_its_definition(world: World) -> None:
    client = await world.person(Role.CLIENT)
    week = await world.shop.coupon(client, valid_days=7)
    assert week.valid_until - week.valid_from == timedelta(days=7)
    month = await world.shop.coupon(client, valid_days=90)
    assert month.valid_until - month.valid_from <= timedelta(days=30)


async def test_the_wallet_says_what_each_saves_there_or_why_not(world: World) -> None:
    client = await world.client()
    small, large = await world.shop.coupon(client, 5_00), await world.shop.coupon(client, 20_00)
    other = await world.shop.coupon(client, 30_00, terms={"products": ["contract_review"]})
    query = CouponsQuery(product_id=world.product_ids["consultation"])
    shown = (await world.shop.wallet.mine(client, query)).items
    assert [(one.id, one.saving_fen) for one in shown[:2]] == [(large.id, 20_00), (small.id, 5_00)]
    assert (shown[2].id, shown[2].saving_fen, shown[2].unfit) == (other.id, None, "优惠券不适用于这项服务")
    assert (await world.shop.wallet.mine(await world.client(), query)).items == []


# --- using one


async def test_an_order_reserves_the_payment_uses_up_and_the_ledger_shows_the_whole_price(world: World) -> None:
    client = await world.client()
    coupon = await world.shop.coupon(client, 10_00)
    preview = PriceQuery(product_id=world.product_ids["consultation"], coupon_ids=[coupon.id])
    assert (await world.shop.pricing.preview(client, preview)).payable_fen == PRICE - 10_00
    order = await world.paid(client, coupon_id=coupon.id, payable_fen=PRICE - 10_00)
    assert (order.status, order.amount_fen, order.payable_fen) == (OrderStatus.PAID, PRICE, PRICE - 10_00)
    assert [(one.title, one.fen) for one in order.price.coupons] == [("新人券", 10_00)]
    assert await state(world, coupon.id) == CouponState.REDEEMED
    posted = await world.database.ledger.find_one({"order_id": order.id})
    assert posted is not None
    lines = {line["account"]: line["fen"] for line in posted["lines"]}
    assert lines[COUPONS] == 10_00
    assert lines[account(Kind.ORDER, order.id)] == -PRICE
    assert sum(lines.values()) == 0


async def test_one_coupon_in_fifty_orders_at_once_is_used_in_one(world: World) -> None:
    client = await world.client()
    coupon = await world.shop.coupon(client)
    outcomes = await asyncio.gather(
        *[world.place(client, coupon_id=coupon.id) for _ in range(50)], return_exceptions=True
    )
    assert {one.code for one in outcomes if isinstance(one, Problem)} == {"order.coupon_invalid"}
    (placed,) = [one for one in outcomes if not isinstance(one, BaseException)]
    # nothing of the other 49 was stored
    assert await world.database.orders.count_documents({"client_id": client.user_id}) == 1
    stored = await world.database.coupons.find_one({"_id": coupon.id})
    assert stored is not None
    assert (stored["state"], stored.get("used_for")) == ("reserved", {"kind": "order", "id": placed.id})


async def test_orders_without_coupons_in_the_same_batch_are_not_hurt(world: World) -> None:
    client, other = await world.client(), await world.client()
    coupon = await world.shop.coupon(client)
    placing: list[Awaitable[Any]] = [world.place(client, coupon_id=coupon.id) for _ in range(5)]
    placing += [world.place(other) for _ in range(5)]
    outcomes = await asyncio.gather(*placing, return_exceptions=True)
    assert sum(isinstance(one, Problem) for one in outcomes[:5]) == 4
    assert not [one for one in outcomes[5:] if isinstance(one, BaseException)]


async def test_a_cancelled_order_gives_its_coupon_back(world: World) -> None:
    client = await world.client()
    coupon = await world.shop.coupon(client)
    order = await world.place(client, coupon_ids=[coupon.id])
    assert await refused(world.place(client, coupon_ids=[coupon.id])) == "order.coupon_invalid"
    await world.orders.cancel(client, order.id, CancelBody())
    assert await state(world, coupon.id) == CouponState.AVAILABLE
    await world.place(client, coupon_ids=[coupon.id])


async def test_an_order_that_nobody_pays_gives_its_coupon_back(world: World) -> None:
    client = await world.client()
    coupon = await world.shop.coupon(client)
    order = await world.place(client, coupon_ids=[coupon.id])
    await world.start(client, order.id)
    world.clock.forward(hours=25)
    await world.payments.tick()
    assert (await world.stored(order.id))["status"] == OrderStatus.CANCELLED
    assert await state(world, coupon.id) == CouponState.AVAILABLE


async def test_nobody_uses_what_is_not_theirs_or_not_valid(world: World) -> None:
    client, thief = await world.client(), await world.client()
    coupon = await world.shop.coupon(client, valid_days=1)
    assert await refused(world.place(thief, coupon_id=coupon.id)) == "order.coupon_invalid"
    assert await refused(world.place(client, coupon_id=new_id())) == "order.coupon_invalid"
    world.clock.forward(days=2)
    assert await refused(world.place(client, coupon_id=coupon.id)) == "order.coupon_invalid"


async def test_a_price_that_changed_since_it_was_shown_orders_nothing(world: World) -> None:
    client = await world.client()
    assert await refused(world.place(client, payable_fen=PRICE - 1)) == "order.price_changed"
    assert await world.database.orders.count_documents({"client_id": client.user_id}) == 0


async def test_what_a_coupon_covers_wholly_is_paid_without_wechat(world: World) -> None:
    await world.office()
    client = await world.client()
    coupon = await world.shop.coupon(client, 100_00)
    order = await world.place(client, coupon_id=coupon.id)
    assert (order.payable_fen, order.status) == (0, OrderStatus.AWAITING_PAYMENT)
    assert await refused(world.start(client, order.id)) == "payment.not_needed"
    await world.work()
    paid = await world.orders.get(client, order.id)
    assert paid.status is OrderStatus.ASSIGNED
    assert await state(world, coupon.id) == CouponState.REDEEMED
    payment = await world.payment(order.id)
    assert (payment["method"], payment["amount_fen"], payment["state"]) == ("nothing", 0, "succeeded")
    rows = await world.database.outbox.find({"kind": "payment.nothing", "payload.id": order.id}).to_list()
    await world.effects["payment.nothing"](rows[0])  # again, as after a kill
    assert await world.database.payments.count_documents({"subject.id": order.id}) == 1


async def test_a_free_order_that_was_cancelled_first_stays_cancelled(world: World) -> None:
    client = await world.client()
    coupon = await world.shop.coupon(client, 100_00)
    order = await world.place(client, coupon_id=coupon.id)
    await world.orders.cancel(client, order.id, CancelBody())
    await world.work()
    assert (await world.stored(order.id))["status"] == OrderStatus.CANCELLED
    assert await state(world, coupon.id) == CouponState.AVAILABLE
