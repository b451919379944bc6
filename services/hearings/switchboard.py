"""The conductors of one process: one for each hearing that it has to do with."""

import asyncio
import contextlib
import logging

from services.errors import Problem
from services.hearings.conductor import Conductor, Stage
from services.hearings.media_book import MediaBook

log = logging.getLogger("casespace.voice")

ANSWER_SECONDS = 8.0
ASK_SECONDS = 0.05


class Switchboard:
    """Implements ``services.hearings.hearings.Voice``."""

    def __init__(self, book: MediaBook) -> None:
        self._book = book
        self._stage: Stage | None = None
        self._conductors: dict[str, Conductor] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def connect(self, stage: Stage) -> None:
        """The second half of construction: what is told here tells everybody, media included."""
        self._stage = stage

    def engage(self, hearing_id: str) -> None:
        if self._stage is None:
            return
        conductor = self._conductors.get(hearing_id)
        if conductor is not None:
            conductor.wake()
            return
        conductor = self._conductors[hearing_id] = Conductor(self._stage, hearing_id)
        task = self._tasks[hearing_id] = asyncio.get_running_loop().create_task(conductor.run())
        task.add_done_callback(lambda _task: self._gone(hearing_id))

    async def offer(self, hearing_id: str, user_id: str, sdp: str) -> str:
        offer_id = await self._book.offer(hearing_id, user_id, sdp)
        self.engage(hearing_id)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                while (answer := await self._book.answered(hearing_id, offer_id)) is None:
                    await asyncio.sleep(ASK_SECONDS)
                return answer
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
            self.engage(hearing_id)

    async def close(self) -> None:
        """Let go of everything; another process goes on with it."""
        held = [(conductor, self._tasks[hearing_id]) for hearing_id, conductor in self._conductors.items()]
        for _, task in held:
            task.cancel()
        for conductor, task in held:
            with contextlib.suppress(asyncio.CancelledError):
                await task
            await conductor.let_go()

    def _gone(self, hearing_id: str) -> None:
        self._conductors.pop(hearing_id, None)
        self._tasks.pop(hearing_id, None)
