"""Who is connected to this process, and to which spaces: plain dictionaries, every operation O(own spaces)."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from realtime.engine import EngineSocket
from services.actors import Actor


@dataclass(slots=True, eq=False)
class Connection:
    sid: str
    actor: Actor
    socket: EngineSocket
    spaces: set[str] = field(default_factory=set)

    def write(self, frame: bytes) -> None:
        if self.socket.greeted:  # before that the client would not know what to do with it, and will sync anyway
            self.socket.write(frame)


class Sockets:
    def __init__(self) -> None:
        self.by_sid: dict[str, Connection] = {}
        self.by_user: dict[str, set[Connection]] = {}
        self.by_space: dict[str, set[Connection]] = {}

    def add(self, connection: Connection) -> bool:
        """True when it is the user's first one here."""
        self.by_sid[connection.sid] = connection
        others = self.by_user.setdefault(connection.actor.user_id, set())
        others.add(connection)
        return len(others) == 1

    def join(self, connection: Connection, space_ids: Iterable[str]) -> list[str]:
        """Subscribe to spaces; those that nobody here was in before."""
        first = []
        for space_id in space_ids:
            connection.spaces.add(space_id)
            members = self.by_space.setdefault(space_id, set())
            if not members:
                first.append(space_id)
            members.add(connection)
        return first

    def leave(self, connection: Connection, space_ids: Iterable[str]) -> list[str]:
        """Unsubscribe; those spaces that nobody here is in any more."""
        last = []
        for space_id in list(space_ids):
            connection.spaces.discard(space_id)
            members = self.by_space.get(space_id)
            if members is None:
                continue
            members.discard(connection)
            if not members:
                del self.by_space[space_id]
                last.append(space_id)
        return last

    def write_space(self, space_id: str, frame: bytes) -> None:
        for connection in self.by_space.get(space_id, ()):
            connection.write(frame)

    def write_user(self, user_id: str, frame: bytes) -> None:
        for connection in self.by_user.get(user_id, ()):
            connection.write(frame)

    def remove(self, sid: str) -> tuple[Connection | None, list[str], bool]:
        """Forget a connection: it, the spaces left empty, and whether it was the user's last one here."""
        connection = self.by_sid.pop(sid, None)
        if connection is None:
            return None, [], False
        emptied = self.leave(connection, connection.spaces)
        others = self.by_user[connection.actor.user_id]
        others.discard(connection)
        if not others:
            del self.by_user[connection.actor.user_id]
        return connection, emptied, not others
