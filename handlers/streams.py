"""Long answers, sent block by block."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

from tornado.http1connection import HTTP1Connection

from handlers.base import ApiHandler


class StreamHandler(ApiHandler):
    """A handler whose answer may be larger than memory."""

    _gone: "asyncio.Future[None] | None" = None

    async def send_blocks(self, blocks: AsyncIterator[bytes]) -> None:
        """Send block by block, each when the one before has left: a slow reader must not fill the memory.

        That readers leave is normal: players stop, people scroll on. Tornado then never wakes who waits for
        a flush, so the wait is for either.
        """
        gone = self._gone = asyncio.get_running_loop().create_future()
        async for block in blocks:
            self.write(block)
            flushed = asyncio.ensure_future(self.flush())
            await asyncio.wait({flushed, gone}, return_when=asyncio.FIRST_COMPLETED)
            if gone.done() or flushed.exception() is not None:
                flushed.cancel()
                return

    def on_connection_close(self) -> None:
        super().on_connection_close()
        if self._gone is not None and not self._gone.done():
            self._gone.set_result(None)

    def send_error(self, status_code: int = 500, **kwargs: Any) -> None:
        """Half-way through an answer, breaking the connection off is the only way left to say that it is wrong."""
        if not self._headers_written:
            super().send_error(status_code, **kwargs)
            return
        self.set_status(500)
        cast(HTTP1Connection, self.request.connection).stream.close()
        self.on_finish()
