"""``/desk``: support and ops, over all case spaces."""

from handlers.base import ApiHandler
from handlers.doors import Call, door
from schemas.api.base import NoBody, Page
from schemas.api.desk import DeskSpaceQuery, DeskSpaceView, DeskSummaryView
from schemas.api.desk_people import DeskPeopleQuery, DeskPersonView
from schemas.api.messages import MessageListQuery, MessagePage
from schemas.enums import Role
from services.permissions import only

_DESK = only(Role.SUPPORT, Role.OPS)


class DeskSpacesHandler(ApiHandler):
    @door(
        "All case spaces, newest first, or those that q names",
        allow=_DESK,
        query=DeskSpaceQuery,
        answer=Page[DeskSpaceView],
    )
    async def get(self, call: Call[NoBody]) -> Page[DeskSpaceView]:
        return await self.services.desk.spaces(call.actor, call.query)


class DeskSpaceHandler(ApiHandler):
    @door("One case space, as the desk sees it", allow=_DESK, answer=DeskSpaceView, problems=("space.not_found",))
    async def get(self, call: Call[NoBody], space_id: str) -> DeskSpaceView:
        return await self.services.desk.space(call.actor, space_id)


class DeskMessagesHandler(ApiHandler):
    @door(
        "Read a case space without being a member; every reading is audited",
        allow=_DESK,
        query=MessageListQuery,
        answer=MessagePage,
        problems=("space.not_found",),
    )
    async def get(self, call: Call[NoBody], space_id: str) -> MessagePage:
        return await self.services.desk.messages(call.actor, space_id, call.query)


class DeskSummaryHandler(ApiHandler):
    @door("How much waits for somebody", allow=_DESK, answer=DeskSummaryView)
    async def get(self, call: Call[NoBody]) -> DeskSummaryView:
        return await self.services.desk_counts.of(call.actor)


class DeskPeopleHandler(ApiHandler):
    @door(
        "Find colleagues by role, or the client whose number this is; every search for a client is audited",
        allow=_DESK,
        query=DeskPeopleQuery,
        answer=Page[DeskPersonView],
    )
    async def get(self, call: Call[NoBody]) -> Page[DeskPersonView]:
        return await self.services.directory.find(call.actor, call.query)


ROUTES = [
    ("/api/v1/desk/summary", DeskSummaryHandler),
    ("/api/v1/desk/people", DeskPeopleHandler),
    ("/api/v1/desk/spaces", DeskSpacesHandler),
    ("/api/v1/desk/spaces/([0-9a-f]{24})", DeskSpaceHandler),
    ("/api/v1/desk/spaces/([0-9a-f]{24})/messages", DeskMessagesHandler),
]
