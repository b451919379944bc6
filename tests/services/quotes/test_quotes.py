"""Quotes from the space: offered, accepted, paid; declined, withdrawn, lapsed; every step on one card (E2, A3)."""

import asyncio

from schemas.api.base import PageQuery
from schemas.api.orders import OrderView, RefundBody
from schemas.api.payments import PaymentView
from schemas.api.quotes import QuoteAcceptBody, QuoteBody, QuoteDeclineBody, QuoteItem, QuoteView
from schemas.enums import CouponState, OrderStatus, PaymentState, QuoteState
from services.actors import Actor
from services.errors import Problem
from services.ids import new_id
from services.ledger.accounts import Kind, account
from tests.refusals import refused
from tests.services.orders_world import JSAPI, World, intent

OFFER = QuoteBody(
    items=[QuoteItem(title="起草律师函", amount_fen=300_00), QuoteItem(title="出庭一次", amount_fen=500_00)],
    scope="起草并寄送律师函，一次；代理出庭一次。不含差旅。",
)
SUM = 800_00


async def served(world: World) -> tuple[OrderView, Actor, Actor]:
    """An order in service with its client and lawyer."""
    lawyer, _ = await world.office()
    client = await world.client()
    order = await world.paid(client)
    await world.work()
    await world.orders.accept(lawyer, order.id)
    await world.work()
    return order, client, lawyer


async def offer(world: World, lawyer: Actor, order: OrderView, body: QuoteBody = OFFER) -> QuoteView:
    view = await world.shop.quotes.offer(lawyer, order.space_id or "", body, intent(lawyer, "quotes", body))
    await world.work()
    return view


async def accept(
    world: World, client: Actor, quote_id: str, fen: int = SUM, coupons: tuple[str, ...] = ()
) -> QuoteView:
    view = await world.shop.quotes.accept(client, quote_id, QuoteAcceptBody(amount_fen=fen, coupon_ids=list(coupons)))
    await world.work()
    return view


async def start(world: World, client: Actor, quote_id: str) -> PaymentView:
    return await world.shop.quotes.pay(client, quote_id, JSAPI, intent(client, f"quote {quote_id}", JSAPI))


async def pay(world: World, client: Actor, quote_id: str) -> PaymentView:
    view = await start(world, client, quote_id)
    await world.pay(view.out_trade_no)
    await world.payments.notify(*await world.notice(view.out_trade_no))
    await world.work()
    return view


async def card_states(world: World, order: OrderView) -> list[str]:
    """The quote's card and all its later states, in the order of the record."""
    entries = await world.entries(order.space_id or "")
    (seq,) = [at for at, entry in enumerate(entries, 1) if entry.get("kind") == "quote"]
    later = [entry["state"] for entry in entries if entry["type"] == "card_update" and entry["seq"] == seq]
    return [entries[seq - 1]["state"], *later]


async def test_from_the_offer_to_the_money_in_the_space(world: World) -> None:
    order, client, lawyer = await served(world)
    quote = await offer(world, lawyer, order)
    assert (quote.state, quote.price.payable_fen, quote.actions) == (QuoteState.OFFERED, SUM, ["withdraw"])
    (card,) = await world.cards(order.space_id or "", "quote")
    assert (card["title"], card["amount_fen"]) == ("报价：起草律师函等 2 项", SUM)
    seen = await world.shop.quotes.get(client, quote.id)
    assert (seen.actions, seen.scope, len(seen.items)) == (["accept", "decline"], OFFER.scope, 2)
    assert (await accept(world, client, quote.id)).actions == ["pay", "decline"]
    paid = await pay(world, client, quote.id)
    assert (paid.subject.kind, paid.order_id, paid.amount_fen) == ("quote", order.id, SUM)
    assert (await world.shop.quotes.get(client, quote.id)).state is QuoteState.PAID
    assert await card_states(world, order) == ["offered", "accepted", "paid"]
    assert [one["amount_fen"] for one in await world.cards(order.space_id or "", "payment")] == [order.payable_fen, SUM]
    # the order itself goes on as it was, and holds both
    assert (await world.stored(order.id))["status"] == OrderStatus.IN_SERVICE
    assert await world.ledger.balance(account(Kind.ORDER, order.id)) == -(order.payable_fen + SUM)
    assert (await world.told(client)).count("quote_offered") == 1
    assert (await world.told(lawyer)).count("quote_answered") == 2
    assert await world.audited(quote.id) == ["quote.offered", "quote.accepted", "quote.paid"]


