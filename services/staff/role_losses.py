"""What ends with a role: places in case spaces; and what an account that was stopped leaves behind (A1, D3)."""

from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.documents.ledgers import OutboxDocument
from schemas.documents.people import UserDocument
from schemas.documents.spaces import SpaceDocument
from schemas.enums import Role
from services.identity.staff_rules import StaffRules
from services.outbox import Effect
from services.spaces.memberships import Memberships
from services.spaces.spaces import NewMember, current_member
from services.storage.database import Database
from services.work_items import WorkItems

STOPPED_LAWYER = "staff.orders_left"


class RoleLosses:
    def __init__(self, database: Database, memberships: Memberships, rules: StaffRules, work_items: WorkItems) -> None:
        self._db = database
        self._memberships = memberships
        self._rules = rules
        self._work_items = work_items

    def effects(self) -> dict[str, Effect]:
        return {"staff.roles_taken": self._leave, "staff.stopped": self._stopped}

    async def _leave(self, row: OutboxDocument) -> None:
        """Out of every case in which they were by a role that they have no more. Hearings have seats of their own."""
        user_id = row["payload"]["user_id"]
        user = await self._db.users.find_one({"_id": user_id})
        if user is None:
            return
        inside = {"members": {"$elemMatch": {"user_id": user_id, "left_at": {"$exists": False}}}}
        async for space in self._db.spaces.find({**inside, "hearing_id": {"$exists": False}}):
            member = current_member(space, user_id)
            if member is not None and member["role"] not in (*user["roles"], Role.CLIENT.value):
                await self._memberships.take_out(space["_id"], user_id, await self._relief(space, user_id))

    async def _relief(self, space: SpaceDocument, leaving: str) -> NewMember | None:
        """Somebody on duty, where a client would be left without support."""
        others = [one for one in space["members"] if "left_at" not in one and one["user_id"] != leaving]
        if "closed_at" in space or any(one["role"] == Role.SUPPORT for one in others):
            return None
        duty = {"roles": Role.SUPPORT.value, "on_duty": True, "disabled": False, "_id": {"$ne": leaving}}
        people: list[UserDocument] = await self._db.users.find(duty).sort("_id").to_list()
        inside = {one["user_id"] for one in others}
        free = [one for one in people if one["_id"] not in inside]
        if not free:
            return None
        person = free[int(space["_id"], 16) % len(free)]  # spread evenly, and the same one when this is run again
        return NewMember(person["_id"], Role.SUPPORT, person["display_name"])

    async def _stopped(self, row: OutboxDocument) -> None:
        user_id = row["payload"]["user_id"]
        left = await self._rules.open_orders(user_id)
        user = await self._db.users.find_one({"_id": user_id})
        if not left or user is None or not user["disabled"]:
            return

        async def work(session: AsyncClientSession) -> None:
            await self._work_items.open(
                STOPPED_LAWYER,
                f"user:{user_id}",
                title="停用的律师还有未办结的订单",
                advice="请在“案件订单”中找到该律师的订单，逐一改派给其他律师并告知客户；全部改派后关闭本工单。",
                urgent=True,
                session=session,
                lawyer=user["display_name"],
                orders=left,
            )

        await self._db.transaction(work)
