"""Sending: time-outs, what is repeated and what never is, fail-over, the log line and the metric."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from miniprogram_api.errors import TransportError
from miniprogram_api.http import Answer, Call, HttpClient, HttpConfig, Outcome, read_json

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n" + b'{"ok":true}'
BUSY = b"HTTP/1.1 503 Busy\r\nContent-Length: 2\r\n\r\n{}"


@dataclass
class RawServer:
    """A server of plain bytes: ``script`` says what each next connection gets; None closes without an answer."""

    script: list[bytes | float | None] = field(default_factory=list)
    heads: list[bytes] = field(default_factory=list)
    url: str = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.heads.append(await reader.readuntil(b"\r\n\r\n"))
            step = self.script.pop(0) if self.script else OK
            if isinstance(step, float):
                await asyncio.sleep(step)
            elif step is not None:
                writer.write(step)
                await writer.drain()
        finally:
            writer.close()


@pytest.fixture
async def servers() -> AsyncIterator[Callable[[], Awaitable[RawServer]]]:
    running: list[asyncio.Server] = []

    async def start() -> RawServer:
        raw = RawServer()
        server = await asyncio.start_server(raw.serve, "127.0.0.1", 0)
        running.append(server)
        raw.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/x"
        return raw

    yield start
    for server in running:
        server.close()


@pytest.fixture
async def seen() -> list[Outcome]:
    return []


@pytest.fixture
async def http(seen: list[Outcome]) -> AsyncIterator[HttpClient]:
    client = HttpClient(HttpConfig(connect_timeout=0.8, request_timeout=0.8, backoff=0.01), seen.append)
    yield client
    client.close()


def closed_port() -> str:
    """An address where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/x"


def call(*urls: str, idempotent: bool = False) -> Call:
    counter = iter(range(100))
    return Call(
        "test",
        "POST",
        urls,
        lambda: {"X-Attempt": str(next(counter))},
        b"secret body",
        idempotent,
    )


def read(answer: Answer) -> bool:
    if answer.status != 200:
        raise TransportError("test", "bad_answer", sent=True)
    return bool(read_json("test", answer)["ok"])


Start = Callable[[], Awaitable[RawServer]]


async def failure(http: HttpClient, what: Call) -> TransportError:
    with pytest.raises(TransportError) as caught:
        await http.call(what, read)
    return caught.value


async def test_a_good_answer(http: HttpClient, servers: Start, seen: list[Outcome]) -> None:
    server = await servers()
    assert await http.call(call(server.url), read) is True
    assert [(o.api, o.outcome, o.attempts) for o in seen] == [("test", "ok", 1)]
    assert seen[0].seconds > 0


async def test_an_idempotent_call_is_repeated_with_new_headers(http: HttpClient, servers: Start) -> None:
    server = await servers()
    server.script = [None]
    assert await http.call(call(server.url, idempotent=True), read)
    assert [b"X-Attempt: 0" in server.heads[0], b"X-Attempt: 1" in server.heads[1]] == [True, True]


@pytest.mark.parametrize("step", [None, BUSY, 5.0])
async def test_what_may_have_arrived_is_not_repeated(
    http: HttpClient, servers: Start, step: bytes | float | None
) -> None:
    server = await servers()
    server.script = [step]
    error = await failure(http, call(server.url))
    assert error.sent
    assert len(server.heads) == 1


async def test_two_attempts_are_the_most(http: HttpClient, servers: Start, seen: list[Outcome]) -> None:
    server = await servers()
    server.script = [BUSY, BUSY, BUSY]
    assert (await failure(http, call(server.url, idempotent=True))).reason == "bad_answer"
    assert len(server.heads) == 2
    assert seen[0].attempts == 2


async def test_what_never_left_goes_to_the_second_host(http: HttpClient, servers: Start) -> None:
    server = await servers()
    assert await http.call(call(closed_port(), server.url), read)
    assert len(server.heads) == 1


async def test_a_lost_answer_goes_to_the_second_host_only_if_idempotent(http: HttpClient, servers: Start) -> None:
    first, second = await servers(), await servers()
    first.script = [5.0, 5.0]
    assert await http.call(call(first.url, second.url, idempotent=True), read)
    error = await failure(http, call(first.url, second.url))
    assert (error.reason, error.sent, len(second.heads)) == ("timeout", True, 1)


async def test_nobody_there(http: HttpClient) -> None:
    error = await failure(http, call(closed_port()))
    assert (error.reason, error.sent, error.retryable) == ("connect_failed", False, True)


async def test_an_unanswered_connection_attempt_is_unsent() -> None:
    """A full accept queue leaves the handshake hanging, as a dead host does."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        fillers = [socket.socket() for _ in range(4)]
        try:
            for filler in fillers:
                filler.setblocking(False)
                filler.connect_ex(full.getsockname())
            client = HttpClient(HttpConfig(connect_timeout=0.15, request_timeout=0.5, attempts=1))
            error = await failure(client, call(f"http://127.0.0.1:{full.getsockname()[1]}/x"))
            client.close()
        finally:
            for filler in fillers:
                filler.close()
    assert (error.reason, error.sent) == ("connect_timeout", False)


async def test_waiting_in_our_own_queue_is_unsent(servers: Start) -> None:
    server = await servers()
    server.script = [5.0]
    client = HttpClient(HttpConfig(connect_timeout=0.5, request_timeout=1.5, attempts=1, max_clients=1))
    first = asyncio.ensure_future(failure(client, call(server.url)))
    await asyncio.sleep(0.05)
    second = await failure(client, call(server.url))
    assert (await first).sent
    assert (second.reason, second.sent) == ("connect_timeout", False)
    client.close()


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"", b"\xff"])
def test_only_json_objects_count_as_answers(body: bytes) -> None:
    with pytest.raises(TransportError, match="bad_answer"):
        read_json("test", Answer(200, {}, body))


async def test_redirects_are_not_followed(http: HttpClient, servers: Start) -> None:
    first, second = await servers(), await servers()
    first.script = [f"HTTP/1.1 302 Found\r\nLocation: {second.url}\r\nContent-Length: 0\r\n\r\n".encode()]
    await failure(http, call(first.url))
    assert second.heads == []


async def test_the_log_line_has_no_address_query_or_body(
    http: HttpClient, servers: Start, caplog: pytest.LogCaptureFixture
) -> None:
    server = await servers()
    with caplog.at_level(logging.INFO, "miniprogram_api"):
        await http.call(call(server.url + "?secret=s3cret"), read)
        await failure(http, call(closed_port() + "?secret=s3cret"))
    good, bad = ours = [record for record in caplog.records if record.name.startswith("miniprogram_api")]
    assert (good.levelno, bad.levelno) == (logging.INFO, logging.WARNING)
    for record in ours:
        assert {"api", "outcome", "rid", "ms", "attempts"} <= set(record.__dict__)
        assert "secret" not in str(record.__dict__)
    assert bad.__dict__["outcome"] == "transport.connect_failed"


async def test_a_bug_in_reading_is_counted_too(http: HttpClient, servers: Start, seen: list[Outcome]) -> None:
    server = await servers()

    def broken(_: Answer) -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        await http.call(call(server.url), broken)
    assert seen[0].outcome == "internal"
