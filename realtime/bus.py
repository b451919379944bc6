"""The bus between processes: Valkey (or Redis) publish/subscribe, as a hint and nothing more.

A process subscribes to ``space:{id}`` and ``user:{id}`` only while somebody concerned is connected to it, and
to ``control`` always. What is lost while Valkey is away is healed by reading the database, never by the bus.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

import redis.asyncio as redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as ConnectionLostError
from redis.exceptions import RedisError

from realtime.tasks import end_all

log = logging.getLogger("casespace.bus")

Receive = Callable[[str, bytes], None]
PREFIX = "casespace:"
CONTROL = "control"
QUEUE = 10_000
BATCH = 200
LONGEST_PAUSE = 5.0
SILENCE = 10.0  # seconds without a word before we ask; twice that and the connection counts as dead


class Bus(Protocol):
    """What the publisher needs. ``NoBus`` is one process alone."""

    shared: bool

    async def start(self, receive: Receive, reconnected: Callable[[], Awaitable[None]]) -> None: ...
    def publish(self, channel: str, message: bytes) -> None: ...
    async def subscribe(self, *channels: str) -> None: ...
    async def unsubscribe(self, *channels: str) -> None: ...
    async def close(self) -> None: ...


class NoBus:
    shared = False

    async def start(self, receive: Receive, reconnected: Callable[[], Awaitable[None]]) -> None:
        """Nothing to start."""

    def publish(self, channel: str, message: bytes) -> None:
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
        self._wanted: set[str] = {CONTROL}
        self._out: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue(QUEUE)
        self._tasks: list[asyncio.Task[None]] = []
        self._receive: Receive = lambda _channel, _message: None
        self._reconnected: Callable[[], Awaitable[None]] | None = None
        self.dropped = 0

    async def start(self, receive: Receive, reconnected: Callable[[], Awaitable[None]]) -> None:
        """Begin to listen and to send. ``reconnected`` is called after an interruption, to heal what was missed."""
        self._receive = receive
        self._reconnected = reconnected
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._send())]

    def publish(self, channel: str, message: bytes) -> None:
        """Send when possible; never waits. What does not fit is dropped: receivers heal by seq."""
        try:
            self._out.put_nowait((PREFIX + channel, message))
        except asyncio.QueueFull:
            self.dropped += 1

    async def subscribe(self, *channels: str) -> None:
        """Best effort at once; after an interruption everything wanted is subscribed again."""
        self._wanted.update(channels)
        await self._try(self._pubsub.subscribe, *channels)

    async def unsubscribe(self, *channels: str) -> None:
        self._wanted.difference_update(channels)
        await self._try(self._pubsub.unsubscribe, *channels)

    async def close(self) -> None:
        await end_all(self._tasks)
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
        interrupted = False
        while True:
            try:
                await self._pubsub.subscribe(*(PREFIX + channel for channel in self._wanted))
                if interrupted:
                    log.info("the bus is back")
                    interrupted = False
                    await self._heal()
                pause = 0.1
                await self._hear()
            except (RedisError, OSError) as fault:
                if not interrupted:
                    log.warning("the bus is away: %s", type(fault).__name__)
                interrupted = True
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    async def _hear(self) -> None:
        """Deliver what comes until the connection ends, which a dead peer does not tell: so it is asked."""
        asked = False
        while True:
            message = await self._pubsub.get_message(timeout=self._silence)
            if message is not None:  # a message, a confirmation, or the answer to our asking
                asked = False
                if message["type"] == "message":
                    self._deliver(message["channel"].decode().removeprefix(PREFIX), message["data"])
            elif not asked:
                asked = True
                await self._pubsub.ping()
            else:
                await self._pubsub.aclose()  # type: ignore[no-untyped-call]
                raise ConnectionLostError("no answer")

    def _deliver(self, channel: str, message: bytes) -> None:
        try:
            self._receive(channel, message)
        except Exception:  # one bad message must not stop the listening
            log.exception("a message from the bus could not be handled")

    async def _heal(self) -> None:
        if self._reconnected is not None:
            try:
                await self._reconnected()
            except Exception:
                log.exception("healing after an interruption failed; clients will sync by themselves")

    async def _send(self) -> None:
        while True:
            batch = [await self._out.get()]
            while len(batch) < BATCH and not self._out.empty():
                batch.append(self._out.get_nowait())
            while not await self._sent(batch):  # receivers drop what they get twice
                await asyncio.sleep(0.2)

    async def _sent(self, batch: list[tuple[str, bytes]]) -> bool:
        try:
            async with self._client.pipeline(transaction=False) as pipe:
                for channel, message in batch:
                    pipe.publish(channel, message)
                await asyncio.wait_for(pipe.execute(), self._silence)
        except (RedisError, OSError):
            return False
        return True
