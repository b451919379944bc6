"""Events out: what services tell the sockets (``services.live.Live``), in this process and the others.

Entries of a space reach a socket in the order of seq (``delivery.py``). What is said through the bus is a hint: after
an interruption gaps are filled, and memberships, sessions and presence of everybody here are looked at anew.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from datetime import timedelta
from typing import Any

import orjson

from realtime.bus import CONTROL, Bus
from realtime.courtrooms import Courtrooms
from realtime.delivery import Delivery, Truth
from realtime.departures import Departures
from realtime.frames import event_frame, new_message_frame
from realtime.presence import Presence
from realtime.sockets import Connection, Sockets
from services.clock import utc_now

log = logging.getLogger("casespace.publisher")

_SEQ_BYTES = 8
_PLAIN = bytes(_SEQ_BYTES)  # seq 0: not an entry, deliver at once
SIGNED_OUT = 4001  # WebSocket close code of our own: do not reconnect, sign in again
SKEW = timedelta(seconds=5)  # of clocks, and of what was on its way when the bus fell silent
PEOPLE_AT_ONCE = 500


class Publisher:
    """Implements ``services.live.Live``."""

    def __init__(self, sockets: Sockets, bus: Bus, origin: str) -> None:
        """``origin`` names this process, so that it recognises its own messages on the bus."""
        self.sockets = sockets
        self._bus = bus
        self._origin = origin.encode()
        self.delivery = Delivery(sockets)
        self._obeyed = 0  # commands that changed who is where
        self._departures = Departures(self.online, self.to_space)
        self._tasks: set[asyncio.Task[None]] = set()
        self._presence: Presence | None = None
        self.courtrooms = Courtrooms()
        self._truth: Truth | None = None
        self._forget: Callable[[str], None] = lambda _space_id: None
        self._signed_out: Callable[[Iterable[str]], None] = lambda _session_ids: None
        self._takers: dict[str, Callable[[str, bytes], None]] = {}

    def connect(
        self,
        presence: Presence,
        truth: Truth,
        forget: Callable[[str], None],
        signed_out: Callable[[Iterable[str]], None],
    ) -> None:
        """The second half of construction: what itself needs a Live to be built."""
        self._signed_out = signed_out
        self._presence = presence
        self.courtrooms.connect(presence)
        self._truth = self.delivery.truth = truth
        self._departures.note = truth.went_offline
        self._forget = forget

    def take(self, kind: str, taker: Callable[[str, bytes], None]) -> None:
        """Messages of the bus on channels ``{kind}:{subject}`` are ``taker(subject, message)``'s."""
        self._takers[kind] = taker

    async def start(self) -> None:
        await self._bus.start(self._receive, self._resume)

    async def close(self) -> None:
        self.delivery.close()
        for task in self._tasks:
            task.cancel()
        await self._departures.close()
        await self._bus.close()
        if self._presence is not None:
            await self._presence.close()

    # --- Live

    def entry(self, space_id: str, seq: int, view: bytes) -> None:
        if not self._bus.shared and space_id not in self.sockets.by_space:
            return
        frame = new_message_frame(view)
        self.delivery.deliver(space_id, seq, frame)
        said = seq.to_bytes(_SEQ_BYTES) + self._origin + b"\0" + frame
        self._bus.publish(f"space:{space_id}", said, lasting=True)

    async def to_space(self, space_id: str, event: str, payload: Mapping[str, Any]) -> None:
        frame = event_frame(event, payload)
        self.sockets.write_space(space_id, frame)
        self._bus.publish(f"space:{space_id}", _PLAIN + self._origin + b"\0" + frame)

    async def to_user(self, user_id: str, event: str, payload: Mapping[str, Any]) -> None:
        frame = event_frame(event, payload)
        self.sockets.write_user(user_id, frame)
        self._bus.publish(f"user:{user_id}", _PLAIN + self._origin + b"\0" + frame, lasting=True)

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
        obeyed = -1
        while obeyed != self._obeyed:  # what was read before somebody was removed may be the past
            obeyed = self._obeyed
            spaces = await space_ids()
        await self._join(connection, spaces)
        if first_here and self._presence is not None:
            self._presence.arrived(user_id)
            await self._departures.came(user_id, connection.spaces)

    async def depart(self, sid: str) -> None:
        known = self.sockets.by_sid.get(sid)
        spaces = set(known.spaces) if known else set()
        connection, emptied, was_last = self.sockets.remove(sid)
        if connection is None:
            return
        user_id = connection.actor.user_id
        self.courtrooms.gone(connection)
        self.delivery.forget(emptied)
        channels = [f"space:{space_id}" for space_id in emptied] + ([f"user:{user_id}"] if was_last else [])
        if was_last:
            if self._presence is not None:
                self._presence.left(user_id)
            self._departures.wait_for(user_id, spaces)
        # One command, given before anything is waited for: a phone that comes back meanwhile subscribes after it.
        if channels:
            await self._bus.unsubscribe(*channels)
        if was_last:
            self._departures.write_down(user_id)

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

    # --- after an interruption of the bus

    async def _resume(self, away: float) -> None:
        """Find out what was said while nothing was heard for ``away`` seconds."""
        if self._presence is not None:
            await self._presence.refresh()
        await self.end_sessions()
        await self._check_memberships()
        await self.delivery.heal_all(utc_now() - timedelta(seconds=away) - SKEW)

    async def end_sessions(self) -> None:
        """Close the sockets of sessions that ended without our hearing of it."""
        held = {connection.actor.session_id for connection in self.sockets.by_sid.values()}
        if held and self._truth is not None and (ended := await self._truth.ended(held)):
            self.close_sessions(ended)

    async def _check_memberships(self) -> None:
        """Let everybody here be in the spaces that the database says, and in no others."""
        people = list(self.sockets.by_user)
        for start in range(0, len(people), PEOPLE_AT_ONCE):
            while not await self._put_right(people[start : start + PEOPLE_AT_ONCE]):
                log.info("somebody joined or left meanwhile; looking again")

    async def _put_right(self, user_ids: list[str]) -> bool:
        """False when a command came in between: what was read before it may be the past."""
        if self._truth is None:
            return True
        obeyed = self._obeyed
        theirs = await self._truth.spaces_of(user_ids)
        for connection in self._connections(user_ids):
            if obeyed != self._obeyed:
                return False
            spaces = theirs[connection.actor.user_id]
            for space_id in connection.spaces - spaces:
                await self._expel(space_id, [connection.actor.user_id])
            await self._join(connection, spaces - connection.spaces)
        return True

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
        kind, _, subject = channel.partition(":")
        if kind in self._takers:
            self._takers[kind](subject, message)
            return
        seq = int.from_bytes(message[:_SEQ_BYTES])
        origin, _, frame = message[_SEQ_BYTES:].partition(b"\0")
        if origin == self._origin:
            return
        if kind == "user":
            self.sockets.write_user(subject, frame)
        elif seq:
            self.delivery.deliver(subject, seq, frame)
        else:
            self.sockets.write_space(subject, frame)

    async def _obey(self, command: dict[str, Any]) -> None:
        self._obeyed += 1
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
                self.delivery.forget(emptied)
                await self._bus.unsubscribe(f"space:{space_id}")

    def _connections(self, user_ids: Iterable[str]) -> list[Connection]:
        return [c for user_id in user_ids for c in self.sockets.by_user.get(user_id, ())]

    def _spawn(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
