"""Effects that follow the record: the stored entry is its own outbox row.

For each kind of effect and each space a cursor says how far the effect has come. A change stream tells which
spaces have something new; the cursors alone decide what is done, so a lost or repeated hint changes nothing.
An entry whose effect keeps failing is parked on the cursor and holds up nothing else.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from pymongo.asynchronous.change_stream import AsyncChangeStream
from pymongo.errors import OperationFailure

from schemas.documents.spaces import EntryDocument
from services.clock import Clock, utc_now
from services.storage.database import Database

log = logging.getLogger("casespace.followers")

Follow = Callable[[EntryDocument], Awaitable[None]]
TRIES = 5
PAGE = 200
STREAM = "stream:worker"
_HISTORY_LOST = 286
_RESUME_TOKEN_UNUSABLE = frozenset({_HISTORY_LOST, 280})


class Followers:
    def __init__(
        self,
        database: Database,
        effects: Mapping[str, Follow],
        nudge_outbox: Callable[[], None],
        clock: Clock = utc_now,
    ) -> None:
        """``effects``: kind → effect; a kind's name is stored and never renamed."""
        self._db = database
        self._effects = effects
        self._nudge_outbox = nudge_outbox
        self._clock = clock

    async def run(self, stop: asyncio.Event) -> None:
        """Follow until told to stop. Raises what the database raises; the caller starts it again."""
        saved = await self._db.cursors.find_one({"_id": STREAM})
        token = saved.get("token") if saved else None
        try:
            await self._follow(stop, token)
        except OperationFailure as fault:
            if fault.code not in _RESUME_TOKEN_UNUSABLE:
                raise
            log.warning("the change stream cannot be resumed; looking at every space instead")
            await self._db.cursors.delete_one({"_id": STREAM})
            await self._follow(stop, None)

    async def _follow(self, stop: asyncio.Event, token: Mapping[str, Any] | None) -> None:
        watching: list[dict[str, Any]] = [
            {"$match": {"operationType": "insert", "ns.coll": {"$in": ["entries", "outbox"]}}},
            {"$project": {"documentKey": 1, "ns": 1}},
        ]
        async with await self._db.raw.watch(watching, resume_after=token, max_await_time_ms=500) as stream:
            if token is None:
                await self.sweep()
            while not stop.is_set():
                await self._step(stream)

    async def _step(self, stream: AsyncChangeStream[dict[str, Any]]) -> None:
        """Take what the stream has, run the effects, remember how far it was read."""
        changed: set[str] = set()
        change = await stream.try_next()
        while change is not None:
            if change["ns"]["coll"] == "outbox":
                self._nudge_outbox()
            else:
                changed.add(change["documentKey"]["_id"]["space"])
            if len(changed) >= PAGE:
                break
            change = await stream.try_next() if stream.alive and _buffered(stream) else None
        for space_id in changed:
            await self.catch_up(space_id)
        if changed and stream.resume_token is not None:
            await self._db.cursors.update_one(
                {"_id": STREAM},
                {"$set": {"token": dict(stream.resume_token), "updated_at": self._clock()}},
                upsert=True,
            )

    async def sweep(self) -> None:
        """Bring every space up to date: at the first start, or when the stream's history is gone."""
        async for space in self._db.spaces.find({}, {"_id": 1}):
            await self.catch_up(space["_id"])

    async def catch_up(self, space_id: str) -> None:
        for kind in self._effects:
            await self._catch_up(kind, space_id)

    async def _catch_up(self, kind: str, space_id: str) -> None:
        cursor_id = f"{kind}:{space_id}"
        cursor = await self._db.cursors.find_one({"_id": cursor_id})
        seq = cursor.get("seq", 0) if cursor else 0
        while True:
            entries = await (
                self._db.entries.find(
                    {"_id": {"$gt": {"space": space_id, "seq": seq}, "$lt": {"space": space_id, "seq": 2**53}}}
                )
                .sort("_id", 1)
                .limit(PAGE)
                .to_list()
            )
            parked = [entry["_id"]["seq"] for entry in entries if not await self._done(kind, entry)]
            if entries:
                seq = entries[-1]["_id"]["seq"]
                change: dict[str, Any] = {"$max": {"seq": seq}, "$set": {"updated_at": self._clock()}}
                if parked:
                    change["$addToSet"] = {"parked": {"$each": parked}}
                await self._db.cursors.update_one({"_id": cursor_id}, change, upsert=True)
            if len(entries) < PAGE:
                return

    async def _done(self, kind: str, entry: EntryDocument) -> bool:
        for attempt in range(TRIES):
            try:
                await self._effects[kind](entry)
            except Exception:
                log.exception(
                    "effect %s failed", kind, extra={"space_id": entry["_id"]["space"], "seq": entry["_id"]["seq"]}
                )
                await asyncio.sleep(0.1 * 2**attempt)
            else:
                return True
        return False


def _buffered(stream: AsyncChangeStream[dict[str, Any]]) -> bool:
    """Whether the next change is in memory already, so that asking for it does not wait half a second."""
    cursor = stream._cursor
    return cursor is not None and bool(cursor._data)
