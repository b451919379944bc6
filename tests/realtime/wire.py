"""A WebSocket client that does only what it is told: for clients that are slow, silent, rude or broken."""

import asyncio
import os
import struct
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import orjson

from realtime.engine import Pace
from server.web import Web
from server.wiring import House
from tests.house import Person
from tests.patience import PATIENCE

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
PATH = "/socket.io/?EIO=4&transport=websocket"


class RefusedError(Exception):
    """The server answered the upgrade with something else: ``status`` and the headers."""

    def __init__(self, status: int, headers: Mapping[str, str]) -> None:
        super().__init__(status)
        self.status = status
        self.headers = headers


class Wire:
    """One connection. It reads only when asked to, and answers neither pings nor closing frames."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, headers: Mapping[str, str]) -> None:
        self.reader = reader
        self.writer = writer
        self.headers = headers

    async def send(self, payload: str | bytes) -> None:
        """A text frame for str, a binary one for bytes."""
        if isinstance(payload, str):
            await self.frame(TEXT, payload.encode())
        else:
            await self.frame(BINARY, payload)

    async def frame(self, opcode: int, payload: bytes) -> None:
        mask = os.urandom(4)
        size = len(payload)
        head = bytes([0x80 | opcode])
        if size < 126:
            head += bytes([0x80 | size])
        elif size < 1 << 16:
            head += struct.pack("!BH", 0x80 | 126, size)
        else:
            head += struct.pack("!BQ", 0x80 | 127, size)
        key = int.from_bytes(mask * (size // 4 + 1))
        padded = payload + bytes(4 - size % 4)
        masked = (int.from_bytes(padded) ^ key).to_bytes(len(padded))[:size]
        self.writer.write(head + mask + masked)
        await self.writer.drain()

    async def receive(self, seconds: float = PATIENCE) -> tuple[int, bytes]:
        """The next frame. IncompleteReadError or ConnectionError when the connection is over."""
        async with asyncio.timeout(seconds):
            first, second = await self.reader.readexactly(2)
            size = second & 0x7F
            if size == 126:
                (size,) = struct.unpack("!H", await self.reader.readexactly(2))
            elif size == 127:
                (size,) = struct.unpack("!Q", await self.reader.readexactly(8))
            return first & 0x0F, await self.reader.readexactly(size)

    async def text(self, seconds: float = PATIENCE) -> str:
        opcode, payload = await self.receive(seconds)
        assert opcode == TEXT, (opcode, payload)
        return payload.decode()

    async def closed(self, seconds: float = PATIENCE) -> int | None:
        """Wait for the end, answering nothing; the code of the closing frame, if one came."""
        try:
            while True:
                opcode, payload = await self.receive(seconds)
                if opcode == CLOSE:
                    return int.from_bytes(payload[:2]) if payload else None
        except (asyncio.IncompleteReadError, ConnectionError):
            return None

    async def greet(self, person: Person) -> None:
        """CONNECT as somebody, and wait for the answer."""
        await self.send("40" + orjson.dumps({"token": person.token}).decode())
        answer = await self.text()
        assert answer.startswith("40"), answer

    def abort(self) -> None:
        """End as a phone does that loses its network, except that the other side learns of it."""
        self.writer.transport.abort()


async def open_wire(url: str, *, path: str = PATH, opening: bool = True, **headers: str) -> Wire:
    """Upgrade, and read Engine.IO's opening. Raises RefusedError when the server does not upgrade."""
    parts = urlsplit(url)
    assert parts.hostname is not None
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    asked = {
        "Host": parts.netloc,
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in asked.items())]
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
    head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)).decode().split("\r\n")
    status = int(head[0].split()[1])
    answered = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
    if status != 101:
        writer.close()
        raise RefusedError(status, answered)
    wire = Wire(reader, writer, answered)
    if opening:
        assert (await wire.text()).startswith("0{")
    return wire


@asynccontextmanager
async def wire(url: str, **headers: str) -> AsyncIterator[Wire]:
    opened = await open_wire(url, path=PATH, opening=True, **headers)
    try:
        yield opened
    finally:
        opened.writer.close()


@asynccontextmanager
async def doors(house: House, pace: Pace | None = None) -> AsyncIterator[tuple[Web, str]]:
    """The doors of a process, with a pace of the test's own."""
    web = Web(house, pace)
    await web.start()
    try:
        yield web, f"http://127.0.0.1:{web.port}"
    finally:
        await web.stop()
