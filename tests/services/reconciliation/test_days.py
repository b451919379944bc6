"""Days compared with a real provider's bills: what is right is silent, what is wrong is told once and exactly (E1)."""

from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest
import pytest_asyncio

from miniprogram_api.errors import PayError
from schemas.enums import OrderStatus, PaymentState, Role
from services.days import day_of
from services.errors import Problem
from services.ledger.accounts import COUPONS, FEES, PLATFORM, Kind, account
from services.ledger.entries import Posting, lines
from services.reconciliation.difference_items import EXPLAINED
from tests.parts.databases import SettingsMaker
from tests.parts.real import RealParts
from tests.parts.sandboxes import OwnSandbox
from tests.patience import eventually
from tests.services.reconciliation_world import Keepers, open_keepers, told


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def opened(
    make_settings: SettingsMaker, parts: RealParts, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Keepers]:
    sandbox = OwnSandbox(tmp_path_factory.mktemp("vendor") / "sandbox", "http://127.0.0.1:9")
    try:
        async with open_keepers(make_settings(**sandbox.fields), parts, sandbox.folder) as keepers:
            await keepers.world.office()
            yield keepers
    finally:
        sandbox.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def keepers(opened: Keepers) -> Keepers:
    """Books without a past, and a provider that makes no mistakes."""
    await opened.forget()
    return opened


async def a_day_of_money(keepers: Keepers) -> date:
    """Two orders paid, one refunded in part; it is eleven o'clock of the next day."""
    day = await keepers.at(9, days=1)
    client = await keepers.world.client()
    await keepers.paid(client)
    await keepers.refunded(client, await keepers.paid(client), 1000)
    await keepers.at(11, days=1)
    return day


async def test_a_day_that_is_right_differs_in_nothing_and_its_fees_are_posted(keepers: Keepers) -> None:
    """E1: ledger = orders = trade bill = fund-flow bill, with the provider's fees taken from the bill."""
    day = await a_day_of_money(keepers)
    found = await keepers.reconciliation.run(day)
    assert found["differences"] == []
    assert await keepers.open_items() == []
    totals = found["totals"]
    assert totals["our_paid_fen"] == totals["trade_paid_fen"] == 2 * 4900
    assert totals["our_refunded_fen"] == totals["trade_refunded_fen"] == 1000
    assert totals["ledger_fen"] == totals["fund_gross_fen"] == 2 * 4900 - 1000
    provider = account(Kind.PROVIDER, keepers.merchant)
    balances = await keepers.ledger.balances([provider, FEES])
    assert balances[FEES] == totals["fund_fee_fen"] > 0
    assert balances[provider] == totals["fund_balance_fen"]
    assert await keepers.checks.total() == 0


async def test_comparing_again_changes_nothing(keepers: Keepers) -> None:
    day = await a_day_of_money(keepers)
    first = await keepers.reconciliation.run(day)
    before = await keepers.world.database.ledger.count_documents({})
    again = await keepers.reconciliation.run(day)
    assert (again["differences"], again["totals"], again["runs"]) == ([], first["totals"], 2)
    assert await keepers.world.database.ledger.count_documents({}) == before


async def test_the_original_file_is_kept_sealed_with_its_hash(keepers: Keepers) -> None:
    """E1, K2: what WeChat gave can be shown years later, and the store cannot read it."""
    day = await a_day_of_money(keepers)
    await keepers.bills.fetch(day)
    await keepers.bills.fetch(day)  # the same again is no second version
    content = await keepers.bills.original("trades", day)
    version = await keepers.bills.version("trades", day)
    assert content is not None
    assert content.startswith("\ufeff交易时间".encode())
    assert version is not None
    assert (version["rows"], version["size"]) == (3, len(content))
    kept = await keepers.world.database.bills.find_one({"kind": "trades", "day": day.isoformat()})
    assert kept is not None
    assert len(kept["versions"]) == 1
    stored = await keepers.blobs.get(version["blob"], 0, 1 << 20)
    assert "交易时间".encode() not in stored


