"""Approved by two, paid once: by profit sharing within the vendor's limits, or outside (E3)."""

import asyncio
from typing import Any

import pytest

from miniprogram_api.pay import ProfitSharing, Sharing
from schemas.api.settlements import PayoutBody, PenaltyBody, RejectBody
from schemas.enums import NoticeKind, OrderStatus, Role
from schemas.settlement_enums import PayoutMethod, SettlementState
from services.actors import Actor
from services.errors import Problem
from services.ledger.accounts import Kind, account
from services.ledger.settlement_postings import OPERATOR
from services.payments.money_items import SHARE_NOT_BACK
from services.settlement.payout_book import PayoutBook
from services.settlement.payout_sending import PayoutSending
from services.settlement.settlement_book import SettlementBook
from tests.services.orders_world import intent
from tests.services.settlement_world import Office

PRICE = 49_00
BASE = 29_40
SHARED = 14_70  # 30 % of the payment
OUTSIDE, SHARING, GIVE_BACK = PayoutMethod.OUTSIDE, PayoutMethod.SHARING, PayoutMethod.GIVE_BACK


async def at_the_vendor(office: Office, order_id: str) -> list[dict[str, Any]]:
    """What the sandbox knows of an order's sharing, oldest first."""
    payment = await office.world.payment(order_id)
    known = await office.world.control("GET", "/control/profit-sharing")
    return [one for one in known["items"] if one["transaction_id"] == payment["transaction_id"]]


async def provider(office: Office) -> int:
    return await office.world.ledger.balance(account(Kind.PROVIDER, office.settings.pay_mchid))


# --- approval


async def test_a_statement_is_approved_by_two_different_people(office: Office) -> None:
    await office.served()
    await office.close()
    settlements, statement = office.settling.settlements, await office.statement()
    assert statement.actions == ["approve", "reject"]
    with pytest.raises(Problem, match=r"settlement\.wrong_state"):
        await office.pay(OUTSIDE, "BANK0001")
    once = await settlements.approve(office.first, statement.id, statement.revision)
    assert (once.state, once.actions) == (SettlementState.APPROVED_ONCE, ["reject"])
    with pytest.raises(Problem, match=r"settlement\.same_approver"):
        await settlements.approve(office.first, statement.id, once.revision)
    with pytest.raises(Problem, match=r"request\.changed_meanwhile"):
        await settlements.approve(office.second, statement.id, statement.revision)
    twice = await settlements.approve(office.second, statement.id, once.revision)
    assert twice.state is SettlementState.APPROVED
    assert await office.world.audited(statement.id) == ["settlement.approve", "settlement.approve"]
    for actor in (office.lawyer, office.clients[0]):
        with pytest.raises(Problem, match=r"auth\.forbidden"):
            await settlements.approve(actor, statement.id, twice.revision)


async def test_a_crowd_of_approvers_makes_two_approvals_of_two_people(office: Office) -> None:
    await office.served()
    await office.close()
    statement = await office.statement()

    async def insist(actor: Any) -> None:
        for _ in range(20):
            seen = await office.statement()
            try:
                await office.settling.settlements.approve(actor, seen.id, seen.revision)
            except Problem as fault:
                if fault.code != "request.changed_meanwhile":
                    return

    await asyncio.gather(*(insist(actor) for actor in [office.first, office.second] * 5))
    stored = await office.world.database.settlements.find_one({"_id": statement.id})
    assert stored is not None
    assert stored["state"] == SettlementState.APPROVED
    assert {one["by"] for one in stored["approvals"]} == {office.first.user_id, office.second.user_id}
    assert len(stored["approvals"]) == 2


async def test_what_is_rejected_wants_two_people_anew(office: Office) -> None:
    await office.served()
    await office.close()
    approved = await office.approved()
    body = RejectBody(reason="与合同约定的分成不符")
    rejected = await office.settling.settlements.reject(office.first, approved.id, approved.revision, body)
    assert rejected.state is SettlementState.REJECTED
    shown = await office.statement()
    assert (shown.approvals, shown.rejection and shown.rejection.reason) == ([], body.reason)
    assert (await office.approved()).state is SettlementState.APPROVED


# --- outside


