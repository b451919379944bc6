"""Products, orders and their payments."""

from datetime import datetime
from typing import Any, NotRequired, TypedDict

from schemas.documents.pricing import PriceDocument, SubjectDocument


class ProductDocument(TypedDict):
    _id: str
    schema_version: int
    code: str
    name: str
    kind: str
    summary: str
    description: str
    price_fen: int
    promises: dict[str, str]
    steps: list[str]
    form: list[dict[str, Any]]
    deadlines: list[dict[str, Any]]  # code, title, from, until (statuses), minutes
    unpaid_minutes: int | None  # an order nobody pays is cancelled after this long; None: it stays
    position: int
    published: bool
    updated_at: datetime


class StepDocument(TypedDict):
    status: str
    at: datetime
    by: str | None  # None: the system
    role: str


class DeadlineDocument(TypedDict):
    """A promise of time that runs since a status was entered, until another one is."""

    code: str
    title: str
    until: str
    due_at: datetime
    met_at: NotRequired[datetime]


class DeclineDocument(TypedDict):
    lawyer_id: str
    reason: bytes  # sealed under the space's key
    at: datetime


class OrderDocument(TypedDict):
    _id: str
    schema_version: int
    number: str
    client_id: str
    product_id: str
    product: dict[str, Any]  # name, kind, price as they were when the order was placed
    need: bytes  # sealed under the order's space key: what the client told is personal data
    status: str
    amount_fen: int
    payable_fen: int
    price: NotRequired[PriceDocument]  # how payable_fen came about (PriceDocument), when it is not the list price
    space_id: str  # fixed at once; the space itself exists from `paid` on
    lawyer_id: NotRequired[str]
    lawyer_name: NotRequired[str]
    wanted_lawyer_id: NotRequired[str]
    declines: NotRequired[list[DeclineDocument]]
    steps: list[StepDocument]
    deadlines: list[DeadlineDocument]
    delivery: NotRequired[dict[str, Any]]  # summary (sealed), file_ids, at
    review: NotRequired[dict[str, Any]]  # stars, text (sealed), at
    unpaid_until: NotRequired[datetime]  # while it waits for payment, when its product has a limit
    cancel_reason: NotRequired[bytes]  # sealed
    status_before_refund: NotRequired[str]
    cards: NotRequired[dict[str, str]]  # kind of card → id of the event that shows it in the space
    revision: int
    created_at: datetime
    updated_at: datetime


class PaymentDocument(TypedDict):
    _id: str
    schema_version: int
    subject: SubjectDocument
    order_id: NotRequired[str]  # the order that it belongs to, where there is one
    payer_id: str
    payer_proof: NotRequired[str]  # keyed hash of the openid that the prepay was asked for
    method: str
    out_trade_no: str
    amount_fen: int
    coupons_fen: NotRequired[int]  # what coupons and subsidy pay besides, when this payment succeeds
    subsidy_fen: NotRequired[int]
    owner_id: NotRequired[str]  # tip: the firm it belongs to; top-up: the company that it is for
    company_id: NotRequired[str]  # paid from this company's prepaid balance
    state: str
    prepay_id: NotRequired[str]
    prepay_expires_at: NotRequired[datetime]
    transaction_id: NotRequired[str]
    mchid: NotRequired[str]  # the merchant account that received the money
    profit_sharing: NotRequired[bool]  # opened so: a part of it can go to the lawyer's firm
    paid_at: NotRequired[datetime]
    shipped_at: NotRequired[datetime]  # WeChat was told that its service is delivered
    released_at: NotRequired[datetime]  # WeChat told that the money is no longer frozen
    refunds_asked: NotRequired[int]  # grows with each, so that two at once meet here
    mismatch_at: NotRequired[datetime]  # WeChat told of another amount or payer: for a person to look at
    query_at: datetime  # when the worker asks WeChat next
    expires_at: datetime
    created_at: datetime
    updated_at: datetime


class ProviderEventDocument(TypedDict):
    """A notification of WeChat's that was accepted; the id makes a repeat harmless."""

    _id: str
    kind: str
    subject: str
    received_at: datetime


class RefundDocument(TypedDict):
    _id: str
    schema_version: int
    order_id: NotRequired[str]  # a company's top-up that came twice belongs to no order
    payment_id: str
    out_refund_no: str
    amount_fen: int
    reason: NotRequired[bytes]  # sealed under the order's space key; with an order only
    state: str
    stray: NotRequired[bool]  # money that belongs to no order goes back without touching the order
    group: NotRequired[str]  # refunds that were asked for together; the first one's id
    completes: NotRequired[bool]  # with it everything that the payment brought is back
    compensated_fen: NotRequired[int]  # of one that completes: what of it the house had paid before as compensation
    dispute_id: NotRequired[str]  # a compensation that was decided there: the house pays, the order stays as it is
    refund_id: NotRequired[str]  # WeChat's
    stuck_at: NotRequired[datetime]  # since when the payer's account cannot take it; gone once it is sent to a card
    card: NotRequired[bytes]  # the card that the client named, sealed under the order's space key; until it is sent
    card_at: NotRequired[datetime]
    card_sent_at: NotRequired[datetime]
    ended_at: NotRequired[datetime]  # when the provider sent it, by its own clock, or when we heard that it will not
    requested_by: str
    shares_at: NotRequired[datetime | None]  # when shares of its payment are asked back next; None: there are none
    query_at: datetime
    created_at: datetime
    updated_at: datetime
