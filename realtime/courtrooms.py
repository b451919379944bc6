"""Who is in which hearing, over all processes: whoever came in with a connection that has not turned away since.

A person may have other pages open, a chat or another hearing: they say nothing of being here.
"""

from collections.abc import Iterable

from realtime.presence import Presence
from realtime.sockets import Connection


class Courtrooms:
    """Implements ``services.hearings.attendance.Courtrooms``."""

    def __init__(self) -> None:
        self._marks: dict[str, set[str]] = {}  # person in a hearing → connections that are in it
        self._of: dict[str, set[str]] = {}  # connection → marks of the hearings that it is in
        self._presence: Presence | None = None

    def connect(self, presence: Presence) -> None:
        """The second half of construction: what other processes are told by."""
        self._presence = presence

    def has(self, mark: str) -> bool:
        return mark in self._marks

    def marks(self) -> list[str]:
        """As ``Presence`` is told of them: no person's id looks like one."""
        return list(self._marks)

    def enter(self, connection: Connection, hearing_id: str) -> bool:
        """False when this connection was in it already."""
        mark, marks = _mark(hearing_id, connection.actor.user_id), self._of.setdefault(connection.sid, set())
        if mark in marks:
            return False
        marks.add(mark)
        inside = self._marks.setdefault(mark, set())
        inside.add(connection.sid)
        if self._presence is not None and len(inside) == 1:
            self._presence.arrived(mark)
        return True

    def turn_away(self, connection: Connection, hearing_id: str) -> None:
        mark = _mark(hearing_id, connection.actor.user_id)
        marks = self._of.get(connection.sid, set())
        if mark in marks:
            marks.remove(mark)
            self._take_out(mark, connection.sid)

    def gone(self, connection: Connection) -> None:
        """The connection ended."""
        for mark in self._of.pop(connection.sid, ()):
            self._take_out(mark, connection.sid)

    async def attending(self, hearing_id: str, user_ids: Iterable[str]) -> set[str]:
        by_mark = {_mark(hearing_id, user_id): user_id for user_id in user_ids}
        here = {mark for mark in by_mark if mark in self._marks}
        if self._presence is not None:
            here = await self._presence.online(by_mark)
        return {by_mark[mark] for mark in here}

    def _take_out(self, mark: str, sid: str) -> None:
        inside = self._marks[mark]
        inside.remove(sid)
        if not inside:
            del self._marks[mark]
            if self._presence is not None:
                self._presence.left(mark)


def _mark(hearing_id: str, user_id: str) -> str:
    return f"{hearing_id}:{user_id}"
