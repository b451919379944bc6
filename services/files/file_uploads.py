"""Announcing a file: its document, and the form that lets its owner put exactly this object into quarantine."""

from datetime import timedelta

from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.api.files import FileBegin, UploadForm, UploadView
from schemas.documents.spaces import FileDocument
from schemas.enums import FileState
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.files.file_store import FileStore
from services.files.file_views import name_place
from services.files.masked_files import is_paper
from services.files.media.names import safe_name
from services.files.media.types import MEGABYTE, MediaType, declared_type, limit
from services.ids import new_id
from services.storage.blobs import LONGEST_POLICY, Blobs, quarantine_key
from services.storage.database import Database

# An upload may take as long as its form is valid, and its completion may come late.
SWEPT_AFTER = timedelta(hours=1)


class FileUploads:
    """``holder_id`` is whose data key seals the file: a case space, or somebody's application to be verified."""

    def __init__(
        self,
        database: Database,
        store: FileStore,
        blobs: Blobs,
        audit: Audit,
        *,
        upload_url: str,
        upload_max_mb: int,
        clock: Clock = utc_now,
    ) -> None:
        self._db = database
        self._store = store
        self._blobs = blobs
        self._audit = audit
        self._upload_url = upload_url
        self._largest = upload_max_mb * MEGABYTE
        self._clock = clock

    async def begin(self, actor: Actor, holder_id: str, body: FileBegin, *, apart: bool = False) -> UploadView:
        """``apart``: by somebody who need be no member of the space.

        Raises ``file.type_refused``, ``file.empty``, ``file.too_large``, ``file.gone``.
        """
        kind = declared_type(body.content_type, body.name)
        if kind is None:
            raise Problem("file.type_refused")
        if body.size == 0:
            raise Problem("file.empty")
        largest = limit(kind, self._largest)
        if body.size > largest:
            raise Problem("file.too_large", f"文件不能超过 {largest // MEGABYTE} MB")
        document = await self._document(actor, holder_id, body, kind)
        if apart:
            document["apart"] = True
        file_id = document["_id"]

        async def work(session: AsyncClientSession) -> None:
            await self._db.files.insert_one(document, session=session)
            await self._audit.write(
                actor, "file.begun", f"file:{file_id}", session, space_id=holder_id, size=body.size, type=kind.name
            )

        await self._db.transaction(work)
        until = document["created_at"] + LONGEST_POLICY
        form = self._blobs.post_form(quarantine_key(file_id), kind.name, largest, until)
        url = form.url if self._blobs.public_url else self._upload_url
        return UploadView(file_id=file_id, upload=UploadForm(url=url, fields=form.fields, expires_at=until))

    async def _document(self, actor: Actor, holder_id: str, body: FileBegin, kind: MediaType) -> FileDocument:
        key = await self._store.data_key(holder_id)
        now, file_id = self._clock(), new_id()
        document: FileDocument = {
            "_id": file_id,
            "schema_version": 1,
            "space_id": holder_id,
            "owner_id": actor.user_id,
            "name": key.seal_text(safe_name(body.name, kind), name_place(file_id)),
            "content_type": kind.name,
            "declared_size": body.size,
            "state": FileState.PENDING,
            "created_at": now,
            "expires_at": now + SWEPT_AFTER,
        }
        if body.sha256 is not None:
            document["declared_sha256"] = body.sha256
        if body.identifies and is_paper(kind.name):
            document["identifies"] = True
            document["identity_said"] = {"identifies": True, "by": actor.user_id, "at": now}
        return document
