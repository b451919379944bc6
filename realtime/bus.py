"""The bus between processes: Valkey (or Redis) publish/subscribe, as a hint and nothing more.

A process subscribes to ``space:{id}`` and ``user:{id}`` only while somebody concerned is connected to it, and
to ``control`` always. It publishes only what another process listens to (``listeners.py``): each says on
``listening`` to what it begins to listen, once its subscription is confirmed. What is lost while Valkey is away is
healed by reading the database, never by the bus.
"""

import asyncio
import logging
import secrets
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import redis.asyncio as redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as ConnectionLostError
from redis.exceptions import RedisError

from realtime.listeners import Listeners
from realtime.tasks import end_all

log = logging.getLogger("casespace.bus")

Receive = Callable[[str, bytes], None]
Heal = Callable[[float], Awaitable[None]]  # seconds for which messages may have been missed
PREFIX = "casespace:"
CONTROL = "control"
LISTENING = "listening"
ALWAYS = frozenset({CONTROL, LISTENING})
TOLD_AT_ONCE = 500  # channels
QUEUE = 10_000
BATCH = 200
LONGEST_PAUSE = 2.0
LONGEST_LOSS = 600.0  # how long ago another process may have said what it could not keep
SILENCE = 10.0  # seconds without a word before we ask; twice that and the connection counts as dead


class Bus(Protocol):
    """What the publisher needs. ``NoBus`` is one process alone."""

    shared: bool

    async def start(self, receive: Receive, heal: Heal) -> None: ...
    def publish(self, channel: str, message: bytes, *, lasting: bool = False) -> None: ...
    async def subscribe(self, *channels: str) -> None: ...
    async def unsubscribe(self, *channels: str) -> None: ...
    async def close(self) -> None: ...


class NoBus:
    shared = False

    async def start(self, receive: Receive, heal: Heal) -> None:
        """Nothing to start."""

    def publish(self, channel: str, message: bytes, *, lasting: bool = False) -> None:
        """Nobody else listens."""

    async def subscribe(self, *channels: str) -> None:
        """Nothing comes from elsewhere."""

    async def unsubscribe(self, *channels: str) -> None:
        """Nothing comes from elsewhere."""

    async def close(self) -> None:
        """Nothing to close."""


def open_client(url: str) -> "redis.Redis":
    """A client that tells of every interruption: one that reconnects by itself hides that messages were missed."""
    return redis.Redis.from_url(url, retry=Retry(NoBackoff(), 0), socket_connect_timeout=3, socket_keepalive=True)


