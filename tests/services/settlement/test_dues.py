"""What an order is due: base × stars + tips + subsidy − penalties, in whole fen, each fen once (E3)."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.api.settlement_rules import PenaltyRule, SettlementRules, ShareRule, StarRule, SubsidyRule
from services.settlement.dues import NOTHING, Due, Imposed, ItemKind, OrderFacts, change, due, part, total
from services.settlement.standard_rules import STANDARD

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
FACTS = OrderFacts("o1", "drafting", "standard", "", NOON, 399_00)


def reasons(one: Due) -> dict[str, int]:
    return {item.rule: item.fen for item in one.items}


def test_an_ordinary_order() -> None:
    made = due(replace(FACTS, stars=4), STANDARD)
    assert reasons(made) == {"standard": 279_30}
    assert (made.total_fen, made.platform_fen) == (279_30, 119_70)


def test_each_reason_is_told_with_its_rule() -> None:
    rules = STANDARD.model_copy(update={"subsidies": [SubsidyRule(id="winter", title="冬季补贴", fen=20_00)]})
    facts = replace(FACTS, stars=5, late=("deliver",), imposed=(Imposed("p1", "complaint"),), tips_fen=8_88)
    made = due(facts, rules)
    assert reasons(made) == {
        "standard": 279_30,
        "stars": 27_93,
        "winter": 20_00,
        "late_delivery": -27_93,
        "complaint:p1": -83_79,
        "tips": 8_88,
    }
    assert made.total_fen == 279_30 + 27_93 + 20_00 - 27_93 - 83_79 + 8_88
    assert {item.rate_bp for item in made.items if item.kind is ItemKind.STARS} == {11_000}


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        (replace(FACTS, level="合伙人"), "partner"),
        (replace(FACTS, kind="consultation"), "consultation"),
        (replace(FACTS, kind="consultation", level="合伙人"), "partner"),  # the first that fits
    ],
)
def test_the_first_share_rule_that_fits_counts(facts: OrderFacts, rule: str) -> None:
    assert due(facts, STANDARD).items[0].rule == rule


def test_penalties_cost_at_most_their_cap() -> None:
    facts = replace(FACTS, imposed=tuple(Imposed(f"p{n}", "complaint") for n in range(5)))
    assert due(facts, STANDARD).of(ItemKind.PENALTY) == -part(279_30, STANDARD.penalty_cap_bp)


def test_an_order_that_was_refunded_after_it_was_settled_takes_everything_back() -> None:
    settled = due(replace(FACTS, stars=5, late=("accept",)), STANDARD)
    refunded = due(replace(FACTS, revenue_fen=0, stars=5, late=("accept",)), STANDARD)
    back = change(refunded, settled)
    assert back.total_fen == -settled.total_fen
    assert back.revenue_fen == -399_00
    assert back.platform_fen == -settled.platform_fen


def test_a_late_review_changes_the_factor_only() -> None:
    later = change(due(replace(FACTS, stars=1), STANDARD), due(FACTS, STANDARD))
    assert reasons(later) == {"stars": part(279_30, 5_000) - 279_30}


def test_rules_are_refused_that_leave_an_order_without_a_share_or_name_a_reason_twice() -> None:
    share = ShareRule(id="all", title="全部", share_bp=7_000)
    SettlementRules(shares=[share], effective_from=NOON, stars=[])
    with pytest.raises(ValidationError):
        SettlementRules(shares=[share.model_copy(update={"kind": "drafting"})], effective_from=NOON, stars=[])
    with pytest.raises(ValidationError):
        SettlementRules(shares=[share, share], effective_from=NOON, stars=[])
    with pytest.raises(ValidationError):
        SettlementRules(
            shares=[share], effective_from=NOON, stars=[StarRule(stars=1, factor_bp=1), StarRule(stars=1, factor_bp=2)]
        )


# --- properties

BP = st.integers(0, 10_000)
FEN = st.integers(0, 500_000)
KINDS = st.sampled_from(["consultation", "drafting"])
RULES = st.builds(
    SettlementRules,
    effective_from=st.just(NOON),
    shares=st.lists(
        st.builds(ShareRule, id=st.just("x"), title=st.just("分成"), kind=KINDS, share_bp=BP), max_size=1
    ).map(lambda some: [*some, ShareRule(id="rest", title="其余", share_bp=7_001)]),
    stars=st.lists(
        st.builds(StarRule, stars=st.integers(1, 5), factor_bp=st.integers(0, 20_000)),
        max_size=5,
        unique_by=lambda rule: rule.stars,
    ),
    unrated_bp=st.integers(0, 20_000),
    subsidies=st.lists(st.builds(SubsidyRule, id=st.just("s"), title=st.just("补贴"), fen=FEN), max_size=1),
    penalties=st.lists(
        st.builds(
            PenaltyRule,
            id=st.sampled_from(["a", "b", "c"]),
            title=st.just("扣款"),
            cause=st.sampled_from(["late:deliver", "complaint"]),
            share_bp=BP,
            fen=FEN,
        ),
        max_size=3,
        unique_by=lambda rule: rule.id,
    ),
    penalty_cap_bp=BP,
)
MOMENTS = st.builds(
    OrderFacts,
    order_id=st.just("o1"),
    kind=KINDS,
    tariff=st.just("standard"),
    level=st.just(""),
    earned_at=st.just(NOON),
    revenue_fen=FEN,
    stars=st.none() | st.integers(1, 5),
    late=st.sampled_from([(), ("deliver",)]),
    imposed=st.lists(st.sampled_from(["p1", "p2"]), unique=True).map(
        lambda ids: tuple(Imposed(one, "complaint") for one in ids)
    ),
    tips_fen=FEN,
)


@given(rules=RULES, history=st.lists(MOMENTS, min_size=1, max_size=5))
def test_whatever_happens_to_an_order_its_lines_add_up_to_what_it_is_due_in_the_end(
    rules: SettlementRules, history: list[OrderFacts]
) -> None:
    """However a period falls between a refund, a review and a penalty: nothing is paid twice or forgotten."""
    lines: list[Due] = []
    for facts in history:
        lines.append(change(due(facts, rules), total(lines)))
    last = due(history[-1], rules)
    assert sum(line.total_fen for line in lines) == last.total_fen
    assert sum(line.revenue_fen for line in lines) == history[-1].revenue_fen
    assert sum(line.platform_fen for line in lines) == last.platform_fen
    assert change(last, total(lines)) == NOTHING


@given(rules=RULES, facts=MOMENTS)
def test_an_order_is_divided_whole_and_never_costs_its_firm_more_than_the_cap(
    rules: SettlementRules, facts: OrderFacts
) -> None:
    made = due(facts, rules)
    assert made.fee_fen + made.platform_fen == facts.revenue_fen
    assert made.fee_fen >= 0
    assert -made.of(ItemKind.PENALTY) <= part(made.of(ItemKind.BASE), rules.penalty_cap_bp)
    assert made == due(facts, rules)
