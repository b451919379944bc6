"""The desk (H1, ruling 11): support and ops find and read spaces of which they are no members, and it is written down.

They read by the right of their role, not by joining: a socket of the desk hears nothing of these spaces. Who read
which space stands in the audit trail before the first word is shown, once for each person, space and ten minutes.
"""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from pymongo import DESCENDING

from schemas.api.base import Page
from schemas.api.desk import DeskMemberView, DeskSpaceQuery, DeskSpaceView
from schemas.api.messages import MessageListQuery, MessagePage
from schemas.documents.orders import OrderDocument
from schemas.documents.spaces import MemberDocument, SpaceDocument
from schemas.enums import IdentityKind, Role
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.keys import BlindIndex
from services.permissions import DESK, Permission
from services.spaces.message_reader import MessageReader
from services.storage.database import Database

READ = "space.read_by_desk"
SEARCHED = "desk.searched"
ONE_READING = timedelta(minutes=10)
_PHONE = re.compile(r"^1[3-9][0-9]{9}$")


class Desk:
    def __init__(
        self, database: Database, reader: MessageReader, index: BlindIndex, audit: Audit, clock: Clock = utc_now
    ) -> None:
        self._db = database
        self._reader = reader
        self._index = index
        self._audit = audit
        self._clock = clock

    async def spaces(self, actor: Actor, query: DeskSpaceQuery) -> Page[DeskSpaceView]:
        """All spaces, newest first, or those that ``q`` names. Raises ``auth.forbidden``."""
        _demand(actor)
        wanted = await self._named(query.q) if query.q else {}
        if query.cursor is not None:
            wanted["_id"] = {"$lt": query.cursor}
        found = await self._db.spaces.find(wanted).sort("_id", DESCENDING).limit(query.limit + 1).to_list()
        shown, more = found[: query.limit], len(found) > query.limit
        if query.q:  # what was looked for may be a name or a number, so it is not repeated here
            await self._audit.write(actor, SEARCHED, "desk", found=len(shown), spaces=[one["_id"] for one in shown])
        return Page[DeskSpaceView](
            items=await self._views(shown), next_cursor=shown[-1]["_id"] if more else None, has_more=more
        )

    async def space(self, actor: Actor, space_id: str) -> DeskSpaceView:
        """One of them. Raises ``auth.forbidden``, ``space.not_found``."""
        _demand(actor)
        space = await self._db.spaces.find_one({"_id": space_id})
        if space is None:
            raise Problem("space.not_found")
        return (await self._views([space]))[0]

    async def messages(self, actor: Actor, space_id: str, query: MessageListQuery) -> MessagePage:
        """A page of a space's record, as its members see it. Raises ``auth.forbidden``, ``space.not_found``."""
        _demand(actor)
        space = await self._db.spaces.find_one({"_id": space_id})
        if space is None:
            raise Problem("space.not_found")
        await self._note_reading(actor, space_id)
        everything: MemberDocument = {
            "user_id": actor.user_id,
            "role": Role.SUPPORT.value,
            "display_name": "",
            "first_seq": 1,
            "joined_at": space["created_at"],
        }
        return await self._reader.page(space, everything, query)

    async def _note_reading(self, actor: Actor, space_id: str) -> None:
        subject = f"space:{space_id}"
        lately = {
            "subject": subject,
            "at": {"$gt": self._clock() - ONE_READING},
            "actor": actor.user_id,
            "action": READ,
        }
        if await self._db.audit.find_one(lately, {"_id": 1}) is None:
            await self._audit.write(actor, READ, subject)

    async def _named(self, q: str) -> dict[str, Any]:
        order = await self._db.orders.find_one({"number": q.upper()}, {"_id": 1})
        ways: list[dict[str, Any]] = [
            {"members": {"$elemMatch": {"display_name": q, "role": Role.CLIENT.value}}},
            {"title": {"$regex": f"^{re.escape(q)}"}},
        ]
        if order is not None:
            ways.append({"order_id": order["_id"]})
        if _PHONE.match(q):
            lookup = self._index.lookup(IdentityKind.PHONE, q)
            identity = await self._db.identities.find_one({"kind": IdentityKind.PHONE.value, "lookup": lookup})
            if identity is not None:
                ways.append({"members.user_id": identity["user_id"]})
        return {"$or": ways}

    async def _views(self, spaces: Sequence[SpaceDocument]) -> list[DeskSpaceView]:
        ids = [space["order_id"] for space in spaces]
        found = self._db.orders.find({"_id": {"$in": ids}}, {"number": 1, "status": 1})
        orders = {order["_id"]: order async for order in found}
        return [_view(space, orders.get(space["order_id"])) for space in spaces]


def _demand(actor: Actor) -> None:
    if not actor.has(*DESK[Permission.SPACE_READ_BY_DESK]):
        raise Problem("auth.forbidden")


def _view(space: SpaceDocument, order: OrderDocument | None) -> DeskSpaceView:
    return DeskSpaceView(
        id=space["_id"],
        order_id=space["order_id"],
        order_number=order["number"] if order else None,
        order_status=order["status"] if order else None,
        title=space["title"],
        members=[
            DeskMemberView(user_id=one["user_id"], role=one["role"], display_name=one["display_name"])
            for one in space["members"]
            if "left_at" not in one
        ],
        created_at=space["created_at"],
        closed_at=space.get("closed_at"),
    )