class ValkeyBus:
    shared = True

    def __init__(self, client: "redis.Redis", silence: float = SILENCE) -> None:
        """``client`` as ``open_client`` makes it."""
        self._client = client
        self._silence = silence
        self._pubsub = client.pubsub()
        self._name = secrets.token_bytes(8)  # so that we know our own words on `listening`
        self._wanted: set[str] = set(ALWAYS)
        self._confirmed: set[str] = set()  # Valkey counts us among the receivers
        self._leaving: Counter[str] = Counter()  # unsubscriptions on their way
        self._left: set[str] = set()  # unsubscribed since the batch in flight was sent
        self._listeners = Listeners()
        self._to_tell: set[str] = set()
        self._out: deque[tuple[str, bytes]] = deque()
        self._something = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._healing: asyncio.Task[None] | None = None
        self._missed: float | None = None  # seconds for which messages may be missing
        self._receive: Receive = lambda _channel, _message: None
        self._heal: Heal | None = None
        self._heard_at = self._deaf_since = time.monotonic()
        self._interrupted = False
        self._lost = False
        self.dropped = 0

    async def start(self, receive: Receive, heal: Heal) -> None:
        """Begin to listen and to send, once. ``heal`` is called when messages may have been missed."""
        if self._tasks:
            return
        self._receive = receive
        self._heal = heal
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._send())]

    def publish(self, channel: str, message: bytes, *, lasting: bool = False) -> None:
        """Send when possible, if another process listens; never waits.

        What does not fit is dropped, and the others are told to heal. ``lasting``: worth saying late, to somebody
        who begins to listen in this moment.
        """
        if channel not in ALWAYS and not self._listeners.hear(channel, message, lasting=lasting):
            return
        self._enqueue(channel, message)

    def _enqueue(self, channel: str, message: bytes) -> None:
        if len(self._out) >= QUEUE:
            self.dropped += 1
            self._lost = True
            return
        self._out.append((channel, message))
        self._something.set()

    async def subscribe(self, *channels: str) -> None:
        """Best effort at once; after an interruption everything wanted is subscribed again."""
        self._wanted.update(channels)
        await self._try(self._pubsub.subscribe, *channels)

    async def unsubscribe(self, *channels: str) -> None:
        self._wanted.difference_update(channels)
        self._confirmed.difference_update(channels)
        self._leaving.update(channels)
        self._left.update(channels)
        await self._try(self._pubsub.unsubscribe, *channels)

    async def close(self) -> None:
        await end_all([*self._tasks, *([self._healing] if self._healing else [])])
        await self._pubsub.aclose()  # type: ignore[no-untyped-call]
        await self._client.aclose()

    @staticmethod
    async def _try(action: Callable[..., Awaitable[object]], *channels: str) -> None:
        try:
            await action(*(PREFIX + channel for channel in channels))
        except (RedisError, OSError) as fault:
            log.warning("the bus is away: %s", type(fault).__name__)

    async def _listen(self) -> None:
        pause = 0.1
        while True:
            try:
                self._confirmed.clear()
                self._leaving.clear()
                await self._pubsub.subscribe(*(PREFIX + channel for channel in self._wanted))
                pause = 0.1
                await self._hear()
            except (RedisError, OSError) as fault:
                if not self._interrupted:
                    log.warning("the bus is away: %s", type(fault).__name__)
                    self._deaf_since = self._heard_at
                self._interrupted = True
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    async def _hear(self) -> None:
        """Deliver what comes until the connection ends, which a dead peer does not tell: so it is asked."""
        asked = False
        while True:
            message = await self._pubsub.get_message(timeout=self._silence)
            if message is not None:  # a message, a confirmation, or the answer to our asking
                asked = False
                self._heard_at = time.monotonic()
                self._take(message)
            elif not asked:
                asked = True
                await self._pubsub.ping()
            else:
                await self._pubsub.aclose()  # type: ignore[no-untyped-call]
                raise ConnectionLostError("no answer")

    def _take(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind == "pong":
            return
        channel = message["channel"].decode().removeprefix(PREFIX)
        if kind == "message":
            self._deliver(channel, message["data"])
        elif kind == "unsubscribe":
            if self._leaving[channel] > 1:
                self._leaving[channel] -= 1
            else:
                del self._leaving[channel]
        elif kind == "subscribe" and channel in self._wanted and channel not in self._leaving:
            self._subscribed(channel)

    def _subscribed(self, channel: str) -> None:
        self._confirmed.add(channel)
        if channel == LISTENING:  # from here on we hear who begins to listen; before, we may have missed it
            for subject, kept in self._listeners.forget(self._deaf_since):
                self._enqueue(subject, kept)
            if self._interrupted:
                log.info("the bus is back")
                self._interrupted = False
                self._start_healing(time.monotonic() - self._deaf_since)
        elif channel not in ALWAYS:
            self._to_tell.add(channel)
            self._something.set()

    def _deliver(self, channel: str, message: bytes) -> None:
        try:
            if channel == LISTENING:
                self._told(message)
            else:
                self._receive(channel, message)
        except Exception:  # one bad message must not stop the listening
            log.exception("a message from the bus could not be handled")

    def _told(self, message: bytes) -> None:
        """Another process begins to listen to channels; to none of them: it has lost what it wanted to say."""
        name, channels = message[: len(self._name)], message[len(self._name) :]
        if name == self._name:
            return
        if not channels:
            self._start_healing(LONGEST_LOSS)
            return
        for channel in channels.decode().split("\n"):
            kept = self._listeners.began(channel)
            if kept is not None:
                self._enqueue(channel, kept)

    def _start_healing(self, away: float) -> None:
        """Beside the listening: what arrives meanwhile must not wait for thousands of spaces to be looked at."""
        self._missed = max(away, self._missed or 0.0)
        if self._heal is not None and (self._healing is None or self._healing.done()):
            self._healing = asyncio.get_running_loop().create_task(self._healed(self._heal))

    async def _healed(self, heal: Heal) -> None:
        while (away := self._missed) is not None:
            self._missed = None
            try:
                await heal(away)
            except Exception:
                log.exception("healing after an interruption failed; clients will sync by themselves")

    async def _send(self) -> None:
        while True:
            await self._something.wait()
            self._something.clear()
            while batch := self._next():
                while not await self._sent(batch):  # receivers drop what they get twice
                    await asyncio.sleep(0.2)

    def _next(self) -> list[tuple[str, bytes]]:
        batch = []
        if self._to_tell:
            told = [self._to_tell.pop() for _ in range(min(TOLD_AT_ONCE, len(self._to_tell)))]
            batch.append((LISTENING, self._name + "\n".join(told).encode()))
        batch += [self._out.popleft() for _ in range(min(BATCH, len(self._out)))]
        if self._lost and not self._out:
            self._lost = False
            batch.append((LISTENING, self._name))
        return batch

    async def _sent(self, batch: list[tuple[str, bytes]]) -> bool:
        self._listeners.sending()
        self._left.clear()
        learning = LISTENING in self._confirmed
        ours = [channel in self._confirmed for channel, _ in batch]
        try:
            async with self._client.pipeline(transaction=False) as pipe:
                for channel, message in batch:
                    pipe.publish(PREFIX + channel, message)
                counts = await asyncio.wait_for(pipe.execute(), self._silence)
        except (RedisError, OSError):
            return False
        for (channel, _), count, own in zip(batch, counts, ours, strict=True):
            if learning and channel not in ALWAYS:
                self._listeners.answered(channel, count - (own and channel not in self._left))
        return True
