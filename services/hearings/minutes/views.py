"""Minutes as one of the hearing's people sees them."""

from collections.abc import Sequence

from schemas.api.minutes import (
    EditionView,
    EntryView,
    MinutesHeadView,
    MinutesPaperView,
    MinutesView,
    ObjectionView,
    SignerView,
    VersionView,
)
from schemas.documents.minutes import (
    EditionDocument,
    MinutesEntryDocument,
    ObjectionDocument,
    VersionDocument,
)
from schemas.hearing_enums import HearingRole, HearingStage
from schemas.minutes_enums import EntryKind, MinutesAct, ObjectionState, SigningState, VersionCause
from schemas.verification_enums import IdentityBasis
from services.clock import Clock, utc_now
from services.files.file_views import Links
from services.hearings.court import Seat
from services.hearings.journal import title
from services.hearings.minutes.drafting import TITLES, in_recording, named
from services.hearings.minutes.rights import may, own_words_only
from services.hearings.minutes.sheet import (
    BENCH,
    Sheet,
    current,
    open_seats,
    shown_to,
    signature_of,
    signers,
    signing_state,
    speakers,
)
from services.hearings.minutes.text import span_of
from services.hearings.recordings import MIX
from services.hearings.stages import rule


class MinutesViews:
    def __init__(self, links: Links, clock: Clock = utc_now, *, recognises: bool = False) -> None:
        """``recognises``: whether speech recognition is configured."""
        self._links = links
        self._recognises = recognises
        self._clock = clock

    def view(self, sheet: Sheet, entries: Sequence[MinutesEntryDocument], seat: Seat) -> MinutesView:
        """The whole, for ``seat``: a witness sees what they said themselves."""
        minutes, edition = sheet.minutes, sheet.edition
        whole = not own_words_only(seat)
        wanted = signers(sheet.court, speakers(entries))
        shown = wanted if whole else [one for one in wanted if one.user_id == seat.user_id]
        voided = [one for one in minutes["editions"] if "voided_at" in one]
        paper = minutes["paper"]
        return MinutesView(
            hearing_id=sheet.id,
            version=minutes["version"],
            state=sheet.state,
            edition=len(minutes["editions"]),
            title=TITLES[sheet.court.kind],
            head=_head(sheet),
            entries=[self.entry(sheet, entry) for entry in entries if shown_to(seat, entry)],
            sha256=_owed(edition, seat) if edition else None,
            signers=[self._signer(sheet, edition, one) for one in shown] if edition else [],
            voided=[self._edition(sheet, one, shown) for one in voided],
            paper=MinutesPaperView(**paper, url=self._links(paper["file_id"], "original")) if paper and whole else None,
            may=[act for act in MinutesAct if _may_now(sheet, seat, act, wanted)],
            hearable=self._hearable(sheet, seat),
            server_time=self._clock(),
        )

    def _hearable(self, sheet: Sheet, seat: Seat) -> list[int]:
        """Segments with a speaker's own recording, for who keeps the minutes while they are a draft."""
        if not self._recognises or not may(sheet.court, seat, sheet.state, MinutesAct.WRITE):
            return []
        return sorted({one["number"] for one in sheet.hearing.get("recordings", []) if one["track"] != MIX})

    def entry(self, sheet: Sheet, entry: MinutesEntryDocument) -> EntryView:
        court, version = sheet.court, current(entry)
        speaker = court.find(version["speaker_id"] or "")
        offset, file_id = in_recording(sheet.hearing, sheet.minutes["sittings"], entry["segment"], entry["at"])
        stage = HearingStage(entry["stage"])
        return EntryView(
            id=entry["_id"],
            kind=EntryKind(entry["kind"]),
            stage=stage,
            stage_title=rule(court.kind, stage).title,
            speaker_id=version["speaker_id"],
            speaker=named(court, speaker) if speaker else None,
            text=_words(sheet, entry, version),
            at=entry["at"],
            segment=entry["segment"],
            offset_ms=offset,
            recording_file_id=file_id,
            revision=entry["revision"],
            struck=entry["struck"],
            versions=[
                VersionView(
                    text=_words(sheet, entry, one),
                    speaker_id=one["speaker_id"],
                    by=one["by"],
                    at=one["at"],
                    cause=VersionCause(one["cause"]),
                )
                for one in entry["versions"]
            ],
            objections=[_objection(sheet, one) for one in entry["objections"]],
        )

    def _signer(self, sheet: Sheet, edition: EditionDocument, seat: Seat) -> SignerView:
        signature = signature_of(edition, seat.user_id)
        reason = signature["reason"] if signature else None
        drawn = signature["file_id"] if signature else None
        return SignerView(
            user_id=seat.user_id,
            role=seat.role,
            title=title(sheet.court.kind, seat.role, seat.side),
            display_name=seat.name,
            state=signing_state(edition, seat),
            sha256=_owed(edition, seat),
            at=signature["at"] if signature else None,
            reason=sheet.open(reason, f"refusal:{edition['number']}:{seat.user_id}") if reason else None,
            noted_by=signature["noted_by"] if signature else None,
            signature_url=self._links(drawn, "original") if drawn else None,
            identity=IdentityBasis(signature["identity"]) if signature and "identity" in signature else None,
        )

    def _edition(self, sheet: Sheet, edition: EditionDocument, shown: Sequence[Seat]) -> EditionView:
        return EditionView(
            edition=edition["number"],
            sha256=edition["sha256"],
            finished_at=edition["finished_at"],
            voided_at=edition["voided_at"],
            voided_by=edition["voided_by"],
            reason=sheet.open(edition["reason"], f"void:{edition['number']}"),
            signers=[self._signer(sheet, edition, one) for one in shown if signature_of(edition, one.user_id)],
        )


