"""The doors of notices on a real port, over the services of one world. Bearer token = user id."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any, cast

from tornado.httpclient import AsyncHTTPClient, HTTPResponse
from tornado.httpserver import HTTPServer
from tornado.routing import URLSpec
from tornado.testing import bind_unused_port
from tornado.web import Application

from handlers import notices, wechat
from handlers.base import Edge
from schemas.enums import Role
from services.actors import Actor
from services.bundle import Services
from services.rate_limits import RateLimiter
from tests.handlers.agreed import Agreed
from tests.services.notices_world import World


class Sessions:
    """Believes every token; the tests of sessions do the rest."""

    async def authenticate(self, token: str, *, request_id: str = "", address: str = "") -> Actor:
        return Actor(token, frozenset({Role.CLIENT}), "session", request_id, address)


class Doors:
    def __init__(self, url: str) -> None:
        self.url = url
        self._http = AsyncHTTPClient()

    async def call(
        self,
        method: str,
        path: str,
        *,
        user: str | None = None,
        body: bytes | Mapping[str, Any] | None = None,
    ) -> HTTPResponse:
        headers = {"Content-Type": "application/json"}
        if user is not None:
            headers["Authorization"] = f"Bearer {user}"
        sent = json.dumps(body).encode() if isinstance(body, Mapping) else body
        return await self._http.fetch(
            self.url + path,
            method=method,
            headers=headers,
            body=sent,
            allow_nonstandard_methods=True,
            raise_error=False,
        )


@asynccontextmanager
async def open_doors(world: World) -> AsyncIterator[Doors]:
    services = SimpleNamespace(
        sessions=Sessions(),
        terms=Agreed(),
        notices=world.notices,
        subscriptions=world.subscriptions,
        pushes=world.pushes,
        is_outage=lambda _: False,
    )

    async def ready() -> dict[str, bool]:
        return {}

    edge = Edge(
        services=cast(Services, services),
        limiter=RateLimiter(enabled=False),
        observe=lambda *_: None,
        ready=ready,
        metrics=lambda: b"",
    )
    routes = [*notices.ROUTES, *wechat.ROUTES]
    app = Application(
        [URLSpec(pattern, kind, {"edge": edge, "route": pattern}) for pattern, kind in routes],
        log_function=lambda _: None,  # as in the product: an address with its query is nothing for a log
    )
    socket, port = bind_unused_port()
    server = HTTPServer(app)
    server.add_socket(socket)
    try:
        yield Doors(f"http://127.0.0.1:{port}")
    finally:
        server.stop()
        await server.close_all_connections()


def problem(answer: HTTPResponse) -> tuple[int, str]:
    """Status and stable code of a problem."""
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    return answer.code, json.loads(answer.body)["code"]
