"""A hearing as one of its people sees it."""

from collections.abc import Callable

from schemas.api.hearings import (
    HearingBriefView,
    HearingView,
    ParticipantView,
    RecordingView,
    SegmentView,
    ShownEvidenceView,
    StageView,
    UndertakingView,
)
from schemas.documents.hearings import HearingDocument
from schemas.hearing_enums import HearingKind, HearingRole, HearingStage, Place
from services.clock import Clock, utc_now
from services.files.file_views import Links
from services.hearings.asynchronous.exchange_views import exchange_view
from services.hearings.court import Court, Seat, may_speak, mic_open
from services.hearings.docket import court_of
from services.hearings.hearing_states import MOVABLE, state_of
from services.hearings.journal import title
from services.hearings.proven_seats import is_unproven
from services.hearings.rescheduling import may_reschedule
from services.hearings.stages import rule
from services.hearings.undertaking_rules import TEXTS, text_sha256, undertakes

_BENCH = (HearingRole.PRESIDER, HearingRole.CLERK)


class HearingViews:
    def __init__(
        self,
        links: Links,
        invite: Callable[[str], str],
        *,
        voice: bool,
        gated: bool,
        announcement: bool = False,
        clock: Clock = utc_now,
    ) -> None:
        """``invite(hearing_id)``: the link for observers. ``voice``: whether there is a media server, and
        ``announcement``: something for it to play. ``gated``: whether people have to prove who they are (B2).
        """
        self._links = links
        self._invite = invite
        self._voice = voice
        self._gated = gated
        self._announcement = announcement
        self._clock = clock

    def view(self, document: HearingDocument, user_id: str) -> HearingView:
        """The whole state for one viewer: a witness who waits outside sees nothing of what goes on inside.

        Who called the hearing without a place in it sees who takes part, and what to hand out.
        """
        court = court_of(document)
        viewer = court.find(user_id)
        role = viewer.role if viewer else None
        called = document["created_by"] == user_id
        hands_out = called or role in _BENCH
        inside = viewer is not None and viewer.place in (Place.COURT, Place.SIDE)
        return HearingView(
            id=document["_id"],
            version=document["version"],
            undertaking=_undertaking(court.kind),
            kind=court.kind,
            title=document["title"],
            space_id=document["space_id"],
            case_space_id=document["case_space_id"] if called else None,
            starts_at=document["starts_at"],
            minutes=document["minutes"],
            public=document["public"],
            code=document["code"] if hands_out else None,
            link=self._invite(document["_id"]) if hands_out and document["public"] else None,
            mode=court.mode,
            exchange=exchange_view(document, user_id, self._clock()),
            state=state_of(document),
            sequence=document.get("sequence", 0),
            may_reschedule=may_reschedule(document, user_id) and court.stage in MOVABLE,
            stage=court.stage,
            stage_title=court.rule.title,
            stage_since=court.since,
            next_stages=_next(court) if role is HearingRole.PRESIDER else [],
            participants=[_participant(court, seat, gated=self._gated) for seat in court.seats],
            shown=self._shown(court) if inside else None,
            recording=RecordingView(segment=court.recording, alarm=document.get("alarm")),
            recordings=_recordings(document) if role is not HearingRole.OBSERVER else [],
            announcement=self._announcement,
            announcing=court.announcing,
            voice=self._voice,
            voice_epoch=document.get("voice_epoch", 0),
            server_time=self._clock(),
        )

    def brief(self, document: HearingDocument, user_id: str) -> HearingBriefView:
        """What the members of its case, who may have no place in it, see in their list."""
        court = court_of(document)
        participant = court.find(user_id) is not None
        return HearingBriefView(
            id=document["_id"],
            title=document["title"],
            kind=court.kind,
            mode=court.mode,
            state=state_of(document),
            stage=court.stage,
            stage_title=court.rule.title,
            starts_at=document["starts_at"],
            minutes=document["minutes"],
            space_id=document["space_id"] if participant else None,
            participant=participant,
        )

    def _shown(self, court: Court) -> ShownEvidenceView | None:
        shown = court.shown
        if shown is None:
            return None
        return ShownEvidenceView(
            file_id=shown.file_id,
            page=shown.page,
            pages=shown.pages,
            by=shown.by,
            url=self._links(shown.file_id, "original"),
        )


def _next(court: Court) -> list[StageView]:
    """Where the presider may go from here; after a recess, back to where it began."""
    stages = sorted(court.rule.next, key=list(HearingStage).index)
    if court.stage is HearingStage.RECESS:
        stages = [stage for stage in stages if stage in (court.resumes, HearingStage.CLOSED)]
    return [StageView(code=stage, title=rule(court.kind, stage).title) for stage in stages]


def _participant(court: Court, seat: Seat, *, gated: bool) -> ParticipantView:
    return ParticipantView(
        user_id=seat.user_id,
        role=seat.role,
        title=title(court.kind, seat.role, seat.side),
        side=seat.side,
        display_name=seat.name,
        place=seat.place,
        room=seat.room,
        connected=seat.connected,
        identity=seat.identity,
        verified=seat.verified,
        unproven=gated and is_unproven(seat),
        accepted=seat.accepted,
        hand_at=seat.hand_at,
        floor=seat.floor,
        may_speak=may_speak(court, seat),
        mic=mic_open(court, seat),
        muted=seat.muted,
        locked=seat.locked,
        refused=seat.refused,
        absence=seat.absence,
        undertaking=seat.undertaking if undertakes(court.kind, seat) else None,
    )


def _undertaking(kind: HearingKind) -> UndertakingView | None:
    return UndertakingView(text=TEXTS[kind], sha256=text_sha256(kind)) if kind in TEXTS else None


def _recordings(document: HearingDocument) -> list[SegmentView]:
    return [
        SegmentView(
            segment=one["number"],
            track=one["track"],
            file_id=one["file_id"],
            sha256=one["sha256"],
            started_at=one["started_at"],
        )
        for one in document.get("recordings", [])
    ]