def _head(sheet: Sheet) -> MinutesHeadView:
    minutes, (began, ended) = sheet.minutes, span_of(sheet)
    return MinutesHeadView(
        tribunal=minutes.get("tribunal", ""),
        case_number=minutes["case_number"],
        cause=minutes["cause"],
        place=minutes["place"],
        began_at=began,
        ended_at=ended,
    )


def _owed(edition: EditionDocument, seat: Seat) -> str:
    """The hash that somebody signs."""
    return edition["parts"].get(seat.user_id, "") if own_words_only(seat) else edition["sha256"]


def _may_now(sheet: Sheet, seat: Seat, act: MinutesAct, wanted: Sequence[Seat]) -> bool:
    """Whether they may, and there is something left for them to sign or to note."""
    edition = sheet.edition
    if not may(sheet.court, seat, sheet.state, act):
        return False
    if edition is None or act not in (MinutesAct.SIGN, MinutesAct.REFUSE, MinutesAct.NOTE_REFUSAL):
        return True
    left = open_seats(edition, wanted)
    if act is MinutesAct.NOTE_REFUSAL:
        return any(one.role is not HearingRole.PRESIDER and one.user_id != seat.user_id for one in left)
    mine = next((one for one in wanted if one.user_id == seat.user_id), None)
    if mine is None or signing_state(edition, mine) in (SigningState.SIGNED, SigningState.ABSENT):
        return False
    if seat.role in BENCH:
        return all(one.role in BENCH for one in left)
    return act is MinutesAct.SIGN or signing_state(edition, mine) is not SigningState.REFUSED


def _words(sheet: Sheet, entry: MinutesEntryDocument, version: VersionDocument) -> str:
    return sheet.open(version["text"], f"entry:{entry['_id']}")


def _objection(sheet: Sheet, objection: ObjectionDocument) -> ObjectionView:
    by = sheet.court.seat(objection["by"])
    reason = objection["reason"]
    return ObjectionView(
        id=objection["id"],
        by=by.user_id,
        title=title(sheet.court.kind, by.role, by.side),
        display_name=by.name,
        wanted=sheet.open(objection["wanted"], f"wanted:{objection['id']}"),
        at=objection["at"],
        state=ObjectionState(objection["state"]),
        reason=sheet.open(reason, f"reason:{objection['id']}") if reason else None,
        answered_by=objection["answered_by"],
        answered_at=objection["answered_at"],
    )
