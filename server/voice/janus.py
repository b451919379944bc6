"""Hearings in Janus Gateway (1.1 or later): connections, who is heard where, recording."""

import contextlib
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server.voice.announcement import Announcement, AnnouncementUnusableError
from server.voice.link import JanusError, JanusLink, plugin_data
from server.voice.rooms import GONE, Rooms, unless_gone
from server.voice.takes import MIX, Takes
from services.clock import Clock, utc_now
from services.hearings.media import MAIN, Line, MediaEvent, MediaEventKind, MediaLostError, MediaRefusedError

log = logging.getLogger("casespace.voice")

_LOST = frozenset({458, 459})  # no such session, no such handle
Tell = Callable[[MediaEvent], None]


@dataclass(slots=True)
class _Handle:
    id: int
    line: Line
    take: str | None = None  # the file that their voice is being written to


class JanusProvider:
    """Implements ``services.hearings.media.MediaProvider``."""

    def __init__(
        self,
        url: str,
        secret: str,
        admin_key: str,
        takes: Takes | None,
        announcement: Announcement | None = None,
        clock: Clock = utc_now,
    ) -> None:
        """``url``: ``ws://…`` of Janus, on a private address. ``takes`` None: nothing is recorded."""
        self._url = url
        self._secret = secret
        self._admin_key = admin_key
        self._takes = takes
        self._announcement = announcement
        self._clock = clock

    async def open(self, hearing_id: str, memory: Mapping[str, Any] | None, tell: Tell) -> "JanusSession":
        session = JanusSession(hearing_id, self._takes, self._announcement, tell, self._clock)
        link = await JanusLink.connect(self._url, self._secret, session.hear)
        try:
            with _lost():
                await session.open(link, Rooms(link, hearing_id, self._secret, self._admin_key), memory)
        except BaseException:
            await link.close()
            raise
        return session


