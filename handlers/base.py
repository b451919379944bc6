"""The one choke point of the HTTP door: request id, authentication, limits, validation, errors, log line."""

import logging
import re
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http.client import responses
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs

import orjson
from pydantic import BaseModel, ValidationError
from tornado.web import Finish, HTTPError, RequestHandler

from handlers.doors import DOOR, VERBS, Call, Door
from handlers.problems import CONTENT_TYPE, body_of, from_status, from_validation, status_of
from schemas.api.base import Body, NoBody
from schemas.problem_kinds import Kind
from services.actors import Actor
from services.bundle import Services
from services.errors import Problem
from services.idempotency import Intent
from services.rate_limits import Allowance, Limit, RateLimiter
from services.spaces.message_views import EncodedMessage

log = logging.getLogger("casespace.http")

_REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{8,64}$")
_KEY = re.compile(r"^[\x21-\x7e]{8,128}$")
PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
Observe = Callable[[str, str, int, float], None]  # route, method, status, seconds


@dataclass(slots=True)
class Edge:
    """What every handler is given."""

    services: Services
    limiter: RateLimiter
    observe: Observe
    ready: Callable[[], Awaitable[dict[str, bool]]]
    metrics: Callable[[], bytes]
    metrics_token: str | None = None
    documents: dict[str, bytes] = field(default_factory=dict)  # /openapi.json and the like, made at start
    client_config: Callable[[], dict[str, Any]] = dict
    sandbox_url: str | None = None  # development only
    web_root: Path = Path("web/dist")
    log_requests: bool = True
    in_flight: set["ApiHandler"] = field(default_factory=set)


