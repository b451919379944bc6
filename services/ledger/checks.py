"""Reading the ledger to prove it: a span rebuilt and compared, accounts that hold what they may not, 科目余额表."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schemas.documents.money import LedgerDocument
from schemas.enums import RefundState
from services.days import Span
from services.ledger.accounts import CHART, Kind, Side, kind_of
from services.ledger.entries import Posting
from services.ledger.firm_dues import FirmDues
from services.ledger.holdings import Holding, Owners, faults
from services.ledger.ledger import Ledger
from services.ledger.rebuilding import Mistake, compare
from services.ledger.settlement_postings import SETTLED
from services.ledger.sources import expected
from services.storage.database import Database


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a trial balance: turnover and balance in fen; the balance is on the account's own ``side``."""

    account: str
    side: Side
    debit_fen: int
    credit_fen: int

    @property
    def balance_fen(self) -> int:
        signed = self.debit_fen - self.credit_fen
        return signed if self.side is Side.DEBIT else -signed


class LedgerChecks:
    """Reads without holding anybody up. What is found once may be half of a change under way, so it is looked for
    again: only what stays is told."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._db = database
        self._ledger = ledger
        self._dues = FirmDues(database)

    async def rebuild(self, span: Span, more: Iterable[Posting] = ()) -> list[Mistake]:
        """What is wrong with a span. ``more``: postings whose cause lies outside the database (bills)."""
        known = list(more)
        first = await self._rebuild(span, known)
        return [one for one in await self._rebuild(span, known) if one in first] if first else []

    async def _rebuild(self, span: Span, more: Sequence[Posting]) -> list[Mistake]:
        wanted = [*await expected(self._db, span), *more]
        stored = await self._db.ledger.find({"at": span.query()}).to_list()
        here = {document["_id"] for document in stored}
        away = [posting.cause for posting in wanted if posting.cause not in here]
        stored += await self._db.ledger.find({"_id": {"$in": away}}).to_list()
        return compare(wanted, stored, span)

    async def holdings(self, span: Span) -> list[Holding]:
        """Accounts touched in the span, and orders moved in it, that hold what they may not, now."""
        first = await self._holdings(span)
        return [one for one in await self._holdings(span) if one in first] if first else []

    async def _holdings(self, span: Span) -> list[Holding]:
        touched = set(await self._db.ledger.distinct("lines.account", {"at": span.query()}))
        moved = await self._db.orders.distinct("_id", {"updated_at": span.query()})
        orders = {name.partition(":")[2] for name in touched if kind_of(name) is Kind.ORDER} | set(moved)
        owners = await self._owners(
            orders,
            {name for name in touched if kind_of(name) is Kind.REFUND},
            {name.partition(":")[2] for name in touched if kind_of(name) is Kind.FIRM},
        )
        return faults(await self._ledger.balances(touched), owners)

    async def total(self) -> int:
        """All lines of all time together; anything but nought is a broken ledger."""
        stages: list[dict[str, Any]] = [
            {"$unwind": "$lines"},
            {"$group": {"_id": None, "fen": {"$sum": "$lines.fen"}}},
        ]
        rows: Any = await self._db.ledger.aggregate(stages)
        return sum([row["fen"] async for row in rows])

    async def trial_balance(self, until: datetime, *, kind: Kind | None = None) -> list[Row]:
        """科目余额表 of everything before ``until``: a row a kind of account, or a row for each account of ``kind``."""
        whole: Any = "$lines.account"
        owner: Any = whole if kind else {"$arrayElemAt": [{"$split": [whole, ":"]}, 0]}
        only = [{"$match": {"lines.account": {"$regex": f"^{kind.value}:"}}}] if kind else []
        stages: list[dict[str, Any]] = [
            {"$match": {"at": {"$lt": until}}},
            *only,
            {"$unwind": "$lines"},
            *only,
            {
                "$group": {
                    "_id": owner,
                    "debit": {"$sum": {"$max": ["$lines.fen", 0]}},
                    "credit": {"$sum": {"$max": [{"$multiply": ["$lines.fen", -1]}, 0]}},
                }
            },
            {"$sort": {"_id": 1}},
        ]
        rows: Any = await self._db.ledger.aggregate(stages)
        return [Row(row["_id"], CHART[kind_of(row["_id"])].side, row["debit"], row["credit"]) async for row in rows]

    async def of_order(self, order_id: str) -> list[LedgerDocument]:
        """All transactions of an order, oldest first."""
        return await self._db.ledger.find({"order_id": order_id}).sort([("at", 1), ("_id", 1)]).to_list()

    async def _owners(self, orders: set[str], refund_accounts: set[str], firms: set[str]) -> Owners:
        ids = [name.partition(":")[2] for name in refund_accounts]
        refunds = self._db.refunds.find({"_id": {"$in": ids}}, {"state": 1})
        found = self._db.orders.find({"_id": {"$in": sorted(orders)}})
        received, settled = await self._received(orders)
        return Owners(
            orders={order["_id"]: order async for order in found},
            received=received,
            settled=settled,
            refunds={refund["_id"]: RefundState(refund["state"]) async for refund in refunds},
            firms=await self._dues.of(firms),
            forgotten=await self._dues.forgotten(orders),
        )

    async def _received(self, orders: set[str]) -> tuple[dict[str, int], frozenset[str]]:
        """What came in for each order, refunds that failed aside; and which have been settled."""
        accounts = [f"{Kind.ORDER.value}:{order_id}" for order_id in sorted(orders)]
        is_settled = {"$eq": ["$kind", SETTLED]}
        stages: list[dict[str, Any]] = [
            {"$match": {"lines.account": {"$in": accounts}, "kind": {"$not": {"$regex": "^refund"}}}},
            {"$unwind": "$lines"},
            {"$match": {"lines.account": {"$in": accounts}}},
            {
                "$group": {
                    "_id": "$lines.account",
                    "credit": {"$sum": {"$cond": [is_settled, 0, {"$max": [{"$multiply": ["$lines.fen", -1]}, 0]}]}},
                    "settled": {"$max": is_settled},
                }
            },
        ]
        rows: Any = await self._db.ledger.aggregate(stages)
        received: dict[str, int] = {}
        settled: set[str] = set()
        async for row in rows:
            order_id = row["_id"].partition(":")[2]
            received[order_id] = row["credit"]
            if row["settled"]:
                settled.add(order_id)
        return received, frozenset(settled)
