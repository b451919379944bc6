"""The seam to a media server: what a hearing needs of one, in no vendor's words.

The one side is ``services/hearings/conductor.py``, which tells the media what the rules say; the other is a provider
such as ``server/voice`` (Janus). Clients never talk to a media server themselves: whoever does can undo what the
court has decided there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from schemas.documents.hearings import HearingDocument
from schemas.hearing_enums import Place
from services.errors import Problem
from services.hearings.court import Court, Seat, mic_open, room_of
from services.hearings.docket import court_of

# Of one offer. A phone has some ten; with two networks, a VPN, both families of addresses, TCP and three relays, forty.
MOST_CANDIDATES = 60
LOBBY = "lobby"  # who waits is connected already, and hears and says nothing
MAIN = "main"


class MediaLostError(Exception):
    """The media server knows nothing of this hearing any more, or does not answer."""


class MediaRefusedError(Exception):
    """The media server did not accept what a client offered, or could not do what was asked of it alone."""


class MediaEventKind(StrEnum):
    UP = "up"
    DOWN = "down"
    TALKING = "talking"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class MediaEvent:
    user_id: str
    kind: MediaEventKind


@dataclass(frozen=True, slots=True)
class Line:
    """Where somebody's sound goes: a room, and whether they are heard there."""

    room: str
    open: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What the media shall do now: lines of those who may be connected, the segment to record, what is played."""

    lines: Mapping[str, Line]
    segment: int | None
    announcing: bool = False


class MediaSession(Protocol):
    """One hearing in a media server. All calls raise MediaLostError when it is gone."""

    resumed: bool  # whether it is the one that was remembered: then nobody needs to connect anew

    def memory(self) -> dict[str, Any]:
        """What another process needs to go on with this very session; changes with ``answer`` and ``drop``."""

    def people(self) -> Mapping[str, Line]:
        """Who has a connection, and how it is set as far as we told it."""

    async def answer(self, user_id: str, sdp: str, line: Line) -> str:
        """Connect somebody, in place of any connection that they had. Raises MediaRefusedError."""

    async def set(self, user_id: str, line: Line) -> None:
        """Move somebody, and let them be heard or not. One who has no connection is no error."""

    async def drop(self, user_id: str) -> None:
        """End somebody's connection."""

    async def record(self, segment: int | None) -> None:
        """Record the main room as this segment (the mix and each speaker), or stop. The same again changes nothing."""

    async def recorded(self) -> int:
        """Bytes that the present segment has by now."""

    async def announce(self, on: bool) -> None:
        """Play the announcement to the main room, or stop it; again changes nothing. Raises MediaRefusedError."""

    async def announcing(self) -> bool:
        """Whether it is still being played."""

    async def ping(self) -> None:
        """Whether it still answers."""

    async def close(self, *, end: bool) -> None:
        """Let go of it; with ``end`` the hearing is over and its rooms are removed."""


class MediaProvider(Protocol):
    async def open(
        self, hearing_id: str, memory: Mapping[str, Any] | None, tell: Callable[[MediaEvent], None]
    ) -> MediaSession:
        """Go on with the session that ``memory`` describes, or begin a new one when it is gone."""


def plan_of(document: HearingDocument) -> Plan:
    court = court_of(document)
    lines = {seat.user_id: line for seat in court.seats if (line := line_of(court, seat)) is not None}
    return Plan(lines, court.recording, court.announcing)


def line_of(court: Court, seat: Seat) -> Line | None:
    """None: no connection at all."""
    if court.closed or seat.refused or not seat.connected or seat.place is Place.OUTSIDE:
        return None
    room = room_of(court, seat)
    if room is None:
        return Line(LOBBY, open=False)
    return Line(MAIN if room == 0 else f"side{room}", mic_open(court, seat))


def check_offer(sdp: str) -> None:
    """One line of audio and nothing else (RFC 8866): no video, no data channel, and no more ICE candidates than a phone
    has (RFC 8839, 5.1), each of which the media server would send packets to. Raises ``hearing.offer_invalid``.
    """
    lines = sdp.splitlines()
    if sum(line.startswith("a=candidate:") for line in lines) > MOST_CANDIDATES:
        raise Problem("hearing.offer_invalid")
    media = [line for line in lines if line.startswith("m=")]
    if not lines or lines[0] != "v=0" or len(media) != 1 or not media[0].startswith("m=audio "):
        raise Problem("hearing.offer_invalid")
