"""What papers say, for forms to be filled in from: the confirmed value where there is one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schemas.documents.readings import ReadingDocument
from schemas.reading_enums import ReadingState
from services.readings.field_labels import is_sensitive
from services.readings.masking import masked_value
from services.readings.reading_seals import ReadingSeals
from services.readings.reading_views import hidden_values, values_of
from services.storage.database import Database

MOST = 30  # papers of a case that are looked through, newest first


@dataclass(frozen=True, slots=True)
class ConfirmedPaper:
    reading_id: str
    file_id: str
    space_id: str
    kind: str
    values: dict[str, Any]
    pages: int
    confirmed_at: datetime | None
    doubtful: frozenset[str] = frozenset()  # fields that the machine flagged and nobody has confirmed
    draft: bool = False  # photographed for a form, outside any case


class ConfirmedPapers:
    def __init__(self, database: Database, seals: ReadingSeals) -> None:
        self._db = database
        self._seals = seals

    async def of_file(self, file_id: str) -> ConfirmedPaper | None:
        """The newest reading of a file, confirmed or not: a form shows it to a person anyway."""
        where = {"file_id": file_id, "state": ReadingState.DONE}
        found = await self._db.readings.find(where).sort("_id", -1).limit(1).to_list()
        return await self._paper(found[0]) if found else None

    async def of_space(self, space_id: str, seen_by: str | None = None) -> list[ConfirmedPaper]:
        """Papers of a space that somebody confirmed, newest first. Raises KeyDestroyedError.

        One that was taken for two kinds of paper is what was confirmed last.
        With ``seen_by``, without what is masked from that member when somebody else brought the paper.
        """
        where = {"space_id": space_id, "state": ReadingState.DONE, "confirmations.0": {"$exists": True}}
        readings = await self._db.readings.find(where).sort("_id", -1).limit(MOST).to_list()
        newest: dict[str, ReadingDocument] = {}
        for document in readings:
            newest.setdefault(document["file_id"], document)
        held = await self._held(list(newest)) if seen_by else set()
        papers = [await self._paper(one, seen_by) for file_id, one in newest.items() if file_id not in held]
        return [paper for paper in papers if paper is not None]

    async def of_draft(self, draft_id: str) -> list[ConfirmedPaper]:
        """What was photographed for a form, newest first; confirmed by being taken. Raises KeyDestroyedError."""
        where = {"space_id": draft_id, "draft_id": draft_id, "state": ReadingState.DONE}
        found = await self._db.readings.find(where).sort("_id", -1).limit(MOST).to_list()
        papers = [await self._paper(document) for document in found]
        return [paper for paper in papers if paper is not None]

    async def _held(self, file_ids: list[str]) -> set[str]:
        where = {"_id": {"$in": file_ids}, "held": True}
        return {file["_id"] async for file in self._db.files.find(where, {"_id": 1})}

    async def _paper(self, document: ReadingDocument, seen_by: str | None = None) -> ConfirmedPaper | None:
        reading = await self._seals.open(document)
        if reading is None:
            return None
        said = await self._seals.confirmed(document)
        values = values_of(reading, said)
        if seen_by not in (None, document["uploader_id"]):
            hidden = hidden_values(reading, said)
            values = {
                name: masked_value(value, hidden)
                for name, value in values.items()
                if not is_sensitive(reading.kind, name)
            }
        last = document["confirmations"][-1] if document["confirmations"] else None
        return ConfirmedPaper(
            reading_id=document["_id"],
            file_id=document["file_id"],
            space_id=document["space_id"],
            kind=reading.kind,
            values=values,
            pages=len(reading.pages),
            confirmed_at=last["at"] if last else None,
            doubtful=frozenset(name for name, field in reading.fields.items() if field.flagged and name not in said),
            draft="draft_id" in document,
        )
