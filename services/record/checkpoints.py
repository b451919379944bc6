"""Signed checkpoints: statements about the length and the end of a record, each naming the one before.

A head (``heads.py``) is a receipt for one member at one moment. Checkpoints are the operator's own series: they
make a cut tail show in an export, and they are what time stamps are put on. Before a checkpoint is signed, the
entries since the last one are hashed anew: the key never vouches for a record that was altered in the database.
"""

import hashlib
import logging
import time
from collections.abc import AsyncIterator, Sequence
from typing import Any

from pymongo.errors import DuplicateKeyError

from schemas.documents.record import CheckpointDocument, CheckpointKey
from services.clock import Clock, utc_now
from services.errors import Problem
from services.followers import EntryHead
from services.record.chain import GENESIS, entry_hash, utc_text
from services.record.heads import HeadSigner
from services.storage.database import Database

log = logging.getLogger("casespace.record")

PURPOSE = "casespace.checkpoint.v1"
# Spaces with new entries are noted as they come. What was noted by a process that died is found by looking at all.
SWEEP_SECONDS = 6 * 3600.0
_BATCH = 500
_END = 2**53


class RecordBrokenError(Exception):
    """The stored entries of a space do not form the chain that they must form."""


def statement_fields(checkpoint: CheckpointDocument) -> dict[str, Any]:
    """What is signed, as it is exported. All keys are ASCII and no number has a fraction."""
    return {
        "purpose": PURPOSE,
        "space_id": checkpoint["_id"]["space"],
        "number": checkpoint["_id"]["number"],
        "seq": checkpoint["seq"],
        "hash": checkpoint["head"].hex(),
        "at": utc_text(checkpoint["at"]),
        "prev": checkpoint["prev"].hex(),
    }


class Checkpoints:
    def __init__(self, database: Database, signer: HeadSigner, clock: Clock = utc_now) -> None:
        self._db = database
        self._signer = signer
        self._clock = clock
        self._grown: set[str] = set()
        self._swept_at: float | None = None

    async def follow(self, heads: Sequence[EntryHead]) -> None:
        """Spaces have new entries: the next tick makes checkpoints of them. A follower of the record."""
        self._grown.update(head["_id"]["space"] for head in heads)

    async def tick(self) -> None:
        """Make the checkpoints that are due. The worker calls it every quarter of an hour."""
        now = time.monotonic()
        if self._swept_at is None or now - self._swept_at > SWEEP_SECONDS:
            async for space in self._db.spaces.find({}, {"_id": 1}):
                await self._try(space["_id"])
            self._swept_at = now
        for space_id in list(self._grown):
            self._grown.discard(space_id)
            await self._try(space_id)

    async def make(self, space_id: str) -> CheckpointDocument:
        """The checkpoint at the end of the record as it is now; made unless it is there already.

        Raises Problem ``record.broken`` when the stored entries are not a chain.
        """
        while True:
            last = await self.last(space_id)
            try:
                seq, head = await self._walk(space_id, last)
            except RecordBrokenError as fault:
                log.critical("the record of a space is broken: %s", fault, extra={"space_id": space_id})
                raise Problem("record.broken") from fault
            if last is not None and last["seq"] == seq:
                return last
            fresh = self._signed(space_id, last, seq, head)
            try:
                await self._db.checkpoints.insert_one(fresh)
            except DuplicateKeyError:
                continue  # another process was faster; its checkpoint may be the one that is wanted
            return fresh

    async def last(self, space_id: str) -> CheckpointDocument | None:
        """The newest checkpoint of a space."""
        where = {"_id": {"$gt": _key(space_id, 0), "$lt": _key(space_id, _END)}}
        return await self._db.checkpoints.find_one(where, sort=[("_id", -1)])

    def of(self, space_id: str, up_to: int) -> AsyncIterator[CheckpointDocument]:
        """All checkpoints of a space, ascending, up to this number."""
        where = {"_id": {"$gt": _key(space_id, 0), "$lte": _key(space_id, up_to)}}
        return self._db.checkpoints.find(where).sort("_id", 1).__aiter__()

    async def _try(self, space_id: str) -> None:
        """One broken record must not keep the others from their checkpoints; an empty one needs none yet."""
        try:
            if await self._db.entries.find_one({"_id": {"space": space_id, "seq": 1}}, {"_id": 1}) is not None:
                await self.make(space_id)
        except Problem as problem:
            if problem.code != "record.broken":
                raise
        except Exception:
            self._grown.add(space_id)
            raise

    async def _walk(self, space_id: str, last: CheckpointDocument | None) -> tuple[int, bytes]:
        """Hash everything since ``last`` anew; seq and hash of the end. Raises RecordBrokenError."""
        seq, digest = (last["seq"], last["head"]) if last is not None else (0, GENESIS)
        await self._still_there(space_id, seq, digest)
        where = {"_id": {"$gt": {"space": space_id, "seq": seq}, "$lt": {"space": space_id, "seq": _END}}}
        found = self._db.entries.find(where, {"sealed": 0}).sort("_id", 1).batch_size(_BATCH)
        async for entry in found:
            if entry["_id"]["seq"] != seq + 1 or entry["prev"] != digest or entry_hash(entry) != entry["hash"]:
                raise RecordBrokenError(f"at entry {seq + 1}")
            seq, digest = entry["_id"]["seq"], entry["hash"]
        return seq, digest

    async def _still_there(self, space_id: str, seq: int, digest: bytes) -> None:
        if seq == 0:
            return
        entry = await self._db.entries.find_one({"_id": {"space": space_id, "seq": seq}})
        if entry is None or entry["hash"] != digest or entry_hash(entry) != digest:
            raise RecordBrokenError(f"entry {seq} is not what its checkpoint says")

    def _signed(self, space_id: str, last: CheckpointDocument | None, seq: int, head: bytes) -> CheckpointDocument:
        checkpoint: CheckpointDocument = {
            "_id": _key(space_id, last["_id"]["number"] + 1 if last else 1),
            "schema_version": 1,
            "seq": seq,
            "head": head,
            "at": self._clock(),
            "prev": last["digest"] if last else GENESIS,
            "digest": b"",
            "key": self._signer.public_raw,
            "signature": b"",
            "due": True,
        }
        statement, checkpoint["signature"] = self._signer.sign_fields(statement_fields(checkpoint))
        checkpoint["digest"] = hashlib.sha256(statement).digest()
        return checkpoint


def _key(space_id: str, number: int) -> CheckpointKey:
    return {"space": space_id, "number": number}
