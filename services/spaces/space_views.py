"""Spaces as their members see them: the list of chats, and one chat's head."""

import asyncio

from schemas.api.spaces import ActionView, MemberView, SpaceListView, SpaceSummaryView, SpaceView
from schemas.documents.spaces import SpaceDocument
from schemas.enums import OrderStatus, Role
from schemas.hearing_enums import HearingState
from services.actors import Actor
from services.hearings.hearing_states import state_of
from services.live import Live
from services.permissions import Permission
from services.record import Recorder
from services.spaces.message_reader import MessageReader
from services.spaces.space_actions import actions_for
from services.spaces.spaces import Spaces, current_member
from services.storage.database import Database


class SpaceViews:
    def __init__(
        self, database: Database, spaces: Spaces, reader: MessageReader, recorder: Recorder, live: Live
    ) -> None:
        self._db = database
        self._spaces = spaces
        self._reader = reader
        self._recorder = recorder
        self._live = live

    async def listing(self, actor: Actor) -> SpaceListView:
        """The caller's spaces, newest activity first."""
        spaces = await self._spaces.of(actor.user_id)
        summaries = await asyncio.gather(*(self._summary(actor, space) for space in spaces))
        newest = sorted(
            summaries, key=lambda s: s.last_message.sent_at.timestamp() if s.last_message else 0.0, reverse=True
        )
        return SpaceListView(items=newest)

    async def get(self, actor: Actor, space_id: str) -> SpaceView:
        place = await self._spaces.access(actor, space_id, Permission.SPACE_VIEW)
        space, member = place.space, place.member
        last, _ = await self._recorder.head(space_id)
        read_seq = await self._reader.read_seq(space_id, actor.user_id)
        order = await self._db.orders.find_one({"_id": space["order_id"]}, {"status": 1})
        status = OrderStatus(order["status"]) if order else OrderStatus.PAID
        actions = actions_for(place.role, status, closed="closed_at" in space)
        return SpaceView(
            id=space_id,
            order_id=space["order_id"],
            title=space["title"],
            role=place.role,
            members=await self._members(space),
            actions=[ActionView(code=action.code, label=action.label) for action in actions],
            last_seq=last,
            read_seq=read_seq,
            unread=await self._reader.unread(space_id, member, read_seq),
            created_at=space["created_at"],
            closed_at=space.get("closed_at"),
            hearing_id=space.get("hearing_id"),
            hearing_state=await self._hearing_state(space),
        )

    async def _hearing_state(self, space: SpaceDocument) -> HearingState | None:
        if "hearing_id" not in space:
            return None
        hearing = await self._db.hearings.find_one({"_id": space["hearing_id"]}, {"stage": 1, "cancelled_at": 1})
        return state_of(hearing) if hearing else None

    async def _summary(self, actor: Actor, space: SpaceDocument) -> SpaceSummaryView:
        member = current_member(space, actor.user_id)
        if member is None:
            raise LookupError(space["_id"])
        newest = await self._reader.before(space, member, 2**53 - 1, 1)
        read_seq = await self._reader.read_seq(space["_id"], actor.user_id)
        views = await self._reader.views(space, newest, viewer=member)
        return SpaceSummaryView(
            id=space["_id"],
            order_id=space["order_id"],
            title=space["title"],
            role=Role(member["role"]),
            last_seq=newest[0]["_id"]["seq"] if newest else 0,
            read_seq=read_seq,
            unread=await self._reader.unread(space["_id"], member, read_seq),
            last_message=views[0] if views else None,
            closed_at=space.get("closed_at"),
            hearing_id=space.get("hearing_id"),
            client_name=_name_of(space, Role.CLIENT),
            lawyer_name=_name_of(space, Role.LAWYER),
        )

    async def _members(self, space: SpaceDocument) -> list[MemberView]:
        """Everybody who is in it now, and those who were: their messages are still there to be read."""
        present = {m["user_id"] for m in space["members"] if "left_at" not in m}
        online = await self._live.online(present)
        reads = {
            document["_id"]["user"]: document["seq"]
            async for document in self._db.reads.find(
                {"_id": {"$in": [{"space": space["_id"], "user": m["user_id"]} for m in space["members"]]}}
            )
        }
        verified = await self._verified(space)
        newest = {member["user_id"]: member for member in space["members"]}
        return [
            MemberView(
                user_id=user_id,
                role=member["role"],
                display_name=member["display_name"],
                first_seq=member["first_seq"],
                read_seq=reads.get(user_id, 0),
                online=user_id in online,
                left=user_id not in present,
                verified=user_id in verified,
            )
            for user_id, member in newest.items()
        ]

    async def _verified(self, space: SpaceDocument) -> set[str]:
        members = {"$in": list({member["user_id"] for member in space["members"]})}
        return {user["_id"] async for user in self._db.users.find({"_id": members, "verified": True}, {"_id": 1})}


def _name_of(space: SpaceDocument, role: Role) -> str | None:
    """The first present member with this role; nobody in a hearing's own space, where roles are those of the court."""
    if "hearing_id" in space:
        return None
    present = (m for m in space["members"] if "left_at" not in m and m["role"] == role)
    return next((member["display_name"] for member in present), None)
