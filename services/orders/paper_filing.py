"""Papers that filled in a form, taken into the case that came of it (F1, F2): nobody photographs them twice.

Only when their owner says so, since they were taken for the form alone. The file stays what it was: number, bytes,
hash and who brought it; what changes is whose key seals it. A reading that is done moves along and shows its card.
"""

from functools import partial
from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.api.drafts import FiledPapersView, FiledPaperView, FilePapersBody
from schemas.api.evidence import EvidenceBody
from schemas.documents.readings import ReadingDocument
from schemas.documents.spaces import FileDocument
from schemas.enums import FileState
from schemas.reading_enums import ReadingState
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.evidence.evidence import Evidence
from services.files.file_store import FileStore
from services.files.file_uploads import SWEPT_AFTER
from services.files.file_views import name_of, name_place
from services.files.masked_files import is_masked, owe_mask
from services.idempotency import Intent
from services.outbox import Outbox
from services.permissions import Permission
from services.readings.field_labels import IDENTITY_KINDS
from services.readings.reading_jobs import GOING_ON
from services.readings.reading_queue import ENDED
from services.readings.reading_seals import ReadingSeals
from services.spaces.spaces import Spaces
from services.storage.database import Database

ROUTE = "draft-papers/filed"  # of the keys under which entries of the catalogue are made once


class PaperFiling:
    def __init__(
        self,
        database: Database,
        spaces: Spaces,
        store: FileStore,
        seals: ReadingSeals,
        evidence: Evidence,
        audit: Audit,
        outbox: Outbox,
        clock: Clock = utc_now,
    ) -> None:
        self._db = database
        self._spaces = spaces
        self._store = store
        self._seals = seals
        self._evidence = evidence
        self._audit = audit
        self._outbox = outbox
        self._clock = clock

    async def file(self, actor: Actor, space_id: str, body: FilePapersBody) -> FiledPapersView:
        """Move papers of the caller into a space and list them as evidence. A repeat changes nothing.

        Papers that identify somebody are not listed: they go in time (``PaperRetention``), and evidence stays.
        Raises ``space.*``, ``auth.forbidden``, ``file.not_found``, ``file.gone``, ``reading.not_done``.
        """
        place = await self._spaces.access(actor, space_id, Permission.EVIDENCE_LIST)
        if "closed_at" in place.space:
            raise Problem("space.closed")
        if "hearing_id" in place.space:  # what is laid before the court is chosen there
            raise Problem("auth.forbidden")
        files = [await self._own(actor, space_id, file_id) for file_id in dict.fromkeys(body.file_ids)]
        for file in files:
            if file["space_id"] != space_id:
                await self._move(actor, file, space_id)
        self._outbox.nudge()
        return FiledPapersView(items=[await self._listed(actor, space_id, file["_id"]) for file in files])

    async def _own(self, actor: Actor, space_id: str, file_id: str) -> FileDocument:
        """A paper of the caller's draft, or one that was filed here already."""
        draft = await self._db.drafts.find_one({"user_id": actor.user_id})
        holders = [space_id, draft["_id"]] if draft is not None and file_id in draft["file_ids"] else [space_id]
        mine = {"_id": file_id, "owner_id": actor.user_id, "space_id": {"$in": holders}}
        file = await self._db.files.find_one({**mine, "state": FileState.COMPLETE.value})
        if file is None:
            raise Problem("file.not_found")
        if "purged_at" in file:
            raise Problem("file.gone")
        return file

    async def _move(self, actor: Actor, file: FileDocument, space_id: str) -> None:
        reading = await self._db.readings.find_one({"file_id": file["_id"], "draft_id": file["space_id"]})
        if reading is not None and reading["state"] in GOING_ON:
            raise Problem("reading.not_done")
        result = None if reading is None else await self._resealed(reading, space_id)
        # copies that nobody names, because this died halfway or was done twice at once, are found by the sweep
        swept = {"$set": {"expires_at": self._clock() + SWEPT_AFTER}}
        await self._db.files.update_one({"_id": file["_id"]}, swept)
        before, after = await self._store.data_key(file["space_id"]), await self._store.data_key(space_id)
        copies = await self._store.carry(file, space_id)
        name = after.seal_text(name_of(file, before), name_place(file["_id"]))
        change = {"space_id": space_id, "name": name, "copies": copies}
        moved = await self._db.transaction(partial(self._moved, actor=actor, file=file, change=change, result=result))
        await self._store.remove(file, (file["copies"] if moved else copies).values())
        if not moved and not await self._db.files.count_documents({"_id": file["_id"], "space_id": space_id}):
            raise Problem("file.gone")  # destroyed this very moment

    async def _resealed(self, reading: ReadingDocument, space_id: str) -> bytes | None:
        found = await self._seals.open(reading)
        return None if found is None else await self._seals.seal({**reading, "space_id": space_id}, found)

    async def _moved(
        self,
        session: AsyncClientSession,
        actor: Actor,
        file: FileDocument,
        change: dict[str, Any],
        result: bytes | None,
    ) -> bool:
        """File, reading and draft, all or none. False when the file is there no more."""
        file_id, draft_id = file["_id"], file["space_id"]
        here = {"_id": file_id, "space_id": draft_id, "purged_at": {"$exists": False}}
        moved = await self._db.files.update_one(here, {"$set": change}, session=session)
        if not moved.matched_count:
            return False
        await self._move_reading(session, file, change["space_id"], result)
        if is_masked(file):  # its copy may have been drawn this very moment, under the draft's key
            await owe_mask(self._outbox, session, file_id)
        await self._db.drafts.update_one({"_id": draft_id}, {"$pull": {"file_ids": file_id}}, session=session)
        facts = {"space_id": change["space_id"], "sha256": file["sha256"]}
        await self._audit.write(actor, "draft.paper_filed", f"file:{file_id}", session, **facts)
        return True

    async def _move_reading(
        self, session: AsyncClientSession, file: FileDocument, space_id: str, result: bytes | None
    ) -> None:
        """One that failed stays behind: the case may ask for another."""
        where = {"file_id": file["_id"], "draft_id": file["space_id"]}
        if result is None:
            await self._db.readings.delete_many(where, session=session)
            return
        moved = {"$set": {"space_id": space_id, "result": result}, "$unset": {"draft_id": ""}}
        reading = await self._db.readings.find_one_and_update(where, moved, session=session)
        if reading is not None:
            payload = {"reading_id": reading["_id"]}
            await self._outbox.add(session, ENDED, f"reading:{reading['_id']}", payload)

    async def _listed(self, actor: Actor, space_id: str, file_id: str) -> FiledPaperView:
        reading = await self._db.readings.find_one({"file_id": file_id, "state": ReadingState.DONE.value}, {"kind": 1})
        if reading is not None and reading.get("kind") in IDENTITY_KINDS:
            return FiledPaperView(file_id=file_id)
        known = await self._db.evidence.find_one({"file_id": file_id}, {"number": 1})
        if known is not None:
            return FiledPaperView(file_id=file_id, number=known["number"])
        body = EvidenceBody(file_id=file_id)
        listed = await self._evidence.list_file(actor, space_id, body, Intent.of(actor.user_id, ROUTE, file_id, body))
        return FiledPaperView(file_id=file_id, number=listed.number)
