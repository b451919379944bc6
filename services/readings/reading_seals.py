"""What was read is sealed under the key of its space: purging the space purges it too (K2)."""

from typing import Any

import orjson

from ocr import Reading
from schemas.documents.readings import ReadingDocument
from services.keys import DataKey, Vault

Values = dict[str, Any]


class ReadingSeals:
    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def key(self, space_id: str) -> DataKey:
        """Raises KeyDestroyedError after a purge."""
        return await self._vault.key(f"space:{space_id}")

    async def seal(self, document: ReadingDocument, reading: Reading) -> bytes:
        key = await self.key(document["space_id"])
        return key.seal(orjson.dumps(reading.to_json()), _place(document, "result"))

    async def open(self, document: ReadingDocument) -> Reading | None:
        """What the machine read; None while there is nothing."""
        if "result" not in document:
            return None
        key = await self.key(document["space_id"])
        return Reading.from_json(orjson.loads(key.open(document["result"], _place(document, "result"))))

    async def seal_values(self, document: ReadingDocument, values: Values) -> bytes:
        key = await self.key(document["space_id"])
        return key.seal(orjson.dumps(values), _place(document, "confirmed"))

    async def confirmed(self, document: ReadingDocument) -> Values:
        """What people confirmed, the last word about each field."""
        if not document["confirmations"]:
            return {}
        key = await self.key(document["space_id"])
        values: Values = {}
        for one in document["confirmations"]:
            values |= orjson.loads(key.open(one["values"], _place(document, "confirmed")))
        return values


def _place(document: ReadingDocument, what: str) -> str:
    return f"reading:{document['_id']}:{what}"
