"""Coupons, subsidies, quotes, tips, and companies with a prepaid balance."""

from datetime import datetime
from typing import NotRequired, TypedDict


class SubjectDocument(TypedDict):
    """What is paid for, or what a coupon is used for; at most one payment of it succeeds."""

    kind: str
    id: str


class DiscountDocument(TypedDict):
    """How much something takes off, and from what."""

    kind: str  # fixed, percentage
    off_fen: int  # fixed: so much
    off_bps: int  # percentage: so many ten-thousandths of the price (1500: 八五折)
    cap_fen: int | None  # percentage: never more than this
    minimum_fen: int  # only for list prices from here on
    products: list[str]  # codes; with `kinds` both empty: everything
    kinds: list[str]


class TermsDocument(DiscountDocument):
    """A coupon's terms, fixed when it is issued: a later change of its definition changes no coupon."""

    uses: list[str]  # kinds of subject: order, quote
    group: str  # what this coupon counts as when several are used together
    stacks_with: list[str]  # groups that it may be used together with; empty: alone
    with_subsidy: bool


class CouponDefinitionDocument(TypedDict):
    _id: str
    schema_version: int
    code: str  # names it for ever, for staff
    title: str
    terms: TermsDocument
    valid_from: datetime
    valid_until: datetime
    valid_days: int | None  # a coupon lives this long after it was issued, at most until valid_until
    claimable: bool  # anybody may take one; else by code or by staff only
    total_limit: int | None
    per_user_limit: int
    issued: int  # guards total_limit
    most_fen: NotRequired[int | None]  # what all of them may cost; None: without a bound
    waiting: NotRequired[bool]  # for a second person's word: none is issued before
    approved_by: NotRequired[str]
    closed_at: NotRequired[datetime]
    created_by: str
    created_at: datetime
    updated_at: datetime


class CouponDocument(TypedDict):
    """One person's coupon. ``state``: available → reserved → redeemed, and back to available when released."""

    _id: str
    schema_version: int
    definition_id: str
    user_id: str
    ordinal: int  # the person's n-th of this definition: unique, so the limit holds whatever runs at once
    title: str
    terms: TermsDocument
    state: str
    valid_from: datetime
    valid_until: datetime
    used_for: NotRequired[SubjectDocument]
    saving_fen: NotRequired[int]
    reserved_at: NotRequired[datetime]
    redeemed_at: NotRequired[datetime]
    issued_by: str  # staff, or the person who claimed it
    created_at: datetime


class CouponCodeDocument(TypedDict):
    """A code that gives one coupon once. The code itself is not stored."""

    _id: str  # blind index of the code
    definition_id: str
    coupon_id: NotRequired[str]
    created_by: str
    created_at: datetime


class SubsidyDocument(TypedDict):
    """A rule by which the platform pays a part. Never changed: a new version ends the one before."""

    _id: str
    schema_version: int
    code: str
    version: int
    title: str
    discount: DiscountDocument
    valid_from: datetime
    valid_until: datetime
    budget_fen: int | None
    spent_fen: int  # promised in orders that were not cancelled: guards budget_fen
    most_fen: NotRequired[int | None]  # as of coupons
    waiting: NotRequired[bool]  # for a second person's word: until then the version before runs
    approved_by: NotRequired[str]
    ended_at: NotRequired[datetime]
    created_by: str
    created_at: datetime


class AppliedSubsidyDocument(TypedDict):
    rule_id: str
    code: str
    version: int
    title: str
    fen: int


class AppliedCouponDocument(TypedDict):
    coupon_id: str
    title: str
    fen: int


class PriceDocument(TypedDict):
    """How a price came about. ``payable_fen`` is ``list_fen`` less everything else."""

    list_fen: int
    subsidy: AppliedSubsidyDocument | None
    coupons: list[AppliedCouponDocument]
    payable_fen: int


class QuoteDocument(TypedDict):
    """An offer of more work in an order, made in its space. What it says is sealed under the space's key."""

    _id: str
    schema_version: int
    order_id: str
    space_id: str
    client_id: str
    product: dict[str, str]  # code and kind of the order's product: coupons look at them
    offered_by: str
    offered_as: str
    content: bytes  # sealed: items, scope
    amount_fen: int
    price: NotRequired[PriceDocument]  # from acceptance on
    state: str
    valid_until: datetime
    decline_reason: NotRequired[bytes]  # sealed
    card_id: str  # the event whose card shows it in the space
    ended_at: NotRequired[datetime]
    revision: int
    created_at: datetime
    updated_at: datetime


class TipDocument(TypedDict):
    """A client's thanks, paid like anything else; it belongs to the lawyer's firm (ruling: no private fees)."""

    _id: str
    schema_version: int
    order_id: str
    space_id: str
    client_id: str
    lawyer_id: str
    firm_id: str
    amount_fen: int
    paid_at: NotRequired[datetime]
    created_at: datetime


class CompanyMemberDocument(TypedDict):
    user_id: str
    admin: bool
    allowance_fen: NotRequired[int]  # what a member who is no admin may spend since ``added_at``
    added_at: datetime  # or given a new allowance


class CompanyDocument(TypedDict):
    """A company that pays ahead. What it holds is the sum of its ledger account and stands nowhere else."""

    _id: str
    schema_version: int
    name: str
    credit_code: str
    members: list[CompanyMemberDocument]
    verified_until: NotRequired[datetime]  # its licence was verified (B2)
    movements: int  # touched by everything that takes from the balance, so that two never see the same one
    created_by: str
    created_at: datetime
    updated_at: datetime


class TopUpDocument(TypedDict):
    """Money paid ahead: by WeChat, or by bank and then entered by one person and approved by another."""

    _id: str
    schema_version: int
    company_id: str
    method: str  # wechat_jsapi, bank
    amount_fen: int
    state: str  # waiting, done, refused
    bank_reference: NotRequired[str]
    asked_by: str
    decided_by: NotRequired[str]
    done_at: NotRequired[datetime]
    created_at: datetime
    updated_at: datetime
