"""Evidence catalogues (证据目录), and the elements of a case."""

from datetime import datetime
from typing import NotRequired, TypedDict


class MovementDocument(TypedDict):
    """The original was received from, or given back to, whoever submitted it."""

    kind: str
    by: str  # of the staff
    at: datetime
    signed_at: NotRequired[datetime]  # by the submitter


class EvidenceDocument(TypedDict):
    _id: str
    schema_version: int
    space_id: str
    number: int  # dense within the space, never given again
    file_id: str
    sha256: str  # of the file as it was uploaded
    facts: bytes  # sealed JSON: name, kind, date, pages, parties, purpose
    reading_id: NotRequired[str]
    submitter_id: str
    submitted_at: datetime
    originals: list[MovementDocument]
    revision: int


class CaseElementsDocument(TypedDict):
    _id: str  # the space's
    schema_version: int
    elements: bytes  # sealed JSON
    by: str
    revision: int
    updated_at: datetime
