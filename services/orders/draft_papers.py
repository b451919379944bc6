"""Papers for a form that is being filled in, when there is no case yet (F2).

A photo is taken in like every file and read like every paper, under a data key of its own. It serves for suggestions
to the one who took it and for nothing else: nobody else sees it, no record names it, and a day later it is destroyed,
unless its owner takes it into the case before (``paper_filing``).
"""

import contextlib
from datetime import timedelta
from functools import partial

from pymongo import ReturnDocument
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from ocr import KINDS
from schemas.api.drafts import DraftPaperBody, DraftPapersView, DraftPaperView
from schemas.api.files import FileBegin, UploadView
from schemas.documents.drafts import DraftDocument
from schemas.documents.spaces import FileDocument
from schemas.problems import PROBLEMS
from schemas.reading_enums import ReadingState
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.files.held_files import HeldFiles
from services.ids import new_id
from services.readings.paper_reader import PaperReader
from services.readings.reading_jobs import reading_job
from services.storage.database import Database

KEPT = timedelta(days=1)  # from the last paper on: as long as somebody may take to fill in a form
MOST = 6  # papers of one person
SWEEP = 50


class DraftPapers:
    def __init__(
        self,
        database: Database,
        files: HeldFiles,
        reader: PaperReader,
        audit: Audit,
        *,
        most_waiting: int,
        clock: Clock = utc_now,
    ) -> None:
        """``most_waiting``: files that may wait to be read, in the whole deployment."""
        self._db = database
        self._files = files
        self._reader = reader
        self._audit = audit
        self._most_waiting = most_waiting
        self._clock = clock

    async def begin(self, actor: Actor, body: DraftPaperBody) -> UploadView:
        """Announce a photo or PDF. Raises ``file.*``, ``draft.full``, ``reading.unavailable``."""
        if not body.content_type.startswith("image/") and body.content_type != "application/pdf":
            raise Problem("file.type_refused")
        if not self._reader.available:
            raise Problem("reading.unavailable")
        draft = await self._draft(actor)
        if len(draft["file_ids"]) >= MOST:
            raise Problem("draft.full")
        named = FileBegin(name=body.name, content_type=body.content_type, size=body.size)
        return await self._files.begin(actor, draft["_id"], named)

    async def complete(self, actor: Actor, file_id: str) -> DraftPaperView:
        """Check what was uploaded and have it read; a repeat changes nothing.

        Raises ``file.not_found``, ``file.not_uploaded``, why it was rejected, ``draft.full``, ``reading.queue_full``.
        """
        draft = await self._draft(actor)
        if await self._db.readings.count_documents({"state": ReadingState.QUEUED}) >= self._most_waiting:
            raise Problem("reading.queue_full", retry_after=30)
        file = await self._files.complete(actor, draft["_id"], file_id)
        with contextlib.suppress(DuplicateKeyError):  # its twin took it this very moment
            await self._db.transaction(partial(self._take, actor=actor, draft=draft, file=file))
        return await self._view(file_id)

    async def list(self, actor: Actor) -> DraftPapersView:
        """The caller's own, in the order in which they were taken."""
        draft = await self._db.drafts.find_one({"user_id": actor.user_id})
        if draft is None:
            return DraftPapersView(items=[])
        items = [await self._view(file_id) for file_id in draft["file_ids"]]
        return DraftPapersView(items=items, purge_at=draft["purge_at"])

    async def discard(self, actor: Actor) -> DraftPapersView:
        """Destroy all of the caller's now."""
        draft = await self._db.drafts.find_one({"user_id": actor.user_id})
        if draft is not None:
            await self._purge(draft)
        return DraftPapersView(items=[])

    async def tick(self) -> None:
        """Destroy what has had its time. To be called every few minutes."""
        due = await self._db.drafts.find({"purge_at": {"$lte": self._clock()}}).limit(SWEEP).to_list()
        for draft in due:
            await self._purge(draft)

    async def _draft(self, actor: Actor) -> DraftDocument:
        """The caller's, begun if there is none, and good for another day."""
        now = self._clock()
        begun = {"_id": new_id(), "schema_version": 1, "file_ids": [], "created_at": now}
        try:
            draft = await self._db.drafts.find_one_and_update(
                {"user_id": actor.user_id},
                {"$set": {"purge_at": now + KEPT}, "$setOnInsert": begun},
                upsert=True,
                return_document=ReturnDocument.AFTER,
            )
        except DuplicateKeyError:  # its twin began one this very moment
            return await self._draft(actor)
        assert draft is not None  # an upsert returns what it stored
        return draft

    async def _take(self, session: AsyncClientSession, actor: Actor, draft: DraftDocument, file: FileDocument) -> None:
        """Name the file in the draft and queue its reading, both or neither."""
        job = reading_job(file, actor.user_id, None, self._clock())
        if await self._db.readings.find_one({"job_key": job["job_key"]}, {"_id": 1}, session=session):
            return
        free = {"_id": draft["_id"], f"file_ids.{MOST - 1}": {"$exists": False}}
        taken = await self._db.drafts.update_one(free, {"$push": {"file_ids": file["_id"]}}, session=session)
        if taken.modified_count != 1:
            raise Problem("draft.full")
        await self._db.readings.insert_one({**job, "draft_id": draft["_id"]}, session=session)
        await self._audit.write(actor, "draft.paper_taken", f"draft:{draft['_id']}", session, file_id=file["_id"])

    async def _view(self, file_id: str) -> DraftPaperView:
        reading = await self._db.readings.find_one({"file_id": file_id})
        if reading is None:
            return DraftPaperView(file_id=file_id, state=ReadingState.WITHDRAWN)
        kind, error = reading.get("kind"), reading.get("error")
        return DraftPaperView(
            file_id=file_id,
            state=ReadingState(reading["state"]),
            kind_label=KINDS[kind] if kind else None,
            error_text=PROBLEMS[error].title if error else None,
        )

    async def _purge(self, draft: DraftDocument) -> None:
        """Everything of it, readings too. Bears being run twice."""
        of_it = {"space_id": draft["_id"]}
        await self._files.destroy(draft["_id"])

        async def work(session: AsyncClientSession) -> None:
            await self._files.forget(session, draft["_id"])
            await self._db.readings.delete_many(of_it, session=session)
            await self._db.drafts.delete_one({"_id": draft["_id"]}, session=session)
            facts = {"papers": len(draft["file_ids"])}
            await self._audit.write(None, "draft.purged", f"draft:{draft['_id']}", session, **facts)

        await self._db.transaction(work)
