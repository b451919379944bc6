"""A task ends although it once mistook the cancellation for a time-out of its own."""

import asyncio

from realtime.tasks import end_all
from tests.patience import PATIENCE


async def test_a_task_that_swallows_one_cancellation_is_ended_too() -> None:
    swallowed = 0

    async def stubborn() -> None:
        nonlocal swallowed
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                if swallowed:
                    raise
                swallowed += 1

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    await asyncio.wait_for(end_all([task]), PATIENCE)
    assert (task.cancelled(), swallowed) == (True, 1)


async def test_nothing_to_end_is_no_fault() -> None:
    await end_all([])
