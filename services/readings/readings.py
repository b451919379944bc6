"""Asking for a reading, looking at it, confirming it (F2)."""

from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from ocr import KINDS
from schemas.api.readings import ConfirmBody, ReadingBegunView, ReadingBody, ReadingListView, ReadingView
from schemas.documents.readings import ConfirmationDocument, ReadingDocument
from schemas.reading_enums import ReadingKind, ReadingState
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.files.files import Files
from services.keys import KeyDestroyedError
from services.outbox import Outbox
from services.permissions import Permission
from services.readings.field_labels import FIELD_LABELS, is_sensitive
from services.readings.paper_reader import PaperReader
from services.readings.reading_access import ReadingAccess, ReadingDesk, looker_of
from services.readings.reading_jobs import reading_job
from services.readings.reading_seals import ReadingSeals
from services.readings.reading_views import view_of
from services.spaces.spaces import Spaces
from services.storage.database import Database

CONFIRMED = "reading.confirmed"  # kind of the outbox row
LISTED = 50


class Readings:
    def __init__(
        self,
        database: Database,
        desk: ReadingDesk,
        spaces: Spaces,
        files: Files,
        reader: PaperReader,
        seals: ReadingSeals,
        audit: Audit,
        outbox: Outbox,
        *,
        most_waiting: int,
        clock: Clock = utc_now,
    ) -> None:
        """``most_waiting``: files that may wait to be read, in the whole deployment."""
        self._db = database
        self._desk = desk
        self._spaces = spaces
        self._files = files
        self._reader = reader
        self._seals = seals
        self._audit = audit
        self._outbox = outbox
        self._most_waiting = most_waiting
        self._clock = clock

    async def ask(self, actor: Actor, file_id: str, body: ReadingBody) -> ReadingBegunView:
        """Have a file read. The same file and kind are read once: a repeat names the same reading.

        Raises ``file.*``, ``auth.forbidden``, ``space.closed``, ``reading.unavailable``, ``reading.queue_full``.
        """
        file = await self._files.complete_one(actor, file_id)
        await self._spaces.access(actor, file["space_id"], Permission.READING_ASK)
        if file.get("recalled", False):
            raise Problem("file.gone")
        document = reading_job(file, actor.user_id, body.kind, self._clock())
        known = await self._db.readings.find_one({"job_key": document["job_key"]}, {"_id": 1})
        if known is not None:
            return ReadingBegunView(id=known["_id"])
        if not self._reader.available:
            raise Problem("reading.unavailable")
        waiting = await self._db.readings.count_documents({"state": ReadingState.QUEUED}, limit=self._most_waiting)
        if waiting >= self._most_waiting:
            raise Problem("reading.queue_full", retry_after=30)
        try:
            await self._db.transaction(lambda session: self._add(session, actor, document))
        except DuplicateKeyError:
            return await self.ask(actor, file_id, body)
        return ReadingBegunView(id=document["_id"])

    async def get(self, actor: Actor, reading_id: str) -> ReadingView:
        """Raises ``reading.not_found``, ``auth.forbidden``, ``file.held``, ``file.gone``."""
        return await self._view(actor, await self._desk.access(actor, reading_id))

    async def of_file(self, actor: Actor, file_id: str) -> ReadingListView:
        """Newest first. Raises ``file.*``."""
        file = await self._files.complete_one(actor, file_id)
        place = await self._spaces.access(actor, file["space_id"], Permission.FILE_VIEW)
        where = {"file_id": file_id, "state": {"$ne": ReadingState.WITHDRAWN}}
        found = await self._db.readings.find(where).sort("_id", -1).limit(LISTED).to_list()
        looker = looker_of(place, file["owner_id"])
        return ReadingListView(items=[await self._view(actor, ReadingAccess(one, place, looker)) for one in found])

    async def confirm(self, actor: Actor, reading_id: str, body: ConfirmBody) -> ReadingView:
        """What a person says the paper says. Both are kept; theirs counts. A repeat changes nothing.

        Raises ``reading.not_found``, ``reading.not_done``, ``auth.forbidden``, ``space.closed``,
        ``request.invalid`` for fields that no paper has.
        """
        access = await self._desk.to_confirm(actor, reading_id)
        document = access.document
        reading = await self._seals.open(document)
        _check_names(body, reading.fields if reading else {})
        before = await self._seals.confirmed(document)
        if before | body.fields != before:
            await self._store(actor, access, body.fields)
            document = await self._again(reading_id)
        return await self._view(actor, ReadingAccess(document, access.place, access.looker))

    async def _store(self, actor: Actor, access: ReadingAccess, values: dict[str, Any]) -> None:
        document = access.document
        confirmation: ConfirmationDocument = {
            "values": await self._seals.seal_values(document, values),
            "by": actor.user_id,
            "role": access.place.role.value,
            "at": self._clock(),
        }

        async def work(session: AsyncClientSession) -> None:
            result = await self._db.readings.update_one(
                {"_id": document["_id"], "state": ReadingState.DONE},
                {"$push": {"confirmations": confirmation}},
                session=session,
            )
            if result.modified_count != 1:
                raise Problem("reading.not_done")
            subject = f"reading:{document['_id']}"
            # the names, never the values
            await self._audit.write(
                actor, "reading.confirmed", subject, session, space_id=document["space_id"], fields=sorted(values)
            )
            await self._outbox.add(session, CONFIRMED, subject, {"reading_id": document["_id"]})

        await self._db.transaction(work)
        self._outbox.nudge()

    async def _add(self, session: AsyncClientSession, actor: Actor, document: ReadingDocument) -> None:
        await self._db.readings.insert_one(document, session=session)
        await self._audit.write(
            actor,
            "reading.asked",
            f"reading:{document['_id']}",
            session,
            space_id=document["space_id"],
            file_id=document["file_id"],
        )

    async def _again(self, reading_id: str) -> ReadingDocument:
        found = await self._db.readings.find_one({"_id": reading_id})
        if found is None:
            raise Problem("reading.not_found")
        return found

    async def _view(self, actor: Actor, access: ReadingAccess) -> ReadingView:
        document = access.document
        try:
            reading = await self._seals.open(document)
            confirmed = await self._seals.confirmed(document)
        except KeyDestroyedError:
            raise Problem("file.gone") from None
        ahead = None
        if document["state"] == ReadingState.QUEUED:
            before = {"state": ReadingState.QUEUED, "_id": {"$lt": document["_id"]}}
            ahead = await self._db.readings.count_documents(before)
        if reading is not None and access.looker.sees_all and actor.user_id != document["uploader_id"]:
            seen = sorted(name for name in reading.fields if is_sensitive(reading.kind, name))
            if seen:  # who looked at somebody's numbers is written down (K2)
                await self._audit.write(actor, "reading.seen", f"reading:{document['_id']}", fields=seen)
        return view_of(document, reading, confirmed, access.looker, ahead)


def _check_names(body: ConfirmBody, read: Any) -> None:
    faults = [
        {"field": f"fields.{name}", "message": "没有这一项"}
        for name in body.fields
        if name not in FIELD_LABELS and name not in read
    ]
    if faults:
        raise Problem("request.invalid", errors=faults)


if set(KINDS) != set(ReadingKind):
    raise RuntimeError("the public kinds and the reader's differ")
