"""Who serves an order: by the office's rule at once, or by hand (ruling 12, D2)."""

from functools import partial
from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.command_cursor import AsyncCommandCursor

from schemas.documents.orders import OrderDocument
from schemas.documents.people import UserDocument
from schemas.enums import OrderStatus, Role, SystemRole
from services.actors import Actor
from services.clock import Clock, utc_now
from services.errors import Problem
from services.orders.order_book import SYSTEM, Move, OrderBook
from services.orders.order_rules import OPEN_WORK, Action, Candidate, choose_lawyer, declined_by
from services.orders.order_seals import OrderSeals
from services.spaces.spaces import NewMember, Spaces
from services.storage.database import Database

# The field of a product's form in which the client names the area of law.
TOPIC = "topic"


class Assignments:
    def __init__(
        self,
        database: Database,
        book: OrderBook,
        seals: OrderSeals,
        spaces: Spaces,
        clock: Clock = utc_now,
        *,
        verified_only: bool = False,
    ) -> None:
        """``verified_only``: only lawyers whose practising licence was verified serve orders (B2)."""
        self._clock = clock
        self._verified_only = verified_only
        self._db = database
        self._book = book
        self._seals = seals
        self._spaces = spaces

    async def by_rule(self, order_id: str) -> bool:
        """Assign a paid order to the lawyer that the rule names. False when nobody can take it.

        True as well when the order is not waiting for a lawyer any more: a repeat does no harm.
        """
        while True:
            order = await self._book.load(order_id)
            if order is None or order["status"] != OrderStatus.PAID:
                return True
            chosen = await self._choose(order)
            if chosen is None:
                return False
            try:
                await self._db.transaction(partial(self.assign, order=order, lawyer=chosen))
            except Problem as fault:
                if fault.code != "order.wrong_state":
                    raise
                continue  # somebody was faster; look again
            return True

    async def candidate(self, lawyer_id: str) -> Candidate:
        """A lawyer whom a person picked. Raises ``order.lawyer_unavailable``."""
        user = await self._db.users.find_one({"_id": lawyer_id, **self._serving()})
        if user is None:
            raise Problem("order.lawyer_unavailable")
        return _candidate(user, 0)

    async def check_may_serve(self, lawyer_id: str) -> None:
        """Raises ``order.lawyer_unverified``."""
        if await self._db.users.find_one({"_id": lawyer_id, **self._verified()}, {"_id": 1}) is None:
            raise Problem("order.lawyer_unverified")

    async def assign(
        self,
        session: AsyncClientSession,
        *,
        order: OrderDocument,
        lawyer: Candidate,
        actor: Actor | None = None,
        roles: frozenset[Role] | frozenset[SystemRole] = SYSTEM,
    ) -> OrderDocument:
        """Assign and let the lawyer into the space; a lawyer who had it before leaves. For transactions."""
        before = order.get("lawyer_id")
        if before == lawyer.user_id:
            raise Problem("order.wrong_state", "订单已分配给该律师")
        payload = {"lawyer_id": lawyer.user_id} | ({"left_id": before} if before else {})
        moved = await self._book.move(
            session,
            order,
            Move(
                Action.ASSIGN,
                "assigned",
                set={"lawyer_id": lawyer.user_id, "lawyer_name": lawyer.display_name},
                payload=payload,
                card="assignment",
            ),
            actor=actor,
            roles=roles,
        )
        if before:
            await self._spaces.remove_members(session, order["space_id"], [before])
        member = NewMember(lawyer.user_id, Role.LAWYER, lawyer.display_name)
        await self._spaces.add_members(session, order["space_id"], [member])
        return moved

    async def _choose(self, order: OrderDocument) -> Candidate | None:
        lawyers = await self._db.users.find(self._serving()).to_list()
        loads = await self._loads([lawyer["_id"] for lawyer in lawyers])
        candidates = [_candidate(lawyer, loads.get(lawyer["_id"], 0)) for lawyer in lawyers]
        excluded = declined_by(order) | {order["client_id"]}
        need = await self._seals.need(order)
        about = frozenset({order["product"]["kind"], str(need.get(TOPIC, ""))})
        return choose_lawyer(candidates, about, excluded, order.get("wanted_lawyer_id"))

    def _serving(self) -> dict[str, Any]:
        """Lawyers who can be given work."""
        return {"roles": Role.LAWYER.value, "disabled": False, **self._verified()}

    def _verified(self) -> dict[str, Any]:
        return {"verified_until.lawyer": {"$gt": self._clock()}} if self._verified_only else {}

    async def _loads(self, lawyer_ids: list[str]) -> dict[str, int]:
        open_work = [status.value for status in OPEN_WORK]
        cursor: AsyncCommandCursor[Any] = await self._db.orders.aggregate(
            [
                {"$match": {"lawyer_id": {"$in": lawyer_ids}, "status": {"$in": open_work}}},
                {"$group": {"_id": "$lawyer_id", "orders": {"$sum": 1}}},
            ]
        )
        return {row["_id"]: row["orders"] async for row in cursor}


def _candidate(user: UserDocument, open_orders: int) -> Candidate:
    areas = user.get("profile", {}).get("areas", [])
    kinds = frozenset(str(area) for area in areas) if isinstance(areas, list) else frozenset()
    return Candidate(user["_id"], user["display_name"], kinds, open_orders)
