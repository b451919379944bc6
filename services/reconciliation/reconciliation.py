"""The nightly proof: ledger = orders = the provider's bills, with a work item for each difference (E1).

A day is compared when both of its bills are here: after 10:00 of the next day (China), and later as often as needed.
The result of a day depends on stored facts only, so a day can be compared again at any time. A difference that is gone
then closes its work item by itself; what a person closed stays closed while the facts are the same.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, timedelta
from functools import partial

from pymongo.asynchronous.client_session import AsyncClientSession

from miniprogram_api.errors import VendorError
from schemas.documents.money import DifferenceDocument, ReconciliationDocument
from schemas.documents.orders import PaymentDocument
from services.clock import Clock, utc_now
from services.days import day_of, span_of
from services.errors import Problem
from services.ledger.checks import LedgerChecks
from services.ledger.entries import Posting
from services.ledger.ledger import Ledger
from services.ledger.rebuilding import Mistake
from services.orders.order_seams import Tally, no_tally
from services.reconciliation.bill_store import BillKind, BillStore
from services.reconciliation.days_books import Bills, DaysBooks, bills_of
from services.reconciliation.difference_items import DifferenceItems
from services.reconciliation.differences import Difference, Kind, merged
from services.reconciliation.fund_matching import bill_postings, match_funds
from services.reconciliation.totals import totals_of
from services.reconciliation.trade_matching import Ours, match_trades
from services.storage.database import Database

log = logging.getLogger("casespace.reconciliation")

DONE, WAITING = "done", "waiting"
AT_ONCE = 100
Settle = Callable[[PaymentDocument], Awaitable[None]]


class Reconciliation:
    def __init__(
        self,
        database: Database,
        bills: BillStore,
        ledger: Ledger,
        checks: LedgerChecks,
        items: DifferenceItems,
        settle: Settle,
        clock: Clock = utc_now,
        tally: Tally = no_tally,
    ) -> None:
        """``settle`` asks the provider about one payment and takes its word into the books (``PaymentWatch.settle``):
        what a bill shows as paid and we do not know is most often a notice that got lost."""
        self._db = database
        self._bills = bills
        self._books = DaysBooks(database, bills)
        self._ledger = ledger
        self._checks = checks
        self._items = items
        self._settle = settle
        self._clock = clock
        self._tally = tally

    async def run(self, day: date, *, fetch: bool = True) -> ReconciliationDocument:
        """Compare one day. Raises VendorError and ``server.unavailable`` when its bills cannot be had.

        ``reconciliation.no_bill``: they were not fetched before, and shall not be now.
        """
        if fetch:
            await self._bills.fetch(day)
        bills = await bills_of(self._bills, day)
        if bills is None:
            raise Problem("reconciliation.no_bill")
        ours = await self._books.ours(bills)
        if await self._heal(bills, ours):
            ours = await self._books.ours(bills)
        known, orders = await self._books.orders_of(ours, (*bills.funds, *bills.near_funds))
        from_bill = bill_postings(bills.funds, self._bills.merchant, bills.fees(), orders)
        await self._post(from_bill)
        found = [*match_trades(bills.trades, ours), *await self._funds(bills, known)]
        differences = _not_told_twice(merged([*found, *await self._ledgers(day, from_bill)]))
        stored = await self._store(day, bills, ours, differences)
        await self._items.keep(day, differences)
        for one in differences:
            self._tally("difference", one.kind.value)
        log.info("day %s was compared: %d differences", day, len(differences))
        return stored

    async def rebuild(self, day: date) -> list[Mistake]:
        """A day of the ledger made once more from orders, payments, refunds and the bills that are here."""
        bills = await bills_of(self._bills, day)
        if bills is None:
            return await self._checks.rebuild(span_of(day))
        ours = await self._books.ours(bills)
        _, orders = await self._books.orders_of(ours, bills.funds)
        from_bill = bill_postings(bills.funds, self._bills.merchant, bills.fees(), orders)
        return await self._checks.rebuild(span_of(day), from_bill)

    async def later(self, day: date) -> list[date]:
        """Days before ``day`` with something open, compared again with the bills that are here; those days."""
        open_days = await self._items.open_days()
        waiting = {"_id": {"$lt": day.isoformat()}, "differences.waiting": True}
        open_days |= {date.fromisoformat(one) for one in await self._db.reconciliations.distinct("_id", waiting)}
        again = sorted(one for one in open_days if one < day)
        for one in again:
            await self.run(one, fetch=False)
        return again

    async def put_off(self, day: date, fault: VendorError | Problem, pause: timedelta) -> None:
        """Its bills cannot be had now; what was found before stays."""
        now = self._clock()
        changes = {"state": WAITING, "retry_at": now + pause, "fault": fault.code, "checked_at": now}
        fresh = {"schema_version": 1, "differences": [], "totals": {}, "bills": {}}
        await self._db.reconciliations.update_one(
            {"_id": day.isoformat()}, {"$set": changes, "$setOnInsert": fresh, "$inc": {"runs": 1}}, upsert=True
        )

    # --- the parts of a run

    async def _heal(self, bills: Bills, ours: Ours) -> int:
        """Ask about payments that the bill shows as paid and we do not know to be; how many were asked about."""
        unknown = [one for one in match_trades(bills.trades, ours) if one.kind is Kind.MISSING_HERE]
        payments = [ours.payments[one.subject] for one in unknown if one.subject in ours.payments]
        for payment in payments:
            try:
                await self._settle(payment)
            except (VendorError, Problem) as fault:
                log.warning("payment %s of a bill could not be settled: %s", payment["_id"], fault)
        return len(payments)

    async def _post(self, wanted: Sequence[Posting]) -> None:
        """Once each; what was posted otherwise before is found by the comparison."""
        for start in range(0, len(wanted), AT_ONCE):
            part = wanted[start : start + AT_ONCE]
            there = set(await self._db.ledger.distinct("_id", {"_id": {"$in": [one.cause for one in part]}}))
            if new := [one for one in part if one.cause not in there]:
                await self._db.transaction(partial(self._write, new))

    async def _write(self, new: Sequence[Posting], session: AsyncClientSession) -> None:
        for posting in new:
            await self._ledger.write(session, posting)

    async def _funds(self, bills: Bills, known: frozenset[str]) -> list[Difference]:
        span = span_of(bills.day)
        booked = await self._books.booked(span, (*bills.funds, *bills.near_funds))
        return match_funds(
            bills.funds, bills.near_funds, booked, known, bills.fees(), span, next_known=bills.next_known
        )

    async def _ledgers(self, day: date, from_bill: Sequence[Posting]) -> list[Difference]:
        span = span_of(day)
        found = [
            Difference(
                Kind(one.finding.value),
                one.cause,
                sum(fen for fen in one.expected.values() if fen > 0) or None,
                sum(fen for fen in one.stored.values() if fen > 0) or None,
                detail={"kind": one.kind} | ({"order_id": one.order_id} if one.order_id else {}),
            )
            for one in await self._checks.rebuild(span, from_bill)
        ]
        found += [
            Difference(Kind(one.fault.value), one.account, one.due_fen, one.fen)
            for one in await self._checks.holdings(span)
        ]
        if total := await self._checks.total():
            found.append(Difference(Kind.UNBALANCED, "ledger", 0, total))
        return found

    async def _store(
        self, day: date, bills: Bills, ours: Ours, differences: Sequence[Difference]
    ) -> ReconciliationDocument:
        kinds: tuple[BillKind, ...] = ("trades", "funds")
        versions = {kind: await self._bills.version(kind, day) for kind in kinds}
        before = await self._db.reconciliations.find_one({"_id": day.isoformat()}, {"runs": 1})
        document: ReconciliationDocument = {
            "_id": day.isoformat(),
            "schema_version": 1,
            "state": DONE,
            "differences": [_document(one) for one in differences],
            "totals": totals_of(bills, ours, await self._books.booked(span_of(day), bills.funds)),
            "bills": {kind: version["sha256"] for kind, version in versions.items() if version},
            "runs": (before["runs"] if before else 0) + 1,
            "checked_at": self._clock(),
        }
        await self._db.reconciliations.replace_one({"_id": document["_id"]}, document, upsert=True)
        return document


def last_day(clock: Clock) -> date:
    """The last whole day, in China."""
    return day_of(clock()) - timedelta(days=1)


def _not_told_twice(differences: Sequence[Difference]) -> list[Difference]:
    """A number that is wrong in another way has a wrong fee as well: that is one matter, not two."""
    wrong = {one.subject for one in differences if one.kind is not Kind.FEE}
    return [one for one in differences if one.kind is not Kind.FEE or one.subject not in wrong]


def _document(one: Difference) -> DifferenceDocument:
    return {
        "kind": one.kind.value,
        "subject": one.subject,
        "ours_fen": one.ours_fen,
        "theirs_fen": one.theirs_fen,
        "waiting": one.waiting,
        "detail": dict(one.detail),
    }
