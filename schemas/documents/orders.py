"""Products, orders and their payments."""

from datetime import datetime
from typing import Any, NotRequired, TypedDict


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
    position: int
    published: bool
    updated_at: datetime


class StepDocument(TypedDict):
    status: str
    at: datetime
    by: str | None


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
    space_id: str  # fixed at once; the space itself exists from `paid` on
    lawyer_id: NotRequired[str]
    wanted_lawyer_id: NotRequired[str]
    declined_by: NotRequired[list[str]]
    steps: list[StepDocument]
    deadlines: list[dict[str, Any]]
    delivery: NotRequired[dict[str, Any]]
    review: NotRequired[dict[str, Any]]
    cancel_reason: NotRequired[str]
    revision: int
    created_at: datetime
    updated_at: datetime


class PaymentDocument(TypedDict):
    _id: str
    schema_version: int
    order_id: str
    payer_id: str
    method: str
    out_trade_no: str
    amount_fen: int
    state: str
    prepay_id: NotRequired[str]
    prepay_expires_at: NotRequired[datetime]
    transaction_id: NotRequired[str]
    paid_at: NotRequired[datetime]
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
    order_id: str
    payment_id: str
    out_refund_no: str
    amount_fen: int
    reason: str
    state: str
    requested_by: str
    query_at: datetime
    created_at: datetime
    updated_at: datetime
