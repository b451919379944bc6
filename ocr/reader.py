"""Reader: what services call. Files in, readings out; the engines behind it live in processes of their own."""

import asyncio
from dataclasses import dataclass
from types import TracebackType

from ocr.engine_process import EngineProcess
from ocr.faults import ReadingFault
from ocr.kinds.names import KINDS
from ocr.options import ReaderOptions
from ocr.readings import Reading
from ocr.sniff import sniff
from ocr.weights import ready


@dataclass(frozen=True, slots=True)
class ReaderState:
    """What an operator sees of the queue. `rss_mb` is the memory of the largest engine after its last job."""

    available: bool
    waiting: int
    running: int
    most_waiting: int
    rss_mb: int
    starts: int


class Reader:
    """Reads one file at a time with each engine; the others wait, in order, up to a bound.

    The queue is memory only: who must not lose a job keeps it in an outbox and calls `read` from there.
    """

    def __init__(self, options: ReaderOptions | None = None) -> None:
        self._options = options or ReaderOptions()
        self._engines = [EngineProcess(self._options) for _ in range(self._options.processes)]
        self._idle: asyncio.LifoQueue[EngineProcess] = asyncio.LifoQueue()  # the warm one first
        for engine in reversed(self._engines):
            self._idle.put_nowait(engine)
        self._waiting = 0
        self._closed = False

    @property
    def state(self) -> ReaderState:
        running = len(self._engines) - self._idle.qsize()
        rss = max(engine.rss_mb for engine in self._engines)
        starts = sum(engine.starts for engine in self._engines)
        return ReaderState(self.available, self._waiting, running, self._options.most_waiting, rss, starts)

    @property
    def pids(self) -> list[int]:
        """Of the engines that run now."""
        return [engine.pid for engine in self._engines if engine.pid is not None]

    @property
    def available(self) -> bool:
        """Whether engine and weights are installed. That an engine then starts is seen when it does."""
        return not self._closed and ready(self._options)

    async def start(self) -> None:
        """Warm an engine up, about three seconds; not needed, since the first job does it. Raises ReadingFault."""
        self._check_available()
        engine = await self._idle.get()
        try:
            await engine.start()
        finally:
            self._idle.put_nowait(engine)

    async def read(self, data: bytes, content_type: str = "", kind: str | None = None) -> Reading:
        """Read a file of up to `Limits.file_bytes` bytes. `kind` is one of `KINDS`, or None to let the paper tell.

        `content_type` only refuses what cannot be a paper (audio, video); else the bytes tell what the file is.
        Raises ReadingFault with a code out of `ocr.faults.CODES`, and ValueError for an unknown kind.
        """
        if kind is not None and kind not in KINDS:
            raise ValueError(kind)
        if content_type.startswith(("audio/", "video/", "text/")):
            raise ReadingFault("reading.type_unsupported")
        sniff(data, self._options.limits.file_bytes)
        self._check_available()
        engine = await self._next_engine()
        try:
            return await engine.read(data, kind)
        finally:
            self._idle.put_nowait(engine)

    async def close(self) -> None:
        """Kill the engines. What is being read fails with reading.failed."""
        self._closed = True
        for engine in self._engines:
            await engine.kill()

    def _check_available(self) -> None:
        if not self.available:
            raise ReadingFault("reading.unavailable")

    async def _next_engine(self) -> EngineProcess:
        if self._waiting >= self._options.most_waiting:
            raise ReadingFault("reading.queue_full")
        self._waiting += 1
        try:
            return await self._idle.get()
        finally:
            self._waiting -= 1

    async def __aenter__(self) -> "Reader":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
