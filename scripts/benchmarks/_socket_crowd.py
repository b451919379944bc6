"""A crowd of sockets for ``sockets.py``; a process of its own, so that it can be killed with all of them.

``python _socket_crowd.py PLAN.json`` reads ``{url, people: [[token, space_id]…]}``, connects everybody, and obeys
lines on stdin: ``storm`` (all drop and return within a second, and sync), ``end``. Every client offers
permessage-deflate, as browsers and WeChat's developer tools do. Answers are JSON lines.
"""

import asyncio
import json
import random
import sys
import time
from pathlib import Path
from typing import Any

import uvloop
from _socket_load import percentiles
from picows import WSError, WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

CONNECTING_AT_ONCE = 50
STORM_SECONDS = 1.0
OFFER = {"Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"}
SYNCED = b"430["


class Visitor(WSListener):
    """One socket; ``ready`` when its CONNECT, or the sync that it was asked to do, is answered."""

    def __init__(self, token: str, space_id: str | None) -> None:
        self.token = token
        self.space_id = space_id
        self.ready: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.transport: WSTransport | None = None

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self._done(well=False)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.CLOSE:
            transport.disconnect()
            return
        text = frame.get_payload_as_bytes()
        if text.startswith(SYNCED):
            self._done(well=b'"ok":true' in text[:16])
        elif text.startswith(b"40"):
            self._connected(transport)
        elif text.startswith(b"0"):
            transport.send(WSMsgType.TEXT, b"40" + json.dumps({"token": self.token}).encode())
        elif text == b"2":
            transport.send(WSMsgType.TEXT, b"3")

    def _connected(self, transport: WSTransport) -> None:
        if self.space_id is None:
            self._done(well=True)
            return
        question = json.dumps(["sync", {"spaces": {self.space_id: 0}, "limit": 50}])
        transport.send(WSMsgType.TEXT, b"420" + question.encode())

    def _done(self, *, well: bool) -> None:
        if not self.ready.done():
            self.ready.set_result(well)


class Crowd:
    def __init__(self, plan: dict[str, Any]) -> None:
        self._address = plan["url"].replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
        self._people: list[tuple[str, str]] = [tuple(person) for person in plan["people"]]
        self._here: list[Visitor] = []
        self._tries = 0

    async def arrive(self) -> dict[str, Any]:
        gate = asyncio.Semaphore(CONNECTING_AT_ONCE)

        async def one(token: str) -> Visitor:
            async with gate:
                return await self._enter(token, None)

        began = time.perf_counter()
        self._here = list(await asyncio.gather(*(one(token) for token, _ in self._people)))
        return {"connected": len(self._here), "seconds": time.perf_counter() - began}

    async def storm(self) -> dict[str, Any]:
        """Everybody's connection is cut; each comes back at a moment of the next second, and asks what it missed."""
        for visitor in self._here:
            if visitor.transport is not None:
                visitor.transport.disconnect(graceful=False)
        self._tries = 0
        began = time.perf_counter()
        waits = await asyncio.gather(*(self._return(token, space_id) for token, space_id in self._people))
        return {"all_back": time.perf_counter() - began, "tries": self._tries, "ms": percentiles(waits)}

    async def _return(self, token: str, space_id: str) -> float:
        """Seconds from its first try until it is connected and in sync."""
        await asyncio.sleep(random.random() * STORM_SECONDS)  # noqa: S311
        began = time.perf_counter()
        while True:
            try:
                self._here.append(await self._enter(token, space_id))
            except (OSError, TimeoutError, WSError):
                await asyncio.sleep(0.5 + random.random())  # noqa: S311
            else:
                return time.perf_counter() - began

    async def _enter(self, token: str, space_id: str | None) -> Visitor:
        self._tries += 1
        visitor = Visitor(token, space_id)
        await ws_connect(
            lambda: visitor, self._address, extra_headers=OFFER, websocket_handshake_timeout=30, logger_name=None
        )
        if not await asyncio.wait_for(visitor.ready, 30):
            raise ConnectionError("refused")
        return visitor


async def main() -> None:
    crowd = Crowd(json.loads(Path(sys.argv[1]).read_text()))
    print(json.dumps(await crowd.arrive()), flush=True)
    while (line := (await asyncio.to_thread(sys.stdin.readline)).strip()) and line != "end":
        print(json.dumps(await crowd.storm()), flush=True)


if __name__ == "__main__":
    uvloop.run(main())
