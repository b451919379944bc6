"""How much waits at the desk, for its first page (工作台)."""

import asyncio
from collections.abc import Mapping
from typing import Any

from pymongo.asynchronous.collection import AsyncCollection

from schemas.api.desk import DeskSummaryView
from schemas.enums import ContentState, DisputeState, OrderStatus
from schemas.settlement_enums import SettlementState
from services.actors import Actor
from services.permissions import DESK, FINANCE, Permission, allowed, require
from services.storage.database import Database
from services.work_items import OPEN

# Beyond this nobody cares how many more; a count must not walk through years.
MOST = 1000
_TO_APPROVE = {"$in": [SettlementState.AWAITING_APPROVAL.value, SettlementState.APPROVED_ONCE.value]}


class DeskCounts:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def of(self, actor: Actor) -> DeskSummaryView:
        """Counted afresh each time. Raises ``auth.forbidden``."""
        require(DESK, Permission.WORK_ITEM_VIEW, actor.roles)
        db = self._db
        items, urgent, disputes, proposed, orders, holds = await asyncio.gather(
            _count(db.work_items, {"state": OPEN}),
            _count(db.work_items, {"state": OPEN, "urgent": True}),
            _count(db.disputes, {"state": DisputeState.OPEN.value}),
            _count(db.disputes, {"state": DisputeState.PROPOSED.value}),
            _count(db.orders, {"status": OrderStatus.PAID.value}),
            _count(db.content_checks, {"state": ContentState.HELD.value}),
        )
        return DeskSummaryView(
            work_items=items,
            urgent_work_items=urgent,
            disputes=disputes,
            proposed_disputes=proposed,
            orders_without_lawyer=orders,
            content_holds=holds,
            settlements=await self._settlements(actor),
        )

    async def _settlements(self, actor: Actor) -> int | None:
        """Firms' statements: a lawyer's part is not approved by itself."""
        if not allowed(FINANCE, Permission.SETTLEMENT_APPROVE, actor.roles):
            return None
        return await _count(self._db.settlements, {"lawyer_id": None, "state": _TO_APPROVE})


async def _count(collection: AsyncCollection[Any], wanted: Mapping[str, Any]) -> int:
    return await collection.count_documents(wanted, limit=MOST)
