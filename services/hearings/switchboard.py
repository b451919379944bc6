"""The conductors of one process: one for each hearing that it has to do with."""

import asyncio
import contextlib
import logging
from collections.abc import Coroutine
from typing import Any

from services.errors import Problem
from services.hearings.bells import Bell
from services.hearings.conductor import BEAT_SECONDS, LOOK_SECONDS, Conductor, Stage
from services.hearings.media_book import MediaBook

log = logging.getLogger("casespace.voice")

ANSWER_SECONDS = 8.0
# How often one looks by oneself whether there is an answer: hardly ever, where the bell says so.
ASK_SECONDS, ASK_SECONDS_WITH_BELL = 0.05, 0.5


class Switchboard:
    """Implements ``services.hearings.hearings.Voice``."""

    def __init__(
        self, book: MediaBook, bell: Bell, look_seconds: float | None = None, ask_seconds: float | None = None
    ) -> None:
        """``look_seconds`` and ``ask_seconds``: how late one notices what no bell has told; the defaults fit it."""
        self._book = book
        self._bell = bell
        self._look = look_seconds or (BEAT_SECONDS if bell.shared else LOOK_SECONDS)
        self._ask = ask_seconds or (ASK_SECONDS_WITH_BELL if bell.shared else ASK_SECONDS)
        self._stage: Stage | None = None
        self._conductors: dict[str, Conductor] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._rung: dict[str, asyncio.Event] = {}  # hearing → set at its next ring
        self._errands: set[asyncio.Task[None]] = set()

    def connect(self, stage: Stage) -> None:
        """The second half of construction: what is told here tells everybody, media included."""
        self._stage = stage
        self._bell.connect(self._heard)

    def engage(self, hearing_id: str) -> None:
        """Something changed: whoever leads shall look, here or in another process."""
        self._attend(hearing_id)
        self._ring(hearing_id)

    async def offer(self, hearing_id: str, user_id: str, sdp: str) -> str:
        offer_id = await self._book.offer(hearing_id, user_id, sdp)
        self.engage(hearing_id)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                while True:
                    rung = self._rung.setdefault(hearing_id, asyncio.Event())  # before looking: no ring is missed
                    answer = await self._book.answered(hearing_id, offer_id)
                    if answer is not None:
                        return answer
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(rung.wait(), self._ask)
        except TimeoutError:
            raise Problem("hearing.media_unavailable", retry_after=2) from None
        finally:
            await self._book.withdraw(offer_id)

    def leads(self, hearing_id: str) -> bool:
        """Whether this process owns the hearing's media now."""
        conductor = self._conductors.get(hearing_id)
        return conductor is not None and conductor.leads

    async def tick(self) -> None:
        """Look after every hearing that is going on: its owner may have died with all who had to do with it."""
        for hearing_id in await self._book.live():
            self._attend(hearing_id)

    async def close(self) -> None:
        """Let go of everything; another process goes on with it at once."""
        held = [(hearing_id, conductor, self._tasks[hearing_id]) for hearing_id, conductor in self._conductors.items()]
        for _, _, task in held:
            task.cancel()
        for hearing_id, conductor, task in held:
            with contextlib.suppress(asyncio.CancelledError):
                await task
            await conductor.let_go()
            self._bell.ring(hearing_id)
        await asyncio.gather(*self._errands, return_exceptions=True)

    def _attend(self, hearing_id: str) -> None:
        """See that this process has a conductor for it, and that it looks now."""
        if self._stage is None:
            return
        conductor = self._conductors.get(hearing_id)
        if conductor is not None:
            conductor.wake()
            return
        conductor = Conductor(self._stage, hearing_id, lambda: self._ring(hearing_id), self._look)
        self._conductors[hearing_id] = conductor
        task = self._tasks[hearing_id] = asyncio.get_running_loop().create_task(conductor.run())
        task.add_done_callback(lambda _task: self._gone(hearing_id))
        self._run(self._bell.listen(hearing_id))

    def _heard(self, hearing_id: str) -> None:
        """Another process rang."""
        self._answer_waiting(hearing_id)
        conductor = self._conductors.get(hearing_id)
        if conductor is not None:
            conductor.wake()

    def _ring(self, hearing_id: str) -> None:
        self._answer_waiting(hearing_id)
        self._bell.ring(hearing_id)

    def _answer_waiting(self, hearing_id: str) -> None:
        """Those who wait for an answer look whether it has come."""
        rung = self._rung.pop(hearing_id, None)
        if rung is not None:
            rung.set()

    def _gone(self, hearing_id: str) -> None:
        self._conductors.pop(hearing_id, None)
        self._tasks.pop(hearing_id, None)
        self._rung.pop(hearing_id, None)
        self._run(self._bell.leave(hearing_id))

    def _run(self, errand: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(errand)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)
