"""Receipts for payments."""

from datetime import datetime
from typing import NotRequired, TypedDict


class ReceiptDocument(TypedDict):
    """What was paid, as it was when the receipt was made; ``statement`` is what the signature covers."""

    _id: str  # the payment's id: one payment, one receipt
    schema_version: int
    number: str
    code: str  # proves that somebody holds the receipt: the number alone opens nothing
    payer_id: str
    payer: str  # masked
    payee: str
    item: str
    order_number: NotRequired[str]
    amount_fen: int
    paid_at: datetime
    out_trade_no: str
    transaction_id: str
    statement: bytes
    signature: bytes  # Ed25519
    key_id: str
    issued_at: datetime
