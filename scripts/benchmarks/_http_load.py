"""A load generator that costs little: raw HTTP/1.1 over kept-alive connections, for one loopback server."""

import asyncio
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import urlsplit

_END = b"\r\n\r\n"
_LENGTH = b"content-length:"

MakeRequest = Callable[[], bytes]


class Connection(asyncio.Protocol):
    """One request at a time."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._waiting: asyncio.Future[tuple[int, bytes]] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one without saying so

    def connection_lost(self, exc: Exception | None) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(ConnectionError("the server closed the connection"))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head = self._buffer.find(_END)
        if head < 0:
            return
        lower = bytes(self._buffer[:head]).lower()
        at = lower.find(_LENGTH)
        length = int(lower[at + len(_LENGTH) :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        whole = head + len(_END) + length
        if len(self._buffer) < whole:
            return
        status = int(self._buffer[9:12])
        body = bytes(self._buffer[head + len(_END) : whole])
        del self._buffer[:whole]
        waiting, self._waiting = self._waiting, None
        if waiting is not None and not waiting.done():
            waiting.set_result((status, body))

    def send(self, request: bytes) -> "asyncio.Future[tuple[int, bytes]]":
        """The status and body to come."""
        assert self._transport is not None
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._waiting

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


@dataclass
class Outcome:
    """What one run of load measured; latencies in seconds, of answered requests."""

    seconds: float
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def good(self, status: int) -> int:
        return self.statuses[status]

    def rate(self) -> float:
        return len(self.latencies) / self.seconds

    def quantile(self, share: float) -> float:
        """In milliseconds."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000


async def connect(base_url: str, count: int) -> list[Connection]:
    parts = urlsplit(base_url)
    loop = asyncio.get_running_loop()
    address = parts.hostname or "", parts.port or 80
    return [(await loop.create_connection(Connection, *address))[1] for _ in range(count)]


async def saturate(connections: list[Connection], make: MakeRequest, seconds: float) -> Outcome:
    """Every connection sends its next request as soon as the last one is answered."""
    outcome, started = Outcome(seconds), time.perf_counter()
    until = started + seconds

    async def keep_on(connection: Connection) -> None:
        while (sent := time.perf_counter()) < until:
            status, _ = await connection.send(make())
            outcome.latencies.append(time.perf_counter() - sent)
            outcome.statuses[status] += 1

    await asyncio.gather(*(keep_on(connection) for connection in connections))
    outcome.seconds = time.perf_counter() - started
    return outcome


async def at_rate(connections: list[Connection], make: MakeRequest, rate: float, seconds: float) -> Outcome:
    """Requests begin on schedule whatever the server does; a latency counts from when it should have begun."""
    outcome, free = Outcome(seconds), deque(connections)
    loop, running = asyncio.get_running_loop(), set[asyncio.Task[None]]()
    queue: asyncio.Queue[float] = asyncio.Queue()
    started = time.perf_counter()

    async def one(connection: Connection, due: float) -> None:
        status, _ = await connection.send(make())
        outcome.latencies.append(time.perf_counter() - due)
        outcome.statuses[status] += 1
        if not queue.empty():
            begin(connection, queue.get_nowait())
        else:
            free.append(connection)

    def begin(connection: Connection, due: float) -> None:
        task = loop.create_task(one(connection, due))
        running.add(task)
        task.add_done_callback(running.discard)

    for number in range(int(rate * seconds)):
        due = started + number / rate
        if (wait := due - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        if free:
            begin(free.popleft(), due)
        else:
            queue.put_nowait(due)
    while running:
        await asyncio.wait(set(running))
    outcome.seconds = time.perf_counter() - started
    return outcome
