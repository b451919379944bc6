"""Rate limits over all processes: each adds what it let in to a count in Valkey, and hears what is left.

Asking Valkey before each request would cost every request a trip. So a process lets in by what it knows and settles a
tenth of a second later, everybody who came in one trip; who spreads requests over processes gets that tenth once, and
pays for it: the count goes below nothing, down to one burst of debt. Without Valkey each process counts alone.
"""

import asyncio
import logging
from collections.abc import Mapping
from hashlib import blake2b

import redis.asyncio as redis
from redis.exceptions import RedisError

from services.rate_limits import Key, RateLimiter

log = logging.getLogger("casespace.limits")

SETTLE_SECONDS = 0.1
PATIENCE = 2.0  # seconds for one trip; nobody waits for it but the next one
PAUSE = 2.0  # seconds after one that failed
AT_ONCE = 500  # keys in one trip: Valkey does nothing else meanwhile
PREFIX = "casespace:limit:"

# The generic cell rate algorithm: of each key the moment at which everything taken so far will be earned (seconds, on
# Valkey's clock). Arguments for each key: what was taken, seconds that one costs, the burst.
_SCRIPT = """
local clock = redis.call('TIME')
local now = tonumber(clock[1]) + tonumber(clock[2]) / 1000000
local left = {}
for i, key in ipairs(KEYS) do
  local cost, each, burst = tonumber(ARGV[3 * i - 2]), tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i])
  local earned = math.max(tonumber(redis.call('GET', key) or '0'), now)
  earned = math.min(earned + cost * each, now + 2 * burst * each)
  redis.call('SET', key, string.format('%.6f', earned), 'PX', math.ceil((earned - now) * 1000) + 1000)
  left[i] = string.format('%.3f', burst - (earned - now) / each)
end
return left
"""


class LimitExchange:
    def __init__(self, client: "redis.Redis", limiter: RateLimiter) -> None:
        self._limiter = limiter
        self._settle = client.register_script(_SCRIPT)
        self._away = False

    async def run(self) -> None:
        """For the life of the process."""
        while True:
            await asyncio.sleep(PAUSE if self._away else SETTLE_SECONDS)
            await self.round()

    async def round(self) -> int:
        """Settle with the others; for how many keys. What cannot be told is let go: it was counted here."""
        settled = 0
        while owed := self._limiter.owed(AT_ONCE):
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._tell(owed)
            except (RedisError, OSError, TimeoutError) as fault:
                if not self._away:
                    log.warning("rate limits count in this process alone: %s", type(fault).__name__)
                self._away = True
                return settled
            settled += len(owed)
            if self._away:
                log.info("rate limits count over all processes again")
            self._away = False
        return settled

    async def _tell(self, owed: Mapping[Key, float]) -> None:
        arguments: list[float] = []
        for (_, limit), cost in owed.items():
            arguments += (cost, limit.seconds / limit.burst, limit.burst)
        left = await self._settle(keys=[_name(key) for key in owed], args=arguments)
        for key, one in zip(owed, left, strict=True):
            self._limiter.told(key, float(one))


def _name(key: Key) -> str:
    """Neither persons nor addresses stand in Valkey."""
    who, limit = key
    mark = f"{who} {limit.burst} {limit.seconds}".encode()
    return PREFIX + blake2b(mark, digest_size=12).hexdigest()
