"""The page's files: packed by the build, sent packed to who takes that."""

import gzip
from pathlib import Path

import aiohttp
import pytest
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application

from handlers.web import AssetHandler


@pytest.mark.parametrize(
    ("takes", "packed"),
    [
        ("gzip, deflate, br", True),
        ("*", True),
        ("", False),
        ("br", False),
        ("br, gzip;q=0", False),
        ("GZIP;q=0.5", True),
    ],
)
async def test_who_takes_gzip_gets_what_the_build_packed(tmp_path: Path, takes: str, packed: bool) -> None:
    assets = tmp_path / "assets"
    assets.mkdir()
    text = b"export const answer = 42\n" * 50
    (assets / "index-1.js").write_bytes(text)
    (assets / "index-1.js.gz").write_bytes(gzip.compress(text))
    server = HTTPServer(Application([("/assets/(.*)", AssetHandler, {"path": str(assets)})]))
    (socket,) = bind_sockets(0, "127.0.0.1")
    server.add_socket(socket)
    url = f"http://127.0.0.1:{socket.getsockname()[1]}/assets/index-1.js"
    try:
        async with (
            aiohttp.ClientSession(auto_decompress=False) as http,
            http.get(url, headers={"Accept-Encoding": takes}) as answer,
        ):
            body = await answer.read()
            assert answer.headers.get("Content-Encoding") == ("gzip" if packed else None)
            assert (answer.content_type, answer.headers["Vary"]) == ("text/javascript", "Accept-Encoding")
            assert (gzip.decompress(body) if packed else body) == text
    finally:
        server.stop()
