"""The photos of an application: taken in like every file, read like every paper, seen by few, destroyed in time (K2).

They lie under a key of the application's own. Destroying it destroys photos, thumbnails and readings at once; what
stays is the SHA-256 of each photo, with which a photo that somebody still has can be told to be the one.
"""

from collections.abc import AsyncIterator

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from ocr import Reading
from schemas.api.files import UploadView
from schemas.api.verifications import PaperBody
from schemas.documents.readings import ReadingDocument
from schemas.documents.spaces import FileDocument
from schemas.documents.verifications import PaperDocument, VerificationDocument
from schemas.reading_enums import ReadingKind, ReadingState
from schemas.verification_enums import PaperState, VerificationState
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.files.held_files import HeldFiles
from services.keys import KeyDestroyedError
from services.readings.paper_reader import PaperReader
from services.readings.reading_jobs import GOING_ON, reading_job
from services.readings.reading_seals import ReadingSeals
from services.storage.database import Database

FULL = "reading.queue_full"
MOST_OF_ONE = 6  # photos of one person that may wait: a card's two sides, a licence's two pages, and some taken anew
_WITHDRAWN = {"$set": {"state": ReadingState.WITHDRAWN.value}, "$unset": {"result": "", "job_key": "", "claim": ""}}


class Papers:
    def __init__(
        self,
        database: Database,
        files: HeldFiles,
        reader: PaperReader,
        seals: ReadingSeals,
        audit: Audit,
        *,
        most_waiting: int,
        clock: Clock = utc_now,
    ) -> None:
        """``most_waiting``: files that may wait to be read, in the whole deployment."""
        self._db = database
        self._files = files
        self._reader = reader
        self._seals = seals
        self._audit = audit
        self._most_waiting = most_waiting
        self._clock = clock

    # --- taking them in

    async def begin(self, actor: Actor, document: VerificationDocument, body: PaperBody) -> UploadView:
        """Raises ``file.*``; a photo of a paper that is there already takes its place when it is complete."""
        if not body.content_type.startswith("image/"):
            raise Problem("file.type_refused", "请上传照片")
        return await self._files.begin(actor, document["_id"], body)

    async def complete(self, actor: Actor, document: VerificationDocument, paper: ReadingKind, file_id: str) -> None:
        """Check what was uploaded, keep it, and have it read. Raises ``file.*``, ``verification.wrong_state``."""
        file = await self._files.complete(actor, document["_id"], file_id)
        before = document["papers"].get(paper.value)
        kept: PaperDocument = {"file_id": file_id, "sha256": file["sha256"]}
        if self._reader.available and await self._room(actor):
            kept["reading_id"] = await self._read(actor, document, file, paper)
        elif self._reader.available:
            kept["unread"] = FULL
        kept_by = await self._db.verifications.update_one(
            {"_id": document["_id"], "state": VerificationState.DRAFT.value},
            {"$set": {f"papers.{paper.value}": kept, "updated_at": self._clock()}},
        )
        if not kept_by.matched_count:  # submitted or withdrawn this very moment
            await self._remove(file_id)
            raise Problem("verification.wrong_state")
        if before is not None and before["file_id"] != file_id:
            await self._remove(before["file_id"])

    async def _room(self, actor: Actor) -> bool:
        """Whether one more photo may wait to be read. Without, it is kept all the same, and the person types: nobody
        is kept from being verified by a long queue, and nobody makes it longer than their papers do."""
        waiting = await self._db.readings.count_documents({"state": ReadingState.QUEUED}, limit=self._most_waiting)
        own = {"state": {"$in": GOING_ON}, "asked_by": actor.user_id, "verification_id": {"$exists": True}}
        return waiting < self._most_waiting and await self._db.readings.count_documents(own) < MOST_OF_ONE

    async def _read(self, actor: Actor, document: VerificationDocument, file: FileDocument, paper: ReadingKind) -> str:
        """Queue it; what is queued is the job. Whoever waits in the deployment's queue waits before it."""
        reading = reading_job(file, actor.user_id, paper, self._clock())
        reading["verification_id"] = document["_id"]
        try:
            await self._db.readings.insert_one(reading)
        except DuplicateKeyError:
            known = await self._db.readings.find_one({"job_key": reading["job_key"]}, {"_id": 1})
            if known is None:
                raise
            return known["_id"]
        return reading["_id"]

    # --- looking at them

    async def states(
        self, document: VerificationDocument
    ) -> tuple[dict[str, PaperState], dict[str, Reading], dict[str, str]]:
        """By paper: how far it is, what was read, and the code of why nothing could be."""
        states, readings, errors = dict[str, PaperState](), dict[str, Reading](), dict[str, str]()
        for paper, kept in document["papers"].items():
            if "purged_at" in document:
                states[paper] = PaperState.PURGED
                continue
            found = await self._reading(kept.get("reading_id"))
            if found is not None and found["state"] in GOING_ON:
                states[paper] = PaperState.READING
                continue
            reading = await self._opened(found)
            states[paper] = PaperState.UNREAD if reading is None else PaperState.READ
            if reading is not None:
                readings[paper] = reading
            elif found is not None and "error" in found:
                errors[paper] = found["error"]
            elif "unread" in kept:
                errors[paper] = kept["unread"]
        return states, readings, errors

    async def content(self, document: VerificationDocument, paper: ReadingKind) -> tuple[str, AsyncIterator[bytes]]:
        """Content type and bytes of a photo, as every browser shows it. Raises ``file.not_found``, ``file.gone``."""
        kept = document["papers"].get(paper.value)
        if kept is None:
            raise Problem("file.not_found")
        if "purged_at" in document:
            raise Problem("file.gone")
        return await self._files.shown(kept["file_id"])

    async def _reading(self, reading_id: str | None) -> ReadingDocument | None:
        return None if reading_id is None else await self._db.readings.find_one({"_id": reading_id})

    async def _opened(self, found: ReadingDocument | None) -> Reading | None:
        if found is None or found["state"] != ReadingState.DONE:
            return None
        try:
            return await self._seals.open(found)
        except KeyDestroyedError:
            return None

    # --- destroying them

    async def purge(self, document: VerificationDocument) -> None:
        """Photos and readings are gone for ever; their hashes stay. Bears being run twice."""
        holder = document["_id"]
        await self._files.destroy(holder)

        async def work(session: AsyncClientSession) -> None:
            await self._forget(session, holder)
            hashes = {paper: kept.get("sha256", "") for paper, kept in document["papers"].items()}
            await self._audit.write(None, "verification.photos_purged", f"verification:{holder}", session, **hashes)

        await self._db.transaction(work)

    async def _forget(self, session: AsyncClientSession, holder: str) -> None:
        await self._files.forget(session, holder)
        await self._db.readings.update_many({"space_id": holder}, _WITHDRAWN, session=session)
        await self._db.verifications.update_one(
            {"_id": holder}, {"$set": {"purged_at": self._clock()}, "$unset": {"purge_at": ""}}, session=session
        )

    async def _remove(self, file_id: str) -> None:
        """A photo that was taken anew is of no use to anybody."""
        await self._db.readings.update_many({"file_id": file_id}, _WITHDRAWN)
        await self._files.remove(file_id)
