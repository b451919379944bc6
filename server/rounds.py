"""What every process does again and again for itself, leading or not."""

import asyncio
from collections.abc import Sequence

from server.worker import Tick, run_tick


class Rounds:
    """Runs ticks in the background until told to stop."""

    def __init__(self, ticks: Sequence[Tick]) -> None:
        """Each tick must bear being cut off."""
        self._ticks = ticks
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Does nothing while they run: doors may open and close more than once in the life of a process."""
        if self._tasks:
            return
        halt = asyncio.Event()
        self._tasks = [asyncio.create_task(run_tick(tick, halt)) for tick in self._ticks]

    async def stop(self) -> None:
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
