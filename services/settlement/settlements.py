"""Statements: seen by ops and by the lawyers they are about, approved by two different people (E3)."""

from typing import Any

from pymongo import DESCENDING
from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.api.settlements import (
    PeriodCheckView,
    RejectBody,
    SettlementPage,
    SettlementQuery,
    SettlementSummaryView,
    SettlementView,
)
from schemas.documents.ledgers import OutboxDocument
from schemas.documents.settlements import SettlementDocument
from schemas.enums import NoticeKind, Role
from schemas.settlement_enums import PeriodState
from services.actors import Actor
from services.clock import Clock, utc_now
from services.errors import Problem
from services.orders.order_seams import Teller
from services.outbox import Effect
from services.permissions import FINANCE, Permission, require
from services.settlement.closing import CLOSED, Closing
from services.settlement.settlement_book import SettlementBook
from services.settlement.settlement_states import Action
from services.settlement.settlement_views import SettlementViews
from services.settlement.statement_files import StatementFile, StatementFiles
from services.storage.database import Database


class Settlements:
    def __init__(
        self,
        database: Database,
        book: SettlementBook,
        views: SettlementViews,
        files: StatementFiles,
        closing: Closing,
        notices: Teller,
        clock: Clock = utc_now,
    ) -> None:
        self._db = database
        self._book = book
        self._views = views
        self._files = files
        self._closing = closing
        self._notices = notices
        self._clock = clock

    async def list(self, actor: Actor, query: SettlementQuery) -> SettlementPage:
        """Newest first: the firms' for ops, the caller's own for lawyers. Raises ``auth.forbidden``."""
        require(FINANCE, Permission.SETTLEMENT_VIEW, actor.roles)
        wanted: dict[str, Any] = {"lawyer_id": None if actor.has(Role.OPS) else actor.user_id}
        if query.state is not None:
            wanted["state"] = query.state.value
        if query.firm_id is not None:
            wanted["firm_id"] = query.firm_id
        if query.cursor is not None:
            wanted["_id"] = {"$lt": query.cursor}
        found = await self._db.settlements.find(wanted).sort("_id", DESCENDING).limit(query.limit + 1).to_list()
        shown = found[: query.limit]
        more = len(found) > query.limit
        return SettlementPage(
            items=[*await self._views.many(actor, shown)],
            next_cursor=shown[-1]["_id"] if more else None,
            has_more=more,
        )

    async def get(self, actor: Actor, settlement_id: str) -> SettlementView:
        """Raises ``auth.forbidden``, ``settlement.not_found``."""
        return await self._views.whole(actor, await self._book.access(actor, settlement_id))

    async def csv(self, actor: Actor, settlement_id: str) -> StatementFile:
        """The lines as a table. Raises ``auth.forbidden``, ``settlement.not_found``."""
        return self._files.csv(await self.get(actor, settlement_id))

    async def pdf(self, actor: Actor, settlement_id: str) -> StatementFile:
        """The statement on paper. Raises ``auth.forbidden``, ``settlement.not_found``, ``server.unavailable``."""
        return await self._files.pdf(await self.get(actor, settlement_id))

    async def approve(self, actor: Actor, settlement_id: str, revision: int) -> SettlementSummaryView:
        """The first or the second of two approvals. Raises what ``SettlementBook.take`` raises, and
        ``settlement.same_approver``."""

        async def work(session: AsyncClientSession) -> SettlementDocument:
            settlement = await self._book.take(actor, settlement_id, revision, Action.APPROVE, session)
            if actor.user_id in [one["by"] for one in settlement["approvals"]]:
                raise Problem("settlement.same_approver")
            approvals = [*settlement["approvals"], {"by": actor.user_id, "at": self._clock()}]
            return await self._book.move(session, settlement, Action.APPROVE, actor, {"approvals": approvals})

        return (await self._views.many(actor, [await self._db.transaction(work)]))[0]

    async def reject(self, actor: Actor, settlement_id: str, revision: int, body: RejectBody) -> SettlementSummaryView:
        """It is not paid until two people approve it anew. Raises what ``SettlementBook.take`` raises."""

        async def work(session: AsyncClientSession) -> SettlementDocument:
            settlement = await self._book.take(actor, settlement_id, revision, Action.REJECT, session)
            rejection = {"by": actor.user_id, "at": self._clock(), "reason": body.reason}
            changes = {"approvals": [], "rejection": rejection}
            return await self._book.move(session, settlement, Action.REJECT, actor, changes)

        return (await self._views.many(actor, [await self._db.transaction(work)]))[0]

    async def check(self, actor: Actor, settlement_id: str) -> PeriodCheckView:
        """The statement's period computed again from the stored facts. Raises ``auth.forbidden``,
        ``settlement.not_found``."""
        require(FINANCE, Permission.SETTLEMENT_APPROVE, actor.roles)
        settlement = await self._book.access(actor, settlement_id)
        period = await self._db.settlement_periods.find_one(
            {"_id": settlement["period_id"], "state": PeriodState.CLOSED.value}
        )
        if period is None:
            raise Problem("settlement.not_found")
        again, orders = await self._closing.again(period)
        return PeriodCheckView(
            period=period["number"],
            starts_at=period["starts_at"],
            ends_at=period["ends_at"],
            digest=period.get("digest", ""),
            digest_again=again,
            same=again == period.get("digest") and not orders,
            orders=orders,
        )

    # --- effects

    def effects(self) -> dict[str, Effect]:
        return {CLOSED: self._tell_closed}

    async def _tell_closed(self, row: OutboxDocument) -> None:
        settlement = await self._db.settlements.find_one({"_id": row["payload"]["settlement_id"]})
        if settlement is None or settlement["lawyer_id"] is None:
            return
        await self._notices.tell(
            settlement["lawyer_id"],
            NoticeKind.SETTLEMENT_CLOSED,
            f"settlement:{settlement['_id']}:closed",
            title="结算单已生成",
            text=f"第 {settlement['period_number']} 期结算单已生成，共 {settlement['orders']} 笔订单。",
            link=f"/settlements/{settlement['_id']}",
            values={"case": "律师结算", "sender": "系统"},
        )
