"""Receipts: what their owner sees, and what anybody who holds one may check."""

from pydantic import Field

from schemas.api.base import Body, Fen, Moment, View


class ReceiptView(View):
    """A receipt (数字凭证). ``refunded_fen`` is what has gone back since."""

    payment_id: str
    number: str
    payee: str
    payer: str  # masked
    item: str
    order_number: str | None = None
    amount_fen: Fen
    refunded_fen: Fen
    paid_at: Moment
    issued_at: Moment
    transaction_id: str
    out_trade_no: str
    verify_url: str
    key_id: str
    statement: str
    signature: str


class ReceiptList(View):
    """All receipts about one thing; there are few."""

    items: list[ReceiptView]


class ReceiptQuery(Body):
    code: str = Field(pattern=r"^[0-9A-Za-z]{8}$")


class ReceiptCheckView(View):
    """What anybody with the receipt's number and code is told: no personal data but the masked name."""

    number: str
    payee: str
    payer: str
    item: str
    amount_fen: Fen
    refunded_fen: Fen
    paid_at: Moment
    issued_at: Moment
    key_id: str
    statement: str
    signature: str
