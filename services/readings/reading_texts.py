"""What papers say, for search to check what its index found."""

from collections.abc import Sequence

from schemas.reading_enums import ReadingState
from services.keys import KeyDestroyedError
from services.readings.reading_seals import ReadingSeals
from services.readings.reading_views import searchable_text
from services.storage.database import Database


class ReadingTexts:
    def __init__(self, database: Database, seals: ReadingSeals) -> None:
        self._db = database
        self._seals = seals

    async def of(self, space_id: str, seqs: Sequence[int]) -> dict[int, str]:
        """Seq of a reading's card → the text that everybody in the space may find it by."""
        where = {"space_id": space_id, "card_seq": {"$in": list(seqs)}, "state": ReadingState.DONE}
        texts: dict[int, str] = {}
        async for document in self._db.readings.find(where):
            try:
                reading = await self._seals.open(document)
                if reading is not None:
                    texts[document["card_seq"]] = searchable_text(reading, await self._seals.confirmed(document))
            except KeyDestroyedError:
                return {}
        return texts
