"""The people: each with a phone that keeps an outbox, hears what is said, and catches up after every hole.

A phone does what the web client does: it repeats a message until it is acknowledged, under the same
``client_msg_id``; takes entries in the order of seq; asks ``sync`` when one is missing and after every connection;
and goes to any web process when its own is gone. It writes down everything that it was told, and when.
"""

import asyncio
import random
import time
from dataclasses import dataclass, field
from typing import Any

import orjson
from picows import WSError, WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 4.0
REPEATED = 0.05  # share of acknowledged messages that are sent once more, as after a lost answer


@dataclass(frozen=True, slots=True)
class Told:
    """What was said about an entry, and when (monotonic seconds)."""

    space_id: str
    seq: int
    client_msg_id: str
    hash: str
    at: float

    @classmethod
    def of(cls, view: dict[str, Any]) -> "Told":
        return cls(view["space_id"], view["seq"], view["client_msg_id"], view["hash"], time.monotonic())


@dataclass(slots=True)
class Notes:
    """Everything that one phone was told."""

    acked: dict[str, Told] = field(default_factory=dict)
    live: list[Told] = field(default_factory=list)
    timeline: dict[str, list[Told]] = field(default_factory=dict)  # space → seq 1, 2, 3 …
    notices: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    sent: list[tuple[str, str]] = field(default_factory=list)  # space, client_msg_id in the order of writing
    slowest: float = 0.0  # seconds that a message waited for its first acknowledgement, at most
    refusals: dict[str, int] = field(default_factory=dict)
    connections: int = 0
    holes: int = 0


class Line(WSListener):
    """One connection of a phone."""

    def __init__(self, phone: "Phone") -> None:
        self.phone = phone
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.gone = asyncio.Event()
        self.transport: WSTransport | None = None
        self.answers: dict[int, asyncio.Future[Any]] = {}
        self.heard: dict[str, int] = {}  # space → last seq heard live over this connection
        self.count = 0

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self.gone.set()
        for future in [self.ready, *self.answers.values()]:
            if not future.done():
                future.set_exception(ConnectionError("the connection ended"))
                future.exception()  # nobody may be waiting any more

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.CLOSE:
            transport.disconnect()
            return
        text = frame.get_payload_as_bytes()
        if text.startswith(b"42"):
            self.phone.hear(self, *orjson.loads(text[2:]))
        elif text.startswith(b"43"):
            number, _, answer = text[2:].partition(b"[")
            future = self.answers.pop(int(number), None)
            if future is not None and not future.done():
                future.set_result(orjson.loads(b"[" + answer)[0])
        elif text.startswith(b"40") and not self.ready.done():
            self.ready.set_result(None)
        elif text.startswith(b"44"):
            transport.disconnect()
        elif text.startswith(b"0"):
            self.say(b"40" + orjson.dumps({"token": self.phone.token}))
        elif text == b"2":
            self.say(b"3")

    def say(self, text: bytes) -> None:
        if self.transport is not None and not self.gone.is_set():
            self.transport.send(WSMsgType.TEXT, text)

    async def call(self, event: str, payload: dict[str, Any]) -> dict[str, Any]:
        """The answer. Raises TimeoutError and ConnectionError."""
        self.count += 1
        future = self.answers[self.count] = asyncio.get_running_loop().create_future()
        self.say(b"42%d" % self.count + orjson.dumps([event, payload]))
        answer: dict[str, Any] = await asyncio.wait_for(future, ANSWER_SECONDS)
        return answer

    def hang_up(self) -> None:
        if self.transport is not None:
            self.transport.disconnect(graceful=False)


