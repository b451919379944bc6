"""What a finance officer sees and asks for; every look at single accounts, orders or bills is audited (K2)."""

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime, timedelta

from miniprogram_api.errors import VendorError
from schemas.api.base import Page
from schemas.api.finance import (
    CompareBody,
    DifferenceView,
    LineView,
    MistakeView,
    OrderLedgerView,
    RebuiltView,
    ReconciliationRow,
    ReconciliationsQuery,
    ReconciliationView,
    TransactionView,
    TrialBalanceQuery,
    TrialBalanceRow,
    TrialBalanceView,
)
from schemas.documents.money import DifferenceDocument, LedgerDocument, ReconciliationDocument
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.days import day_of, span_of
from services.errors import Problem
from services.ledger.accounts import CHART, Kind, account, kind_of
from services.ledger.checks import LedgerChecks, Row
from services.permissions import FINANCE, Permission, require
from services.reconciliation import differences
from services.reconciliation.bill_store import BillKind, BillStore
from services.reconciliation.ledger_files import pieces
from services.reconciliation.reconciliation import Reconciliation
from services.storage.database import Database

LONGEST_EXPORT = 31  # days


class Finance:
    def __init__(
        self,
        database: Database,
        checks: LedgerChecks,
        reconciliation: Reconciliation,
        bills: BillStore,
        audit: Audit,
        clock: Clock = utc_now,
    ) -> None:
        self._db = database
        self._checks = checks
        self._reconciliation = reconciliation
        self._bills = bills
        self._audit = audit
        self._clock = clock

    async def trial_balance(self, actor: Actor, query: TrialBalanceQuery) -> TrialBalanceView:
        """科目余额表. Raises ``auth.forbidden``, ``finance.no_account``."""
        require(FINANCE, Permission.FINANCE_VIEW, actor.roles)
        until = span_of(query.until).end if query.until else self._clock()
        kind = _kind(query.kind)
        await self._note(actor, "trial_balance", kind=query.kind or "")
        rows = await self._checks.trial_balance(until, kind=kind)
        return trial_balance_view(rows, until)

    async def of_order(self, actor: Actor, order_id: str) -> OrderLedgerView:
        """Raises ``auth.forbidden``, ``order.not_found``."""
        require(FINANCE, Permission.FINANCE_VIEW, actor.roles)
        if await self._db.orders.find_one({"_id": order_id}, {"_id": 1}) is None:
            raise Problem("order.not_found")
        found = await self._checks.of_order(order_id)
        await self._note(actor, order_id)
        name = account(Kind.ORDER, order_id)
        held = -sum(line["fen"] for one in found for line in one["lines"] if line["account"] == name)
        return OrderLedgerView(order_id=order_id, transactions=[_transaction(one) for one in found], held_fen=held)

    async def reconciliations(self, actor: Actor, query: ReconciliationsQuery) -> Page[ReconciliationRow]:
        """Newest first. Raises ``auth.forbidden``."""
        require(FINANCE, Permission.FINANCE_VIEW, actor.roles)
        wanted = {"_id": {"$lt": query.cursor}} if query.cursor else {}
        found = await self._db.reconciliations.find(wanted).sort("_id", -1).limit(query.limit + 1).to_list()
        shown, more = found[: query.limit], len(found) > query.limit
        rows = [
            ReconciliationRow(
                day=one["_id"],
                state=one["state"],
                checked_at=one["checked_at"],
                differences=len(one["differences"]),
            )
            for one in shown
        ]
        return Page[ReconciliationRow](items=rows, next_cursor=shown[-1]["_id"] if more else None, has_more=more)

    async def reconciliation(self, actor: Actor, day: date) -> ReconciliationView:
        """Raises ``auth.forbidden``, ``reconciliation.not_found``."""
        require(FINANCE, Permission.FINANCE_VIEW, actor.roles)
        found = await self._db.reconciliations.find_one({"_id": day.isoformat()})
        if found is None:
            raise Problem("reconciliation.not_found")
        return reconciliation_view(found)

    async def compare(self, actor: Actor, day: date, body: CompareBody) -> ReconciliationView:
        """Compare a day now. Raises ``auth.forbidden``, ``reconciliation.no_bill``, ``provider.unavailable``."""
        require(FINANCE, Permission.FINANCE_DECIDE, actor.roles)
        await self._note(actor, f"compare {day.isoformat()}", fetch=str(body.fetch).lower())
        if day >= day_of(self._clock()):
            raise Problem("reconciliation.no_bill")
        try:
            return reconciliation_view(await self._reconciliation.run(day, fetch=body.fetch))
        except VendorError as fault:
            raise Problem("provider.unavailable") from fault

    async def rebuild(self, actor: Actor, day: date) -> RebuiltView:
        """A day of the ledger made once more and compared. Raises ``auth.forbidden``."""
        require(FINANCE, Permission.FINANCE_VIEW, actor.roles)
        await self._note(actor, f"rebuild {day.isoformat()}")
        mistakes = [
            MistakeView(
                finding=one.finding.value,
                cause=one.cause,
                kind=one.kind,
                expected=dict(one.expected),
                stored=dict(one.stored),
                order_id=one.order_id,
            )
            for one in await self._reconciliation.rebuild(day)
        ]
        return RebuiltView(day=day.isoformat(), mistakes=mistakes)

    async def ledger_csv(self, actor: Actor, first: date, last: date) -> AsyncIterator[bytes]:
        """All lines from ``first`` to ``last`` (both included, at most 31 days), as the pieces of a file for a
        spreadsheet, read while they are taken.

        Raises ``auth.forbidden``, ``finance.span_invalid``.
        """
        require(FINANCE, Permission.FINANCE_VIEW, actor.roles)
        if not timedelta(0) <= last - first < timedelta(days=LONGEST_EXPORT):
            raise Problem("finance.span_invalid")
        await self._note(actor, f"ledger {first.isoformat()} {last.isoformat()}")
        span = span_of(first, (last - first).days + 1)
        found = self._db.ledger.find({"at": span.query()}).sort([("at", 1), ("_id", 1)])
        return pieces(found)

    async def bill(self, actor: Actor, day: date, kind: BillKind) -> bytes:
        """The provider's original file. Raises ``auth.forbidden``, ``reconciliation.no_bill``."""
        require(FINANCE, Permission.FINANCE_VIEW, actor.roles)
        content = await self._bills.original(kind, day)
        if content is None:
            raise Problem("reconciliation.no_bill")
        await self._note(actor, f"bill {kind} {day.isoformat()}")
        return content

    async def _note(self, actor: Actor, subject: str, **detail: str) -> None:
        await self._audit.write(actor, "finance.read", f"finance:{subject}", None, **detail)


