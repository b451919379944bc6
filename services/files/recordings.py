"""The copy of a recording that every phone plays (ruling 16). The original stays what it was, and is what counts."""

import asyncio
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import BinaryIO

from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.api.files import FileVariant
from schemas.documents.ledgers import OutboxDocument
from schemas.documents.spaces import CopyDocument, FileDocument
from schemas.enums import FileState
from services.audit import Audit
from services.files.file_store import FileStore
from services.files.made_files import measure
from services.files.media.ffmpeg import Ffmpeg
from services.files.media.types import TYPES
from services.storage.database import Database

PLAYED_TYPE = "audio/mp4"


class Recordings:
    def __init__(self, database: Database, store: FileStore, ffmpeg: Ffmpeg, audit: Audit) -> None:
        self._db = database
        self._store = store
        self._ffmpeg = ffmpeg
        self._audit = audit
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="recordings")

    async def derive(self, event: OutboxDocument) -> None:
        """Effect of ``file.completed``: make the copy where one is needed. Twice is as good as once."""
        if not event["payload"]["derive"]:
            return
        document = await self._db.files.find_one({"_id": event["payload"]["file_id"]})
        if document is None or document["state"] != FileState.COMPLETE:
            return
        original = document.get("copies", {}).get(FileVariant.ORIGINAL)
        if original is None or FileVariant.PLAY in document.get("copies", {}):
            return
        with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as target:
            await self._store.load(document, original, source)
            size, sha256 = await asyncio.get_running_loop().run_in_executor(
                self._thread, partial(self._encode, source, TYPES[document["content_type"]].demuxer, target)
            )
            copy = await self._store.save(document, target, size, PLAYED_TYPE, sha256)
        if not await self._name(document, copy):
            await self._store.remove(document, [copy])

    def _encode(self, source: BinaryIO, demuxer: str, target: BinaryIO) -> tuple[int, str]:
        self._ffmpeg.to_m4a(source, demuxer, target)
        return measure(target)

    async def _name(self, document: FileDocument, copy: CopyDocument) -> bool:
        """Put the copy into the document; False when there is one by now."""
        file_id = document["_id"]

        async def work(session: AsyncClientSession) -> bool:
            result = await self._db.files.update_one(
                {"_id": file_id, "copies.play": {"$exists": False}}, {"$set": {"copies.play": copy}}, session=session
            )
            if result.modified_count == 1:
                await self._audit.write(
                    None, "file.derived", f"file:{file_id}", session, size=copy["size"], sha256=copy["sha256"]
                )
            return result.modified_count == 1

        return await self._db.transaction(work)
