"""Entries that wait for their flush, space by space; each space is in one flush at a time."""

import asyncio
import itertools
from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass

from services.record.draft import Draft, Stored

MAX_BATCH = 256
MAX_QUEUED = 10_000
MAX_RUN = 32  # entries of one space in a flush
MAX_RUNS = 16  # spaces with more than one entry in a flush: each is a command of its own
MAX_QUEUED_IN_SPACE = 1_000


@dataclass(slots=True, eq=False)
class Pending:
    draft: Draft
    body: bytes  # canonical
    salt: bytes
    sealed: bytes
    commit: bytes
    done: "asyncio.Future[Stored]"


Run = list[Pending]  # of one space


class Waiting:
    def __init__(self) -> None:
        self._queues: OrderedDict[str, deque[Pending]] = OrderedDict()
        self._queued = 0
        self._busy: set[str] = set()  # spaces in a flush

    def __bool__(self) -> bool:
        return bool(self._queues)

    def full(self, space_id: str) -> bool:
        return self._queued >= MAX_QUEUED or len(self._queues.get(space_id, ())) >= MAX_QUEUED_IN_SPACE

    def put(self, pending: Pending, *, first: bool = False) -> None:
        """``first``: it was in a flush already, and goes before what came after it."""
        queue = self._queues.setdefault(pending.draft.space_id, deque())
        if first:
            queue.appendleft(pending)
        else:
            queue.append(pending)
        self._queued += 1

    def take(self) -> list[Run]:
        """A run of entries of each free space, in the order in which they began to wait; busy until ``done``."""
        runs: list[Run] = []
        longer = 0
        free = (space_id for space_id in self._queues if space_id not in self._busy)
        for space_id in list(itertools.islice(free, MAX_BATCH)):
            queue = self._queues[space_id]
            most = MAX_RUN if longer < MAX_RUNS else 1
            run = [queue.popleft() for _ in range(min(most, len(queue)))]
            longer += len(run) > 1
            runs.append(run)
            self._queued -= len(run)
            if queue:
                self._queues.move_to_end(space_id)
            else:
                del self._queues[space_id]
        self._busy.update(_spaces(runs))
        return runs

    def done(self, runs: list[Run]) -> None:
        self._busy.difference_update(_spaces(runs))


def _spaces(runs: list[Run]) -> Iterable[str]:
    return [run[0].draft.space_id for run in runs]
