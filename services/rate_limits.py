"""Rate limits of one process: a token bucket for each person (or address) and class of request.

They protect the process from one caller. Limits that protect people (codes by SMS, passwords) are counted in
the database by the services concerned, because there every process must count together.
"""

import time
from collections import OrderedDict
from dataclasses import dataclass

from services.errors import Problem

_REMEMBERED = 50_000


@dataclass(frozen=True, slots=True)
class Limit:
    """``burst`` at once, refilled over ``seconds``."""

    burst: int
    seconds: float


@dataclass(slots=True)
class Allowance:
    limit: int
    remaining: int
    reset_seconds: int


READ = Limit(240, 60)
WRITE = Limit(120, 60)
SIGN_IN = Limit(60, 60)  # by address: a carrier puts many phones behind one; the services count by person
SOCKET_EVENTS = Limit(300, 60)
SEND = Limit(60, 30)  # messages and notes of one person; a phone that comes back sends what it kept at once
SEND_IN_SPACE = Limit(300, 60)  # messages of all members of one space together


class RateLimiter:
    def __init__(self, *, enabled: bool = True) -> None:
        self._enabled = enabled
        self._buckets: OrderedDict[tuple[str, Limit], tuple[float, float]] = OrderedDict()

    def take(self, who: str, limit: Limit, *, cost: float = 1.0) -> Allowance:
        """Count one request. Raises ``request.rate_limited`` with ``retry_after``."""
        if not self._enabled:
            return Allowance(limit.burst, limit.burst, 0)
        now = time.monotonic()
        rate = limit.burst / limit.seconds
        tokens, seen = self._buckets.pop((who, limit), (float(limit.burst), now))
        tokens = min(float(limit.burst), tokens + (now - seen) * rate)
        granted = tokens >= cost
        if granted:
            tokens -= cost
        self._buckets[(who, limit)] = (tokens, now)
        if len(self._buckets) > _REMEMBERED:
            self._buckets.popitem(last=False)
        if not granted:
            raise Problem("request.rate_limited", retry_after=max(1.0, (cost - tokens) / rate))
        return Allowance(limit.burst, int(tokens), int((limit.burst - tokens) / rate) + 1)
