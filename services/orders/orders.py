"""Orders: placed, seen, and moved by the people concerned (C2)."""

from collections.abc import Awaitable, Callable
from typing import Any

from pymongo import DESCENDING
from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.api.orders import (
    AssignBody,
    CancelBody,
    DeclineBody,
    DeliverBody,
    OrderBody,
    OrderPage,
    OrdersQuery,
    OrderView,
    ReviewBody,
)
from schemas.documents.orders import OrderDocument
from schemas.enums import Role
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.idempotency import Intent
from services.orders.assignments import Assignments
from services.orders.order_book import Access, Move, OrderBook, standing
from services.orders.order_placing import OrderPlacing
from services.orders.order_rules import PERMISSIONS, Action
from services.orders.order_seals import OrderSeals
from services.orders.order_seams import SpaceFiles
from services.orders.order_views import OrderViews
from services.outbox import Outbox
from services.permissions import Permission
from services.spaces.spaces import Spaces
from services.storage.database import Database

Step = Callable[[AsyncClientSession, Access], Awaitable[OrderDocument]]


class Orders:
    def __init__(
        self,
        database: Database,
        book: OrderBook,
        placing: OrderPlacing,
        views: OrderViews,
        seals: OrderSeals,
        assignments: Assignments,
        spaces: Spaces,
        files: SpaceFiles,
        audit: Audit,
        outbox: Outbox,
        clock: Clock = utc_now,
    ) -> None:
        self._db = database
        self._book = book
        self._placing = placing
        self._views = views
        self._seals = seals
        self._assignments = assignments
        self._spaces = spaces
        self._files = files
        self._audit = audit
        self._outbox = outbox
        self._clock = clock

    async def access(self, actor: Actor, order_id: str, permission: Permission) -> Access:
        """Raises ``order.not_found`` or ``auth.forbidden``."""
        return await self._book.access(actor, order_id, permission)

    async def place(self, actor: Actor, body: OrderBody, intent: Intent) -> OrderView:
        """See ``OrderPlacing.place``."""
        return await self._placing.place(actor, body, intent)

    async def list(self, actor: Actor, query: OrdersQuery) -> OrderPage:
        """Newest first: the client's own, the lawyer's own, all for the desk."""
        found = _visible(actor)
        if query.status is not None:
            found["status"] = query.status.value
        if query.number is not None:
            found["number"] = query.number.upper()
        if query.cursor is not None:
            found["_id"] = {"$lt": query.cursor}
        orders = await self._db.orders.find(found).sort("_id", DESCENDING).limit(query.limit + 1).to_list()
        shown = orders[: query.limit]
        more = len(orders) > query.limit
        return OrderPage(
            items=await self._views.many(actor, shown),
            next_cursor=shown[-1]["_id"] if more else None,
            has_more=more,
        )

    async def get(self, actor: Actor, order_id: str) -> OrderView:
        """One order with everything in it. That the desk reads what a client told is audited (K2)."""
        access = await self._book.access(actor, order_id, Permission.ORDER_VIEW)
        if access.roles.isdisjoint({Role.CLIENT, Role.LAWYER}):
            await self._audit.write(actor, "order.need_read", order_id)
        return await self._views.whole(access)

    async def cancel(self, actor: Actor, order_id: str, body: CancelBody) -> OrderView:
        """Before it is paid; afterwards a refund is asked for."""

        async def step(session: AsyncClientSession, access: Access) -> OrderDocument:
            sealed = await self._seals.seal(access.order, "cancel", body.reason) if body.reason else None
            move = Move(Action.CANCEL, "cancelled", set={"cancel_reason": sealed} if sealed else None)
            return await self._move(session, actor, access, move)

        return await self._do(actor, order_id, Action.CANCEL, step)

    async def assign(self, actor: Actor, order_id: str, body: AssignBody) -> OrderView:
        """By hand. Raises ``order.lawyer_unavailable``."""

        async def step(session: AsyncClientSession, access: Access) -> OrderDocument:
            lawyer = await self._assignments.candidate(body.lawyer_id)
            return await self._assignments.assign(
                session, order=access.order, lawyer=lawyer, actor=actor, roles=access.roles
            )

        return await self._do(actor, order_id, Action.ASSIGN, step)

    async def accept(self, actor: Actor, order_id: str) -> OrderView:
        """Raises ``order.lawyer_unverified`` where only verified lawyers serve."""

        async def step(session: AsyncClientSession, access: Access) -> OrderDocument:
            await self._assignments.check_may_serve(actor.user_id)
            return await self._move(session, actor, access, Move(Action.ACCEPT, "accepted", about="assignment"))

        return await self._do(actor, order_id, Action.ACCEPT, step)

    async def decline(self, actor: Actor, order_id: str, body: DeclineBody) -> OrderView:
        """The lawyer leaves the space; the rule finds another one."""

        async def step(session: AsyncClientSession, access: Access) -> OrderDocument:
            reason = await self._seals.seal(access.order, "decline", body.reason)
            decline = {"lawyer_id": actor.user_id, "reason": reason, "at": self._clock()}
            moved = await self._move(
                session,
                actor,
                access,
                Move(
                    Action.DECLINE,
                    "declined",
                    unset=("lawyer_id", "lawyer_name"),
                    push={"declines": decline},
                    payload={"lawyer_id": actor.user_id},
                    about="assignment",
                ),
            )
            await self._spaces.remove_members(session, moved["space_id"], [actor.user_id])
            return moved

        return await self._do(actor, order_id, Action.DECLINE, step)

    async def deliver(self, actor: Actor, order_id: str, body: DeliverBody) -> OrderView:
        """Raises ``file.not_found`` or ``file.not_uploaded`` for files that are not whole files of the space."""
        access = await self._book.access(actor, order_id, Permission.ORDER_DELIVER)
        if body.file_ids:
            await self._files.check_for_message(access.order["space_id"], actor.user_id, body.file_ids)

        async def step(session: AsyncClientSession, access: Access) -> OrderDocument:
            summary = await self._seals.seal(access.order, "delivery", body.summary)
            delivery = {"summary": summary, "file_ids": body.file_ids, "at": self._clock()}
            move = Move(Action.DELIVER, "delivered", set={"delivery": delivery}, card="delivery")
            delivered = await self._move(session, actor, access, move)
            # a subject of its own: WeChat's being away must not hold up the order's other news
            await self._outbox.add(session, "shipping.report", f"shipping:{order_id}", {"order_id": order_id})
            return delivered

        return await self._do(actor, order_id, Action.DELIVER, step)

    async def confirm(self, actor: Actor, order_id: str) -> OrderView:
        async def step(session: AsyncClientSession, access: Access) -> OrderDocument:
            return await self._move(session, actor, access, Move(Action.CONFIRM, "confirmed", about="delivery"))

        return await self._do(actor, order_id, Action.CONFIRM, step)

    async def review(self, actor: Actor, order_id: str, body: ReviewBody) -> OrderView:
        async def step(session: AsyncClientSession, access: Access) -> OrderDocument:
            text = await self._seals.seal(access.order, "review", body.text) if body.text else None
            review = {"stars": body.stars, "text": text, "at": self._clock()}
            move = Move(Action.REVIEW, "reviewed", set={"review": review}, about="delivery")
            moved = await self._move(session, actor, access, move)
            # what follows from a bad rating is another theme's to decide (services/disputes/)
            ids = {"order_id": order_id, "stars": body.stars}
            await self._outbox.add(session, "order.rated", f"order:{order_id}", ids)
            return moved

        return await self._do(actor, order_id, Action.REVIEW, step)

    async def _move(self, session: AsyncClientSession, actor: Actor, access: Access, move: Move) -> OrderDocument:
        return await self._book.move(session, access.order, move, actor=actor, roles=access.roles)

    async def _do(self, actor: Actor, order_id: str, action: Action, step: Step) -> OrderView:
        """Load and step in one transaction, so that the step is judged by what it changes."""

        async def work(session: AsyncClientSession) -> OrderDocument:
            access = await self._book.access(actor, order_id, PERMISSIONS[action], session)
            return await step(session, access)

        order = await self._db.transaction(work)
        self._outbox.nudge()
        return await self._views.whole(Access(order, standing(actor, order)))


def _visible(actor: Actor) -> dict[str, Any]:
    if actor.has(Role.SUPPORT, Role.OPS):
        return {}
    own = [{"client_id": actor.user_id}] if actor.has(Role.CLIENT) else []
    if actor.has(Role.LAWYER):
        own.append({"lawyer_id": actor.user_id})
    return {"$or": own} if own else {"client_id": actor.user_id}
