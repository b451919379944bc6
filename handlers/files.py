"""``/files``: announcing, completing, and reading the content with a token or a link's ticket."""

from typing import Any
from urllib.parse import quote

from handlers.base import ApiHandler
from handlers.doors import Call, door
from handlers.ranges import parse_range
from handlers.streams import StreamHandler
from handlers.upload_forms import as_reached
from schemas.api.base import NoBody
from schemas.api.files import ContentQuery, FileBegin, FileView, IdentityMark, OriginalView, UploadView
from services.errors import Problem
from services.files.files import OpenFile
from services.permissions import PUBLIC, SIGNED_IN
from services.rate_limits import Limit

FILE = "/api/v1/files/([0-9a-f]{24})"
# A chat shows dozens of pictures at once, and players ask for many ranges; an office shares one address.
CONTENT = Limit(1_200, 60)
ORIGINALS = Limit(60, 60)  # by hand, one after the other
PAGES = Limit(240, 60)  # everybody in a court room looks at the same page; an office shares one address
_REJECTED = (
    "file.empty",
    "file.too_large",
    "file.size_mismatch",
    "file.hash_mismatch",
    "file.type_mismatch",
    "file.type_refused",
    "file.damaged",
)
_READING = ("file.not_found", "file.not_uploaded", "file.gone", "file.held")
_SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; media-src 'self'; sandbox"


class SpaceFilesHandler(ApiHandler):
    @door(
        "Announce a file and get the form that uploads it",
        allow=SIGNED_IN,
        body=FileBegin,
        answer=UploadView,
        status=201,
        problems=(
            "space.not_found",
            "space.closed",
            "hearing.refused",
            "file.type_refused",
            "file.empty",
            "file.too_large",
        ),
        description="Send `fields` and then the file as `file_field` in one multipart POST to `url` "
        "(made for wx.uploadFile), then call complete.",
    )
    async def post(self, call: Call[FileBegin], space_id: str) -> UploadView:
        return as_reached(self, await self.services.files.begin(call.actor, space_id, call.body))


class FileHandler(ApiHandler):
    @door("A file of a case space", allow=SIGNED_IN, answer=FileView, problems=_READING)
    async def get(self, call: Call[NoBody], file_id: str) -> FileView:
        return await self.services.files.get(call.actor, file_id)


class FileCompleteHandler(ApiHandler):
    @door(
        "Check an upload and make it a file of the space",
        allow=SIGNED_IN,
        answer=FileView,
        problems=("file.not_found", "file.not_uploaded", "file.gone", *_REJECTED),
        description="May be repeated. A rejection is final: announce the file again.",
    )
    async def post(self, call: Call[NoBody], file_id: str) -> FileView:
        return await self.services.files.complete(call.actor, file_id)


class FileOriginalHandler(ApiHandler):
    @door(
        "Open the original of a paper that identifies somebody; that it was opened is audited",
        allow=SIGNED_IN,
        answer=OriginalView,
        limit=ORIGINALS,
        problems=_READING,
        description="For who brought it, and for lawyer, support and bench of the space. Other members get its masked "
        "copy, by every link. Of any other file it answers the ordinary links.",
    )
    async def post(self, call: Call[NoBody], file_id: str) -> OriginalView:
        return await self.services.originals.open(call.actor, file_id)


class FileIdentityHandler(ApiHandler):
    @door(
        "Say whether a file is a paper that identifies somebody",
        allow=SIGNED_IN,
        body=IdentityMark,
        answer=FileView,
        problems=("file.no_paper", "space.closed", *_READING),
        description="Nothing is read for it. For who brought the file, and for lawyer and support of the space. It is "
        "masked from then on, and goes some time after the order is over.",
    )
    async def put(self, call: Call[IdentityMark], file_id: str) -> FileView:
        return await self.services.identity_marks.say(call.actor, file_id, call.body)


