"""Photos of papers that identify somebody stay only as long as their purpose (PIPL 19, 47; K2).

An identity card, a bank card or a licence was photographed so that a form could be filled in and a person known.
Some time after the order is over the photo, its thumbnail and what was read go; number, hash, size and who brought it
stay, and the record verifies as before, since it holds commitments and hashes only. What was listed as evidence stays
with the case.

Which photos those are is what the machine found, or what a person said: one that nobody could read is such a paper
once somebody has said so, and so is one whose message was recalled or that was read again as something else; what
somebody has said to be none is not. A photo that nobody asked to have read is not looked at for this: searching
everybody's pictures for their papers would be a handling of sensitive data that nobody agreed to, for the sake of
keeping less of it (PIPL 6, 28, 29). It goes with the case (``server purge``).
"""

import logging
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.documents.readings import ReadingDocument
from schemas.enums import FileState, OrderStatus
from schemas.reading_enums import ReadingState
from services.audit import Audit
from services.clock import Clock, utc_now
from services.outbox import Outbox
from services.readings.field_labels import IDENTITY_KINDS
from services.storage.database import Database

log = logging.getLogger("casespace.readings")

EXPIRED = "reading.expired"  # kind of the outbox row
BATCH = 100
_OVER = (OrderStatus.CONFIRMED, OrderStatus.REVIEWED, OrderStatus.CANCELLED, OrderStatus.REFUNDED)


class PaperRetention:
    def __init__(
        self, database: Database, audit: Audit, outbox: Outbox, *, days: int | None, clock: Clock = utc_now
    ) -> None:
        """``days`` after the last step of an order that is over; None keeps everything with the case."""
        self._db = database
        self._audit = audit
        self._outbox = outbox
        self._days = days
        self._clock = clock

    async def tick(self) -> None:
        """Destroy what has had its time. To be called every hour or so."""
        if self._days is None:
            return
        identity = {"$in": sorted(IDENTITY_KINDS)}
        of_cases = {"verification_id": {"$exists": False}}
        where = {"$or": [{"kind": identity, **of_cases}, {"asked_kind": identity, **of_cases}]}
        spaces = await self._db.readings.distinct("space_id", where)
        spaces += await self._db.files.distinct("space_id", {"identifies": True, "space_id": {"$nin": spaces}})
        for start in range(0, len(spaces), BATCH):
            for space_id in await self._over(spaces[start : start + BATCH]):
                await self._expire(space_id, await self._db.readings.find({**where, "space_id": space_id}).to_list())

    async def _over(self, spaces: Sequence[str]) -> list[str]:
        assert self._days is not None  # the caller has seen to it
        before = self._clock() - timedelta(days=self._days)
        where = {"space_id": {"$in": spaces}, "status": {"$in": list(_OVER)}, "updated_at": {"$lte": before}}
        return [order["space_id"] async for order in self._db.orders.find(where, {"space_id": 1})]

    async def _expire(self, space_id: str, readings: Sequence[ReadingDocument]) -> None:
        here = {"space_id": space_id, "purged_at": {"$exists": False}}
        none = await self._db.files.distinct("_id", {**here, "identity_said.identifies": False})
        files = {reading["file_id"] for reading in readings}.difference(none)
        files.update(await self._db.files.distinct("_id", {**here, "identifies": True}))
        listed = await self._db.evidence.distinct("file_id", {"space_id": space_id, "file_id": {"$in": sorted(files)}})
        for file_id in sorted(files.difference(listed)):
            await self._db.transaction(partial(self._destroy, file_id=file_id))
            self._outbox.nudge()

    async def _destroy(self, session: AsyncClientSession, file_id: str) -> None:
        """The sweep of uploads removes the copies that no document names any more, an hour later at the earliest."""
        now = self._clock()
        file = await self._db.files.find_one_and_update(
            {"_id": file_id, "state": FileState.COMPLETE},
            {"$unset": {"copies": ""}, "$set": {"purged_at": now, "expires_at": now}},
            session=session,
        )
        async for reading in self._db.readings.find({"file_id": file_id}, session=session):
            await self._db.readings.update_one(
                {"_id": reading["_id"]},
                {
                    "$set": {"state": ReadingState.WITHDRAWN, "confirmations": []},
                    "$unset": {"result": "", "job_key": "", "claim": "", "kind": "", "asked_kind": ""},
                },
                session=session,
            )
            await self._outbox.add(session, EXPIRED, f"reading:{reading['_id']}", {"reading_id": reading["_id"]})
        if file is not None:
            facts = {"space_id": file["space_id"], "sha256": file.get("sha256", ""), "days": self._days}
            await self._audit.write(None, "file.purged", f"file:{file_id}", session, reason="retention", **facts)
            log.info("a photo of a paper was destroyed in time", extra={"file_id": file_id})
