"""Look-ups that arrive together share one question to the database, as entries share a flush.

A thousand phones that come back within a second ask for a thousand sessions: one by one they fill the connection
pool, where the worker's lease and everybody's messages wait behind them. Whatever is asked while a question is on its
way goes into the next one: no timer, so a lonely look-up costs what it did, and none is answered with what was read
before it came.
"""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, Mapping
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")

MOST = 200


class Together(Generic[K, V]):
    def __init__(self, ask: Callable[[list[K]], Awaitable[Mapping[K, V]]], most: int = MOST) -> None:
        """``ask`` looks up to ``most`` different keys up at once; keys that are not found are left out."""
        self._ask = ask
        self._most = most
        self._waiting: dict[K, asyncio.Future[V | None]] = {}
        self._asking: asyncio.Task[None] | None = None

    async def get(self, key: K) -> V | None:
        """What is found under a key, shared with whoever asks in the same moment. Raises what ``ask`` raises."""
        answer = self._waiting.get(key)
        if answer is None:
            answer = self._waiting[key] = asyncio.get_running_loop().create_future()
        if self._asking is None:  # in a context of its own: the first caller's time limit is not everybody's
            self._asking = asyncio.get_running_loop().create_task(self._run(), context=contextvars.Context())
        return await asyncio.shield(answer)

    async def _run(self) -> None:
        try:
            while self._waiting:
                keys = list(self._waiting)[: self._most]
                await self._answer({key: self._waiting.pop(key) for key in keys})
        finally:
            self._asking = None

    async def _answer(self, batch: "dict[K, asyncio.Future[V | None]]") -> None:
        try:
            found = await self._ask(list(batch))
        except Exception as fault:  # noqa: BLE001 - whoever waits must get an answer
            for answer in batch.values():
                answer.set_exception(fault)
                answer.exception()  # its callers may all have gone
        else:
            for key, answer in batch.items():
                answer.set_result(found.get(key))
