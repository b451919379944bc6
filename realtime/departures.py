"""Whose last socket of this process has gone: that is noted at once, and told to their spaces when they stay away."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from typing import Any

log = logging.getLogger("casespace.publisher")

CLOSING_SECONDS = 2.0  # for what is still to be noted when the process stops
OFFLINE_GRACE = 3.0  # a phone that switches networks is not announced as gone
AWAY_AT_ONCE = 100


class Departures:
    def __init__(
        self,
        online: Callable[[Iterable[str]], Awaitable[set[str]]],
        to_space: Callable[[str, str, Mapping[str, Any]], Awaitable[None]],
    ) -> None:
        """``online``: who of these people is connected somewhere; ``to_space``: tells a space an event."""
        self._online = online
        self._to_space = to_space
        self.note: Callable[[Collection[str]], Awaitable[None]] | None = None  # writes down that they have left
        self._waiting: dict[str, asyncio.TimerHandle] = {}
        self._left: set[str] = set()  # whose leaving is still to be noted
        self._noting: asyncio.Task[None] | None = None
        self._away: dict[str, set[str]] = {}  # who did not come back: person → spaces that may want to know
        self._announcing: asyncio.Task[None] | None = None

    async def close(self) -> None:
        for timer in self._waiting.values():
            timer.cancel()
        if self._announcing is not None:
            self._announcing.cancel()
        if self._noting is not None:
            _, late = await asyncio.wait([self._noting], timeout=CLOSING_SECONDS)
            for task in late:
                task.cancel()

    def wait_for(self, user_id: str, spaces: set[str]) -> None:
        """They have gone from ``spaces``, perhaps for a moment only."""
        self._waiting[user_id] = asyncio.get_running_loop().call_later(
            OFFLINE_GRACE, self._stayed_away, user_id, spaces
        )

    async def came(self, user_id: str, spaces: Iterable[str]) -> None:
        """Tells their spaces, unless they were not missed yet."""
        waiting = self._waiting.pop(user_id, None)
        if waiting is not None:
            waiting.cancel()
        else:
            await self._announce(user_id, spaces, online=True)

    def write_down(self, user_id: str) -> None:
        if self.note is not None:
            self._left.add(user_id)
            if self._noting is None:
                self._noting = asyncio.get_running_loop().create_task(self._write_down(self.note))

    async def _write_down(self, note: Callable[[Collection[str]], Awaitable[None]]) -> None:
        """Those who leave while an earlier note is being written are noted together: thousands may leave at once."""
        while self._left:
            users, self._left = self._left, set()
            try:
                await note(users)
            except Exception:  # what comes after the end of a connection must happen all the same
                log.exception("that %d people left could not be noted", len(users))
        self._noting = None

    def _stayed_away(self, user_id: str, spaces: set[str]) -> None:
        self._waiting.pop(user_id, None)
        self._away[user_id] = spaces
        if self._announcing is None or self._announcing.done():  # who follows meanwhile is asked about together
            self._announcing = asyncio.get_running_loop().create_task(self._announce_away())

    async def _announce_away(self) -> None:
        """Tell the spaces of those who are connected nowhere any more."""
        while self._away:
            await asyncio.sleep(0)
            some = [self._away.popitem() for _ in range(min(AWAY_AT_ONCE, len(self._away)))]
            online = await self._online(user_id for user_id, _ in some)
            for user_id, spaces in some:
                if user_id not in online:
                    await self._announce(user_id, spaces, online=False)

    async def _announce(self, user_id: str, spaces: Iterable[str], *, online: bool) -> None:
        for space_id in list(spaces):
            payload = {"space_id": space_id, "user_id": user_id, "online": online}
            await self._to_space(space_id, "presence:changed", payload)
