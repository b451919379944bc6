"""A line of the minutes in the making. No I/O."""

from collections.abc import Sequence
from datetime import datetime

from schemas.documents.minutes import MinutesEntryDocument, VersionDocument
from schemas.hearing_enums import HearingStage
from schemas.minutes_enums import EntryKind, VersionCause
from services.actors import Actor
from services.hearings.minutes.sheet import Sheet
from services.ids import new_id

MOST = 1_200  # lines, so that a final text fits into a document of the database, whatever they say


def blank(
    sheet: Sheet, client_id: str, kind: EntryKind, stage: HearingStage, at: datetime, segment: int | None
) -> MinutesEntryDocument:
    """A line without words."""
    return {
        "_id": new_id(),
        "schema_version": 1,
        "hearing_id": sheet.id,
        "client_id": client_id,
        "kind": kind,
        "stage": stage,
        "at": at,
        "segment": segment,
        "struck": False,
        "revision": 1,
        "versions": [],
        "objections": [],
    }


def version(
    sheet: Sheet,
    entry: MinutesEntryDocument,
    text: str,
    speaker_id: str | None,
    actor: Actor | None,
    at: datetime,
    cause: VersionCause,
) -> VersionDocument:
    """Words for a line, sealed. ``actor`` None: the system's."""
    return {
        "text": sheet.seal(text, f"entry:{entry['_id']}"),
        "speaker_id": speaker_id,
        "by": actor.user_id if actor else None,
        "at": at,
        "cause": cause,
    }


def merged(entries: Sequence[MinutesEntryDocument], fresh: Sequence[MinutesEntryDocument]) -> list[str]:
    """The ids in their new order: each fresh line behind the last one that is no younger."""
    order = list(entries)
    for line in fresh:
        older = [place for place, entry in enumerate(order) if entry["at"] <= line["at"]]
        order.insert(older[-1] + 1 if older else 0, line)
    return [entry["_id"] for entry in order]
