"""Refunds of an order that was paid by more than one payment, or by none (C5, E1, E2)."""

import asyncio

import pytest

from schemas.api.disputes import DisputeBody, DisputeDecisionBody
from schemas.api.orders import OrderView, RefundBody
from schemas.documents.orders import PaymentDocument
from schemas.enums import DisputeKind, DisputeOutcome, OrderStatus, Role
from services.actors import Actor
from services.errors import Problem
from services.ledger import accounts
from services.ledger.accounts import Kind, account
from services.payments.refund_asking import shares
from tests.services.orders_world import World, intent
from tests.services.quotes.test_quotes import SUM, accept, offer, pay, served


async def quoted(world: World) -> tuple[OrderView, Actor, Actor]:
    """An order in service, with a quote that was paid as well."""
    order, client, lawyer = await served(world)
    quote = await offer(world, lawyer, order)
    await accept(world, client, quote.id)
    await pay(world, client, quote.id)
    return await world.orders.get(client, order.id), client, lawyer


async def ask(world: World, client: Actor, order: OrderView, fen: int | None = None) -> OrderView:
    body = RefundBody(amount_fen=fen, reason="不需要了")
    view = await world.refunds.request(client, order.id, body, intent(client, "refund", body))
    await world.work()
    return view


async def test_all_that_was_paid_goes_back_and_nothing_is_left_in_the_books(world: World) -> None:
    order, client, _ = await quoted(world)
    assert order.refundable_fen == order.payable_fen + SUM
    await ask(world, client, order)
    await world.settle_refunds()
    await world.work()
    shown = await world.orders.get(client, order.id)
    assert shown.status is OrderStatus.REFUNDED
    assert sorted(refund.amount_fen for refund in shown.refunds) == sorted([order.payable_fen, SUM])
    assert shown.refundable_fen == 0
    assert await world.ledger.balance(account(Kind.ORDER, order.id)) == 0
    (card,) = await world.cards(order.space_id or "", "refund")
    assert card["amount_fen"] == order.payable_fen + SUM  # one card, for all of it
    assert (await world.told(client)).count("order_refunded") == 1


async def test_a_part_is_taken_of_the_order_first_and_the_order_goes_on(world: World) -> None:
    order, client, _ = await quoted(world)
    await ask(world, client, order, order.payable_fen + 100)
    await world.settle_refunds()
    await world.work()
    shown = await world.orders.get(client, order.id)
    assert shown.status is OrderStatus.IN_SERVICE
    assert sorted(refund.amount_fen for refund in shown.refunds) == sorted([order.payable_fen, 100])
    assert await world.ledger.balance(account(Kind.ORDER, order.id)) == -(SUM - 100)
    await ask(world, client, order)
    await world.settle_refunds()
    await world.work()
    assert (await world.orders.get(client, order.id)).status is OrderStatus.REFUNDED


async def test_two_refunds_that_end_at_once_move_the_order_once(world: World) -> None:
    order, client, _ = await quoted(world)
    await ask(world, client, order)
    together = await world.database.refunds.find({"order_id": order.id}).to_list()
    assert len({refund["group"] for refund in together}) == 1
    for _ in range(200):
        answers = [await world.pay_client.query_refund(refund["out_refund_no"]) for refund in together]
        if all(answer.status == "SUCCESS" for answer in answers):
            break
        await asyncio.sleep(0.05)
    settling = world.refunds._settling
    await asyncio.gather(*(settling.settle(answer) for answer in answers for _ in range(2)))
    await world.work()
    shown = await world.orders.get(client, order.id)
    assert shown.status is OrderStatus.REFUNDED
    assert [step.status for step in shown.steps].count(OrderStatus.REFUNDED) == 1


async def test_what_coupons_paid_wholly_can_be_given_up(world: World) -> None:
    await world.shop.no_subsidies()
    client = await world.client()
    coupon = await world.shop.coupon(client, 1_000_00)
    order = await world.place(client, coupon_ids=[coupon.id])
    await world.work()
    paid = await world.orders.get(client, order.id)
    assert (paid.payable_fen, paid.status is OrderStatus.AWAITING_PAYMENT) == (0, False)
    before = await world.ledger.balance(accounts.COUPONS)
    await ask(world, client, paid)
    await world.settle_refunds()
    await world.work()
    assert (await world.orders.get(client, order.id)).status is OrderStatus.REFUNDED
    assert await world.ledger.balance(account(Kind.ORDER, order.id)) == 0
    assert before - await world.ledger.balance(accounts.COUPONS) == paid.amount_fen


async def test_a_compensation_on_its_way_and_a_refund_exclude_each_other(world: World) -> None:
    order, client, _ = await quoted(world)
    support = await world.person(Role.SUPPORT)
    body = DisputeBody(kind=DisputeKind.COMPLAINT, reason="不满意")
    dispute = await world.disputes.open(client, order.id, body, intent(client, "disputes", body))
    decision = DisputeDecisionBody(outcome=DisputeOutcome.COMPENSATION, amount_fen=100, reason="补偿")
    await world.disputes.decide(support, dispute.id, decision)
    with pytest.raises(Problem, match=r"order\.wrong_state"):
        await ask(world, client, order)
    await world.work()
    await world.settle_refunds()
    await world.work()
    await ask(world, client, order)
    await world.settle_refunds()
    await world.work()
    assert (await world.orders.get(client, order.id)).status is OrderStatus.REFUNDED
    assert await world.ledger.balance(account(Kind.ORDER, order.id)) == 0


def test_shares() -> None:
    first, second = PaymentDocument(_id="a"), PaymentDocument(_id="b")  # type: ignore[typeddict-item]
    remaining = [(first, 100), (second, 50)]
    assert shares(remaining, 150) == remaining
    assert shares(remaining, 100) == [(first, 100)]
    assert shares(remaining, 120) == [(first, 100), (second, 20)]
    assert shares([(first, 0), (second, 50)], 20) == [(second, 20)]
    assert shares([(first, 0)], 0) == [(first, 0)]
