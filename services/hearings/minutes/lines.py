"""A line of the minutes in the making. No I/O."""

from collections.abc import Sequence
from datetime import datetime

from schemas.documents.minutes import MinutesEntryDocument, VersionDocument
from schemas.hearing_enums import HearingStage
from schemas.minutes_enums import EntryKind, VersionCause
from services.actors import Actor
from services.hearings.minutes.sheet import Sheet
from services.ids import new_id

MOST = 3_000  # lines
MOST_SUGGESTED = 2_000  # lines beyond which nothing more is suggested: there must be room for what people write


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
    left, backwards = list(entries), []
    by_time = sorted(fresh, key=lambda one: one["at"])
    for line in by_time[::-1]:  # of equal times the first comes first
        while left and left[-1]["at"] > line["at"]:
            backwards.append(left.pop()["_id"])
        backwards.append(line["_id"])
    return [entry["_id"] for entry in left] + backwards[::-1]