class ApiHandler(RequestHandler):
    """Base of all handlers. Subclasses declare their verb methods with ``@door``."""

    route = ""  # the pattern, for logs and metrics; set by the route table

    def initialize(self, edge: Edge, route: str) -> None:
        self.edge = edge
        self.route = route
        self.services = edge.services
        self.caller: Actor | None = None
        self._allowance: Allowance | None = None
        self.problem_code = ""
        self.started = time.perf_counter()
        given = self.request.headers.get("X-Request-Id", "")
        self.request_id = given if _REQUEST_ID.match(given) else secrets.token_hex(12)

    def prepare(self) -> None:
        self.edge.in_flight.add(self)
        self.set_header("X-Request-Id", self.request_id)

    def set_default_headers(self) -> None:
        self.clear_header("Server")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cache-Control", "no-store")

    def head(self, *path: str) -> Awaitable[None] | None:
        """What GET would answer, without the body (Tornado leaves it out)."""
        return self.get(*path)

    async def admit(self, declared: Door) -> Call[Any]:
        """Authenticate, limit and parse, in this order; raises Problem."""
        if not declared.allow.public:
            self.caller = await self.authenticate()
            if not declared.allow.admits(self.caller.roles):
                raise Problem("auth.forbidden")
            if not declared.before_terms:
                await self.services.terms.demand(self.caller)
        self._limit(declared.limit)
        body: Body = NoBody() if declared.raw else self._parse_body(declared.body)
        intent = self._intent(body) if declared.idempotent else None
        # A door that speaks somebody else's format (a page, a call-back) reads its own query, if it cares for one.
        own_query = declared.raw and declared.query is NoBody
        query = NoBody() if own_query else self._parse_query(declared.query)
        return Call(body, query, self.caller, intent, self.client, self.address)

    def _limit(self, limit: Limit) -> None:
        who = self.caller.user_id if self.caller else self.address
        try:
            self._allowance = self.edge.limiter.take(who, limit)
        except Problem as refused:
            self._allowance = Allowance(limit.burst, 0, int(refused.retry_after or 0) + 1)
            raise
        self._tell_allowance()

    def _tell_allowance(self) -> None:
        if self._allowance is not None:
            self.set_header("RateLimit-Limit", str(self._allowance.limit))
            self.set_header("RateLimit-Remaining", str(self._allowance.remaining))
            self.set_header("RateLimit-Reset", str(self._allowance.reset_seconds))

    async def authenticate(self) -> Actor:
        scheme, _, token = self.request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Problem("auth.required")
        return await self.services.sessions.authenticate(
            token.strip(), request_id=self.request_id, address=self.address
        )

    @property
    def address(self) -> str:
        return self.request.remote_ip or ""

    @property
    def client(self) -> str:
        return f"{self.address} {self.request.headers.get('User-Agent', '')[:200]}"

    def _parse_body(self, shape: type[Body]) -> Body:
        raw = self.request.body
        if not raw:
            raw = b"{}"
        elif self._media_type() != "application/json":
            raise Problem("request.content_type")
        try:
            value = orjson.loads(raw)
        except orjson.JSONDecodeError:
            raise Problem("request.bad_json") from None
        try:
            return shape.model_validate(value)
        except ValidationError as fault:
            raise from_validation(fault) from None

    def _media_type(self) -> str:
        return self.request.headers.get("Content-Type", "application/json").partition(";")[0].strip().lower()

    def _parse_query(self, shape: type[Body]) -> Body:
        pairs = parse_qs(self.request.query, keep_blank_values=True)
        pairs.pop("ticket", None)  # of a file's link; read by the handler that needs it
        try:
            return shape.model_validate({name: values[-1] for name, values in pairs.items()})
        except ValidationError as fault:
            raise from_validation(fault) from None

    def _intent(self, body: Body) -> Intent:
        key = self.request.headers.get("Idempotency-Key", "")
        if not _KEY.match(key):
            raise Problem("idempotency.key_missing")
        if self.caller is None:
            raise Problem("auth.required")
        return Intent.of(self.caller.user_id, f"{self.request.method} {self.request.path}", key, body)

    def present(self, declared: Door, result: BaseModel | EncodedMessage | None) -> None:
        self.set_status(declared.status)
        if result is None:
            self.finish()
            return
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(result.json if isinstance(result, EncodedMessage) else result.model_dump_json())

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer any exception as problem+json."""
        fault = kwargs["exc_info"][1] if "exc_info" in kwargs else None
        problem = fault if isinstance(fault, Problem) else self._translate(fault, status_code)
        self.problem_code = problem.code
        self.clear()
        self._tell_allowance()
        self.set_header("X-Request-Id", self.request_id)
        self.set_status(status_of(problem.type))
        self.set_header("Content-Type", CONTENT_TYPE)
        if problem.retry_after is not None:
            self.set_header("Retry-After", str(int(problem.retry_after + 0.999)))
        if problem.type.kind is Kind.UNAUTHENTICATED:  # RFC 9110, 11.6.1: every 401 says how to sign in
            self.set_header("WWW-Authenticate", "Bearer")
        if problem.code == "request.method":
            self.set_header("Allow", ", ".join(self.answered_methods()))
        self.finish(orjson.dumps(body_of(problem, self.request_id)))

    @classmethod
    def answered_methods(cls) -> list[str]:
        """The verbs that this address has, as ``Allow`` lists them (RFC 9110, 10.2.1)."""
        verbs = [verb for verb in VERBS if hasattr(getattr(cls, verb), DOOR)]
        return [verb.upper() for verb in verbs] + (["HEAD"] if "get" in verbs and "head" not in verbs else [])

    def _translate(self, fault: BaseException | None, status_code: int) -> Problem:
        if fault is not None and self.services.is_outage(fault):
            return Problem("server.unavailable", retry_after=1)
        if isinstance(fault, HTTPError) or fault is None:
            return from_status(status_code)
        return Problem("server.internal")

    def log_exception(
        self,
        typ: type[BaseException] | None,
        value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        """Problems are answers, not faults. Anything else is logged with its trace, never with its input."""
        if isinstance(value, (Problem, HTTPError, Finish)):
            return
        if self.services.is_outage(value):  # every request meets it: a trace each would bury the rest of the log
            log.warning("the database is away: %s", type(value).__name__, extra={"request_id": self.request_id})
            return
        log.error(
            "unhandled %s",
            typ.__name__ if typ else "fault",
            exc_info=(typ, value, tb) if typ and value else None,
            extra={"request_id": self.request_id, "route": self.route},
        )

    def on_connection_close(self) -> None:
        # Tornado never finishes a request whose body breaks off; a stop must not wait for it.
        self.edge.in_flight.discard(self)

    def on_finish(self) -> None:
        self.edge.in_flight.discard(self)
        seconds = time.perf_counter() - self.started
        status = self.get_status()
        # A caller may invent methods: each would become a line of the metrics for ever.
        method = self.request.method if self.request.method in self.SUPPORTED_METHODS else "other"
        self.edge.observe(self.route, method, status, seconds)
        if not self.edge.log_requests:
            return
        log.log(
            _level(self.route, status),
            "%s %s %d",
            method,
            self.route,
            status,
            extra={
                "request_id": self.request_id,
                "status": status,
                "ms": round(seconds * 1000, 2),
                "user_id": self.caller.user_id if self.caller else None,
                "code": self.problem_code or None,
            },
        )

    def send_error(self, status_code: int = 500, **kwargs: Any) -> None:
        # Tornado asks for the reason phrase of the status; unknown ones must not become a second fault.
        super().send_error(status_code if status_code in responses else 500, **kwargs)


def _level(route: str, status: int) -> int:
    if status >= 500:
        return logging.WARNING
    return logging.DEBUG if route in PROBES else logging.INFO  # a line every ten seconds says nothing


class NotFoundHandler(ApiHandler):
    """Every address that nobody serves."""

    async def prepare(self) -> None:  # type: ignore[override]
        super().prepare()
        raise Problem("request.not_found")


class TooLargeHandler(ApiHandler):
    """What answers in place of the handler of a request whose body is too large (``handlers/body_limit.py``)."""

    async def prepare(self) -> None:  # type: ignore[override]
        super().prepare()
        raise Problem("request.too_large")
