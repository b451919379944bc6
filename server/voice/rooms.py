"""The rooms of one hearing in Janus' AudioBridge: every request that is made to it, and the secrets that it takes.

Things to know of the AudioBridge: who is in a room may open themselves again, which is why clients never get a handle;
the recording of a room stops while nobody is in it, which is why a handle without sound (the "usher") sits in the court
room; changing rooms ends the recording of a speaker; a name may be in a room only once.
"""

import contextlib
import hashlib
import hmac
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from server.voice.link import PLUGIN, JanusError, JanusLink, plugin_data
from services.hearings.media import LOBBY, MAIN, Line

USHER = "usher"
ANNOUNCEMENT = "announcement"
SAMPLING = 48_000  # the same in every room: moving between rates crashes Janus before 1.2.3
# Both chosen by `scripts/bench loss`; docs/hearings.md says what was measured.
PREBUFFER = 6  # packets of 20 ms; fewer are quicker, and break up under jitter
EXPECTED_LOSS = 10  # per cent; makes the encoder send what repairs it, and twice that
VOLUME = 70  # per cent: Janus adds up voices without a limiter
ROOM_EXISTS, ID_EXISTS = 486, 490  # error codes of the AudioBridge
GONE = frozenset({459, 487, 492})  # this handle, this participant: their connection has ended


