"""The rules of orders, cell by cell, without a database."""

from datetime import UTC, datetime, timedelta
from itertools import product as pairs
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.documents.orders import DeadlineDocument, RefundDocument
from schemas.enums import OrderStatus, RefundState, Role, SystemRole
from services.orders.order_rules import (
    PAID_STATUSES,
    PERMISSIONS,
    TITLES,
    TRANSITIONS,
    Action,
    Candidate,
    allowed_as,
    choose_lawyer,
    offers,
    order_number,
    promises_at,
    refundable,
    target,
)
from services.permissions import ORDER

S, A = OrderStatus, Action
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
EVERYBODY: tuple[Role | SystemRole, ...] = (*Role, SystemRole.SYSTEM)

# The table once more, as a lawyer would write it: status, action → status; c client, l lawyer, d desk, s system.
EXPECTED = """
awaiting_payment pay        paid        s
awaiting_payment cancel     cancelled   cds
paid             assign     assigned    ds
paid             refund     refunding   cd
assigned         assign     assigned    d
assigned         accept     in_service  l
assigned         decline    paid        l
assigned         refund     refunding   cd
in_service       deliver    delivered   l
in_service       refund     refunding   cd
delivered        confirm    confirmed   c
delivered        refund     refunding   d
confirmed        review     reviewed    c
confirmed        refund     refunding   d
reviewed         refund     refunding   d
refunding        refund_all refunded    s
refunding        refund_end (before)    s
"""
WHO: dict[str, set[Role | SystemRole]] = {
    "c": {Role.CLIENT},
    "l": {Role.LAWYER},
    "d": {Role.SUPPORT, Role.OPS},
    "s": {SystemRole.SYSTEM},
}
CELLS = {
    (S(status), A(action)): (to, set[Role | SystemRole]().union(*(WHO[letter] for letter in who)))
    for status, action, to, who in (line.split() for line in EXPECTED.strip().splitlines())
}


@pytest.mark.parametrize(("status", "action"), list(pairs(OrderStatus, Action)))
def test_every_cell_of_the_state_machine(status: OrderStatus, action: Action) -> None:
    """C2: what is not in the table is not possible, and each step has exactly the people it names."""
    to, who = CELLS.get((status, action), (None, set()))
    after = target(status, action, S.IN_SERVICE)
    assert after == (S.IN_SERVICE if to == "(before)" else S(to) if to else None)
    for role in EVERYBODY:
        assert (allowed_as(status, action, frozenset({role})) is not None) == (role in who)


def test_nothing_is_skipped() -> None:
    """C2: need → lawyer → served → delivered → confirmed → rated; there is one way through, step by step."""
    way, status = [], S.AWAITING_PAYMENT
    for action in (A.PAY, A.ASSIGN, A.ACCEPT, A.DELIVER, A.CONFIRM, A.REVIEW):
        after = target(status, action, None)
        assert after is not None
        others = {target(other, action, None) for other in OrderStatus if other is not status} - {None, after}
        assert not others
        way.append(after)
        status = after
    assert way == [S.PAID, S.ASSIGNED, S.IN_SERVICE, S.DELIVERED, S.CONFIRMED, S.REVIEWED]


def test_what_is_over_stays_over() -> None:
    for action in Action:
        assert target(S.CANCELLED, action, S.PAID) is None
        assert target(S.REFUNDED, action, S.PAID) is None


def test_who_may_by_the_table_may_by_the_permissions() -> None:
    """A role that a step admits is never stopped by the table of rights before it gets there."""
    for (_, action), transition in TRANSITIONS.items():
        people = {role for role in transition.who if isinstance(role, Role)}
        if action in PERMISSIONS:
            assert people <= ORDER[PERMISSIONS[action]]
        else:
            assert not people


def test_every_status_has_a_title_and_a_side() -> None:
    assert set(TITLES) == set(OrderStatus)
    assert set(OrderStatus) - {S.AWAITING_PAYMENT, S.CANCELLED} == PAID_STATUSES


def test_buttons_follow_the_table() -> None:
    assert offers(S.AWAITING_PAYMENT, frozenset({Role.CLIENT})) == ["pay", "cancel"]
    assert offers(S.AWAITING_PAYMENT, frozenset({Role.SUPPORT})) == ["cancel"]
    assert offers(S.ASSIGNED, frozenset({Role.LAWYER})) == ["accept", "decline"]
    assert offers(S.DELIVERED, frozenset({Role.CLIENT})) == ["confirm"]
    assert offers(S.REVIEWED, frozenset({Role.LAWYER})) == []
    assert offers(S.PAID, frozenset()) == []


# --- promises of time

