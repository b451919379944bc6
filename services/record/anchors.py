"""Anchors: time stamps of an outside authority (RFC 3161) on the checkpoints of all spaces.

One stamp a minute at most covers the Merkle root of every checkpoint made since the last one, and each checkpoint
keeps its short proof: the cost does not grow with the number of spaces, and no space learns of another. As each
checkpoint names the one before, a stamp on it covers the whole record up to there.

An authority that fails holds nothing up: what is due stays due until a stamp succeeds.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import orjson
from pymongo import UpdateOne
from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.documents.record import AnchorDocument, CheckpointDocument
from services.clock import Clock, utc_now
from services.ids import new_id
from services.record.merkle import tree
from services.storage.database import Database

log = logging.getLogger("casespace.record")

PURPOSE = "casespace.anchor.v1"
MOST_AT_ONCE = 1_000
EXPORT_WAITS = 5.0  # seconds that an export gives the authority


class StampError(Exception):
    """The authority gave no time stamp, or one that does not hold."""


@dataclass(frozen=True, slots=True)
class Stamp:
    response: bytes  # TimeStampResp, checked
    at: datetime


class TimeStampAuthority(Protocol):
    """The seam to whoever stamps. ``name`` is shown to operators."""

    @property
    def name(self) -> str: ...

    async def stamp(self, datum: bytes) -> Stamp:
        """A checked stamp on these bytes. Raises StampError."""


class Anchors:
    def __init__(self, database: Database, authority: TimeStampAuthority | None, clock: Clock = utc_now) -> None:
        """``authority`` None: checkpoints stay due, and are stamped once one is configured."""
        self._db = database
        self._authority = authority
        self._clock = clock

    async def tick(self) -> None:
        """Stamp what is due. The worker calls it every minute."""
        while self._authority is not None:
            due = await self._db.checkpoints.find({"due": True}).sort("_id", 1).limit(MOST_AT_ONCE).to_list()
            if not due:
                return
            try:
                await self._anchor(self._authority, due)
            except StampError as fault:
                log.warning("no time stamp: %s", fault, extra={"checkpoints": len(due)})
                return

    async def anchor_now(self, checkpoint: CheckpointDocument) -> None:
        """Try to stamp one checkpoint for an export that waits for it. What fails is left to the tick."""
        if self._authority is None or "due" not in checkpoint:
            return
        try:
            await asyncio.wait_for(self._anchor(self._authority, [checkpoint]), EXPORT_WAITS)
        except (StampError, TimeoutError) as fault:
            log.warning("no time stamp for an export: %s", fault or "too slow")

    async def load(self, anchor_id: str) -> AnchorDocument:
        """Raises KeyError."""
        found = await self._db.anchors.find_one({"_id": anchor_id})
        if found is None:
            raise KeyError(anchor_id)
        return found

    async def _anchor(self, authority: TimeStampAuthority, due: Sequence[CheckpointDocument]) -> None:
        root, paths = tree([checkpoint["digest"] for checkpoint in due])
        datum = orjson.dumps({"purpose": PURPOSE, "root": root.hex(), "size": len(due)}, option=orjson.OPT_SORT_KEYS)
        stamp = await authority.stamp(datum)
        anchor: AnchorDocument = {
            "_id": new_id(),
            "schema_version": 1,
            "datum": datum,
            "response": stamp.response,
            "stamped_at": stamp.at,
            "authority": authority.name,
            "created_at": self._clock(),
        }
        updates = [
            UpdateOne(
                {"_id": checkpoint["_id"], "due": True},
                {"$set": {"anchor": {"id": anchor["_id"], "index": index, "path": path}}, "$unset": {"due": ""}},
            )
            for index, (checkpoint, path) in enumerate(zip(due, paths, strict=True))
        ]

        async def work(session: AsyncClientSession) -> None:
            await self._db.anchors.insert_one(anchor, session=session)
            await self._db.checkpoints.bulk_write(updates, session=session)

        await self._db.transaction(work)
