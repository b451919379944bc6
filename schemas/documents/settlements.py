"""Firms, the rules of settlement, its periods, lines and statements, and how they are paid out."""

from datetime import datetime
from typing import Any, NotRequired, TypedDict


class WantedMerchantDocument(TypedDict):
    """A merchant number that somebody entered and nobody else has approved yet."""

    mchid: str
    by: str
    at: datetime


class FirmDocument(TypedDict):
    """A law firm: fees, tips and payouts are its own (律师法: lawyers take no private fees)."""

    _id: str
    schema_version: int
    name: str  # as registered: WeChat compares it with the merchant's
    credit_code: str  # GB 32100, unique
    tariff: str  # names rows of the share rules
    mchid: NotRequired[str]  # its merchant number, when it is paid by profit sharing
    wanted: NotRequired[WantedMerchantDocument]
    receiver_added_at: NotRequired[datetime]  # WeChat knows it as a receiver of shares since then
    revision: int
    created_at: datetime
    updated_at: datetime


class SettlementRulesDocument(TypedDict):
    """One version, never changed. ``rules`` is SettlementRules as JSON."""

    _id: int
    schema_version: int
    effective_from: datetime
    rules: dict[str, Any]
    digest: str
    by: str
    created_at: datetime


class PenaltyDocument(TypedDict):
    """A penalty that somebody imposed on an order, until it is waived."""

    _id: str
    schema_version: int
    order_id: str
    cause: str  # finds its rule, e.g. "complaint"
    source: str  # what it follows from, e.g. "dispute:665f…": one source imposes one penalty
    imposed_by: str
    imposed_at: datetime
    waived_by: NotRequired[str]
    waived_at: NotRequired[datetime]


class LawyerThen(TypedDict):
    """What a lawyer was when a period was closed."""

    name: str
    level: str
    firm_id: str


class FirmThen(TypedDict):
    name: str
    tariff: str


class PeriodDocument(TypedDict):
    """A settled stretch of time, ``starts_at`` ≤ t < ``ends_at``. What is computed from afterwards is frozen here."""

    _id: str
    schema_version: int
    number: int  # 1, 2, 3 …
    starts_at: datetime
    ends_at: datetime
    state: str  # closing, closed
    lawyers: dict[str, LawyerThen]
    firms: dict[str, FirmThen]
    deferred: list[str]  # orders that were not earned yet, or could not be settled: looked at again next time
    digest: NotRequired[str]  # SHA-256 of all lines in canonical form
    created_at: datetime
    closed_at: NotRequired[datetime]


class ItemDocument(TypedDict):
    kind: str
    rule: str
    title: str
    fen: int
    rate_bp: int | None


class SettlementLineDocument(TypedDict):
    """What one order changed in one period, and why. Never changed."""

    _id: str  # period:order, or period:order:firm of ``tips_only``
    schema_version: int
    period_id: str
    period_number: int
    order_id: str
    number: str  # the order's
    product: str
    firm_id: str
    lawyer_id: str
    level: str  # the lawyer's when it was first settled
    tariff: str  # the firm's, likewise
    rules: int  # the version
    earned_at: datetime
    stars: int | None
    revenue_fen: int
    platform_fen: int
    total_fen: int  # with tips, which the firm was credited with when they were paid
    items: list[ItemDocument]
    tips_only: NotRequired[bool]  # a firm's that is due nothing of the order but tips
    from_no_firm_fen: NotRequired[int]  # of the tips: what was paid while the lawyer had no firm
    created_at: datetime


class ApprovalDocument(TypedDict):
    by: str
    at: datetime


class SettlementDocument(TypedDict):
    """A statement: of a firm (approved and paid), or of one of its lawyers (the same lines, for reading)."""

    _id: str
    schema_version: int
    period_id: str
    period_number: int
    starts_at: datetime
    ends_at: datetime
    firm_id: str
    firm_name: str
    lawyer_id: str | None  # None: the firm's
    lawyer_name: str | None
    firm_settlement_id: NotRequired[str]  # a lawyer's: the statement by which the firm is paid
    orders: int
    sums: dict[str, int]  # kind of item → fen
    lines_fen: int
    brought_forward_fen: int  # what the firm owed from earlier periods: nought or negative
    total_fen: int
    paid_fen: int  # of it, so far; negative when the firm gave shares back
    state: str
    approvals: list[ApprovalDocument]
    rejection: NotRequired[dict[str, Any]]  # by, at, reason
    absorbed_by: NotRequired[str]  # the later statement that took over what the firm owed
    revision: int
    created_at: datetime
    updated_at: datetime


class PayoutDocument(TypedDict):
    """One movement of money (or of frozen money's freedom) for a statement."""

    _id: str
    schema_version: int
    settlement_id: str
    firm_id: str
    kind: str  # share, unfreeze, give_back, outside
    amount_fen: int
    round: int  # the payouts that were asked for together have the same
    state: str
    out_no: NotRequired[str]  # our number of it at WeChat
    mchid: NotRequired[str]  # the firm's
    provider_mchid: NotRequired[str]  # ours, that received the payment
    payment_id: NotRequired[str]
    order_id: NotRequired[str]
    transaction_id: NotRequired[str]
    shared_by: NotRequired[str]  # of give_back: our number of the share
    refund_id: NotRequired[str]  # of give_back: the refund that needs the money
    counted_in: NotRequired[str]  # such a give_back: the statement of the firm that counts it
    bank_reference: NotRequired[str]  # of outside
    reason: NotRequired[str]  # why it failed
    query_at: datetime
    created_at: datetime
    updated_at: datetime
    finished_at: NotRequired[datetime]
