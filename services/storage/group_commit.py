"""Group commit: units of new documents that arrive together share one transaction.

A transaction costs several round trips and a journal flush however little it holds. Whatever queued while the
last one was in flight goes into the next one: no timer, so a lonely unit is written at once and a busy process
pays a fraction. A unit is stored whole or not at all, and the fault of one never touches another.
"""

import asyncio
import itertools
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import BulkWriteError, DuplicateKeyError, WriteError

from services.errors import Problem
from services.storage.database import Database

MAX_BATCH = 64
MAX_QUEUED = 5_000
_DUPLICATE = 11000

Documents = Mapping[str, Sequence[Mapping[str, Any]]]  # collection → new documents


@dataclass(frozen=True, slots=True)
class Change:
    """An update of one document that a unit stands or falls with: where none matches ``query``, the unit is refused
    with the problem ``refusal``. A compare-and-set, so that what is used up is used up once."""

    collection: str
    query: Mapping[str, Any]
    update: Mapping[str, Any]
    refusal: str


@dataclass(slots=True, eq=False)
class _Unit:
    documents: Documents
    changes: Sequence[Change]
    done: "asyncio.Future[None]"


class _RefusedError(Exception):
    """The unit at ``index`` must be taken out."""

    def __init__(self, index: int, error: Exception) -> None:
        super().__init__(index)
        self.index = index
        self.error = error


class GroupCommit:
    def __init__(self, database: Database, max_queued: int = MAX_QUEUED) -> None:
        self._db = database
        self._max_queued = max_queued
        self._queue: deque[_Unit] = deque()
        self._flusher: asyncio.Task[None] | None = None

    async def insert(self, documents: Documents, changes: Sequence[Change] = ()) -> None:
        """Store all of ``documents`` and make all ``changes``, or none; returns when it is journaled by a majority.

        Raises DuplicateKeyError, WriteError and the refusal of a change for this unit's own fault,
        ``server.unavailable`` when too much waits already, and what a transaction raises (then nothing is known).
        """
        if len(self._queue) >= self._max_queued:
            raise Problem("server.unavailable", retry_after=1)
        unit = _Unit(documents, changes, asyncio.get_running_loop().create_future())
        self._queue.append(unit)
        if self._flusher is None:
            self._flusher = asyncio.create_task(self._run())
        await unit.done

    async def _run(self) -> None:
        try:
            while self._queue:
                batch = [self._queue.popleft() for _ in range(min(MAX_BATCH, len(self._queue)))]
                await self._flush(batch)
        finally:
            self._flusher = None

    async def _flush(self, batch: list[_Unit]) -> None:
        refused: list[tuple[_Unit, Exception]] = []
        fault: Exception | None = None
        while batch:
            try:
                dropped = await self._db.transaction(partial(_write, self._db, batch))
                refused += [(batch[index], error) for index, error in dropped.items()]
                batch = [unit for index, unit in enumerate(batch) if index not in dropped]
                break
            except _RefusedError as refusal:
                refused.append((batch.pop(refusal.index), refusal.error))
            except Exception as unknown:  # noqa: BLE001 - every waiting caller must get an answer
                fault = unknown
                break
        for unit in batch:
            _answer(unit, fault)
        # last, because a unit may be the twin of one in this very batch, and then asks for what that one stored
        for unit, error in refused:
            _answer(unit, error)


async def _write(database: Database, batch: list[_Unit], session: AsyncClientSession) -> dict[int, Exception]:
    """Units that were left out, with their faults: those of which nothing was written yet."""
    dropped = await _change(database, batch, session)
    kept = [(index, unit) for index, unit in enumerate(batch) if index not in dropped]
    for name in dict.fromkeys(itertools.chain.from_iterable(unit.documents for _, unit in kept)):
        owners = [(index, one) for index, unit in kept for one in unit.documents.get(name, ())]
        try:
            await database.raw[name].insert_many([dict(one) for _, one in owners], session=session)
        except BulkWriteError as fault:
            errors = fault.details.get("writeErrors")
            if not errors:
                raise
            raise _RefusedError(owners[errors[0]["index"]][0], _as_error(errors[0])) from None
    return dropped


async def _change(database: Database, batch: list[_Unit], session: AsyncClientSession) -> dict[int, Exception]:
    """The changes of each unit. One that fails at its first costs the others nothing, since nothing of it is written:
    fifty requests for the last coupon are one transaction, not fifty."""
    dropped: dict[int, Exception] = {}
    for index, unit in enumerate(batch):
        for turn, change in enumerate(unit.changes):
            made = await database.raw[change.collection].update_one(change.query, change.update, session=session)
            if made.matched_count:
                continue
            if turn:
                raise _RefusedError(index, Problem(change.refusal))
            dropped[index] = Problem(change.refusal)
            break
    return dropped


def _answer(unit: _Unit, fault: Exception | None) -> None:
    if unit.done.done():  # the caller has gone
        return
    if fault is None:
        unit.done.set_result(None)
    else:
        unit.done.set_exception(fault)


def _as_error(error: Mapping[str, Any]) -> WriteError:
    kind = DuplicateKeyError if error.get("code") == _DUPLICATE else WriteError
    return kind("a document of this unit was refused", error.get("code"), error)
