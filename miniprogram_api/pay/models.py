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

    @property
    def abnormal(self) -> bool:
        """Whether the money is stuck: the payer's account cannot take it, and a person must choose another way."""
        return self.status == "ABNORMAL"


@dataclass(frozen=True)
class BankCard:
    """A payer's debit card for an abnormal refund; ``bank`` is the vendor's code (``ICBC_DEBIT`` …)."""

    bank: str
    account: str = field(repr=False)
    name: str = field(repr=False)


def read_transaction(data: Mapping[str, Any]) -> Transaction:
    """Build a ``Transaction`` from the vendor's JSON. Raises ``ValueError`` when a needed part is missing."""
    amount = mapping(data.get("amount"))
    payer = mapping(data.get("payer"))
    return Transaction(
        mchid=text(data, "mchid"),
        appid=text(data, "appid"),
        out_trade_no=text(data, "out_trade_no"),
        trade_state=text(data, "trade_state"),
        transaction_id=optional(data, "transaction_id"),
        total_fen=fen(amount, "total"),
        payer_total_fen=fen(amount, "payer_total"),
        currency=optional(amount, "currency"),
        success_time=moment(data, "success_time"),
        attach=optional(data, "attach"),
        openid=optional(payer, "openid"),
    )


def read_refund(data: Mapping[str, Any], *, status_field: str = "status") -> Refund:
    """Build a ``Refund``; call-backs name its state ``refund_status``. Raises ``ValueError``."""
    amount = mapping(data.get("amount"))
    total, refund = fen(amount, "total"), fen(amount, "refund")
    if total is None or refund is None:
        raise ValueError("amount")
    return Refund(
        out_trade_no=text(data, "out_trade_no"),
        out_refund_no=text(data, "out_refund_no"),
        refund_id=text(data, "refund_id"),
        status=text(data, status_field),
        amount=RefundAmount(total, refund, fen(amount, "payer_refund")),
        transaction_id=optional(data, "transaction_id"),
        success_time=moment(data, "success_time"),
    )


def mapping(value: object) -> Mapping[str, Any]:
    """``value`` if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def text(data: Mapping[str, Any], name: str) -> str:
    """A text that must be there. Raises ``ValueError``."""
    value = data.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(name)
    return value


def optional(data: Mapping[str, Any], name: str) -> str | None:
    """A text that may be missing or empty."""
    value = data.get(name)
    return value if isinstance(value, str) and value else None


def fen(amount: Mapping[str, Any], name: str) -> int | None:
    """An amount that may be missing. Raises ``ValueError`` for anything but a whole number of fen."""
    value = amount.get(name)
    if value is None:
        return None
    # bool is an int to Python, and a float would be somebody's yuan.
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(name)
    return value


def needed_fen(amount: Mapping[str, Any], name: str) -> int:
    """An amount that must be there. Raises ``ValueError``."""
    value = fen(amount, name)
    if value is None:
        raise ValueError(name)
    return value


def objects(data: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """A list of JSON objects that may be missing. Raises ``ValueError`` for anything else."""
    rows = data.get(name) or []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError(name)
    return rows


def moment(data: Mapping[str, Any], name: str) -> datetime | None:
    """A time with its zone that may be missing. Raises ``ValueError``."""
    value = data.get(name)
    if not isinstance(value, str) or not value:
        return None
    found = datetime.fromisoformat(value)
    if found.tzinfo is None:
        raise ValueError(name)
    return found
