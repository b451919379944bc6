"""The H5 client: its built files, and index.html for every address of its own (history routing)."""

from pathlib import Path

from tornado.web import StaticFileHandler

from handlers.base import ApiHandler
from handlers.doors import Call, door
from schemas.api.base import NoBody
from services.errors import Problem
from services.permissions import PUBLIC

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; connect-src 'self' ws: wss:;"
    " style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)


class AssetHandler(StaticFileHandler):
    """Files whose names carry their hash: they never change, so they are kept for a year."""

    def set_extra_headers(self, path: str) -> None:
        self.set_header("Cache-Control", "public, max-age=31536000, immutable")
        self.set_header("X-Content-Type-Options", "nosniff")


class PageHandler(ApiHandler):
    @door("The H5 client", allow=PUBLIC, raw=True)
    async def get(self, call: Call[NoBody], path: str) -> None:
        if path.startswith(("api/", "socket.io", "assets/", "docs/")):
            raise Problem("request.not_found")
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


def _read(file: Path) -> bytes | None:
    """A page of a few kilobytes that the kernel has in memory: not worth a thread."""
    return file.read_bytes() if file.is_file() else None


ROUTES = [("/(.*)", PageHandler)]
