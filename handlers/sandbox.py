"""``/sandbox/…`` in development: the sandbox's pages and controls at the product's own origin.

So a phone in the same network can use them although the sandbox itself listens on loopback only. The routes
exist only when the settings name a sandbox, which a production configuration cannot.
"""

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest

from handlers.base import ApiHandler
from handlers.doors import Call, door
from schemas.api.base import NoBody
from services.errors import Problem
from services.permissions import PUBLIC

_PASSED = ("Content-Type", "Location")


class SandboxHandler(ApiHandler):
    @door("The WeChat sandbox (development)", allow=PUBLIC, raw=True)
    async def get(self, call: Call[NoBody], path: str) -> None:
        await self._pass_on(path)

    @door("The WeChat sandbox (development)", allow=PUBLIC, raw=True)
    async def post(self, call: Call[NoBody], path: str) -> None:
        await self._pass_on(path)

    @door("The WeChat sandbox (development)", allow=PUBLIC, raw=True)
    async def delete(self, call: Call[NoBody], path: str) -> None:
        await self._pass_on(path)

    async def _pass_on(self, path: str) -> None:
        query = f"?{self.request.query}" if self.request.query else ""
        method = self.request.method or "GET"
        request = HTTPRequest(
            f"{self.edge.sandbox_url}/{path}{query}",
            method=method,
            headers={"Content-Type": self.request.headers.get("Content-Type", "application/json")},
            body=self.request.body if method == "POST" else None,
            follow_redirects=False,
        )
        try:
            answer = await AsyncHTTPClient().fetch(request, raise_error=False)
        except (HTTPClientError, OSError):
            raise Problem("provider.unavailable") from None
        self.set_status(answer.code)
        for name in _PASSED:
            if name in answer.headers:
                self.set_header(name, answer.headers[name])
        self.finish(answer.body)


ROUTES = [("/sandbox/(.*)", SandboxHandler)]
