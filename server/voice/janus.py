"""Hearings in Janus' AudioBridge (1.1 and later): rooms, connections, recording. Nobody but this talks to Janus.

Things to know of the AudioBridge: who is in a room may open themselves again, which is why clients never get a handle;
the recording of a room stops while nobody is in it, which is why a handle without sound (the "usher") sits in each;
changing rooms ends the recording of a speaker; a name may be in a room only once.
"""

import contextlib
import hashlib
import hmac
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server.voice.link import PLUGIN, JanusError, JanusLink, plugin_data
from server.voice.takes import MIX, Takes
from services.clock import Clock, utc_now
from services.hearings.media import (
    LOBBY,
    MAIN,
    Line,
    MediaEvent,
    MediaEventKind,
    MediaLostError,
    MediaRefusedError,
)

log = logging.getLogger("casespace.voice")

USHER = "usher"
SAMPLING = 48_000  # the same in every room: moving between rates crashes Janus before 1.2.3
PREBUFFER = 6  # packets of 20 ms; fewer are quicker, and break up when a phone's radio stalls
EXPECTED_LOSS = 10  # per cent; makes the encoder send what repairs it
VOLUME = 70  # per cent: Janus adds up voices without a limiter
ROOM_EXISTS, ID_EXISTS = 486, 490  # error codes of the AudioBridge
_LOST = frozenset({458, 459})  # no such session, no such handle
_GONE = frozenset({459, 487, 492})  # this handle, this participant: their connection has ended


@dataclass(slots=True)
class _Handle:
    id: int
    line: Line
    take: str | None = None  # the file that their voice is being written to


class JanusProvider:
    """Implements ``services.hearings.media.MediaProvider``."""

    def __init__(self, url: str, secret: str, admin_key: str, takes: Takes | None, clock: Clock = utc_now) -> None:
        """``url``: ``ws://…`` of Janus, on a private address. ``takes`` None: nothing is recorded."""
        self._url = url
        self._secret = secret
        self._admin_key = admin_key
        self._takes = takes
        self._clock = clock

    async def open(
        self, hearing_id: str, memory: Mapping[str, Any] | None, tell: Callable[[MediaEvent], None]
    ) -> "JanusSession":
        session = JanusSession(hearing_id, self._secret, self._admin_key, self._takes, tell, self._clock)
        await session.open(self._url, memory)
        return session


