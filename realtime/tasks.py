"""Ending background tasks for certain."""

import asyncio
from collections.abc import Iterable


async def end_all(tasks: Iterable["asyncio.Task[None]"]) -> None:
    """Cancel tasks and wait until they have ended.

    Once is not always enough: a time-out inside the task (``asyncio.timeout``, redis-py's ``get_message``) that
    fires in the same moment takes the cancellation for its own, and the task goes on.
    """
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=0.5)