class JanusSession:
    """Implements ``services.hearings.media.MediaSession``."""

    _link: JanusLink
    _rooms: Rooms

    def __init__(
        self, hearing_id: str, takes: Takes | None, announcement: Announcement | None, tell: Tell, clock: Clock
    ) -> None:
        self._hearing_id = hearing_id
        self._takes = takes
        self._announcement = announcement
        self._announces = False
        self._tell = tell
        self._clock = clock
        self._handles: dict[str, _Handle] = {}
        self._segment: int | None = None
        self._mix: str | None = None  # path of the present mix, without ending
        self._ended: list[int] = []  # handles whose connection has ended by itself
        self.resumed = False

    async def open(self, link: JanusLink, rooms: Rooms, memory: Mapping[str, Any] | None) -> None:
        """Go on with the session that is remembered, if Janus still has it. Raises JanusError, MediaLostError."""
        self._link, self._rooms = link, rooms
        if memory is None or not await self._claim(memory):
            await rooms.begin()

    async def _claim(self, memory: Mapping[str, Any]) -> bool:
        """Take the session over from a process that is gone: its people hear no difference."""
        try:
            await self._rooms.claim(memory)
        except JanusError:
            return False
        self._segment, self._mix = memory["segment"], memory["mix"]
        self._announces = memory.get("announces", False)
        self._handles = {
            user_id: _Handle(one["id"], Line(one["room"], one["open"]), one["take"])
            for user_id, one in memory["handles"].items()
        }
        await self._learn()
        self.resumed = True
        return True

    async def _learn(self) -> None:
        """See what is really so: whoever led before may have died between doing something and writing it down."""
        real = await self._rooms.people()
        for user_id in set(real) - set(self._handles):
            with unless_gone():
                await self._rooms.kick(user_id, real[user_id].room)
        for user_id, one in list(self._handles.items()):
            if user_id in real:
                one.line = real[user_id]
            else:
                self._ended.append(self._handles.pop(user_id).id)

    def memory(self) -> dict[str, Any]:
        return {
            **self._rooms.memory(),
            "segment": self._segment,
            "mix": self._mix,
            "announces": self._announces,
            "handles": {
                user_id: {"id": one.id, "room": one.line.room, "open": one.line.open, "take": one.take}
                for user_id, one in self._handles.items()
            },
        }

    def people(self) -> Mapping[str, Line]:
        return {user_id: one.line for user_id, one in self._handles.items()}

    # --- connections

    async def answer(self, user_id: str, sdp: str, line: Line) -> str:
        await self.drop(user_id)
        with _lost():
            await self._rooms.need(line.room)
            handle = await self._rooms.attach()
        try:
            await self._rooms.join(handle, user_id, line.room)
            answer = await self._rooms.negotiate(handle, sdp)
        except JanusError as fault:
            await self._rooms.detach(handle)
            if fault.code in _LOST:
                raise MediaLostError(str(fault)) from fault
            raise MediaRefusedError(str(fault)) from fault  # a strange offer must not end everybody else's session
        self._handles[user_id] = _Handle(handle, Line(line.room, open=False))
        await self.set(user_id, line)
        return answer

    async def set(self, user_id: str, line: Line) -> None:
        one = self._handles.get(user_id)
        if one is None or one.line == line:
            return
        try:
            await self._rooms.need(line.room)
            await self._apply(user_id, one, line)
        except JanusError as fault:
            if fault.code not in GONE:
                raise MediaLostError(str(fault)) from fault
            await self.drop(user_id)

    async def _apply(self, user_id: str, one: _Handle, line: Line) -> None:
        """Silent first, moved next, heard last: at no moment is anybody heard where they may not be."""
        if one.line.open and not (line.open and line.room == one.line.room):
            await self._mic(user_id, one, open_=False)
        if line.room != one.line.room:
            await self._rooms.move(one.id, user_id, line.room)
            one.line, one.take = Line(line.room, open=False), None
        if line.room == MAIN and self._segment is not None and one.take is None:
            await self._record_voice(user_id, one)
        if line.open:
            await self._mic(user_id, one, open_=True)

    async def _mic(self, user_id: str, one: _Handle, *, open_: bool) -> None:
        await self._rooms.mic(user_id, one.line.room, open_=open_)
        one.line = Line(one.line.room, open=open_)
        if not open_:  # Janus says nothing more of who falls silent this way
            self._tell(MediaEvent(user_id, MediaEventKind.SILENT))

    async def drop(self, user_id: str) -> None:
        one = self._handles.pop(user_id, None)
        if one is not None:
            await self._rooms.detach(one.id)

    # --- recording

    async def record(self, segment: int | None) -> None:
        if segment == self._segment or self._takes is None:
            return
        with _lost():
            if self._segment is not None:
                await self._stop_recording()
            if segment is not None:
                await self._start_recording(self._takes, segment)

    async def _start_recording(self, takes: Takes, segment: int) -> None:
        mix = takes.begin(self._hearing_id, segment, MIX, self._clock())
        await self._rooms.record(mix)
        self._segment, self._mix = segment, str(mix)
        for user_id, one in list(self._handles.items()):
            if one.line.room == MAIN:
                with unless_gone():
                    await self._record_voice(user_id, one)

    async def _stop_recording(self) -> None:
        for one in list(self._handles.values()):
            if one.take is not None:
                with unless_gone():
                    await self._rooms.record_voice(one.id, None)
                one.take = None
        await self._rooms.record(None)
        self._segment = self._mix = None

    async def _record_voice(self, user_id: str, one: _Handle) -> None:
        if self._takes is None or self._segment is None:
            return
        try:
            path = self._takes.begin(self._hearing_id, self._segment, user_id, self._clock())
        except OSError:  # who speaks is heard all the same, and the mix says what was said
            log.exception("a voice cannot be recorded", extra={"hearing_id": self._hearing_id})
            return
        await self._rooms.record_voice(one.id, path)
        one.take = str(path)

    async def recorded(self) -> int:
        return self._takes.size(Path(self._mix)) if self._takes is not None and self._mix is not None else 0

    # --- the announcement

    async def announce(self, on: bool) -> None:
        if on == self._announces:
            return
        if not on:
            with _lost():
                await self._rooms.stop_playing()
        elif self._announcement is None:
            raise MediaRefusedError("there is none")
        else:
            try:
                await self._rooms.play(await self._announcement.file())
            except (JanusError, AnnouncementUnusableError) as fault:
                raise MediaRefusedError(str(fault)) from fault
        self._announces = on

    async def announcing(self) -> bool:
        with _lost():
            return await self._rooms.playing()

    # --- the session

    async def ping(self) -> None:
        """Keeps the session alive, and looks whether everything is as we believe."""
        with _lost():
            await self._rooms.keep()
            await self._learn()
        while self._ended:
            await self._rooms.detach(self._ended.pop())

    async def close(self, *, end: bool) -> None:
        try:
            if end:
                await self._rooms.end()
        except (JanusError, MediaLostError) as fault:
            log.warning("a hearing's rooms could not be removed: %s", fault)
        finally:
            await self._link.close()

    def hear(self, message: dict[str, Any]) -> None:
        """Events of connections, and through the usher who is talking in the court room."""
        sender = message.get("sender")
        data = plugin_data(message)
        if sender == self._rooms.usher and data.get("audiobridge") in ("talking", "stopped-talking"):
            kind = MediaEventKind.TALKING if data["audiobridge"] == "talking" else MediaEventKind.SILENT
            if data.get("id") in self._handles:
                self._tell(MediaEvent(data["id"], kind))
            return
        user_id = next((name for name, one in self._handles.items() if one.id == sender), None)
        if user_id is None:
            return
        if message["janus"] == "webrtcup":
            self._tell(MediaEvent(user_id, MediaEventKind.UP))
        elif message["janus"] in ("hangup", "detached"):
            self._ended.append(self._handles.pop(user_id).id)
            self._tell(MediaEvent(user_id, MediaEventKind.DOWN))


@contextlib.contextmanager
def _lost() -> Iterator[None]:
    """For what cannot be refused by right: then Janus is not in the state that we believe."""
    try:
        yield
    except JanusError as fault:
        raise MediaLostError(str(fault)) from fault
