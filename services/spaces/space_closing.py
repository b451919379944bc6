"""Closing a case space for writing when its case is over, and opening it again (C7).

Who is a member goes on reading, searching and exporting; nobody sends, uploads, quotes or calls a hearing. A space
closes by itself some days after the order's last step and the last word in it, or by support's hand, and support opens
it again. The spaces of its hearings close and open with it. Nothing closes while a dispute, a quote, a refund or a
hearing is still under way.
"""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from pymongo import ASCENDING, DESCENDING
from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.api.spaces import SpaceClosedView
from schemas.documents.spaces import SpaceDocument
from schemas.enums import DisputeState, OrderStatus, QuoteState
from schemas.hearing_enums import HearingStage
from schemas.minutes_enums import MinutesState
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.outbox import Outbox
from services.permissions import DESK, Permission
from services.spaces.spaces import Spaces
from services.storage.database import Database
from services.work_items import WorkItems

CLOSED, REOPENED = "space.closed", "space.reopened"  # kinds of outbox rows
ASKED = "space.reopening_asked"  # kind of the work item
OVER = (OrderStatus.CONFIRMED, OrderStatus.REVIEWED, OrderStatus.CANCELLED, OrderStatus.REFUNDED)
BATCH = 200
_OPEN_CASES: Mapping[str, Any] = {"closed_at": None, "hearing_id": {"$exists": False}}

log = logging.getLogger("casespace.spaces")


