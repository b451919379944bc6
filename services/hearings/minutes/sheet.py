"""The minutes opened for one change or one look: what is stored, with the key to its words. No I/O."""

from collections.abc import Sequence
from dataclasses import dataclass

from schemas.documents.hearings import HearingDocument
from schemas.documents.minutes import (
    EditionDocument,
    MinutesDocument,
    MinutesEntryDocument,
    SignatureDocument,
    VersionDocument,
)
from schemas.hearing_enums import AbsenceCause, HearingRole
from schemas.minutes_enums import EntryKind, MinutesState, SigningState
from services.hearings.court import Court, Seat
from services.hearings.minutes.rights import own_words_only
from services.keys import DataKey

# In the order in which a paper names them; who presides and the clerk sign last.
_SIGNERS = (HearingRole.PARTY, HearingRole.COUNSEL, HearingRole.WITNESS, HearingRole.CLERK, HearingRole.PRESIDER)
BENCH = (HearingRole.CLERK, HearingRole.PRESIDER)
_NEVER_CAME = (AbsenceCause.NO_SHOW, AbsenceCause.EXCUSED)


@dataclass(frozen=True, slots=True)
class Sheet:
    hearing: HearingDocument
    court: Court
    minutes: MinutesDocument
    key: DataKey
    seat: Seat | None = None  # whose look it is; None: the system's

    @property
    def id(self) -> str:
        return self.hearing["_id"]

    @property
    def state(self) -> MinutesState:
        return MinutesState(self.minutes["state"])

    @property
    def fixed(self) -> bool:
        return self.state in (MinutesState.FINAL, MinutesState.DONE)

    @property
    def edition(self) -> EditionDocument | None:
        """The final text that counts now."""
        return self.minutes["editions"][-1] if self.fixed else None

    def seal(self, text: str, place: str) -> bytes:
        return self.key.seal_text(text, _place(self.id, place))

    def open(self, sealed: bytes, place: str) -> str:
        """Raises SealBrokenError."""
        return self.key.open_text(sealed, _place(self.id, place))


def current(entry: MinutesEntryDocument) -> VersionDocument:
    return entry["versions"][-1]


def counts(entry: MinutesEntryDocument) -> bool:
    """Whether it is part of the minutes."""
    return not entry["struck"] and entry["kind"] != EntryKind.SUGGESTED


def shown_to(seat: Seat, entry: MinutesEntryDocument) -> bool:
    """The bench sees what is struck or suggested too; a witness only what they said themselves."""
    if seat.role in BENCH:
        return True
    return counts(entry) and (not own_words_only(seat) or current(entry)["speaker_id"] == seat.user_id)


def speakers(entries: Sequence[MinutesEntryDocument]) -> set[str]:
    return {who for entry in entries if counts(entry) and (who := current(entry)["speaker_id"]) is not None}


def signers(court: Court, speaking: set[str]) -> list[Seat]:
    """Whose signature belongs under the minutes: sides, witnesses who were heard, and at last the bench."""
    found = [
        seat
        for seat in court.seats
        if seat.role in _SIGNERS and (seat.role is not HearingRole.WITNESS or seat.user_id in speaking)
    ]
    return sorted(found, key=lambda seat: _SIGNERS.index(seat.role))


def signature_of(edition: EditionDocument, user_id: str) -> SignatureDocument | None:
    """What counts of somebody: who refused may sign later, and both are kept."""
    return next((one for one in reversed(edition["signatures"]) if one["user_id"] == user_id), None)


def signing_state(edition: EditionDocument, seat: Seat) -> SigningState:
    signature = signature_of(edition, seat.user_id)
    if signature is not None:
        return SigningState(signature["state"])
    return SigningState.ABSENT if seat.absence in _NEVER_CAME else SigningState.OPEN


def open_seats(edition: EditionDocument, seats: Sequence[Seat]) -> list[Seat]:
    return [seat for seat in seats if signing_state(edition, seat) is SigningState.OPEN]


def _place(hearing_id: str, place: str) -> str:
    return f"minutes:{hearing_id}:{place}"
