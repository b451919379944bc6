"""What a firm is due for one order: base fee × star factor + tips + subsidy − penalties (E3). Pure.

Everything is integer fen; a part of an amount is rounded half up once, where it is computed. What was settled before
is taken off, so that a refund, a late review or a penalty after the settlement makes a line of its own in the next
period, and nothing is ever paid twice.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from schemas.api.settlement_rules import SettlementRules


class ItemKind(StrEnum):
    BASE = "base"
    STARS = "stars"
    SUBSIDY = "subsidy"
    PENALTY = "penalty"
    TIPS = "tips"


ITEM_TITLES: dict[ItemKind, str] = {
    ItemKind.BASE: "基础服务费",
    ItemKind.STARS: "星级系数",
    ItemKind.SUBSIDY: "平台补贴",
    ItemKind.PENALTY: "扣款",
    ItemKind.TIPS: "打赏",
}


@dataclass(frozen=True, slots=True)
class Imposed:
    """A penalty that a person imposed, or that follows from a decision: ``cause`` finds its rule."""

    id: str
    cause: str


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """One order as it stood at the end of a period. Money in fen."""

    order_id: str
    kind: str
    tariff: str
    level: str
    earned_at: datetime
    revenue_fen: int  # what the order brought, coupons and subsidies at full price, less what goes back
    stars: int | None = None
    late: tuple[str, ...] = ()  # codes of the promises that were kept late
    imposed: tuple[Imposed, ...] = ()
    tips_fen: int = 0  # credited to the firm already: shown here, not posted again


@dataclass(frozen=True, slots=True)
class Item:
    """One reason of an amount. ``rule`` is its id in the version; ``rate_bp`` the share or factor, where one was."""

    kind: ItemKind
    rule: str
    title: str
    fen: int
    rate_bp: int | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """What is due in all (or, as a difference, what changed)."""

    revenue_fen: int
    items: tuple[Item, ...]

    def of(self, *kinds: ItemKind) -> int:
        return sum(item.fen for item in self.items if item.kind in kinds)

    @property
    def fee_fen(self) -> int:
        return self.of(ItemKind.BASE, ItemKind.STARS)

    @property
    def platform_fen(self) -> int:
        """What the platform keeps: negative where a factor lifts the fee above the revenue."""
        return self.revenue_fen - self.fee_fen

    @property
    def total_fen(self) -> int:
        return sum(item.fen for item in self.items)

    @property
    def nothing(self) -> bool:
        return self.revenue_fen == 0 and not self.items


NOTHING = Due(0, ())


def part(fen: int, basis_points: int) -> int:
    """``fen`` × ``basis_points`` / 10,000, rounded half up (fen ≥ 0)."""
    return (fen * basis_points + 5_000) // 10_000


def due(facts: OrderFacts, rules: SettlementRules) -> Due:
    """Everything that is due for the order by these rules, as if nothing had been settled yet."""
    items: list[Item] = []
    if facts.revenue_fen > 0:
        base = _base(facts, rules)
        items = [base, *_stars(facts, rules, base), *_subsidies(facts, rules), *_penalties(facts, rules, base)]
    if facts.tips_fen:
        items.append(Item(ItemKind.TIPS, "tips", ITEM_TITLES[ItemKind.TIPS], facts.tips_fen))
    return Due(facts.revenue_fen, tuple(items))


def change(now: Due, before: Due) -> Due:
    """What is due now and was not yet: reason by reason, those that are even left out."""
    settled = {(item.kind, item.rule): item for item in before.items}
    items = []
    for item in now.items:
        former = settled.pop((item.kind, item.rule), None)
        items.append(_less(item, former))
    items += [_less(None, item) for item in settled.values()]
    return Due(now.revenue_fen - before.revenue_fen, tuple(item for item in items if item.fen))


def total(dues: Iterable[Due]) -> Due:
    """Several settled changes of one order, added up: the newest title and rate of each reason count."""
    found: dict[tuple[ItemKind, str], Item] = {}
    revenue = 0
    for one in dues:
        revenue += one.revenue_fen
        for item in one.items:
            key = (item.kind, item.rule)
            fen = item.fen + (found[key].fen if key in found else 0)
            found[key] = Item(item.kind, item.rule, item.title, fen, item.rate_bp)
    return Due(revenue, tuple(item for item in found.values() if item.fen))


def sums(dues: Sequence[Due]) -> Mapping[ItemKind, int]:
    """What each kind of reason comes to."""
    return {kind: sum(one.of(kind) for one in dues) for kind in ItemKind}


def _less(item: Item | None, former: Item | None) -> Item:
    shown = item or former
    assert shown is not None  # one of them is always there
    fen = (item.fen if item else 0) - (former.fen if former else 0)
    return Item(shown.kind, shown.rule, shown.title, fen, shown.rate_bp)


def _base(facts: OrderFacts, rules: SettlementRules) -> Item:
    rule = next(
        rule
        for rule in rules.shares
        if rule.tariff in (None, facts.tariff) and rule.kind in (None, facts.kind) and rule.level in (None, facts.level)
    )
    return Item(ItemKind.BASE, rule.id, rule.title, part(facts.revenue_fen, rule.share_bp), rule.share_bp)


def _stars(facts: OrderFacts, rules: SettlementRules, base: Item) -> list[Item]:
    factors = {rule.stars: rule.factor_bp for rule in rules.stars}
    factor = rules.unrated_bp if facts.stars is None else factors.get(facts.stars, 10_000)
    if factor == 10_000:
        return []
    title = "未评价" if facts.stars is None else f"{facts.stars} 星评价"
    # One reason, whatever the stars: a review that comes later replaces "unrated".
    return [Item(ItemKind.STARS, "stars", title, part(base.fen, factor) - base.fen, factor)]


def _subsidies(facts: OrderFacts, rules: SettlementRules) -> list[Item]:
    fitting = [rule for rule in rules.subsidies if rule.kind in (None, facts.kind) and rule.fen]
    return [Item(ItemKind.SUBSIDY, rule.id, rule.title, rule.fen) for rule in fitting]


def _penalties(facts: OrderFacts, rules: SettlementRules, base: Item) -> list[Item]:
    """In the order of the rules, until the cap is reached: an order may cost its fee, not more."""
    causes = [("", f"late:{code}") for code in facts.late] + [(f":{one.id}", one.cause) for one in facts.imposed]
    left = part(base.fen, rules.penalty_cap_bp)
    items = []
    for mark, cause in causes:
        for rule in rules.penalties:
            if rule.cause != cause:
                continue
            fen = min(left, part(base.fen, rule.share_bp) + rule.fen)
            left -= fen
            if fen:
                items.append(Item(ItemKind.PENALTY, rule.id + mark, rule.title, -fen, rule.share_bp or None))
    return items
