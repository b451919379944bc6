"""What was given up and waits for a person: effects of the outbox and of the followers, in one list.

An effect is parked when it kept failing. Once the reason is mended an operator releases it (``python -m server
release``), and the worker does it again; effects bear being done twice.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from schemas.enums import OutboxState
from services.clock import Clock, utc_now
from services.outbox import Outbox
from services.storage.database import Database


@dataclass(frozen=True, slots=True)
class Parked:
    """``name`` is what an operator releases: an outbox row's id, or ``kind:space`` with all its entries."""

    name: str
    kind: str
    subject: str
    count: int
    since: datetime
    fault: str


class Parking:
    def __init__(self, database: Database, outbox: Outbox, clock: Clock = utc_now) -> None:
        self._db = database
        self._outbox = outbox
        self._clock = clock

    async def list(self) -> list[Parked]:
        """Everything that waits, the oldest first."""
        rows = [
            Parked(row["_id"], row["kind"], row["subject"], 1, row["created_at"], row.get("fault", ""))
            async for row in self._db.outbox.find({"state": OutboxState.PARKED})
        ]
        async for cursor in self._db.cursors.find({"parked": {"$exists": True}}):
            kind, _, space_id = cursor["_id"].partition(":")
            seqs = cursor["parked"]
            rows.append(Parked(cursor["_id"], kind, f"space:{space_id}", len(seqs), cursor["updated_at"], ""))
        return sorted(rows, key=lambda row: row.since)

    async def counts(self) -> Counter[str]:
        """Kind → effects that wait."""
        counts: Counter[str] = Counter()
        for row in await self.list():
            counts[row.kind] += row.count
        return counts

    async def release(self, name: str) -> bool:
        """Let the worker try it again. False when nothing of this name is parked."""
        if ":" not in name:
            return await self._outbox.release(name)
        cursor = await self._db.cursors.find_one({"_id": name, "parked": {"$exists": True}})
        if cursor is None:
            return False
        seqs = cursor["parked"]
        result = await self._db.cursors.update_one(
            {"_id": name, "parked": seqs},  # one that is parked in this moment is not lost
            {"$addToSet": {"again": {"$each": seqs}}, "$unset": {"parked": ""}, "$set": {"updated_at": self._clock()}},
        )
        return result.modified_count == 1 or await self.release(name)
