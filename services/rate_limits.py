"""Rate limits: a token bucket for each person (or address) and class of request.

They protect the service from one caller. Limits that protect people (codes by SMS, passwords) are counted in
the database by the services concerned, because there every process must count together to the last one.

Whether a request is let in is decided here, in the process, at once. Where several processes serve, each tells the
others what it let in a moment later (``realtime/limit_exchange.py``), and hears how much is left over all of them.
"""

import time
from collections import OrderedDict
from dataclasses import dataclass

from services.errors import Problem

_REMEMBERED = 50_000
_OWED_MOST = 20_000  # who is forgotten here first is who comes next: then one process alone counts them


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


Key = tuple[str, Limit]

READ = Limit(240, 60)
WRITE = Limit(120, 60)
SIGN_IN = Limit(60, 60)  # by address: a carrier puts many phones behind one; the services count by person
SOCKET_EVENTS = Limit(300, 60)
SEND = Limit(60, 30)  # messages and notes of one person; a phone that comes back sends what it kept at once
SEND_IN_SPACE = Limit(300, 60)  # messages of all members of one space together


class RateLimiter:
    def __init__(self, *, enabled: bool = True, shared: bool = False) -> None:
        """``shared``: what is taken here is noted for others; somebody has to fetch it by ``owed``."""
        self._enabled = enabled
        self._shared = shared
        self._buckets: OrderedDict[Key, tuple[float, float]] = OrderedDict()
        self._owed: dict[Key, float] = {}

    def take(self, who: str, limit: Limit, *, cost: float = 1.0) -> Allowance:
        """Count one request. Raises ``request.rate_limited`` with ``retry_after``."""
        if not self._enabled:
            return Allowance(limit.burst, limit.burst, 0)
        key = (who, limit)
        now = time.monotonic()
        rate = limit.burst / limit.seconds
        tokens, seen = self._buckets.pop(key, (float(limit.burst), now))
        tokens = min(float(limit.burst), tokens + (now - seen) * rate)
        granted = tokens >= cost
        if granted:
            tokens -= cost
            if self._shared and len(self._owed) < _OWED_MOST:
                self._owed[key] = self._owed.get(key, 0.0) + cost
        self._keep(key, tokens, now)
        if not granted:
            raise Problem("request.rate_limited", retry_after=max(1.0, (cost - tokens) / rate))
        return Allowance(limit.burst, int(tokens), int((limit.burst - tokens) / rate) + 1)

    def owed(self, most: int) -> dict[Key, float]:
        """What was taken since the last call, of at most so many; whoever calls tells the others."""
        keys = list(self._owed)[:most]
        return {key: self._owed.pop(key) for key in keys}

    def told(self, key: Key, left: float) -> None:
        """How much all processes together have left of it. Less than nothing: they let in too many at once, and that
        is waited for. More than is left here counts for nothing: then the others have forgotten something."""
        now = time.monotonic()
        _, limit = key
        tokens, seen = self._buckets.pop(key, (float(limit.burst), now))
        tokens = min(float(limit.burst), tokens + (now - seen) * (limit.burst / limit.seconds))
        self._keep(key, min(tokens, left - self._owed.get(key, 0.0)), now)

    def _keep(self, key: Key, tokens: float, now: float) -> None:
        self._buckets[key] = (tokens, now)
        if len(self._buckets) > _REMEMBERED:
            self._buckets.popitem(last=False)
