"""Waiting for what the product does in its own time."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from tests.patience import PATIENCE

T = TypeVar("T")


async def until(ask: Callable[[], Awaitable[T | None]], what: str, patience: float = PATIENCE) -> T:
    """Ask again and again until the answer is true; AssertionError that names ``what`` after ``patience`` seconds."""
    deadline = time.monotonic() + patience
    while True:
        answer = await ask()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"not within {patience:.0f} s: {what}"
        await asyncio.sleep(0.15)
