"""The one choke point of the socket door: authentication, validation, limits, errors, acknowledgement, log line."""

import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar

import orjson
import socketio
from pydantic import BaseModel, ValidationError

from realtime.engine import SocketServer
from realtime.publisher import Publisher
from realtime.sockets import Connection
from schemas.api.base import Body
from services.actors import Actor
from services.bundle import Services
from services.errors import Problem
from services.permissions import Allow
from services.rate_limits import SOCKET_EVENTS, RateLimiter
from services.spaces.message_views import EncodedMessage

log = logging.getLogger("casespace.socket")

EVENT = "__event__"
F = TypeVar("F", bound=Callable[..., Awaitable[Any]])


@dataclass(frozen=True, slots=True)
class Event:
    name: str
    body: type[Body]
    allow: Allow
    answer: type[BaseModel] | None
    summary: str
    problems: tuple[str, ...] = field(default=())
    of_connection: bool = False


def event(
    name: str,
    *,
    body: type[Body],
    allow: Allow,
    answer: type[BaseModel] | None = None,
    summary: str,
    problems: tuple[str, ...] = (),
    of_connection: bool = False,
) -> Callable[[F], F]:
    """Declare a client event: ``async def method(self, actor, body) -> View | None``.

    ``of_connection``: it is about the very connection, which the method is given in the actor's place.
    """

    def declare(method: F) -> F:
        setattr(method, EVENT, Event(name, body, allow, answer, summary, problems, of_connection))
        return method

    return declare


class UndeclaredEventError(RuntimeError):
    """A method that would take events without a declaration, or two for one event: the server does not start."""


