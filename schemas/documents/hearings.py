"""Hearings as they are stored: the court, its tickets, and what the owner of the media remembers."""

from datetime import datetime
from typing import Any, NotRequired, TypedDict


class SeatDocument(TypedDict):
    """The fields of ``services.hearings.court.Seat``, by the same names."""

    user_id: str
    role: str
    name: str
    side: str | None
    place: str
    room: int
    connected: bool
    identity: str
    accepted: bool
    hand_at: datetime | None
    floor: bool
    muted: bool
    locked: bool
    refused: bool
    absence: str | None
    undertaking: NotRequired[str]  # of a witness; none in hearings that were called before there were undertakings
    undertaking_file: NotRequired[str | None]
    verified: NotRequired[
        bool
    ]  # what the role needs is proven (B2); none in hearings that were called before there was verification


class ShownDocument(TypedDict):
    file_id: str
    page: int
    by: str
    pages: NotRequired[int | None]  # none where it was shown before pages were counted


class SegmentDocument(TypedDict):
    """A piece of recording: ``number`` of the sitting, ``take`` within it. ``track`` is a user id, or "mix"."""

    number: int
    take: str
    track: str
    file_id: str
    sha256: str
    started_at: datetime


class ApplicationDocument(TypedDict):
    """The fields of ``services.hearings.asynchronous.exchange.Application``; likewise those that follow."""

    by: str
    at: datetime
    state: str
    reason: NotRequired[bytes | None]  # sealed under the key of the hearing's space


class ConsentDocument(TypedDict):
    user_id: str
    agreed: bool
    by: str
    at: datetime


class QuestionDocument(TypedDict):
    id: str
    number: int
    by: str
    to: str
    asked_at: datetime
    due_at: datetime
    answer: int | None
    lapsed: bool


class TakenDocument(TypedDict):
    user_id: str
    turns: int


class ExchangeDocument(TypedDict):
    step: int
    due_at: datetime | None
    lapsed: bool
    turns: int
    taken: list[TakenDocument]
    last_side: NotRequired[str | None]  # none in what was stored before sides alternated
    passed: NotRequired[list[str]]
    application: ApplicationDocument | None
    consents: list[ConsentDocument]
    questions: list[QuestionDocument]


class TurnDocument(TypedDict):
    """What somebody has said in an asynchronous hearing; ``text`` is sealed under the hearing's space's key."""

    _id: str
    hearing_id: str
    number: int
    kind: str
    stage: str
    user_id: str
    client_turn_id: str
    text: bytes | None
    file_id: str | None
    question_id: str | None
    at: datetime
    seq: NotRequired[int]  # of the entry in the record


class HearingDocument(TypedDict):
    """``version`` counts every change; whoever changes it names the version that they have seen."""

    _id: str
    schema_version: int
    version: int
    kind: str
    title: str
    space_id: str  # the hearing's own
    case_space_id: str
    starts_at: datetime
    minutes: int  # planned
    public: bool  # observers may come by link
    code: str
    created_by: str
    created_at: datetime
    stage: str
    since: datetime | None
    resumes: str | None
    shown: ShownDocument | None
    segments: int
    seats: list[SeatDocument]
    mode: NotRequired[str]  # live, unless it says otherwise
    hours: NotRequired[dict[str, int]]  # of stages, where they are not the procedure's
    exchange: NotRequired[ExchangeDocument]  # once somebody has asked for an asynchronous hearing
    sequence: NotRequired[int]  # how often it was moved
    cancelled_at: NotRequired[datetime]  # the stage is "closed" then
    announcing: NotRequired[bool]  # the discipline of the court is being played
    alarm: NotRequired[str | None]  # what is wrong with sound or recording now
    voice_epoch: NotRequired[int]  # counts how often everybody had to connect anew
    recordings: NotRequired[list[SegmentDocument]]


class HearingTicketDocument(TypedDict):
    """A right to come in, once. The id is the SHA-256 of the ticket, which itself is stored nowhere."""

    _id: str
    hearing_id: str
    user_id: str
    expires_at: datetime
    used_at: NotRequired[datetime]


class HearingMediaDocument(TypedDict):
    """What the owner of a hearing's media knows, for whoever takes over. Goes with the hearing's end."""

    _id: str  # the hearing's
    memory: NotRequired[dict[str, Any]]
    recording: int | None  # the segment that was begun and not yet handed on


class HearingOfferDocument(TypedDict):
    """An offer of a client on its way to the process that owns the media, and the answer on its way back. Sealed."""

    _id: str
    hearing_id: str
    user_id: str
    offer: bytes
    answer: NotRequired[bytes]
    fault: NotRequired[str]
    expires_at: datetime
