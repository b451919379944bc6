"""The queue of what is to be read, and the worker's way through it.

A stored reading that is ``queued`` is its own job, so nothing is lost when a process dies. It does not go through the
outbox, whose rows are run in batches that wait for their slowest member: a page takes seconds, and a payment's card
must not wait for it. What follows from a reading (its card, search) goes through the outbox as everything does.

Only the process that leads the worker reads. So a row that is ``running`` and not in this process's hands was left
behind by one that died, and is read again; the claim sees to it that only one outcome is ever stored.

Whoever asked is served in turn (``reading_turns``): three hundred photos of one do not keep the others waiting.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from pymongo import ReturnDocument
from pymongo.asynchronous.client_session import AsyncClientSession

from ocr import Reading, ReadingFault
from ocr.kinds.plugins import extract
from ocr.options import Limits
from schemas.documents.readings import ReadingDocument
from schemas.enums import FileState
from schemas.problem_kinds import Kind
from schemas.reading_enums import ReadingState
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.files.file_store import FileStore
from services.ids import new_id
from services.keys import KeyDestroyedError, SealBrokenError
from services.outbox import Outbox
from services.readings.identity_marks import weigh
from services.readings.paper_reader import PaperReader
from services.readings.reading_jobs import FILLS
from services.readings.reading_seals import ReadingSeals
from services.readings.reading_turns import ReadingTurns
from services.storage.database import Database

log = logging.getLogger("casespace.readings")

ENDED = "reading.ended"  # kind of the outbox row
MOST_TRIES = 3  # a file that kills the engine will do it again
PAUSE = timedelta(seconds=5)
UNAVAILABLE_PAUSE = timedelta(seconds=60)
Tally = Callable[[str, str], None]  # kind of paper, outcome


class ReadingQueue:
    def __init__(
        self,
        database: Database,
        store: FileStore,
        reader: PaperReader,
        seals: ReadingSeals,
        audit: Audit,
        outbox: Outbox,
        tally: Tally,
        clock: Clock = utc_now,
    ) -> None:
        self._db = database
        self._store = store
        self._reader = reader
        self._seals = seals
        self._audit = audit
        self._outbox = outbox
        self._tally = tally
        self._clock = clock
        self._working: set[str] = set()
        self._turns = ReadingTurns()
        self._claiming = asyncio.Lock()

    async def tick(self) -> bool:
        """Read one file that waits; whether there was one. To be called again at once if so."""
        async with self._claiming:  # another engine of this process would take what is claimed for left behind
            document = await self._claim()
        if document is None:
            return False
        try:
            await self._read(document)
        finally:
            self._working.discard(document["_id"])
        return True

    async def counts(self) -> dict[str, int]:
        """How many files wait and how many are read now, in the whole deployment."""
        states = (ReadingState.QUEUED, ReadingState.RUNNING)
        return {state.value: await self._db.readings.count_documents({"state": state}) for state in states}

    async def _claim(self) -> ReadingDocument | None:
        free: dict[str, Any] = {
            "$or": [
                {"state": ReadingState.QUEUED, "due_at": {"$lte": self._clock()}},
                {"state": ReadingState.RUNNING, "_id": {"$nin": list(self._working)}},
            ]
        }
        grouped: list[dict[str, Any]] = [
            {"$match": free},
            {"$group": {"_id": "$asked_by", "oldest": {"$min": "$_id"}}},
        ]
        rows: Any = await self._db.readings.aggregate(grouped)
        oldest: dict[str, str] = {row["_id"]: row["oldest"] async for row in rows}
        if not oldest:
            return None
        asker = self._turns.next(oldest)
        document = await self._db.readings.find_one_and_update(
            {**free, "_id": oldest[asker]},
            {"$set": {"state": ReadingState.RUNNING, "claim": new_id()}, "$inc": {"tries": 1}},
            return_document=ReturnDocument.AFTER,
        )
        self._turns.had(asker)
        if document is not None:
            self._working.add(document["_id"])
        return document

    async def _read(self, document: ReadingDocument) -> None:
        try:
            if document["tries"] > MOST_TRIES:  # it died with us so often
                raise ReadingFault("reading.failed")
            reading = await self._reading(document)
            result = await self._seals.seal(document, reading)
        except ReadingFault as fault:
            await self._faulted(document, fault)
        except KeyDestroyedError:
            await self._end(document, {"state": ReadingState.FAILED, "error": "file.gone"})
        except Problem as problem:
            await self._refused(document, problem)
        except SealBrokenError:
            log.exception("a stored file could not be opened", extra={"file_id": document["file_id"]})
            await self._end(document, {"state": ReadingState.FAILED, "error": "reading.failed"})
        else:
            self._tally(reading.kind, "done")
            await self._end(document, {"state": ReadingState.DONE, "kind": reading.kind, "result": result})

    async def _reading(self, document: ReadingDocument) -> Reading:
        """Raises ReadingFault, Problem, KeyDestroyedError, SealBrokenError."""
        kind = document.get("asked_kind")
        earlier = await self._db.readings.find_one({"file_id": document["file_id"], "state": ReadingState.DONE})
        if earlier is not None and kind is not None:  # somebody says what it is: the lines are known already
            known = await self._seals.open(earlier)
            assert known is not None  # it is done
            found, confidence, fields = extract(known.lines, known.pages, kind, known.codes)
            return Reading(found, confidence, fields, known.lines, known.pages, known.engine, known.codes)
        data, content_type = await self._load(document)
        return await self._reader.read(data, content_type, kind)

    async def _load(self, document: ReadingDocument) -> tuple[bytes, str]:
        file = await self._db.files.find_one({"_id": document["file_id"]})
        if file is None or file["state"] != FileState.COMPLETE or "purged_at" in file or file.get("recalled", False):
            raise Problem("file.gone")
        copy = file["copies"]["original"]
        if copy["size"] > Limits().file_bytes:
            raise ReadingFault("reading.file_too_large")
        blocks = [block async for block in self._store.read(file, copy)]
        return b"".join(blocks), copy["content_type"]

    async def _refused(self, document: ReadingDocument, problem: Problem) -> None:
        """The file cannot be had: for good, or the store is away and every file that waits would fail with this one."""
        if problem.type.kind is Kind.UNAVAILABLE:
            log.error("a file could not be fetched to be read: %s", problem.code)
            await self._wait(document, UNAVAILABLE_PAUSE, tries=document["tries"] - 1)
        else:
            await self._end(document, {"state": ReadingState.FAILED, "error": problem.code})

    async def _faulted(self, document: ReadingDocument, fault: ReadingFault) -> None:
        self._tally(document.get("asked_kind", ""), fault.code)
        if fault.code in ("reading.unavailable", "reading.queue_full"):  # not the file's fault: it keeps its tries
            log.error("no file can be read: %s", fault.code)
            await self._wait(document, UNAVAILABLE_PAUSE, tries=document["tries"] - 1)
        elif fault.retryable and document["tries"] < MOST_TRIES:
            await self._wait(document, PAUSE * document["tries"], tries=document["tries"])
        else:
            await self._end(document, {"state": ReadingState.FAILED, "error": fault.code})

    async def _wait(self, document: ReadingDocument, pause: timedelta, *, tries: int) -> None:
        later = {"state": ReadingState.QUEUED, "due_at": self._clock() + pause, "tries": tries}
        await self._db.readings.update_one(_mine(document), {"$set": later, "$unset": {"claim": ""}})

    async def _end(self, document: ReadingDocument, outcome: dict[str, Any]) -> None:
        """Store the outcome and what follows from it, if this is still the one who reads it."""
        change: dict[str, Any] = {"$set": {**outcome, "ended_at": self._clock()}, "$unset": {"claim": ""}}
        if outcome["state"] == ReadingState.FAILED:
            change["$unset"]["job_key"] = ""  # it may be asked for again

        async def work(session: AsyncClientSession) -> None:
            result = await self._db.readings.update_one(_mine(document), change, session=session)
            if result.modified_count != 1:
                return
            subject = f"reading:{document['_id']}"
            await self._audit.write(
                None,
                "reading.ended",
                subject,
                session,
                space_id=document["space_id"],
                state=outcome["state"].value,
                kind=outcome.get("kind", ""),
                error=outcome.get("error", ""),
            )
            await self._outbox.add(session, ENDED, subject, {"reading_id": document["_id"]})
            if outcome["state"] == ReadingState.DONE:
                file_id = document["file_id"]
                await self._outbox.add(session, FILLS, f"file:{file_id}", {"file_id": file_id})
                if "verification_id" not in document:  # no member sees those
                    await weigh(self._db, self._outbox, session, file_id)

        await self._db.transaction(work)
        self._outbox.nudge()


def _mine(document: ReadingDocument) -> dict[str, Any]:
    return {"_id": document["_id"], "state": ReadingState.RUNNING, "claim": document["claim"]}
