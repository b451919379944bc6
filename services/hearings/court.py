"""A hearing as it stands at one moment, and what follows from that: who is heard where, what is recorded. No I/O.

The court is a value. ``services/hearings/acts.py`` makes the next one out of it; the media are only ever told what
is read off here, so no client and no lost message can open a voice that the rules keep closed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from schemas.hearing_enums import (
    AbsenceCause,
    HearingKind,
    HearingMode,
    HearingRole,
    HearingStage,
    IdentityState,
    Place,
    UndertakingState,
)
from services.errors import Problem
from services.hearings.stages import StageRule, rule

MAIN_ROOM = 0


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody's place in a hearing. It is kept while their connection is away."""

    user_id: str
    role: HearingRole
    name: str
    side: str | None = None  # free text of the court's: 原告, 被告, 第三人 …
    place: Place = Place.OUTSIDE
    room: int = MAIN_ROOM  # which side room, when the place is one
    connected: bool = False
    identity: IdentityState = IdentityState.UNCHECKED
    accepted: bool = False  # the discipline of the court
    hand_at: datetime | None = None
    floor: bool = False
    muted: bool = False  # they may open it again themselves
    locked: bool = False  # only the court may open it again
    refused: bool = False  # sent out, and not let in again
    absence: AbsenceCause | None = None
    undertaking: UndertakingState = UndertakingState.OPEN  # of a witness, where one is asked for
    undertaking_file: str | None = None  # the drawn signature under it
    verified: bool = False  # whether their account has proven who they are (B2), as far as is known here


@dataclass(frozen=True, slots=True)
class Shown:
    """What everybody in the court room looks at."""

    file_id: str
    page: int
    by: str
    pages: int | None = None  # how many the file has; None where it was not counted yet


@dataclass(frozen=True, slots=True)
class Court:
    kind: HearingKind
    seats: tuple[Seat, ...]
    stage: HearingStage = HearingStage.WAITING
    since: datetime | None = None  # of the stage
    resumes: HearingStage | None = None  # during a recess: the stage that was left
    shown: Shown | None = None
    announcing: bool = False  # the discipline of the court is being played to the court room
    mode: HearingMode = HearingMode.LIVE
    segments: int = field(default=0)  # how often the court has begun to sit: the number of the recording's segment

    @property
    def rule(self) -> StageRule:
        return rule(self.kind, self.stage)

    @property
    def closed(self) -> bool:
        return self.stage is HearingStage.CLOSED

    @property
    def recording(self) -> int | None:
        """The segment that is being recorded now. Side rooms never are."""
        return self.segments if self.rule.recorded and self.mode is HearingMode.LIVE else None

    def find(self, user_id: str) -> Seat | None:
        return next((seat for seat in self.seats if seat.user_id == user_id), None)

    def seat(self, user_id: str) -> Seat:
        """Raises ``hearing.no_participant``."""
        found = self.find(user_id)
        if found is None:
            raise Problem("hearing.no_participant")
        return found

    def with_seat(self, changed: Seat) -> "Court":
        return self.with_seats(lambda seat: changed if seat.user_id == changed.user_id else seat)

    def with_seats(self, change: Callable[[Seat], Seat]) -> "Court":
        return replace(self, seats=tuple(change(seat) for seat in self.seats))

    def shuts_out(self, seat: Seat) -> bool:
        """Whether somebody was sent out of the court room, and there still is one to come back to."""
        return seat.refused and self.mode is HearingMode.LIVE and not self.closed

    def shut_out(self) -> set[str]:
        return {seat.user_id for seat in self.seats if self.shuts_out(seat)}

    def presided(self) -> bool:
        """Whether somebody presides in the court room, and is connected: nobody else is heard there without them."""
        return any(
            seat.role is HearingRole.PRESIDER and seat.place is Place.COURT and seat.connected for seat in self.seats
        )

    def unanswered(self) -> list[Seat]:
        """Whom the roll-call has neither identified nor noted as absent."""
        sides = (HearingRole.PARTY, HearingRole.COUNSEL)
        return [
            seat
            for seat in self.seats
            if seat.role in sides and seat.identity is not IdentityState.CONFIRMED and seat.absence is None
        ]


def room_of(court: Court, seat: Seat) -> int | None:
    """The room whose sound somebody hears: the court room is 0, side rooms count from 1; None: no sound at all."""
    if court.closed or seat.refused:
        return None
    if seat.place is Place.COURT:
        return MAIN_ROOM
    return seat.room if seat.place is Place.SIDE else None


def may_speak(court: Court, seat: Seat) -> bool:
    """Whether stage, role and floor let somebody be heard where they are, whatever they do with their microphone."""
    if court.mode is not HearingMode.LIVE or room_of(court, seat) is None or seat.role is HearingRole.OBSERVER:
        return False
    if seat.place is Place.SIDE:
        return court.rule.caucus
    if not court.presided():
        return False
    now = court.rule
    return seat.role in now.speakers or (seat.floor and seat.role in now.by_floor)


def mic_open(court: Court, seat: Seat) -> bool:
    """Stage × role × floor × own mute × the court's lock: the one sentence that the media obey."""
    return may_speak(court, seat) and not seat.muted and not seat.locked
