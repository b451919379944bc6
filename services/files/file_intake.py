"""From quarantine into the space: what was uploaded is checked and encrypted, or rejected and destroyed."""

import asyncio
import hashlib
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, BinaryIO

from pymongo import ReturnDocument
from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.api.files import FileVariant
from schemas.documents.spaces import CopyDocument, FileDocument
from schemas.enums import FileState
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.files.file_store import FileStore
from services.files.masked_files import is_masked, owe_mask
from services.files.media.ffmpeg import Ffmpeg
from services.files.media.inspection import MediaFacts, inspect
from services.files.media.types import MEGABYTE, TYPES, limit
from services.files.second_copies import owe_second_copy
from services.outbox import Outbox
from services.storage.blobs import BlobMissingError, Blobs, BlobTooLargeError, quarantine_key
from services.storage.database import Database

# Checking costs processor time and memory (an image of 50 megapixels takes 200 MB): a few at once, no more.
AT_ONCE = 2
# A copy this young may belong to somebody who has not named it in the database yet.
YOUNG = timedelta(hours=1)
_FINAL = frozenset(
    f"file.{reason}"
    for reason in ("empty", "too_large", "size_mismatch", "hash_mismatch", "type_mismatch", "type_refused", "damaged")
)


@dataclass(frozen=True, slots=True)
class _Received:
    size: int
    sha256: str


class FileIntake:
    def __init__(
        self,
        database: Database,
        blobs: Blobs,
        store: FileStore,
        ffmpeg: Ffmpeg,
        audit: Audit,
        outbox: Outbox,
        *,
        upload_max_mb: int,
        clock: Clock = utc_now,
    ) -> None:
        self._db = database
        self._blobs = blobs
        self._store = store
        self._ffmpeg = ffmpeg
        self._audit = audit
        self._outbox = outbox
        self._largest = upload_max_mb * MEGABYTE
        self._clock = clock
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="media")

    async def receive(self, actor: Actor, document: FileDocument) -> FileDocument:
        """The document, complete or rejected. Raises ``file.not_uploaded``, ``server.unavailable``."""
        async with self._gate:
            with tempfile.TemporaryFile() as file:
                try:
                    return await self._receive(actor, document, file)
                except BlobMissingError:
                    # Either nothing was uploaded, or somebody else has completed it meanwhile.
                    settled = await self._again(document)
                    if settled["state"] == FileState.PENDING:
                        raise Problem("file.not_uploaded") from None
                    return settled
                except Problem as problem:
                    if problem.code not in _FINAL:
                        raise
                    await self._reject(actor, document, problem.code)
                    raise

    async def sweep(self, document: FileDocument) -> None:
        """Give up an upload that never completed, and remove everything that no document names."""
        if document["state"] == FileState.PENDING and not await self._reject(None, document, "file.gone"):
            return  # it was completed this very moment; it will be looked at next time
        await self._blobs.delete(quarantine_key(document["_id"]))
        now = self._clock()
        done = await self._store.sweep(document, now - YOUNG)
        change: dict[str, Any] = {"$unset": {"expires_at": ""}} if done else {"$set": {"expires_at": now + YOUNG}}
        await self._db.files.update_one({"_id": document["_id"]}, change)

    async def _receive(self, actor: Actor, document: FileDocument, file: BinaryIO) -> FileDocument:
        received = await self._fetch(document, file)
        _compare(document, received)
        kind = TYPES[document["content_type"]]
        facts = await asyncio.get_running_loop().run_in_executor(
            self._threads, partial(inspect, file, kind, self._ffmpeg)
        )
        original = await self._store.save(document, file, received.size, kind.name, received.sha256)
        copies = {FileVariant.ORIGINAL: original}
        for variant, jpeg in ((FileVariant.THUMBNAIL, facts.thumbnail), (FileVariant.PREVIEW, facts.preview)):
            if jpeg is not None:
                copies[variant] = await self._store.save_bytes(document, jpeg, "image/jpeg")
        settled = await self._settle(actor, document, received, facts, copies)
        if settled is None:
            await self._store.remove(document, copies.values())
            return await self._again(document)
        self._outbox.nudge()
        await self._blobs.delete(quarantine_key(document["_id"]))
        return settled

    async def _fetch(self, document: FileDocument, file: BinaryIO) -> _Received:
        """Bring the upload onto this machine, once: what is checked is what is kept."""
        digest = hashlib.sha256()
        largest = limit(TYPES[document["content_type"]], self._largest)
        try:
            size = await self._blobs.copy_to(quarantine_key(document["_id"]), file, largest, digest.update)
        except BlobTooLargeError:
            raise Problem("file.too_large") from None
        file.flush()
        return _Received(size, digest.hexdigest())

    async def _settle(
        self,
        actor: Actor,
        document: FileDocument,
        received: _Received,
        facts: MediaFacts,
        copies: dict[FileVariant, CopyDocument],
    ) -> FileDocument | None:
        """Make it complete; None when somebody else has settled it first."""
        file_id = document["_id"]
        measured = {"width": facts.width, "height": facts.height, "duration_ms": facts.duration_ms}
        change = {
            "state": FileState.COMPLETE,
            "size": received.size,
            "sha256": received.sha256,
            "copies": {variant.value: copy for variant, copy in copies.items()},
            **{name: value for name, value in measured.items() if value is not None},
        }

        async def work(session: AsyncClientSession) -> FileDocument | None:
            settled = await self._db.files.find_one_and_update(
                {"_id": file_id, "state": FileState.PENDING},
                {"$set": change},
                return_document=ReturnDocument.AFTER,
                session=session,
            )
            if settled is not None:
                await self._audit.write(
                    actor,
                    "file.completed",
                    f"file:{file_id}",
                    session,
                    space_id=document["space_id"],
                    size=received.size,
                    sha256=received.sha256,
                )
                owed = {"file_id": file_id, "derive": facts.to_derive}
                await self._outbox.add(session, "file.completed", f"file:{file_id}", owed)
                if document["content_type"].startswith("audio/"):
                    await owe_second_copy(self._outbox, session, file_id)
                if is_masked(settled):
                    await owe_mask(self._outbox, session, file_id)
            return settled

        return await self._db.transaction(work)

    async def _reject(self, actor: Actor | None, document: FileDocument, reason: str) -> bool:
        """Write the reason down, then destroy the bytes. False when the file is settled already."""
        file_id = document["_id"]

        async def work(session: AsyncClientSession) -> bool:
            result = await self._db.files.update_one(
                {"_id": file_id, "state": FileState.PENDING},
                {"$set": {"state": FileState.REJECTED, "rejected_because": reason}},
                session=session,
            )
            if result.modified_count == 1:
                await self._audit.write(
                    actor, "file.rejected", f"file:{file_id}", session, space_id=document["space_id"], reason=reason
                )
            return result.modified_count == 1

        rejected = await self._db.transaction(work)
        if rejected:
            await self._blobs.delete(quarantine_key(file_id))
        return rejected

    async def _again(self, document: FileDocument) -> FileDocument:
        found = await self._db.files.find_one({"_id": document["_id"]})
        if found is None:
            raise Problem("file.not_found")
        return found


def _compare(document: FileDocument, received: _Received) -> None:
    if received.size == 0:
        raise Problem("file.empty")
    if received.size != document["declared_size"]:
        raise Problem("file.size_mismatch")
    if document.get("declared_sha256", received.sha256) != received.sha256:
        raise Problem("file.hash_mismatch")
