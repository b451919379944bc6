"""Files of a space that the house makes itself, such as papers: stored as others are, complete at once."""

import hashlib
import io

from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.documents.spaces import FileDocument
from schemas.enums import FileState
from services.clock import Clock, utc_now
from services.files.file_store import FileStore
from services.files.file_views import name_place
from services.ids import new_id
from services.spaces.cards import SYSTEM_SENDER
from services.storage.database import Database


class MadeFiles:
    def __init__(self, database: Database, store: FileStore, clock: Clock = utc_now) -> None:
        self._db = database
        self._store = store
        self._clock = clock

    async def make(self, space_id: str, name: str, content_type: str, content: bytes) -> FileDocument:
        """The bytes in the store, and a document that is not written yet. Raises ``file.gone`` after a purge.

        Whoever does not ``write`` it has to ``discard`` it.
        """
        file_id, digest = new_id(), hashlib.sha256(content).hexdigest()
        key = await self._store.data_key(space_id)
        file: FileDocument = {
            "_id": file_id,
            "schema_version": 1,
            "space_id": space_id,
            "owner_id": SYSTEM_SENDER,
            "name": key.seal_text(name, name_place(file_id)),
            "content_type": content_type,
            "declared_size": len(content),
            "state": FileState.COMPLETE,
            "size": len(content),
            "sha256": digest,
            "created_at": self._clock(),
        }
        copy = await self._store.save(file, io.BytesIO(content), len(content), content_type, digest)
        file["copies"] = {"original": copy}
        return file

    async def write(self, session: AsyncClientSession, file: FileDocument) -> None:
        """It exists from here on, with whatever else the transaction changes."""
        await self._db.files.insert_one(file, session=session)

    async def discard(self, file: FileDocument) -> None:
        await self._store.remove(file, file["copies"].values())

    async def read(self, file_id: str) -> bytes:
        """The content of a small file. Raises KeyError when there is none, SealBrokenError."""
        file = await self._db.files.find_one({"_id": file_id})
        if file is None:
            raise KeyError(file_id)
        return b"".join([block async for block in self._store.read(file, file["copies"]["original"])])
