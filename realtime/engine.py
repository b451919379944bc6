"""The transport: python-socketio on Tornado, with the faults of the stock driver put right in this one module.

Pinned to exact versions of python-socketio, python-engineio and Tornado (constraints.txt); tests/realtime/
test_engine.py fails when one of them changes under it. What is different from stock, and why:

* no compression (190 KiB a socket), TCP_NODELAY on (else acknowledgements wait 40 ms for a delayed ACK);
* packets are written straight to the stream: no queue, no writer task, no task per packet and receiver;
* what comes in is handled in order, and the next packet is read after it: back-pressure for free;
* a client that does not read is cut off when 1 MiB waits for it; one that never says CONNECT, after 10 s;
* from the moment we close a connection it is told nothing and heard no more, whatever its client does;
* binary packets, which no event uses, are refused: stock collects as many attachments as a client announces;
* pings are timers, not tasks; a disconnect costs the same however many sockets there are, and when thousands
  of them end at once they are seen off a few in each turn of the loop (``turns.py``);
* a foreign Origin, another transport or protocol is refused before the upgrade.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import engineio
import orjson
import socketio
from engineio import packet as eio_packet
from engineio.async_drivers.tornado import translate_request
from engineio.async_socket import AsyncSocket
from engineio.exceptions import UnknownPacketError
from socketio import packet as sio_packet
from tornado.iostream import IOStream, StreamBufferFullError, StreamClosedError
from tornado.web import HTTPError
from tornado.websocket import WebSocketHandler

from realtime.frames import ack_frame, text_frame
from realtime.turns import Turns

if TYPE_CHECKING:
    import socket as kernel

    from tornado.ioloop import IOLoop

log = logging.getLogger("casespace.socket")
_ending: set[asyncio.Task[None]] = set()  # the loop itself keeps only weak references to tasks

MAX_MESSAGE_BYTES = 256 << 10
MAX_WAITING_BYTES = 1 << 20
NORMAL = 1000
GOING_AWAY = 1001
POLICY = 1008
LEAVING_AT_ONCE = 20
BINARY_TYPES = (str(sio_packet.BINARY_EVENT), str(sio_packet.BINARY_ACK))


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a connection waits for its client, in seconds."""

    connect: float = 10.0  # for CONNECT, after the opening and after a DISCONNECT
    ping_interval: float = 25.0
    ping_timeout: float = 20.0


class Json:
    """orjson behind the names python-socketio expects. Chinese stays Chinese: half the size of escapes."""

    @staticmethod
    def dumps(value: Any, **_: Any) -> str:
        return orjson.dumps(value).decode()

    @staticmethod
    def loads(text: str | bytes, **_: Any) -> Any:
        return orjson.loads(text)


class EngineSocket(AsyncSocket):  # type: ignore[misc]
    """One Engine.IO connection over one WebSocket."""

    def __init__(self, server: "Engine", sid: str, handler: "SocketHandler") -> None:
        super().__init__(server, sid)
        self.handler = handler
        self.connected = True
        self.upgraded = True
        self.closing = False
        self.greeted = False  # CONNECT was answered: events may be sent
        self._timer: asyncio.TimerHandle | None = None

    async def receive(self, pkt: eio_packet.Packet) -> None:
        """Stock runs the message handler behind a net that logs a trace for every malformed packet, and goes on.

        Raises whatever a packet provokes; ``SocketHandler.on_message`` then closes.
        """
        if pkt.packet_type == eio_packet.MESSAGE:
            await self.server.handlers["message"](self.sid, pkt.data)
        elif pkt.packet_type == eio_packet.PONG:
            self.schedule_ping()
        elif pkt.packet_type == eio_packet.CLOSE:
            self.end(NORMAL, "")
        else:
            raise UnknownPacketError

    async def send(self, pkt: eio_packet.Packet) -> None:
        self.write(text_frame(pkt.encode().encode()))

    def write(self, frame: bytes) -> None:
        """Hand a ready frame to the kernel, or to the buffer while the client is slow.

        The first try goes straight to the socket: Tornado's ``write`` makes a future for every call, which at a
        room of five is a tenth of what a message costs.
        """
        stream = self._stream()
        if stream is None or self.closing or stream.closed():
            return
        try:
            if type(stream) is IOStream and not stream.writing():
                frame = frame[_send(stream.socket, frame) :]
                if not frame:
                    return
            stream.write(frame)
        except StreamBufferFullError:
            log.warning("a client that does not read was cut off", extra={"waiting_bytes": MAX_WAITING_BYTES})
            self._abort()
        except (StreamClosedError, OSError):
            self._abort()

    def end(self, code: int, reason: str) -> None:
        """Say good-bye; from here on nothing is heard from the client and nothing is told to it."""
        self.closing = True
        self.stop_timer()
        try:
            self.handler.close(code, reason)
        except StreamBufferFullError:
            self._abort()  # not even the closing frame fits: the client has not read for long

    def schedule_ping(self) -> None:
        """Ask in a while whether the client is there. A PONG before CONNECT earns no more time."""
        if self.greeted:
            self._set_timer(self.server.pace.ping_interval, self._ping)

    def _ping(self) -> None:
        self.write(text_frame(b"2"))
        self._set_timer(self.server.pace.ping_timeout, self._silent)

    def _silent(self) -> None:
        stream = self._stream()  # closing lets go of it
        self.end(GOING_AWAY, "ping timeout")
        if stream is not None:  # a dead peer never answers the closing handshake
            stream.close()

    def _abort(self) -> None:
        stream = self._stream()
        if stream is not None:
            stream.close()

    def _stream(self) -> IOStream | None:
        return getattr(self.handler.ws_connection, "stream", None)

    def expect_connect(self) -> None:
        self._set_timer(self.server.pace.connect, self._never_connected)

    def _never_connected(self) -> None:
        self.end(POLICY, "no CONNECT")

    def stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _set_timer(self, seconds: float, action: Callable[[], None]) -> None:
        self.stop_timer()
        if not self.closing:
            self._timer = asyncio.get_running_loop().call_later(seconds, action)


