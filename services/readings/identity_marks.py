"""Which files are papers that identify somebody: what was said of them, and else what the machine found (K2).

Whoever brings a paper says so with the upload, or names its kind when it is to be read; whoever may confirm readings
says so later, or that it is none. The last word counts. Nothing is read for it: a photo that nobody asked to have read
is nobody's to search (PIPL 6), so one of which nobody said anything is what its sender chose to show.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.api.files import FileView, IdentityMark
from schemas.documents.readings import ReadingDocument
from schemas.documents.spaces import FileDocument
from schemas.reading_enums import ReadingState
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.files.files import Files
from services.files.masked_files import check_whole, is_paper, owe_mask
from services.outbox import Outbox
from services.readings.field_labels import IDENTITY_KINDS
from services.storage.database import Database


def identifies(file: FileDocument, readings: Sequence[ReadingDocument]) -> bool:
    """Pure. ``readings`` are those of the file."""
    words = [(one["created_at"], one["asked_kind"] in IDENTITY_KINDS) for one in readings if "asked_kind" in one]
    if "identity_said" in file:
        words.append((file["identity_said"]["at"], file["identity_said"]["identifies"]))
    if words:
        return max(words)[1]
    return any(one.get("kind") in IDENTITY_KINDS for one in readings)


async def weigh(database: Database, outbox: Outbox, session: AsyncClientSession, file_id: str) -> None:
    """Say with the file what follows from what is known of it, and owe its masked copy.

    In the transaction of what has become known. It always writes to the file, so that of two at once the later one
    sees what the earlier one knew.
    """
    file = await database.files.find_one({"_id": file_id}, session=session)
    if file is None:
        return
    where = {"file_id": file_id, "state": {"$ne": ReadingState.WITHDRAWN}}
    found = identifies(file, await database.readings.find(where, session=session).to_list())
    change = {"$set": {"identifies": found}, "$inc": {"weighed": 1}}
    await database.files.update_one({"_id": file_id}, change, session=session)
    if found:
        await owe_mask(outbox, session, file_id)


class IdentityMarks:
    def __init__(self, database: Database, files: Files, audit: Audit, outbox: Outbox, clock: Clock = utc_now) -> None:
        self._db = database
        self._files = files
        self._audit = audit
        self._outbox = outbox
        self._clock = clock

    async def say(self, actor: Actor, file_id: str, body: IdentityMark) -> FileView:
        """A repeat changes nothing but the time.

        Raises ``file.*``, ``file.no_paper``, ``space.closed``, ``auth.forbidden`` for who may not say it.
        """
        access = await self._files.access(actor, file_id)
        check_whole(access.document)
        if not is_paper(access.document["content_type"]):
            raise Problem("file.no_paper")
        if "closed_at" in access.place.space:
            raise Problem("space.closed")
        if not access.rights.marks:
            raise Problem("auth.forbidden")
        said = {"identifies": body.identifies, "by": actor.user_id, "at": self._clock()}

        async def work(session: AsyncClientSession) -> None:
            await self._db.files.update_one({"_id": file_id}, {"$set": {"identity_said": said}}, session=session)
            await weigh(self._db, self._outbox, session, file_id)
            space_id, subject = access.document["space_id"], f"file:{file_id}"
            await self._audit.write(
                actor, "file.identity_said", subject, session, space_id=space_id, identifies=body.identifies
            )

        await self._db.transaction(work)
        self._outbox.nudge()
        return await self._files.get(actor, file_id)

    async def catch_up(self) -> None:
        """Files that were read before anybody asked this of them. To be called every hour or so."""
        identity: Any = {"$in": sorted(IDENTITY_KINDS)}
        of_cases = {"verification_id": {"$exists": False}, "state": {"$ne": ReadingState.WITHDRAWN}}
        where = {"$or": [{"kind": identity, **of_cases}, {"asked_kind": identity, **of_cases}]}
        known = await self._db.readings.distinct("file_id", where)
        unsaid = {"_id": {"$in": known}, "identifies": {"$exists": False}}
        async for file in self._db.files.find(unsaid, {"_id": 1}):
            await self._db.transaction(partial(weigh, self._db, self._outbox, file_id=file["_id"]))
            self._outbox.nudge()
