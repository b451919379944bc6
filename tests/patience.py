"""How long tests wait for what is to come about.

Waiting costs nothing when things go well, so it is as long as a machine needs that is many times slower than the one
where the test was written. What the product promises in seconds, ``scripts/bench`` measures.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

PATIENCE = 60.0  # seconds


async def until(true: Callable[[], Any], seconds: float = PATIENCE) -> None:
    """Wait for something to come about; fails when it does not."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it never came about"
        await asyncio.sleep(0.01)


async def eventually(question: Callable[[], Awaitable[object]]) -> None:
    """The same, where to look takes a moment."""
    deadline = time.monotonic() + PATIENCE
    while not await question():
        assert time.monotonic() < deadline, "it never came about"
        await asyncio.sleep(0.02)
