"""Readings (OCR): a file becomes fields that a person confirms (F2)."""

from handlers.base import ApiHandler
from handlers.doors import Call, door
from schemas.api.base import NoBody
from schemas.api.readings import (
    ConfirmBody,
    MaskedQuery,
    ReadingBegunView,
    ReadingBody,
    ReadingListView,
    ReadingView,
)
from services.permissions import SIGNED_IN
from services.rate_limits import Limit

# A page takes seconds of a processor; a card shows up to twenty crops at once.
ASKING = Limit(60, 60)
PICTURES = Limit(240, 60)
_FILE = ("file.not_found", "file.not_uploaded", "file.gone", "file.held")
_SEEING = ("reading.not_found", "file.held", "file.gone")


class FileReadingsHandler(ApiHandler):
    @door(
        "Have a file read: a photo or a PDF becomes fields",
        allow=SIGNED_IN,
        body=ReadingBody,
        answer=ReadingBegunView,
        status=202,
        limit=ASKING,
        problems=(*_FILE, "space.not_found", "space.closed", "reading.unavailable", "reading.queue_full"),
        description="The same file and kind are read once: a repeat names the same reading. A card in the space tells "
        "when it is done. Without a kind the paper tells what it is; whoever may confirm may name one. Files are read "
        "in turn of who asked, and nobody's take up more than a quarter of the queue.",
    )
    async def post(self, call: Call[ReadingBody], file_id: str) -> ReadingBegunView:
        return await self.services.readings.ask(call.actor, file_id, call.body)

    @door("The readings of a file, newest first", allow=SIGNED_IN, answer=ReadingListView, problems=_FILE)
    async def get(self, call: Call[NoBody], file_id: str) -> ReadingListView:
        return await self.services.readings.of_file(call.actor, file_id)


class ReadingHandler(ApiHandler):
    @door(
        "A reading: how far it is, what was read, what was confirmed",
        allow=SIGNED_IN,
        answer=ReadingView,
        problems=_SEEING,
        description="Who need not see numbers of persons gets them masked.",
    )
    async def get(self, call: Call[NoBody], reading_id: str) -> ReadingView:
        return await self.services.readings.get(call.actor, reading_id)


class ReadingConfirmHandler(ApiHandler):
    @door(
        "Confirm or correct what was read",
        allow=SIGNED_IN,
        body=ConfirmBody,
        answer=ReadingView,
        problems=(
            *_SEEING,
            "reading.not_done",
            "reading.confirmed_meanwhile",
            "reading.confirmed_too_often",
            "space.closed",
        ),
        description="For who uploaded the file, and for lawyer and support of the space. What a person confirmed is "
        "what counts; what was read is kept beside it. May be repeated, also with corrections. With `confirmations`, "
        "how many of them the caller has seen, nobody overwrites what somebody else has just put right.",
    )
    async def post(self, call: Call[ConfirmBody], reading_id: str) -> ReadingView:
        return await self.services.readings.confirm(call.actor, reading_id, call.body)


class ReadingFieldPictureHandler(ApiHandler):
    @door(
        "The place on the paper where a field was seen, as JPEG",
        allow=SIGNED_IN,
        raw=True,
        limit=PICTURES,
        problems=(*_SEEING, "reading.no_picture"),
    )
    async def get(self, call: Call[NoBody], reading_id: str, name: str) -> None:
        _send(self, await self.services.reading_pictures.field(call.actor, reading_id, name))


class ReadingMaskedHandler(ApiHandler):
    @door(
        "A page without numbers, addresses and portrait, for handing on, as JPEG",
        allow=SIGNED_IN,
        query=MaskedQuery,
        raw=True,
        limit=PICTURES,
        problems=(*_SEEING, "reading.no_picture"),
    )
    async def get(self, call: Call[NoBody], reading_id: str) -> None:
        _send(self, await self.services.reading_pictures.masked(call.actor, reading_id, call.query.page))


def _send(handler: ApiHandler, picture: bytes) -> None:
    handler.set_header("Content-Type", "image/jpeg")
    handler.set_header("Cache-Control", "private, max-age=600")
    handler.finish(picture)


_READING = "/api/v1/readings/([0-9a-f]{24})"
ROUTES = [
    ("/api/v1/files/([0-9a-f]{24})/readings", FileReadingsHandler),
    (_READING, ReadingHandler),
    (f"{_READING}/confirm", ReadingConfirmHandler),
    (f"{_READING}/fields/([a-z][a-z0-9_]{{0,39}})/picture", ReadingFieldPictureHandler),
    (f"{_READING}/masked", ReadingMaskedHandler),
]
