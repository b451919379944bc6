"""What nobody may do to an account of staff, asked in the transaction of the change."""

from collections.abc import Collection

from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.documents.people import UserDocument
from schemas.enums import OrderStatus, Role
from services.actors import Actor
from services.errors import Problem
from services.storage.database import Database

# A lawyer's orders in which something is owed to the client, or may still be: their lawyer is no colleague who leaves.
OPEN_ORDERS = [
    OrderStatus.ASSIGNED.value,
    OrderStatus.IN_SERVICE.value,
    OrderStatus.DELIVERED.value,
    OrderStatus.REFUNDING.value,
]
_BENCH = frozenset({Role.PRESIDER, Role.CLERK})


class StaffRules:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def may_change(self, session: AsyncClientSession, actor: Actor | None, user_id: str) -> None:
        """Nobody changes what they themselves may do, so there is always somebody of ops left.

        The one who does it is written to as well: of two who take the role from each other at once, one comes too late.
        Raises ``staff.own_account``, ``auth.forbidden``. ``actor`` None is the operator's shell.
        """
        if actor is None:
            return
        if actor.user_id == user_id:
            raise Problem("staff.own_account")
        still = {"_id": actor.user_id, "roles": Role.OPS.value, "disabled": False}
        found = await self._db.users.update_one(still, {"$inc": {"acts": 1}}, session=session)
        if not found.matched_count:
            raise Problem("auth.forbidden")

    async def may_lose(self, session: AsyncClientSession, user: UserDocument, lost: Collection[Role]) -> None:
        """Raises ``staff.last_ops``, ``staff.orders_open``, ``staff.hearings_open``."""
        if Role.OPS in lost:
            await self.not_the_last(session, user["_id"])
        if Role.LAWYER in lost and await self.open_orders(user["_id"], session):
            raise Problem("staff.orders_open")
        bench = [role.value for role in _BENCH.intersection(lost)]
        seat = {"$elemMatch": {"user_id": user["_id"], "role": {"$in": bench}}}
        sits = {"seats": seat, "stage": {"$ne": "closed"}}
        if bench and await self._db.hearings.find_one(sits, {"_id": 1}, session=session):
            raise Problem("staff.hearings_open")

    async def not_the_last(self, session: AsyncClientSession, user_id: str) -> None:
        """Raises ``staff.last_ops`` when nobody else of ops can sign in."""
        others = {"_id": {"$ne": user_id}, "roles": Role.OPS.value, "disabled": False}
        if await self._db.users.find_one(others, {"_id": 1}, session=session) is None:
            raise Problem("staff.last_ops")

    async def open_orders(self, user_id: str, session: AsyncClientSession | None = None) -> int:
        """How many orders wait for this lawyer."""
        mine = {"lawyer_id": user_id, "status": {"$in": OPEN_ORDERS}}
        return await self._db.orders.count_documents(mine, session=session)
