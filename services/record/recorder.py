"""The one way to append to a record: group commit over many spaces, compare-and-set on each space's head.

Whatever queued while the flushes before it were in flight goes into the next one: no timer, so an idle system answers
at once and a busy one shares a round trip and a journal flush. A second flush may overtake a slow one, with other
spaces: each space is in one at a time. Spaces with one entry waiting share one unordered
insert; a space with several gets an ordered one of its own, which stops at the first that is refused, so that
nothing is ever stored behind a gap. (While a member of the replica set hangs, a majority may take half a second to
come about: a space that then moved by one entry a flush would fall behind for as long as it lasts.)
An entry's ``_id`` is ``{space, seq}``: an insert that chains to a head which somebody else has moved meanwhile
collides there and is tried again on the new head, so a chain can never fork, whatever else fails.

A caller is answered only when the entry is journaled by a majority. After an error nothing is known, and the
caller is told to try again: the same ``client_msg_id`` then finds the entry if it did get stored.
"""

import asyncio
import contextvars
import logging
import os
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import orjson
import pymongo
from pymongo.errors import BulkWriteError, PyMongoError

from schemas.documents.spaces import EntryDocument
from services.clock import Clock, utc_now
from services.errors import Problem
from services.keys import Vault
from services.live import Live
from services.record.chain import FORM, GENESIS, canonical_body, commitment, entry_hash
from services.record.draft import Draft, Stored
from services.record.waiting import Pending, Run, Waiting
from services.spaces.message_views import EncodedMessage, Links, message_view
from services.storage.database import Database

log = logging.getLogger("casespace.record")

SALT_BYTES = 16
LANES = 2  # flushes in flight
FLUSH_SECONDS = 8.0
HEADS_KEPT = 50_000
_DUPLICATE = 11000

Head = tuple[int, bytes]  # seq, hash


