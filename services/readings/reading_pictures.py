"""Showing the place on the paper beside the field, and the masked copy for handing on (K2)."""

from ocr import PagePainter, PictureJob, Reading, ReadingFault
from schemas.enums import FileState
from services.actors import Actor
from services.audit import Audit
from services.errors import Problem
from services.files.file_store import FileStore
from services.keys import KeyDestroyedError
from services.readings.field_labels import is_sensitive
from services.readings.paper_pictures import crop_job, masked_job
from services.readings.reading_access import ReadingAccess, ReadingDesk
from services.readings.reading_seals import ReadingSeals
from services.storage.database import Database


class ReadingPictures:
    def __init__(
        self,
        database: Database,
        desk: ReadingDesk,
        store: FileStore,
        seals: ReadingSeals,
        audit: Audit,
        painter: PagePainter,
    ) -> None:
        self._db = database
        self._desk = desk
        self._store = store
        self._seals = seals
        self._audit = audit
        self._painter = painter

    async def field(self, actor: Actor, reading_id: str, name: str) -> bytes:
        """A JPEG of where the field was seen.

        Raises ``reading.not_found``, ``reading.no_picture``, ``auth.forbidden`` for who is shown it masked.
        """
        access, reading = await self._open(actor, reading_id)
        field = reading.fields.get(name)
        if field is None or field.polygon is None:
            raise Problem("reading.no_picture")
        if is_sensitive(reading.kind, name) and not access.looker.sees_all:
            raise Problem("auth.forbidden")
        if is_sensitive(reading.kind, name) and actor.user_id != access.document["uploader_id"]:
            await self._audit.write(actor, "reading.seen", f"reading:{reading_id}", fields=[name])  # as its text (K2)
        return await self._draw(access, crop_job(reading.pages[field.page], field.page, field.polygon))

    async def masked(self, actor: Actor, reading_id: str, page: int) -> bytes:
        """A JPEG of a page from which numbers, addresses and the portrait are gone. Raises as ``field``."""
        access, reading = await self._open(actor, reading_id)
        said = await self._seals.confirmed(access.document)
        made = await self._draw(access, masked_job(reading, said, page))
        await self._audit.write(actor, "reading.masked_copy", f"reading:{reading_id}", page=page)
        return made

    async def _open(self, actor: Actor, reading_id: str) -> tuple[ReadingAccess, Reading]:
        access = await self._desk.access(actor, reading_id)
        try:
            reading = await self._seals.open(access.document)
        except KeyDestroyedError:
            raise Problem("file.gone") from None
        if reading is None:
            raise Problem("reading.no_picture")
        return access, reading

    async def _draw(self, access: ReadingAccess, job: PictureJob) -> bytes:
        try:
            return await self._painter.paint(job, await self._load(access))
        except ReadingFault:
            raise Problem("reading.no_picture") from None

    async def _load(self, access: ReadingAccess) -> bytes:
        file = await self._db.files.find_one({"_id": access.document["file_id"]})
        if file is None or file["state"] != FileState.COMPLETE or "original" not in file.get("copies", {}):
            raise Problem("file.gone")
        blocks = [block async for block in self._store.read(file, file["copies"]["original"])]
        return b"".join(blocks)
