"""The H5 client: its built files, and index.html for every address of its own (history routing)."""

import logging
import mimetypes
import secrets
from pathlib import Path
from typing import Any

import orjson
from tornado.web import HTTPError, StaticFileHandler

from handlers.base import ApiHandler
from handlers.doors import Call, door
from handlers.problems import CONTENT_TYPE, body_of, from_status, status_of
from schemas.api.base import NoBody
from services.errors import Problem
from services.permissions import PUBLIC

log = logging.getLogger("casespace.http")

PACKED = ".gz"
NOT_PAGES = ("/api/", "/socket.io", "/assets/", "/docs/")  # whatever the verb, nothing else is there
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; connect-src 'self' ws: wss:;"
    " style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)


class AssetHandler(StaticFileHandler):
    """Files whose names carry their hash: they never change, so they are kept for a year.

    The build packs text ahead (``web/vite.config.ts``): who takes gzip gets that, a third of the bytes.
    """

    @classmethod
    def get_absolute_path(cls, root: str, path: str) -> str:
        """Packed files are no addresses of their own."""
        return super().get_absolute_path(root, path.removesuffix(PACKED))

    def validate_absolute_path(self, root: str, absolute_path: str) -> str | None:
        found = super().validate_absolute_path(root, absolute_path)
        if found is None or not Path(found + PACKED).is_file():
            return found
        self.set_header("Vary", "Accept-Encoding")
        if not _takes_gzip(self.request.headers.get("Accept-Encoding", "")):
            return found
        self.set_header("Content-Encoding", "gzip")
        return super().validate_absolute_path(root, found + PACKED)

    def get_content_type(self) -> str:
        """Of what is packed, not of the packing."""
        assert self.absolute_path is not None  # the file is opened by now
        return mimetypes.guess_type(self.absolute_path.removesuffix(PACKED))[0] or "application/octet-stream"

    def set_default_headers(self) -> None:
        self.clear_header("Server")

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """As everywhere else. Tornado's reasons name the path asked for."""
        problem = from_status(404 if status_code == 403 else status_code)
        self.set_status(status_of(problem.type))
        self.set_header("Content-Type", CONTENT_TYPE)
        request_id = secrets.token_hex(12)
        self.set_header("X-Request-Id", request_id)
        self.finish(orjson.dumps(body_of(problem, request_id)))

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Tornado's would write down who asked for what."""
        if not isinstance(value, HTTPError):
            log.error("unhandled %s", typ.__name__, exc_info=(typ, value, tb))

    def set_extra_headers(self, path: str) -> None:
        self.set_header("Cache-Control", "public, max-age=31536000, immutable")
        self.set_header("X-Content-Type-Options", "nosniff")


class PageHandler(ApiHandler):
    def prepare(self) -> None:
        super().prepare()
        if self.request.path.startswith(NOT_PAGES):
            raise Problem("request.not_found")

    @door("The H5 client", allow=PUBLIC, raw=True)
    async def get(self, call: Call[NoBody], path: str) -> None:
        name = path if path in {"favicon.ico", "favicon.svg", "manifest.webmanifest"} else "index.html"
        file = Path(self.edge.web_root, name)
        content = _read(file)
        if content is None:
            raise Problem("request.not_found", "网页尚未构建")
        kinds = {".html": "text/html; charset=utf-8", ".svg": "image/svg+xml", ".ico": "image/x-icon"}
        self.set_header("Content-Type", kinds.get(file.suffix, "application/json"))
        self.set_header("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        self.set_header("Permissions-Policy", "microphone=(self), camera=(self), geolocation=(self)")
        self.set_header("Cache-Control", "no-cache")
        self.finish(content)


def _takes_gzip(accepted: str) -> bool:
    """RFC 9110, 12.5.3, as far as clients use it: named, and not with a weight of nought."""
    for one in accepted.lower().split(","):
        name, _, weight = one.partition(";")
        if name.strip() in ("gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def _read(file: Path) -> bytes | None:
    """A page of a few kilobytes that the kernel has in memory: not worth a thread."""
    return file.read_bytes() if file.is_file() else None


ROUTES = [("/(.*)", PageHandler)]