async def test_what_it_says_is_sealed(world: World) -> None:
    order, _, lawyer = await served(world)
    quote = await offer(world, lawyer, order)
    stored = await world.database.raw.quotes.find_one({"_id": quote.id})
    assert "律师函" not in str(stored)


async def test_effects_run_twice_show_one_card_each(world: World) -> None:
    order, client, lawyer = await served(world)
    quote = await offer(world, lawyer, order)
    await accept(world, client, quote.id)
    await pay(world, client, quote.id)
    before = await world.entries(order.space_id or "")
    for kind in ("quote.offered", "quote.accepted", "quote.paid"):
        await world.repeat(order.id, kind)
    assert await world.entries(order.space_id or "") == before


async def test_it_is_accepted_as_it_was_read_and_once(world: World) -> None:
    order, client, lawyer = await served(world)
    quote = await offer(world, lawyer, order)
    assert await refused(accept(world, client, quote.id, SUM - 1)) == "order.price_changed"
    both = [world.shop.quotes.accept(client, quote.id, QuoteAcceptBody(amount_fen=SUM)) for _ in range(4)]
    outcomes = await asyncio.gather(*both, return_exceptions=True)
    assert [one.code for one in outcomes if isinstance(one, Problem)] == ["quote.wrong_state"] * 3
    assert await refused(start(world, client, new_id())) == "quote.not_found"


async def test_coupons_of_their_own_kind_make_it_cheaper_and_come_back_when_it_lapses(world: World) -> None:
    order, client, lawyer = await served(world)
    wrong = await world.shop.coupon(client, 50_00)
    right = await world.shop.coupon(client, 50_00, terms={"uses": ["quote"]})
    quote = await offer(world, lawyer, order)
    assert await refused(accept(world, client, quote.id, coupons=(wrong.id,))) == "order.coupon_invalid"
    accepted = await accept(world, client, quote.id, coupons=(right.id,))
    assert accepted.price.payable_fen == SUM - 50_00
    open_payment = await start(world, client, quote.id)
    assert open_payment.amount_fen == SUM - 50_00
    world.clock.forward(hours=73)
    await world.shop.quote_watch.tick()
    await world.work()
    assert await card_states(world, order) == ["offered", "accepted", "lapsed"]
    payment = await world.database.payments.find_one({"_id": open_payment.payment_id})
    coupon = await world.database.coupons.find_one({"_id": right.id})
    assert payment is not None
    assert coupon is not None
    assert (payment["state"], coupon["state"]) == (PaymentState.CLOSED, CouponState.AVAILABLE)
    assert await refused(start(world, client, quote.id)) == "quote.wrong_state"
    await world.shop.quote_watch.tick()
    assert (await world.shop.quotes.get(client, quote.id)).state is QuoteState.LAPSED  # its card promises nothing


async def test_a_quote_that_was_paid_just_in_time_does_not_lapse(world: World) -> None:
    order, client, lawyer = await served(world)
    quote = await offer(world, lawyer, order)
    await accept(world, client, quote.id)
    view = await start(world, client, quote.id)
    await world.pay(view.out_trade_no)  # the notice is lost
    world.clock.forward(hours=73)
    await world.shop.quote_watch.tick()
    await world.work()
    assert await card_states(world, order) == ["offered", "accepted", "paid"]


