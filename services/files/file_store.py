"""The stored copies of files: encrypted as they are written, opened segment by segment as they are read."""

import asyncio
import hashlib
import io
import logging
import secrets
import tempfile
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from schemas.documents.spaces import CopyDocument, FileDocument
from services.errors import Problem
from services.files.segments import SEGMENT, Opener, SealedReader, sealed_size
from services.keys import DataKey, KeyDestroyedError, SealBrokenError, Vault
from services.storage.blobs import BlobMissingError, Blobs, sealed_prefix

# What is asked of the store at once, and the most that one reader holds in memory.
BLOCK_SEGMENTS = 16
log = logging.getLogger("casespace.files")


@dataclass(frozen=True, slots=True)
class SecondPlace:
    """Where what is kept twice lies once more: best another store, at least another name."""

    blobs: Blobs
    prefix: str = "second/"


class FileStore:
    """A copy is known by its file and its ``blob``: a name drawn for this one attempt to write it.

    The key of a copy is derived from that name. So no key ever encrypts twice, whichever process dies at
    whichever moment, and a copy that no document names is garbage that the sweep removes.
    """

    def __init__(self, blobs: Blobs, vault: Vault, second: SecondPlace | None = None) -> None:
        self._blobs = blobs
        self._vault = vault
        self._second = second or SecondPlace(blobs)

    async def data_key(self, space_id: str) -> DataKey:
        """Raises Problem ``file.gone`` when the space was purged."""
        try:
            return await self._vault.key(f"space:{space_id}")
        except KeyDestroyedError:
            raise Problem("file.gone") from None

    async def save(
        self, document: FileDocument, source: BinaryIO, size: int, content_type: str, sha256: str
    ) -> CopyDocument:
        """Encrypt ``size`` bytes of ``source``, from its beginning, into a new copy."""
        copy: CopyDocument = {
            "blob": secrets.token_hex(16),
            "content_type": content_type,
            "size": size,
            "sha256": sha256,
        }
        key = await self._key(document, copy)
        await self._blobs.put(_place(document, copy), _sealed(key, source, size), sealed_size(size))
        return copy

    async def save_bytes(self, document: FileDocument, value: bytes, content_type: str) -> CopyDocument:
        digest = hashlib.sha256(value).hexdigest()
        return await self.save(document, io.BytesIO(value), len(value), content_type, digest)

    async def carry(self, document: FileDocument, holder_id: str) -> dict[str, CopyDocument]:
        """All copies once more, sealed under the key of another holder. Raises SealBrokenError, ``file.gone``."""
        there: FileDocument = {**document, "space_id": holder_id}
        carried = {}
        for variant, copy in document["copies"].items():
            with tempfile.TemporaryFile() as plain:
                await self.load(document, copy, plain)
                carried[variant] = await self.save(there, plain, copy["size"], copy["content_type"], copy["sha256"])
        return carried

    async def read(
        self, document: FileDocument, copy: CopyDocument, start: int = 0, stop: int | None = None
    ) -> AsyncIterator[bytes]:
        """The bytes from ``start`` up to ``stop`` (exclusive), at most 1 MiB at once.

        Raises SealBrokenError when the store gives back anything but what was written.
        """
        stop = copy["size"] if stop is None else stop
        opener = Opener(await self._key(document, copy), copy["size"])
        first = start // SEGMENT
        while first * SEGMENT < stop:
            plain = await self._block(document, copy, opener, first)
            begins = first * SEGMENT
            yield plain[max(0, start - begins) : max(0, stop - begins)]
            first += BLOCK_SEGMENTS

    async def _block(self, document: FileDocument, copy: CopyDocument, opener: Opener, first: int) -> bytes:
        """From the first place; if it lies there no more as it was written, from the second."""
        place = _place(document, copy)
        try:
            return await _opened(self._blobs, place, opener, first)
        except (SealBrokenError, Problem) as fault:
            if not copy.get("twice", False):
                raise
            code = fault.code if isinstance(fault, Problem) else "damaged"
            log.exception("the second copy of a file is read: %s", code, extra={"alarm": "file_copy", "place": place})
        return await _opened(self._second.blobs, self._second.prefix + place, opener, first)

    async def keep_twice(self, document: FileDocument, copy: CopyDocument) -> None:
        """Write a copy to the second place, the same bytes under the same key. Again is as good as once.

        Raises SealBrokenError when the first is not what was written.
        """
        with tempfile.TemporaryFile() as plain:
            await self.load(document, copy, plain)
            reader = _sealed(await self._key(document, copy), plain, copy["size"])
            await self._second.blobs.put(
                self._second.prefix + _place(document, copy), reader, sealed_size(copy["size"])
            )

    async def load(self, document: FileDocument, copy: CopyDocument, target: BinaryIO) -> None:
        """Write a whole copy to a file. Raises SealBrokenError."""
        async for block in self.read(document, copy):
            await asyncio.to_thread(target.write, block)
        await asyncio.to_thread(target.flush)

    async def remove(self, document: FileDocument, copies: Iterable[CopyDocument]) -> None:
        for copy in copies:
            await self._blobs.delete(_place(document, copy))
            if copy.get("twice", False):
                await self._second.blobs.delete(self._second.prefix + _place(document, copy))

    async def sweep(self, document: FileDocument, older_than: datetime) -> bool:
        """Remove copies that the document does not name; False when younger ones must be looked at again."""
        copies = document.get("copies", {}).values()
        named = {_place(document, copy) for copy in copies}
        twice = {self._second.prefix + _place(document, copy) for copy in copies if copy.get("twice", False)}
        prefix = sealed_prefix(document["_id"])
        done = await _swept(self._blobs, prefix, named, older_than)
        return await _swept(self._second.blobs, self._second.prefix + prefix, twice, older_than) and done

    async def _key(self, document: FileDocument, copy: CopyDocument) -> bytes:
        data_key = await self.data_key(document["space_id"])
        return data_key.derive(f"file:{document['_id']}:{copy['blob']}")


def _place(document: FileDocument, copy: CopyDocument) -> str:
    return sealed_prefix(document["_id"]) + copy["blob"]


def _sealed(key: bytes, source: BinaryIO, size: int) -> io.BufferedReader:
    source.seek(0)
    return io.BufferedReader(SealedReader(key, source, size), 4 * SEGMENT)


async def _opened(blobs: Blobs, place: str, opener: Opener, first: int) -> bytes:
    """The plaintext of a block of segments. Raises SealBrokenError, Problem ``server.unavailable``."""
    offset, length = opener.place(first, BLOCK_SEGMENTS)
    try:
        sealed = await blobs.get(place, offset, length)
    except BlobMissingError as fault:
        raise SealBrokenError("the copy is not there") from fault
    if len(sealed) != length:
        raise SealBrokenError("the copy is cut off")
    return await asyncio.to_thread(opener.open, first, sealed)


async def _swept(blobs: Blobs, prefix: str, named: set[str], older_than: datetime) -> bool:
    """Remove what has no name; False when somebody may be about to name what is left."""
    done = True
    for found in await blobs.under(prefix):
        if found.key in named:
            continue
        if found.modified_at > older_than:
            done = False
        else:
            await blobs.delete(found.key)
    return done
