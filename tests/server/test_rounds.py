"""What every process does again and again (server/rounds.py)."""

import asyncio

from server.rounds import Rounds
from server.worker import Tick


async def test_what_runs_is_not_started_again_and_all_of_it_stops() -> None:
    """Doors that open a second time left the first rounds behind, which asked a closed database once a minute."""
    turns: list[int] = []

    async def turn() -> None:
        turns.append(len(turns))

    before = asyncio.all_tasks()
    rounds = Rounds([Tick("turn", 3600, turn)])
    rounds.start()
    rounds.start()
    await asyncio.sleep(0.01)
    assert turns == [0]
    await rounds.stop()
    assert asyncio.all_tasks() == before
    rounds.start()
    await asyncio.sleep(0.01)
    assert turns == [0, 1]
    await rounds.stop()
