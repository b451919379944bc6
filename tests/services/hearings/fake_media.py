"""A media server of the tests' own, and the processes of ours that use it, which look by themselves once a minute."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from schemas.hearing_enums import HearingStage
from server.wiring import House
from services.clock import Clock, utc_now
from services.hearings.conductor import Stage
from services.hearings.docket import Docket
from services.hearings.media import Line, MediaEvent
from services.hearings.media_book import MediaBook
from services.hearings.switchboard import Switchboard
from services.storage.leases import Leases
from tests.services.hearings.hearing_world import World, called

SELDOM = 60.0
SDP = "v=0\r\nm=audio 9 X 0\r\n"


@dataclass
class FakeMedia:
    """A media server of the test's own: remembers what it was told, and answers every offer."""

    lines: dict[str, Line] = field(default_factory=dict)
    opened: int = 0
    resumed: bool = True

    async def open(
        self, hearing_id: str, memory: Mapping[str, Any] | None, tell: Callable[[MediaEvent], None]
    ) -> "FakeMedia":
        self.opened += 1
        return self

    def memory(self) -> dict[str, Any]:
        return {"people": sorted(self.lines)}

    def people(self) -> Mapping[str, Line]:
        return self.lines

    async def answer(self, user_id: str, sdp: str, line: Line) -> str:
        self.lines[user_id] = line
        return f"answer to {user_id}"

    async def set(self, user_id: str, line: Line) -> None:
        if user_id in self.lines:
            self.lines[user_id] = line

    async def drop(self, user_id: str) -> None:
        self.lines.pop(user_id, None)

    async def record(self, segment: int | None) -> None:
        return None

    async def recorded(self) -> int:
        return 0

    async def announce(self, on: bool) -> None:
        return None

    async def announcing(self) -> bool:
        return False

    async def ping(self) -> None:
        return None

    async def close(self, *, end: bool) -> None:
        return None


@asynccontextmanager
async def switchboard(house: House, media: FakeMedia, clock: Clock = utc_now) -> AsyncIterator[Switchboard]:
    """A process's conductors, over the fake instead of Janus."""
    core = house.core
    book = MediaBook(core.database, core.vault, core.outbox)
    board = Switchboard(book, core.bells, SELDOM, SELDOM)
    docket = Docket(core.database, core.outbox, core.audit, core.spaces)
    leases = Leases(core.database, core.process, clock)
    board.connect(Stage(docket, book, leases, media, core.publisher, house.services.hearings.tell))
    try:
        yield board
    finally:
        await board.close()


async def talking(a: House) -> World:
    world = await called(a)
    await world.begin(HearingStage.OPENING, HearingStage.INVESTIGATION, HearingStage.MEDIATION)
    return world