class Phone:
    def __init__(self, urls: list[str], user_id: str, token: str, spaces: list[str], window: int) -> None:
        """``window``: messages in flight at once; with one, they are stored in the order of writing."""
        self.user_id = user_id
        self.token = token
        self.spaces = spaces
        self.window = window
        self.notes = Notes(timeline={space_id: [] for space_id in spaces})
        self.waiting: asyncio.Queue[tuple[str, str, float]] = asyncio.Queue()
        self.unacked = 0
        self._urls = urls
        self._line: Line | None = None
        self._online = asyncio.Event()
        self._heal_lock = asyncio.Lock()
        self._newest: dict[str, int] = {}
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        senders = [self._send() for _ in range(self.window)]
        self._tasks = [asyncio.create_task(work) for work in (self._stay_online(), *senders)]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.drop()

    def write(self, space_id: str, client_msg_id: str) -> None:
        """Put a message into the outbox, where it stays until it is acknowledged."""
        self.unacked += 1
        self.notes.sent.append((space_id, client_msg_id))
        self.waiting.put_nowait((space_id, client_msg_id, time.monotonic()))

    # --- connection

    async def _stay_online(self) -> None:
        pause = 0.1
        while True:
            try:
                line = await self._connect()
            except (OSError, TimeoutError, WSError):
                pause = min(pause * 2, 1.5)
            else:
                pause = 0.1
                await line.gone.wait()
                self._online.clear()
            await asyncio.sleep(pause * (0.5 + random.random()))

    async def _connect(self) -> Line:
        address = random.choice(self._urls).replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
        line = Line(self)
        await asyncio.wait_for(ws_connect(lambda: line, address), CONNECT_SECONDS)
        try:
            await asyncio.wait_for(line.ready, CONNECT_SECONDS)
            self._line = line
            await self.catch_up()
        except (OSError, TimeoutError):
            line.hang_up()
            raise
        self.notes.connections += 1
        self._online.set()
        return line

    def drop(self) -> None:
        """Give the connection up, as one that answers nothing."""
        if self._line is not None:
            self._line.hang_up()

    async def catch_up(self) -> None:
        """Ask for everything after what is known, until nothing is left. Raises ConnectionError, TimeoutError."""
        async with self._heal_lock:
            left = {space_id: len(self.notes.timeline[space_id]) for space_id in self.spaces}
            while left:
                left = await self._sync(left)

    async def _sync(self, left: dict[str, int]) -> dict[str, int]:
        if self._line is None:
            raise ConnectionError("no connection")
        answer = await self._line.call("sync", {"spaces": left, "limit": 100})
        if not answer["ok"]:
            self._refused(answer)
            raise ConnectionError("refused")
        more = {}
        for space_id, part in answer["data"]["spaces"].items():
            for view in part["messages"]:
                self._take(Told.of(view))
            if part["has_more"]:
                more[space_id] = len(self.notes.timeline[space_id])
        return more

    # --- sending

    async def _send(self) -> None:
        while True:
            space_id, client_msg_id, written = await self.waiting.get()
            while not await self._sent(space_id, client_msg_id):
                await asyncio.sleep(0.1 * (0.5 + random.random()))
            self.unacked -= 1
            self.notes.slowest = max(self.notes.slowest, time.monotonic() - written)
            if random.random() < REPEATED:
                await self._sent(space_id, client_msg_id)

    async def _sent(self, space_id: str, client_msg_id: str) -> bool:
        await self._online.wait()
        line = self._line
        if line is None:
            return False
        body = {"text": f"第 {client_msg_id} 条：请问押金什么时候能退回来？"}
        message = {"space_id": space_id, "client_msg_id": client_msg_id, "type": "text", "body": body}
        try:
            answer = await line.call("message:send", message)
        except (OSError, TimeoutError):
            line.hang_up()
            return False
        if not answer["ok"]:
            self._refused(answer)
            return False
        self._acked(Told.of(answer["data"]), space_id, client_msg_id)
        return True

    def _acked(self, told: Told, space_id: str, client_msg_id: str) -> None:
        if (told.space_id, told.client_msg_id) != (space_id, client_msg_id):
            self.notes.faults.append(f"the acknowledgement of {client_msg_id} speaks of {told.client_msg_id}")
        before = self.notes.acked.setdefault(client_msg_id, told)
        if (before.seq, before.hash) != (told.seq, told.hash):
            self.notes.faults.append(f"{client_msg_id} was acknowledged as {before.seq} and as {told.seq}")

    def _refused(self, answer: dict[str, Any]) -> None:
        error = answer["error"]
        self.notes.refusals[error["code"]] = self.notes.refusals.get(error["code"], 0) + 1
        if not error["retryable"]:
            self.notes.faults.append(f"refused for good: {error['code']}")

    # --- hearing

    def hear(self, line: Line, event: str, payload: dict[str, Any]) -> None:
        if event == "notice:new":
            self.notes.notices.append(payload["id"])
        if event != "message:new":
            return
        told = Told.of(payload)
        self.notes.live.append(told)
        before = line.heard.get(told.space_id, 0)
        if told.seq <= before:
            self.notes.faults.append(f"{told.seq} was delivered after {before} over one connection")
        line.heard[told.space_id] = told.seq
        self._newest[told.space_id] = max(told.seq, self._newest.get(told.space_id, 0))
        if not self._take(told):
            self.notes.holes += 1
            task = asyncio.create_task(self._heal(line))
            self._tasks.append(task)

    def _take(self, told: Told) -> bool:
        """False when something before it is missing."""
        known = self.notes.timeline[told.space_id]
        if told.seq == len(known) + 1:
            known.append(told)
        elif told.seq <= len(known):
            if known[told.seq - 1].hash != told.hash:
                self.notes.faults.append(f"two different entries {told.seq} of one space")
        else:
            return False
        return True

    async def _heal(self, line: Line) -> None:
        """One of several that wait here asks; the others find everything there."""
        while not line.gone.is_set() and any(self._newest[s] > len(self.notes.timeline[s]) for s in self._newest):
            try:
                await self.catch_up()
            except (OSError, TimeoutError):
                line.hang_up()
                return
            await asyncio.sleep(0.05)
