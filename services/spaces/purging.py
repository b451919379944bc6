"""Purging a case (ruling 26; I10, K2): its content goes for good, its record still verifies.

What was said, read and told lies sealed under the data keys of the case's spaces: destroying those is the purge. What
stays is what a record needs to be checked (seqs, times, senders, kinds, commitments, hashes), money, and the audit
trail. Backups follow when those of the keys run out (docs/operations.md).
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.enums import FileState, OrderStatus
from services.audit import Audit
from services.clock import Clock, utc_now
from services.keys import Vault
from services.record import Recorder
from services.search.search_index import SearchIndex
from services.spaces.notes import notes_of
from services.storage.database import Database

log = logging.getLogger("casespace.purging")

TITLE = "内容已清除的案件"
OVER = (OrderStatus.CONFIRMED, OrderStatus.REVIEWED, OrderStatus.CANCELLED, OrderStatus.REFUNDED)


class NotPurgeableError(Exception):
    """There is no such case, or it is not over; the text says which."""


@dataclass(frozen=True, slots=True)
class Purged:
    """A space whose content is gone: up to which entry, and the hash that names everything before it."""

    space_id: str
    last_seq: int
    head: str
    files: int


class Purging:
    def __init__(
        self,
        database: Database,
        vault: Vault,
        recorder: Recorder,
        index: SearchIndex,
        audit: Audit,
        clock: Clock = utc_now,
    ) -> None:
        self._db = database
        self._vault = vault
        self._recorder = recorder
        self._index = index
        self._audit = audit
        self._clock = clock

    async def purge(self, space_id: str, reason: str) -> list[Purged]:
        """Destroy the content of a case's space, its notes, and the spaces and lines of its hearings.

        ``reason`` goes into the audit trail: whose wish or which rule. May be run again after an interruption.
        Other processes follow within a minute. Raises NotPurgeableError.
        """
        order = await self._db.orders.find_one({"space_id": space_id}, {"status": 1})
        if order is None:
            raise NotPurgeableError(f"{space_id} is not the space of a case")
        if order["status"] not in OVER:
            raise NotPurgeableError(f"the order of {space_id} is not over: {order['status']}")
        hearings = await self._db.hearings.find({"case_space_id": space_id}, {"space_id": 1}).to_list()
        spaces = [space_id, *(hearing["space_id"] for hearing in hearings)]
        purged = [await self._space(one, reason) for one in spaces]
        await self._destroy(f"line:{hearing['_id']}" for hearing in hearings)
        return purged

    async def _space(self, space_id: str, reason: str) -> Purged:
        last_seq, head = await self._recorder.head(space_id)
        files = await self._db.files.count_documents({"space_id": space_id})

        async def work(session: AsyncClientSession) -> None:
            now = self._clock()
            changed = await self._db.spaces.update_one(
                {"_id": space_id, "purged_at": {"$exists": False}},
                {"$set": {"title": TITLE, "purged_at": now, "closed_at": now}},
                session=session,
            )
            gone = {"$unset": {"copies": ""}, "$set": {"purged_at": now, "expires_at": now}}
            where = {"space_id": space_id, "state": FileState.COMPLETE, "purged_at": {"$exists": False}}
            await self._db.files.update_many(where, gone, session=session)
            if changed.modified_count:
                facts = {"reason": reason, "last_seq": last_seq, "head": head.hex(), "files": files}
                await self._audit.write(None, "space.purged", f"space:{space_id}", session, **facts)

        await self._db.transaction(work)
        await self._destroy((f"space:{space_id}", f"space:{notes_of(space_id)}"))
        await self._index.purge(space_id)
        log.info("the content of a space was destroyed", extra={"space_id": space_id})
        return Purged(space_id, last_seq, head.hex(), files)

    async def _destroy(self, subjects: Iterable[str]) -> None:
        for subject in subjects:
            await self._vault.destroy(subject)
