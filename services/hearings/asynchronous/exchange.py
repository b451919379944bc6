"""An asynchronous hearing as it stands at one moment. A value; ``steps.py`` makes the next one out of it. No I/O."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from schemas.asynchronous_enums import ApplicationState, QuestionState
from schemas.hearing_enums import HearingRole, HearingStage
from services.errors import Problem
from services.hearings.asynchronous.procedures import open_stage, turns_of
from services.hearings.court import Court, Seat


@dataclass(frozen=True, slots=True)
class Application:
    """Somebody has asked that the hearing go on asynchronously; why, sealed for ``rescheduling.reason_place``."""

    by: str
    at: datetime
    state: ApplicationState = ApplicationState.OPEN
    reason: bytes | None = None  # none in what was stored before it was kept here


@dataclass(frozen=True, slots=True)
class Consent:
    """What a party has said to it, or counsel for them. Nothing, as long as there is none."""

    user_id: str  # the party's
    agreed: bool
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Question:
    """``number`` is that of the turn in which it was put; ``answer`` that of the turn which answered it."""

    id: str
    number: int
    by: str
    to: str
    asked_at: datetime
    due_at: datetime
    answer: int | None = None
    lapsed: bool = False  # its deadline passed, and that has been noted

    @property
    def state(self) -> QuestionState:
        if self.answer is not None:
            return QuestionState.ANSWERED
        return QuestionState.LAPSED if self.lapsed else QuestionState.OPEN


@dataclass(frozen=True, slots=True)
class Exchange:
    """``step`` counts the openings of stages; ``taken``, ``last_side``, ``passed`` and ``due_at`` are of the present
    one. ``hours`` were set when the hearing was called, for stages that shall not have the procedure's.
    """

    court: Court
    step: int = 0
    due_at: datetime | None = None
    lapsed: bool = False  # the deadline passed, and that has been noted
    turns: int = 0  # of the whole hearing
    taken: tuple[tuple[str, int], ...] = ()  # who has taken how many in this stage
    last_side: str | None = None  # which spoke last, or was passed over, where sides alternate
    passed: tuple[str, ...] = ()  # the sides that have chosen to say nothing
    application: Application | None = None
    consents: tuple[Consent, ...] = ()
    questions: tuple[Question, ...] = ()
    hours: tuple[tuple[HearingStage, int], ...] = ()

    def hours_of(self, stage: HearingStage) -> int | None:
        """How long a stage is open; None: nobody says anything in it."""
        order = open_stage(self.court.kind, stage)
        return dict(self.hours).get(stage, order.hours) if order else None

    def taken_by(self, user_id: str) -> int:
        return dict(self.taken).get(user_id, 0)

    def left_for(self, seat: Seat) -> int | None:
        """How many turns somebody has left in this stage; None: no limit."""
        allowed = turns_of(self.court.kind, self.court.stage, seat.role)
        return allowed if allowed is None else max(0, allowed - self.taken_by(seat.user_id))

    def question(self, question_id: str) -> Question:
        """Raises ``hearing.no_question``."""
        for question in self.questions:
            if question.id == question_id:
                return question
        raise Problem("hearing.no_question")

    def with_question(self, changed: Question) -> "Exchange":
        return replace(self, questions=tuple(changed if one.id == changed.id else one for one in self.questions))

    def consent_of(self, user_id: str) -> Consent | None:
        return next((one for one in self.consents if one.user_id == user_id), None)

    def unwilling(self) -> list[Seat]:
        """The parties who have not agreed, or not yet."""
        return [seat for seat in parties(self.court) if not ((said := self.consent_of(seat.user_id)) and said.agreed)]

    def silent(self) -> list[Seat]:
        """The parties for whom nobody has taken a turn in this stage."""
        return [
            seat
            for seat in parties(self.court)
            if not any(self.taken_by(one.user_id) for one in self.court.seats if speaks_for(one, seat))
        ]


def parties(court: Court) -> list[Seat]:
    """Each party, and counsel whose party has no seat of their own: those who must agree, and who may fall silent."""
    sides = {seat.side for seat in court.seats if seat.role is HearingRole.PARTY}
    return [
        seat
        for seat in court.seats
        if seat.role is HearingRole.PARTY or (seat.role is HearingRole.COUNSEL and seat.side not in sides)
    ]


def speaks_for(seat: Seat, party: Seat) -> bool:
    """Everybody for themselves; counsel for the parties of their side."""
    if seat.user_id == party.user_id:
        return True
    return seat.role is HearingRole.COUNSEL and seat.side is not None and seat.side == party.side


def of_one_side(seats: Iterable[Seat], to: Seat) -> list[Seat]:
    """Who may answer a question to somebody: they, and those of their side."""
    talkers = (HearingRole.PARTY, HearingRole.COUNSEL)
    return [
        seat
        for seat in seats
        if seat.user_id == to.user_id or (seat.role in talkers and seat.side is not None and seat.side == to.side)
    ]
