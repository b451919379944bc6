"""What services tell the live sockets, as a seam: ``realtime/`` implements it, tests record it.

Everything here is a hint. Whoever misses one finds out by ``sync``; nothing is owed to a hint.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol


class Live(Protocol):
    def entry(self, space_id: str, seq: int, view: bytes) -> None:
        """An entry was stored: deliver it to the sockets of its space, in the order of seq. Never waits.

        ``view`` is what every member is shown (``MessageView``), as JSON.
        """

    async def to_space(self, space_id: str, event: str, payload: Mapping[str, Any]) -> None:
        """Something short-lived for all members of a space (``space:read``, ``space:typing`` …)."""

    async def to_user(self, user_id: str, event: str, payload: Mapping[str, Any]) -> None:
        """Something for all devices of one person (``order:updated``, ``notice:new`` …)."""

    async def joined(self, space_id: str, user_ids: Iterable[str]) -> None:
        """These people are members now: their sockets begin to receive the space."""

    async def left(self, space_id: str, user_ids: Iterable[str]) -> None:
        """These people are members no more: their sockets stop at once."""

    async def sign_out(self, session_ids: Iterable[str]) -> None:
        """These sessions ended: their sockets are closed at once."""

    async def online(self, user_ids: Iterable[str]) -> set[str]:
        """Who of them has a live socket on any process."""
