"""What one order changes in one period, as lines for firms. Pure: computed from stored facts alone (E3).

An order's fee goes to one firm: the one its lawyer belonged to when it was first settled. Tips are the firm's from the
moment they are paid, so those that came while the lawyer belonged to another firm, or for an order whose fee went
back, make a line of their own (``tips_only``) for the firm that was credited with them. Tips that were paid while the
lawyer had no firm lie on the account of no firm, and the line that shows them takes them from there.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import rfc8785

from schemas.api.base import rfc3339
from schemas.documents.orders import OrderDocument
from schemas.documents.settlements import PeriodDocument, SettlementLineDocument
from services.ledger.accounts import NO_FIRM
from services.settlement.dues import ITEM_TITLES, Due, Imposed, Item, ItemKind, OrderFacts, change, due, total
from services.settlement.order_standing import Standing, late_at, standing_at, stars_at
from services.settlement.rulebook import Versions


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
    tips_fen: dict[str, int] = field(default_factory=lambda: defaultdict(int))  # by firm, NO_FIRM among them


@dataclass(frozen=True, slots=True)
class _Terms:
    """By what a line is computed: those of the order's first whole line, or of today."""

    firm_id: str
    lawyer_id: str
    level: str
    tariff: str
    rules: int
    earned_at: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """One order in one period; ``former``: its lines of earlier periods."""

    period: PeriodDocument
    order: OrderDocument
    former: Sequence[SettlementLineDocument]
    money: Money
    imposed: Sequence[Imposed]
    versions: Versions

    def settle(self, made: Computed) -> None:
        """Add the lines that this period brings to ``made``, or defer the order."""
        standing, earned_at = standing_at(self.order, self.period["ends_at"], self.versions)
        first = next((line for line in self.former if "tips_only" not in line), None)
        if standing is Standing.WAITING or (standing is Standing.OPEN and first is not None):
            made.deferred.append(self.order["_id"])
            return
        whole = first is not None or standing is Standing.SERVED
        terms = _terms_of(first) if first is not None else self._terms(earned_at)
        if terms is not None:
            self._add(made, terms, whole=whole, homeless_fen=self._homeless_fen)
        elif whole or self._homeless_fen:
            made.deferred.append(self.order["_id"])
            made.without_firm.setdefault(self._lawyer_id, self.order["_id"])
        for firm_id in sorted(self.money.tips_fen.keys() & self.period["firms"].keys()):
            if terms is None or firm_id != terms.firm_id:
                self._add(made, self._others(firm_id), whole=False)

    @property
    def _lawyer_id(self) -> str:
        return self.order.get("lawyer_id", "")

    @property
    def _homeless_fen(self) -> int:
        """Tips on the account of no firm that no line has taken from there yet."""
        taken = sum(line.get("from_no_firm_fen", 0) for line in self.former)
        return self.money.tips_fen.get(NO_FIRM, 0) - taken

    def _terms(self, earned_at: datetime | None) -> _Terms | None:
        """Those of an order that is settled for the first time; None while its lawyer has no firm."""
        lawyer = self.period["lawyers"].get(self._lawyer_id)
        if lawyer is None:
            return None
        other = self._others(lawyer["firm_id"])
        if earned_at is None:
            return replace(other, level=lawyer["level"])
        return replace(other, level=lawyer["level"], rules=self.versions.at(earned_at)[0], earned_at=earned_at)

    def _others(self, firm_id: str) -> _Terms:
        """Of a firm that has nothing of the order but tips; dated with the order's last step."""
        end = self.period["ends_at"]
        at = max((step["at"] for step in self.order["steps"] if step["at"] < end), default=end)
        firm = self.period["firms"].get(firm_id)
        return _Terms(firm_id, self._lawyer_id, "", firm["tariff"] if firm else "", self.versions.at(at)[0], at)

    def _add(self, made: Computed, terms: _Terms, *, whole: bool, homeless_fen: int = 0) -> None:
        """The firm's line: fee, subsidies, penalties and tips where it is ``whole``, else the tips alone."""
        mine = [line for line in self.former if line["firm_id"] == terms.firm_id]
        taken = homeless_fen + sum(line.get("from_no_firm_fen", 0) for line in mine)
        tips = self.money.tips_fen.get(terms.firm_id, 0) + taken
        stars = stars_at(self.order, self.period["ends_at"]) if whole else None
        now = self._due(terms, tips, stars) if whole else _thanks(tips)
        line = self._line(terms, change(now, total(due_of(line) for line in mine)), stars)
        if not whole:
            line["_id"] += f":{terms.firm_id}"
            line["tips_only"] = True
        if homeless_fen:
            line["from_no_firm_fen"] = homeless_fen
        if line["revenue_fen"] or line["items"]:
            made.lines.append(line)

    def _due(self, terms: _Terms, tips_fen: int, stars: int | None) -> Due:
        facts = OrderFacts(
            order_id=self.order["_id"],
            kind=self.order["product"]["kind"],
            tariff=terms.tariff,
            level=terms.level,
            earned_at=terms.earned_at,
            revenue_fen=self.money.revenue_fen,
            stars=stars,
            late=late_at(self.order, self.period["ends_at"]),
            imposed=tuple(self.imposed),
            tips_fen=tips_fen,
        )
        return due(facts, self.versions.of(terms.rules))

    def _line(self, terms: _Terms, changed: Due, stars: int | None) -> SettlementLineDocument:
        order, period = self.order, self.period
        return {
            "_id": f"{period['_id']}:{order['_id']}",
            "schema_version": 1,
            "period_id": period["_id"],
            "period_number": period["number"],
            "order_id": order["_id"],
            "number": order["number"],
            "product": order["product"]["name"],
            "firm_id": terms.firm_id,
            "lawyer_id": terms.lawyer_id,
            "level": terms.level,
            "tariff": terms.tariff,
            "rules": terms.rules,
            "earned_at": terms.earned_at,
            "stars": stars,
            "revenue_fen": changed.revenue_fen,
            "platform_fen": changed.platform_fen,
            "total_fen": changed.total_fen,
            "items": [
                {"kind": i.kind.value, "rule": i.rule, "title": i.title, "fen": i.fen, "rate_bp": i.rate_bp}
                for i in changed.items
            ],
            "created_at": period["created_at"],
        }


def _thanks(fen: int) -> Due:
    """Tips and nothing else."""
    return Due(0, (Item(ItemKind.TIPS, "tips", ITEM_TITLES[ItemKind.TIPS], fen),))


def _terms_of(line: SettlementLineDocument) -> _Terms:
    return _Terms(line["firm_id"], line["lawyer_id"], line["level"], line["tariff"], line["rules"], line["earned_at"])


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
            **{name: line[name] for name in _COUNTS if name in line},  # type: ignore[literal-required]
            "earned_at": rfc3339(line["earned_at"]),
        }
        for line in sorted(lines, key=lambda line: line["_id"])
    ]
    return hashlib.sha256(rfc8785.dumps(rows)).hexdigest()


_COUNTS = (
    *("order_id", "number", "firm_id", "lawyer_id", "level", "tariff", "rules", "stars"),
    *("revenue_fen", "platform_fen", "total_fen", "items", "from_no_firm_fen"),
)