async def test_a_transfer_outside_is_entered_once(office: Office) -> None:
    order = await office.served()
    await office.close()
    statement = await office.approved()
    body = PayoutBody(method=OUTSIDE, bank_reference="BANK2026-1")
    asked = intent(office.second, "payout", body)
    start = office.settling.payouts.start
    paid = await start(office.second, statement.id, statement.revision, body, asked)
    assert await start(office.second, statement.id, statement.revision, body, asked) == paid
    assert (paid.state, paid.paid_fen) == (SettlementState.PAID, BASE)
    assert await office.owed() == 0
    assert await office.world.ledger.balance(OPERATOR) == -BASE
    await office.world.work()
    assert NoticeKind.SETTLEMENT_PAID in await office.world.told(office.lawyer)
    await office.sent(SettlementState.PAID)
    assert [one["kind"] for one in await at_the_vendor(office, order.id)] == ["unfreeze"], "nothing stays frozen"

    await office.served()
    await office.close()
    await office.approved()
    with pytest.raises(Problem, match=r"settlement\.reference_used"):
        await office.pay(OUTSIDE, "BANK2026-1")
    assert await office.owed() == BASE


async def test_payouts_that_are_asked_for_at_once_pay_once(office: Office) -> None:
    await office.served()
    await office.close()
    statement = await office.approved()

    async def pay(number: int) -> str:
        body = PayoutBody(method=OUTSIDE, bank_reference=f"BANK-{statement.id}-{number}")
        asked = intent(office.second, "payout", body)
        try:
            await office.settling.payouts.start(office.second, statement.id, statement.revision, body, asked)
        except Problem as fault:
            return fault.code
        return "paid"

    outcomes = sorted(await asyncio.gather(*(pay(number) for number in range(6))))
    assert outcomes == ["paid", *["request.changed_meanwhile"] * 5]
    assert (await office.owed(), await office.world.ledger.balance(OPERATOR)) == (0, -BASE)


# --- profit sharing


async def test_sharing_pays_what_the_vendor_allows_and_the_rest_goes_outside(office: Office) -> None:
    orders = [await office.served(), await office.served()]
    before = await provider(office)
    await office.close()
    await office.approved()
    assert (await office.pay(SHARING)).state is SettlementState.PAYING
    statement = await office.sent(SettlementState.PART_PAID)
    assert (statement.total_fen, statement.paid_fen) == (2 * BASE, 2 * SHARED)
    assert await office.owed() == 2 * (BASE - SHARED)
    assert await provider(office) == before - 2 * SHARED
    for order in orders:
        kinds = [(one["kind"], one["state"]) for one in await at_the_vendor(office, order.id)]
        assert kinds == [("share", "FINISHED"), ("unfreeze", "FINISHED")]
    with pytest.raises(Problem, match=r"settlement\.nothing_shareable"):
        await office.pay(SHARING)
    paid = await office.pay(OUTSIDE, "BANK2026-2")
    assert (paid.state, paid.paid_fen) == (SettlementState.PAID, paid.total_fen)
    assert await office.owed() == 0
    assert sum((await office.all_balances()).values()) == 0


async def test_a_firm_without_a_merchant_number_is_paid_outside(office: Office) -> None:
    await office.world.database.firms.update_one({"_id": office.firm_id}, {"$unset": {"mchid": ""}})
    await office.served()
    await office.close()
    await office.approved()
    with pytest.raises(Problem, match=r"settlement\.no_receiver"):
        await office.pay(SHARING)


async def test_a_share_that_fails_calls_for_help_and_can_be_tried_again(office: Office) -> None:
    order = await office.served()
    await office.close()
    await office.approved()
    await office.rules(sharing_fail_reason="ACCOUNT_ABNORMAL")
    await office.pay(SHARING)
    statement = await office.sent(SettlementState.PAYOUT_FAILED)
    assert [(one.state, one.reason) for one in statement.payouts] == [("failed", "ACCOUNT_ABNORMAL")]
    assert await office.owed() == BASE
    (item,) = await office.world.work_items.list()
    assert (item["kind"], item["subject"]) == ("settlement.payout_failed", statement.id)
    await office.rules(sharing_fail_reason=None)
    await office.pay(SHARING)
    statement = await office.sent(SettlementState.PART_PAID)
    assert statement.paid_fen == SHARED
    shares = [one for one in await at_the_vendor(office, order.id) if one["kind"] == "share"]
    assert len(shares) == 2, "a new number: the old one stays refused"
    assert await office.world.work_items.list() == [], "it was paid, so nobody is needed any more"


