"""Who has lost their connection: noted in the journal, their seat kept. Whether it was leaving, the court decides."""

import time
from collections.abc import Callable

from schemas.documents.hearings import HearingDocument
from schemas.hearing_enums import ActKind, HearingStage
from services.clock import Clock, utc_now
from services.errors import Problem
from services.hearings.docket import Docket
from services.hearings.hearing_effects import Tell
from services.hearings.rights import Act
from services.live import Live
from services.storage.database import Database

GRACE_SECONDS = 15.0  # a phone that changes networks, or a page that is loaded again, has lost nothing


class Attendance:
    def __init__(
        self,
        database: Database,
        docket: Docket,
        live: Live,
        tell: Tell,
        clock: Clock = utc_now,
        grace: float = GRACE_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._db = database
        self._docket = docket
        self._live = live
        self._tell = tell
        self._clock = clock
        self._grace = grace
        self._now = monotonic
        self._missing: dict[tuple[str, str], float] = {}  # hearing and person → since when

    async def tick(self) -> None:
        """Look whose sockets are gone. To be called every few seconds by the worker that leads."""
        seen: set[tuple[str, str]] = set()
        async for document in self._db.hearings.find({"stage": {"$ne": HearingStage.CLOSED}, "seats.connected": True}):
            seen |= await self._look(document)
        self._missing = {who: since for who, since in self._missing.items() if who in seen}

    async def _look(self, document: HearingDocument) -> set[tuple[str, str]]:
        """Those who are missing from this hearing."""
        there = [seat["user_id"] for seat in document["seats"] if seat["connected"]]
        online = await self._live.online(there)
        missing = {(document["_id"], user_id) for user_id in there if user_id not in online}
        for who in missing:
            since = self._missing.setdefault(who, self._now())
            if self._now() - since >= self._grace:
                await self._lose(*who)
        return missing

    async def _lose(self, hearing_id: str, user_id: str) -> None:
        try:
            document = await self._docket.perform(None, hearing_id, Act(ActKind.LOSE, self._clock(), None, user_id))
        except Problem as problem:
            if problem.code != "hearing.closed":  # it ended this very moment
                raise
            return
        await self._tell(document)
