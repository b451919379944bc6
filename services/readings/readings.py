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
from services.readings.corrections import MOST_CORRECTIONS, check_said
from services.readings.field_labels import is_sensitive
from services.readings.identity_marks import weigh
from services.readings.paper_reader import PaperReader
from services.readings.reading_access import ReadingAccess, ReadingDesk, looker_of
from services.readings.reading_jobs import FILLS, reading_job
from services.readings.reading_seals import ReadingSeals
from services.readings.reading_turns import ahead
from services.readings.reading_views import view_of
from services.spaces.spaces import Spaces
from services.storage.database import Database

CONFIRMED = "reading.confirmed"  # kind of the outbox row
LISTED = 50
SHARES = 4  # of the queue; nobody's papers take up more than one of them


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

        The kind is named by who may confirm, since it says what is masked from the others.
        Raises ``file.*``, ``auth.forbidden``, ``space.closed``, ``reading.unavailable``, ``reading.queue_full``.
        """
        file = await self._files.complete_one(actor, file_id)
        place = await self._spaces.access(actor, file["space_id"], Permission.READING_ASK)
        if body.kind is not None and not looker_of(place, file["owner_id"]).may_confirm:
            raise Problem("auth.forbidden")
        if "closed_at" in place.space:
            raise Problem("space.closed")
        document = reading_job(file, actor.user_id, body.kind, self._clock())
        known = await self._db.readings.find_one({"job_key": document["job_key"]}, {"_id": 1})
        if known is not None:
            return ReadingBegunView(id=known["_id"])
        if not self._reader.available:
            raise Problem("reading.unavailable")
        await self._check_room(actor)
        try:
            await self._db.transaction(lambda session: self._add(session, actor, document))
        except DuplicateKeyError:
            return await self.ask(actor, file_id, body)
        self._outbox.nudge()
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

        Raises ``reading.not_found``, ``reading.not_done``, ``auth.forbidden``, ``space.closed``, ``file.gone``,
        ``reading.confirmed_meanwhile``, ``reading.confirmed_too_often``, ``request.invalid`` for fields that no
        paper has and values that are none.
        """
        access = await self._desk.to_confirm(actor, reading_id)
        document = access.document
        try:
            reading = await self._seals.open(document)
            before = await self._seals.confirmed(document)
        except KeyDestroyedError:
            raise Problem("file.gone") from None
        assert reading is not None  # it is done
        check_said(reading, body.fields)
        if before | body.fields != before:
            await self._store(actor, access, body)
            document = await self._again(reading_id)
        return await self._view(actor, ReadingAccess(document, access.place, access.looker))

    async def _check_room(self, actor: Actor) -> None:
        """Raises ``reading.queue_full``: for everybody, or for one whose papers alone take up their share of it."""
        queued = {"state": ReadingState.QUEUED}
        if await self._db.readings.count_documents(queued, limit=self._most_waiting) >= self._most_waiting:
            raise Problem("reading.queue_full", retry_after=30)
        share = max(1, self._most_waiting // SHARES)
        if await self._db.readings.count_documents({**queued, "asked_by": actor.user_id}, limit=share) >= share:
            raise Problem("reading.queue_full", "您有较多文件正在等待识别，请稍后再添加", retry_after=30)

    async def _store(self, actor: Actor, access: ReadingAccess, body: ConfirmBody) -> None:
        document, values = access.document, body.fields
        if len(document["confirmations"]) >= MOST_CORRECTIONS:
            raise Problem("reading.confirmed_too_often")
        confirmation: ConfirmationDocument = {
            "values": await self._seals.seal_values(document, values),
            "by": actor.user_id,
            "role": access.place.role.value,
            "at": self._clock(),
        }

        async def work(session: AsyncClientSession) -> None:
            changed = await self._db.readings.find_one_and_update(
                {"_id": document["_id"], "state": ReadingState.DONE},
                {"$push": {"confirmations": confirmation}},
                {"confirmations.at": 1},
                session=session,
            )
            if changed is None:
                raise Problem("reading.not_done")
            if body.confirmations not in (None, len(changed["confirmations"])):
                raise Problem("reading.confirmed_meanwhile")
            subject = f"reading:{document['_id']}"
            # the names, never the values
            await self._audit.write(
                actor, "reading.confirmed", subject, session, space_id=document["space_id"], fields=sorted(values)
            )
            await self._outbox.add(session, CONFIRMED, subject, {"reading_id": document["_id"]})
            file_id = document["file_id"]
            await self._outbox.add(session, FILLS, f"file:{file_id}", {"file_id": file_id})

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
        if "asked_kind" in document:  # covered from this moment on, not only once it is read
            await weigh(self._db, self._outbox, session, document["file_id"])

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
        place = await self._place(document) if document["state"] == ReadingState.QUEUED else None
        if reading is not None and access.looker.sees_all and actor.user_id != document["uploader_id"]:
            seen = sorted(name for name in reading.fields if is_sensitive(reading.kind, name))
            if seen:  # who looked at somebody's numbers is written down (K2)
                await self._audit.write(actor, "reading.seen", f"reading:{document['_id']}", fields=seen)
        return view_of(document, reading, confirmed, access.looker, place)

    async def _place(self, document: ReadingDocument) -> int:
        """About how many files are read before this one, everybody in turn."""
        queued, asker = {"state": ReadingState.QUEUED}, document["asked_by"]
        before = {**queued, "asked_by": asker, "_id": {"$lt": document["_id"]}}
        grouped: list[dict[str, Any]] = [
            {"$match": {**queued, "asked_by": {"$ne": asker}}},
            {"$group": {"_id": "$asked_by", "oldest": {"$min": "$_id"}, "count": {"$sum": 1}}},
        ]
        rows: Any = await self._db.readings.aggregate(grouped)
        others = [(row["oldest"], row["count"]) async for row in rows]
        return ahead(document["_id"], await self._db.readings.count_documents(before), others)


if set(KINDS) != set(ReadingKind):
    raise RuntimeError("the public kinds and the reader's differ")
