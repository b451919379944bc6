"""Prices as arithmetic: nothing negative, nothing lost, the same in whatever order coupons are named (E2)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.documents.pricing import CouponDocument, DiscountDocument, SubsidyDocument, TermsDocument
from schemas.enums import SubjectKind
from services.pricing.prices import (
    Item,
    Unfit,
    UnfitError,
    best_subsidy,
    off,
    priced,
    taken_by_coupons,
    taken_by_subsidy,
)

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
ITEM = Item(SubjectKind.ORDER, 100_00, "consultation", "consultation")


def discount(**fields: Any) -> DiscountDocument:
    plain: DiscountDocument = {
        "kind": "fixed",
        "off_fen": 0,
        "off_bps": 0,
        "cap_fen": None,
        "minimum_fen": 0,
        "products": [],
        "kinds": [],
    }
    plain.update(fields)  # type: ignore[typeddict-item]
    return plain


def coupon(name: str = "a", **fields: Any) -> CouponDocument:
    """A coupon that is good now; ``terms`` replace parts of its terms."""
    terms: TermsDocument = {
        **discount(**{"off_fen": 10_00, **fields.pop("terms", {})}),
        "uses": ["order"],
        "group": "coupon",
        "stacks_with": ["coupon"],
        "with_subsidy": True,
    }
    for key in ("uses", "group", "stacks_with", "with_subsidy"):
        if key in fields:
            terms[key] = fields.pop(key)
    document: CouponDocument = {
        "_id": name,
        "schema_version": 1,
        "definition_id": "d",
        "user_id": "u",
        "ordinal": 1,
        "title": name,
        "terms": terms,
        "state": "available",
        "valid_from": NOW - timedelta(days=1),
        "valid_until": NOW + timedelta(days=1),
        "issued_by": "o",
        "created_at": NOW,
    }
    document.update(fields)  # type: ignore[typeddict-item]
    return document


def percentage(name: str, bps: int, cap: int | None = None, **fields: Any) -> CouponDocument:
    return coupon(name, terms={"kind": "percentage", "off_fen": 0, "off_bps": bps, "cap_fen": cap}, **fields)


def rule(name: str, off_fen: int, **fields: Any) -> SubsidyDocument:
    document: SubsidyDocument = {
        "_id": name,
        "schema_version": 1,
        "code": name,
        "version": 1,
        "title": "补贴",
        "discount": discount(off_fen=off_fen),
        "valid_from": NOW - timedelta(days=1),
        "valid_until": NOW + timedelta(days=1),
        "budget_fen": None,
        "spent_fen": 0,
        "created_by": "o",
        "created_at": NOW,
    }
    document.update(fields)  # type: ignore[typeddict-item]
    return document


def why(item: Item, *coupons: CouponDocument) -> Unfit:
    with pytest.raises(UnfitError) as caught:
        priced(item, None, coupons, NOW)
    return caught.value.why


def test_subsidy_first_then_percentages_then_fixed_amounts() -> None:
    price = priced(ITEM, rule("s", 20_00), [coupon("b"), percentage("a", 1_000)], NOW)
    assert price["subsidy"] is not None
    assert price["subsidy"]["fen"] == 20_00
    assert [(one["coupon_id"], one["fen"]) for one in price["coupons"]] == [("a", 8_00), ("b", 10_00)]
    assert price["payable_fen"] == 62_00


def test_a_percentage_is_rounded_down_and_capped() -> None:
    assert off(discount(kind="percentage", off_bps=1_500), 99) == 14
    assert off(discount(kind="percentage", off_bps=1_500, cap_fen=10), 99) == 10
    assert off(discount(off_fen=500), 99) == 99


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (coupon(state="reserved"), Unfit.USED),
        (coupon(state="redeemed"), Unfit.USED),
        (coupon(valid_from=NOW + timedelta(seconds=1)), Unfit.NOT_YET),
        (coupon(valid_until=NOW), Unfit.EXPIRED),
        (coupon(uses=["quote"]), Unfit.OTHER_SERVICE),
        (coupon(terms={"products": ["contract_review"]}), Unfit.OTHER_SERVICE),
        (coupon(terms={"kinds": ["contract_review"]}), Unfit.OTHER_SERVICE),
        (coupon(terms={"minimum_fen": 100_01}), Unfit.MINIMUM),
    ],
)
def test_what_does_not_fit_is_refused_with_its_reason(bad: CouponDocument, reason: Unfit) -> None:
    assert why(ITEM, bad) is reason


def test_a_minimum_looks_at_the_list_price() -> None:
    price = priced(ITEM, rule("s", 50_00), [coupon(terms={"minimum_fen": 100_00})], NOW)
    assert price["payable_fen"] == 40_00


def test_coupons_go_together_only_when_both_allow_it() -> None:
    alone = coupon("a", group="voucher", stacks_with=[])
    open_to_all = coupon("b", group="gift", stacks_with=["voucher", "gift"])
    assert why(ITEM, alone, open_to_all) is Unfit.STACKING
    friendly = coupon("c", group="voucher", stacks_with=["gift"])
    assert priced(ITEM, None, [friendly, open_to_all], NOW)["payable_fen"] == 80_00
    # not with another of its own kind, unless it says so
    assert why(ITEM, friendly, coupon("d", group="voucher", stacks_with=["gift"])) is Unfit.STACKING


def test_a_coupon_that_saves_nothing_is_not_spent() -> None:
    assert why(ITEM, coupon("a", terms={"off_fen": 100_00}), coupon("b")) is Unfit.NOTHING_LEFT


def test_a_coupon_without_subsidies_takes_the_place_of_one() -> None:
    price = priced(ITEM, rule("s", 5_00), [coupon(with_subsidy=False)], NOW)
    assert (price["subsidy"], price["payable_fen"]) == (None, 90_00)


def test_the_best_subsidy_that_is_still_affordable() -> None:
    small, large = rule("small", 5_00), rule("large", 9_00, budget_fen=100_00, spent_fen=91_01)
    assert best_subsidy([small, large], ITEM, NOW) == small
    large["spent_fen"] = 91_00
    assert best_subsidy([small, large], ITEM, NOW) == large
    assert best_subsidy([rule("old", 1, ended_at=NOW)], ITEM, NOW) is None
    assert best_subsidy([rule("late", 1, valid_until=NOW)], ITEM, NOW) is None
    assert best_subsidy([small], Item(SubjectKind.QUOTE, 100_00, "consultation", "consultation"), NOW) is None


@given(
    st.integers(1, 10**9),
    st.integers(0, 10**9),
    st.lists(st.tuples(st.booleans(), st.integers(1, 10_000), st.none() | st.integers(1, 10**6)), max_size=5),
    st.randoms(use_true_random=False),
)
def test_every_price_adds_up_whatever_the_order_of_coupons(
    fen: int, subsidy_fen: int, drawn: list[tuple[bool, int, int | None]], shuffler: Any
) -> None:
    item = Item(SubjectKind.ORDER, fen, "consultation", "consultation")
    coupons = [
        coupon(str(i), terms={"off_fen": size}) if fixed else percentage(str(i), size, cap)
        for i, (fixed, size, cap) in enumerate(drawn)
    ]
    subsidy = rule("s", subsidy_fen)
    try:
        price = priced(item, subsidy, coupons, NOW)
    except UnfitError as fault:
        if fault.why is not Unfit.NOTHING_LEFT:
            raise
        return
    assert price["payable_fen"] >= 0
    assert price["payable_fen"] + taken_by_coupons(price) + taken_by_subsidy(price) == fen
    assert all(one["fen"] > 0 for one in price["coupons"])
    shuffler.shuffle(coupons)
    assert priced(item, subsidy, coupons, NOW) == price
