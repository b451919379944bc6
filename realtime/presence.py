"""Who is online, over all processes: each process keeps its own people alive in Valkey.

What is kept is any key that says who and where: a person, or a person in a hearing (``realtime/courtrooms.py``).
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Protocol, cast

import redis.asyncio as redis
from redis.exceptions import RedisError

from realtime.tasks import end_all

if TYPE_CHECKING:
    from redis.asyncio.client import Pipeline

log = logging.getLogger("casespace.presence")

ALIVE_SECONDS = 45.0
BEAT_SECONDS = 15.0
TRIES, TRY_SECONDS = 10, 0.2
AT_ONCE = 500  # people told of in one trip: thousands would hold up everybody else
PROCESSES = "casespace:presence:processes"  # process → until when it says that it lives
NOBODY = "-"  # keeps the set of a process where nobody is from vanishing


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
    """The processes that live, and for each of them who is connected to it.

    A beat says only that the process lives, whoever is there: with 10,000 people one command in place of 30,000.
    """

    def __init__(
        self, client: "redis.Redis", process: str, connected: Callable[[str], bool], here: Callable[[], list[str]]
    ) -> None:
        self._client = client
        self._process = process
        self._people = _people_at(process)
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
            return found | await self._elsewhere(others)
        except (RedisError, OSError):
            return found

    async def _elsewhere(self, user_ids: list[str]) -> set[str]:
        """Not what was told of this process: who left it this moment may still be among them."""
        living = cast("list[bytes]", await self._client.zrangebyscore(PROCESSES, time.time(), "+inf"))
        async with self._client.pipeline(transaction=False) as pipe:
            for process in living:
                if process.decode() != self._process:
                    pipe.smismember(_people_at(process.decode()), user_ids)
            answers = await pipe.execute()
        return {user_id for answer in answers for user_id, there in zip(user_ids, answer, strict=True) if there}

    async def refresh(self) -> None:
        """Say who is here, now: Valkey may have forgotten it. Connections from before fail once each."""
        for _ in range(TRIES):
            if await self._tell(self._say_all):
                return
            await asyncio.sleep(TRY_SECONDS)

    async def close(self) -> None:
        await end_all(self._tasks)
        await self._tell(self._say_nobody)

    async def _note(self) -> None:
        while True:
            changes = dict([await self._changes.get()])
            while not self._changes.empty() and len(changes) < AT_ONCE:
                user_id, here = self._changes.get_nowait()
                changes[user_id] = here
            if not await self._tell(partial(self._say, changes)):
                await self.refresh()

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            if not await self._tell(self._say_alive):
                await self.refresh()

    async def _tell(self, commands: "Callable[[Pipeline], None]") -> bool:
        """Whether it was told, and Valkey knew of us before."""
        try:
            async with self._client.pipeline(transaction=True) as pipe:
                commands(pipe)
                answers = await pipe.execute()
        except (RedisError, OSError) as fault:
            log.warning("presence could not be told: %s", type(fault).__name__)
            return False
        return bool(answers[-1])

    def _say(self, changes: dict[str, bool], pipe: "Pipeline") -> None:
        arrived = [user_id for user_id, here in changes.items() if here]
        left = [user_id for user_id, here in changes.items() if not here]
        if arrived:
            pipe.sadd(self._people, *arrived)
        if left:
            pipe.srem(self._people, *left)
        self._say_alive(pipe)

    def _say_all(self, pipe: "Pipeline") -> None:
        here = self._here()
        pipe.delete(self._people)
        pipe.sadd(self._people, NOBODY, *here)
        self._say_alive(pipe)

    def _say_alive(self, pipe: "Pipeline") -> None:
        now = time.time()
        pipe.zadd(PROCESSES, {self._process: now + ALIVE_SECONDS})
        pipe.zremrangebyscore(PROCESSES, 0, now - ALIVE_SECONDS)
        pipe.expire(self._people, int(ALIVE_SECONDS * 2))

    def _say_nobody(self, pipe: "Pipeline") -> None:
        pipe.delete(self._people)
        pipe.zrem(PROCESSES, self._process)


def _people_at(process: str) -> str:
    return f"casespace:presence:at:{process}"
