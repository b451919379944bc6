"""Hearings (I6) as their participants see them, and what they send."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field

from schemas.api.base import Body, Id, Moment, View
from schemas.api.exchanges import ExchangeView
from schemas.hearing_enums import (
    AbsenceCause,
    HearingKind,
    HearingMode,
    HearingRole,
    HearingStage,
    HearingState,
    IdentityState,
    Place,
    UndertakingState,
)

MAX_PARTICIPANTS = 40
_ONE_LINE = r"^[^\x00-\x1f\x7f]+$"


def _in_our_time(moment: datetime) -> datetime:
    """Calendars and time zones do not reach to the ends of what a datetime can hold."""
    if not datetime(2020, 1, 1, tzinfo=UTC) <= moment < datetime(2100, 1, 1, tzinfo=UTC):
        raise ValueError("must lie between 2020 and 2100")
    return moment


class ParticipantBody(Body):
    user_id: Id
    role: HearingRole
    side: str | None = Field(None, min_length=1, max_length=20, pattern=_ONE_LINE, description="原告, 被告, 第三人 …")


Start = Annotated[AwareDatetime, AfterValidator(_in_our_time)]
Minutes = Annotated[int, Field(strict=True, ge=5, le=720, description="Planned length")]
Hours = Annotated[int, Field(strict=True, ge=1, le=180 * 24)]
Reason = Annotated[str, Field(min_length=1, max_length=200, pattern=_ONE_LINE)]


class HearingBody(Body):
    title: str = Field(min_length=1, max_length=100, pattern=_ONE_LINE)
    kind: HearingKind
    starts_at: Start
    minutes: Minutes = 60
    mode: HearingMode = HearingMode.LIVE
    hours: dict[HearingStage, Hours] = Field(
        default_factory=dict,
        description="How long stages are open when it is held asynchronously; else the procedure's",
    )
    public: bool = Field(False, strict=True, description="Signed-in observers may come by the link (公开审理)")
    participants: list[ParticipantBody] = Field(min_length=2, max_length=MAX_PARTICIPANTS)


class HearingMove(Body):
    """Without ``minutes``: as long as it was to last."""

    starts_at: Start
    minutes: Minutes | None = None
    reason: Reason


class HearingCancel(Body):
    reason: Reason


class HearingFind(Body):
    code: str = Field(pattern=r"^[0-9]{8}$", description="庭审码")


class HearingObserve(Body):
    invitation: str = Field(max_length=100, description="From the link")


class StageView(View):
    code: HearingStage
    title: str


class ParticipantView(View):
    """``mic``: whether their voice is let through now. ``may_speak``: whether it would be, if they opened it."""

    user_id: str
    role: HearingRole
    title: str
    side: str | None
    display_name: str
    place: Place
    room: int
    connected: bool
    identity: IdentityState = Field(description="What the roll-call of this hearing found")
    verified: bool = Field(description="已实名: whether the account has proven who they are; of sides and witnesses")
    unproven: bool = Field(description="Neither the account nor the court says who they are, and acts here ask for it")
    accepted: bool
    hand_at: Moment | None
    floor: bool
    may_speak: bool
    mic: bool
    muted: bool
    locked: bool
    refused: bool
    absence: AbsenceCause | None
    undertaking: UndertakingState | None = Field(description="保证书, of a witness where one is asked for")


class UndertakingView(View):
    """What a witness signs and reads before they testify (保证书). ``sha256``: of the text in UTF-8."""

    text: str
    sha256: str


class ShownEvidenceView(View):
    """What everybody in the court room looks at. ``url`` carries a short-lived ticket."""

    file_id: str
    page: int
    pages: int | None = Field(description="How many the file has; null where that is not known")
    by: str
    url: str


class RecordingView(View):
    """``segment`` None: nothing is being recorded. ``alarm``: what is wrong with it, if anything."""

    segment: int | None
    alarm: str | None


class SegmentView(View):
    """A piece of the recording, ready as a file of the hearing's space. ``track``: a user id, or "mix"."""

    segment: int
    track: str
    file_id: str
    sha256: str
    started_at: Moment


class HearingView(View):
    """The whole state, for one viewer; a higher ``version`` replaces a lower one."""

    id: str
    version: int
    kind: HearingKind
    undertaking: UndertakingView | None = Field(description="Of the witnesses; null where none is asked for")
    title: str
    space_id: str
    case_space_id: str | None = Field(description="For who called it")
    starts_at: Moment
    minutes: int
    public: bool
    code: str | None = Field(description="For those who preside, the clerk, and who called it")
    link: str | None = Field(description="By which observers come; for the same")
    mode: HearingMode
    exchange: ExchangeView | None = Field(
        description="How it stands with turns, and what the viewer may do; null for who has no place in its space"
    )
    state: HearingState
    sequence: int = Field(description="How often it was moved (SEQUENCE of the calendar file)")
    may_reschedule: bool = Field(description="Whether the viewer may move or cancel it now")
    stage: HearingStage
    stage_title: str
    stage_since: Moment | None
    next_stages: list[StageView]
    participants: list[ParticipantView]
    shown: ShownEvidenceView | None
    recording: RecordingView
    recordings: list[SegmentView]
    announcement: bool = Field(description="Whether the discipline of the court can be played")
    announcing: bool = Field(description="It is being played to the court room")
    voice: bool = Field(description="Whether this deployment has a voice room")
    voice_epoch: int = Field(description="When it grows, the media server was replaced: offer again")
    server_time: Moment


class HearingBriefView(View):
    """A hearing in the list of its case. ``space_id``: its own space, for those who take part in it."""

    id: str
    title: str
    kind: HearingKind
    mode: HearingMode
    state: HearingState
    stage: HearingStage
    stage_title: str
    starts_at: Moment
    minutes: int
    space_id: str | None
    participant: bool


class IceServerView(View):
    """As RTCPeerConnection takes it."""

    urls: list[str]
    username: str | None = None
    credential: str | None = None


class TicketView(View):
    ticket: str
    ice_servers: list[IceServerView]
    expires_at: Moment


class SdpView(View):
    sdp: str


class BenchLineView(View):
    """A word on the private line between those who preside and the clerk."""

    hearing_id: str
    seq: int
    user_id: str
    text: str
    sent_at: Moment


class LinePage(View):
    items: list[BenchLineView]
    has_more: bool


class HearingAlarm(View):
    """``alarm`` None: all is well again."""

    hearing_id: str
    alarm: str | None
