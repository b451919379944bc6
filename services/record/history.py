"""A record from its first entry on, page by page, as one member may take it home."""

import asyncio
import logging
from collections.abc import AsyncIterator

from schemas.documents.spaces import EntryDocument, MemberDocument
from schemas.enums import MessageType
from services.errors import Problem
from services.keys import KeyDestroyedError, SealBrokenError
from services.record.chain import GENESIS, entry_hash
from services.record.recorder import Recorder
from services.record.rows import Shown, Withheld
from services.spaces.holds import HIDES, may_see
from services.storage.database import Database

log = logging.getLogger("casespace.record")

PAGE = 200


class Histories:
    def __init__(self, database: Database, recorder: Recorder) -> None:
        self._db = database
        self._recorder = recorder

    async def pages(
        self, space_id: str, first_seq: int, last_seq: int, viewer: MemberDocument | None = None
    ) -> AsyncIterator[list[Shown]]:
        """Entries 1 to ``last_seq``; bodies from ``first_seq`` on, without what was recalled by then, and without
        what was held for review then unless ``viewer`` may see that.

        Raises Problem ``record.broken`` when the stored entries are not a chain.
        """
        recalled = await self._recalled(space_id, last_seq)
        held = await self._held(space_id, last_seq)
        seq, digest = 0, GENESIS
        while seq < last_seq:
            where = {
                "_id": {
                    "$gt": {"space": space_id, "seq": seq},
                    "$lte": {"space": space_id, "seq": min(seq + PAGE, last_seq)},
                }
            }
            entries = await self._db.entries.find(where).sort("_id", 1).to_list()
            if not await asyncio.to_thread(_linked, entries, seq, digest):
                log.critical("the record of a space is broken after entry %d", seq, extra={"space_id": space_id})
                raise Problem("record.broken")
            hidden = {
                entry["_id"]["seq"]
                for entry in entries
                if entry["_id"]["seq"] in held and not may_see(viewer, entry["sender"])
            }
            yield [await self._shown(entry, first_seq, recalled, hidden) for entry in entries]
            seq, digest = entries[-1]["_id"]["seq"], entries[-1]["hash"]

    async def _recalled(self, space_id: str, last_seq: int) -> set[int]:
        where = {
            "_id.space": space_id,
            "_id.seq": {"$lte": last_seq},
            "target": {"$exists": True},
            "type": MessageType.RECALL.value,
        }
        return {entry["target"] async for entry in self._db.entries.find(where, {"target": 1})}

    async def _held(self, space_id: str, last_seq: int) -> set[int]:
        """What is held for review after ``last_seq``: the newest notice about a message counts."""
        where = {
            "_id.space": space_id,
            "_id.seq": {"$lte": last_seq},
            "target": {"$exists": True},
            "type": MessageType.NOTICE.value,
        }
        held: set[int] = set()
        async for entry in self._db.entries.find(where).sort("_id", 1):
            try:
                body, _ = await self._recorder.open(entry)
            except KeyDestroyedError:  # then nothing of the space can be shown anyway
                return held
            if HIDES.get(body.get("code", "")):
                held.add(entry["target"])
            else:
                held.discard(entry["target"])
        return held

    async def _shown(self, entry: EntryDocument, first_seq: int, recalled: set[int], hidden: set[int]) -> Shown:
        seq = entry["_id"]["seq"]
        if seq < first_seq:
            return Shown(entry, withheld=Withheld.BEFORE_FIRST_SEQ)
        if seq in recalled:
            return Shown(entry, withheld=Withheld.RECALLED)
        if seq in hidden:
            return Shown(entry, withheld=Withheld.HELD)
        try:
            body, salt = await self._recorder.open(entry)
        except KeyDestroyedError:
            return Shown(entry, withheld=Withheld.PURGED)
        except SealBrokenError:
            log.exception("a body does not open", extra={"space_id": entry["_id"]["space"], "seq": seq})
            return Shown(entry, withheld=Withheld.UNREADABLE)
        return Shown(entry, body, salt)


def _linked(entries: list[EntryDocument], seq: int, digest: bytes) -> bool:
    for entry in entries:
        if entry["_id"]["seq"] != seq + 1 or entry["prev"] != digest or entry_hash(entry) != entry["hash"]:
            return False
        seq, digest = seq + 1, entry["hash"]
    return bool(entries)