class Refused(socketio.exceptions.ConnectionRefusedError):  # type: ignore[misc]
    """CONNECT_ERROR with ``{code, message}``; ``data`` repeats it where the official client shows it."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        facts = {"code": problem.code, "message": problem.detail}
        self.error_args = facts | {"data": facts}


def success(result: BaseModel | EncodedMessage | None) -> bytes:
    """The acknowledgement of an event that was done."""
    if result is None:
        return b'{"ok":true,"data":null}'
    data = result.json if isinstance(result, EncodedMessage) else result.model_dump_json().encode()
    return b'{"ok":true,"data":' + data + b"}"


def failure(problem: Problem) -> bytes:
    """The acknowledgement of an event that was not done."""
    details: dict[str, Any] = {}
    if problem.errors:
        details["errors"] = problem.errors
    if problem.retry_after is not None:
        details["retry_after"] = problem.retry_after
    error: dict[str, Any] = {
        "code": problem.code,
        "message": problem.detail,
        "retryable": problem.type.retryable,
    }
    return orjson.dumps({"ok": False, "error": error | ({"details": details} if details else {})})


def faulty_fields(fault: ValidationError) -> list[dict[str, str]]:
    """Name each faulty field; never repeat its value."""
    return [
        {"field": ".".join(map(str, error["loc"])), "message": error["msg"]}
        for error in fault.errors(include_input=False, include_url=False, include_context=False)
    ]


Observe = Callable[[str, str, float], None]  # event, outcome code, seconds


class BaseNamespace(socketio.AsyncNamespace):  # type: ignore[misc]
    """Base of the namespace ``/``. Subclasses declare their events with ``@event``."""

    events: ClassVar[dict[str, tuple[Event, str]]] = {}

    def __init_subclass__(cls) -> None:
        declared = {
            getattr(method, EVENT).name: (getattr(method, EVENT), name)
            for name, method in vars(cls).items()
            if hasattr(method, EVENT)
        }
        names = [getattr(method, EVENT).name for method in vars(cls).values() if hasattr(method, EVENT)]
        for name in names:
            if names.count(name) > 1 or name in cls.events:
                raise UndeclaredEventError(f"{cls.__module__}.{cls.__name__} declares {name} twice")
        cls.events = {**cls.events, **declared}

    @classmethod
    def audit(cls) -> None:
        """Raise UndeclaredEventError for a method that python-socketio would take for a handler of an event."""
        for name in dir(cls):
            if name.startswith("on_"):
                raise UndeclaredEventError(f"{cls.__module__}.{cls.__name__}.{name} declares no event")

    def __init__(
        self,
        server: SocketServer,
        services: Services,
        publisher: Publisher,
        limiter: RateLimiter,
        observe: Observe,
    ) -> None:
        super().__init__("/")
        self.socket_server = server
        self.services = services
        self.publisher = publisher
        self._limiter = limiter
        self._observe = observe

    async def trigger_event(self, name: str, *args: Any) -> Any:
        """The connection's own life: ``connect`` and ``disconnect``, as the transport reports them."""
        if name == "connect":
            return await self._connect(*args)
        return await self.publisher.depart(args[0])

    async def client_event(self, name: Any, sid: str, *args: Any) -> bytes:
        """Everything that a client sends passes here; nothing raises past here, and everything gets an answer."""
        started = time.perf_counter()
        outcome, answer = await self._handle(name, sid, args[0] if len(args) == 1 else None)
        known = isinstance(name, str) and name in self.events
        self._observe(name if known else "unknown", outcome, time.perf_counter() - started)
        return answer

    async def _connect(self, sid: str, environ: dict[str, Any], auth: Any = None) -> None:
        request = environ["tornado.handler"].request
        try:
            actor = await self._authenticate(auth, request.remote_ip or "")
        except Problem as problem:
            raise Refused(problem) from None
        except Exception as fault:  # noqa: BLE001 - a client must learn that it may try again
            raise Refused(self._translate(fault, "connect")) from None
        socket = self.socket_server.engine_socket(sid)
        if socket is None:
            raise Refused(Problem("server.unavailable"))

        async def spaces() -> list[str]:
            return [space["_id"] for space in await self.services.spaces.of(actor.user_id)]

        try:
            await self.publisher.arrive(Connection(sid, actor, socket), spaces)
        except Exception as fault:  # noqa: BLE001
            await self.publisher.depart(sid)
            raise Refused(self._translate(fault, "connect")) from None

    async def _authenticate(self, auth: Any, address: str) -> Actor:
        self._limiter.take(f"connect:{address}", SOCKET_EVENTS)
        token = auth.get("token") if isinstance(auth, dict) else None
        if not isinstance(token, str) or not token:
            raise Problem("auth.required")
        actor = await self.services.sessions.authenticate(token, address=address)
        await self.services.terms.demand(actor)
        return actor

    async def _handle(self, name: Any, sid: str, payload: Any) -> tuple[str, bytes]:
        """The outcome's code, and the acknowledgement."""
        try:
            return "ok", success(await self._perform(name, sid, payload))
        except Problem as fault:
            problem = fault
        except ValidationError as fault:
            problem = Problem("request.invalid", errors=faulty_fields(fault))
        except Exception as fault:  # noqa: BLE001 - an unexpected fault still gets an acknowledgement
            problem = self._translate(fault, str(name))
        return problem.code, failure(problem)

    async def _perform(self, name: Any, sid: str, payload: Any) -> BaseModel | EncodedMessage | None:
        connection = self.publisher.sockets.by_sid.get(sid)
        if connection is None:
            raise Problem("auth.required")
        declared, method = self._declared(name)
        actor = connection.actor
        if not declared.allow.admits(actor.roles):
            raise Problem("auth.forbidden")
        self._limiter.take(actor.user_id, SOCKET_EVENTS)
        by = connection if declared.of_connection else actor
        result: BaseModel | EncodedMessage | None = await getattr(self, method)(
            by, declared.body.model_validate(payload)
        )
        return result

    def _declared(self, name: str) -> tuple[Event, str]:
        found = self.events.get(name) if isinstance(name, str) else None
        if found is None:
            raise Problem("request.unknown_event")
        return found

    def _translate(self, fault: Exception, name: str) -> Problem:
        if self.services.is_outage(fault):
            return Problem("server.unavailable", retry_after=1)
        log.error("unhandled %s in %s", type(fault).__name__, name, exc_info=fault)
        return Problem("server.internal")
