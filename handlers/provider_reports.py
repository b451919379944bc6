"""What the provider of SMS and voice calls reports, in its own format. The address ends with a secret."""

from handlers.base import ApiHandler
from handlers.doors import Call, door
from schemas.api.base import NoBody
from services.errors import Problem
from services.permissions import PUBLIC
from services.rate_limits import Limit

# All reports come from a few addresses; each may name many messages.
REPORTS = Limit(6_000, 60)
MAX_BODY = 512 * 1024


class ProviderReportsHandler(ApiHandler):
    @door(
        "Tencent Cloud reports whether SMS and calls arrived",
        allow=PUBLIC,
        raw=True,
        limit=REPORTS,
        problems=("report.rejected", "request.too_large"),
    )
    async def post(self, call: Call[NoBody], secret: str) -> None:
        if len(self.request.body) > MAX_BODY:
            raise Problem("request.too_large")
        await self.services.delivery_reports.receive(secret, self.request.body, self.address)
        self.finish({"result": 0, "errmsg": "OK"})


ROUTES = [("/api/v1/provider-reports/([0-9A-Za-z_-]{1,128})", ProviderReportsHandler)]
