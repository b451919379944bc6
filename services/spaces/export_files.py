"""The original files of a record, on their way into an evidence bundle.

A paper that identifies somebody goes in as its masked copy, for whom would not be shown more than that in the space;
who may open the original has it in the bundle, and that is written down as an opening.
"""

import asyncio
import hashlib
import logging
import tempfile
from typing import IO

from schemas.api.files import FileVariant
from schemas.documents.spaces import EntryFile, FileDocument
from schemas.enums import FileState as StoredState
from services.actors import Actor
from services.audit import Audit
from services.errors import Problem
from services.files.file_store import FileStore
from services.files.file_views import name_of
from services.files.masked_files import is_masked, rights_of
from services.files.media.types import TYPES
from services.keys import SealBrokenError
from services.record.bundle import BundleWriter
from services.record.chain import utc_text
from services.record.rows import FileRow, FileState
from services.spaces.spaces import Membership
from services.storage.database import Database

log = logging.getLogger("casespace.exports")

_IN_MEMORY = 4 << 20  # a file up to this size makes no detour over the disk


class ExportFiles:
    def __init__(self, database: Database, store: FileStore, audit: Audit) -> None:
        self._db = database
        self._store = store
        self._audit = audit

    async def add(self, actor: Actor, place: Membership, writer: BundleWriter, seq: int, file: EntryFile) -> FileRow:
        """Put the original into the bundle, if it can be had whole and by them; the row says what became of it."""
        row, space_id = FileRow(file["id"], file["sha256"]), place.space["_id"]
        document = await self._db.files.find_one({"_id": file["id"], "space_id": space_id})
        if document is None or document["state"] != StoredState.COMPLETE:
            return row
        row.content_type, row.size = document["content_type"], document["size"]
        row.uploaded_by, row.uploaded_at = document["owner_id"], utc_text(document["created_at"])
        if "purged_at" in document:
            row.state = FileState.PURGED
            return row
        try:
            row.name = name_of(document, await self._store.data_key(space_id))
            if is_masked(document):
                if not rights_of(place, document["owner_id"]).opens_original:
                    row.state = FileState.MASKED
                    await self._add_copy(writer, document, row, FileVariant.MASKED, seq)
                    return row
                role, subject = place.role.value, f"file:{row.id}"
                await self._audit.write(
                    actor, "file.original_opened", subject, space_id=space_id, role=role, exported=True
                )
            with tempfile.SpooledTemporaryFile(_IN_MEMORY) as whole:
                await self._fetch(document, whole, file["sha256"])
                row.path = f"files/{seq:05d}-{row.id}.{TYPES[row.content_type].extensions[0]}"
                await asyncio.to_thread(writer.add_file, row.path, whole)
            await self._add_copy(writer, document, row, FileVariant.PREVIEW, seq)
        except Problem as problem:
            if problem.code != "file.gone":
                raise
            row.state = FileState.PURGED
        except SealBrokenError:
            log.exception("a file does not open", extra={"file_id": row.id, "space_id": space_id})
        else:
            row.state = FileState.INCLUDED
        return row

    async def _add_copy(
        self, writer: BundleWriter, document: FileDocument, row: FileRow, variant: FileVariant, seq: int
    ) -> None:
        """For reading only: what counts is the original, whose hash the record names."""
        copy = document["copies"].get(variant)
        if copy is None:
            return
        content = b"".join([block async for block in self._store.read(document, copy)])
        path = f"previews/{seq:05d}-{row.id}.{TYPES[copy['content_type']].extensions[0]}"
        await asyncio.to_thread(writer.add, path, content)
        row.preview = path

    async def _fetch(self, document: FileDocument, target: IO[bytes], sha256: str) -> None:
        """Read a whole file first: a part of the bundle that was begun cannot be taken back."""
        digest = hashlib.sha256()
        async for block in self._store.read(document, document["copies"]["original"]):
            await asyncio.to_thread(target.write, block)
            digest.update(block)
        if digest.hexdigest() != sha256:
            raise SealBrokenError("the file is not the one that the record names")
