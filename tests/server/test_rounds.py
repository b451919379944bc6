"""What every process does again and again (server/rounds.py)."""

import asyncio

from server.rounds import Rounds
from server.worker import Tick
from tests.patience import until


async def test_what_runs_is_not_started_again_and_all_of_it_stops() -> None:
    """Doors that open a second time left the first rounds behind, which asked a closed database once a minute."""
    turns: list[int] = []

    async def turn() -> None:
        turns.append(len(turns))

    rounds = Rounds([Tick("turn", 3600, turn)])
    before = asyncio.all_tasks()
    rounds.start()
    rounds.start()
    begun = asyncio.all_tasks() - before
    await until(lambda: turns)
    assert turns == [0]
    await rounds.stop()
    assert begun
    assert all(task.done() for task in begun)
    rounds.start()
    await until(lambda: len(turns) > 1)
    assert turns == [0, 1]
    await rounds.stop()
