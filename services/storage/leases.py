"""Leases: one process at a time does a thing, and another takes over when it dies."""

from collections.abc import Callable
from datetime import timedelta

from pymongo.errors import DuplicateKeyError

from services.clock import Clock, utc_now
from services.storage.database import Database


class Leases:
    def __init__(
        self,
        database: Database,
        owner: str,
        clock: Clock = utc_now,
        is_dead: Callable[[str], bool] = lambda _owner: False,
    ) -> None:
        """``owner`` names this process, differently at every start. ``is_dead(owner)``: whether another one
        certainly lives no more, so that its lease need not run out first."""
        self._db = database
        self._owner = owner
        self._clock = clock
        self._is_dead = is_dead

    async def hold(self, name: str, seconds: float) -> bool:
        """Take or renew; False while another process holds it."""
        if await self._take(name, seconds, {"$or": [{"owner": self._owner}, {"until": {"$lte": self._clock()}}]}):
            return True
        held = await self._db.leases.find_one({"_id": name})
        if held is None or not self._is_dead(held["owner"]):
            return False
        return await self._take(name, seconds, {"owner": held["owner"]})

    async def _take(self, name: str, seconds: float, free: dict[str, object]) -> bool:
        until = self._clock() + timedelta(seconds=seconds)
        try:
            await self._db.leases.update_one(
                {"_id": name, **free}, {"$set": {"owner": self._owner, "until": until}}, upsert=True
            )
        except DuplicateKeyError:
            return False
        return True

    async def release(self, name: str) -> None:
        """Give it back, so that another need not wait for it to lapse."""
        await self._db.leases.delete_one({"_id": name, "owner": self._owner})
