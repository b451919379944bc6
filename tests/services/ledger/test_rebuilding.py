"""A day of the ledger made once more and compared: whoever alters either side is found (E1)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from schemas.documents.money import LedgerDocument
from schemas.enums import OrderStatus, RefundState
from services.days import day_of, span_of
from services.ledger.accounts import Kind, account
from services.ledger.entries import Posting, lines
from services.ledger.holdings import Fault, Owners, faults
from services.ledger.rebuilding import Finding, compare

DAY = date(2026, 11, 20)
SPAN = span_of(DAY)
ORDER, WECHAT = account(Kind.ORDER, "o1"), account(Kind.PROVIDER, "1900000001")


def posting(cause: str, fen: int = 100, at: datetime = SPAN.start) -> Posting:
    return Posting(cause, "payment", at, lines((WECHAT, fen), (ORDER, -fen)), "o1", {"voucher": cause})


def stored(one: Posting) -> LedgerDocument:
    return {
        "_id": one.cause,
        "schema_version": 1,
        "kind": one.kind,
        "at": one.at,
        "lines": [{**line} for line in reversed(one.lines)],
        "refs": dict(one.refs),
        "recorded_at": one.at,
    }


def found(expected: list[Posting], documents: list[LedgerDocument]) -> list[tuple[str, str]]:
    return [(one.cause, one.finding.value) for one in compare(expected, documents, SPAN)]


def test_days_are_chinas() -> None:
    assert (SPAN.start, SPAN.end) == (datetime(2026, 11, 19, 16, tzinfo=UTC), datetime(2026, 11, 20, 16, tzinfo=UTC))
    assert SPAN.start in SPAN
    assert SPAN.end not in SPAN
    assert (day_of(SPAN.start), day_of(SPAN.end)) == (DAY, DAY + timedelta(days=1))


def test_each_way_in_which_the_two_can_part() -> None:
    right, late = posting("a"), posting("b", at=SPAN.end + timedelta(hours=1))
    assert found([right], [stored(right)]) == []
    assert found([right], []) == [("a", "not_posted")]
    assert found([], [stored(right)]) == [("a", "without_cause")]
    assert found([], [stored(late)]) == []  # another day's business
    assert found([right], [stored(posting("a", 101))]) == [("a", "posted_otherwise")]
    assert found([right], [stored(replace(right, at=late.at))]) == [("a", "posted_otherwise")]
    crooked = stored(right)
    crooked["lines"][0]["fen"] += 1
    assert found([right], [crooked]) == [("a", "posted_otherwise"), ("a", "unbalanced")]


@given(
    st.lists(st.tuples(st.integers(1, 10**9), st.integers(0, 86_399)), min_size=1, max_size=20),
    st.data(),
)
def test_one_altered_line_is_one_finding(amounts: list[tuple[int, int]], data: st.DataObject) -> None:
    made = [posting(f"c{n}", fen, SPAN.start + timedelta(seconds=at)) for n, (fen, at) in enumerate(amounts)]
    documents = [stored(one) for one in made]
    assert compare(made, documents, SPAN) == []
    victim = data.draw(st.integers(0, len(made) - 1))
    if data.draw(st.booleans()):
        documents.pop(victim)
        assert found(made, documents) == [(f"c{victim}", Finding.NOT_POSTED.value)]
    else:
        for line in documents[victim]["lines"]:
            line["fen"] *= 2
        assert found(made, documents) == [(f"c{victim}", Finding.POSTED_OTHERWISE.value)]


def order(status: OrderStatus, amount: int = 100) -> Any:
    return {"_id": "o1", "status": status.value, "amount_fen": amount}


def held(balances: dict[str, int], **owners: Any) -> list[tuple[str, str]]:
    nobody: dict[str, Any] = {"orders": {}, "received": {}, "settled": frozenset(), "refunds": {}}
    return [(one.account, one.fault.value) for one in faults(balances, Owners(**(nobody | owners)))]


def test_what_accounts_may_hold() -> None:
    """E1: served means paid; cancelled and refunded mean empty; nobody gets more than there is."""
    served = {"orders": {"o1": order(OrderStatus.IN_SERVICE)}, "received": {"o1": 100}}
    assert held({ORDER: -100}, **served) == []
    assert held({ORDER: -60}, **(served | {"received": {"o1": 60}})) == [(ORDER, Fault.SERVED_UNPAID)]
    assert held({ORDER: -100}, orders={"o1": order(OrderStatus.CANCELLED)}) == [(ORDER, Fault.ENDED_WITH_MONEY)]
    assert held({ORDER: 0}, orders={"o1": order(OrderStatus.CANCELLED)}) == []
    assert held({ORDER: 5}, **served) == [(ORDER, Fault.OVERDRAWN)]
    assert held({ORDER: 5}, **(served | {"settled": frozenset({"o1"})})) == []  # the next settlement takes it back
    refund, prepaid = account(Kind.REFUND, "r1"), account(Kind.PREPAID, "c1")
    assert held({refund: -5}, refunds={"r1": RefundState.REQUESTED}) == []
    assert held({refund: -5}, refunds={"r1": RefundState.SUCCEEDED}) == [(refund, Fault.ENDED_WITH_MONEY)]
    assert held({prepaid: 1}) == [(prepaid, Fault.OVERDRAWN)]
