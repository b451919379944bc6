"""One site for all tests of files over HTTP, with a client and a space for each."""

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import cast

import pytest
import pytest_asyncio
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application

from handlers import files, uploads
from handlers.base import Edge
from services.actors import Actor
from services.bundle import Services
from services.files.media.types import MEGABYTE
from services.rate_limits import RateLimiter
from tests.handlers.agreed import Agreed
from tests.handlers.files.site import KnownTokens, Site
from tests.parts.databases import SettingsMaker
from tests.services.files.world import open_world


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site(make_settings: SettingsMaker) -> AsyncIterator[Site]:
    async with open_world(make_settings()) as world:
        tokens = KnownTokens()

        async def ready() -> dict[str, bool]:
            return {}

        services = SimpleNamespace(files=world.files, sessions=tokens, terms=Agreed(), is_outage=lambda fault: False)
        edge = Edge(
            services=cast(Services, services),
            limiter=RateLimiter(enabled=False),
            observe=lambda route, method, status, seconds: None,
            ready=ready,
            metrics=lambda: b"",
            sandbox_url="http://127.0.0.1:1",
        )
        routes = [*files.ROUTES, *uploads.ROUTES]
        application = Application([(path, handler, {"edge": edge, "route": path}) for path, handler in routes])
        server = HTTPServer(application, max_body_size=MEGABYTE)
        sockets = bind_sockets(0, "127.0.0.1")
        server.add_sockets(sockets)
        yield Site(world, f"http://127.0.0.1:{sockets[0].getsockname()[1]}", tokens, edge)
        server.stop()
        await server.close_all_connections()


@pytest.fixture
def client(site: Site) -> Actor:
    return site.sign_in()


@pytest_asyncio.fixture(loop_scope="session")
async def space(site: Site, client: Actor) -> str:
    return await site.world.space(client)
