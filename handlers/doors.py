"""Declaring a door: who may call it, what goes in, what comes out.

The declaration is all there is: it validates requests, it writes the OpenAPI description, and a handler
method without one stops the server from starting.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from schemas.api.base import Body, NoBody
from services.actors import Actor
from services.errors import Problem
from services.idempotency import Intent
from services.permissions import Allow
from services.rate_limits import READ, WRITE, Limit

B = TypeVar("B", bound=Body)
DOOR = "__door__"
VERBS = ("get", "post", "put", "patch", "delete", "head")


@dataclass(frozen=True, slots=True)
class Door:
    summary: str
    allow: Allow
    body: type[Body]
    query: type[Body]
    answer: Any  # a View type, Page[View], or None
    status: int
    idempotent: bool
    problems: tuple[str, ...]
    limit: Limit
    raw: bool  # speaks somebody else's format: no JSON in or out
    before_terms: bool  # also for clients who have not agreed to the terms
    description: str


@dataclass(frozen=True, slots=True)
class Call(Generic[B]):
    """One parsed request."""

    body: B
    query: Any
    caller: Actor | None
    key: Intent | None
    client: str  # fingerprint of the device: address and agent
    address: str

    @property
    def actor(self) -> Actor:
        """The signed-in person; the door has made sure that there is one."""
        if self.caller is None:
            raise Problem("auth.required")
        return self.caller

    @property
    def intent(self) -> Intent:
        if self.key is None:
            raise Problem("idempotency.key_missing")
        return self.key


class DoorKeeper(Protocol):
    """What a declared method needs of its handler; ``handlers/base.py`` is the one that does it."""

    async def admit(self, declared: Door) -> Call[Any]: ...

    def present(self, declared: Door, result: Any) -> None: ...


def door(
    summary: str,
    *,
    allow: Allow,
    body: type[Body] = NoBody,
    query: type[Body] = NoBody,
    answer: Any = None,
    status: int = 200,
    idempotent: bool = False,
    problems: tuple[str, ...] = (),
    limit: Limit | None = None,
    raw: bool = False,
    before_terms: bool = False,
    description: str = "",
) -> Callable[[Callable[..., Awaitable[Any]]], Callable[..., Awaitable[None]]]:
    """Declare a verb method ``async def post(self, call, *path_arguments) -> View | None``."""

    def declare(method: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[None]]:
        default = READ if method.__name__ in ("get", "head") else WRITE
        declared = Door(
            summary,
            allow,
            body,
            query,
            answer,
            status if answer is not None or raw else 204,
            idempotent,
            problems,
            limit or default,
            raw,
            before_terms,
            description,
        )

        async def verb(self: DoorKeeper, *path: str) -> None:
            call = await self.admit(declared)
            result = await method(self, call, *path)
            if not declared.raw:
                self.present(declared, result)

        verb.__name__ = method.__name__
        verb.__doc__ = method.__doc__
        setattr(verb, DOOR, declared)
        return verb

    return declare
