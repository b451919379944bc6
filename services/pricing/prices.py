"""What something costs, pure: list price, less the platform's subsidy, less coupons.

The order is fixed, so that the same things always give the same price: the subsidy is taken from the list price; then
coupons from what is left, percentages before fixed amounts (better for the client), equals by id. Minimums look at the
list price. A percentage is rounded down to the fen. Nothing becomes negative.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from schemas.documents.pricing import (
    AppliedCouponDocument,
    CouponDocument,
    DiscountDocument,
    PriceDocument,
    SubsidyDocument,
    TermsDocument,
)
from schemas.enums import CouponState, DiscountKind, SubjectKind

WHOLE_BPS = 10_000


class Unfit(StrEnum):
    """Why a coupon cannot be used. Values go to clients."""

    USED = "used"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    OTHER_SERVICE = "other_service"
    MINIMUM = "minimum"
    STACKING = "stacking"
    NOTHING_LEFT = "nothing_left"


UNFIT_TEXTS: dict[Unfit, str] = {
    Unfit.USED: "优惠券已使用",
    Unfit.NOT_YET: "优惠券还没到使用时间",
    Unfit.EXPIRED: "优惠券已过期",
    Unfit.OTHER_SERVICE: "优惠券不适用于这项服务",
    Unfit.MINIMUM: "未达到优惠券的使用门槛",
    Unfit.STACKING: "这些优惠不能同时使用",
    Unfit.NOTHING_LEFT: "已无需使用优惠券",
}


@dataclass(frozen=True, slots=True)
class Item:
    """What is bought: fen before anything is taken off, and which service it is."""

    use: SubjectKind
    list_fen: int
    product: str  # code
    kind: str


class UnfitError(ValueError):
    """A coupon cannot be used like this."""

    def __init__(self, coupon_id: str, why: Unfit) -> None:
        super().__init__(why.value)
        self.coupon_id = coupon_id
        self.why = why


def off(discount: DiscountDocument, fen: int) -> int:
    """What a discount takes from ``fen``, never more than that."""
    if discount["kind"] == DiscountKind.FIXED:
        return min(discount["off_fen"], fen)
    taken = fen * discount["off_bps"] // WHOLE_BPS
    cap = discount["cap_fen"]
    return min(taken, fen if cap is None else cap)


def serves(discount: DiscountDocument, item: Item) -> bool:
    """Whether it is for this service at all."""
    named = discount["products"] or discount["kinds"]
    return not named or item.product in discount["products"] or item.kind in discount["kinds"]


def best_subsidy(rules: Sequence[SubsidyDocument], item: Item, at: datetime) -> SubsidyDocument | None:
    """The rule that pays most; one at most. Equal ones by code."""
    if item.use is not SubjectKind.ORDER:
        return None
    fitting = [rule for rule in rules if _running(rule, at) and _subsidises(rule["discount"], item)]
    fitting = [rule for rule in fitting if _affordable(rule, off(rule["discount"], item.list_fen))]
    return min(fitting, key=lambda rule: (-off(rule["discount"], item.list_fen), rule["code"]), default=None)


def priced(
    item: Item, subsidy: SubsidyDocument | None, coupons: Sequence[CouponDocument], at: datetime
) -> PriceDocument:
    """The price with these coupons together. Raises UnfitError for the first that cannot be used.

    A coupon that does not go with a subsidy takes its place: the client chose the coupon.
    """
    left = item.list_fen
    if not all(coupon["terms"]["with_subsidy"] for coupon in coupons):
        subsidy = None
    price: PriceDocument = {"list_fen": left, "subsidy": None, "coupons": [], "payable_fen": left}
    if subsidy is not None:
        fen = off(subsidy["discount"], left)
        price["subsidy"] = {
            "rule_id": subsidy["_id"],
            "code": subsidy["code"],
            "version": subsidy["version"],
            "title": subsidy["title"],
            "fen": fen,
        }
        left -= fen
    for coupon in sorted(coupons, key=_turn):
        _check(coupon, item, coupons, at)
        fen = off(coupon["terms"], left)
        if fen == 0:
            raise UnfitError(coupon["_id"], Unfit.NOTHING_LEFT)
        applied: AppliedCouponDocument = {"coupon_id": coupon["_id"], "title": coupon["title"], "fen": fen}
        price["coupons"].append(applied)
        left -= fen
    price["payable_fen"] = left
    return price


def taken_by_coupons(price: PriceDocument) -> int:
    return sum(coupon["fen"] for coupon in price["coupons"])


def taken_by_subsidy(price: PriceDocument) -> int:
    return price["subsidy"]["fen"] if price["subsidy"] else 0


def _turn(coupon: CouponDocument) -> tuple[bool, str]:
    return coupon["terms"]["kind"] == DiscountKind.FIXED, coupon["_id"]


def _check(coupon: CouponDocument, item: Item, together: Sequence[CouponDocument], at: datetime) -> None:
    why = _unfit(coupon, item, at)
    others = [other["terms"] for other in together if other is not coupon]
    if why is None and not all(_stacks(coupon["terms"], other) for other in others):
        why = Unfit.STACKING
    if why is not None:
        raise UnfitError(coupon["_id"], why)


def _unfit(coupon: CouponDocument, item: Item, at: datetime) -> Unfit | None:
    terms = coupon["terms"]
    if coupon["state"] != CouponState.AVAILABLE:
        return Unfit.USED
    if at < coupon["valid_from"]:
        return Unfit.NOT_YET
    if at >= coupon["valid_until"]:
        return Unfit.EXPIRED
    if item.use.value not in terms["uses"] or not serves(terms, item):
        return Unfit.OTHER_SERVICE
    return Unfit.MINIMUM if item.list_fen < terms["minimum_fen"] else None


def _stacks(one: TermsDocument, other: TermsDocument) -> bool:
    """Both sides must allow it."""
    return other["group"] in one["stacks_with"] and one["group"] in other["stacks_with"]


def _running(rule: SubsidyDocument, at: datetime) -> bool:
    return "ended_at" not in rule and rule["valid_from"] <= at < rule["valid_until"]


def _subsidises(discount: DiscountDocument, item: Item) -> bool:
    return serves(discount, item) and item.list_fen >= discount["minimum_fen"] and off(discount, item.list_fen) > 0


def _affordable(rule: SubsidyDocument, fen: int) -> bool:
    budget = rule["budget_fen"]
    return budget is None or rule["spent_fen"] + fen <= budget