class Dying(ProfitSharing):
    """The worker dies after the request has left, before the answer is read; ``asked`` counts the questions."""

    asked = 0

    async def share(self, **request: Any) -> Sharing:
        await super().share(**request)
        raise ConnectionResetError("killed")

    async def query(self, **request: Any) -> Sharing:
        self.asked += 1
        return await super().query(**request)


class Sending(ProfitSharing):
    """Counts what is sent."""

    sent = 0

    async def share(self, **request: Any) -> Sharing:
        self.sent += 1
        return await super().share(**request)


def sending(office: Office, sharing: ProfitSharing) -> PayoutSending:
    """Another worker's."""
    world = office.world
    return PayoutSending(
        world.database,
        SettlementBook(world.database, world.audit, world.clock),
        PayoutBook(world.database, world.outbox, world.clock),
        sharing,
        world.ledger,
        world.work_items,
        office.notices,
        world.audit,
        world.outbox,
        world.clock,
    )


async def test_a_worker_that_dies_between_request_and_answer_pays_once(office: Office) -> None:
    order = await office.served()
    await office.close()
    await office.approved()
    await office.pay(SHARING)
    (row,) = await office.world.database.outbox.find({"kind": "payout.send"}).to_list()
    door = office.world.pay_client.door
    with pytest.raises(ConnectionResetError):
        await sending(office, Dying(door)).effects()["payout.send"](row)
    (payout,) = await office.world.database.payouts.find().to_list()
    assert payout["state"] == "sent"

    after = Sending(door)
    await sending(office, after).effects()["payout.send"](row)  # the outbox runs it again after the restart
    statement = await office.sent(SettlementState.PART_PAID)
    assert after.sent == 0, "asked first, and found"
    assert len([one for one in await at_the_vendor(office, order.id) if one["kind"] == "share"]) == 1
    assert (statement.paid_fen, await office.owed()) == (SHARED, BASE - SHARED)


async def test_a_worker_that_dies_before_the_request_sends_it_after_asking(office: Office) -> None:
    order = await office.served()
    await office.close()
    await office.approved()
    await office.pay(SHARING)
    # marked, and dead before anything left
    await office.world.database.payouts.update_one({}, {"$set": {"state": "sent"}})
    statement = await office.sent(SettlementState.PART_PAID)
    assert statement.paid_fen == SHARED
    assert len([one for one in await at_the_vendor(office, order.id) if one["kind"] == "share"]) == 1


async def test_a_vendor_that_is_away_delays_and_changes_nothing(office: Office) -> None:
    await office.served()
    await office.close()
    await office.approved()
    fault = {"endpoint": "sharing_create", "status": 503, "times": 4}
    await office.world.control("POST", "/control/faults", fault)
    await office.pay(SHARING)
    statement = await office.sent(SettlementState.PART_PAID)
    assert statement.paid_fen == SHARED
    assert any(what == "payout_delayed" for what, _ in office.world.tallies)


async def test_a_refund_fetches_back_what_it_needs_and_the_next_statement_counts_it(office: Office) -> None:
    order = await office.served()
    await office.close()
    await office.approved()
    await office.pay(SHARING)
    await office.sent(SettlementState.PART_PAID)
    await office.pay(OUTSIDE, "BANK2026-3")
    await office.ask_back(order)
    assert await office.settling.returns.tick() == 1
    assert await office.settling.returns.tick() == 0, "asked once"
    await office.returned()
    assert await office.owed() == SHARED, "the firm gave it back, and is owed it until the refund is settled"
    await office.world.settle_refunds()
    await office.world.work()
    await office.close()
    owing = await office.statement()
    assert (owing.lines_fen, owing.brought_forward_fen) == (-BASE, SHARED)
    assert owing.state is SettlementState.CARRIED
    assert await office.owed() == SHARED - BASE == owing.total_fen
    assert await office.held(order.id) == 0
    assert sum((await office.all_balances()).values()) == 0
    await office.served()
    await office.close()
    assert (await office.statement()).brought_forward_fen == SHARED - BASE, "counted once"