@pytest.mark.parametrize(
    ("action", "more", "kind", "ours", "theirs"),
    [
        ("drop", {}, "missing_there", 4900, None),
        ("double", {}, "doubled", 4900, 9800),
        ("amount", {"fen": 4800}, "wrong_amount", 4900, 4800),
    ],
)
async def test_exactly_what_is_wrong_in_the_bill_is_told(
    keepers: Keepers, action: str, more: dict[str, int], kind: str, ours: int, theirs: int | None
) -> None:
    """E1: each seeded difference is found, named, given advice, and nothing else is."""
    day = await keepers.at(9, days=1)
    client = await keepers.world.client()
    number = await keepers.number(await keepers.paid(client))
    await keepers.paid(client)
    await keepers.edit(action, number, **more)
    await keepers.at(11, days=1)
    found = await keepers.reconciliation.run(day)
    assert told(found) == [(kind, number)]
    assert (found["differences"][0]["ours_fen"], found["differences"][0]["theirs_fen"]) == (ours, theirs)
    (item,) = await keepers.items()
    assert (item["kind"], item["subject"]) == (f"reconciliation.{kind}", number)
    assert item["detail"]["day"] == day.isoformat()
    assert item["advice"]
    # the provider mends its bill: the item goes away by itself
    await keepers.world.control("DELETE", "/control/bill-edits")
    assert await keepers.compared(day) == []
    assert await keepers.open_items() == []
    done = (await keepers.world.work_items.list("done"))[0]
    assert (done["done_by"], done["outcome"]) == ("system", EXPLAINED)


async def test_a_transaction_that_nothing_explains_is_told_and_asks_somebody(keepers: Keepers) -> None:
    """E1: what only the ledger knows is a difference like any other."""
    day = await a_day_of_money(keepers)
    at = keepers.world.clock() - timedelta(days=1)
    stray = Posting("test:stray", "payment", at, lines((COUPONS, 4900), (PLATFORM, -4900)))
    await keepers.world.database.transaction(lambda session: keepers.ledger.write(session, stray))
    assert told(await keepers.reconciliation.run(day)) == [("without_cause", "test:stray")]
    (item,) = await keepers.items()
    assert (item["kind"], item["detail"]["kind"]) == ("reconciliation.without_cause", "payment")


async def test_a_movement_that_is_not_ours_is_unknown(keepers: Keepers) -> None:
    day = await a_day_of_money(keepers)
    await keepers.edit("add", "SOMEBODYELSE01", fen=100, day=day.isoformat())
    assert await keepers.compared(day) == [("unknown", "SOMEBODYELSE01")]


async def test_a_refund_that_the_bill_lacks_is_told(keepers: Keepers) -> None:
    day = await keepers.at(9, days=1)
    client = await keepers.world.client()
    await keepers.refunded(client, await keepers.paid(client))
    refund = await keepers.world.database.refunds.find_one({})
    assert refund is not None
    await keepers.edit("drop", refund["out_refund_no"])
    await keepers.at(11, days=1)
    assert await keepers.compared(day) == [("missing_there", refund["out_refund_no"])]


async def test_a_payment_whose_notice_was_lost_is_confirmed_by_its_bill(keepers: Keepers) -> None:
    """E1: the bill shows the money, WeChat is asked about it, and the order goes on; nobody has to be called."""
    day = await keepers.at(9, days=1)
    client = await keepers.world.client()
    order = await keepers.paid(client, told=False)
    await keepers.at(11, days=1)
    assert await keepers.compared(day) == []
    assert (await keepers.world.stored(order.id))["status"] == OrderStatus.PAID
    assert await keepers.ledger.balance(account(Kind.ORDER, order.id)) == -4900


async def test_what_stays_unconfirmed_is_missing_here(keepers: Keepers) -> None:
    """WeChat cannot be asked now: the difference is told, and explained once it can."""
    day = await keepers.at(9, days=1)
    client = await keepers.world.client()
    order = await keepers.paid(client, told=False)
    number = await keepers.number(order)
    await keepers.at(11, days=1)
    await keepers.world.control("POST", "/control/faults", {"endpoint": "pay_query", "status": 500, "times": 20})
    assert await keepers.compared(day) == [("missing_here", number)]
    await keepers.world.control("DELETE", "/control/faults")
    assert await keepers.reconciliation.later(keepers.today) == [day]
    assert await keepers.open_items() == []
    assert (await keepers.world.payment(order.id))["state"] == PaymentState.SUCCEEDED


async def test_what_a_person_has_decided_is_not_asked_again(keepers: Keepers) -> None:
    day = await a_day_of_money(keepers)
    await keepers.edit("add", "SOMEBODYELSE01", fen=100, day=day.isoformat())
    await keepers.compared(day)
    ops = await keepers.world.person(Role.OPS)
    (item,) = await keepers.items()
    await keepers.world.work_items.close(ops, item["_id"], "属于线下门店收款，已登记")
    assert await keepers.compared(day) == [("unknown", "SOMEBODYELSE01")]
    assert await keepers.open_items() == []


