"""Counts that all processes share: how often something was tried in a window of time.

They protect people and money (codes by SMS, passwords), so they live in the database. Windows are aligned to the
clock: at a window's edge up to twice the number can pass, which these limits allow for.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pymongo import ReturnDocument

from services.clock import Clock, utc_now
from services.errors import Problem
from services.storage.database import Database


@dataclass(frozen=True, slots=True)
class Window:
    """At most ``count`` in ``seconds``."""

    count: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Tally:
    """What is counted: ``name`` says what and who, with blind indexes instead of personal data."""

    name: str
    window: Window


class Counters:
    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._db = database
        self._clock = clock

    async def take(self, tallies: Sequence[Tally]) -> list[str]:
        """Count one try in every tally; the ids to give back when it shall not count after all.

        Raises ``auth.too_many_attempts`` with ``retry_after`` when any is over its limit; then nothing is counted
        in the others, so that somebody refused for his address does not use up another person's tries.
        """
        now = self._clock().timestamp()
        taken = await asyncio.gather(*(self._count(tally, now) for tally in tallies))
        over = [tally.window for tally, (_, count) in zip(tallies, taken, strict=True) if count > tally.window.count]
        ids = [id_ for id_, _ in taken]
        if over:
            await self.give_back(ids)
            wait = max(window.seconds - now % window.seconds for window in over)
            raise Problem("auth.too_many_attempts", retry_after=wait)
        return ids

    async def give_back(self, ids: Sequence[str]) -> None:
        """Take the tries back: it succeeded, or never came about."""
        if ids:
            await self._db.counters.update_many({"_id": {"$in": list(ids)}}, {"$inc": {"count": -1}})

    async def _count(self, tally: Tally, now: float) -> tuple[str, int]:
        number = int(now // tally.window.seconds)
        ends = datetime.fromtimestamp((number + 1) * tally.window.seconds, UTC)
        counter = await self._db.counters.find_one_and_update(
            {"_id": f"{tally.name}:{tally.window.seconds}:{number}"},
            {"$inc": {"count": 1}, "$setOnInsert": {"expires_at": ends + timedelta(seconds=60)}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        if counter is None:  # an upsert that returns what it wrote has always written
            raise RuntimeError(tally.name)
        return counter["_id"], counter["count"]