class SpaceClosing:
    def __init__(
        self,
        database: Database,
        spaces: Spaces,
        items: WorkItems,
        audit: Audit,
        outbox: Outbox,
        *,
        days: int | None,
        clock: Clock = utc_now,
    ) -> None:
        """``days`` after the last step of an order that is over, and the last word; None: never by itself."""
        self._db = database
        self._spaces = spaces
        self._items = items
        self._audit = audit
        self._outbox = outbox
        self._days = days
        self._clock = clock

    # --- by hand

    async def close(self, actor: Actor, space_id: str) -> SpaceClosedView:
        """Close it now; a closed one stays as it is. Raises ``auth.forbidden``, ``space.not_found``,
        ``space.still_needed``."""
        _demand(actor)

        async def work(session: AsyncClientSession) -> SpaceDocument:
            space = await self._case(space_id, session)
            if "closed_at" in space:
                return space
            order = await self._db.orders.find_one({"_id": space["order_id"]}, {"status": 1}, session=session)
            if order is None or order["status"] not in OVER or await self._needed(space, session):
                raise Problem("space.still_needed")
            return await self._close(session, space, actor)

        return await self._changed(await self._db.transaction(work))

    async def reopen(self, actor: Actor, space_id: str) -> SpaceClosedView:
        """Let people write again; an open one stays as it is. Raises ``auth.forbidden``, ``space.not_found``,
        ``content.purged``."""
        _demand(actor)

        async def work(session: AsyncClientSession) -> SpaceDocument:
            space = await self._case(space_id, session)
            if "purged_at" in space:
                raise Problem("content.purged")
            if "closed_at" not in space:
                return space
            now = self._clock()
            change = {"$unset": {"closed_at": "", "closing": ""}, "$set": {"reopened_at": now}}
            where = {"_id": {"$in": await self._with_hearings(space_id, session)}, "purged_at": {"$exists": False}}
            await self._db.spaces.update_many(where, change, session=session)
            payload = {"space_id": space_id, "closing": space.get("closing", "")}
            await self._outbox.add(session, REOPENED, f"space:{space_id}", payload)
            await self._items.resolve(ASKED, space_id, "已重新开启", session)
            await self._audit.write(actor, REOPENED, f"space:{space_id}", session)
            del space["closed_at"]
            return space

        return await self._changed(await self._db.transaction(work))

    async def ask(self, actor: Actor, space_id: str) -> None:
        """A member wants to say something in a closed case: support is to open it, or to call. Asking again changes
        nothing. Raises ``space.not_found``, ``auth.forbidden``, ``content.purged``, ``space.is_open``."""
        space = (await self._spaces.access(actor, space_id, Permission.SPACE_ASK_REOPENING)).space
        if "purged_at" in space:
            raise Problem("content.purged")
        if "closed_at" not in space or "hearing_id" in space:
            raise Problem("space.is_open")
        await self._items.open(
            ASKED,
            space_id,
            title="申请重新开启案件空间",
            advice="请联系申请人了解事由；需要继续沟通的，在该空间点“重新开启”，否则写明处理结果后关闭工单。",
            space_id=space_id,
        )

    # --- by itself

    async def tick(self) -> int:
        """Close what has had its time, oldest first; how many. To be called every few minutes."""
        if self._days is None:
            return 0
        before = self._clock() - timedelta(days=self._days)
        closed, after = 0, ""
        while closed < BATCH:
            spaces = await self._old(before, after)
            if not spaces:
                break
            after = spaces[-1]["_id"]
            over = await self._over(spaces, before)
            for space in spaces:
                if space["order_id"] in over and not await self._said_since(space, before):
                    closed += await self._close_in_time(space["_id"])
        return closed

    async def _old(self, before: datetime, after: str) -> list[SpaceDocument]:
        quiet = {"created_at": {"$lte": before}, "$nor": [{"reopened_at": {"$gt": before}}]}
        found = self._db.spaces.find({**_OPEN_CASES, **quiet, "_id": {"$gt": after}})
        return await found.sort("_id", ASCENDING).limit(BATCH).to_list()

    async def _over(self, spaces: Iterable[SpaceDocument], before: datetime) -> set[str]:
        ids = [space["order_id"] for space in spaces]
        where = {"_id": {"$in": ids}, "status": {"$in": list(OVER)}, "updated_at": {"$lte": before}}
        return {order["_id"] async for order in self._db.orders.find(where, {"_id": 1})}

    async def _said_since(self, space: SpaceDocument, before: datetime) -> bool:
        """Whether anything was written in it, by people or by the system."""
        entries = {"_id": {"$gt": {"space": space["_id"], "seq": 0}, "$lt": {"space": space["_id"], "seq": 2**53}}}
        newest = await self._db.entries.find_one(entries, {"at": 1}, sort=[("_id", DESCENDING)])
        return newest is not None and newest["at"] > before

    async def _close_in_time(self, space_id: str) -> bool:
        space = await self._db.transaction(partial(self._close_unneeded, space_id=space_id))
        if space is None:
            return False
        await self._changed(space)
        log.info("a space was closed in time", extra={"space_id": space_id})
        return True

    async def _close_unneeded(self, session: AsyncClientSession, space_id: str) -> SpaceDocument | None:
        """None when it turns out to be closed, or still needed."""
        space = await self._db.spaces.find_one({"_id": space_id, **_OPEN_CASES}, session=session)
        if space is None or await self._needed(space, session):
            return None
        return await self._close(session, space, None)

    # --- both

    async def _close(self, session: AsyncClientSession, space: SpaceDocument, actor: Actor | None) -> SpaceDocument:
        now, space_id = self._clock(), space["_id"]
        event = await self._outbox.add(session, CLOSED, f"space:{space_id}", {"space_id": space_id})
        spaces = {"_id": {"$in": await self._with_hearings(space_id, session)}, "closed_at": None}
        await self._db.spaces.update_many(spaces, {"$set": {"closed_at": now, "closing": event}}, session=session)
        await self._audit.write(actor, CLOSED, f"space:{space_id}", session)
        space["closed_at"], space["closing"] = now, event
        return space

    async def _changed(self, space: SpaceDocument) -> SpaceClosedView:
        for space_id in await self._with_hearings(space["_id"]):
            await self._spaces.announce(space_id)
        self._outbox.nudge()
        return SpaceClosedView(id=space["_id"], closed_at=space.get("closed_at"))

    async def _case(self, space_id: str, session: AsyncClientSession) -> SpaceDocument:
        space = await self._db.spaces.find_one({"_id": space_id, "hearing_id": {"$exists": False}}, session=session)
        if space is None:
            raise Problem("space.not_found")
        return space

    async def _with_hearings(self, space_id: str, session: AsyncClientSession | None = None) -> list[str]:
        hearings = self._db.hearings.find({"case_space_id": space_id}, {"space_id": 1}, session=session)
        return [space_id, *[hearing["space_id"] async for hearing in hearings]]

    async def _needed(self, space: SpaceDocument, session: AsyncClientSession) -> bool:
        """Whether something is under way that people have to be able to talk about."""
        order_id = space["order_id"]
        disputes = {"order_id": order_id, "state": {"$in": [DisputeState.OPEN, DisputeState.PROPOSED]}}
        quotes = {"space_id": space["_id"], "state": {"$in": [QuoteState.OFFERED, QuoteState.ACCEPTED]}}
        if await self._db.disputes.find_one(disputes, {"_id": 1}, session=session):
            return True
        if await self._db.quotes.find_one(quotes, {"_id": 1}, session=session):
            return True
        hearings = await self._db.hearings.find(
            {"case_space_id": space["_id"]}, {"stage": 1}, session=session
        ).to_list()
        if any(hearing["stage"] != HearingStage.CLOSED for hearing in hearings):
            return True
        signing = {
            "_id": {"$in": [hearing["_id"] for hearing in hearings]},
            "state": {"$in": [MinutesState.READING, MinutesState.FINAL]},
        }
        return await self._db.minutes.find_one(signing, {"_id": 1}, session=session) is not None


def _demand(actor: Actor) -> None:
    if not actor.has(*DESK[Permission.SPACE_CLOSE]):
        raise Problem("auth.forbidden")
