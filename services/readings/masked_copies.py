"""The masked copy of a paper that identifies somebody: drawn once, kept beside the original, given to everybody.

Where the reading does not say for certain what stands where, nothing is shown of the page: nobody looks twice at a
copy that is called masked.
"""

import asyncio
import io
import logging
from collections.abc import Sequence

from PIL import Image

from ocr import PagePainter, PictureJob, Reading, ReadingFault
from schemas.api.files import FileVariant
from schemas.documents.ledgers import OutboxDocument
from schemas.documents.spaces import CopyDocument, FileDocument
from schemas.enums import FileState
from schemas.reading_enums import ReadingState
from services.errors import Problem
from services.files.file_store import FileStore
from services.files.masked_files import MASK, is_masked
from services.keys import KeyDestroyedError
from services.outbox import Effect
from services.readings.field_labels import IDENTITY_KINDS
from services.readings.paper_pictures import LONGEST_COPY, member_job
from services.readings.reading_seals import ReadingSeals
from services.storage.database import Database

log = logging.getLogger("casespace.readings")

MOST_PAGES = 20  # of a PDF; a card has two
_THUMBNAIL = 480
_QUALITY = 85


class MaskedCopies:
    def __init__(self, database: Database, store: FileStore, seals: ReadingSeals, painter: PagePainter) -> None:
        self._db = database
        self._store = store
        self._seals = seals
        self._painter = painter

    def effects(self) -> dict[str, Effect]:
        return {MASK: self._mask}

    async def _mask(self, row: OutboxDocument) -> None:
        """Draw it as things stand now. Twice is as good as once."""
        file = await self._db.files.find_one({"_id": row["payload"]["file_id"]})
        if file is None or file["state"] != FileState.COMPLETE or not is_masked(file):
            return
        if FileVariant.ORIGINAL not in file.get("copies", {}):
            return
        try:
            pages = await self._pages(file, await self._reading(file))
            whole, small = await asyncio.to_thread(_bound, pages, file["content_type"])
            kind = "image/jpeg" if file["content_type"].startswith("image/") else file["content_type"]
            made = {
                FileVariant.MASKED: await self._store.save_bytes(file, whole, kind),
                FileVariant.MASKED_THUMBNAIL: await self._store.save_bytes(file, small, "image/jpeg"),
            }
        except KeyDestroyedError:
            return
        except Problem as problem:
            if problem.code != "file.gone":
                raise
            return
        except ReadingFault as fault:
            log.warning("no masked copy of a paper can be drawn: %s", fault.code, extra={"file_id": file["_id"]})
            return
        await self._name(file, made)

    async def _reading(self, file: FileDocument) -> Reading | None:
        """The newest that knows it for a paper that identifies somebody."""
        where = {"file_id": file["_id"], "state": ReadingState.DONE, "kind": {"$in": sorted(IDENTITY_KINDS)}}
        found = await self._db.readings.find(where).sort("_id", -1).limit(1).to_list()
        return await self._seals.open(found[0]) if found else None

    async def _pages(self, file: FileDocument, reading: Reading | None) -> list[bytes]:
        """JPEGs. Raises ReadingFault."""
        blocks = [block async for block in self._store.read(file, file["copies"][FileVariant.ORIGINAL])]
        data = b"".join(blocks)
        first = await self._painter.draw(_job(reading, 0), data)
        numbers = range(1, min(first.pages, MOST_PAGES))
        return [first.jpeg, *[await self._painter.paint(_job(reading, number), data) for number in numbers]]

    async def _name(self, file: FileDocument, made: dict[FileVariant, CopyDocument]) -> None:
        """Put the copies into the document, and remove those that they replace; or them, if the file went meanwhile."""
        original = file["copies"][FileVariant.ORIGINAL]
        before = await self._db.files.find_one_and_update(
            {"_id": file["_id"], "copies.original.blob": original["blob"]},
            {"$set": {f"copies.{variant.value}": copy for variant, copy in made.items()}},
        )
        old = file["copies"] if before is None else before["copies"]
        replaced = made.values() if before is None else [old[variant] for variant in made if variant in old]
        await self._store.remove(file, replaced)


def _job(reading: Reading | None, number: int) -> PictureJob:
    known = member_job(reading, number) if reading is not None else None
    return known or PictureJob(number, None, LONGEST_COPY, covered=True, marked=True)


def _bound(pages: Sequence[bytes], content_type: str) -> tuple[bytes, bytes]:
    """A JPEG, or a PDF of several; and a small JPEG of the first."""
    pictures = [Image.open(io.BytesIO(page), formats=("JPEG",)) for page in pages]
    whole, small = io.BytesIO(), io.BytesIO()
    if content_type.startswith("image/"):
        whole.write(pages[0])
    else:
        pictures[0].save(whole, "PDF", save_all=True, append_images=pictures[1:], quality=_QUALITY, resolution=150.0)
    pictures[0].thumbnail((_THUMBNAIL, _THUMBNAIL))
    pictures[0].save(small, "JPEG", quality=_QUALITY)
    return whole.getvalue(), small.getvalue()
