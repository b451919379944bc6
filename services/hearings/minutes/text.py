"""The canonical text of minutes: what is hashed and signed, and what the paper is printed from. No I/O.

``SHA-256(RFC 8785 JSON)``: whoever has the text finds the same hash. A witness signs a text of the same form that holds
their own entries only; its hash is independent of what others said.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import rfc8785

from schemas.documents.minutes import MinutesEntryDocument, ObjectionDocument
from schemas.hearing_enums import HearingRole, HearingStage
from schemas.minutes_enums import ObjectionState
from services.hearings.court import Court, Seat
from services.hearings.journal import title
from services.hearings.minutes.drafting import TITLES, in_recording, named
from services.hearings.minutes.sheet import Sheet, counts, current
from services.hearings.stages import rule
from services.record.chain import utc_text

FORM = "casespace.minutes.v1"


def text_of(sheet: Sheet, edition: int, entries: Sequence[MinutesEntryDocument]) -> dict[str, Any]:
    """The whole text. ``entries`` in their order."""
    hearing, minutes, court = sheet.hearing, sheet.minutes, sheet.court
    began, ended = span_of(sheet)
    part = [entry for entry in entries if counts(entry)]
    return {
        "form": FORM,
        "hearing_id": hearing["_id"],
        "edition": edition,
        "title": TITLES[court.kind],
        "case": hearing["title"],
        "tribunal": minutes.get("tribunal", ""),
        "case_number": minutes["case_number"],
        "cause": minutes["cause"],
        "place": minutes["place"],
        "public": hearing["public"],
        "began_at": utc_text(began) if began else None,
        "ended_at": utc_text(ended) if ended else None,
        "people": [_person(court, seat) for seat in court.seats if seat.role is not HearingRole.OBSERVER],
        "entries": [_entry(sheet, number, entry) for number, entry in enumerate(part, 1)],
    }


def span_of(sheet: Sheet) -> tuple[datetime | None, datetime | None]:
    """From when the court first sat, to when it closed."""
    began = min((one["at"] for one in sheet.minutes["sittings"]), default=None)
    return began, sheet.court.since if sheet.court.closed else None


def part_of(text: Mapping[str, Any], user_id: str) -> dict[str, Any]:
    """What a witness signs of it: their own words, under the same head."""
    return {
        **text,
        "people": [one for one in text["people"] if one["user_id"] == user_id],
        "entries": [one for one in text["entries"] if one["speaker_id"] == user_id],
    }


def canonical(text: Mapping[str, Any]) -> bytes:
    return rfc8785.dumps(dict(text))


def sha256(text: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(text)).hexdigest()


def _person(court: Court, seat: Seat) -> dict[str, Any]:
    return {
        "user_id": seat.user_id,
        "role": seat.role.value,
        "title": title(court.kind, seat.role, seat.side),
        "name": seat.name,
        "identity": seat.identity.value,
        "absence": seat.absence.value if seat.absence else None,
    }


def _entry(sheet: Sheet, number: int, entry: MinutesEntryDocument) -> dict[str, Any]:
    court, version = sheet.court, current(entry)
    offset, _ = in_recording(sheet.hearing, sheet.minutes["sittings"], entry["segment"], entry["at"])
    speaker = court.find(version["speaker_id"] or "")
    stage = HearingStage(entry["stage"])
    return {
        "number": number,
        "at": utc_text(entry["at"]),
        "kind": entry["kind"],
        "stage": stage.value,
        "stage_title": rule(court.kind, stage).title,
        "speaker_id": version["speaker_id"],
        "speaker": named(court, speaker) if speaker else None,
        "text": sheet.open(version["text"], f"entry:{entry['_id']}"),
        "segment": entry["segment"],
        "offset_ms": offset,
        "objections": [_objection(sheet, entry, one) for one in entry["objections"]],
    }


def _objection(sheet: Sheet, entry: MinutesEntryDocument, objection: ObjectionDocument) -> dict[str, Any]:
    by = sheet.court.find(objection["by"])
    reason = objection["reason"]
    return {
        "by": named(sheet.court, by) if by else "",
        "at": utc_text(objection["at"]),
        "wanted": sheet.open(objection["wanted"], f"wanted:{objection['id']}"),
        "corrected": objection["state"] == ObjectionState.CORRECTED,
        "before": _before(sheet, entry, objection),
        "reason": sheet.open(reason, f"reason:{objection['id']}") if reason else None,
    }


def _before(sheet: Sheet, entry: MinutesEntryDocument, objection: ObjectionDocument) -> str | None:
    """What the entry read when somebody asked for a correction: both stay in the minutes."""
    older = [one for one in entry["versions"] if one["at"] <= objection["at"]]
    if objection["state"] != ObjectionState.CORRECTED or not older:
        return None
    return sheet.open(older[-1]["text"], f"entry:{entry['_id']}")
