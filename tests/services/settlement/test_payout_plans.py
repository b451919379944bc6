"""What can be shared from which payment: within the vendor's limits, never from another client's money (E3)."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.settlement.payout_plans import SHAREABLE_FOR, Origin, Source, plan, shareable

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def source(
    number: int, order: str = "o1", paid: int = 100_00, refunded: int = 0, shared: int = 0, days: int = 3
) -> Source:
    origin = Origin(f"p{number}", order, f"42{number}", "1900000001")
    return Source(origin, NOW - timedelta(days=days), paid, refunded, shared)


def test_at_most_the_ratio_of_the_payment_is_shared() -> None:
    (share,) = plan(70_00, {"o1": 70_00}, [source(1)], 3_000, NOW)
    assert share.amount_fen == 30_00


def test_what_was_shared_or_refunded_is_not_shared_again() -> None:
    assert plan(70_00, {"o1": 70_00}, [source(1, shared=30_00)], 3_000, NOW) == []
    (share,) = plan(70_00, {"o1": 70_00}, [source(1, refunded=80_00)], 3_000, NOW)
    assert share.amount_fen == 20_00


def test_after_thirty_days_the_money_is_free_and_nothing_is_shared() -> None:
    old = source(1, days=SHAREABLE_FOR.days)
    young = source(2, days=SHAREABLE_FOR.days - 1)
    assert [share.source for share in plan(100_00, {"o1": 100_00}, [young, old], 10_000, NOW)] == [young]


def test_what_one_order_is_due_comes_from_its_own_payments() -> None:
    shares = plan(100_00, {"o1": 10_00, "o2": 0}, [source(1), source(2), source(3, order="o2")], 10_000, NOW)
    assert [(share.source.origin.payment_id, share.amount_fen) for share in shares] == [("p1", 10_00)]


SOURCES = st.lists(
    st.builds(
        source,
        number=st.integers(1, 99),
        order=st.sampled_from(["o1", "o2"]),
        paid=st.integers(1, 500_00),
        refunded=st.integers(0, 500_00),
        shared=st.integers(0, 500_00),
        days=st.integers(0, 40),
    ),
    max_size=6,
    unique_by=lambda one: one.origin.payment_id,
)


@given(
    open_fen=st.integers(-100_00, 900_00),
    due=st.fixed_dictionaries({"o1": st.integers(-100, 500_00), "o2": st.integers(0, 500_00)}),
    sources=SOURCES,
    ratio=st.integers(0, 10_000),
)
def test_no_plan_breaks_a_limit(open_fen: int, due: dict[str, int], sources: list[Source], ratio: int) -> None:
    shares = plan(open_fen, due, sources, ratio, NOW)
    assert sum(share.amount_fen for share in shares) <= max(0, open_fen)
    for share in shares:
        one = share.source
        assert 1 <= share.amount_fen <= shareable(one, ratio)
        assert (one.shared_fen + share.amount_fen) * 10_000 <= one.paid_fen * ratio
        assert one.shared_fen + one.refunded_fen + share.amount_fen <= one.paid_fen
    for order, fen in due.items():
        assert sum(s.amount_fen for s in shares if s.source.origin.order_id == order) <= max(0, fen)