def _kind(name: str | None) -> Kind | None:
    try:
        return Kind(name) if name else None
    except ValueError:
        raise Problem("finance.no_account") from None


def trial_balance_view(rows: Sequence[Row], until: datetime) -> TrialBalanceView:
    debit, credit = sum(row.debit_fen for row in rows), sum(row.credit_fen for row in rows)
    return TrialBalanceView(
        until=until,
        rows=[
            TrialBalanceRow(
                account=row.account,
                title=_title(row.account),
                side=row.side.value,
                debit_fen=row.debit_fen,
                credit_fen=row.credit_fen,
                balance_fen=row.balance_fen,
            )
            for row in rows
        ],
        debit_fen=debit,
        credit_fen=credit,
        balanced=debit == credit,
    )


def reconciliation_view(one: ReconciliationDocument) -> ReconciliationView:
    return ReconciliationView(
        day=one["_id"],
        state=one["state"],
        checked_at=one["checked_at"],
        runs=one["runs"],
        totals=one["totals"],
        bills=one["bills"],
        differences=[_difference(found) for found in one["differences"]],
        fault=one.get("fault"),
    )


def _difference(one: DifferenceDocument) -> DifferenceView:
    text = differences.TEXTS[differences.Kind(one["kind"])]
    return DifferenceView(
        kind=one["kind"],
        title=text.title,
        advice=text.advice,
        subject=one["subject"],
        ours_fen=one["ours_fen"],
        theirs_fen=one["theirs_fen"],
        waiting=one["waiting"],
        detail=one["detail"],
    )


def _transaction(one: LedgerDocument) -> TransactionView:
    return TransactionView(
        cause=one["_id"],
        kind=one["kind"],
        at=one["at"],
        recorded_at=one["recorded_at"],
        lines=[
            LineView(account=line["account"], title=_title(line["account"]), fen=line["fen"]) for line in one["lines"]
        ],
        refs=one["refs"],
    )


def _title(name: str) -> str:
    return CHART[kind_of(name)].title
