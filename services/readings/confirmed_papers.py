"""What papers say, for forms to be filled in from: the confirmed value where there is one."""

from dataclasses import dataclass
from typing import Any

from schemas.documents.readings import ReadingDocument
from schemas.reading_enums import ReadingState
from services.readings.reading_seals import ReadingSeals
from services.readings.reading_views import values_of
from services.storage.database import Database

MOST = 30  # papers of a case that are looked through, newest first


@dataclass(frozen=True, slots=True)
class ConfirmedPaper:
    reading_id: str
    kind: str
    values: dict[str, Any]
    pages: int


class ConfirmedPapers:
    def __init__(self, database: Database, seals: ReadingSeals) -> None:
        self._db = database
        self._seals = seals

    async def of_file(self, file_id: str) -> ConfirmedPaper | None:
        """The newest reading of a file, confirmed or not: a form shows it to a person anyway."""
        where = {"file_id": file_id, "state": ReadingState.DONE}
        found = await self._db.readings.find(where).sort("_id", -1).limit(1).to_list()
        return await self._paper(found[0]) if found else None

    async def of_space(self, space_id: str) -> list[ConfirmedPaper]:
        """Papers of a space that somebody confirmed, newest first. Raises KeyDestroyedError."""
        where = {"space_id": space_id, "state": ReadingState.DONE, "confirmations.0": {"$exists": True}}
        found = await self._db.readings.find(where).sort("_id", -1).limit(MOST).to_list()
        papers = [await self._paper(document) for document in found]
        return [paper for paper in papers if paper is not None]

    async def _paper(self, document: ReadingDocument) -> ConfirmedPaper | None:
        reading = await self._seals.open(document)
        if reading is None:
            return None
        values = values_of(reading, await self._seals.confirmed(document))
        return ConfirmedPaper(document["_id"], reading.kind, values, len(reading.pages))
