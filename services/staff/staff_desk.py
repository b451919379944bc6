"""Staff as ops see and change them on the page: who may do what, who is on duty, who is stopped (B4, D3)."""

import re
from typing import Any

from pymongo import ASCENDING

from schemas.api.base import Page
from schemas.api.staff import StaffBody, StaffQuery, StaffView, StopBody
from schemas.documents.people import UserDocument
from schemas.enums import Role
from services.actors import Actor
from services.errors import Problem
from services.identity.account_views import profile_of
from services.identity.staff import Staff
from services.permissions import DESK, Permission, require
from services.storage.database import Database

_STAFF = [role.value for role in Role if role is not Role.CLIENT]


class StaffDesk:
    def __init__(self, database: Database, staff: Staff) -> None:
        self._db = database
        self._staff = staff

    async def page(self, actor: Actor, query: StaffQuery) -> Page[StaffView]:
        """All who work here, stopped ones too, oldest account first. Raises ``auth.forbidden``."""
        require(DESK, Permission.STAFF_MANAGE, actor.roles)
        wanted: dict[str, Any] = {"roles": {"$in": [query.role.value] if query.role else _STAFF}}
        if query.q is not None:
            wanted["display_name"] = {"$regex": f"^{re.escape(query.q)}"}
        if query.cursor is not None:
            wanted["_id"] = {"$gt": query.cursor}
        found = await self._db.users.find(wanted).sort("_id", ASCENDING).limit(query.limit + 1).to_list()
        shown, more = found[: query.limit], len(found) > query.limit
        items = [staff_view(user) for user in shown]
        return Page[StaffView](items=items, next_cursor=shown[-1]["_id"] if more else None, has_more=more)

    async def change(self, actor: Actor, user_id: str, body: StaffBody) -> StaffView:
        """Other roles, and whether they are on duty; what goes with a role that they lose ends.

        Raises ``auth.forbidden``, ``account.not_found``, ``request.invalid`` and what ``StaffRules`` raises.
        """
        require(DESK, Permission.STAFF_MANAGE, actor.roles)
        await self._staff.set_roles(actor, user_id, body.roles, on_duty=body.on_duty)
        return await self._view(user_id)

    async def stop(self, actor: Actor, user_id: str, body: StopBody) -> StaffView:
        """They are signed out at once and sign in no more. Raises as ``change``."""
        require(DESK, Permission.STAFF_MANAGE, actor.roles)
        await self._staff.disable(actor, user_id, body.reason, staff_only=True)
        return await self._view(user_id)

    async def let_in(self, actor: Actor, user_id: str) -> StaffView:
        """They may sign in again. Raises ``auth.forbidden``, ``account.not_found``."""
        require(DESK, Permission.STAFF_MANAGE, actor.roles)
        await self._view(user_id)
        await self._staff.enable(actor, user_id)
        return await self._view(user_id)

    async def _view(self, user_id: str) -> StaffView:
        user = await self._db.users.find_one({"_id": user_id, "roles": {"$in": _STAFF}})
        if user is None:
            raise Problem("account.not_found")
        return staff_view(user)


def staff_view(user: UserDocument) -> StaffView:
    return StaffView(
        id=user["_id"],
        display_name=user["display_name"],
        roles=[Role(role) for role in user["roles"] if role in _STAFF],
        on_duty=user.get("on_duty", False),
        disabled=user["disabled"],
        profile=profile_of(user),
    )
