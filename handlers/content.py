"""``/desk/content-holds``: what is held for review, for those who judge it."""

from handlers.base import ApiHandler
from handlers.doors import Call, door
from schemas.api.base import NoBody
from schemas.api.content import ContentDecisionBody, HeldMessageView, HoldPage, HoldQuery, HoldView
from services.permissions import DESK, Allow, Permission

_REVIEWERS = Allow(roles=DESK[Permission.CONTENT_REVIEW])
_HOLD = "/api/v1/desk/content-holds/([0-9a-f]{24}-[0-9]{1,16})"


class HoldsHandler(ApiHandler):
    @door("What is held for review, or was, newest first", allow=_REVIEWERS, query=HoldQuery, answer=HoldPage)
    async def get(self, call: Call[NoBody]) -> HoldPage:
        return await self.services.content_holds.listing(call.actor, call.query)


class HoldHandler(ApiHandler):
    @door(
        "Read a message that is held; every reading is audited",
        allow=_REVIEWERS,
        answer=HeldMessageView,
        problems=("content.hold_not_found",),
    )
    async def get(self, call: Call[NoBody], check_id: str) -> HeldMessageView:
        return await self.services.content_holds.read(call.actor, check_id)


class HoldDecisionHandler(ApiHandler):
    @door(
        "Release a message, or uphold that it is hidden",
        allow=_REVIEWERS,
        body=ContentDecisionBody,
        answer=HoldView,
        problems=("content.hold_not_found", "content.already_reviewed"),
        description="The record keeps the message in either case. What was upheld may still be released.",
    )
    async def post(self, call: Call[ContentDecisionBody], check_id: str) -> HoldView:
        return await self.services.content_holds.decide(call.actor, check_id, call.body)


ROUTES = [
    ("/api/v1/desk/content-holds", HoldsHandler),
    (_HOLD, HoldHandler),
    (_HOLD + "/decision", HoldDecisionHandler),
]
