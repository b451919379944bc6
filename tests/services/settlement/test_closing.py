"""Periods are closed once, whatever happens, and can be computed again with the same result (E3)."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.api.quotes import TipBody
from schemas.api.settlement_rules import ShareRule
from schemas.api.settlements import PenaltyBody
from schemas.documents.settlements import SettlementDocument
from schemas.enums import NoticeKind, PaymentMethod, Role
from schemas.settlement_enums import SettlementState
from services.errors import Problem
from services.ledger.accounts import PENALTIES, PLATFORM, Kind, account
from services.ledger.entries import Posting
from services.ledger.ledger import Ledger
from services.settlement.closing import Closing
from services.settlement.order_cases import digest
from services.settlement.periods import Schedule
from services.settlement.settlement_lines import SettlementLines
from services.settlement.standard_rules import STANDARD
from tests.services.orders_world import intent
from tests.services.settlement_world import Office

PRICE = 49_00
BASE = 29_40  # 60 % of a consultation


def closing(office: Office, ledger: Ledger) -> Closing:
    """Another worker's, over another ledger."""
    world, settings = office.world, office.settings
    return Closing(
        world.database,
        SettlementLines(world.database),
        office.settling.rulebook,
        ledger,
        world.work_items,
        world.audit,
        world.outbox,
        Schedule(settings.settlement_anchor, settings.settlement_days),
        world.clock,
    )


async def test_a_period_divides_what_its_orders_brought_and_tells_the_lawyer(office: Office) -> None:
    five, plain = await office.served(5), await office.served()
    waiting = await office.served(confirm=False)
    (period,) = await office.close()
    statement = await office.statement()
    lines = {line.order_id: line for line in statement.lines}
    assert set(lines) == {five.id, plain.id, waiting.id}, "what nobody disputes for seven days is earned, too"
    assert [(item.rule, item.fen) for item in lines[five.id].items] == [("consultation", BASE), ("stars", 2_94)]
    assert [(item.rule, item.fen) for item in lines[plain.id].items] == [("consultation", BASE)]
    assert statement.total_fen == 3 * BASE + 2_94 == await office.owed()
    assert statement.state is SettlementState.AWAITING_APPROVAL
    assert -await office.world.ledger.balance(PLATFORM) == 3 * (PRICE - BASE) - 2_94
    assert [await office.held(order_id) for order_id in lines] == [0, 0, 0]
    assert sum((await office.all_balances()).values()) == 0

    (own,) = await office.own()
    assert (own.total_fen, own.orders, own.firm_name) == (statement.total_fen, 3, "明理律师事务所")
    assert NoticeKind.SETTLEMENT_CLOSED in await office.world.told(office.lawyer)
    check = await office.settling.settlements.check(office.first, statement.id)
    assert check.same
    assert check.digest_again == period["digest"]


async def test_a_tip_is_shown_and_not_posted_twice(office: Office) -> None:
    order = await office.served(5)
    client, world, body = office.clients[0], office.world, TipBody(method=PaymentMethod.WECHAT_JSAPI, amount_fen=8_88)
    tip = await world.shop.tips.start(client, order.id, body, intent(client, "tip", body))
    await world.pay(tip.out_trade_no)
    await world.payments.notify(*await world.notice(tip.out_trade_no))
    assert await office.owed() == 8_88, "the firm's from the moment it is paid"
    await office.close()
    (line,) = (await office.statement()).lines
    assert [(item.kind, item.fen) for item in line.items] == [("base", BASE), ("stars", 2_94), ("tips", 8_88)]
    assert await office.owed() == line.total_fen == BASE + 2_94 + 8_88


async def test_what_is_delivered_waits_until_nobody_can_dispute_it_any_more(office: Office) -> None:
    office.world.clock.forward(days=10)
    order = await office.served(confirm=False)
    (period,) = await office.close()
    assert period["deferred"] == [order.id]
    assert not await office.world.database.settlements.find_one()
    await office.close()
    assert [line.order_id for line in (await office.statement()).lines] == [order.id]