async def test_money_for_a_quote_that_was_declined_meanwhile_goes_back(world: World) -> None:
    order, client, lawyer = await served(world)
    quote = await offer(world, lawyer, order)
    await accept(world, client, quote.id)
    view = await start(world, client, quote.id)
    await world.pay(view.out_trade_no)
    await world.shop.quotes.decline(client, quote.id, QuoteDeclineBody(reason="想先自己谈"))
    await world.payments.notify(*await world.notice(view.out_trade_no))
    await world.work()
    payment = await world.database.payments.find_one({"_id": view.payment_id})
    assert payment is not None
    assert payment["state"] == PaymentState.STRAY
    (refund,) = await world.database.refunds.find({"payment_id": view.payment_id}).to_list()
    assert (refund["amount_fen"], refund.get("stray")) == (SUM, True)
    shown = await world.shop.quotes.get(lawyer, quote.id)
    assert (shown.state, shown.decline_reason) == (QuoteState.DECLINED, "想先自己谈")


async def test_what_a_coupon_covers_wholly_needs_no_payment(world: World) -> None:
    order, client, lawyer = await served(world)
    coupon = await world.shop.coupon(client, 900_00, terms={"uses": ["quote"]})
    quote = await offer(world, lawyer, order)
    await accept(world, client, quote.id, coupons=(coupon.id,))
    assert (await world.shop.quotes.get(client, quote.id)).state is QuoteState.PAID
    assert await world.ledger.balance(account(Kind.ORDER, order.id)) == -(order.payable_fen + SUM)


async def test_everybody_does_only_what_is_theirs(world: World) -> None:
    order, client, lawyer = await served(world)
    stranger = await world.client()
    assert await refused(offer(world, client, order)) == "auth.forbidden"
    assert await refused(offer(world, stranger, order)) == "space.not_found"
    quote = await offer(world, lawyer, order)
    assert await refused(accept(world, lawyer, quote.id)) == "auth.forbidden"
    assert await refused(accept(world, stranger, quote.id)) == "quote.not_found"
    assert await refused(start(world, lawyer, quote.id)) == "auth.forbidden"
    assert await refused(world.shop.quotes.withdraw(client, quote.id)) == "auth.forbidden"
    assert await refused(world.shop.quotes.get(stranger, quote.id)) == "quote.not_found"
    assert await refused(start(world, client, quote.id)) == "quote.wrong_state"  # it is not accepted yet
    assert (await world.shop.quotes.withdraw(lawyer, quote.id)).state is QuoteState.WITHDRAWN
    assert await refused(accept(world, client, quote.id)) == "quote.wrong_state"


async def test_no_quote_before_the_space_nor_after_the_service(world: World) -> None:
    order, client, lawyer = await served(world)
    await world.database.orders.update_one({"_id": order.id}, {"$set": {"status": "confirmed"}})
    assert await refused(offer(world, lawyer, order)) == "order.wrong_state"
    await world.database.orders.update_one({"_id": order.id}, {"$set": {"status": "in_service"}})
    quote = await offer(world, lawyer, order)
    await world.database.orders.update_one({"_id": order.id}, {"$set": {"status": "refunded"}})
    assert await refused(accept(world, client, quote.id)) == "order.wrong_state"


async def test_the_same_offer_twice_is_one(world: World) -> None:
    order, _, lawyer = await served(world)
    key = intent(lawyer, "quotes", OFFER)
    first = await world.shop.quotes.offer(lawyer, order.space_id or "", OFFER, key)
    assert await world.shop.quotes.offer(lawyer, order.space_id or "", OFFER, key) == first
    assert len((await world.shop.quotes.of_space(lawyer, order.space_id or "", PageQuery())).items) == 1


async def test_nobody_is_asked_to_pay_for_an_order_that_has_ended(world: World) -> None:
    order, client, lawyer = await served(world)
    quote = await offer(world, lawyer, order)
    await accept(world, client, quote.id)
    body = RefundBody(amount_fen=None, reason="不需要了")
    await world.refunds.request(client, order.id, body, intent(client, "refunds", body))
    await world.work()
    await world.settle_refunds()
    await world.work()
    assert (await world.orders.get(client, order.id)).status is OrderStatus.REFUNDED
    assert await refused(start(world, client, quote.id)) == "quote.wrong_state"
