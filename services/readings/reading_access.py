"""The one way to a reading: it is somebody's as its file is, and what they see of it goes by their role (K2)."""

from dataclasses import dataclass

from schemas.documents.readings import ReadingDocument
from schemas.reading_enums import ReadingState
from services.actors import Actor
from services.errors import Problem
from services.files.masked_files import rights_of
from services.permissions import SPACE, Permission
from services.readings.reading_views import Looker
from services.spaces.spaces import Membership, Spaces
from services.storage.database import Database


@dataclass(frozen=True, slots=True)
class ReadingAccess:
    document: ReadingDocument
    place: Membership
    looker: Looker


class ReadingDesk:
    def __init__(self, database: Database, spaces: Spaces) -> None:
        self._db = database
        self._spaces = spaces

    async def access(self, actor: Actor, reading_id: str) -> ReadingAccess:
        """Raises ``reading.not_found``, ``auth.forbidden``, ``file.held``."""
        document = await self._db.readings.find_one({"_id": reading_id})
        if document is None or document["state"] == ReadingState.WITHDRAWN:
            raise Problem("reading.not_found")
        try:
            place = await self._spaces.access(actor, document["space_id"], Permission.FILE_VIEW)
        except Problem as problem:
            raise Problem("reading.not_found" if problem.code == "space.not_found" else problem.code) from None
        looker = looker_of(place, document["uploader_id"])
        file = await self._db.files.find_one({"_id": document["file_id"]}, {"held": 1})
        if file is not None and file.get("held", False) and not looker.sees_all:
            raise Problem("file.held")
        return ReadingAccess(document, place, looker)

    async def to_confirm(self, actor: Actor, reading_id: str) -> ReadingAccess:
        """Raises also ``space.closed`` and ``reading.not_done``."""
        access = await self.access(actor, reading_id)
        if not access.looker.may_confirm:
            raise Problem("auth.forbidden")
        if "closed_at" in access.place.space:
            raise Problem("space.closed")
        if access.document["state"] != ReadingState.DONE:
            raise Problem("reading.not_done")
        return access


def looker_of(place: Membership, uploader_id: str) -> Looker:
    """Who brought the paper sees and confirms it, and so do lawyer and support of the case; the bench sees it."""
    own = place.member["user_id"] == uploader_id
    return Looker(
        sees_all=rights_of(place, uploader_id).opens_original,
        may_confirm=own or place.role in SPACE[Permission.READING_CONFIRM],
    )