async def test_a_refund_after_the_settlement_is_taken_back_in_the_next_period(office: Office) -> None:
    order = await office.served(5)
    await office.close()
    first = await office.statement()
    await office.approved()
    await office.refund(order)
    await office.close()
    back = await office.statement()
    (line,) = back.lines
    assert (line.total_fen, line.revenue_fen) == (-first.total_fen, -PRICE)
    assert [item.fen for item in line.items] == [-BASE, -2_94]
    assert back.state is SettlementState.CARRIED
    assert await office.held(order.id) == 0
    assert await office.owed() == 0

    await office.served()
    await office.close()
    third = await office.statement()
    assert (third.lines_fen, third.brought_forward_fen, third.total_fen) == (
        BASE,
        back.total_fen,
        BASE + back.total_fen,
    )
    assert third.state is SettlementState.CARRIED
    stored = await office.world.database.settlements.find_one({"_id": back.id})
    assert stored is not None
    assert stored["absorbed_by"] == third.id


async def test_a_refund_in_part_before_the_settlement_lessens_the_base(office: Office) -> None:
    order = await office.served()
    await office.refund(order, 9_00)
    await office.close()
    (line,) = (await office.statement()).lines
    assert (line.revenue_fen, line.total_fen) == (40_00, 24_00)
    assert await office.held(order.id) == 0


async def test_a_penalty_is_taken_off_once_and_comes_back_when_it_is_waived(office: Office) -> None:
    late = await office.served(late=True)
    await office.close()
    (line,) = (await office.statement()).lines
    assert [(item.rule, item.fen) for item in line.items] == [("consultation", BASE), ("late_delivery", -2_94)]
    assert -await office.world.ledger.balance(PENALTIES) == 2_94

    body = PenaltyBody(cause="complaint")
    asked = intent(office.first, "penalty", body)
    imposed = await office.settling.penalties.impose(office.first, late.id, body, asked)
    assert await office.settling.penalties.impose(office.first, late.id, body, asked) == imposed
    await office.close()
    (line,) = (await office.statement()).lines
    assert [(item.title, item.fen) for item in line.items] == [("投诉成立", -8_82)]
    await office.settling.penalties.waive(office.second, imposed.id)
    with pytest.raises(Problem, match=r"penalty\.not_found"):
        await office.settling.penalties.waive(office.second, imposed.id)
    await office.close()
    (line,) = (await office.statement()).lines
    assert [(item.title, item.fen) for item in line.items] == [("投诉成立", 8_82)]
    assert await office.owed() == BASE - 2_94
    unknown = PenaltyBody(cause="mood")
    with pytest.raises(Problem, match=r"penalty\.unknown_cause"):
        await office.settling.penalties.impose(office.first, late.id, unknown, intent(office.first, "penalty", unknown))


async def test_an_old_period_is_computed_by_the_rules_of_then(office: Office) -> None:
    before = await office.served(5)
    (period,) = await office.close()
    now = office.world.clock()
    generous = STANDARD.model_copy(
        update={
            "effective_from": now + timedelta(minutes=1),
            "shares": [ShareRule(id="all", title="统一分成", share_bp=9_000)],
        }
    )
    with pytest.raises(Problem, match=r"settlement\.rules_retroactive"):
        await office.settling.rulebook.add(
            office.first, generous.model_copy(update={"effective_from": now - timedelta(seconds=1)})
        )
    added = await office.settling.rulebook.add(office.first, generous)
    await office.world.database.users.update_one(
        {"_id": office.lawyer.user_id}, {"$set": {"profile.level": "合伙人", "display_name": "王大律师"}}
    )
    office.world.clock.forward(minutes=2)
    after = await office.served(5)
    first, second = await office.close()
    lines = {line.order_id: line for line in (await office.statement()).lines}
    assert set(lines) == {after.id}, "the old order is not judged anew"
    assert (lines[after.id].rules, lines[after.id].items[0].fen) == (added.version, 44_10)
    for stored, orders in ((first, {before.id}), (second, {after.id})):
        again, differing = await office.settling.closing.again(stored)
        assert (again, differing) == (stored["digest"], []), orders
    assert first["digest"] == period["digest"]


async def test_a_line_that_was_altered_is_found(office: Office) -> None:
    order = await office.served()
    (period,) = await office.close()
    await office.world.database.settlement_lines.update_one({"order_id": order.id}, {"$inc": {"total_fen": 1}})
    statement = await office.statement()
    check = await office.settling.settlements.check(office.first, statement.id)
    assert (check.same, check.orders) == (False, [order.id])
    lines = await office.world.database.settlement_lines.find({"period_id": period["_id"]}).to_list()
    assert digest(lines) != period["digest"]


