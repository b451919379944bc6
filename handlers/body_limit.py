"""How large a body may be, before anything is done with it.

Tornado's own limit answers a bare 400 and breaks the connection off. Here the rest of a body that is too large is
read and dropped, as far as that is reasonable, so that the client hears why: closing at once would lose the answer.
Handlers that read a stream see to their own limits.
"""

import asyncio
from collections.abc import Awaitable
from typing import Any

from tornado.httputil import HTTPHeaders, HTTPMessageDelegate, HTTPServerRequest, RequestStartLine, ResponseStartLine
from tornado.web import Application, _HandlerDelegate

from handlers.base import TooLargeHandler

MAX_BODY_BYTES = 4 << 20
DROPPED_BYTES = 32 << 20  # the server's own limit: beyond it, connections are broken off


class BodyLimit(HTTPMessageDelegate):
    """Stands before a handler; passes on what is small enough, and answers 413 otherwise."""

    def __init__(self, inner: _HandlerDelegate, refusal: _HandlerDelegate) -> None:
        self._inner = inner
        self._refusal = refusal
        self._size = 0
        self._refused = False

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> Awaitable[None] | None:
        announced = headers.get("Content-Length", "")
        if announced.isdecimal() and int(announced) > MAX_BODY_BYTES:
            self._refused = True
            return self._answer_at_once() if int(announced) > DROPPED_BYTES else None
        return self._inner.headers_received(start_line, headers)

    async def _answer_at_once(self) -> None:
        """Before Tornado looks at the length itself, answers 400 and hangs up."""
        self._refusal.execute()
        while not self._refusal.handler._finished:
            await asyncio.sleep(0)

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        self._size += len(chunk)
        if self._size > MAX_BODY_BYTES and not self._refused:  # a chunked body tells no length beforehand
            self._refused = True
            self._inner.on_connection_close()  # lets go of what was kept
        return None if self._refused else self._inner.data_received(chunk)

    def finish(self) -> None:
        if self._refused:
            self._refusal.finish()
        else:
            self._inner.finish()

    def on_connection_close(self) -> None:
        self._inner.on_connection_close()


class LimitedApplication(Application):
    """An application whose handlers never see a body above the limit."""

    def find_handler(self, request: HTTPServerRequest, **kwargs: Any) -> HTTPMessageDelegate | None:  # type: ignore[override]
        found = super().find_handler(request, **kwargs)
        if not isinstance(found, _HandlerDelegate) or found.stream_request_body:
            return found
        refusal = self.get_handler_delegate(request, TooLargeHandler, self.settings["default_handler_args"])
        return BodyLimit(found, refusal)