async def sent_back(keepers: Keepers) -> bool:
    """Whether the sandbox has given back all that it was asked for."""
    refunds = (await keepers.world.control("GET", "/control/refunds"))["items"]
    return all(one["status"] == "SUCCESS" for one in refunds)


async def test_money_around_midnight_is_neither_lost_nor_told_twice(keepers: Keepers) -> None:
    """A payment of 23:59:59 whose notice comes after midnight belongs to the provider's day; a refund may stand in
    one day's trade bill and in the next day's fund bill."""
    day = await keepers.at(23.98, days=1)
    client = await keepers.world.client()
    order = await keepers.world.place(client)
    payment = await keepers.world.start(client, order.id)
    await keepers.world.pay(payment.out_trade_no)
    await keepers.at(0.1, days=1)
    await keepers.world.payments.notify(*await keepers.world.notice(payment.out_trade_no))
    await keepers.at(11)
    assert await keepers.compared(day) == []
    next_day = await keepers.at(23.98)
    await keepers.ask_back(client, order)
    await eventually(lambda: sent_back(keepers))  # before midnight, and we hear of it after
    assert keepers.today == next_day
    await keepers.at(0.2, days=1)
    await keepers.wait_for_refunds()
    refund = await keepers.world.database.refunds.find_one({"order_id": order.id})
    assert refund is not None
    assert day_of(refund["ended_at"]) == next_day
    await keepers.at(11)
    assert await keepers.compared(next_day) == []


async def test_bills_are_fetched_in_the_morning_and_missed_days_are_made_up_for(keepers: Keepers) -> None:
    """E1: not before its hour; every day since the last comparison, oldest first, by one worker."""
    day = await keepers.at(9, days=1)
    client = await keepers.world.client()
    await keepers.paid(client)
    await keepers.at(9.5, days=1)
    assert await keepers.nightly.tick() == 0  # too early
    await keepers.at(11, days=2)  # nobody ran for two days
    assert await keepers.nightly.tick() == 3
    assert await keepers.nightly.tick() == 0
    stored = await keepers.world.database.reconciliations.find({}).sort("_id", 1).to_list()
    assert [one["_id"] for one in stored] == [(day + timedelta(days=n)).isoformat() for n in range(3)]
    assert {one["state"] for one in stored} == {"done"}


async def test_a_bill_that_is_not_ready_is_asked_for_again(keepers: Keepers) -> None:
    day = await keepers.at(9, days=1)
    await keepers.paid(await keepers.world.client())
    await keepers.at(10.2, days=1)
    fault = {"endpoint": "tradebill", "errcode": "STATEMENT_CREATING", "status": 400, "times": 50}
    await keepers.world.control("POST", "/control/faults", fault)
    with pytest.raises(PayError):
        await keepers.reconciliation.run(day)
    assert await keepers.nightly.tick() == 0
    waiting = await keepers.world.database.reconciliations.find_one({"_id": day.isoformat()})
    assert waiting is not None
    assert (waiting["state"], waiting.get("fault")) == ("waiting", "pay.STATEMENT_CREATING")
    assert await keepers.open_items() == []
    await keepers.at(17)  # now it is late, and somebody should look
    assert await keepers.nightly.tick() == 0
    assert await keepers.open_items() == [("reconciliation.no_bill", day.isoformat())]
    await keepers.world.control("DELETE", "/control/faults")
    await keepers.at(17.5)
    assert await keepers.nightly.tick() == 1
    assert await keepers.open_items() == []


async def test_a_bill_that_was_altered_on_its_way_is_not_compared(keepers: Keepers) -> None:
    day = await a_day_of_money(keepers)
    await keepers.world.control("POST", "/control/faults", {"endpoint": "bill_download", "tamper": True, "times": 1})
    with pytest.raises(Exception, match="hash_mismatch"):
        await keepers.reconciliation.run(day)
    assert await keepers.bills.version("trades", day) is None
    assert await keepers.compared(day) == []


async def test_without_a_bill_nothing_is_compared(keepers: Keepers) -> None:
    day = await a_day_of_money(keepers)
    with pytest.raises(Problem, match="no_bill"):
        await keepers.reconciliation.run(day, fetch=False)
