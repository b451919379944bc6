"""Who is online, over all processes: each process keeps its own people alive in Valkey."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from typing import Protocol

import redis.asyncio as redis
from redis.exceptions import RedisError

from realtime.tasks import end_all

log = logging.getLogger("casespace.presence")

ALIVE_SECONDS = 45.0
BEAT_SECONDS = 15.0
TRIES, TRY_SECONDS = 10, 0.2
AT_ONCE = 500  # people told of in one trip: thousands would hold up everybody else


class Presence(Protocol):
    def arrived(self, user_id: str) -> None: ...
    def left(self, user_id: str) -> None: ...
    async def online(self, user_ids: Iterable[str]) -> set[str]: ...
    async def refresh(self) -> None: ...
    async def close(self) -> None: ...


class LocalPresence:
    """One process alone: who is connected here is who is online."""

    def __init__(self, connected: Callable[[str], bool]) -> None:
        self._connected = connected

    def arrived(self, user_id: str) -> None:
        """Nothing to note: the sockets themselves are the truth."""

    def left(self, user_id: str) -> None:
        """Nothing to note: the sockets themselves are the truth."""

    async def online(self, user_ids: Iterable[str]) -> set[str]:
        return {user_id for user_id in user_ids if self._connected(user_id)}

    async def refresh(self) -> None:
        """Nothing was told to anybody."""

    async def close(self) -> None:
        """Nothing to close."""


class ValkeyPresence:
    """A sorted set for each person: process → until when it says that they are there."""

    def __init__(
        self, client: "redis.Redis", process: str, connected: Callable[[str], bool], here: Callable[[], list[str]]
    ) -> None:
        self._client = client
        self._process = process
        self._connected = connected
        self._here = here
        self._changes: asyncio.Queue[tuple[str, bool]] = asyncio.Queue()
        self._tasks = [asyncio.create_task(self._note()), asyncio.create_task(self._beat())]

    def arrived(self, user_id: str) -> None:
        self._changes.put_nowait((user_id, True))

    def left(self, user_id: str) -> None:
        self._changes.put_nowait((user_id, False))

    async def online(self, user_ids: Iterable[str]) -> set[str]:
        """Those here for certain, those elsewhere as far as Valkey answers."""
        asked = list(user_ids)
        found = {user_id for user_id in asked if self._connected(user_id)}
        others = [user_id for user_id in asked if user_id not in found]
        if not others:
            return found
        try:
            async with self._client.pipeline(transaction=False) as pipe:
                for user_id in others:
                    pipe.zcount(_key(user_id), time.time(), "+inf")
                counts = await pipe.execute()
        except (RedisError, OSError):
            return found
        return found | {user_id for user_id, count in zip(others, counts, strict=True) if count}

    async def refresh(self) -> None:
        """Say who is here, now: Valkey may have forgotten it. Connections from before fail once each."""
        for _ in range(TRIES):
            if await self._say(dict.fromkeys(self._here(), True)):
                return
            await asyncio.sleep(TRY_SECONDS)

    async def close(self) -> None:
        await end_all(self._tasks)
        await self._say(dict.fromkeys(self._here(), False))

    async def _note(self) -> None:
        while True:
            changes = dict([await self._changes.get()])
            while not self._changes.empty():
                user_id, here = self._changes.get_nowait()
                changes[user_id] = here
            await self._say(changes)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            await self.refresh()

    async def _say(self, changes: dict[str, bool]) -> bool:
        """Whether everything was told; the rest is at the next beat."""
        people = list(changes.items())
        for start in range(0, len(people), AT_ONCE):
            if not await self._say_some(people[start : start + AT_ONCE]):
                return False
        return True

    async def _say_some(self, changes: list[tuple[str, bool]]) -> bool:
        now = time.time()
        try:
            async with self._client.pipeline(transaction=False) as pipe:
                for user_id, here in changes:
                    if here:
                        pipe.zadd(_key(user_id), {self._process: now + ALIVE_SECONDS})
                        pipe.zremrangebyscore(_key(user_id), 0, now)
                        pipe.expire(_key(user_id), int(ALIVE_SECONDS * 2))
                    else:
                        pipe.zrem(_key(user_id), self._process)
                await pipe.execute()
        except (RedisError, OSError) as fault:
            log.warning("presence could not be told: %s", type(fault).__name__)
            return False
        return True


def _key(user_id: str) -> str:
    return f"casespace:presence:{user_id}"
