"""Passes one request's body on to the store while it arrives; nothing but a few chunks is ever held."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest, HTTPResponse

from services.errors import Problem

T = TypeVar("T")

QUEUED = 8  # chunks of 64 KiB
CONNECT_SECONDS = 3.0
UPLOAD_SECONDS = 900.0  # as long as the form is valid


class Relay:
    """One POST to the store, under way from construction on."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        self._chunks: asyncio.Queue[bytes | None] = asyncio.Queue(QUEUED)
        self._abandoned = asyncio.Event()
        # One client a request: it keeps no connections that sharing it could save.
        self._client = AsyncHTTPClient(force_instance=True)
        self._answer = asyncio.ensure_future(self._post(url, headers))
        self._answer.add_done_callback(self._close)

    async def write(self, chunk: bytes | None) -> None:
        """Hand on a chunk, waiting while the store is slower than the sender; None ends the body.

        Once the store has answered, what still comes is thrown away: the sender must be let finish its
        request, or it would never read the answer.
        """
        await _first(self._chunks.put(chunk), self._answer)

    async def finish(self) -> tuple[int, bytes]:
        """(status, body) of the store's answer. Raises Problem ``server.unavailable``."""
        await self.write(None)
        try:
            answer = await self._answer
        except (HTTPClientError, OSError):
            raise Problem("server.unavailable", retry_after=1) from None
        return answer.code, answer.body

    def cancel(self) -> None:
        """The sender has gone, and the request to the store with it: the store drops half an object."""
        self._abandoned.set()

    async def _post(self, url: str, headers: dict[str, str]) -> HTTPResponse:
        request = HTTPRequest(
            url,
            method="POST",
            headers=headers,
            body_producer=self._produce,  # type: ignore[arg-type] # declared without the awaitables that it takes
            connect_timeout=CONNECT_SECONDS,
            request_timeout=UPLOAD_SECONDS,
            follow_redirects=False,
        )
        return await self._client.fetch(request, raise_error=False)

    async def _produce(self, write: Callable[[bytes], Awaitable[None]]) -> None:
        abandoned = asyncio.ensure_future(self._abandoned.wait())
        try:
            while (chunk := await _first(self._chunks.get(), abandoned)) is not None:
                await write(chunk)
        finally:
            abandoned.cancel()
        if self._abandoned.is_set():
            raise ConnectionAbortedError  # raised into Tornado's client, which closes the connection to the store

    def _close(self, answer: "asyncio.Future[HTTPResponse]") -> None:
        self._client.close()
        if not answer.cancelled():
            answer.exception()  # whoever abandoned the request does not ask how it ended


async def _first(work: Coroutine[Any, Any, T], end: "asyncio.Future[Any]") -> T | None:
    """The result of ``work``, or None when ``end`` comes first."""
    task = asyncio.ensure_future(work)
    await asyncio.wait({task, end}, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        return task.result()
    task.cancel()
    return None
