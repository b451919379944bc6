"""``/healthz``, ``/readyz`` and ``/metrics``: for the machine that runs the product, not for its users."""

import hmac

from handlers.base import ApiHandler
from handlers.doors import Call, door
from schemas.api.base import NoBody, View
from services.errors import Problem
from services.permissions import PUBLIC


class HealthView(View):
    status: str
    checks: dict[str, bool] = {}


class HealthHandler(ApiHandler):
    @door("Whether the process lives", allow=PUBLIC, answer=HealthView)
    async def get(self, call: Call[NoBody]) -> HealthView:
        return HealthView(status="ok")


class ReadyHandler(ApiHandler):
    @door("Whether the process can serve: database and file store answer", allow=PUBLIC, answer=HealthView)
    async def get(self, call: Call[NoBody]) -> HealthView:
        checks = await self.edge.ready()
        if not all(checks.values()):
            raise Problem("server.unavailable", retry_after=1)
        return HealthView(status="ok", checks=checks)


class MetricsHandler(ApiHandler):
    @door("Prometheus metrics", allow=PUBLIC, raw=True)
    async def get(self, call: Call[NoBody]) -> None:
        wanted = self.edge.metrics_token
        if wanted is not None:
            given = self.request.headers.get("Authorization", "").removeprefix("Bearer ")
            if not hmac.compare_digest(given.encode(), wanted.encode()):
                raise Problem("auth.required")
        self.set_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.finish(self.edge.metrics())


ROUTES = [("/healthz", HealthHandler), ("/readyz", ReadyHandler), ("/metrics", MetricsHandler)]