async def test_a_share_that_does_not_come_back_is_asked_for_again_until_it_does(office: Office) -> None:
    """C5, E3: with growing pauses and a work item."""
    order = await office.served()
    await office.close()
    await office.approved()
    await office.pay(SHARING)
    await office.sent(SettlementState.PART_PAID)
    await office.ask_back(order)
    await office.rules(sharing_fail_reason="ACCOUNT_ABNORMAL")
    returns, clock = office.settling.returns, office.world.clock
    assert await returns.tick() == 1
    await office.returned()
    (item,) = [one for one in await office.world.work_items.list() if one["kind"] == SHARE_NOT_BACK]
    assert item["detail"]["reason"] == "ACCOUNT_ABNORMAL"
    assert "律所" in item["advice"]
    tries = 0
    for _ in range(60):
        clock.forward(seconds=5)
        tries += await returns.tick()
        await office.returned()
    assert 1 <= tries <= 8, "pauses grow"
    assert await returns.tick() == 0
    await office.rules(sharing_fail_reason=None)
    clock.forward(hours=6)
    assert await returns.tick() == 1
    await office.returned()
    await office.world.settle_refunds()
    await office.world.work()
    assert (await office.world.orders.get(office.clients[0], order.id)).status is OrderStatus.REFUNDED
    assert SHARE_NOT_BACK not in [one["kind"] for one in await office.world.work_items.list()]
    await office.close()
    assert await office.held(order.id) == 0


async def test_shares_are_fetched_back_from_a_firm_that_owes(office: Office) -> None:
    order = await office.served()
    await office.close()
    await office.approved()
    await office.pay(SHARING)
    await office.sent(SettlementState.PART_PAID)
    await office.pay(OUTSIDE, "BANK2026-4")
    body = PenaltyBody(cause="complaint")
    await office.settling.penalties.impose(office.first, order.id, body, intent(office.first, "penalty", body))
    await office.close()
    owing = await office.statement()
    assert (owing.state, owing.total_fen, owing.actions) == (SettlementState.CARRIED, -8_82, ["give_back"])
    await office.pay(GIVE_BACK)
    statement = await office.sent(SettlementState.PAID)
    assert (statement.paid_fen, await office.owed()) == (-8_82, 0)
    with pytest.raises(Problem, match=r"settlement\.wrong_state"):
        await office.pay(GIVE_BACK)
    known = await office.world.control("GET", "/control/profit-sharing")
    assert [one["result"] for one in known["returns"]][-1] == "SUCCESS"


async def test_money_of_an_order_that_is_being_refunded_is_not_shared(office: Office) -> None:
    order = await office.served()
    await office.close()
    await office.approved()
    await office.world.database.orders.update_one({"_id": order.id}, {"$set": {"status": "refunding"}})
    with pytest.raises(Problem, match=r"settlement\.nothing_shareable"):
        await office.pay(SHARING)


async def test_nobody_of_the_firm_approves_or_pays_its_statement(office: Office) -> None:
    """E3: neither as its lawyer now, nor as one who earned it and has left since."""
    order = await office.served()
    await office.close()
    users, settlements = office.world.database.users, office.settling.settlements
    statement = await office.statement()
    await users.update_one({"_id": office.first.user_id}, {"$set": {"firm_id": office.firm_id}})
    earner = Actor(office.lawyer.user_id, frozenset({Role.LAWYER, Role.OPS}), "session")
    await users.update_one({"_id": earner.user_id}, {"$unset": {"firm_id": ""}})
    for actor in (office.first, earner):
        with pytest.raises(Problem, match=r"settlement\.own_firm"):
            await settlements.approve(actor, statement.id, statement.revision)
    assert "approve" not in (await settlements.get(office.first, statement.id)).actions
    assert "approve" in (await settlements.get(office.second, statement.id)).actions
    body = PenaltyBody(cause="complaint")
    with pytest.raises(Problem, match=r"auth\.forbidden"):
        await office.settling.penalties.impose(earner, order.id, body, intent(earner, "penalty", body))
    imposed = await office.settling.penalties.impose(office.first, order.id, body, intent(office.first, "p", body))
    with pytest.raises(Problem, match=r"auth\.forbidden"):
        await office.settling.penalties.waive(earner, imposed.id)
    assert (await settlements.reject(office.first, statement.id, statement.revision, RejectBody(reason="有误"))).state
