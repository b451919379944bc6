"""Effects that follow the record: the stored entry is its own outbox row.

For each kind of effect and each space a cursor says how far the effect has come. A change stream brings what is
new; the cursors alone decide what is done, so a lost, repeated or late hint changes nothing. What arrived within
a moment is done together. An entry whose effect keeps failing is parked and holds up nothing else, until an operator
releases it (``parking.py``).

The cursors live in the memory of the one worker that leads and are written down every few seconds together with
the stream's resume token: after a crash the last moments are done again, which effects must tolerate.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NotRequired, TypedDict

from pymongo import UpdateOne
from pymongo.asynchronous.change_stream import AsyncChangeStream
from pymongo.errors import OperationFailure

from schemas.documents.spaces import EntryKey
from services.clock import Clock, utc_now
from services.storage.database import Database, is_outage

log = logging.getLogger("casespace.followers")


class EntryHead(TypedDict):
    """What an effect is given of an entry. The body stays sealed; an effect that needs it opens it itself."""

    _id: EntryKey
    sender: str
    role: str
    type: str
    at: datetime
    mentions: NotRequired[list[str]]


Follow = Callable[[Sequence[EntryHead]], Awaitable[None]]

TRIES = 5
PAGE = 500
MOMENT_SECONDS = 0.25
SAVE_SECONDS = 5.0
STREAM = "stream:worker"
_HEAD = {"sender": 1, "role": 1, "type": 1, "at": 1, "mentions": 1}
_STREAMED = {"ns": 1, **{f"fullDocument.{name}": 1 for name in ("_id", *_HEAD)}}


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
        self._cursors: dict[str, int] = {}  # "kind:space" → last seq done
        self._unsaved: set[str] = set()

    async def run(self, stop: asyncio.Event) -> None:
        """Follow until told to stop. Raises what the database raises; the caller starts it again."""
        self._cursors.clear()  # another process may have led meanwhile
        self._unsaved.clear()
        saved = await self._db.cursors.find_one({"_id": STREAM})
        token = saved.get("token") if saved else None
        try:
            await self._follow(stop, token)
        except OperationFailure as fault:
            # Servers refuse a token they cannot use with many codes (history lost, another cluster, another
            # version). Looking at every space is always right, only dearer.
            if token is None or is_outage(fault):
                raise
            log.warning("the change stream cannot be resumed; looking at every space instead")
            await self._db.cursors.delete_one({"_id": STREAM})
            await self._follow(stop, None)

    async def sweep(self) -> None:
        """Bring every space up to date: at the first start, or when the stream's history is gone."""
        async for space in self._db.spaces.find({}, {"_id": 1}):
            for kind in self._effects:
                await self._catch_up(kind, space["_id"])

    # --- the stream

    async def _follow(self, stop: asyncio.Event, token: Mapping[str, Any] | None) -> None:
        watching: list[dict[str, Any]] = [
            {"$match": {"operationType": "insert", "ns.coll": {"$in": ["entries", "outbox"]}}},
            {"$project": _STREAMED},
        ]
        async with await self._db.raw.watch(watching, resume_after=token, max_await_time_ms=500) as stream:
            if token is None:
                await self.sweep()
            saved_at = time.monotonic()
            while not stop.is_set():
                arrived = await self._collect(stream)
                for kind in self._effects:
                    await self._advance(kind, arrived)
                if time.monotonic() - saved_at > SAVE_SECONDS:
                    await self._save(stream.resume_token)
                    await self._do_again()
                    saved_at = time.monotonic()
            await self._save(stream.resume_token)

    async def _collect(self, stream: AsyncChangeStream[dict[str, Any]]) -> dict[str, list[EntryHead]]:
        """Space → its new entries of this moment. An outbox row wakes the outbox at once."""
        arrived: dict[str, list[EntryHead]] = {}
        for _ in range(PAGE):  # rows of the outbox count: a busy one must not keep entries waiting
            change = await stream.try_next()
            if change is None:
                break
            if change["ns"]["coll"] == "outbox":
                self._nudge_outbox()
                continue
            head: EntryHead = change["fullDocument"]
            if not arrived:
                await asyncio.sleep(MOMENT_SECONDS)  # so that one answer of the server brings many
            arrived.setdefault(head["_id"]["space"], []).append(head)
        return arrived

    async def _advance(self, kind: str, arrived: Mapping[str, list[EntryHead]]) -> None:
        """Do what follows the cursors without a gap, all together; read from the database where there is one."""
        await self._load_cursors(kind, arrived)
        ready: list[EntryHead] = []
        for space_id, heads in arrived.items():
            seq = self._cursors[f"{kind}:{space_id}"]
            new = [head for head in heads if head["_id"]["seq"] > seq]
            if [head["_id"]["seq"] for head in new] == list(range(seq + 1, seq + 1 + len(new))):
                ready += new
            else:
                await self._catch_up(kind, space_id)
        await self._do(kind, ready)

    # --- cursors

    async def _load_cursors(self, kind: str, spaces: Mapping[str, object]) -> None:
        missing = [f"{kind}:{space_id}" for space_id in spaces if f"{kind}:{space_id}" not in self._cursors]
        if not missing:
            return
        self._cursors.update(dict.fromkeys(missing, 0))
        async for cursor in self._db.cursors.find({"_id": {"$in": missing}}):
            self._cursors[cursor["_id"]] = cursor.get("seq", 0)

    async def _catch_up(self, kind: str, space_id: str) -> None:
        await self._load_cursors(kind, {space_id: None})
        while True:
            seq = self._cursors[f"{kind}:{space_id}"]
            where = {"_id": {"$gt": {"space": space_id, "seq": seq}, "$lt": {"space": space_id, "seq": 2**53}}}
            found: Any = await self._db.entries.find(where, _HEAD).sort("_id", 1).limit(PAGE).to_list()
            await self._do(kind, found)
            if len(found) < PAGE:
                return

    async def _save(self, token: Mapping[str, Any] | None) -> None:
        now = self._clock()
        writes = [
            UpdateOne({"_id": name}, {"$max": {"seq": self._cursors[name]}, "$set": {"updated_at": now}}, upsert=True)
            for name in self._unsaved
        ]
        if token is not None:
            writes.append(UpdateOne({"_id": STREAM}, {"$set": {"token": dict(token), "updated_at": now}}, upsert=True))
        if writes:
            await self._db.cursors.bulk_write(writes, ordered=True)
        self._unsaved.clear()

    # --- effects

    async def _do(self, kind: str, heads: Sequence[EntryHead]) -> None:
        """Run the effect for all at once; when that fails, one by one, parking what keeps failing."""
        if not heads:
            return
        try:
            await self._effects[kind](heads)
        except Exception as fault:
            if is_outage(fault):  # not the entries' fault: the caller starts again when the database is back
                raise
            log.exception("effect %s failed for %d entries; doing them one by one", kind, len(heads))
            for head in heads:
                if not await self._done(kind, head):
                    await self._park(kind, head)
        for head in heads:
            name = f"{kind}:{head['_id']['space']}"
            self._cursors[name] = max(self._cursors.get(name, 0), head["_id"]["seq"])
            self._unsaved.add(name)

    async def _done(self, kind: str, head: EntryHead) -> bool:
        for attempt in range(TRIES):
            try:
                await self._effects[kind]([head])
            except Exception as fault:
                if is_outage(fault):
                    raise
                log.exception(
                    "effect %s failed", kind, extra={"space_id": head["_id"]["space"], "seq": head["_id"]["seq"]}
                )
                await asyncio.sleep(0.1 * 2**attempt)
            else:
                return True
        return False

    async def _do_again(self) -> None:
        """What an operator has released. Its mark goes when it is done or parked anew."""
        async for cursor in self._db.cursors.find({"again": {"$exists": True}}):
            kind, _, space_id = cursor["_id"].partition(":")
            for seq in cursor["again"] if kind in self._effects else ():
                head: Any = await self._db.entries.find_one({"_id": {"space": space_id, "seq": seq}}, _HEAD)
                if head is not None and not await self._done(kind, head):
                    await self._park(kind, head)
                await self._db.cursors.update_one({"_id": cursor["_id"]}, {"$pull": {"again": seq}})
            await self._db.cursors.update_one({"_id": cursor["_id"], "again": []}, {"$unset": {"again": ""}})

    async def _park(self, kind: str, head: EntryHead) -> None:
        """Where operators see it; the effect goes on with the next entry."""
        await self._db.cursors.update_one(
            {"_id": f"{kind}:{head['_id']['space']}"},
            {"$addToSet": {"parked": head["_id"]["seq"]}, "$set": {"updated_at": self._clock()}},
            upsert=True,
        )