PROMISED = [
    {"code": "accept", "title": "30 分钟内接单", "from": "paid", "until": "in_service", "minutes": 30},
    {"code": "deliver", "title": "24 小时内交付", "from": "in_service", "until": "delivered", "minutes": 1440},
]


def test_a_promise_begins_and_is_met() -> None:
    """C4: measured for each order."""
    running = promises_at([], PROMISED, S.PAID, NOW)
    assert [(one["code"], one["due_at"]) for one in running] == [("accept", NOW + timedelta(minutes=30))]
    later = NOW + timedelta(minutes=10)
    running = promises_at(running, PROMISED, S.IN_SERVICE, later)
    assert running[0]["met_at"] == later
    assert (running[1]["code"], running[1]["due_at"]) == ("deliver", later + timedelta(days=1))


def test_declining_buys_no_time() -> None:
    """C4: the client's promise runs from the payment, however many lawyers decline."""
    running = promises_at([], PROMISED, S.PAID, NOW)
    running = promises_at(running, PROMISED, S.ASSIGNED, NOW + timedelta(minutes=1))
    running = promises_at(running, PROMISED, S.PAID, NOW + timedelta(minutes=20))
    assert [one["due_at"] for one in running] == [NOW + timedelta(minutes=30)]


@pytest.mark.parametrize("over", [S.CANCELLED, S.REFUNDED])
def test_what_is_over_promises_nothing(over: OrderStatus) -> None:
    met: DeadlineDocument = {"code": "a", "title": "", "until": "in_service", "due_at": NOW, "met_at": NOW}
    runs: DeadlineDocument = {"code": "b", "title": "", "until": "delivered", "due_at": NOW}
    assert promises_at([met, runs], PROMISED, over, NOW) == [met]


# --- money


def _refund(amount: int, state: RefundState) -> Any:
    return {"amount_fen": amount, "state": state.value}


@given(
    paid=st.integers(1, 10_000_00),
    refunds=st.lists(st.tuples(st.integers(1, 10_000), st.sampled_from(list(RefundState))), max_size=8),
)
def test_never_more_goes_back_than_came(paid: int, refunds: list[tuple[int, RefundState]]) -> None:
    """E1: whatever has been asked for and has not failed counts, and what is left is never negative."""
    documents: list[RefundDocument] = []
    for amount, state in refunds:
        left = refundable(paid, documents)
        if amount <= left:
            documents.append(_refund(amount, state))
    alive = sum(one["amount_fen"] for one in documents if one["state"] != RefundState.FAILED)
    assert alive + refundable(paid, documents) == paid


# --- the lawyer


DRAFTING = frozenset({"drafting"})


def _lawyer(user_id: str, open_orders: int = 0, *areas: str) -> Candidate:
    return Candidate(user_id, user_id, frozenset(areas), open_orders)


def test_the_rule_takes_who_has_least_to_do() -> None:
    """D2: fewest open orders, then the id, so that the choice can be explained and repeated."""
    office = [_lawyer("c", 1), _lawyer("b", 0), _lawyer("a", 2), _lawyer("d", 0)]
    chosen = choose_lawyer(office, DRAFTING, frozenset(), None)
    assert chosen is not None
    assert chosen.user_id == "b"


def test_the_rule_prefers_the_area() -> None:
    office = [_lawyer("a", 0, "divorce"), _lawyer("b", 5, "drafting"), _lawyer("c", 6)]
    chosen = choose_lawyer(office, DRAFTING, frozenset(), None)
    assert chosen is not None
    assert chosen.user_id == "b"
    alone = choose_lawyer(office[:1], DRAFTING, frozenset(), None)
    assert alone is not None  # nobody serves the kind: asked all the same
    assert alone.user_id == "a"


def test_the_wish_counts_unless_declined() -> None:
    """D2: the client's own choice first."""
    office = [_lawyer("a", 0), _lawyer("b", 9)]
    wished = choose_lawyer(office, DRAFTING, frozenset(), "b")
    assert wished is not None
    assert wished.user_id == "b"
    declined = choose_lawyer(office, DRAFTING, frozenset({"b"}), "b")
    assert declined is not None
    assert declined.user_id == "a"
    assert choose_lawyer(office, DRAFTING, frozenset({"a", "b"}), None) is None


# --- the number


def test_numbers_are_readable_and_differ() -> None:
    """C3: one for each order. 23:59 in China is not yet the next day."""
    at = datetime(2026, 11, 21, 15, 59, tzinfo=UTC)
    numbers = {order_number(f"{value:024x}", at) for value in range(5000)}
    assert len(numbers) == 5000
    assert all(number.startswith("CS261121") and len(number) == 20 and number.isalnum() for number in numbers)
    assert order_number("0" * 24, at + timedelta(minutes=1)).startswith("CS261122")