class JanusSession:
    """Implements ``services.hearings.media.MediaSession``."""

    def __init__(
        self,
        hearing_id: str,
        secret: str,
        admin_key: str,
        takes: Takes | None,
        tell: Callable[[MediaEvent], None],
        clock: Clock,
    ) -> None:
        self._hearing_id = hearing_id
        self._secret = secret
        self._admin_key = admin_key
        self._takes = takes
        self._tell = tell
        self._clock = clock
        self._session = 0
        self._usher = 0
        self._handles: dict[str, _Handle] = {}
        self._rooms: set[str] = set()
        self._segment: int | None = None
        self._mix: str | None = None  # path of the present mix, without ending
        self._ended: list[int] = []  # handles whose connection has ended by itself
        self.resumed = False

    async def open(self, url: str, memory: Mapping[str, Any] | None) -> None:
        self._link = await JanusLink.connect(url, self._secret, self._hear)
        try:
            if memory is None or not await self._claim(memory):
                await self._begin()
        except BaseException as fault:
            await self._link.close()
            if isinstance(fault, JanusError):
                raise MediaLostError(str(fault)) from fault
            raise

    async def _claim(self, memory: Mapping[str, Any]) -> bool:
        """Take the session over from a process that is gone: its people hear no difference."""
        try:
            await self._link.ask("claim", session_id=memory["session"])
        except JanusError:
            return False
        self._session, self._usher = memory["session"], memory["usher"]
        self._rooms = set(memory["rooms"])
        self._segment, self._mix = memory["segment"], memory["mix"]
        self._handles = {
            user_id: _Handle(one["id"], Line(one["room"], one["open"]), one["take"])
            for user_id, one in memory["handles"].items()
        }
        self.resumed = True
        return True

    async def _begin(self) -> None:
        self._session = (await self._link.ask("create"))["data"]["id"]
        self._usher = await self._attach()
        for room in (MAIN, LOBBY):
            await self._make_room(room)
        with contextlib.suppress(JanusError):  # the usher of a session that has just died
            await self._command(self._usher, "kick", room=MAIN, id=USHER)
        await self._command(
            self._usher, "join", room=MAIN, id=USHER, pin=self._key("pin", MAIN), muted=True, display=USHER
        )

    def memory(self) -> dict[str, Any]:
        return {
            "session": self._session,
            "usher": self._usher,
            "rooms": sorted(self._rooms),
            "segment": self._segment,
            "mix": self._mix,
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
        await self._need_room(line.room)
        handle = await self._lost_or(self._attach())
        try:
            await self._join(handle, user_id, line.room)
            answer = await self._command(
                handle, "configure", jsep={"type": "offer", "sdp": sdp, "trickle": False}, muted=True
            )
        except JanusError as fault:
            await self._detach(handle)
            if fault.code in _LOST:
                raise MediaLostError(str(fault)) from fault
            raise MediaRefusedError(str(fault)) from fault  # a strange offer must not end everybody else's session
        self._handles[user_id] = _Handle(handle, Line(line.room, open=False))
        await self.set(user_id, line)
        return str(answer["jsep"]["sdp"])

    async def set(self, user_id: str, line: Line) -> None:
        one = self._handles.get(user_id)
        if one is None or one.line == line:
            return
        await self._need_room(line.room)
        try:
            await self._apply(user_id, one, line)
        except JanusError as fault:
            if fault.code not in _GONE:
                raise MediaLostError(str(fault)) from fault
            await self.drop(user_id)

    async def _apply(self, user_id: str, one: _Handle, line: Line) -> None:
        """Silent first, moved next, heard last: at no moment is anybody heard where they may not be."""
        if one.line.open and not (line.open and line.room == one.line.room):
            await self._mic(user_id, one, open_=False)
        if line.room != one.line.room:
            await self._command(
                one.id, "changeroom", room=line.room, id=user_id, pin=self._key("pin", line.room), muted=True
            )
            one.line, one.take = Line(line.room, open=False), None
        if line.room == MAIN and self._segment is not None and one.take is None:
            await self._record_voice(user_id, one)
        if line.open:
            await self._mic(user_id, one, open_=True)

    async def _mic(self, user_id: str, one: _Handle, *, open_: bool) -> None:
        room = one.line.room
        verb = "unmute" if open_ else "mute"
        await self._command(self._usher, verb, room=room, id=user_id, secret=self._key("secret", room))
        one.line = Line(room, open=open_)
        if not open_:  # Janus says nothing more of who falls silent this way
            self._tell(MediaEvent(user_id, MediaEventKind.SILENT))

    async def drop(self, user_id: str) -> None:
        one = self._handles.pop(user_id, None)
        if one is not None:
            await self._detach(one.id)

    # --- recording

    async def record(self, segment: int | None) -> None:
        if segment == self._segment or self._takes is None:
            self._segment = segment if self._takes is not None else None
            return
        if self._segment is not None:
            await self._lost_or(self._stop_recording())
        if segment is not None:
            await self._lost_or(self._start_recording(self._takes, segment))

    async def _start_recording(self, takes: Takes, segment: int) -> None:
        base = takes.begin(self._hearing_id, segment, MIX, self._clock())
        await self._recording(True, record_dir=str(base.parent), record_file=f"{base.name}.wav")
        self._segment, self._mix = segment, str(base)
        for user_id, one in list(self._handles.items()):
            if one.line.room == MAIN:
                with _unless_gone():
                    await self._record_voice(user_id, one)

    async def _stop_recording(self) -> None:
        for one in list(self._handles.values()):
            if one.take is not None:
                with _unless_gone():
                    await self._command(one.id, "configure", record=False)
                one.take = None
        await self._recording(False)
        self._segment = self._mix = None

    async def _recording(self, on: bool, **where: Any) -> None:
        await self._command(
            self._usher, "enable_recording", room=MAIN, secret=self._key("secret", MAIN), record=on, **where
        )

    async def _record_voice(self, user_id: str, one: _Handle) -> None:
        if self._takes is None or self._segment is None:
            return
        base = self._takes.begin(self._hearing_id, self._segment, user_id, self._clock())
        await self._command(one.id, "configure", record=True, filename=str(base))
        one.take = str(base)

    async def recorded(self) -> int:
        return self._takes.size(Path(self._mix)) if self._takes is not None and self._mix is not None else 0

    # --- the session

    async def ping(self) -> None:
        """Also keeps the session alive."""
        await self._lost_or(self._link.ask("keepalive", session_id=self._session))
        await self._lost_or(self._command(self._usher, "exists", room=MAIN))
        while self._ended:
            await self._detach(self._ended.pop())

    async def close(self, *, end: bool) -> None:
        try:
            if end:
                for room in sorted(self._rooms):
                    await self._command(self._usher, "destroy", room=room, secret=self._key("secret", room))
                await self._link.ask("destroy", session_id=self._session)
        except (JanusError, MediaLostError) as fault:
            log.warning("a hearing's rooms could not be removed: %s", fault)
        finally:
            await self._link.close()

    # --- Janus

    async def _attach(self) -> int:
        answer = await self._link.ask("attach", session_id=self._session, plugin=PLUGIN, opaque_id=self._hearing_id)
        return int(answer["data"]["id"])

    async def _detach(self, handle: int) -> None:
        """Ends the connection behind it; one that is gone already is as well."""
        with contextlib.suppress(JanusError):
            await self._link.ask("detach", session_id=self._session, handle_id=handle)

    async def _join(self, handle: int, user_id: str, room: str) -> None:
        wanted: dict[str, Any] = {
            "room": room,
            "id": user_id,
            "pin": self._key("pin", room),
            "muted": True,
            "prebuffer": PREBUFFER,
            "expected_loss": EXPECTED_LOSS,
            "volume": VOLUME,
        }
        try:
            await self._command(handle, "join", **wanted)
        except JanusError as fault:
            if fault.code != ID_EXISTS:
                raise
            # A handle that another process made and had no time to write down.
            await self._command(self._usher, "kick", room=room, id=user_id)
            await self._command(handle, "join", **wanted)

    async def _need_room(self, room: str) -> None:
        if room not in self._rooms:
            await self._lost_or(self._make_room(room))

    async def _make_room(self, room: str) -> None:
        try:
            await self._command(
                self._usher,
                "create",
                room=room,
                admin_key=self._admin_key,
                secret=self._key("secret", room),
                pin=self._key("pin", room),
                permanent=False,
                is_private=True,
                sampling_rate=SAMPLING,
                default_prebuffering=PREBUFFER,
                default_expectedloss=EXPECTED_LOSS,
                audiolevel_ext=True,
                audiolevel_event=True,
                audio_active_packets=25,
                audio_level_average=35,
                record=False,
            )
        except JanusError as fault:
            if fault.code != ROOM_EXISTS:
                raise
        self._rooms.add(room)

    async def _command(
        self, handle: int, request: str, *, jsep: dict[str, Any] | None = None, **body: Any
    ) -> dict[str, Any]:
        """One request to the plugin; rooms are named for the hearing, and their secrets come of themselves."""
        if request == "kick":
            body["secret"] = self._key("secret", body["room"])
        if "room" in body:
            body["room"] = f"{self._hearing_id}-{body['room']}"
        extra = {"jsep": jsep} if jsep else {}
        return await self._link.ask(
            "message", session_id=self._session, handle_id=handle, body={"request": request, **body}, **extra
        )

    def _key(self, purpose: str, room: str) -> str:
        """A room's own secret, which any process can work out and nobody else."""
        name = f"{purpose}:{self._hearing_id}:{room}"
        return hmac.new(self._secret.encode(), name.encode(), hashlib.sha256).hexdigest()

    async def _lost_or(self, work: Any) -> Any:
        """For what cannot be refused by right: then Janus is not in the state that we believe."""
        try:
            return await work
        except JanusError as fault:
            raise MediaLostError(str(fault)) from fault

    def _hear(self, message: dict[str, Any]) -> None:
        """Events of connections, and through the usher who is talking in the court room."""
        sender = message.get("sender")
        data = plugin_data(message)
        if sender == self._usher and data.get("audiobridge") in ("talking", "stopped-talking"):
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
def _unless_gone() -> Iterator[None]:
    """What is done for one person is not owed to one whose connection has just ended."""
    try:
        yield
    except JanusError as fault:
        if fault.code not in _GONE:
            raise
