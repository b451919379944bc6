"""The sockets as services see them: a ``services.live.Live`` that writes down what it is told."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

import orjson


class RecordedLive:
    def __init__(self) -> None:
        self.here: set[str] = set()  # who has a live socket
        self.said: list[tuple[str, str, dict[str, Any]]] = []  # to whom (user or space), event, payload
        self.inside: dict[str, set[str]] = {}  # space → who joined
        self.signed_out: list[str] = []
        self.meanwhile: Callable[[], Awaitable[object]] | None = None  # happens while somebody asks who is here

    def entry(self, space_id: str, seq: int, view: bytes) -> None:
        self.said.append((space_id, "message:new", orjson.loads(view)))

    async def to_space(self, space_id: str, event: str, payload: Mapping[str, Any]) -> None:
        self.said.append((space_id, event, dict(payload)))

    async def to_user(self, user_id: str, event: str, payload: Mapping[str, Any]) -> None:
        self.said.append((user_id, event, dict(payload)))

    async def joined(self, space_id: str, user_ids: Iterable[str]) -> None:
        self.inside.setdefault(space_id, set()).update(user_ids)

    async def left(self, space_id: str, user_ids: Iterable[str]) -> None:
        self.inside.setdefault(space_id, set()).difference_update(user_ids)

    async def sign_out(self, session_ids: Iterable[str]) -> None:
        self.signed_out.extend(session_ids)

    async def online(self, user_ids: Iterable[str]) -> set[str]:
        here = self.here & set(user_ids)
        if self.meanwhile is not None:
            await self.meanwhile()
        return here
