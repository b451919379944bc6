"""What WeChat Pay tells about a payment or a refund, as frozen dataclasses. Amounts are integer fen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Transaction:
    """A payment as WeChat Pay sees it.

    ``trade_state``: SUCCESS, REFUND, NOTPAY, CLOSED, REVOKED, USERPAYING, PAYERROR. ``total_fen`` is the order's
    amount (compare it with your own), ``payer_total_fen`` what the user paid after WeChat's coupons; both are
    None while nothing is known of them. ``openid`` is the payer's.
    """

    mchid: str
    appid: str
    out_trade_no: str
    trade_state: str
    transaction_id: str | None = None
    total_fen: int | None = None
    payer_total_fen: int | None = None
    currency: str | None = None
    success_time: datetime | None = None
    attach: str | None = None
    openid: str | None = field(default=None, repr=False)

    @property
    def paid(self) -> bool:
        """Whether the money has arrived. A payment that was refunded later had arrived, too."""
        return self.trade_state in ("SUCCESS", "REFUND")


@dataclass(frozen=True)
class RefundAmount:
    """Fen: the order's ``total_fen``, the ``refund_fen`` asked for, and what the payer really gets back."""

    total_fen: int
    refund_fen: int
    payer_refund_fen: int | None = None


@dataclass(frozen=True)
class Refund:
    """A refund. ``status``: PROCESSING (accepted, not yet refunded), SUCCESS, CLOSED, ABNORMAL."""

    out_trade_no: str
    out_refund_no: str
    refund_id: str
    status: str
    amount: RefundAmount
    transaction_id: str | None = None
    success_time: datetime | None = None


def read_transaction(data: Mapping[str, Any]) -> Transaction:
    """Build a ``Transaction`` from the vendor's JSON. Raises ``ValueError`` when a needed part is missing."""
    amount = _mapping(data.get("amount"))
    payer = _mapping(data.get("payer"))
    return Transaction(
        mchid=_text(data, "mchid"),
        appid=_text(data, "appid"),
        out_trade_no=_text(data, "out_trade_no"),
        trade_state=_text(data, "trade_state"),
        transaction_id=_optional(data, "transaction_id"),
        total_fen=_fen(amount, "total"),
        payer_total_fen=_fen(amount, "payer_total"),
        currency=_optional(amount, "currency"),
        success_time=_time(data, "success_time"),
        attach=_optional(data, "attach"),
        openid=_optional(payer, "openid"),
    )


def read_refund(data: Mapping[str, Any], *, status_field: str = "status") -> Refund:
    """Build a ``Refund``; call-backs name its state ``refund_status``. Raises ``ValueError``."""
    amount = _mapping(data.get("amount"))
    total, refund = _fen(amount, "total"), _fen(amount, "refund")
    if total is None or refund is None:
        raise ValueError("amount")
    return Refund(
        out_trade_no=_text(data, "out_trade_no"),
        out_refund_no=_text(data, "out_refund_no"),
        refund_id=_text(data, "refund_id"),
        status=_text(data, status_field),
        amount=RefundAmount(total, refund, _fen(amount, "payer_refund")),
        transaction_id=_optional(data, "transaction_id"),
        success_time=_time(data, "success_time"),
    )


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(name)
    return value


def _optional(data: Mapping[str, Any], name: str) -> str | None:
    value = data.get(name)
    return value if isinstance(value, str) and value else None


def _fen(amount: Mapping[str, Any], name: str) -> int | None:
    value = amount.get(name)
    if value is None:
        return None
    # bool is an int to Python, and a float would be somebody's yuan.
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(name)
    return value


def _time(data: Mapping[str, Any], name: str) -> datetime | None:
    value = data.get(name)
    if not isinstance(value, str) or not value:
        return None
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError(name)
    return moment
