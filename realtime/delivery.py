"""Entries to the sockets of this process, in the order of seq, and what is missing from the database.

A process remembers the last seq it delivered of each space that somebody here is in; an entry that runs ahead of
it (another process wrote the one between, and the bus is slower than we are) waits for the gap to be read.
"""

import asyncio
import logging
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Protocol

from realtime.frames import new_message_frame
from realtime.sockets import Sockets

log = logging.getLogger("casespace.delivery")

EVERYTHING = 2**53 - 1
AT_ONCE = 20  # spaces looked at together after an interruption

Entry = tuple[int, bytes]  # seq, and the view that members are shown, as JSON


class Truth(Protocol):
    """What the database says, where the bus may have said nothing."""

    async def missing(self, space_id: str, after: int, up_to: int) -> list[Entry]:
        """A page of what lies behind ``after``, up to and with ``up_to``, ascending."""

    async def newest(self, space_id: str, since: datetime) -> Entry | None:
        """The last entry of a space, if it was written since then."""

    async def spaces_of(self, user_ids: Collection[str]) -> dict[str, set[str]]:
        """Person → the spaces that they are a member of now."""

    async def ended(self, session_ids: Collection[str]) -> set[str]:
        """Which of these sessions have ended."""

    async def went_offline(self, user_ids: Collection[str]) -> None:
        """Note that the last sockets of these people are gone."""


class Delivery:
    def __init__(self, sockets: Sockets) -> None:
        self._sockets = sockets
        self._delivered: dict[str, int] = {}
        self._newest: dict[str, int] = {}  # the furthest entry we heard of in spaces that are being healed
        self._healing: dict[str, asyncio.Task[None]] = {}
        self.truth: Truth | None = None

    def close(self) -> None:
        for task in self._healing.values():
            task.cancel()

    def deliver(self, space_id: str, seq: int, frame: bytes) -> None:
        """Write an entry to everybody here who is in its space, or read first what comes before it."""
        if space_id not in self._sockets.by_space:
            return
        last = self._delivered.get(space_id)
        if last is None or seq == last + 1:
            self._delivered[space_id] = seq
            self._sockets.write_space(space_id, frame)
        elif seq > last + 1:
            self._start_healing(space_id, seq)

    def forget(self, space_ids: Iterable[str]) -> None:
        """Nobody here is in these spaces any more."""
        for space_id in space_ids:
            self._delivered.pop(space_id, None)

    async def heal_all(self, since: datetime) -> None:
        """The bus was away since then: whatever was written elsewhere meanwhile is read from the database."""
        here = list(self._sockets.by_space)
        for start in range(0, len(here), AT_ONCE):
            await asyncio.gather(*(self._heal_one(space_id, since) for space_id in here[start : start + AT_ONCE]))

    async def _heal_one(self, space_id: str, since: datetime) -> None:
        if space_id in self._delivered:
            await self._start_healing(space_id, EVERYTHING)
        elif self.truth is not None and (entry := await self.truth.newest(space_id, since)):
            seq, view = entry  # clients that lack what came before it see the jump and sync
            self.deliver(space_id, seq, new_message_frame(view))

    def _start_healing(self, space_id: str, up_to: int) -> "asyncio.Task[None]":
        self._newest[space_id] = max(up_to, self._newest.get(space_id, 0))
        task = self._healing.get(space_id)
        if task is None:
            task = self._healing[space_id] = asyncio.get_running_loop().create_task(self._heal(space_id))
        return task

    async def _heal(self, space_id: str) -> None:
        """Read what is missing from the database and deliver it in order, until nothing is."""
        try:
            while (last := self._delivered.get(space_id)) is not None and last < self._newest[space_id]:
                if not await self._fill(space_id, last):
                    return
        except Exception:
            log.exception("a gap could not be filled; clients will see the jump and sync")
            self._delivered.pop(space_id, None)
        finally:
            self._healing.pop(space_id, None)
            self._newest.pop(space_id, None)

    async def _fill(self, space_id: str, last: int) -> bool:
        """Deliver a page of what follows ``last``; False when there is nothing."""
        found = await self.truth.missing(space_id, last, self._newest[space_id]) if self.truth else []
        for seq, view in found:
            if seq - 1 == self._delivered.get(space_id):  # others may have been delivered, or everybody left
                self._delivered[space_id] = seq
                self._sockets.write_space(space_id, new_message_frame(view))
        return bool(found)
