"""Files of a space that the house makes itself: recordings of hearings, their signatures and papers (H5).

Stored as others are, complete at once, and kept twice: nobody can bring them once more.
"""

import asyncio
import hashlib
import io
from typing import BinaryIO

from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.documents.spaces import FileDocument
from schemas.enums import FileState
from services.clock import Clock, utc_now
from services.files.file_store import FileStore
from services.files.file_views import name_place
from services.files.second_copies import owe_second_copy
from services.ids import new_id
from services.outbox import Outbox
from services.spaces.cards import SYSTEM_SENDER
from services.storage.database import Database

_CHUNK = 1 << 20


class MadeFiles:
    def __init__(self, database: Database, store: FileStore, outbox: Outbox, clock: Clock = utc_now) -> None:
        self._db = database
        self._store = store
        self._outbox = outbox
        self._clock = clock

    async def make(self, space_id: str, name: str, content_type: str, content: bytes) -> FileDocument:
        """As ``make_of``, of a few bytes."""
        return await self.make_of(space_id, name, content_type, io.BytesIO(content))

    async def make_of(
        self, space_id: str, name: str, content_type: str, source: BinaryIO, duration_ms: int | None = None
    ) -> FileDocument:
        """All of ``source`` in the store, and a document that is not written yet. Raises ``file.gone`` after a purge.

        Whoever does not ``write`` it has to ``discard`` it.
        """
        file_id = new_id()
        size, digest = await asyncio.to_thread(measure, source)
        key = await self._store.data_key(space_id)
        file: FileDocument = {
            "_id": file_id,
            "schema_version": 1,
            "space_id": space_id,
            "owner_id": SYSTEM_SENDER,
            "name": key.seal_text(name, name_place(file_id)),
            "content_type": content_type,
            "declared_size": size,
            "state": FileState.COMPLETE,
            "size": size,
            "sha256": digest,
            "created_at": self._clock(),
        }
        if duration_ms is not None:
            file["duration_ms"] = duration_ms
        file["copies"] = {"original": await self._store.save(file, source, size, content_type, digest)}
        return file

    async def write(self, session: AsyncClientSession, file: FileDocument) -> None:
        """It exists from here on, with whatever else the transaction changes, and a second copy is owed."""
        await self._db.files.insert_one(file, session=session)
        await owe_second_copy(self._outbox, session, file["_id"])

    async def discard(self, file: FileDocument) -> None:
        await self._store.remove(file, file["copies"].values())

    async def read(self, file_id: str) -> bytes:
        """The content of a small file. Raises KeyError when there is none, SealBrokenError."""
        file = await self._db.files.find_one({"_id": file_id})
        if file is None:
            raise KeyError(file_id)
        return b"".join([block async for block in self._store.read(file, file["copies"]["original"])])


def measure(file: BinaryIO) -> tuple[int, str]:
    """Size in bytes and SHA-256 of the whole; it is read to its end."""
    digest = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    return file.tell(), digest.hexdigest()
