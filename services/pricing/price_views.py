"""Prices, coupons and rules as they are shown. Pure."""

from datetime import datetime

from schemas.api.pricing import (
    AppliedCouponView,
    AppliedSubsidyView,
    CouponDefinitionView,
    CouponView,
    DiscountView,
    PriceView,
    SubsidyView,
    TermsView,
)
from schemas.documents.pricing import (
    CouponDefinitionDocument,
    CouponDocument,
    DiscountDocument,
    PriceDocument,
    SubsidyDocument,
    TermsDocument,
)
from schemas.enums import CouponState, DiscountKind, SubjectKind
from services.pricing.prices import UNFIT_TEXTS, Item, UnfitError, priced


def price_view(price: PriceDocument) -> PriceView:
    subsidy = price["subsidy"]
    return PriceView(
        list_fen=price["list_fen"],
        subsidy=AppliedSubsidyView(title=subsidy["title"], fen=subsidy["fen"]) if subsidy else None,
        coupons=[AppliedCouponView(**coupon) for coupon in price["coupons"]],
        payable_fen=price["payable_fen"],
    )


def discount_view(discount: DiscountDocument) -> DiscountView:
    return DiscountView(
        kind=DiscountKind(discount["kind"]),
        off_fen=discount["off_fen"],
        off_bps=discount["off_bps"],
        cap_fen=discount["cap_fen"],
        minimum_fen=discount["minimum_fen"],
        products=discount["products"],
        kinds=discount["kinds"],
    )


def terms_view(terms: TermsDocument) -> TermsView:
    return TermsView(
        **dict(discount_view(terms)),
        uses=[SubjectKind(use) for use in terms["uses"]],
        group=terms["group"],
        stacks_with=terms["stacks_with"],
        with_subsidy=terms["with_subsidy"],
    )


def coupon_view(
    coupon: CouponDocument, at: datetime, item: Item | None = None, subsidy: SubsidyDocument | None = None
) -> CouponView:
    """With ``item`` it says what the coupon saves there alone, or why nothing."""
    saving, unfit = None, None
    if item is not None:
        try:
            saving = priced(item, subsidy, [coupon], at)["coupons"][0]["fen"]
        except UnfitError as fault:
            unfit = UNFIT_TEXTS[fault.why]
    return CouponView(
        id=coupon["_id"],
        title=coupon["title"],
        terms=terms_view(coupon["terms"]),
        state=CouponState(coupon["state"]),
        valid_from=coupon["valid_from"],
        valid_until=coupon["valid_until"],
        expired=at >= coupon["valid_until"],
        saving_fen=saving,
        unfit=unfit,
    )


def definition_view(definition: CouponDefinitionDocument) -> CouponDefinitionView:
    return CouponDefinitionView(
        id=definition["_id"],
        code=definition["code"],
        title=definition["title"],
        terms=terms_view(definition["terms"]),
        valid_from=definition["valid_from"],
        valid_until=definition["valid_until"],
        valid_days=definition["valid_days"],
        claimable=definition["claimable"],
        total_limit=definition["total_limit"],
        per_user_limit=definition["per_user_limit"],
        issued=definition["issued"],
        most_fen=definition.get("most_fen"),
        waiting="waiting" in definition,
        closed="closed_at" in definition,
        created_at=definition["created_at"],
    )


def subsidy_view(rule: SubsidyDocument) -> SubsidyView:
    return SubsidyView(
        id=rule["_id"],
        code=rule["code"],
        version=rule["version"],
        title=rule["title"],
        discount=discount_view(rule["discount"]),
        valid_from=rule["valid_from"],
        valid_until=rule["valid_until"],
        budget_fen=rule["budget_fen"],
        spent_fen=rule["spent_fen"],
        waiting="waiting" in rule,
        ended="ended_at" in rule,
        created_at=rule["created_at"],
    )
