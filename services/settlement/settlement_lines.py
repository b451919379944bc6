"""The lines of a period: what each order changed in it, computed from stored facts as they were at its end (E3).

Whatever is read here either never changes (steps, ledger, reviews, earlier lines, versions of rules) or was frozen
with the period (levels, firms, tariffs), so that the same period gives the same lines whenever it is computed.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from schemas.documents.settlements import PeriodDocument, SettlementLineDocument
from schemas.enums import OrderStatus
from services.ledger.accounts import Kind, account
from services.ledger.settlement_postings import SETTLED
from services.settlement.dues import Imposed, ItemKind
from services.settlement.order_cases import Case, Computed, Money
from services.settlement.rulebook import Versions
from services.storage.database import Database

# Of orders that may have been served: the rest cannot have a line.
_SERVABLE = [
    status.value
    for status in OrderStatus
    if status not in (OrderStatus.AWAITING_PAYMENT, OrderStatus.CANCELLED, OrderStatus.PAID)
]


class SettlementLines:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def candidates(self, period: PeriodDocument) -> list[str]:
        """The orders that can have a line in this period, and some that have none; by id."""
        before = await self._db.settlement_periods.find_one({"number": period["number"] - 1})
        span: dict[str, Any] = {"$lt": period["ends_at"]}
        since: dict[str, Any] = {"status": {"$in": _SERVABLE}}
        if before is not None:
            span["$gte"] = period["starts_at"]
            since["updated_at"] = {"$gte": period["starts_at"]}
        found = set(before["deferred"] if before else [])
        since["created_at"] = {"$lt": period["ends_at"]}
        found |= {order["_id"] async for order in self._db.orders.find(since, {"_id": 1})}
        moved = {"recorded_at": span, "kind": {"$ne": SETTLED}, "order_id": {"$exists": True}}
        found |= {entry["order_id"] async for entry in self._db.ledger.find(moved, {"order_id": 1})}
        judged = {"$or": [{"imposed_at": span}, {"waived_at": span}]}
        found |= {penalty["order_id"] async for penalty in self._db.penalties.find(judged, {"order_id": 1})}
        return sorted(found | await self._tipped(period))

    async def _tipped(self, period: PeriodDocument) -> set[str]:
        """Orders whose tips stand on no line yet, however long ago they were paid."""
        paid: dict[str, int] = defaultdict(int)
        async for tip in self._db.tips.find({"paid_at": {"$lt": period["ends_at"]}}, {"order_id": 1, "amount_fen": 1}):
            paid[tip["order_id"]] += tip["amount_fen"]
        shown = {"items.kind": ItemKind.TIPS.value, "period_number": {"$lt": period["number"]}}
        async for line in self._db.settlement_lines.find(shown, {"order_id": 1, "items": 1}):
            paid[line["order_id"]] -= sum(item["fen"] for item in line["items"] if item["kind"] == ItemKind.TIPS)
        return {order_id for order_id, fen in paid.items() if fen}

    async def compute(self, period: PeriodDocument, order_ids: Sequence[str], versions: Versions) -> Computed:
        """The lines of these orders in this period; nothing is stored."""
        made = Computed()
        orders = await self._db.orders.find({"_id": {"$in": list(order_ids)}}).to_list()
        former = await self._former(period, order_ids)
        money = await self._money(period, order_ids)
        imposed = await self._imposed(period, order_ids)
        for order in sorted(orders, key=lambda order: order["_id"]):
            order_id = order["_id"]
            case = Case(period, order, former[order_id], money[order_id], imposed[order_id], versions)
            case.settle(made)
        return made

    async def _former(
        self, period: PeriodDocument, order_ids: Sequence[str]
    ) -> Mapping[str, list[SettlementLineDocument]]:
        found: dict[str, list[SettlementLineDocument]] = defaultdict(list)
        query = {"order_id": {"$in": list(order_ids)}, "period_number": {"$lt": period["number"]}}
        async for line in self._db.settlement_lines.find(query).sort("period_number"):
            found[line["order_id"]].append(line)
        return found

    async def _money(self, period: PeriodDocument, order_ids: Sequence[str]) -> Mapping[str, Money]:
        found: dict[str, Money] = defaultdict(Money)
        query = {
            "order_id": {"$in": list(order_ids)},
            "recorded_at": {"$lt": period["ends_at"]},
            "kind": {"$ne": SETTLED},
        }
        async for entry in self._db.ledger.find(query):
            money = found[entry["order_id"]]
            for line in entry["lines"]:
                kind, _, owner = line["account"].partition(":")
                if line["account"] == account(Kind.ORDER, entry["order_id"]):
                    money.revenue_fen -= line["fen"]
                elif kind == Kind.FIRM:  # of what is posted for an order, only tips go to a firm at once (or to none)
                    money.tips_fen[owner] -= line["fen"]
        return found

    async def _imposed(self, period: PeriodDocument, order_ids: Sequence[str]) -> Mapping[str, list[Imposed]]:
        end = period["ends_at"]
        found: dict[str, list[Imposed]] = defaultdict(list)
        query = {"order_id": {"$in": list(order_ids)}, "imposed_at": {"$lt": end}}
        async for penalty in self._db.penalties.find(query).sort("_id"):
            if penalty.get("waived_at", end) >= end:
                found[penalty["order_id"]].append(Imposed(penalty["_id"], penalty["cause"]))
        return found
