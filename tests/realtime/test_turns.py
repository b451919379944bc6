"""Events of many sockets come a few at a time, and nobody else waits for all of them (issue: mass disconnects)."""

import asyncio
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from tornado.ioloop import IOLoop

from realtime.turns import IN_A_TURN, Turns
from tests.patience import PATIENCE

CROWD = 10 * IN_A_TURN
Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pairs() -> Iterator[list[Pair]]:
    made = [socket.socketpair() for _ in range(CROWD)]
    yield made
    for pair in made:
        for end in pair:
            end.close()


class Watched:
    """Handlers that note in which turn of the loop they were called."""

    def __init__(self) -> None:
        self.turns = Turns(IOLoop.current())
        self.turn = 0
        self.called: list[tuple[int, Any, int]] = []
        self._counting = asyncio.create_task(self._count())

    async def _count(self) -> None:
        while True:
            await asyncio.sleep(0)
            self.turn += 1

    def heard(self, thing: Any, events: int) -> None:
        self.called.append((self.turn, thing, events))
        self.turns.remove_handler(thing)

    async def until(self, calls: int) -> None:
        async with asyncio.timeout(PATIENCE):
            while len(self.called) < calls:
                await asyncio.sleep(0)


async def test_a_crowd_that_leaves_at_once_is_heard_a_few_in_each_turn(pairs: list[Pair]) -> None:
    watched = Watched()
    for ours, _ in pairs:
        watched.turns.add_handler(ours, watched.heard, IOLoop.READ)
    for _, theirs in pairs:
        theirs.close()
    await watched.until(CROWD)
    turns = [turn for turn, _, _ in watched.called]
    assert max(turns.count(turn) for turn in set(turns)) <= IN_A_TURN
    assert {thing for _, thing, _ in watched.called} == {ours for ours, _ in pairs}
    assert watched.turns._epoll is None, "nothing is left behind"


async def test_only_what_was_asked_for_is_told(pairs: list[Pair]) -> None:
    """A broken connection is no event for one who wants none: the loop would spin until it does."""
    watched = Watched()
    (a, a_peer), (b, b_peer), (c, _) = pairs[:3]
    watched.turns.add_handler(a, watched.heard, IOLoop.ERROR)
    watched.turns.add_handler(b, watched.heard, IOLoop.ERROR)
    watched.turns.add_handler(c, watched.heard, IOLoop.READ | IOLoop.WRITE | IOLoop.ERROR)
    a_peer.close()
    b_peer.close()
    await watched.until(1)
    await asyncio.sleep(0.05)
    assert [(thing, events) for _, thing, events in watched.called] == [(c, IOLoop.WRITE)]
    watched.turns.update_handler(a, IOLoop.READ | IOLoop.ERROR)
    await watched.until(2)
    assert watched.called[1][1:] == (a, IOLoop.READ)
    watched.turns.remove_handler(b)


async def test_a_handler_that_raises_hurts_nobody_else(pairs: list[Pair]) -> None:
    watched = Watched()

    def broken(thing: Any, events: int) -> None:
        watched.turns.remove_handler(thing)
        raise RuntimeError

    for number, (ours, theirs) in enumerate(pairs[:20]):
        watched.turns.add_handler(ours, broken if number % 2 else watched.heard, IOLoop.READ)
        theirs.close()
    await watched.until(10)


async def test_what_an_earlier_handler_of_the_turn_ended_is_not_called(pairs: list[Pair]) -> None:
    watched = Watched()
    (a, a_peer), (b, b_peer) = pairs[:2]

    def both(thing: Any, events: int) -> None:
        watched.called.append((watched.turn, thing, events))
        watched.turns.remove_handler(a)
        watched.turns.remove_handler(b)

    watched.turns.add_handler(a, both, IOLoop.READ)
    watched.turns.add_handler(b, both, IOLoop.READ)
    a_peer.close()
    b_peer.close()
    await watched.until(1)
    await asyncio.sleep(0.02)
    assert len(watched.called) == 1


async def test_everything_else_is_the_loops() -> None:
    turns = Turns(IOLoop.current())
    done = asyncio.Event()
    turns.add_callback(done.set)
    await asyncio.wait_for(done.wait(), PATIENCE)