class Rooms:
    """All methods raise JanusError and MediaLostError."""

    def __init__(self, link: JanusLink, hearing_id: str, secret: str, admin_key: str) -> None:
        self._link = link
        self._hearing_id = hearing_id
        self._secret = secret
        self._admin_key = admin_key
        self._session = 0
        self.usher = 0
        self._made: set[str] = set()

    # --- the session

    async def begin(self) -> None:
        """A new session, with the court room and the lobby."""
        self._session = (await self._link.ask("create"))["data"]["id"]
        self.usher = await self.attach()
        for room in (MAIN, LOBBY):
            await self.need(room)
        with contextlib.suppress(JanusError):  # the usher of a session that has just died
            await self.kick(USHER, MAIN)
        await self._ask(self.usher, "join", room=MAIN, id=USHER, pin=self._key("pin", MAIN), muted=True)

    async def claim(self, memory: Mapping[str, Any]) -> None:
        """The session of a process that is gone, with everything in it."""
        await self._link.ask("claim", session_id=memory["session"])
        self._session, self.usher, self._made = memory["session"], memory["usher"], set(memory["rooms"])

    def memory(self) -> dict[str, Any]:
        return {"session": self._session, "usher": self.usher, "rooms": sorted(self._made)}

    async def keep(self) -> None:
        """Keep the session alive; nobody else does."""
        await self._link.ask("keepalive", session_id=self._session)

    async def end(self) -> None:
        """Remove the rooms, and with the session every connection."""
        for room in sorted(self._made):
            await self._ask(self.usher, "destroy", room=room, secret=self._key("secret", room))
        await self._link.ask("destroy", session_id=self._session)

    # --- rooms

    async def need(self, room: str) -> None:
        """Make a room that is not there yet."""
        if room in self._made:
            return
        try:
            await self._ask(
                self.usher,
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
                # Of 0.3 s, the mean in -dBov. Phones send silence as 127, so that any pause within weighs much: with
                # Janus' own 25 nobody ever talks.
                audio_active_packets=15,
                audio_level_average=60,
                record=False,
            )
        except JanusError as fault:
            if fault.code != ROOM_EXISTS:
                raise
        self._made.add(room)

    async def people(self) -> dict[str, Line]:
        """Who is where, and heard or not, as Janus itself sees it."""
        found = {}
        for room in sorted(self._made):
            listed = plugin_data(await self._ask(self.usher, "listparticipants", room=room))["participants"]
            found.update({one["id"]: Line(room, open=not one["muted"]) for one in listed if one["id"] != USHER})
        return found

    async def kick(self, user_id: str, room: str) -> None:
        await self._ask(self.usher, "kick", room=room, id=user_id, secret=self._key("secret", room))

    async def mic(self, user_id: str, room: str, *, open_: bool) -> None:
        verb = "unmute" if open_ else "mute"
        await self._ask(self.usher, verb, room=room, id=user_id, secret=self._key("secret", room))

    async def record(self, mix: Path | None) -> None:
        """Write the court room's sound to ``mix`` (a path without ending), or stop."""
        where: dict[str, Any] = {"record_dir": str(mix.parent), "record_file": f"{mix.name}.wav"} if mix else {}
        await self._ask(
            self.usher, "enable_recording", room=MAIN, secret=self._key("secret", MAIN), record=mix is not None, **where
        )

    async def play(self, file: Path) -> None:
        """Play an Ogg Opus file to everybody in the court room, once."""
        await self._announcement("play_file", filename=str(file))

    async def stop_playing(self) -> None:
        """What has come to its end by itself is no error."""
        with contextlib.suppress(JanusError):
            await self._announcement("stop_file")

    async def playing(self) -> bool:
        return bool(plugin_data(await self._announcement("is_playing"))["playing"])

    async def _announcement(self, request: str, **more: Any) -> dict[str, Any]:
        secret = self._key("secret", MAIN)
        return await self._ask(
            self.usher, request, room=MAIN, secret=secret, admin_key=self._admin_key, file_id=ANNOUNCEMENT, **more
        )

    # --- somebody's handle

    async def attach(self) -> int:
        answer = await self._link.ask("attach", session_id=self._session, plugin=PLUGIN, opaque_id=self._hearing_id)
        return int(answer["data"]["id"])

    async def detach(self, handle: int) -> None:
        """Ends the connection behind it; one that is gone already is as well."""
        with contextlib.suppress(JanusError):
            await self._link.ask("detach", session_id=self._session, handle_id=handle)

    async def join(self, handle: int, user_id: str, room: str) -> None:
        """Into a room, unheard."""
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
            await self._ask(handle, "join", **wanted)
        except JanusError as fault:
            if fault.code != ID_EXISTS:
                raise
            # A handle that another process made and had no time to write down.
            await self.kick(user_id, room)
            await self._ask(handle, "join", **wanted)

    async def negotiate(self, handle: int, sdp: str) -> str:
        """The answer to an offer."""
        jsep = {"type": "offer", "sdp": sdp, "trickle": False}
        answer = await self._ask(handle, "configure", {"jsep": jsep}, muted=True)
        return str(answer["jsep"]["sdp"])

    async def move(self, handle: int, user_id: str, room: str) -> None:
        """Into another room, unheard."""
        await self._ask(handle, "changeroom", room=room, id=user_id, pin=self._key("pin", room), muted=True)

    async def record_voice(self, handle: int, path: Path | None) -> None:
        """Write what one person sends to ``path`` (without ending), or stop."""
        where: dict[str, Any] = {"filename": str(path)} if path else {}
        await self._ask(handle, "configure", record=path is not None, **where)

    async def _ask(
        self, handle: int, request: str, beside: Mapping[str, Any] | None = None, **body: Any
    ) -> dict[str, Any]:
        """One request to the plugin. Rooms are named for the hearing."""
        if "room" in body:
            body["room"] = f"{self._hearing_id}-{body['room']}"
        return await self._link.ask(
            "message",
            session_id=self._session,
            handle_id=handle,
            body={"request": request, **body},
            **(beside or {}),
        )

    def _key(self, purpose: str, room: str) -> str:
        """A room's own secret, which any process of ours can work out and nobody else."""
        name = f"{purpose}:{self._hearing_id}:{room}"
        return hmac.new(self._secret.encode(), name.encode(), hashlib.sha256).hexdigest()


@contextlib.contextmanager
def unless_gone() -> Iterator[None]:
    """What is done for one person is not owed to one whose connection has just ended."""
    try:
        yield
    except JanusError as fault:
        if fault.code not in GONE:
            raise
