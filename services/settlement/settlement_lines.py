"""The lines of a period: what each order changed in it, computed from stored facts as they were at its end (E3).

Whatever is read here either never changes (steps, ledger, reviews, earlier lines, versions of rules) or was frozen
with the period (levels, firms, tariffs), so that the same period gives the same lines whenever it is computed.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import rfc8785

from schemas.api.base import rfc3339
from schemas.documents.orders import OrderDocument
from schemas.documents.settlements import PeriodDocument, SettlementLineDocument
from schemas.enums import OrderStatus
from services.ledger.accounts import Kind, account
from services.ledger.settlement_postings import SETTLED
from services.settlement.dues import NOTHING, Due, Imposed, Item, ItemKind, OrderFacts, change, due, total
from services.settlement.order_standing import Standing, late_at, standing_at, stars_at
from services.settlement.rulebook import Versions
from services.storage.database import Database

# Of orders that may have been served: the rest cannot have a line.
_SERVABLE = [
    status.value
    for status in OrderStatus
    if status not in (OrderStatus.AWAITING_PAYMENT, OrderStatus.CANCELLED, OrderStatus.PAID)
]


@dataclass(slots=True)
class Computed:
    """What came of some orders."""

    lines: list[SettlementLineDocument] = field(default_factory=list)
    deferred: list[str] = field(default_factory=list)
    without_firm: dict[str, str] = field(default_factory=dict)  # lawyer → an order of theirs


@dataclass(slots=True)
class Money:
    """What the ledger says about one order."""

    revenue_fen: int = 0
    tips_fen: dict[str, int] = field(default_factory=lambda: defaultdict(int))  # by firm


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
        return sorted(found)

    async def compute(self, period: PeriodDocument, order_ids: Sequence[str], versions: Versions) -> Computed:
        """The lines of these orders in this period; nothing is stored."""
        made = Computed()
        orders = await self._db.orders.find({"_id": {"$in": list(order_ids)}}).to_list()
        former = await self._former(period, order_ids)
        money = await self._money(period, order_ids)
        imposed = await self._imposed(period, order_ids)
        for order in sorted(orders, key=lambda order: order["_id"]):
            order_id = order["_id"]
            case = _Case(period, order, former[order_id], money[order_id], imposed[order_id], versions)
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
                elif kind == Kind.FIRM:  # of what is posted for an order, only tips go to a firm at once
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


@dataclass(frozen=True, slots=True)
class _Case:
    """One order in one period. Pure."""

    period: PeriodDocument
    order: OrderDocument
    former: Sequence[SettlementLineDocument]
    money: Money
    imposed: Sequence[Imposed]
    versions: Versions

    def settle(self, made: Computed) -> None:
        """Add a line to ``made`` if this period brings one, or defer the order."""
        standing, earned_at = standing_at(self.order, self.period["ends_at"], self.versions)
        if standing is Standing.WAITING or (standing is Standing.OPEN and self.former):
            made.deferred.append(self.order["_id"])
        elif self.former:
            self._add(made, self._later_line())
        elif standing is Standing.SERVED and earned_at is not None:
            self._first(made, earned_at)

    def _first(self, made: Computed, earned_at: Any) -> None:
        lawyer_id = self.order.get("lawyer_id", "")
        lawyer = self.period["lawyers"].get(lawyer_id)
        if lawyer is None:
            made.deferred.append(self.order["_id"])
            made.without_firm.setdefault(lawyer_id, self.order["_id"])
            return
        version, _ = self.versions.at(earned_at)
        firm_id = lawyer["firm_id"]
        tariff = self.period["firms"][firm_id]["tariff"]
        line = self._line(firm_id, lawyer_id, lawyer["level"], tariff, version, earned_at, NOTHING)
        self._add(made, line)

    def _later_line(self) -> SettlementLineDocument:
        first = self.former[0]
        before = total(due_of(line) for line in self.former)
        return self._line(
            first["firm_id"],
            first["lawyer_id"],
            first["level"],
            first["tariff"],
            first["rules"],
            first["earned_at"],
            before,
        )

    def _line(
        self, firm_id: str, lawyer_id: str, level: str, tariff: str, version: int, earned_at: Any, before: Due
    ) -> SettlementLineDocument:
        order, period = self.order, self.period
        facts = OrderFacts(
            order_id=order["_id"],
            kind=order["product"]["kind"],
            tariff=tariff,
            level=level,
            earned_at=earned_at,
            revenue_fen=self.money.revenue_fen,
            stars=stars_at(order, period["ends_at"]),
            late=late_at(order, period["ends_at"]),
            imposed=tuple(self.imposed),
            tips_fen=self.money.tips_fen[firm_id],
        )
        changed = change(due(facts, self.versions.of(version)), before)
        return {
            "_id": f"{period['_id']}:{order['_id']}",
            "schema_version": 1,
            "period_id": period["_id"],
            "period_number": period["number"],
            "order_id": order["_id"],
            "number": order["number"],
            "product": order["product"]["name"],
            "firm_id": firm_id,
            "lawyer_id": lawyer_id,
            "level": level,
            "tariff": tariff,
            "rules": version,
            "earned_at": earned_at,
            "stars": facts.stars,
            "revenue_fen": changed.revenue_fen,
            "platform_fen": changed.platform_fen,
            "total_fen": changed.total_fen,
            "items": [
                {"kind": i.kind.value, "rule": i.rule, "title": i.title, "fen": i.fen, "rate_bp": i.rate_bp}
                for i in changed.items
            ],
            "created_at": period["created_at"],
        }

    @staticmethod
    def _add(made: Computed, line: SettlementLineDocument) -> None:
        if line["revenue_fen"] or line["items"]:
            made.lines.append(line)


def due_of(line: SettlementLineDocument) -> Due:
    """A stored line as the difference that it is."""
    items = tuple(
        Item(ItemKind(item["kind"]), item["rule"], item["title"], item["fen"], item["rate_bp"])
        for item in line["items"]
    )
    return Due(line["revenue_fen"], items)


def digest(lines: Iterable[SettlementLineDocument]) -> str:
    """SHA-256 over all that counts of the lines, in the order of their orders, as RFC 8785 canonical JSON."""
    rows = [
        {
            **{name: line[name] for name in _COUNTS},  # type: ignore[literal-required]
            "earned_at": rfc3339(line["earned_at"]),
        }
        for line in sorted(lines, key=lambda line: line["order_id"])
    ]
    return hashlib.sha256(rfc8785.dumps(rows)).hexdigest()


_COUNTS = (
    *("order_id", "number", "firm_id", "lawyer_id", "level", "tariff", "rules", "stars"),
    *("revenue_fen", "platform_fen", "total_fen", "items"),
)
