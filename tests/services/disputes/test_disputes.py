"""Disputes through the real services, mongod and the sandbox: asked, argued, decided, paid, posted (C5, E1, H6)."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from schemas.api.disputes import DisputeBody, DisputeDecisionBody, DisputesQuery, DisputeView, StatementBody
from schemas.api.orders import DeliverBody, OrderView, RefundBody, ReviewBody
from schemas.enums import DisputeKind, DisputeOutcome, DisputeState, OrderStatus, RefundState, Role
from services.actors import Actor
from services.errors import Problem
from services.ids import new_id
from services.ledger import accounts
from services.ledger.accounts import Kind, account
from services.payments.refund_asking import new_refund
from tests.refusals import refused
from tests.services.orders_world import World, intent


@pytest_asyncio.fixture(loop_scope="session")
async def world(opened: World) -> AsyncIterator[World]:
    opened.clock.ahead *= 0
    opened.faults.clear()
    yield opened


async def delivered(world: World, client: Actor) -> tuple[OrderView, Actor]:
    order, lawyer = await world.served(client)
    await world.orders.deliver(lawyer, order.id, DeliverBody(summary="答复如下。"))
    await world.work()
    return await world.orders.get(client, order.id), lawyer


async def ask(world: World, client: Actor, order: OrderView, fen: int | None = None) -> DisputeView:
    body = DisputeBody(kind=DisputeKind.REFUND, reason="答复没有回答我的问题", amount_fen=fen)
    view = await world.disputes.open(client, order.id, body, intent(client, "disputes", body))
    await world.work()
    return view


async def decide(world: World, actor: Actor, dispute: DisputeView, outcome: str, fen: int | None = None) -> DisputeView:
    body = DisputeDecisionBody(outcome=DisputeOutcome(outcome), amount_fen=fen, reason="经核实")
    view = await world.disputes.decide(actor, dispute.id, body)
    await world.work()
    return view


async def items(world: World, dispute: DisputeView) -> list[str]:
    found = await world.database.work_items.find({"subject": f"dispute:{dispute.id}"}).to_list()
    return [item["state"] for item in found]


async def test_what_was_handed_over_goes_back_by_a_persons_decision(world: World) -> None:
    client = await world.client()
    order, lawyer = await delivered(world, client)
    body = RefundBody(reason="不满意")
    at_once = world.refunds.request(client, order.id, body, intent(client, "refund", body))
    assert await refused(at_once) == "order.wrong_state"
    dispute = await ask(world, client, order, 1_000)
    assert (dispute.state, dispute.wanted_fen) == (DisputeState.OPEN, 1_000)
    (card,) = await world.cards(order.space_id or "", "dispute")
    assert (card["state"], card["amount_fen"]) == ("open", 1_000)
    assert await items(world, dispute) == ["open"]
    assert "dispute_opened" in await world.told(lawyer)
    await world.disputes.state(lawyer, dispute.id, StatementBody(text="已按约答复。"))
    support = await world.person(Role.SUPPORT)
    decided = await decide(world, support, dispute, "refund", 1_000)
    assert decided.state is DisputeState.DECIDED
    await world.settle_refunds()
    await world.work()
    shown = await world.orders.get(client, order.id)
    assert shown.status is OrderStatus.DELIVERED  # a part went back, the service stands
    assert [refund.state for refund in shown.refunds] == [RefundState.SUCCEEDED]
    assert await items(world, dispute) == ["done"]
    assert "dispute_decided" in await world.told(client)
    told = await world.database.notices.find_one({"user_id": client.user_id, "kind": "dispute_decided"})
    assert told is not None
    assert told["link"] == f"/orders/{order.id}/disputes"
    updates = [entry["state"] for entry in await world.entries(order.space_id or "") if entry["type"] == "card_update"]
    assert "refund" in updates
    assert (await world.disputes.get(client, dispute.id)).statements[0].text == "已按约答复。"


async def test_after_the_cooling_off_a_person_decides_and_before_it_nobody_need(world: World) -> None:
    client = await world.client()
    order, _ = await world.served(client)
    world.clock.forward(hours=25)
    body = RefundBody(reason="不想做了")
    asked = world.refunds.request(client, order.id, body, intent(client, "refund", body))
    assert await refused(asked) == "refund.needs_review"
    assert (await ask(world, client, order)).wanted_fen == order.payable_fen
    world.clock.ahead *= 0
    owner = await world.client()
    soon, _ = await world.served(owner)
    shown = await world.refunds.request(owner, soon.id, body, intent(owner, "refund", body))
    assert shown.status is OrderStatus.REFUNDING


async def test_ops_open_what_a_client_no_longer_can_and_two_decide_what_is_large(world: World) -> None:
    """C5: months after the delivery, for a client who called; the client hears of it."""
    client = await world.client()
    order, lawyer = await delivered(world, client)
    world.clock.forward(days=90)
    assert await refused(ask(world, client, order)) == "order.wrong_state"
    first, second, support = [await world.person(role) for role in (Role.OPS, Role.OPS, Role.SUPPORT)]
    assert await refused(ask(world, support, order)) == "auth.forbidden"
    own = Actor(lawyer.user_id, frozenset({Role.LAWYER, Role.OPS}), "session")
    assert await refused(ask(world, own, order)) == "auth.forbidden"
    dispute = await ask(world, first, order)
    assert dispute.wanted_fen == order.payable_fen
    told = await world.database.notices.find_one({"user_id": client.user_id, "kind": "dispute_opened"})
    assert told is not None
    await world.database.payments.update_many({"order_id": order.id}, {"$set": {"amount_fen": 2_000_00}})
    proposed = await decide(world, first, dispute, "refund", 1_000_01)
    assert proposed.state is DisputeState.PROPOSED
    assert await refused(world.disputes.approve(first, dispute.id)) == "dispute.same_person"
    assert (await world.disputes.approve(second, dispute.id)).state is DisputeState.DECIDED
    await forget_refunds(world, order)


async def forget_refunds(world: World, order: OrderView) -> None:
    """Those of a payment that was made larger here than it is in the sandbox, which would refuse them."""
    await world.database.refunds.delete_many({"order_id": order.id})


async def test_many_small_refunds_are_a_large_one(world: World) -> None:
    """C5: what one person may give alone counts for the order, not for each time."""
    client, support = await world.client(), await world.person(Role.SUPPORT)
    order, _ = await delivered(world, client)
    await world.database.payments.update_many({"order_id": order.id}, {"$set": {"amount_fen": 2_000_00}})
    dispute = await ask(world, client, order, 40_00)
    payment = await world.payment(order.id)
    earlier = new_refund(new_id(), payment, 990_00, b"", support.user_id)
    earlier["state"] = RefundState.SUCCEEDED.value
    await world.database.refunds.insert_one(earlier)
    assert (await decide(world, support, dispute, "refund", 40_00)).state is DisputeState.PROPOSED
    body = RefundBody(amount_fen=40_00, reason="协商")
    assert await refused(world.refunds.request(support, order.id, body, intent(support, "r", body))) == (
        "refund.needs_review"
    )
    await forget_refunds(world, order)


async def test_why_money_goes_back_is_between_client_and_desk(world: World) -> None:
    """The lawyer sees that it does, and how much."""
    client = await world.client()
    order, lawyer = await world.served(client)
    body = RefundBody(amount_fen=1_00, reason="律师态度不好")
    await world.refunds.request(client, order.id, body, intent(client, "refund", body))
    shown = {
        actor.user_id: (await world.orders.get(actor, order.id)).refunds[0]
        for actor in (client, lawyer, await world.person(Role.SUPPORT))
    }
    assert [one.reason for one in shown.values()] == ["律师态度不好", None, "律师态度不好"]
    assert {one.amount_fen for one in shown.values()} == {1_00}
    await world.work()
    await world.settle_refunds()


async def test_one_of_a_kind_at_a_time_whoever_is_faster(world: World) -> None:
    client = await world.client()
    order, _ = await delivered(world, client)
    tried = await asyncio.gather(*(ask(world, client, order) for _ in range(5)), return_exceptions=True)
    opened = [one for one in tried if isinstance(one, DisputeView)]
    assert len(opened) == 1
    assert {fault.code for fault in tried if isinstance(fault, Problem)} == {"dispute.open_already"}
    await world.disputes.withdraw(client, opened[0].id)
    await world.work()
    assert (await ask(world, client, order)).state is DisputeState.OPEN


async def test_a_low_rating_is_called_back_and_the_house_pays(world: World) -> None:
    client = await world.client()
    order, lawyer = await delivered(world, client)
    await world.orders.confirm(client, order.id)
    await world.orders.review(client, order.id, ReviewBody(stars=1))
    await world.work()
    support = await world.person(Role.SUPPORT)
    (dispute,) = (await world.disputes.of_order(support, order.id)).items
    assert (dispute.kind, dispute.suggested_fen) == (DisputeKind.LOW_RATING, order.amount_fen // 2)
    await world.repeat(order.id, "order.rated")
    assert len((await world.disputes.of_order(support, order.id)).items) == 1
    held = account(Kind.ORDER, order.id)
    before = await world.ledger.balances([accounts.COMPENSATION, held])
    await decide(world, support, dispute, "compensation", 500)
    await world.settle_refunds()
    await world.work()
    after = await world.ledger.balances([accounts.COMPENSATION, held])
    assert after[accounts.COMPENSATION] - before.get(accounts.COMPENSATION, 0) == 500
    assert after[held] == before[held]  # the firm loses nothing by it
    assert (await world.orders.get(client, order.id)).status is OrderStatus.REVIEWED
    (card,) = await world.cards(order.space_id or "", "dispute")
    assert card["title"] == "服务回访"
    assert lawyer.user_id != support.user_id


async def test_a_good_rating_opens_nothing(world: World) -> None:
    client = await world.client()
    order, _ = await delivered(world, client)
    await world.orders.confirm(client, order.id)
    await world.orders.review(client, order.id, ReviewBody(stars=3))
    await world.work()
    assert (await world.disputes.of_order(client, order.id)).items == []


async def test_what_is_left_after_a_compensation_ends_the_order_and_the_books_balance(world: World) -> None:
    client = await world.client()
    order, _ = await delivered(world, client)
    support = await world.person(Role.SUPPORT)
    await decide(world, support, await ask(world, client, order), "compensation", 500)
    await world.settle_refunds()
    await world.work()
    await decide(world, support, await ask(world, client, order), "refund")
    await world.settle_refunds()
    await world.work()
    assert (await world.orders.get(client, order.id)).status is OrderStatus.REFUNDED
    assert await world.ledger.balance(account(Kind.ORDER, order.id)) == 0
    posted = await world.database.ledger.find({"order_id": order.id}).to_list()
    assert sum(line["fen"] for one in posted for line in one["lines"] if line["account"] == accounts.COMPENSATION) == 0


async def test_large_sums_take_two_people_and_the_client_sees_no_proposal(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.disputes.dispute_rules.ALONE_UP_TO", 1_000)
    client = await world.client()
    order, _ = await delivered(world, client)
    support, ops, other = [await world.person(role) for role in (Role.SUPPORT, Role.OPS, Role.OPS)]
    around = RefundBody(amount_fen=None, reason="不经复核")
    for alone in (support, ops):
        asked = world.refunds.request(alone, order.id, around, intent(alone, "refunds", around))
        assert await refused(asked) == "refund.needs_review"
    dispute = await ask(world, client, order)
    proposed = await decide(world, ops, dispute, "refund")
    assert proposed.state is DisputeState.PROPOSED
    seen = await world.disputes.get(client, dispute.id)
    assert (seen.state, seen.decision) == (DisputeState.OPEN, None)
    assert await refused(world.disputes.approve(ops, dispute.id)) == "dispute.same_person"
    assert await refused(world.disputes.approve(support, dispute.id)) == "auth.forbidden"
    assert await world.database.refunds.count_documents({"order_id": order.id}) == 0
    back = await world.disputes.send_back(other, dispute.id)
    assert (back.state, back.decision) == (DisputeState.OPEN, None)
    await decide(world, ops, dispute, "refund")
    both = await asyncio.gather(*(world.disputes.approve(other, dispute.id) for _ in range(3)), return_exceptions=True)
    assert [one.state for one in both if isinstance(one, DisputeView)] == [DisputeState.DECIDED]
    assert await world.database.refunds.count_documents({"order_id": order.id}) == 1


async def test_an_upheld_complaint_is_a_penalty_once(world: World) -> None:
    client = await world.client()
    order, _ = await delivered(world, client)
    support = await world.person(Role.SUPPORT)
    body = DisputeBody(kind=DisputeKind.COMPLAINT, reason="律师态度恶劣")
    complaint = await world.disputes.open(client, order.id, body, intent(client, "disputes", body))
    await world.work()
    await decide(world, support, complaint, "redo")
    (penalty,) = await world.database.penalties.find({"order_id": order.id}).to_list()
    assert (penalty["cause"], penalty["source"]) == ("complaint", f"dispute:{complaint.id}")
    again = await world.disputes.open(client, order.id, body, intent(client, "disputes", body))
    await world.work()
    await decide(world, support, again, "refused")
    assert await world.database.penalties.count_documents({"order_id": order.id}) == 1


async def test_strangers_learn_nothing_and_nobody_decides_their_own(world: World) -> None:
    client, stranger = await world.client(), await world.client()
    order, lawyer = await delivered(world, client)
    dispute = await ask(world, client, order)
    assert await refused(world.disputes.get(stranger, dispute.id)) == "dispute.not_found"
    assert await refused(world.disputes.of_order(stranger, order.id)) == "order.not_found"
    body = DisputeDecisionBody(outcome=DisputeOutcome.REFUND, reason="我同意")
    for actor in (client, lawyer):
        assert await refused(world.disputes.decide(actor, dispute.id, body)) == "auth.forbidden"
    assert await refused(world.disputes.withdraw(lawyer, dispute.id)) == "auth.forbidden"
    too_much = DisputeBody(kind=DisputeKind.REFUND, reason="多退", amount_fen=order.payable_fen + 1)
    await world.disputes.withdraw(client, dispute.id)
    more = world.disputes.open(client, order.id, too_much, intent(client, "disputes", too_much))
    assert await refused(more) == "refund.amount_invalid"


async def test_what_nobody_decides_becomes_urgent(world: World) -> None:
    client = await world.client()
    order, _ = await delivered(world, client)
    dispute = await ask(world, client, order)
    subject = {"subject": f"dispute:{dispute.id}"}
    await world.dispute_effects.tick()
    before = await world.database.work_items.find_one(subject)
    world.clock.forward(hours=25)
    await world.dispute_effects.tick()
    after = await world.database.work_items.find_one(subject)
    assert before is not None
    assert after is not None
    assert (before["urgent"], after["urgent"]) == (False, True)
    support = await world.person(Role.SUPPORT)
    page = await world.disputes.page(support, DisputesQuery(limit=1))
    assert page.items[0].id == dispute.id


async def test_two_decisions_at_once_never_give_back_more_than_was_paid(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await world.client()
    order, _ = await delivered(world, client)
    support = await world.person(Role.SUPPORT)
    refund = await ask(world, client, order)
    body = DisputeBody(kind=DisputeKind.COMPLAINT, reason="律师态度恶劣")
    complaint = await world.disputes.open(client, order.id, body, intent(client, "disputes", body))
    owe = world.refunds._asking.owe

    async def slowly(*args: Any) -> None:
        await owe(*args)
        await asyncio.sleep(0.3)  # so that both have read before either commits

    monkeypatch.setattr(world.refunds._asking, "owe", slowly)
    all_back = DisputeDecisionBody(outcome=DisputeOutcome.REFUND, reason="经核实")
    all_given = DisputeDecisionBody(outcome=DisputeOutcome.COMPENSATION, amount_fen=order.payable_fen, reason="经核实")
    outcomes = await asyncio.gather(
        world.disputes.decide(support, refund.id, all_back),
        world.disputes.decide(support, complaint.id, all_given),
        return_exceptions=True,
    )
    assert [one.code for one in outcomes if isinstance(one, Problem)] == ["refund.amount_invalid"]
    refunds = await world.database.refunds.find({"order_id": order.id}).to_list()
    assert [one["amount_fen"] for one in refunds] == [order.payable_fen]


async def test_staff_who_are_the_client_are_a_client_like_any_other(world: World) -> None:
    client = await world.client()
    order, _ = await delivered(world, client)
    both = Actor(client.user_id, frozenset({Role.CLIENT, Role.SUPPORT, Role.OPS}), client.session_id)
    body = RefundBody(amount_fen=None, reason="我自己同意")
    asked = world.refunds.request(both, order.id, body, intent(both, "refunds", body))
    assert await refused(asked) == "refund.needs_review"
    dispute = await ask(world, both, order)
    assert dispute.actions == ["state", "withdraw"]
    decision = DisputeDecisionBody(outcome=DisputeOutcome.REFUND, reason="我自己同意")
    assert await refused(world.disputes.decide(both, dispute.id, decision)) == "auth.forbidden"
    assert await world.database.refunds.count_documents({"order_id": order.id}) == 0
