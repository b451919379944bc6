"""The Tornado application: routes collected, doors audited, descriptions generated."""

import importlib
import logging
from collections.abc import Sequence
from typing import Any

import orjson
from tornado.routing import URLSpec
from tornado.web import Application

import handlers
from handlers import documents, openapi, sandbox, web
from handlers.base import ApiHandler, Edge, NotFoundHandler
from handlers.body_limit import LimitedApplication
from realtime import asyncapi
from realtime.engine import MAX_MESSAGE_BYTES, SocketServer
from realtime.messages import CaseSpaceNamespace
from server import doc_pages

log = logging.getLogger("casespace.app")

VERSION = "0.1.0"
Route = tuple[str, type[ApiHandler]]


def api_routes() -> list[Route]:
    """The routes of every resource; ``handlers.RESOURCES`` names the modules."""
    routes: list[Route] = []
    for name in handlers.RESOURCES:
        routes += importlib.import_module(f"handlers.{name}").ROUTES
    return routes


def generated_documents(routes: Sequence[Route]) -> dict[str, bytes]:
    """Path → content. The access audit at start is this very walk.

    Raises UndeclaredDoorError, and TwoShapesOneNameError: clients are made from these documents.
    """
    http = openapi.describe(routes, VERSION)
    events = asyncapi.describe(CaseSpaceNamespace, VERSION)
    return {
        "/openapi.json": orjson.dumps(http, option=orjson.OPT_INDENT_2),
        "/asyncapi.json": orjson.dumps(events, option=orjson.OPT_INDENT_2),
        "/docs/http": doc_pages.http_page(http),
        "/docs/events": doc_pages.events_page(events),
        "/docs/problems": doc_pages.problems_page(),
    }


def make_app(edge: Edge, server: SocketServer, allowed_origins: list[str]) -> Application:
    """The application; raises before anything is served when a door is undeclared."""
    routes = api_routes() + list(documents.ROUTES)
    if edge.sandbox_url is not None:
        routes += sandbox.ROUTES
    routes += web.ROUTES
    for _, handler in routes:
        openapi.doors_of(handler)
    CaseSpaceNamespace.audit()
    edge.documents = generated_documents(routes)
    socket_handler, arguments = server.handler(allowed_origins)
    specs: list[Any] = [
        URLSpec("/socket.io/?", socket_handler, arguments),
        URLSpec("/assets/(.*)", web.AssetHandler, {"path": str(edge.web_root / "assets")}),
    ]
    specs += [URLSpec(pattern, kind, {"edge": edge, "route": openapi.path_of(pattern)[0]}) for pattern, kind in routes]
    return LimitedApplication(
        specs,
        default_handler_class=NotFoundHandler,
        default_handler_args={"edge": edge, "route": "none"},
        log_function=lambda _handler: None,
        websocket_max_message_size=MAX_MESSAGE_BYTES,
        compress_response=False,
    )
