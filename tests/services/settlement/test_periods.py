"""Periods of 14 days, without gaps or overlaps, in China's midnights (E3)."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.settlement.periods import GRACE, Schedule

MONDAY = date(2026, 1, 5)
START = datetime(2026, 2, 1)  # noqa: DTZ001 - hypothesis wants it so; the zone is added
EVERY_TWO_WEEKS = Schedule(MONDAY, 14)


def test_the_newest_period_that_is_over_is_the_first() -> None:
    now = datetime(2026, 11, 22, 4, tzinfo=UTC)
    span = EVERY_TWO_WEEKS.due(None, now)
    assert span == (datetime(2026, 10, 25, 16, tzinfo=UTC), datetime(2026, 11, 8, 16, tzinfo=UTC))
    assert EVERY_TWO_WEEKS.due(span[1], now) is None


def test_a_period_is_not_closed_before_its_last_moment_is_certain() -> None:
    end = datetime(2026, 11, 22, 16, tzinfo=UTC)
    last = end - timedelta(days=14)
    assert EVERY_TWO_WEEKS.due(last, end + GRACE - timedelta(seconds=1)) is None
    assert EVERY_TWO_WEEKS.due(last, end + GRACE) == (last, end)


@given(
    days=st.integers(1, 60),
    other=st.integers(1, 60),
    start=st.datetimes(START, START + timedelta(days=1400)).map(lambda at: at.replace(tzinfo=UTC)),
)
def test_periods_join_whatever_the_rhythm_becomes(days: int, other: int, start: datetime) -> None:
    first = Schedule(MONDAY, days).due(None, start)
    assert first is not None
    end = first[1]
    now = start + timedelta(days=200)
    for _ in range(3):
        span = Schedule(MONDAY, other).due(end, now)
        assert span is not None
        assert span[0] == end < span[1] <= now
        assert span[1] - end <= timedelta(days=other)
        end = span[1]