class FileContentHandler(StreamHandler):
    """Public at the door, because ``<img>`` and ``<audio>`` bring a ticket instead of a token."""

    _size = 0
    _unsatisfied = False

    @door(
        "The content of a file",
        allow=PUBLIC,
        query=ContentQuery,
        raw=True,
        limit=CONTENT,
        problems=("auth.required", "auth.ticket_invalid", "request.range", "file.masked", *_READING),
        description="With a bearer token or the `ticket` of a link. One Range is honoured; ETag is the SHA-256.",
    )
    async def get(self, call: Call[NoBody], file_id: str) -> None:
        await self._answer(call, file_id)

    @door(
        "Size and type of a file's content",
        allow=PUBLIC,
        query=ContentQuery,
        raw=True,
        limit=CONTENT,
        problems=("auth.required", "auth.ticket_invalid", "request.range", "file.masked", *_READING),
    )
    async def head(self, call: Call[NoBody], file_id: str) -> None:
        await self._answer(call, file_id)

    async def _answer(self, call: Call[NoBody], file_id: str) -> None:
        ticket = self.get_query_argument("ticket", None)
        if ticket is None:
            self.caller = await self.authenticate()
        file = await self.services.files.content(file_id, call.query.variant, actor=self.caller, ticket=ticket)
        self._size = file.size
        self._describe(file)
        if self.check_etag_header():
            self.set_status(304)
            self.finish()
            return
        start, stop = self._asked(file)
        self.set_header("Content-Length", str(stop - start))
        if self.request.method == "HEAD":
            self.finish()
            return
        await self.send_blocks(file.read(start, stop))

    def _asked(self, file: OpenFile) -> tuple[int, int]:
        asked = None
        condition = self.request.headers.get("If-Range")
        if condition is None or condition == _etag(file):
            asked = parse_range(self.request.headers.get("Range", ""), file.size)
        if asked is None:
            return 0, file.size
        self.set_status(206)
        self.set_header("Content-Range", f"bytes {asked[0]}-{asked[1] - 1}/{file.size}")
        return asked

    def _describe(self, file: OpenFile) -> None:
        self.set_header("Content-Type", _content_type(file.content_type))
        self.set_header("Content-Disposition", _disposition(file))
        self.set_header("Accept-Ranges", "bytes")
        self.set_header("Etag", _etag(file))
        self.set_header("Cache-Control", "private, max-age=600" if file.settled else "private, no-cache")
        self.set_header("Cross-Origin-Resource-Policy", "same-site")
        if file.content_type != "application/pdf":  # browsers show no PDF in a sandbox
            self.set_header("Content-Security-Policy", _SANDBOX)

    def compute_etag(self) -> str | None:
        return None  # it is the file's, set above; Tornado's would be the hash of what happens to be buffered

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        fault = kwargs["exc_info"][1] if "exc_info" in kwargs else None
        self._unsatisfied = isinstance(fault, Problem) and fault.code == "request.range"
        super().write_error(status_code, **kwargs)

    def set_default_headers(self) -> None:
        super().set_default_headers()
        if self._unsatisfied:  # RFC 9110, 15.5.17: a 416 tells the size
            self.set_header("Content-Range", f"bytes */{self._size}")


class FilePageHandler(ApiHandler):
    @door(
        "One page of a PDF, or a picture, as a JPEG",
        allow=PUBLIC,
        query=ContentQuery,
        raw=True,
        limit=PAGES,
        problems=("auth.required", "auth.ticket_invalid", "file.no_page", "file.masked", *_READING),
        description="Opened by a bearer token or by the `ticket` of the link to the content. `X-Page-Count`: how many "
        "pages the file has.",
    )
    async def get(self, call: Call[NoBody], file_id: str, number: str) -> None:
        ticket = self.get_query_argument("ticket", None)
        if ticket is None:
            self.caller = await self.authenticate()
        pictures = self.services.page_pictures
        drawn = await pictures.look(file_id, int(number), call.query.variant, actor=self.caller, ticket=ticket)
        self.set_header("Content-Type", "image/jpeg")
        self.set_header("X-Page-Count", str(drawn.pages))
        self.set_header("Cache-Control", "private, max-age=600")
        self.finish(drawn.jpeg)


def _etag(file: OpenFile) -> str:
    return f'"{file.sha256}"'


def _content_type(name: str) -> str:
    return f"{name}; charset=utf-8" if name.startswith("text/") else name


def _disposition(file: OpenFile) -> str:
    """RFC 6266, with the name in RFC 5987 form; the plain form is for software that knows no other."""
    plain = "".join(char if char.isascii() and (char.isalnum() or char in "-_. ") else "_" for char in file.name)
    how = "inline" if file.inline else "attachment"
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(file.name, safe='')}"


ROUTES = [
    ("/api/v1/spaces/([0-9a-f]{24})/files", SpaceFilesHandler),
    (FILE, FileHandler),
    (FILE + "/complete", FileCompleteHandler),
    (FILE + "/original", FileOriginalHandler),
    (FILE + "/identity", FileIdentityHandler),
    (FILE + "/content", FileContentHandler),
    (FILE + "/pages/([1-9][0-9]{0,3})", FilePageHandler),
]
