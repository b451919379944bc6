"""Prices, coupons, subsidies: what is sent and what is shown (E2)."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from schemas.api.base import Body, Fen, Flag, Id, Moment, View
from schemas.enums import CouponState, DiscountKind, SubjectKind

MOST_AT_ONCE = 200
CouponIds = Annotated[list[Id], Field(max_length=5)]
PricedFen = Annotated[int, Field(strict=True, ge=1, le=100_000_000_00)]
Code = Annotated[str, Field(pattern=r"^[a-z0-9_-]{2,40}$", description="Names it for ever, among staff")]


class DiscountBody(Body):
    """Either a fixed amount, or a percentage in ten-thousandths: ``off_bps`` 1500 is 15 % off (八五折)."""

    kind: DiscountKind
    off_fen: int = Field(0, strict=True, ge=0, le=100_000_000_00)
    off_bps: int = Field(0, strict=True, ge=0, le=10_000)
    cap_fen: PricedFen | None = None
    minimum_fen: int = Field(0, strict=True, ge=0, le=100_000_000_00, description="Of the list price")
    products: list[str] = Field(default=[], max_length=100, description="Codes; with kinds both empty: everything")
    kinds: list[str] = Field(default=[], max_length=100)

    @model_validator(mode="after")
    def _takes_something(self) -> Self:
        wanted, other = (
            (self.off_fen, self.off_bps) if self.kind is DiscountKind.FIXED else (self.off_bps, self.off_fen)
        )
        if not wanted or other:
            raise ValueError("a fixed discount has off_fen, a percentage off_bps, and not the other")
        return self


class TermsBody(DiscountBody):
    uses: list[Literal[SubjectKind.ORDER, SubjectKind.QUOTE]] = Field(
        default=[SubjectKind.ORDER], min_length=1, max_length=2
    )
    group: str = Field("coupon", pattern=r"^[a-z0-9_-]{1,40}$")
    stacks_with: list[str] = Field(
        default=[], max_length=20, description="Groups that it goes together with, if they allow it too; empty: alone"
    )
    with_subsidy: Flag = True


class _Validity(Body):
    valid_from: datetime
    valid_until: datetime

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.valid_from.tzinfo is None or self.valid_until.tzinfo is None:
            raise ValueError("times need an offset")
        if self.valid_until <= self.valid_from:
            raise ValueError("valid_until must be after valid_from")
        return self


class CouponDefinitionBody(_Validity):
    code: Code
    title: str = Field(min_length=1, max_length=40)
    terms: TermsBody
    valid_days: int | None = Field(None, strict=True, ge=1, le=3660, description="A coupon's life after it was issued")
    claimable: Flag = False
    total_limit: int | None = Field(None, strict=True, ge=1, le=10_000_000)
    per_user_limit: int = Field(1, strict=True, ge=1, le=100)


class IssueBody(Body):
    user_ids: list[Id] = Field(min_length=1, max_length=MOST_AT_ONCE)


class CodesBody(Body):
    count: int = Field(strict=True, ge=1, le=MOST_AT_ONCE)


class ClaimBody(Body):
    """One of both: what is offered to everybody, or a code that somebody was given."""

    definition_id: Id | None = None
    code: str | None = Field(None, min_length=6, max_length=40)

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.definition_id is None) == (self.code is None):
            raise ValueError("either definition_id or code")
        return self


class _Priced(Body):
    """A product that may be ordered, or a quote that the caller was made."""

    product_id: Id | None = None
    quote_id: Id | None = None


class CouponsQuery(_Priced):
    """With ``product_id`` or ``quote_id`` each coupon says whether it fits there, and what it saves alone."""


class DiscountView(View):
    kind: DiscountKind
    off_fen: Fen
    off_bps: int
    cap_fen: Fen | None
    minimum_fen: Fen
    products: list[str]
    kinds: list[str]


class TermsView(DiscountView):
    uses: list[SubjectKind]
    group: str
    stacks_with: list[str]
    with_subsidy: bool


class CouponDefinitionView(View):
    id: str
    code: str
    title: str
    terms: TermsView
    valid_from: Moment
    valid_until: Moment
    valid_days: int | None
    claimable: bool
    total_limit: int | None
    per_user_limit: int
    issued: int
    most_fen: int | None = Field(description="What all of them may cost; none: without a bound")
    waiting: bool = Field(description="For the word of a second person")
    closed: bool
    created_at: Moment


class CouponNumbersView(View):
    """What became of what was issued: usable still, unused in time, promised to an order or quote, paid with."""

    available: int
    expired: int
    reserved: int
    redeemed: int
    redeemed_fen: Fen = Field(description="What the redeemed ones saved their owners, all together")
    codes: int = Field(description="Codes that were made")
    codes_used: int


class CodesView(View):
    """Shown once: only their digests are kept."""

    codes: list[str]


class IssuedView(View):
    issued: int
    refused: list[str] = Field(description="People who have as many as they may have, or who are no clients")


class CouponView(View):
    """``saving_fen`` is what it saves alone where it was asked about; ``unfit`` says why it does not."""

    id: str
    title: str
    terms: TermsView
    state: CouponState
    valid_from: Moment
    valid_until: Moment
    expired: bool
    saving_fen: Fen | None = None
    unfit: str | None = None


class CouponsView(View):
    items: list[CouponView]


class CouponOfferView(View):
    definition_id: str
    title: str
    terms: TermsView
    valid_until: Moment
    taken: bool


class CouponOffersView(View):
    items: list[CouponOfferView]


class PriceQuery(_Priced):
    """What is asked about: ``product_id`` or ``quote_id``."""

    coupon_ids: CouponIds = []

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.product_id is None) == (self.quote_id is None):
            raise ValueError("either product_id or quote_id")
        return self


class AppliedSubsidyView(View):
    title: str
    fen: Fen


class AppliedCouponView(View):
    coupon_id: str
    title: str
    fen: Fen


class PriceView(View):
    """``payable_fen`` is ``list_fen`` less the platform's subsidy and the coupons, each shown by itself."""

    list_fen: Fen
    subsidy: AppliedSubsidyView | None = None
    coupons: list[AppliedCouponView] = []
    payable_fen: Fen


class SubsidyBody(_Validity):
    """A rule of this code that runs is ended by it: a new version, with a budget of its own."""

    code: Code
    title: str = Field(min_length=1, max_length=40)
    discount: DiscountBody
    budget_fen: PricedFen | None = None


class SubsidyView(View):
    id: str
    code: str
    version: int
    title: str
    discount: DiscountView
    valid_from: Moment
    valid_until: Moment
    budget_fen: Fen | None
    spent_fen: Fen
    waiting: bool = Field(description="For the word of a second person")
    ended: bool
    created_at: Moment
