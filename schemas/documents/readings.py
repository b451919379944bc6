"""Readings of files (OCR), and what people confirmed of them."""

from datetime import datetime
from typing import NotRequired, TypedDict


class ConfirmationDocument(TypedDict):
    values: bytes  # sealed JSON, field → value; what was read stays beside it
    by: str
    role: str
    at: datetime


class ReadingDocument(TypedDict):
    """One file read as one kind of paper. It is its own job: a row that is ``queued`` is owed."""

    _id: str
    schema_version: int
    space_id: str  # whose key seals it: a case space's, a verification's or a draft's
    verification_id: NotRequired[str]  # of a paper that somebody proves with who they are: nothing of it in a chat
    draft_id: NotRequired[str]  # of a paper for a form that is being filled in: nothing of it in a chat either
    file_id: str
    uploader_id: str  # of the file
    asked_by: str
    asked_kind: NotRequired[str]
    job_key: NotRequired[str]  # file and kind asked for, while it is not failed: read once
    state: str
    tries: int
    due_at: datetime
    claim: NotRequired[str]  # of who reads it now: only that one may store the outcome
    kind: NotRequired[str]
    result: NotRequired[bytes]  # sealed JSON of what was read, lines and fields
    confirmations: list[ConfirmationDocument]  # the last one counts
    error: NotRequired[str]
    card_id: NotRequired[str]  # the event that showed its card
    card_seq: NotRequired[int]
    created_at: datetime
    ended_at: NotRequired[datetime]
