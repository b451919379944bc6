"""Every tip lands on a statement, whatever became of the lawyer's firm or of the order (E2, E3)."""

from datetime import UTC, datetime, timedelta

from schemas.api.firms import FirmBody
from schemas.api.orders import OrderView
from schemas.api.quotes import TipBody
from schemas.api.settlements import SettlementQuery, SettlementView
from schemas.enums import PaymentMethod
from schemas.settlement_enums import PayoutMethod
from services.days import Span
from services.ledger.accounts import NO_FIRM, Kind, account
from services.ledger.checks import LedgerChecks
from services.ledger.holdings import Fault
from tests.services.orders_world import intent
from tests.services.settlement_world import Office, credit_code

BASE = 29_40


async def tip(office: Office, order: OrderView, fen: int) -> None:
    world, body = office.world, TipBody(method=PaymentMethod.WECHAT_JSAPI, amount_fen=fen)
    owner = (await world.stored(order.id))["client_id"]
    (client,) = [one for one in office.clients if one.user_id == owner]
    ahead, world.clock.ahead = world.clock.ahead, timedelta()  # the sandbox's prepays live in real time
    view = await world.shop.tips.start(client, order.id, body, intent(client, f"tip {order.id} {fen}", body))
    world.clock.ahead = ahead
    await world.pay(view.out_trade_no)
    await world.payments.notify(*await world.notice(view.out_trade_no))
    await world.work()


async def other_firm(office: Office) -> str:
    """Another firm, that the lawyer now belongs to."""
    firm = await office.settling.firms.create(None, FirmBody(name="正言律师事务所", credit_code=credit_code()))
    await office.settling.firms.join(None, firm.id, office.lawyer.user_id)
    return firm.id


async def owed(office: Office, firm_id: str) -> int:
    return -await office.world.ledger.balance(account(Kind.FIRM, firm_id))


async def statement_of(office: Office, firm_id: str) -> SettlementView:
    page = await office.settling.settlements.list(office.first, SettlementQuery(firm_id=firm_id))
    return await office.settling.settlements.get(office.first, page.items[0].id)


async def recomputed(office: Office) -> None:
    """All periods come out the same again, and no account holds what nobody pays out."""
    assert await stranded(office) == []
    for period in await office.world.database.settlement_periods.find().to_list():
        assert await office.settling.closing.again(period) == (period["digest"], [])


async def test_a_tip_for_a_lawyer_without_a_firm_is_settled_with_the_firm_that_they_join(office: Office) -> None:
    await office.world.database.users.update_one({"_id": office.lawyer.user_id}, {"$unset": {"firm_id": ""}})
    order = await office.served()
    await tip(office, order, 8_88)
    assert await owed(office, NO_FIRM) == 8_88
    await office.close()
    (item,) = await office.world.work_items.list()
    assert (item["kind"], await owed(office, NO_FIRM)) == ("settlement.lawyer_without_firm", 8_88)
    await office.settling.firms.join(office.first, office.firm_id, office.lawyer.user_id)
    await office.close()
    (line,) = (await office.statement()).lines
    assert [(item.kind, item.fen) for item in line.items] == [("base", BASE), ("tips", 8_88)]
    assert (await owed(office, NO_FIRM), await office.owed()) == (0, BASE + 8_88)
    await recomputed(office)


async def test_a_tip_after_the_lawyer_changed_the_firm_is_on_the_new_firms_statement(office: Office) -> None:
    order = await office.served()
    await office.close()
    other = await other_firm(office)
    await tip(office, order, 8_88)
    await office.close()
    statement = await statement_of(office, other)
    (line,) = statement.lines
    assert [(item.kind, item.fen) for item in line.items] == [("tips", 8_88)]
    assert (line.revenue_fen, statement.total_fen, await owed(office, other)) == (0, 8_88, 8_88)
    await tip(office, order, 1_00)
    await office.close()
    assert [line.total_fen for line in (await statement_of(office, other)).lines] == [1_00], "not the first one again"
    assert await office.owed() == BASE
    await recomputed(office)


async def test_a_tip_from_before_the_change_stays_with_the_old_firm_and_frees_no_payment(office: Office) -> None:
    order = await office.served()
    await tip(office, order, 8_88)
    other = await other_firm(office)
    await office.close()
    old, new = await statement_of(office, office.firm_id), await statement_of(office, other)
    assert [[item.kind for item in line.items] for line in (*old.lines, *new.lines)] == [["tips"], ["base"]]
    assert (await office.owed(), await owed(office, other)) == (8_88, BASE)
    await office.approved()
    await office.pay(PayoutMethod.OUTSIDE, "BANK-TIP")
    assert await office.owed() == 0
    freed = await office.world.database.payouts.count_documents({"kind": "unfreeze", "order_id": order.id})
    assert not freed, "the order's money is for the firm that is due the fee"
    await recomputed(office)


async def test_a_tip_for_an_order_that_was_refunded_before_it_was_settled_is_not_lost(office: Office) -> None:
    order = await office.served()
    await tip(office, order, 8_88)
    await office.refund(order)
    await office.close()
    statement = await office.statement()
    assert [(line.order_id, line.total_fen) for line in statement.lines] == [(order.id, 8_88)]
    assert await office.owed() == statement.total_fen == 8_88
    await recomputed(office)


async def stranded(office: Office) -> list[tuple[str, int, int]]:
    """Accounts that the nightly check finds to hold what nobody pays out."""
    always = Span(datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
    found = await LedgerChecks(office.world.database, office.world.ledger).holdings(always)
    assert {one.fault for one in found} <= {Fault.STRANDED}
    return [(one.account, one.fen, one.due_fen) for one in found]


async def test_the_ledger_check_finds_money_that_no_statement_pays_out(office: Office) -> None:
    """E1: whatever lies with a firm, or with an order that no period looks at again, is on a work item."""
    order = await office.served()
    assert await stranded(office) == [], "the next period will look at it"
    await tip(office, order, 8_88)
    await office.close()
    await office.approved()
    assert await stranded(office) == [], "a statement pays it"
    database = office.world.database
    firm, of_order = account(Kind.FIRM, office.firm_id), account(Kind.ORDER, order.id)
    await database.settlements.update_one({"lawyer_id": None}, {"$inc": {"total_fen": -1_00}})
    assert await stranded(office) == [(firm, -BASE - 8_88, -BASE - 8_88 + 1_00)]
    await database.settlements.update_one({"lawyer_id": None}, {"$inc": {"total_fen": 1_00}})
    (line,) = await database.settlement_lines.find().to_list()
    await database.ledger.update_one(
        {"_id": f"settlement:{line['_id']}", "lines.account": of_order}, {"$inc": {"lines.$.fen": -5_00}}
    )
    assert await stranded(office) == [(of_order, -5_00, 0)]
