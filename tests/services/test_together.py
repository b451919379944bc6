"""Look-ups that arrive together share a question, and nobody is answered with what was read before they asked."""

import asyncio

import pymongo
import pytest
from pymongo import _csot

from services.storage.together import Together


class Table:
    """Answers slowly; notes what it was asked."""

    def __init__(self) -> None:
        self.rows = {f"k{n}": n for n in range(1000)}
        self.asked: list[list[str]] = []
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.broken = False
        self.deadlines: list[float | None] = []

    async def ask(self, keys: list[str]) -> dict[str, int]:
        self.asked.append(keys)
        self.deadlines.append(_csot.get_timeout())
        answer = {key: self.rows[key] for key in keys if key in self.rows}
        await self.go_on.wait()
        if self.broken:
            raise OSError("away")
        return answer


async def test_a_crowd_shares_a_few_questions() -> None:
    table = Table()
    together = Together(table.ask, most=100)
    found = await asyncio.gather(*(together.get(f"k{n}") for n in range(450)), together.get("nobody"))
    assert found == [*range(450), None]
    assert len(table.asked) == 5
    assert max(map(len, table.asked)) == 100


async def test_who_asks_while_a_question_is_on_its_way_gets_a_newer_answer() -> None:
    table = Table()
    together = Together(table.ask)
    table.go_on.clear()
    first = asyncio.create_task(together.get("k1"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    table.rows["k1"] = 100
    second = asyncio.create_task(together.get("k1"))
    await asyncio.sleep(0)
    table.go_on.set()
    assert (await first, await second) == (1, 100)


async def test_a_fault_is_told_to_all_of_that_question_and_the_next_one_is_asked_again() -> None:
    table = Table()
    together = Together(table.ask)
    table.broken = True
    faults = await asyncio.gather(*(together.get(f"k{n}") for n in range(3)), return_exceptions=True)
    assert [type(fault) for fault in faults] == [OSError] * 3
    table.broken = False
    assert await together.get("k1") == 1


async def test_one_who_gives_up_takes_nobody_along() -> None:
    table = Table()
    together = Together(table.ask)
    table.go_on.clear()
    hasty, patient = (asyncio.create_task(together.get("k1")) for _ in range(2))
    await asyncio.sleep(0.01)
    hasty.cancel()
    with pytest.raises(asyncio.CancelledError):
        await hasty
    table.go_on.set()
    assert await patient == 1


async def test_the_first_callers_time_limit_is_not_everybodys() -> None:
    table = Table()
    together = Together(table.ask)
    with pymongo.timeout(0.5):
        assert await together.get("k1") == 1
    assert table.deadlines == [None]
