"""WeChat's message push (消息推送), in WeChat's own format: an echo on GET, ``success`` on POST."""

from handlers.base import ApiHandler
from handlers.doors import Call, door
from schemas.api.base import NoBody
from schemas.api.notices import PushQuery
from services.errors import Problem
from services.permissions import PUBLIC
from services.rate_limits import Limit

# All pushes come from a few addresses of WeChat's; an event is a few hundred bytes.
PUSHES = Limit(6_000, 60)
MAX_BODY = 64 * 1024


class PushHandler(ApiHandler):
    @door(
        "WeChat checks the address",
        allow=PUBLIC,
        query=PushQuery,
        raw=True,
        limit=PUSHES,
        problems=("push.rejected",),
    )
    async def get(self, call: Call[NoBody]) -> None:
        self._answer(self.services.pushes.verify(call.query.model_dump()))

    @door(
        "WeChat pushes an event",
        allow=PUBLIC,
        query=PushQuery,
        raw=True,
        limit=PUSHES,
        problems=("push.rejected", "request.too_large"),
    )
    async def post(self, call: Call[NoBody]) -> None:
        if len(self.request.body) > MAX_BODY:
            raise Problem("request.too_large")
        await self.services.pushes.receive(call.query.model_dump(), self.request.body)
        self._answer("success")

    def _answer(self, text: str) -> None:
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(text)


ROUTES = [("/api/v1/wechat/push", PushHandler)]
