"""What the hearing writes into its minutes by itself: acts of a live one, steps and turns of an asynchronous one.

Run by the worker, any number of times. A fixed text takes nothing more; when the court sits again, what was being read
becomes a draft again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.api.minutes import MAX_TEXT
from schemas.asynchronous_enums import TurnKind
from schemas.documents.hearings import HearingDocument, TurnDocument
from schemas.documents.ledgers import OutboxDocument
from schemas.documents.minutes import MinutesEntryDocument
from schemas.hearing_enums import HearingStage
from schemas.minutes_enums import EntryKind, MinutesState, VersionCause
from services.files.file_views import name_of
from services.hearings.asynchronous.turns import text_place
from services.hearings.court import Court
from services.hearings.docket import court_of
from services.hearings.minutes.book import MinutesBook, Step
from services.hearings.minutes.drafting import drafted, journal_id, named
from services.hearings.minutes.lines import MOST, blank, merged, version
from services.hearings.minutes.sheet import Sheet
from services.hearings.minutes.telling import MinutesTelling
from services.hearings.stages import rule
from services.keys import DataKey
from services.storage.database import Database

_NOT_SITTING = frozenset({HearingStage.WAITING, HearingStage.RECESS, HearingStage.CLOSED})


@dataclass(frozen=True, slots=True)
class _Line:
    client_id: str
    text: str
    speaker_id: str | None = None  # None: a line of procedure


@dataclass(frozen=True, slots=True)
class _Moment:
    stage: HearingStage
    at: datetime
    segment: int | None  # of the recording; 0 begins an asynchronous hearing
    new_stage: bool

    @classmethod
    def of(cls, note: Mapping[str, Any], *, live: bool) -> "_Moment":
        stage = HearingStage(note["stage"])
        if live:
            return cls(stage, note["at"], note["segment"], note["act"] == "stage")
        return cls(stage, note["at"], None, note["stage"] != note["from"])


class MinutesDrafts:
    def __init__(self, database: Database, book: MinutesBook, telling: MinutesTelling) -> None:
        self._db = database
        self._book = book
        self._telling = telling

    async def acted(self, hearing: HearingDocument, row: OutboxDocument) -> None:
        """An act in a live hearing."""
        note = row["payload"]
        evidence = await self._file_name(hearing, note.get("file_id"))
        text = drafted(court_of(hearing), note, evidence)
        lines = [_Line(journal_id(row["_id"], note), text)] if text else []
        await self._take(hearing["_id"], lines, _Moment.of(note, live=True))

    async def exchanged(self, hearing: HearingDocument, row: OutboxDocument, text: str | None) -> None:
        """A step of an asynchronous hearing. ``text``: its sentence; None: a turn, whose words are looked up."""
        note = row["payload"]
        lines = [_Line(f"journal:{row['_id']}", f"{text}。")] if text else await self._said(hearing, note)
        await self._take(hearing["_id"], lines, _Moment.of(note, live=False))

    async def _take(self, hearing_id: str, lines: Sequence[_Line], moment: _Moment) -> None:
        async def do(sheet: Sheet, session: AsyncClientSession) -> Step | None:
            if sheet.fixed:
                return None
            fields = _sitting(sheet, moment)
            entries = await self._book.entries(sheet, session) if lines else []
            known = {entry["client_id"] for entry in entries}
            fresh = [_entry(sheet, line, moment) for line in lines if line.client_id not in known]
            fresh = fresh[: max(0, MOST - len(entries))]
            if fresh:
                await self._db.minutes_entries.insert_many(fresh, session=session)
                fields["order"] = merged(entries, fresh)
            resumed = "state" in fields
            return Step("drafted", {"$set": fields}, event="recalled" if resumed else None) if fields else None

        sheet, step = await self._book.change(None, hearing_id, None, do)
        if step is not None:
            await self._show(sheet, lines, resumed=step.event is not None)

    async def _show(self, sheet: Sheet, lines: Sequence[_Line], *, resumed: bool) -> None:
        """The line itself, where it is the only thing that changed."""
        entry = None
        if len(lines) == 1 and not resumed:
            wanted = {"hearing_id": sheet.id, "client_id": lines[0].client_id}
            entry = await self._db.minutes_entries.find_one(wanted)
        if entry is None:
            await self._telling.tell(sheet)
        else:
            await self._telling.entry(sheet, entry)

    # --- words

    async def _said(self, hearing: HearingDocument, note: Mapping[str, Any]) -> list[_Line]:
        """A turn, in as many lines as it needs."""
        turn = await self._db.hearing_turns.find_one({"_id": note["turn_id"]})
        if turn is None:
            return []
        words = await self._words(hearing, turn, note)
        parts = [words[start : start + MAX_TEXT] for start in range(0, len(words), MAX_TEXT)]
        return [_Line(f"turn:{turn['_id']}:{number}", part, turn["user_id"]) for number, part in enumerate(parts)]

    async def _words(self, hearing: HearingDocument, turn: TurnDocument, note: Mapping[str, Any]) -> str:
        key = (await self._book.look(hearing["_id"])).key
        text = key.open_text(turn["text"], text_place(turn["_id"])) if turn["text"] is not None else ""
        name = await self._file_name(hearing, turn["file_id"], key)
        attached = f"（提交《{name}》）" if name else ""
        return f"{_opening(court_of(hearing), turn, note)}{text}{attached}"

    async def _file_name(self, hearing: HearingDocument, file_id: str | None, key: DataKey | None = None) -> str | None:
        found = await self._db.files.find_one({"_id": file_id, "space_id": hearing["space_id"]}) if file_id else None
        return name_of(found, key or (await self._book.look(hearing["_id"])).key) if found else None


def _opening(court: Court, turn: TurnDocument, note: Mapping[str, Any]) -> str:
    """Whom somebody asks; that they answer."""
    match TurnKind(turn["kind"]):
        case TurnKind.QUESTION:
            return f"（向{named(court, court.seat(note['to']))}提问）"
        case TurnKind.ANSWER:
            return "（答复提问）"
    return ""


def _entry(sheet: Sheet, line: _Line, moment: _Moment) -> MinutesEntryDocument:
    kind = EntryKind.SPEECH if line.speaker_id else EntryKind.PROCEDURE
    entry = blank(sheet, line.client_id, kind, moment.stage, moment.at, moment.segment)
    words = version(sheet, entry, line.text, line.speaker_id, None, moment.at, VersionCause.WRITTEN)
    entry["versions"].append(words)
    return entry


def _sitting(sheet: Sheet, moment: _Moment) -> dict[str, Any]:
    """What a new stage changes besides its line."""
    fields: dict[str, Any] = {}
    if not moment.new_stage or moment.stage in _NOT_SITTING:
        return fields
    segment, sittings = moment.segment or 0, sheet.minutes["sittings"]
    if all(one["segment"] != segment for one in sittings):
        fields["sittings"] = [*sittings, {"segment": segment, "at": moment.at}]
    if sheet.state is MinutesState.READING and rule(sheet.court.kind, moment.stage).in_session:
        fields["state"] = MinutesState.DRAFT
    return fields