async def test_a_lawyer_without_a_firm_is_settled_when_there_is_one(office: Office) -> None:
    database = office.world.database
    await database.users.update_one({"_id": office.lawyer.user_id}, {"$unset": {"firm_id": ""}})
    order = await office.served()
    (period,) = await office.close()
    assert period["deferred"] == [order.id]
    (item,) = await office.world.work_items.list()
    assert (item["kind"], item["subject"]) == ("settlement.lawyer_without_firm", office.lawyer.user_id)
    await office.settling.firms.join(office.first, office.firm_id, office.lawyer.user_id)
    await office.close()
    assert [line.order_id for line in (await office.statement()).lines] == [order.id]


class DyingLedger(Ledger):
    """Dies in the transaction after so many postings."""

    left = 3

    async def write(self, session: AsyncClientSession, posting: Posting) -> None:
        if self.left == 0:
            raise ConnectionError("killed")
        self.left -= 1
        await super().write(session, posting)


async def test_a_worker_that_dies_while_closing_is_gone_on_from(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.storage.database.SLICE", 2)
    orders = [await office.served() for _ in range(5)]
    office.world.clock.forward(days=office.settings.settlement_days + 1)
    dying = closing(office, DyingLedger(office.world.database, office.world.clock))
    with pytest.raises(ConnectionError):
        await dying.tick()
    written = await office.world.database.settlement_lines.count_documents({})
    assert 0 < written < len(orders)
    assert await office.world.database.settlements.count_documents({}) == 0
    await office.close()
    assert len((await office.statement()).lines) == len(orders)
    assert await office.owed() == len(orders) * BASE
    assert [await office.held(order.id) for order in orders] == [0] * len(orders)


async def test_workers_that_close_at_once_close_one_period(office: Office) -> None:
    for _ in range(3):
        await office.served()
    office.world.clock.forward(days=office.settings.settlement_days + 1)
    outcomes: list[Any] = await asyncio.gather(
        *(closing(office, office.world.ledger).tick() for _ in range(4)), return_exceptions=True
    )
    # one that loses a race may fail and come again with its next tick; nothing is written twice
    await office.settling.closing.tick()
    assert any(not isinstance(outcome, BaseException) for outcome in outcomes)
    statements: list[SettlementDocument] = await office.world.database.settlements.find().to_list()
    assert sorted(str(one["lawyer_id"]) for one in statements) == sorted(["None", office.lawyer.user_id])
    assert await office.world.database.settlement_periods.count_documents({}) == 1
    assert await office.owed() == 3 * BASE


async def test_what_the_statements_say_is_what_the_ledger_says(office: Office) -> None:
    """Sum of all lines = firm's account, platform's account and orders' accounts, over several periods."""
    orders = []
    for number in range(6):
        orders.append(await office.served([None, 1, 2, 3, 4, 5][number], late=number == 2))
        if number in (1, 3):
            await office.close()
    await office.refund(orders[0], 10_00)
    await office.refund(orders[5])
    await office.close()
    lines = await office.world.database.settlement_lines.find().to_list()
    assert await office.owed() == sum(line["total_fen"] for line in lines)
    assert -await office.world.ledger.balance(PLATFORM) == sum(line["platform_fen"] for line in lines)
    assert [await office.held(order.id) for order in orders] == [0] * len(orders)
    balances = await office.all_balances()
    assert sum(balances.values()) == 0
    assert balances[account(Kind.PROVIDER, office.settings.pay_mchid)] == 6 * PRICE - 10_00 - PRICE
    for period in await office.world.database.settlement_periods.find().to_list():
        assert (await office.settling.closing.again(period)) == (period["digest"], [])


async def test_lawyers_see_their_own_statements_only(office: Office) -> None:
    await office.served()
    await office.close()
    statement, (own,) = await office.statement(), await office.own()
    shown = await office.settling.settlements.get(office.lawyer, own.id)
    assert shown.lines == statement.lines
    assert (shown.approvals, shown.payouts, shown.actions) == ([], [], [])
    other = await office.world.person(Role.LAWYER)
    for actor, settlement_id in ((office.lawyer, statement.id), (other, own.id)):
        with pytest.raises(Problem, match=r"settlement\.not_found"):
            await office.settling.settlements.get(actor, settlement_id)
    with pytest.raises(Problem, match=r"auth\.forbidden"):
        await office.settling.settlements.get(office.clients[0], statement.id)
