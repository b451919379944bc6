"""Thousands may leave at once: they are noted together, and nobody is forgotten."""

import asyncio
from collections.abc import Collection
from typing import Any, cast

from realtime.bus import NoBus
from realtime.delivery import Truth
from realtime.presence import LocalPresence
from realtime.publisher import Publisher
from realtime.sockets import Connection, Sockets
from schemas.enums import Role
from services.actors import Actor

CROWD = 500


class Office:
    """Notes who left; every note takes a moment, and the first one may fail."""

    def __init__(self, *, fails_first: bool = False) -> None:
        self.notes: list[set[str]] = []
        self._fails = fails_first
        self.sockets = Sockets()
        self.publisher = Publisher(self.sockets, NoBus(), "here")
        presence = LocalPresence(lambda user_id: user_id in self.sockets.by_user)
        self.publisher.connect(presence, cast("Truth", self), lambda _: None, lambda _: None)

    async def went_offline(self, user_ids: Collection[str]) -> None:
        await asyncio.sleep(0.01)
        self.notes.append(set(user_ids))
        if self._fails and len(self.notes) == 1:
            raise OSError("the database is away")

    async def fill(self) -> list[str]:
        async def spaces() -> list[str]:
            return []

        for number in range(CROWD):
            actor = Actor(f"u{number}", frozenset({Role.CLIENT}), "session", "", "")
            await self.publisher.arrive(Connection(f"s{number}", actor, cast("Any", None)), spaces)
        return [f"s{number}" for number in range(CROWD)]


async def test_a_crowd_that_leaves_is_noted_together() -> None:
    office = Office()
    await asyncio.gather(*(office.publisher.depart(sid) for sid in await office.fill()))
    await office.publisher.close()
    assert set().union(*office.notes) == {f"u{number}" for number in range(CROWD)}
    assert len(office.notes) <= 2
    assert not office.sockets.by_sid


async def test_a_note_that_fails_takes_no_later_one_with_it() -> None:
    office = Office(fails_first=True)
    first, *others = await office.fill()
    await office.publisher.depart(first)
    await asyncio.sleep(0.002)  # its note is being written
    await asyncio.gather(*(office.publisher.depart(sid) for sid in others))
    await office.publisher.close()
    assert office.notes == [{"u0"}, {f"u{number}" for number in range(1, CROWD)}]
