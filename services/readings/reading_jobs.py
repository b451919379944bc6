"""A reading that is to be done: the row is the job, whoever asked for it and whatever for."""

from datetime import datetime

from schemas.documents.readings import ReadingDocument
from schemas.documents.spaces import FileDocument
from schemas.reading_enums import ReadingKind, ReadingState
from services.ids import new_id

FILLS = "reading.fills"  # kind of the outbox row: what was filled in from the file is to follow
GOING_ON = (ReadingState.QUEUED, ReadingState.RUNNING)


def reading_job(file: FileDocument, asked_by: str, kind: ReadingKind | None, now: datetime) -> ReadingDocument:
    """Of a complete file. ``job_key`` is unique: the same file and kind are read once."""
    document: ReadingDocument = {
        "_id": new_id(),
        "schema_version": 1,
        "space_id": file["space_id"],
        "file_id": file["_id"],
        "uploader_id": file["owner_id"],
        "asked_by": asked_by,
        "job_key": f"{file['_id']}:{kind.value if kind else ''}",
        "state": ReadingState.QUEUED.value,
        "tries": 0,
        "due_at": now,
        "confirmations": [],
        "created_at": now,
    }
    if kind is not None:
        document["asked_kind"] = kind.value
    return document
