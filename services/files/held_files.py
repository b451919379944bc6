"""Files whose holder is no case space: somebody's draft of an order, or an application to be verified.

They lie under a data key of the holder's own, so that destroying the key destroys all of them at once. Who may see
them is the holder's business; none of this asks.
"""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.api.files import FileBegin, FileVariant, UploadView
from schemas.documents.spaces import FileDocument
from schemas.enums import FileState
from services.actors import Actor
from services.clock import Clock, utc_now
from services.errors import Problem
from services.files.file_intake import FileIntake
from services.files.file_store import FileStore
from services.files.file_uploads import FileUploads
from services.keys import Vault
from services.storage.database import Database


class HeldFiles:
    def __init__(
        self,
        database: Database,
        vault: Vault,
        uploads: FileUploads,
        intake: FileIntake,
        store: FileStore,
        clock: Clock = utc_now,
    ) -> None:
        self._db = database
        self._vault = vault
        self._uploads = uploads
        self._intake = intake
        self._store = store
        self._clock = clock

    async def begin(self, actor: Actor, holder_id: str, body: FileBegin) -> UploadView:
        """Announce one. Raises ``file.*``."""
        return await self._uploads.begin(actor, holder_id, body)

    async def complete(self, actor: Actor, holder_id: str, file_id: str) -> FileDocument:
        """The caller's own upload, checked. A repeat gives the same answer.

        Raises ``file.not_found``, ``file.not_uploaded``, and why it was rejected.
        """
        file = await self._db.files.find_one({"_id": file_id, "space_id": holder_id, "owner_id": actor.user_id})
        if file is None:
            raise Problem("file.not_found")
        if file["state"] == FileState.PENDING:
            file = await self._intake.receive(actor, file)
        if file["state"] != FileState.COMPLETE:
            raise Problem(file.get("rejected_because", "file.gone"))
        return file

    async def shown(self, file_id: str) -> tuple[str, AsyncIterator[bytes]]:
        """Content type and bytes of the copy that every browser shows. Raises ``file.gone``."""
        file = await self._db.files.find_one({"_id": file_id})
        if file is None or "copies" not in file:
            raise Problem("file.gone")
        copy = file["copies"].get(FileVariant.PREVIEW) or file["copies"][FileVariant.ORIGINAL]
        return copy["content_type"], self._store.read(file, copy)

    async def remove(self, file_id: str) -> None:
        """Destroy one; its hash stays."""
        file = await self._db.files.find_one({"_id": file_id})
        if file is not None and "copies" in file:
            await self._store.remove(file, file["copies"].values())
            await self._db.files.update_one({"_id": file_id}, self._gone())

    async def destroy(self, holder_id: str) -> None:
        """Destroy all of a holder's: the key first, which is enough; the rest is tidying up. Bears being run twice.

        What says that they are gone is written by ``forget``, with whatever else the holder has to say.
        """
        await self._vault.destroy(f"space:{holder_id}")
        async for file in self._db.files.find({"space_id": holder_id}):
            await self._store.remove(file, file.get("copies", {}).values())

    async def forget(self, session: AsyncClientSession, holder_id: str) -> None:
        await self._db.files.update_many({"space_id": holder_id}, self._gone(), session=session)

    def _gone(self) -> dict[str, Any]:
        now: datetime = self._clock()  # the sweep removes what somebody was writing this very moment
        return {"$unset": {"copies": ""}, "$set": {"purged_at": now, "expires_at": now}}
