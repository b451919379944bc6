"""The one place that sends requests: time-outs, safe repetition, JSON, one log line and one metric a call."""

import asyncio
import errno
import json
import logging
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

from tornado.httpclient import HTTPRequest, HTTPResponse
from tornado.iostream import StreamClosedError
from tornado.simple_httpclient import HTTPStreamClosedError, HTTPTimeoutError, SimpleAsyncHTTPClient

from miniprogram_api.errors import TransportError, VendorError

log = logging.getLogger(__name__)
T = TypeVar("T")

# A day's bill is the largest answer there is; a compressed one of this size holds half a million rows.
_MAX_ANSWER = 64 * 1024 * 1024


@dataclass(frozen=True)
class Answer:
    """What a vendor sent back: status, headers with lower-case names, raw body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Outcome:
    """One finished call, for metrics: ``outcome`` is ``ok`` or the error's code; ``seconds`` spans all attempts."""

    api: str
    outcome: str
    attempts: int
    seconds: float


@dataclass(frozen=True)
class Call:
    """One call to a vendor.

    ``urls`` are tried in turn (a fail-over host comes second). ``headers`` is called for every attempt, because a
    signature with its nonce must not be sent twice. ``idempotent`` promises that the vendor treats a repetition
    as the same request; otherwise only an attempt that never left this machine is repeated.
    """

    api: str
    method: str
    urls: Sequence[str]
    headers: Callable[[], Mapping[str, str]]
    body: bytes | None = None
    idempotent: bool = False


@dataclass(frozen=True)
class HttpConfig:
    """Limits in seconds for one attempt; ``attempts`` counts the first one too; ``backoff`` seconds between two."""

    connect_timeout: float = 3.0
    request_timeout: float = 8.0
    attempts: int = 2
    backoff: float = 0.2
    max_clients: int = 100


class HttpClient:
    """Sends ``Call``s. One instance serves all vendors of a process; it opens its client in the running loop."""

    def __init__(self, config: HttpConfig | None = None, observe: Callable[[Outcome], None] | None = None) -> None:
        self._config = config or HttpConfig()
        self._observe = observe
        self._client: SimpleAsyncHTTPClient | None = None

    async def call(self, call: Call, read: Callable[[Answer], T]) -> T:
        """Send, let ``read`` judge the answer, and repeat where that is safe.

        Raises the ``VendorError`` of the last attempt: ``TransportError``, or whatever ``read`` raised.
        """
        started, attempt, outcome, rid = time.monotonic(), 0, "internal", ""
        try:
            while True:
                attempt += 1
                try:
                    result = read(await self._send(call, attempt - 1))
                except VendorError as error:
                    outcome, rid = error.code, error.rid
                    if attempt >= self._config.attempts or not _may_repeat(call, error):
                        raise
                else:
                    outcome, rid = "ok", ""
                    return result
                await asyncio.sleep(self._config.backoff)
        finally:
            self._report(Outcome(call.api, outcome, attempt, time.monotonic() - started), rid)

    def close(self) -> None:
        """Drop the connection pool; a later call opens a new one."""
        if self._client is not None:
            self._client.close()
            self._client = None

    async def _send(self, call: Call, turn: int) -> Answer:
        request = HTTPRequest(
            call.urls[turn % len(call.urls)],
            method=call.method,
            headers=dict(call.headers()),
            body=call.body,
            connect_timeout=self._config.connect_timeout,
            request_timeout=self._config.request_timeout,
            # A signed answer must come from the host that was asked.
            follow_redirects=False,
            decompress_response=True,
            allow_nonstandard_methods=True,
        )
        try:
            response = await self._fetch(request)
        except (HTTPTimeoutError, HTTPStreamClosedError, StreamClosedError, OSError) as error:
            _raise_transport(call.api, error)
        headers = {name.lower(): value for name, value in response.headers.get_all()}
        return Answer(response.code, headers, response.body or b"")

    def _fetch(self, request: HTTPRequest) -> Awaitable[HTTPResponse]:
        if self._client is None:
            # An instance of its own: the loop-wide default could be configured (and closed) by other code.
            self._client = SimpleAsyncHTTPClient(
                force_instance=True, max_clients=self._config.max_clients, max_body_size=_MAX_ANSWER
            )
        return self._client.fetch(request, raise_error=False)

    def _report(self, outcome: Outcome, rid: str) -> None:
        level = logging.INFO if outcome.outcome == "ok" else logging.WARNING
        fields = {
            "api": outcome.api,
            "outcome": outcome.outcome,
            "rid": rid,
            "ms": round(outcome.seconds * 1000, 1),
            "attempts": outcome.attempts,
        }
        log.log(level, "vendor call %(api)s %(outcome)s", fields, extra=fields)
        if self._observe is not None:
            self._observe(outcome)


def _may_repeat(call: Call, error: VendorError) -> bool:
    if isinstance(error, TransportError) and not error.sent:
        return True
    return call.idempotent and error.transient


# Tornado words the phase in which time ran out; in these the request had not left this machine.
_BEFORE_SENDING = ("while connecting", "in request queue", "while resolving", "during tls handshake")
_UNREACHABLE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL, errno.ENETDOWN}


def _raise_transport(api: str, error: Exception) -> NoReturn:
    """Sort an exception of the HTTP client by whether the request can have arrived."""
    if isinstance(error, HTTPTimeoutError):
        text = str(error).lower()
        if any(word in text for word in _BEFORE_SENDING):
            raise TransportError(api, "connect_timeout", sent=False) from error
        raise TransportError(api, "timeout", sent=True) from error
    unreachable = isinstance(error, OSError) and error.errno in _UNREACHABLE
    if unreachable or isinstance(error, (ConnectionRefusedError, socket.gaierror, ssl.SSLError)):
        raise TransportError(api, "connect_failed", sent=False) from error
    raise TransportError(api, "connection_closed", sent=True) from error


def read_json(api: str, answer: Answer) -> dict[str, Any]:
    """Decode a JSON object.

    Raises ``TransportError`` (``bad_answer``) for anything else: a gateway's HTML page tells nothing about what
    the vendor did with the request.
    """
    try:
        value = json.loads(answer.body)
    except ValueError as error:
        raise TransportError(api, "bad_answer", sent=True) from error
    if not isinstance(value, dict):
        raise TransportError(api, "bad_answer", sent=True)
    return value


def to_json(value: Mapping[str, Any]) -> bytes:
    """Compact UTF-8 JSON: these very bytes are what gets signed and sent."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
