"""The stored copies of files: encrypted as they are written, opened segment by segment as they are read."""

import asyncio
import hashlib
import io
import secrets
from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from typing import BinaryIO

from schemas.documents.spaces import CopyDocument, FileDocument
from services.errors import Problem
from services.files.segments import SEGMENT, Opener, SealedReader, sealed_size
from services.keys import DataKey, KeyDestroyedError, SealBrokenError, Vault
from services.storage.blobs import BlobMissingError, Blobs, sealed_prefix

# What is asked of the store at once, and the most that one reader holds in memory.
BLOCK_SEGMENTS = 16


class FileStore:
    """A copy is known by its file and its ``blob``: a name drawn for this one attempt to write it.

    The key of a copy is derived from that name. So no key ever encrypts twice, whichever process dies at
    whichever moment, and a copy that no document names is garbage that the sweep removes.
    """

    def __init__(self, blobs: Blobs, vault: Vault) -> None:
        self._blobs = blobs
        self._vault = vault

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
        source.seek(0)
        reader = io.BufferedReader(SealedReader(key, source, size), 4 * SEGMENT)
        await self._blobs.put(_place(document, copy), reader, sealed_size(size))
        return copy

    async def save_bytes(self, document: FileDocument, value: bytes, content_type: str) -> CopyDocument:
        digest = hashlib.sha256(value).hexdigest()
        return await self.save(document, io.BytesIO(value), len(value), content_type, digest)

    async def read(
        self, document: FileDocument, copy: CopyDocument, start: int = 0, stop: int | None = None
    ) -> AsyncIterator[bytes]:
        """The bytes from ``start`` up to ``stop`` (exclusive), at most 1 MiB at once.

        Raises SealBrokenError when the store gives back anything but what was written.
        """
        stop = copy["size"] if stop is None else stop
        opener = Opener(await self._key(document, copy), copy["size"])
        place = _place(document, copy)
        first = start // SEGMENT
        while first * SEGMENT < stop:
            offset, length = opener.place(first, BLOCK_SEGMENTS)
            try:
                sealed = await self._blobs.get(place, offset, length)
            except BlobMissingError as fault:
                raise SealBrokenError("the copy is not there") from fault
            if len(sealed) != length:
                raise SealBrokenError("the copy is cut off")
            plain = await asyncio.to_thread(opener.open, first, sealed)
            begins = first * SEGMENT
            yield plain[max(0, start - begins) : max(0, stop - begins)]
            first += BLOCK_SEGMENTS

    async def load(self, document: FileDocument, copy: CopyDocument, target: BinaryIO) -> None:
        """Write a whole copy to a file. Raises SealBrokenError."""
        async for block in self.read(document, copy):
            await asyncio.to_thread(target.write, block)
        await asyncio.to_thread(target.flush)

    async def remove(self, document: FileDocument, copies: Iterable[CopyDocument]) -> None:
        for copy in copies:
            await self._blobs.delete(_place(document, copy))

    async def sweep(self, document: FileDocument, older_than: datetime) -> bool:
        """Remove copies that the document does not name; False when younger ones must be looked at again."""
        named = {_place(document, copy) for copy in document.get("copies", {}).values()}
        done = True
        for found in await self._blobs.under(sealed_prefix(document["_id"])):
            if found.key in named:
                continue
            if found.modified_at > older_than:
                done = False  # somebody may be about to name it
            else:
                await self._blobs.delete(found.key)
        return done

    async def _key(self, document: FileDocument, copy: CopyDocument) -> bytes:
        data_key = await self.data_key(document["space_id"])
        return data_key.derive(f"file:{document['_id']}:{copy['blob']}")


def _place(document: FileDocument, copy: CopyDocument) -> str:
    return sealed_prefix(document["_id"]) + copy["blob"]