def _send(target: "kernel.socket", frame: bytes) -> int:
    """How much the kernel took at once."""
    try:
        return target.send(frame)
    except BlockingIOError:
        return 0


class Engine(engineio.AsyncServer):  # type: ignore[misc]
    """Engine.IO over WebSocket only; the handler below calls it directly."""

    pace = Pace()

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.turns: Turns | None = None
        self._leaving: deque[EngineSocket] = deque()
        self._seeing_off: asyncio.Task[None] | None = None

    def leave(self, socket: EngineSocket) -> None:
        """A connection ended. Thousands may end at once: they are seen off a few at a time, with others between."""
        socket.stop_timer()
        socket.closing = True
        self._leaving.append(socket)
        if self._seeing_off is None:
            self._seeing_off = asyncio.get_running_loop().create_task(self._see_off())

    async def _see_off(self) -> None:
        while self._leaving:
            for _ in range(min(LEAVING_AT_ONCE, len(self._leaving))):
                task = asyncio.get_running_loop().create_task(self.gone(self._leaving.popleft()))
                _ending.add(task)
                task.add_done_callback(_ending.discard)
            await asyncio.sleep(0)
        self._seeing_off = None

    def watch(self, stream: IOStream) -> None:
        """From now on the events of this connection come in turns with those of the others."""
        if self.turns is None:
            self.turns = Turns(stream.io_loop)
        if stream._state is not None:  # it is being watched already
            stream.io_loop.remove_handler(stream.fileno())
            self.turns.add_handler(stream.fileno(), stream._handle_events, stream._state)
        stream.io_loop = cast("IOLoop", self.turns)

    async def accept(self, handler: "SocketHandler") -> None:
        sid = self.generate_id()
        connection = EngineSocket(self, sid, handler)
        handler.engine_socket = connection
        self.sockets[sid] = connection
        opening = {
            "sid": sid,
            "upgrades": [],
            "pingTimeout": int(self.pace.ping_timeout * 1000),
            "pingInterval": int(self.pace.ping_interval * 1000),
            "maxPayload": MAX_MESSAGE_BYTES,
        }
        await connection.send(eio_packet.Packet(eio_packet.OPEN, opening))
        await self._trigger_event("connect", sid, translate_request(handler), run_async=False)
        connection.expect_connect()

    async def gone(self, socket: EngineSocket) -> None:
        self.sockets.pop(socket.sid, None)
        await self._trigger_event("disconnect", socket.sid, self.reason.TRANSPORT_CLOSE, run_async=False)
        socket.closed = True


class Manager(socketio.AsyncManager):  # type: ignore[misc]
    """Keeps only who is connected; rooms are our own (``realtime/sockets.py``)."""

    def basic_disconnect(self, sid: str, namespace: str, **_: Any) -> None:
        """Stock searches every room there is; a socket here is in two: all, and its own."""
        socket = self.server.engine_socket(sid)
        if socket is not None and socket.greeted:  # the client said DISCONNECT: it may CONNECT again, in time
            socket.greeted = False
            socket.expect_connect()
        for room in (None, sid):
            self.basic_leave_room(sid, namespace, room)
        self.callbacks.pop(sid, None)
        for pending in (self.pending_connect, self.pending_disconnect):
            if sid in pending.get(namespace, ()):
                pending[namespace].remove(sid)
                if not pending[namespace]:
                    del pending[namespace]

    async def connect(self, sid: str, namespace: str) -> str:
        """CONNECT was answered: from here on the client may be sent events."""
        result: str = await super().connect(sid, namespace)
        socket = self.server.engine_socket(sid)
        if socket is not None:
            socket.greeted = True
            socket.schedule_ping()
        return result


