"""Who is who, for the desk: colleagues by role, and a client by the number that they gave (K2: no list of clients)."""

import re
from typing import Any

from pymongo import ASCENDING

from schemas.api.base import Page
from schemas.api.desk_people import DeskPeopleQuery, DeskPersonView
from schemas.documents.people import UserDocument
from schemas.enums import IdentityKind, Role
from services.actors import Actor
from services.audit import Audit
from services.identity.people import People
from services.permissions import DESK, Permission, require
from services.storage.database import Database

SEARCHED = "desk.person_searched"


class Directory:
    def __init__(self, database: Database, people: People, audit: Audit) -> None:
        self._db = database
        self._people = people
        self._audit = audit

    async def find(self, actor: Actor, query: DeskPeopleQuery) -> Page[DeskPersonView]:
        """Those who may work here, oldest account first. That a client was looked for is audited, found or not.

        Raises ``auth.forbidden``.
        """
        require(DESK, Permission.PEOPLE_FIND, actor.roles)
        wanted: dict[str, Any] = {"roles": query.role.value, "disabled": False}
        if query.role is Role.CLIENT:
            wanted["_id"] = await self._client(actor, query.q or "")
        else:
            if query.q is not None:
                wanted["display_name"] = {"$regex": f"^{re.escape(query.q)}"}
            if query.cursor is not None:
                wanted["_id"] = {"$gt": query.cursor}
        found = await self._db.users.find(wanted).sort("_id", ASCENDING).limit(query.limit + 1).to_list()
        shown, more = found[: query.limit], len(found) > query.limit
        return Page[DeskPersonView](
            items=[_view(user) for user in shown], next_cursor=shown[-1]["_id"] if more else None, has_more=more
        )

    async def _client(self, actor: Actor, q: str) -> str | None:
        """The id of the one whose phone or order this is."""
        identity = await self._people.find(IdentityKind.PHONE, q)
        found = identity["user_id"] if identity else None
        if found is None:
            order = await self._db.orders.find_one({"number": q.upper()}, {"client_id": 1})
            found = order["client_id"] if order else None
        # what was looked for may be somebody's number, so it is not repeated here
        await self._audit.write(actor, SEARCHED, "desk", found=found)
        return found


def _view(user: UserDocument) -> DeskPersonView:
    return DeskPersonView(
        id=user["_id"],
        display_name=user["display_name"],
        roles=[Role(role) for role in user["roles"]],
        phone_masked=user.get("phone_hint") if Role.CLIENT in user["roles"] else None,
        firm_id=user.get("firm_id"),
    )
