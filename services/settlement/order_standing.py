"""What an order was at a moment in the past, told from its stored steps. Pure: the same for ever."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from schemas.documents.orders import OrderDocument, StepDocument
from schemas.enums import OrderStatus
from services.orders.order_rules import SERVED_STATUSES
from services.settlement.rulebook import Versions

_S = OrderStatus


class Standing(StrEnum):
    OPEN = "open"  # nothing is earned, and a step of the order will be heard of
    WAITING = "waiting"  # served, but still disputable or in dispute: time decides, so look again
    SERVED = "served"
    OVER = "over"  # everything that was paid went back


def standing_at(order: OrderDocument, end: datetime, versions: Versions) -> tuple[Standing, datetime | None]:
    """What the order was just before ``end``, and when it was earned (only for SERVED).

    An order is earned when its client confirms it, or when it was delivered and not disputed for as many days as
    the rules of that day say.
    """
    steps = [step for step in order["steps"] if step["at"] < end]
    status = OrderStatus(steps[-1]["status"]) if steps else _S.AWAITING_PAYMENT
    if status is _S.REFUNDED:
        return Standing.OVER, None
    if status is _S.REFUNDING:
        return Standing.WAITING, None
    if status not in SERVED_STATUSES:
        return Standing.OPEN, None
    earned_at = _earned_at(steps, versions)
    return (Standing.SERVED, earned_at) if earned_at < end else (Standing.WAITING, None)


def stars_at(order: OrderDocument, end: datetime) -> int | None:
    """The client's stars, if they were given before ``end``."""
    review = order.get("review")
    return int(review["stars"]) if review and review["at"] < end else None


def late_at(order: OrderDocument, end: datetime) -> tuple[str, ...]:
    """The codes of the promises that were kept, but late, before ``end``."""
    return tuple(
        sorted(
            deadline["code"]
            for deadline in order["deadlines"]
            if "met_at" in deadline and deadline["due_at"] < deadline["met_at"] < end
        )
    )


def _earned_at(steps: Sequence[StepDocument], versions: Versions) -> datetime:
    delivered_at = _delivered_at(steps)
    _, rules = versions.at(delivered_at)
    undisputed = delivered_at + timedelta(days=rules.earned_after_days)
    confirmed = [step["at"] for step in steps if step["status"] == _S.CONFIRMED]
    return min([undisputed, *confirmed])


def _delivered_at(steps: Sequence[StepDocument]) -> datetime:
    """The last delivery; that an order went back to being delivered after a refund is none."""
    for before, step in zip(reversed(steps[:-1]), reversed(steps), strict=False):
        if step["status"] == _S.DELIVERED and before["status"] != _S.REFUNDING:
            return step["at"]
    return steps[-1]["at"]
