"""Work items (工单): what a person must look at, opened by the machine once and closed by a person."""

import re
from typing import Any

from pymongo import ReturnDocument
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from schemas.documents.money import WorkItemDocument
from services.actors import Actor
from services.audit import SYSTEM, Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.ids import new_id
from services.storage.database import Database

OPEN, DONE = "open", "done"


def may_reopen(item: WorkItemDocument) -> bool:
    """What a person closed; what the machine closed has no reason any more."""
    return item["state"] == DONE and item.get("done_by") != SYSTEM


class WorkItems:
    def __init__(self, database: Database, audit: Audit, clock: Clock = utc_now) -> None:
        self._db = database
        self._audit = audit
        self._clock = clock

    async def open(
        self,
        kind: str,
        subject: str,
        /,
        *,
        title: str,
        advice: str,
        urgent: bool = False,
        session: AsyncClientSession | None = None,
        **detail: Any,
    ) -> str:
        """Open one, or note that the open one of this kind and subject was found again. Returns its id.

        ``title`` and ``advice`` are Chinese and hold no personal data; ``detail`` holds ids, states and amounts, and
        may itself name a ``kind`` or ``subject``, such as a transaction's.
        """
        now = self._clock()
        item = await self._db.work_items.find_one_and_update(
            {"open_key": f"{kind} {subject}"},
            {
                "$setOnInsert": {
                    "_id": new_id(),
                    "schema_version": 1,
                    "kind": kind,
                    "subject": subject,
                    "state": OPEN,
                    "created_at": now,
                },
                "$set": {"title": title, "advice": advice, "detail": detail, "urgent": urgent, "updated_at": now},
                "$inc": {"seen": 1},
            },
            upsert=True,
            return_document=ReturnDocument.AFTER,
            session=session,
        )
        assert item is not None  # upserted
        return item["_id"]

    async def close(self, actor: Actor, item_id: str, outcome: str) -> WorkItemDocument:
        """A person has dealt with it. Raises ``work_item.not_found`` and ``work_item.already_done``."""

        async def work(session: AsyncClientSession) -> WorkItemDocument:
            item = await self._db.work_items.find_one({"_id": item_id}, session=session)
            if item is None:
                raise Problem("work_item.not_found")
            if item["state"] != OPEN:
                raise Problem("work_item.already_done")
            now = self._clock()
            changes = {"state": DONE, "done_by": actor.user_id, "done_at": now, "outcome": outcome, "updated_at": now}
            done = await self._db.work_items.find_one_and_update(
                {"_id": item_id},
                {"$set": changes, "$unset": {"open_key": ""}},
                return_document=ReturnDocument.AFTER,
                session=session,
            )
            await self._audit.write(actor, "work_item.done", item_id, session, kind=item["kind"])
            assert done is not None  # it was there a moment ago, and the transaction would have conflicted
            return done

        return await self._db.transaction(work)

    async def reopen(self, actor: Actor, item_id: str) -> WorkItemDocument:
        """It was closed by mistake. What was written about it stays, for whoever takes it up.

        Raises ``work_item.not_found``, ``work_item.cannot_reopen``: it is open, or its reason went away by itself, or
        the same matter has been found again since.
        """

        async def work(session: AsyncClientSession) -> WorkItemDocument:
            item = await self._db.work_items.find_one({"_id": item_id}, session=session)
            if item is None:
                raise Problem("work_item.not_found")
            if not may_reopen(item):
                raise Problem("work_item.cannot_reopen")
            changes = {"state": OPEN, "open_key": f"{item['kind']} {item['subject']}", "updated_at": self._clock()}
            again = await self._db.work_items.find_one_and_update(
                {"_id": item_id},
                {"$set": changes, "$unset": {"done_by": "", "done_at": ""}},
                return_document=ReturnDocument.AFTER,
                session=session,
            )
            await self._audit.write(actor, "work_item.reopened", item_id, session, kind=item["kind"])
            assert again is not None  # it was there a moment ago, and the transaction would have conflicted
            return again

        try:
            return await self._db.transaction(work)
        except DuplicateKeyError:
            raise Problem("work_item.cannot_reopen") from None

    async def resolve(self, kind: str, subject: str, outcome: str, session: AsyncClientSession | None = None) -> bool:
        """The reason is gone, found by the machine itself; ``outcome`` says how. False when none was open."""
        now = self._clock()
        changes = {"state": DONE, "done_by": SYSTEM, "done_at": now, "outcome": outcome, "updated_at": now}
        item = await self._db.work_items.find_one_and_update(
            {"open_key": f"{kind} {subject}"}, {"$set": changes, "$unset": {"open_key": ""}}, session=session
        )
        if item is not None:
            await self._audit.write(None, "work_item.resolved", item["_id"], session, kind=kind)
        return item is not None

    async def list(
        self,
        state: str = OPEN,
        limit: int = 100,
        after: str | None = None,
        *,
        kind: str | None = None,
        urgent: bool = False,
    ) -> list[WorkItemDocument]:
        """Newest first, at most ``limit``, older than the item ``after``; ``kind`` may be what kinds begin with."""
        query: dict[str, Any] = {"state": state}
        if kind is not None:
            query["kind"] = {"$regex": rf"^{re.escape(kind)}(\.|$)"}
        if urgent:
            query["urgent"] = True
        if after is not None:
            query["_id"] = {"$lt": after}
        return await self._db.work_items.find(query).sort("_id", -1).limit(limit).to_list()

    async def get(self, item_id: str) -> WorkItemDocument:
        """Raises ``work_item.not_found``."""
        item = await self._db.work_items.find_one({"_id": item_id})
        if item is None:
            raise Problem("work_item.not_found")
        return item