class Recorder:
    def __init__(self, database: Database, vault: Vault, live: Live, links: Links, clock: Clock = utc_now) -> None:
        self._links = links
        self._entries = database.entries
        self._vault = vault
        self._live = live
        self._clock = clock
        self._waiting = Waiting()
        self._heads: OrderedDict[str, Head] = OrderedDict()
        self._flushes: set[asyncio.Task[None]] = set()
        self._starting = False

    async def append(self, draft: Draft) -> Stored:
        """Store an entry and give it back; the stored one when this ``client_msg_id`` was stored before.

        Raises ``message.id_reused`` (same id, another body) and ``server.unavailable`` (nothing is known:
        try again with the same id).
        """
        key = await self._vault.key(f"space:{draft.space_id}")
        if self._waiting.full(draft.space_id):
            raise Problem("server.unavailable", retry_after=1)
        body = canonical_body(draft.type, draft.body)
        salt = os.urandom(SALT_BYTES)
        pending = Pending(
            draft,
            body,
            salt,
            key.seal(salt + body, _place(draft.space_id, draft.sender, draft.client_msg_id)),
            commitment(salt, body),
            asyncio.get_running_loop().create_future(),
        )
        self._enqueue(pending)
        return await pending.done

    async def find(self, space_id: str, sender: str, client_msg_id: str) -> EntryDocument | None:
        """The entry that was stored under this id, if any."""
        return await self._entries.find_one({"_id.space": space_id, "sender": sender, "cid": client_msg_id})

    async def head(self, space_id: str) -> Head:
        """Seq and hash of the last stored entry; ``(0, GENESIS)`` for an empty record. Asks the database."""
        last = await self._entries.find_one(
            {"_id": {"$gt": {"space": space_id, "seq": 0}, "$lt": {"space": space_id, "seq": 2**53}}},
            {"hash": 1},
            sort=[("_id", -1)],
        )
        return (last["_id"]["seq"], last["hash"]) if last else (0, GENESIS)

    async def open(self, entry: EntryDocument) -> tuple[dict[str, Any], bytes]:
        """Body and salt of an entry. Raises KeyDestroyedError after a purge."""
        space_id = entry["_id"]["space"]
        key = await self._vault.key(f"space:{space_id}")
        plain = key.open(entry["sealed"], _place(space_id, entry["sender"], entry["cid"]))
        return orjson.loads(plain[SALT_BYTES:]), plain[:SALT_BYTES]

    async def close(self) -> None:
        """Wait until everything that was accepted has been answered."""
        while self._waiting or self._flushes:
            await (asyncio.wait(self._flushes) if self._flushes else asyncio.sleep(0))

    # --- queue

    def _enqueue(self, pending: Pending, *, first: bool = False) -> None:
        self._waiting.put(pending, first=first)
        self._start_soon()

    def _start_soon(self) -> None:
        """In the next turn of the loop: what arrives in this one goes together."""
        if not self._starting and len(self._flushes) < LANES:
            self._starting = True
            # Not in the first caller's context: its time limit is not everybody's.
            asyncio.get_running_loop().call_soon(self._start, context=contextvars.Context())

    def _start(self) -> None:
        self._starting = False
        if runs := self._waiting.take():
            task = asyncio.get_running_loop().create_task(self._run(runs))
            self._flushes.add(task)

    async def _run(self, runs: list[Run]) -> None:
        try:
            await self._flush(runs)
        except Exception as fault:  # noqa: BLE001 - every waiting caller must get an answer
            self._fail([pending for run in runs for pending in run], fault)
        finally:
            self._waiting.done(runs)
            self._flushes.remove(asyncio.current_task())  # type: ignore[arg-type]
            if self._waiting:
                self._start_soon()

    # --- flush

    async def _flush(self, runs: list[Run]) -> None:
        with pymongo.timeout(FLUSH_SECONDS):
            await self._load_heads([run[0].draft.space_id for run in runs])
            single = [run[0] for run in runs if len(run) == 1]
            writes = [self._write(run, ordered=True) for run in runs if len(run) > 1]
            if single:
                writes.append(self._write(single, ordered=False))
            await (asyncio.gather(*writes) if len(writes) > 1 else writes[0])

    async def _write(self, batch: list[Pending], *, ordered: bool) -> None:
        """Store one entry of each of several spaces, or (ordered) several of one, and answer for each."""
        entries: list[EntryDocument] = []
        head: Head | None = None
        for pending in batch:
            entries.append(self._entry(pending, (ordered and head) or self._heads[pending.draft.space_id]))
            head = entries[-1]["_id"]["seq"], entries[-1]["hash"]
        try:
            refused = await self._insert(entries, ordered=ordered)
        except Exception as fault:  # noqa: BLE001 - neighbours of the same flush go on
            self._fail(batch, fault)
            return
        tried = min(refused) + 1 if ordered and refused else len(batch)
        for index, (pending, entry) in enumerate(zip(batch[:tried], entries, strict=False)):
            if index not in refused:
                self._stored(pending, entry)
        for pending in reversed(batch[tried:]):
            self._enqueue(pending, first=True)
        if refused:
            await asyncio.gather(*(self._refused(batch[index], error) for index, error in refused.items()))

    async def _insert(self, entries: list[EntryDocument], *, ordered: bool) -> dict[int, dict[str, Any]]:
        """Store; what the server would not take, by index. Raises when nothing is known."""
        try:
            await self._entries.insert_many(entries, ordered=ordered)
        except BulkWriteError as fault:
            if fault.details.get("writeConcernErrors"):
                raise
            return {error["index"]: error for error in fault.details["writeErrors"]}
        return {}

    async def _load_heads(self, space_ids: list[str]) -> None:
        missing = [space_id for space_id in space_ids if space_id not in self._heads]
        if missing:
            heads = await asyncio.gather(*(self.head(space_id) for space_id in missing))
            self._heads.update(zip(missing, heads, strict=True))
        while len(self._heads) > HEADS_KEPT + len(space_ids):
            self._heads.popitem(last=False)

    def _entry(self, pending: Pending, head: Head) -> EntryDocument:
        draft = pending.draft
        seq, prev = head
        entry: EntryDocument = {
            "_id": {"space": draft.space_id, "seq": seq + 1},
            "v": FORM,
            "sender": draft.sender,
            "role": draft.role,
            "cid": draft.client_msg_id,
            "type": draft.type.value,
            "at": self._clock(),
            "sealed": pending.sealed,
            "commit": pending.commit,
            "prev": prev,
            "hash": b"",
        }
        if draft.reply_to is not None:
            entry["reply_to"] = draft.reply_to
        if draft.mentions:
            entry["mentions"] = list(draft.mentions)
        if draft.target is not None:
            entry["target"] = draft.target
        if draft.files:
            entry["files"] = list(draft.files)
        entry["hash"] = entry_hash(entry)
        return entry

    def _stored(self, pending: Pending, entry: EntryDocument) -> None:
        space_id, seq = entry["_id"]["space"], entry["_id"]["seq"]
        self._heads[space_id] = (seq, entry["hash"])
        self._heads.move_to_end(space_id)
        shown = self._shown(pending.draft, entry, pending.draft.body, pending.salt)
        if not pending.done.done():
            pending.done.set_result(Stored(entry, shown))
        if not pending.draft.broadcast:
            return
        try:
            self._live.entry(space_id, seq, shown.json)
        except Exception:  # a hint that fails must not touch what is stored
            log.exception("delivery of an entry failed", extra={"space_id": space_id, "seq": seq})

    def _shown(self, draft: Draft, entry: EntryDocument, body: Mapping[str, Any], salt: bytes) -> EncodedMessage:
        view = message_view(entry, body, salt, {draft.sender: draft.sender_name}, self._links)
        return EncodedMessage(orjson.dumps(view))

    async def _refused(self, pending: Pending, error: dict[str, Any]) -> None:
        """A duplicate is either a head that moved (try again) or a repeated id (give the stored entry)."""
        draft = pending.draft
        if error.get("code") != _DUPLICATE:
            self._heads.pop(draft.space_id, None)
            log.error("an entry was refused", extra={"space_id": draft.space_id, "mongo_code": error.get("code")})
            self._answer(pending, Problem("server.internal"))
            return
        stored = await self.find(draft.space_id, draft.sender, draft.client_msg_id)
        if stored is None:
            self._heads.pop(draft.space_id, None)
            self._enqueue(pending, first=True)
            return
        body, salt = await self.open(stored)
        if stored["type"] == draft.type and canonical_body(draft.type, body) == pending.body:
            if not pending.done.done():
                pending.done.set_result(Stored(stored, self._shown(draft, stored, body, salt)))
        else:
            self._answer(pending, Problem("message.id_reused"))

    def _fail(self, batch: list[Pending], fault: Exception) -> None:
        """Nothing is known about these entries: forget the heads, tell every caller to try again."""
        log.error("a flush failed: %s", type(fault).__name__, extra={"entries": len(batch)})
        known = isinstance(fault, PyMongoError)
        for pending in batch:
            self._heads.pop(pending.draft.space_id, None)
            self._answer(pending, Problem("server.unavailable", retry_after=1) if known else fault)

    @staticmethod
    def _answer(pending: Pending, fault: Exception) -> None:
        if not pending.done.done():
            pending.done.set_exception(fault)


def _place(space_id: str, sender: str, client_msg_id: str) -> str:
    """Where a sealed body belongs; the same for every try, since the seq is not known before it is stored."""
    return f"entry:{space_id}:{sender}:{client_msg_id}"
