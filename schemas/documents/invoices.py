"""Invoices for payments."""

from datetime import datetime
from typing import NotRequired, TypedDict


class InvoiceDocument(TypedDict):
    """One invoice. Its id is the number under which WeChat Pay knows it (``fapiao_id``)."""

    _id: str
    schema_version: int
    payment_id: str
    order_id: NotRequired[str]
    payer_id: str
    apply_id: str  # the payment's transaction_id: what WeChat Pay calls the application
    amount_fen: int
    title: bytes  # sealed under the payer's key: name, taxpayer's number, e-mail
    state: str
    live_key: NotRequired[str]  # the payment's id while the invoice stands: at most one at a time
    number: NotRequired[str]  # the tax office's
    issued_at: NotRequired[datetime]
    query_at: datetime
    created_at: datetime
    updated_at: datetime
