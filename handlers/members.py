"""``/spaces/{id}/members``: letting people into a case space and taking them out."""

from handlers.base import ApiHandler
from handlers.doors import Call, door
from schemas.api.base import NoBody
from schemas.api.spaces import MemberAdd, MemberAddedView
from schemas.enums import Role
from services.permissions import only

SPACE_MEMBERS = "/api/v1/spaces/([0-9a-f]{24})/members"
_DESK = only(Role.SUPPORT, Role.OPS)


class MembersHandler(ApiHandler):
    @door(
        "Let a lawyer, support or reviewer into a case space",
        allow=_DESK,
        body=MemberAdd,
        answer=MemberAddedView,
        status=201,
        problems=("space.not_found", "account.not_found", "space.member_unsuitable", "space.member_exists"),
        description="`from` decides what they see of the record: all of it (start), what comes (now), or everything "
        "from a seq on. A repeat for a member with this role changes nothing.",
    )
    async def post(self, call: Call[MemberAdd], space_id: str) -> MemberAddedView:
        return await self.services.memberships.add(call.actor, space_id, call.body)


class MemberHandler(ApiHandler):
    @door(
        "Take somebody out of a case space, at once",
        allow=_DESK,
        problems=("space.not_found", "space.member_not_found", "space.member_fixed"),
        description="The client and the order's lawyer stay: another lawyer is assigned by way of the order.",
    )
    async def delete(self, call: Call[NoBody], space_id: str, user_id: str) -> None:
        await self.services.memberships.remove(call.actor, space_id, user_id)


ROUTES = [(SPACE_MEMBERS, MembersHandler), (SPACE_MEMBERS + "/([0-9a-f]{24})", MemberHandler)]
