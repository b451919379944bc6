"""What of a statement can be paid by profit sharing, and from which payments. Pure.

WeChat shares money only within the payment that brought it, at most a ratio of it, and only while it is frozen (30
days from the payment). What cannot be shared is settled outside.
Vendor documents: pay.weixin.qq.com/doc/v3, "分账", "请求分账".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

# WeChat frees the money after 30 days by itself; a share that is asked for on the last day may come too late.
SHAREABLE_FOR = timedelta(days=29)


@dataclass(frozen=True, slots=True)
class Origin:
    """The payment that money is shared from; ``provider_mchid`` is the merchant account that received it."""

    payment_id: str
    order_id: str
    transaction_id: str
    provider_mchid: str


@dataclass(frozen=True, slots=True)
class Source:
    """A payment whose money is frozen for sharing. Money in fen."""

    origin: Origin
    paid_at: datetime
    paid_fen: int
    refunded_fen: int
    shared_fen: int  # asked for already and not refused


@dataclass(frozen=True, slots=True)
class PlannedShare:
    source: Source
    amount_fen: int


def plan(
    open_fen: int, due: Mapping[str, int], sources: Iterable[Source], ratio_bp: int, now: datetime
) -> list[PlannedShare]:
    """The shares that pay ``open_fen`` as far as they can, oldest payment first since it is freed first.

    ``due``: order → what its line is worth. No payment gives more than its own order is due: money of one client
    never pays for another one's order.
    """
    shares = []
    left = dict(due)
    for source in sorted(sources, key=lambda source: (source.paid_at, source.origin.payment_id)):
        if now - source.paid_at >= SHAREABLE_FOR:
            continue
        amount = min(open_fen, left.get(source.origin.order_id, 0), shareable(source, ratio_bp))
        if amount > 0:
            shares.append(PlannedShare(source, amount))
            open_fen -= amount
            left[source.origin.order_id] -= amount
    return shares


def shareable(source: Source, ratio_bp: int) -> int:
    """How much of a payment may still be shared: within the ratio of the whole, and no more than is left of it."""
    within_ratio = source.paid_fen * ratio_bp // 10_000 - source.shared_fen
    left = source.paid_fen - source.refunded_fen - source.shared_fen
    return max(0, min(within_ratio, left))
