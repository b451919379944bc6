"""Token buckets of one process."""

import pytest

from services import rate_limits
from services.errors import Problem
from services.rate_limits import Limit, RateLimiter

LIMIT = Limit(10, 60)


class Time:
    now = 1_000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    clock = Time()
    monkeypatch.setattr(rate_limits, "time", clock)
    return clock


def refusal(limiter: RateLimiter, who: str = "wang", limit: Limit = LIMIT) -> float:
    with pytest.raises(Problem) as refused:
        limiter.take(who, limit)
    assert refused.value.code == "request.rate_limited"
    assert refused.value.retry_after is not None
    return refused.value.retry_after


def test_a_burst_and_then_the_rate(time: Time) -> None:
    limiter = RateLimiter()
    left = [limiter.take("wang", LIMIT).remaining for _ in range(10)]
    assert left == list(range(9, -1, -1))
    assert refusal(limiter) == pytest.approx(6.0)
    time.now += 5.9
    refusal(limiter)
    time.now += 0.2
    assert limiter.take("wang", LIMIT).remaining == 0
    time.now += 3600
    assert limiter.take("wang", LIMIT).remaining == 9, "no more than the burst is saved up"


def test_a_refused_request_costs_nothing(time: Time) -> None:
    limiter = RateLimiter()
    for _ in range(10):
        limiter.take("wang", LIMIT)
    for _ in range(100):
        refusal(limiter)
    time.now += 6.01
    limiter.take("wang", LIMIT)


def test_people_and_classes_of_requests_are_counted_apart(time: Time) -> None:
    limiter = RateLimiter()
    for _ in range(10):
        limiter.take("wang", LIMIT)
    refusal(limiter)
    assert limiter.take("li", LIMIT).remaining == 9
    assert limiter.take("wang", Limit(5, 60)).remaining == 4


def test_the_reset_says_when_the_burst_is_whole_again(time: Time) -> None:
    limiter = RateLimiter()
    for _ in range(5):
        allowance = limiter.take("wang", LIMIT)
    assert (allowance.limit, allowance.remaining, allowance.reset_seconds) == (10, 5, 31)


def test_switched_off_it_counts_nothing() -> None:
    limiter = RateLimiter(enabled=False)
    assert {limiter.take("wang", LIMIT).remaining for _ in range(50)} == {10}


def test_memory_is_bounded_and_the_busy_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "_REMEMBERED", 100)
    limiter = RateLimiter()
    slow = Limit(3, 86_400)
    for number in range(3):
        limiter.take("busy", slow)
        for other in range(60):
            limiter.take(f"{number}-{other}", slow)
    assert len(limiter._buckets) == 100
    refusal(limiter, "busy", slow)
