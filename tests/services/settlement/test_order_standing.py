"""What an order was at a moment in the past: earned by confirmation or by time, never while it is disputed (E3)."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from schemas.documents.orders import OrderDocument
from services.settlement.order_standing import Standing, late_at, standing_at, stars_at
from services.settlement.rulebook import Versions
from services.settlement.standard_rules import STANDARD

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
VERSIONS = Versions({1: STANDARD})


def day(number: float) -> datetime:
    return NOON + timedelta(days=number)


def order(*steps: tuple[str, float], **more: Any) -> OrderDocument:
    made = [{"status": status, "at": day(at), "by": None, "role": "system"} for status, at in steps]
    return cast(OrderDocument, {"_id": "o1", "steps": made, "deadlines": [], **more})


PAID = (("awaiting_payment", 0), ("paid", 0.1), ("assigned", 0.2), ("in_service", 0.3))


@pytest.mark.parametrize(
    ("steps", "end", "standing", "earned"),
    [
        ([*PAID], 30, Standing.OPEN, None),
        ([*PAID, ("delivered", 1)], 8, Standing.WAITING, None),
        ([*PAID, ("delivered", 1)], 8.1, Standing.SERVED, 8),
        ([*PAID, ("delivered", 1), ("confirmed", 2)], 3, Standing.SERVED, 2),
        ([*PAID, ("delivered", 1), ("confirmed", 9)], 10, Standing.SERVED, 8),  # time had decided before
        ([*PAID, ("delivered", 1), ("confirmed", 2)], 1.5, Standing.WAITING, None),  # as it stood then
        ([*PAID, ("delivered", 1), ("refunding", 2)], 20, Standing.WAITING, None),
        ([*PAID, ("delivered", 1), ("refunding", 2), ("refunded", 3)], 20, Standing.OVER, None),
        # back from a refund that failed: delivered on the first day all the same
        ([*PAID, ("delivered", 1), ("refunding", 2), ("delivered", 6)], 9, Standing.SERVED, 8),
        # done again: the client has all the time anew
        ([*PAID, ("delivered", 1), ("in_service", 2), ("delivered", 6)], 9, Standing.WAITING, None),
    ],
)
def test_an_order_is_what_its_steps_say(
    steps: list[tuple[str, float]], end: float, standing: Standing, earned: float | None
) -> None:
    found = standing_at(order(*steps), day(end), VERSIONS)
    assert found == (standing, None if earned is None else day(earned))


def test_reviews_and_promises_count_from_when_they_happened() -> None:
    deadlines = [
        {"code": "deliver", "title": "", "until": "delivered", "due_at": day(1), "met_at": day(2)},
        {"code": "accept", "title": "", "until": "in_service", "due_at": day(1), "met_at": day(0.5)},
        {"code": "other", "title": "", "until": "confirmed", "due_at": day(1)},
    ]
    made = order(*PAID, deadlines=deadlines, review={"stars": 4, "at": day(3)})
    assert (stars_at(made, day(3)), stars_at(made, day(4))) == (None, 4)
    assert (late_at(made, day(2)), late_at(made, day(3))) == ((), ("deliver",))
