"""One WebSocket to Janus: requests and their answers by transaction, everything else to whoever listens.

Janus' own protocol (janus.conf.meetecho.com, "RESTful, WebSockets … API"): a plugin's answer comes at once
(``success``), or as an ``event`` of the same transaction after an ``ack``.
"""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Callable
from typing import Any

import orjson
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from services.hearings.media import MediaLostError

log = logging.getLogger("casespace.voice")

ANSWER_SECONDS = 3.0
CONNECT_SECONDS = 2.0
_ACKED = "acked-"  # begins transactions that have no other answer than the ack
Listen = Callable[[dict[str, Any]], None]
PLUGIN = "janus.plugin.audiobridge"


class JanusError(Exception):
    """Janus, or its plugin, refused a request."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code


class JanusLink:
    """Requests raise MediaLostError when Janus does not answer in time or the connection is gone."""

    def __init__(self, socket: WebSocketClientConnection, secret: str, listen: Listen) -> None:
        self._socket = socket
        self._secret = secret
        self._listen = listen
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def connect(cls, url: str, secret: str, listen: Listen) -> "JanusLink":
        request = HTTPRequest(url, connect_timeout=CONNECT_SECONDS, request_timeout=CONNECT_SECONDS)
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                socket = await websocket_connect(request, subprotocols=["janus-protocol"])
        except Exception as fault:  # whatever keeps it from connecting, there is no media server now
            raise MediaLostError(f"no connection: {type(fault).__name__}") from fault
        return cls(socket, secret, listen)

    async def ask(self, kind: str, **fields: Any) -> dict[str, Any]:
        """A request to Janus itself, or with ``body`` to the plugin behind a handle; the whole answer.

        Raises JanusError, MediaLostError.
        """
        if self._reader.done():
            raise MediaLostError("the connection is closed")
        transaction = (_ACKED if kind == "keepalive" else "") + secrets.token_hex(8)
        waiting = self._waiting[transaction] = asyncio.get_running_loop().create_future()
        message = {"janus": kind, "transaction": transaction, "apisecret": self._secret, **fields}
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._socket.write_message(orjson.dumps(message))
                return _checked(await waiting)
        except JanusError:
            raise
        except Exception as fault:  # a closed socket, or no answer: either way nothing is known
            raise MediaLostError(f"{kind}: {type(fault).__name__}") from fault
        finally:
            self._waiting.pop(transaction, None)

    async def close(self) -> None:
        self._socket.close()
        self._reader.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._reader

    async def _read(self) -> None:
        try:
            while (text := await self._socket.read_message()) is not None:
                self._take(orjson.loads(text))
        finally:
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(MediaLostError("the connection was closed"))

    def _take(self, message: dict[str, Any]) -> None:
        waiting = self._waiting.get(message.get("transaction", ""))
        if waiting is None:
            self._listen(message)
        elif not waiting.done() and (message["janus"] != "ack" or message["transaction"].startswith(_ACKED)):
            waiting.set_result(message)


def _checked(answer: dict[str, Any]) -> dict[str, Any]:
    if answer["janus"] == "error":
        raise JanusError(answer["error"]["code"], answer["error"]["reason"])
    data = answer.get("plugindata", {}).get("data", {})
    if "error_code" in data:
        raise JanusError(data["error_code"], data.get("error", ""))
    return answer


def plugin_data(answer: dict[str, Any]) -> dict[str, Any]:
    """What the plugin says in an answer or event."""
    data: dict[str, Any] = answer.get("plugindata", {}).get("data", {})
    return data
