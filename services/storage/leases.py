"""Leases: one process at a time does a thing, and another takes over when it dies."""

from datetime import timedelta

from pymongo.errors import DuplicateKeyError

from services.clock import Clock, utc_now
from services.storage.database import Database


class Leases:
    def __init__(self, database: Database, owner: str, clock: Clock = utc_now) -> None:
        """``owner`` names this process, differently at every start."""
        self._db = database
        self._owner = owner
        self._clock = clock

    async def hold(self, name: str, seconds: float) -> bool:
        """Take or renew; False while another process holds it."""
        now = self._clock()
        try:
            await self._db.leases.update_one(
                {"_id": name, "$or": [{"owner": self._owner}, {"until": {"$lte": now}}]},
                {"$set": {"owner": self._owner, "until": now + timedelta(seconds=seconds)}},
                upsert=True,
            )
        except DuplicateKeyError:
            return False
        return True

    async def release(self, name: str) -> None:
        """Give it back, so that another need not wait for it to lapse."""
        await self._db.leases.delete_one({"_id": name, "owner": self._owner})
