"""``/spaces/{id}/call``: an informal voice call in WeChat, between the members of a space."""

from handlers.base import ApiHandler
from handlers.doors import Call, door
from handlers.spaces import SPACE
from schemas.api.calls import CallBody, CallView
from services.permissions import SIGNED_IN
from services.rate_limits import Limit

CALLS = Limit(10, 60)  # each asks WeChat


class SpaceCallHandler(ApiHandler):
    @door(
        "Join an informal voice call of the space's members (wx.joinVoIPChat)",
        allow=SIGNED_IN,
        body=CallBody,
        answer=CallView,
        limit=CALLS,
        problems=(
            "space.not_found",
            "space.closed",
            "call.in_hearing",
            "call.other_account",
            "auth.code_invalid",
            "auth.too_many_attempts",
            "provider.unavailable",
        ),
        description="In the mini-program only; at most ten people. WeChat carries it: it is not recorded and no part "
        "of the file, and `notice` says so.",
    )
    async def post(self, call: Call[CallBody], space_id: str) -> CallView:
        return await self.services.calls.join(call.actor, space_id, call.body.code)


ROUTES = [(f"{SPACE}/call", SpaceCallHandler)]
