"""What the house gives back unasked, what a person decides, what two decide (C5, H6)."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from schemas.documents.orders import OrderDocument
from schemas.enums import DisputeKind, DisputeOutcome, DisputeState, OrderStatus, Role
from services.disputes.dispute_rules import (
    COOLING_OFF,
    DISPUTABLE_FOR,
    Step,
    disputable,
    needs_second,
    offers,
    suggested,
    verdict,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def order(*steps: tuple[OrderStatus, timedelta]) -> OrderDocument:
    made: Any = {
        "status": steps[-1][0].value,
        "steps": [{"status": status.value, "at": NOW - ago, "by": None, "role": "system"} for status, ago in steps],
    }
    return cast(OrderDocument, made)


DAY = timedelta(days=1)
PAID = (OrderStatus.PAID, 40 * DAY)


@pytest.mark.parametrize(
    ("steps", "granted", "rule"),
    [
        ((PAID,), True, "not_begun"),
        ((PAID, (OrderStatus.ASSIGNED, 30 * DAY)), True, "not_begun"),
        ((PAID, (OrderStatus.IN_SERVICE, COOLING_OFF)), True, "cooling_off"),
        ((PAID, (OrderStatus.IN_SERVICE, COOLING_OFF + timedelta(seconds=1))), False, "under_way"),
        ((PAID, (OrderStatus.IN_SERVICE, timedelta()), (OrderStatus.DELIVERED, timedelta())), False, "handed_over"),
        ((PAID, (OrderStatus.REVIEWED, timedelta())), False, "handed_over"),
    ],
)
def test_what_has_hardly_begun_is_given_back_unasked(
    steps: tuple[tuple[OrderStatus, timedelta], ...], granted: bool, rule: str
) -> None:
    found = verdict(order(*steps), NOW)
    assert (found.granted, found.rule) == (granted, rule)


def test_a_lawyer_who_begins_anew_begins_the_cooling_off_anew() -> None:
    declined = order(PAID, (OrderStatus.IN_SERVICE, 3 * DAY), (OrderStatus.IN_SERVICE, DAY / 2))
    assert verdict(declined, NOW).granted


@pytest.mark.parametrize("status", list(OrderStatus))
def test_only_what_was_paid_and_is_not_going_back_can_be_disputed(status: OrderStatus) -> None:
    never = {OrderStatus.AWAITING_PAYMENT, OrderStatus.CANCELLED, OrderStatus.REFUNDING, OrderStatus.REFUNDED}
    assert disputable(order((status, timedelta())), NOW) is (status not in never)


def test_what_was_handed_over_long_ago_is_accepted() -> None:
    late = DISPUTABLE_FOR + timedelta(seconds=1)
    assert disputable(order(PAID, (OrderStatus.DELIVERED, DISPUTABLE_FOR)), NOW)
    assert not disputable(order(PAID, (OrderStatus.DELIVERED, late), (OrderStatus.REVIEWED, DAY)), NOW)


@pytest.mark.parametrize(("stars", "fen"), [(1, 19_950), (2, 11_970), (3, 0), (4, 0), (5, 0)])
def test_under_three_stars_a_compensation_is_suggested(stars: int, fen: int) -> None:
    assert suggested(stars, 39_900) == fen
    assert suggested(stars, 10_000_000) == (50_000 if fen else 0)


def test_large_sums_take_two_people() -> None:
    assert not needs_second(DisputeOutcome.REFUND, 100_000)
    assert needs_second(DisputeOutcome.REFUND, 100_001)
    assert needs_second(DisputeOutcome.COMPENSATION, 100_001)
    assert not needs_second(DisputeOutcome.REDO, 0)


# state, role → what they may do
TABLE = {
    ("open", "client"): {"state", "withdraw"},
    ("open", "lawyer"): {"state"},
    ("open", "support"): {"state", "decide"},
    ("open", "ops"): {"state", "decide"},
    ("proposed", "client"): {"state", "withdraw"},
    ("proposed", "lawyer"): {"state"},
    ("proposed", "support"): {"state"},
    ("proposed", "ops"): {"state", "approve", "return"},
}


@pytest.mark.parametrize("state", list(DisputeState))
@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("kind", list(DisputeKind))
def test_every_cell_of_who_may_do_what(state: DisputeState, role: Role, kind: DisputeKind) -> None:
    expected = TABLE.get((state.value, role.value), set())
    if kind is DisputeKind.LOW_RATING:  # the house opened it, and closes it
        expected = expected - {Step.WITHDRAW.value}
    assert set(offers(state, kind, frozenset({role}))) == expected
