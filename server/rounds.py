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
        halt = asyncio.Event()
        self._tasks = [asyncio.create_task(run_tick(tick, halt)) for tick in self._ticks]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
