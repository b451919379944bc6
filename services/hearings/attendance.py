"""Who is in the hearing no more: noted in the journal, their seat kept. Whether it was leaving, the court decides."""

import time
from collections.abc import Callable, Iterable
from typing import Protocol

from schemas.documents.hearings import HearingDocument
from schemas.hearing_enums import ActKind, HearingStage
from services.actors import Actor
from services.clock import Clock, utc_now
from services.errors import Problem
from services.hearings.docket import Docket, seat_of
from services.hearings.hearing_effects import Tell
from services.hearings.rights import Act
from services.storage.database import Database

GRACE_SECONDS = 15.0  # a phone that changes networks, or a page that is loaded again, has lost nothing


_OVER = ("hearing.closed", "hearing.asynchronous")  # nobody has to be there any more


class Courtrooms(Protocol):
    """Which pages are in which hearing (``realtime/courtrooms.py``)."""

    async def attending(self, hearing_id: str, user_ids: Iterable[str]) -> set[str]:
        """Who of them has a page in this hearing, on any process."""


class Attendance:
    def __init__(
        self,
        database: Database,
        docket: Docket,
        courtrooms: Courtrooms,
        tell: Tell,
        clock: Clock = utc_now,
        grace: float = GRACE_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._db = database
        self._docket = docket
        self._courtrooms = courtrooms
        self._tell = tell
        self._clock = clock
        self._grace = grace
        self._now = monotonic
        self._missing: dict[tuple[str, str], float] = {}  # hearing and person → since when

    async def turned_away(self, actor: Actor, hearing_id: str) -> None:
        """Their page says that it left the hearing: who has no other page in it is gone from this moment.

        Raises ``hearing.not_found``.
        """
        seat = seat_of(await self._docket.access(actor, hearing_id), actor.user_id)
        if seat is None or not seat["connected"]:
            return
        if not await self._courtrooms.attending(hearing_id, [actor.user_id]):
            await self._lose(hearing_id, actor.user_id, turned_away=True)

    async def tick(self) -> None:
        """Look whose pages are gone. To be called every few seconds by the worker that leads."""
        seen: set[tuple[str, str]] = set()
        async for document in self._db.hearings.find({"stage": {"$ne": HearingStage.CLOSED}, "seats.connected": True}):
            seen |= await self._look(document)
        self._missing = {who: since for who, since in self._missing.items() if who in seen}

    async def _look(self, document: HearingDocument) -> set[tuple[str, str]]:
        """Those who are missing from this hearing."""
        there = [seat["user_id"] for seat in document["seats"] if seat["connected"]]
        attending = await self._courtrooms.attending(document["_id"], there)
        missing = {(document["_id"], user_id) for user_id in there if user_id not in attending}
        for who in missing:
            since = self._missing.setdefault(who, self._now())
            if self._now() - since >= self._grace:
                await self._lose(*who)
        return missing

    async def _lose(self, hearing_id: str, user_id: str, *, turned_away: bool = False) -> None:
        act = Act(ActKind.LOSE, self._clock(), None, user_id, on=turned_away)
        try:
            document = await self._docket.perform(None, hearing_id, act)
        except Problem as problem:
            if problem.code not in _OVER:
                raise
            return
        await self._tell(document)
