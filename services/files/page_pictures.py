"""One page of a PDF, or a picture, as a JPEG: phones inside WeChat show no PDF, and a court looks at one page at once.

What was drawn lately is kept, since everybody in a hearing asks for the same page at the same moment.
"""

import asyncio
from collections import OrderedDict
from typing import Protocol

from ocr import Drawn, PagePainter, PictureJob, ReadingFault
from schemas.api.files import FileVariant
from services.actors import Actor
from services.errors import Problem
from services.files.files import OpenFile

LONGEST = 1_800  # pixels: the print of an A4 page can be read when a phone zooms in
LARGEST = 60 * 1024 * 1024  # bytes; the file is held in memory while a page is drawn
KEPT = 24  # pages of some 300 kB


class Contents(Protocol):
    async def content(
        self, file_id: str, variant: FileVariant, *, actor: Actor | None = None, ticket: str | None = None
    ) -> OpenFile:
        """Who may not read the file is refused here."""


class PagePictures:
    def __init__(self, files: Contents, painter: PagePainter) -> None:
        self._files = files
        self._painter = painter
        self._drawn: OrderedDict[tuple[str, int], asyncio.Future[Drawn]] = OrderedDict()

    async def look(
        self,
        file_id: str,
        number: int,
        variant: FileVariant = FileVariant.ORIGINAL,
        *,
        actor: Actor | None,
        ticket: str | None,
    ) -> Drawn:
        """A JPEG of page ``number`` (from 1) of the copy that is asked for, and how many pages it has.

        Raises what ``Files.content`` raises, and ``file.no_page``: there is no such page, or nothing to be drawn.
        """
        file = await self._files.content(file_id, variant, actor=actor, ticket=ticket)
        if file.size > LARGEST or not (
            file.content_type == "application/pdf" or file.content_type.startswith("image/")
        ):
            raise Problem("file.no_page")
        key = (file.sha256, number)
        if key not in self._drawn:
            self._drawn[key] = asyncio.ensure_future(self._draw(file, number))
            if len(self._drawn) > KEPT:
                self._drawn.popitem(last=False)
        self._drawn.move_to_end(key)
        try:
            return await asyncio.shield(self._drawn[key])
        except Exception:  # whatever it was, the next one who asks may be luckier
            self._drawn.pop(key, None)
            raise

    async def _draw(self, file: OpenFile, number: int) -> Drawn:
        data = b"".join([block async for block in file.read(0, file.size)])
        try:
            return await self._painter.draw(PictureJob(number - 1, None, LONGEST), data)
        except ReadingFault:
            raise Problem("file.no_page") from None