class SocketServer(socketio.AsyncServer):  # type: ignore[misc]
    def __init__(self, pace: Pace) -> None:
        super().__init__(
            client_manager=Manager(),
            async_mode="tornado",
            async_handlers=False,
            transports=["websocket"],
            json=Json,
            cors_allowed_origins=[],
            max_http_buffer_size=MAX_MESSAGE_BYTES,
            ping_interval=pace.ping_interval,
            ping_timeout=pace.ping_timeout,
            monitor_clients=False,
            logger=False,
            engineio_logger=False,
        )
        self.eio.pace = pace

    def _engineio_server_class(self) -> type[Engine]:
        return Engine

    def engine_socket(self, sid: str) -> EngineSocket | None:
        """The connection of a Socket.IO sid, while it lives."""
        eio_sid = self.manager.eio_sid_from_sid(sid, "/")
        socket: EngineSocket | None = self.eio.sockets.get(eio_sid)
        return socket

    async def _handle_eio_message(self, eio_sid: str, data: Any) -> None:
        """Text packets only: an announced binary one would make us keep whatever comes after it."""
        if not isinstance(data, str) or data.startswith(BINARY_TYPES):
            raise ValueError("binary packet")
        await super()._handle_eio_message(eio_sid, data)

    async def _handle_event_internal(
        self,
        server: Any,
        sid: str,
        eio_sid: str,
        data: list[Any],
        namespace: str,
        id: int | None,  # noqa: A002
    ) -> None:
        """What a client sends goes to ``client_event``: named ``connect`` or ``disconnect`` it is an event like
        any other, never the connection's own. Every one that asks for it is acknowledged."""
        answer = await self.namespace_handlers["/"].client_event(data[0], sid, *data[1:])
        socket = self.eio.sockets.get(eio_sid)
        if id is not None and socket is not None:
            socket.write(ack_frame(id, answer))

    def handler(self, allowed_origins: list[str]) -> tuple[type["SocketHandler"], dict[str, Any]]:
        """The Tornado handler for ``/socket.io/`` and its arguments."""
        return SocketHandler, {"engine": self.eio, "allowed_origins": allowed_origins}

    def close_all(self) -> int:
        """Tell every client that this process goes away; how many were told."""
        sockets = list(self.eio.sockets.values())
        for socket in sockets:
            socket.end(GOING_AWAY, "server is going away")
        return len(sockets)


class SocketHandler(WebSocketHandler):
    """``/socket.io/``: WebSocket, Engine.IO 4, nothing else."""

    def initialize(self, engine: Engine, allowed_origins: list[str]) -> None:
        self.engine = engine
        self.allowed_origins = allowed_origins
        self.engine_socket: EngineSocket | None = None

    async def get(self, *args: Any, **kwargs: Any) -> None:
        if self.get_query_argument("EIO", "") != "4" or self.get_query_argument("transport", "") != "websocket":
            self.set_status(400)
            self.finish({"code": 5, "message": "Socket.IO 5 over the websocket transport only"})
            return
        await super().get(*args, **kwargs)

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Tornado's would write down the whole request."""
        if not isinstance(value, HTTPError):
            log.error("unhandled %s", typ.__name__, exc_info=(typ, value, tb))

    def check_origin(self, origin: str) -> bool:
        if origin in self.allowed_origins:
            return True
        return urlsplit(origin).netloc.lower() == self.request.headers.get("Host", "").lower()

    def get_compression_options(self) -> None:
        return None

    async def open(self, *args: str, **kwargs: str) -> None:
        self.set_nodelay(True)
        stream = getattr(self.ws_connection, "stream", None)
        if stream is not None:
            stream.max_write_buffer_size = MAX_WAITING_BYTES
            self.engine.watch(stream)
        await self.engine.accept(self)

    async def on_message(self, message: str | bytes) -> None:
        socket = self.engine_socket
        if socket is None or socket.closing:
            return
        try:
            await socket.receive(eio_packet.Packet(encoded_packet=message))
        except Exception:  # noqa: BLE001 - whatever a client sends, it can only hurt its own connection
            log.info("a malformed packet closed its connection")
            socket.end(POLICY, "malformed packet")

    def on_close(self) -> None:
        if self.engine_socket is not None:
            self.engine.leave(self.engine_socket)
