"""The outbox: effects are written down with the change that causes them, and done by the worker.

A row is written in the transaction of the change, so either both exist or neither. The worker runs the rows
of one subject in order, repeats a failing one with growing pauses, and parks what keeps failing, where
operators see it; a parked row holds up nothing else. Effects must tolerate being run twice.

A fault of ours does not heal by waiting, so it is parked within minutes. A service outside that is away comes back:
what fails for it is repeated for a day before a person is asked to look at each.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo import ASCENDING
from pymongo.asynchronous.client_session import AsyncClientSession

from miniprogram_api.errors import VendorError
from schemas.documents.ledgers import OutboxDocument
from schemas.enums import OutboxState
from services.clock import Clock, utc_now
from services.ids import new_id
from services.storage.database import Database

Effect = Callable[[OutboxDocument], Awaitable[None]]
Report = Callable[[OutboxDocument, Exception, bool], None]  # row, fault, parked

BATCH = 100
AT_ONCE = 16  # so that one slow vendor holds up only its own subjects
PARK_AFTER = 12
FIRST_PAUSE = 0.2
LONGEST_PAUSE = 300.0
PATIENCE = timedelta(days=1)  # with services outside
LONGEST_PAUSE_OUTSIDE = 900.0
# Ids tell the order within one process only: those of two processes in the same second do not.
IN_ORDER = [("created_at", ASCENDING), ("_id", ASCENDING)]
_LAST = (datetime.max.replace(tzinfo=UTC), "")


def pause(attempts: int, longest: float = LONGEST_PAUSE) -> float:
    """Seconds to wait after the ``attempts``-th failure: doubling, at most ``longest`` (five minutes)."""
    return min(FIRST_PAUSE * 2.0 ** min(attempts - 1, 30), longest)


def outside(fault: BaseException | None) -> bool:
    """Whether a service outside failed, in a way that may be over later, itself or as the cause of the fault."""
    while fault is not None:
        if isinstance(fault, VendorError):
            return fault.retryable
        fault = fault.__cause__
    return False


def last_try(row: OutboxDocument, fault: Exception, now: datetime) -> bool:
    """Whether the row is parked when this run of it fails with ``fault``."""
    if row["attempts"] + 1 < PARK_AFTER:
        return False
    return not outside(fault) or now - row.get("outside_since", now) >= PATIENCE


class Outbox:
    def __init__(self, database: Database, nudge: Callable[[], None], clock: Clock = utc_now) -> None:
        """``nudge`` wakes the worker at once; that it may be lost only costs time."""
        self._db = database
        self._nudge = nudge
        self._clock = clock

    async def add(
        self,
        session: AsyncClientSession,
        kind: str,
        subject: str,
        payload: dict[str, Any],
        due_at: datetime | None = None,
    ) -> str:
        """Owe an effect. Returns its id, which effects use as their idempotency key. Nudge after the commit."""
        row = self.row(kind, subject, payload, due_at)
        await self._db.outbox.insert_one(row, session=session)
        return row["_id"]

    def row(self, kind: str, subject: str, payload: dict[str, Any], due_at: datetime | None = None) -> OutboxDocument:
        """The row itself, for changes that are written together with others (``GroupCommit``)."""
        now = self._clock()
        return {
            "_id": new_id(),
            "schema_version": 1,
            "kind": kind,
            "subject": subject,
            "payload": payload,
            "state": OutboxState.PENDING,
            "attempts": 0,
            "due_at": due_at or now,
            "created_at": now,
        }

    def nudge(self) -> None:
        self._nudge()

    async def run_due(self, effects: Mapping[str, Effect], report: Report) -> int:
        """Run what is due: each subject in order, subjects side by side; the number of rows that were tried."""
        queues: dict[str, list[OutboxDocument]] = {}
        for row in await self._runnable():
            queues.setdefault(row["subject"], []).append(row)
        gate = asyncio.Semaphore(AT_ONCE)

        async def run(queue: list[OutboxDocument]) -> int:
            async with gate:
                for tried, row in enumerate(queue, 1):
                    if not await self._run(row, effects, report):
                        return tried
                return len(queue)

        # All of them end before a fault of the database is told: what goes on in the background would be run twice.
        outcomes = await asyncio.gather(*map(run, queues.values()), return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
        return sum(outcome for outcome in outcomes if isinstance(outcome, int))

    async def _runnable(self) -> list[OutboxDocument]:
        """The oldest due rows that overtake nothing. Rows that must wait hide none behind them."""
        found: list[OutboxDocument] = []
        seen = 0
        while len(found) < BATCH:
            due = self._db.outbox.find({"state": OutboxState.PENDING, "due_at": {"$lte": self._clock()}})
            rows = await due.sort(IN_ORDER).skip(seen).limit(BATCH).to_list()
            waiting = await self._waiting(rows)
            found += [row for row in rows if _place(row) < waiting.get(row["subject"], _LAST)]
            seen += len(rows)
            if len(rows) < BATCH:
                break
        return found

    async def _waiting(self, rows: list[OutboxDocument]) -> dict[str, tuple[datetime, str]]:
        """Subject → the place of its first row that waits for its time: later ones must not overtake it."""
        subjects = list({row["subject"] for row in rows})
        later = self._db.outbox.find(
            {"state": OutboxState.PENDING, "due_at": {"$gt": self._clock()}, "subject": {"$in": subjects}}
        )
        places: dict[str, tuple[datetime, str]] = {}
        async for row in later:
            places[row["subject"]] = min(_place(row), places.get(row["subject"], _LAST))
        return places

    async def _run(self, row: OutboxDocument, effects: Mapping[str, Effect], report: Report) -> bool:
        try:
            await effects[row["kind"]](row)
        except Exception as fault:  # noqa: BLE001 - whatever an effect raises is retried, then parked
            await self._failed(row, fault, report)
            return False
        await self._db.outbox.update_one(
            {"_id": row["_id"]},
            {"$set": {"state": OutboxState.DONE, "done_at": self._clock()}, "$unset": {"outside_since": ""}},
        )
        return True

    async def _failed(self, row: OutboxDocument, fault: Exception, report: Report) -> None:
        now, attempts = self._clock(), row["attempts"] + 1
        parked, away = last_try(row, fault, now), outside(fault)
        longest = LONGEST_PAUSE_OUTSIDE if away else LONGEST_PAUSE
        changes: dict[str, Any] = {
            "attempts": attempts,
            "state": OutboxState.PARKED if parked else OutboxState.PENDING,
            "due_at": now + timedelta(seconds=pause(attempts, longest)),
            "fault": type(fault).__name__,
        }
        if away and not parked:
            changes["outside_since"] = row.get("outside_since", now)
        gone = {} if "outside_since" in changes else {"$unset": {"outside_since": ""}}
        await self._db.outbox.update_one({"_id": row["_id"]}, {"$set": changes, **gone})
        report(row, fault, parked)

    async def release(self, event_id: str) -> bool:
        """Try a parked row again, at an operator's word. False when it is not parked."""
        result = await self._db.outbox.update_one(
            {"_id": event_id, "state": OutboxState.PARKED},
            {"$set": {"state": OutboxState.PENDING, "attempts": 0, "due_at": self._clock()}},
        )
        self._nudge()
        return result.modified_count == 1


def _place(row: OutboxDocument) -> tuple[datetime, str]:
    return row["created_at"], row["_id"]
