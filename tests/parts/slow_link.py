"""A relay between a process under test and a part, which delays what the part answers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit


class SlowLink:
    """While ``delay`` is above 0, every piece that comes back waits so many seconds."""

    def __init__(self, host: str, port: int) -> None:
        self._target = host, port
        self.port = 0
        self.delay = 0.0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(*self._target)
        ways = [asyncio.create_task(self._pass(reader, back, 0)), asyncio.create_task(self._pass(there, writer, 1))]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        for end in (writer, back):
            end.close()

    async def _pass(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, slow: int) -> None:
        while piece := await source.read(1 << 16):
            await asyncio.sleep(self.delay * slow)
            sink.write(piece)
            await sink.drain()


@asynccontextmanager
async def slow_mongo(uri: str) -> AsyncIterator[tuple[str, SlowLink]]:
    """``(uri, link)``: a way to the mongod of ``uri`` through a link of one's own."""
    parts = urlsplit(uri)
    link = SlowLink(parts.hostname or "", parts.port or 27017)
    server = await asyncio.start_server(link.serve, "127.0.0.1", 0)
    link.port = server.sockets[0].getsockname()[1]
    # directly: a replica set would name its own address, past the link
    try:
        yield f"mongodb://127.0.0.1:{link.port}/?directConnection=true", link
    finally:
        link.delay = 0.0
        server.close()
