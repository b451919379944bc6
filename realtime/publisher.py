"""Events out: what services tell the sockets (``services.live.Live``), in this process and the others.

Entries of a space reach a socket in the order of seq. A process remembers the last seq it delivered of each
space that somebody here is in; an entry that runs ahead of it (another process wrote the one between, and
the bus is slower than we are) waits for the gap to be read from the database.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterable, Mapping
from typing import Any

import orjson

from realtime.bus import CONTROL, Bus
from realtime.frames import event_frame, new_message_frame
from realtime.presence import Presence
from realtime.sockets import Connection, Sockets

log = logging.getLogger("casespace.publisher")

_SEQ_BYTES = 8
_PLAIN = bytes(_SEQ_BYTES)  # seq 0: not an entry, deliver at once
EVERYTHING = 2**53 - 1
SIGNED_OUT = 4001  # WebSocket close code of our own: do not reconnect, sign in again
CLOSING_SECONDS = 2.0  # for what is still to be noted when the process stops
OFFLINE_GRACE = 3.0  # a phone that switches networks is not announced as gone

# space, after this seq, up to this one → (seq, view) of what lies between
Missing = Callable[[str, int, int], Awaitable[list[tuple[int, bytes]]]]


class Publisher:
    """Implements ``services.live.Live``."""

    def __init__(self, sockets: Sockets, bus: Bus, origin: str) -> None:
        """``origin`` names this process, so that it recognises its own messages on the bus."""
        self.sockets = sockets
        self._bus = bus
        self._origin = origin.encode()
        self._delivered: dict[str, int] = {}
        self._newest: dict[str, int] = {}  # the furthest entry we heard of in spaces that are being healed
        self._healing: dict[str, asyncio.Task[None]] = {}
        self._left: set[str] = set()  # whose leaving is still to be noted
        self._noting: asyncio.Task[None] | None = None
        self._departures: dict[str, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._presence: Presence | None = None
        self._missing: Missing | None = None
        self._forget: Callable[[str], None] = lambda _space_id: None
        self._went_offline: Callable[[Collection[str]], Awaitable[None]] | None = None
        self._signed_out: Callable[[Iterable[str]], None] = lambda _session_ids: None

    def connect(
        self,
        presence: Presence,
        missing: Missing,
        forget: Callable[[str], None],
        went_offline: Callable[[Collection[str]], Awaitable[None]],
        signed_out: Callable[[Iterable[str]], None],
    ) -> None:
        """The second half of construction: what itself needs a Live to be built."""
        self._signed_out = signed_out
        self._presence = presence
        self._missing = missing
        self._forget = forget
        self._went_offline = went_offline

    async def start(self) -> None:
        await self._bus.start(self._receive, self._heal_all)

    async def close(self) -> None:
        for departure in self._departures.values():
            departure.cancel()
        for task in [*self._tasks, *self._healing.values()]:
            task.cancel()
        if self._noting is not None:
            _, late = await asyncio.wait([self._noting], timeout=CLOSING_SECONDS)
            for task in late:
                task.cancel()
        await self._bus.close()
        if self._presence is not None:
            await self._presence.close()

    # --- Live

    def entry(self, space_id: str, seq: int, view: bytes) -> None:
        if not self._bus.shared and space_id not in self.sockets.by_space:
            return
        frame = new_message_frame(view)
        self._deliver(space_id, seq, frame)
        self._bus.publish(f"space:{space_id}", seq.to_bytes(_SEQ_BYTES) + self._origin + b"\0" + frame)

    async def to_space(self, space_id: str, event: str, payload: Mapping[str, Any]) -> None:
        frame = event_frame(event, payload)
        self._write_space(space_id, frame)
        self._bus.publish(f"space:{space_id}", _PLAIN + self._origin + b"\0" + frame)

    async def to_user(self, user_id: str, event: str, payload: Mapping[str, Any]) -> None:
        frame = event_frame(event, payload)
        self._write_user(user_id, frame)
        self._bus.publish(f"user:{user_id}", _PLAIN + self._origin + b"\0" + frame)

    async def joined(self, space_id: str, user_ids: Iterable[str]) -> None:
        await self._everywhere({"joined": [space_id, list(user_ids)]})

    async def left(self, space_id: str, user_ids: Iterable[str]) -> None:
        await self._everywhere({"left": [space_id, list(user_ids)]})

    async def sign_out(self, session_ids: Iterable[str]) -> None:
        await self._everywhere({"sign_out": list(session_ids)})

    async def online(self, user_ids: Iterable[str]) -> set[str]:
        if self._presence is None:
            return {user_id for user_id in user_ids if user_id in self.sockets.by_user}
        return await self._presence.online(user_ids)

    # --- coming and going

    async def arrive(self, connection: Connection, space_ids: Callable[[], Awaitable[list[str]]]) -> None:
        """Join first, then look: a space that the user joins meanwhile is not missed."""
        user_id = connection.actor.user_id
        first_here = self.sockets.add(connection)
        if first_here:
            await self._bus.subscribe(f"user:{user_id}")
        await self._join(connection, await space_ids())
        if first_here and self._presence is not None:
            self._presence.arrived(user_id)
            pending = self._departures.pop(user_id, None)
            if pending is not None:
                pending.cancel()
            else:
                await self._announce_presence(user_id, connection.spaces, online=True)

    async def depart(self, sid: str) -> None:
        known = self.sockets.by_sid.get(sid)
        spaces = set(known.spaces) if known else set()
        connection, emptied, was_last = self.sockets.remove(sid)
        if connection is None:
            return
        user_id = connection.actor.user_id
        for space_id in emptied:
            self._delivered.pop(space_id, None)
        channels = [f"space:{space_id}" for space_id in emptied] + ([f"user:{user_id}"] if was_last else [])
        if was_last:
            if self._presence is not None:
                self._presence.left(user_id)
            self._departures[user_id] = asyncio.get_running_loop().call_later(
                OFFLINE_GRACE, lambda: self._spawn(self._departed(user_id, spaces))
            )
        # One command, given before anything is waited for: a phone that comes back meanwhile subscribes after it.
        if channels:
            await self._bus.unsubscribe(*channels)
        if was_last and self._went_offline is not None:
            self._left.add(user_id)
            if self._noting is None:
                self._noting = asyncio.get_running_loop().create_task(self._note_offline(self._went_offline))

    async def _note_offline(self, note: Callable[[Collection[str]], Awaitable[None]]) -> None:
        """Those who leave while an earlier note is being written are noted together: thousands may leave at once."""
        while self._left:
            users, self._left = self._left, set()
            try:
                await note(users)
            except Exception:  # what comes after the end of a connection must happen all the same
                log.exception("that %d people left could not be noted", len(users))
        self._noting = None

    async def _departed(self, user_id: str, spaces: set[str]) -> None:
        self._departures.pop(user_id, None)
        if user_id in await self.online([user_id]):
            return
        await self._announce_presence(user_id, spaces, online=False)

    async def _announce_presence(self, user_id: str, spaces: Iterable[str], *, online: bool) -> None:
        for space_id in list(spaces):
            payload = {"space_id": space_id, "user_id": user_id, "online": online}
            await self.to_space(space_id, "presence:changed", payload)

    async def _join(self, connection: Connection, space_ids: Iterable[str]) -> None:
        first = self.sockets.join(connection, space_ids)
        if first:
            await self._bus.subscribe(*(f"space:{space_id}" for space_id in first))

    def close_sessions(self, ended: set[str]) -> None:
        """Close the sockets of sessions that have ended."""
        self._signed_out(ended)
        for connection in list(self.sockets.by_sid.values()):
            if connection.actor.session_id in ended:
                connection.socket.end(SIGNED_OUT, "signed out")

    # --- delivery

    def _deliver(self, space_id: str, seq: int, frame: bytes) -> None:
        if space_id not in self.sockets.by_space:
            return
        last = self._delivered.get(space_id)
        if last is None or seq == last + 1:
            self._delivered[space_id] = seq
            self._write_space(space_id, frame)
        elif seq > last + 1:
            self._start_healing(space_id, seq)

    def _start_healing(self, space_id: str, up_to: int) -> None:
        self._newest[space_id] = max(up_to, self._newest.get(space_id, 0))
        if space_id not in self._healing:
            self._healing[space_id] = asyncio.get_running_loop().create_task(self._heal(space_id))

    async def _heal(self, space_id: str) -> None:
        """Read what is missing from the database and deliver it in order, until nothing is."""
        try:
            while (last := self._delivered.get(space_id)) is not None and last < self._newest[space_id]:
                if not await self._fill(space_id, last):
                    return
        except Exception:
            log.exception("a gap could not be filled; clients will see the jump and sync")
            self._delivered.pop(space_id, None)
        finally:
            self._healing.pop(space_id, None)
            self._newest.pop(space_id, None)

    async def _fill(self, space_id: str, last: int) -> bool:
        """Deliver a page of what follows ``last``; False when there is nothing."""
        found = await self._missing(space_id, last, self._newest[space_id]) if self._missing else []
        for seq, view in found:
            if seq - 1 == self._delivered.get(space_id):  # others may have been delivered, or everybody left
                self._delivered[space_id] = seq
                self._write_space(space_id, new_message_frame(view))
        return bool(found)

    async def _heal_all(self) -> None:
        """The bus was away: whatever was written elsewhere meanwhile is read from the database."""
        for space_id in list(self._delivered):
            self._start_healing(space_id, EVERYTHING)
        await asyncio.gather(*self._healing.values())

    def _write_space(self, space_id: str, frame: bytes) -> None:
        for connection in self.sockets.by_space.get(space_id, ()):
            connection.write(frame)

    def _write_user(self, user_id: str, frame: bytes) -> None:
        for connection in self.sockets.by_user.get(user_id, ()):
            connection.write(frame)

    # --- the bus

    async def _everywhere(self, command: dict[str, Any]) -> None:
        self._bus.publish(CONTROL, self._origin + b"\0" + orjson.dumps(command))
        await self._obey(command)

    def _receive(self, channel: str, message: bytes) -> None:
        if channel == CONTROL:
            origin, _, command = message.partition(b"\0")
            if origin != self._origin:
                self._spawn(self._obey(orjson.loads(command)))
            return
        seq = int.from_bytes(message[:_SEQ_BYTES])
        origin, _, frame = message[_SEQ_BYTES:].partition(b"\0")
        if origin == self._origin:
            return
        kind, _, subject = channel.partition(":")
        if kind == "user":
            self._write_user(subject, frame)
        elif seq:
            self._deliver(subject, seq, frame)
        else:
            self._write_space(subject, frame)

    async def _obey(self, command: dict[str, Any]) -> None:
        if "joined" in command:
            space_id, user_ids = command["joined"]
            self._forget(space_id)
            for connection in self._connections(user_ids):
                await self._join(connection, [space_id])
        elif "left" in command:
            await self._expel(*command["left"])
        elif "sign_out" in command:
            self.close_sessions(set(command["sign_out"]))

    async def _expel(self, space_id: str, user_ids: list[str]) -> None:
        self._forget(space_id)
        for connection in self._connections(user_ids):
            if space_id not in connection.spaces:
                continue
            emptied = self.sockets.leave(connection, [space_id])
            connection.write(event_frame("space:removed", {"space_id": space_id, "user_id": connection.actor.user_id}))
            if emptied:
                self._delivered.pop(space_id, None)
                await self._bus.unsubscribe(f"space:{space_id}")

    def _connections(self, user_ids: Iterable[str]) -> list[Connection]:
        return [c for user_id in user_ids for c in self.sockets.by_user.get(user_id, ())]

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
