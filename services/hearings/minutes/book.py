"""Minutes in the database: opened by whoever may, changed step by step, each step with its event and audit entry."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from pymongo import ReturnDocument
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from schemas.documents.hearings import HearingDocument
from schemas.documents.minutes import MinutesDocument, MinutesEntryDocument
from schemas.enums import OutboxState
from schemas.minutes_enums import MinutesAct, MinutesState
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.hearings.asynchronous.exchange_book import EXCHANGED
from services.hearings.docket import ACTED, court_of
from services.hearings.minutes.drafting import PLACE
from services.hearings.minutes.rights import check
from services.hearings.minutes.sheet import Sheet
from services.keys import DataKey, KeyDestroyedError, Vault
from services.outbox import Outbox
from services.storage.database import Database


@dataclass(frozen=True, slots=True)
class Step:
    """One change of the minutes. ``event``: the effect that it owes, ``minutes.<event>``."""

    action: str
    update: dict[str, Any] = field(default_factory=dict)  # as MongoDB takes it
    event: str | None = None
    payload: dict[str, Any] = field(default_factory=dict)  # ids and states only: the outbox is not sealed


Do = Callable[[Sheet, AsyncClientSession], Awaitable[Step | None]]


class MinutesBook:
    def __init__(self, database: Database, vault: Vault, audit: Audit, outbox: Outbox, clock: Clock = utc_now) -> None:
        self._db = database
        self._vault = vault
        self._audit = audit
        self._outbox = outbox
        self._clock = clock

    async def look(self, hearing_id: str) -> Sheet:
        """For effects, which ask nobody's permission. Raises ``hearing.not_found``."""
        return await self._sheet(hearing_id, None, None)

    async def access(self, actor: Actor, hearing_id: str, act: MinutesAct = MinutesAct.READ) -> Sheet:
        """The minutes, for those who may do this now.

        Raises ``hearing.not_found`` for strangers, ``hearing.not_allowed``, ``minutes.*`` (``rights.check``).
        """
        sheet = await self._sheet(hearing_id, actor, None)
        _admit(sheet, act)
        return sheet

    async def change(
        self, actor: Actor | None, hearing_id: str, act: MinutesAct | None, do: Do
    ) -> tuple[Sheet, Step | None]:
        """Run ``do`` in a transaction and write down what it says; the minutes then, and the step.

        ``do`` writes through its session only, may be run again, and returns None when there is nothing to change.
        Changes of the same minutes come one after the other. ``actor`` None: the system. Raises as ``access``.
        """
        await self._begin(hearing_id, actor)

        async def work(session: AsyncClientSession) -> tuple[Sheet, Step | None]:
            sheet = await self._sheet(hearing_id, actor, session)
            if act is not None:
                _admit(sheet, act)
            step = await do(sheet, session)
            return (sheet, None) if step is None else (await self._write(session, actor, sheet, step), step)

        done = await self._db.transaction(work)
        self._outbox.nudge()
        return done

    async def entries(self, sheet: Sheet, session: AsyncClientSession | None = None) -> list[MinutesEntryDocument]:
        """All of them, as they are read."""
        found = await self._db.minutes_entries.find({"hearing_id": sheet.id}, session=session).to_list()
        by_id = {entry["_id"]: entry for entry in found}
        return [by_id[entry_id] for entry_id in sheet.minutes["order"] if entry_id in by_id]

    async def journal_is_in(self, hearing_id: str, session: AsyncClientSession) -> bool:
        """Whether everything that happened in the hearing, as ``session`` sees it, has been drafted.

        An act whose effect was parked is not: a text that misses it must not be fixed before somebody has looked.
        """
        kinds = {"$in": [ACTED, EXCHANGED]}
        waiting = {
            "subject": f"hearing:{hearing_id}",
            "kind": kinds,
            "state": {"$in": [OutboxState.PENDING, OutboxState.PARKED]},
        }
        return await self._db.outbox.find_one(waiting, {"_id": 1}, session=session) is None

    async def _begin(self, hearing_id: str, actor: Actor | None) -> None:
        """Make the minutes when first needed, before any transaction looks at them."""
        if await self._db.minutes.find_one({"_id": hearing_id}, {"_id": 1}):
            return
        await self._sheet(hearing_id, actor, None)  # strangers and mistaken ids make nothing
        try:
            await self._db.minutes.insert_one(self._blank(hearing_id))
        except DuplicateKeyError:
            return  # another has made it this very moment

    async def _sheet(self, hearing_id: str, actor: Actor | None, session: AsyncClientSession | None) -> Sheet:
        hearing = await self._db.hearings.find_one({"_id": hearing_id}, session=session)
        if hearing is None:
            raise Problem("hearing.not_found")
        court = court_of(hearing)
        seat = court.find(actor.user_id) if actor else None
        if actor is not None and seat is None:
            raise Problem("hearing.not_allowed" if hearing["created_by"] == actor.user_id else "hearing.not_found")
        minutes = await self._db.minutes.find_one({"_id": hearing_id}, session=session) or self._blank(hearing_id)
        return Sheet(hearing, court, minutes, await self._key(hearing), seat)

    async def _write(self, session: AsyncClientSession, actor: Actor | None, sheet: Sheet, step: Step) -> Sheet:
        changed = await self._db.minutes.find_one_and_update(
            {"_id": sheet.id, "version": sheet.minutes["version"]},
            {**step.update, "$inc": {"version": 1}},
            return_document=ReturnDocument.AFTER,
            session=session,
        )
        if changed is None:
            raise Problem("server.unavailable", retry_after=1)
        if step.event is not None:
            payload = {"hearing_id": sheet.id, "by": actor.user_id if actor else None, **step.payload}
            await self._outbox.add(session, f"minutes.{step.event}", f"hearing:{sheet.id}", payload)
        await self._audit.write(
            actor, f"minutes.{step.action}", f"hearing:{sheet.id}", session, version=changed["version"]
        )
        return Sheet(sheet.hearing, sheet.court, changed, sheet.key, sheet.seat)

    async def _key(self, hearing: HearingDocument) -> DataKey:
        try:
            return await self._vault.key(f"space:{hearing['space_id']}")
        except KeyDestroyedError:
            raise Problem("file.gone") from None

    def _blank(self, hearing_id: str) -> MinutesDocument:
        return {
            "_id": hearing_id,
            "schema_version": 1,
            "version": 0,
            "state": MinutesState.DRAFT,
            "tribunal": "",
            "case_number": "",
            "cause": "",
            "place": PLACE,
            "order": [],
            "sittings": [],
            "sent": 0,
            "editions": [],
            "paper": None,
            "created_at": self._clock(),
        }


def _admit(sheet: Sheet, act: MinutesAct) -> None:
    if sheet.seat is not None:
        check(sheet.court, sheet.seat, sheet.state, act)
