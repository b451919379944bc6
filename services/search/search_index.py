"""The index behind search: one keyed signature for each entry, written by the worker (ruling 6).

A signature is a Bloom filter of the entry's pairs of characters, each hashed by HMAC-SHA256 under a key that belongs
to one space alone: neither words nor their hashes are stored, and signatures of two spaces have nothing in common.
MongoDB compares them itself (``$bitsAllSet``) along the space's part of a clustered collection. Measured against the
obvious alternative, a multikey index over hashed pairs, with messages of 66 Han characters: 75 µs of mongod for each
message instead of 1,700, and 1.2 µs for each message of the space that a query looks at.

A filter says "perhaps" too often by a few percent: whoever asks opens the entries and checks.
"""

import asyncio
import hmac
import struct
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

from bson.binary import Binary
from pymongo import DeleteMany, ReplaceOne

from schemas.documents.spaces import EntryDocument, SignatureDocument
from schemas.enums import MessageType
from services.followers import EntryHead
from services.keys import BlindIndex, KeyDestroyedError
from services.record import Recorder
from services.search.search_text import FIELDS, folded, pairs, searchable
from services.storage.database import SLICE, Database, in_slices

# Bytes of a filter: the least of these that gives each piece a byte, at which 3 in 100 answers are wrong.
SIZES = (32, 128, 512, 2048, 8192)
_NUMBERS = struct.Struct("<3I")  # three bits for each piece
BODY, CARD = "body", "card"  # parts of an entry; text that is found later (OCR) becomes a part of its own
_FOLLOWED = frozenset({*FIELDS, MessageType.CARD_UPDATE, MessageType.RECALL})
_KEYS_KEPT = 20_000
_END = 2**53

Part = tuple[str, int, str]  # space, seq, part


class SearchIndex:
    def __init__(self, database: Database, recorder: Recorder, index: BlindIndex) -> None:
        self._db = database
        self._recorder = recorder
        self._key = index.derive("search")
        self._keys: OrderedDict[str, bytes] = OrderedDict()

    # --- writing, in the worker

    async def follow(self, heads: Sequence[EntryHead]) -> None:
        """Entries were stored. May be called again with the same ones."""
        wanted = [head["_id"] for head in heads if head["type"] in _FOLLOWED and is_space(head["_id"]["space"])]
        if not wanted:
            return
        texts: dict[Part, str] = {}
        recalled: set[tuple[str, int]] = set()
        async for entry in self._db.entries.find({"_id": {"$in": wanted}}).sort("_id", 1).batch_size(SLICE):
            space_id, target = entry["_id"]["space"], entry.get("target")
            if entry["type"] == MessageType.RECALL and target is not None:
                recalled.add((space_id, target))
            else:
                texts.update(await self._texts(entry))
        await self._write({part: text for part, text in texts.items() if part[:2] not in recalled}, recalled)

    async def add(self, space_id: str, seq: int, part: str, text: str) -> None:
        """Make an entry findable by further text, such as what a picture says. Replaces the part's earlier text."""
        await self._write({(space_id, seq, part): text}, ())

    async def purge(self, space_id: str) -> None:
        """Forget all of a space; goes with destroying its data key."""
        await self._db.search.delete_many({"_id": _range(space_id, 0, _END)})

    async def _texts(self, entry: EntryDocument) -> dict[Part, str]:
        space_id, seq = entry["_id"]["space"], entry["_id"]["seq"]
        kind = MessageType(entry["type"])
        try:
            body, _ = await self._recorder.open(entry)
        except KeyDestroyedError:
            return {}
        if kind is MessageType.CARD_UPDATE:
            fields = searchable(MessageType.CARD, body)
            return {(space_id, entry["target"], CARD): "\n".join(fields.values())} if fields else {}
        fields = searchable(kind, body)
        return {(space_id, seq, BODY): "\n".join(fields.values())} if fields else {}

    async def _write(
        self, texts: Mapping[Part, str], recalled: Sequence[tuple[str, int]] | set[tuple[str, int]]
    ) -> None:
        writes: list[ReplaceOne[SignatureDocument] | DeleteMany] = []
        for (space_id, seq, part), text in texts.items():
            await asyncio.sleep(0)  # a third of a millisecond each: sockets of this process must not wait for all
            document = self._signature(space_id, seq, part, text)
            writes.append(ReplaceOne({"_id": document["_id"]}, document, upsert=True))
        writes += [DeleteMany({"_id": _range(space_id, seq, seq + 1)}) for space_id, seq in recalled]
        for some in in_slices(writes):
            await self._db.search.bulk_write(some, ordered=False)

    def _signature(self, space_id: str, seq: int, part: str, text: str) -> SignatureDocument:
        pieces = pairs(folded(text))
        size = next((size for size in SIZES if size >= len(pieces)), SIZES[-1])
        bits = bytearray(size)
        for piece in pieces:
            for position in _positions(self._hash(space_id, piece), size):
                bits[position >> 3] |= 1 << (position & 7)
        return {
            "_id": {"space": space_id, "seq": seq, "part": part},
            "size": size,
            "bits": Binary(bytes(bits)),
        }

    # --- asking

    async def candidates(
        self, space_id: str, first: int, before: int, pieces: set[str], most: int
    ) -> tuple[list[int], bool]:
        """Seqs from ``first`` to below ``before`` that may contain all pieces, newest first; whether there are more."""
        where: dict[str, Any] = {"_id": _range(space_id, first, before)}
        hashes = [self._hash(space_id, piece) for piece in pieces]
        if hashes:
            where["$or"] = [
                {
                    "size": size,
                    "bits": {"$bitsAllSet": sorted({at for one in hashes for at in _positions(one, size)})},
                }
                for size in SIZES
            ]
        found = await self._db.search.find(where, {"_id": 1}).sort("_id", -1).limit(most).to_list()
        seqs = list(dict.fromkeys(signature["_id"]["seq"] for signature in found))
        return seqs, len(found) == most

    def _hash(self, space_id: str, piece: str) -> bytes:
        return hmac.digest(self._space_key(space_id), piece.encode(), "sha256")

    def _space_key(self, space_id: str) -> bytes:
        key = self._keys.get(space_id)
        if key is None:
            key = self._keys[space_id] = hmac.digest(self._key, space_id.encode(), "sha256")
            if len(self._keys) > _KEYS_KEPT:
                self._keys.popitem(last=False)
        return key


def is_space(record_id: str) -> bool:
    """Whether a record is a space's own: streams beside it, such as ``notes:…``, are never searched."""
    return ":" not in record_id


def _positions(digest: bytes, size: int) -> list[int]:
    """Bits of a filter that a piece sets; sizes are powers of two."""
    mask = 8 * size - 1
    return [number & mask for number in _NUMBERS.unpack_from(digest)]


def _range(space_id: str, first: int, before: int) -> dict[str, Any]:
    """Keys have a third field: those of ``first`` sort after the lower bound, those of ``before`` after the upper."""
    return {"$gte": {"space": space_id, "seq": first}, "$lt": {"space": space_id, "seq": before}}
