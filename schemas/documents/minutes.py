"""The minutes of hearings as they are stored. Words are sealed under the key of the hearing's space."""

from datetime import datetime
from typing import NotRequired, TypedDict


class VersionDocument(TypedDict):
    text: bytes
    speaker_id: str | None
    by: str | None  # None: the system
    at: datetime
    cause: str


class ObjectionDocument(TypedDict):
    id: str
    client_id: str
    by: str
    wanted: bytes
    at: datetime
    state: str
    reason: bytes | None
    answered_by: str | None
    answered_at: datetime | None


class MinutesEntryDocument(TypedDict):
    """``versions``: oldest first, the last one counts; none is ever taken away."""

    _id: str
    schema_version: int
    hearing_id: str
    client_id: str
    kind: str
    stage: str
    at: datetime
    segment: int | None
    struck: bool
    revision: int  # counts every change
    versions: list[VersionDocument]
    objections: list[ObjectionDocument]


class SignatureDocument(TypedDict):
    """What somebody did with the final text: signed it with a drawing (``file_id``), or refused."""

    user_id: str
    state: str
    sha256: str
    at: datetime
    file_id: str | None
    reason: bytes | None
    noted_by: str | None
    identity: NotRequired[str]  # what it rests on that they are who they say (IdentityBasis); none of the bench


class EditionDocument(TypedDict):
    """A final text. ``sha256`` of the whole; ``parts``: of what each witness signs. ``voided_at``: taken back."""

    number: int
    sha256: str
    parts: dict[str, str]
    finished_at: datetime
    signatures: list[SignatureDocument]
    voided_at: NotRequired[datetime]
    voided_by: NotRequired[str]
    reason: NotRequired[bytes]


class SittingDocument(TypedDict):
    """When the court began to sit for a segment of the recording."""

    segment: int
    at: datetime


class PaperDocument(TypedDict):
    file_id: str
    sha256: str


class MinutesDocument(TypedDict):
    """``version`` counts every change. ``order``: the ids of the entries as they are read. ``sent``: how often."""

    _id: str  # the hearing's
    schema_version: int
    version: int
    state: str
    tribunal: NotRequired[str]  # none in minutes that were begun before it could be named
    case_number: str
    cause: str
    place: str
    order: list[str]
    sittings: list[SittingDocument]
    sent: int
    editions: list[EditionDocument]
    paper: PaperDocument | None
    created_at: datetime


class MinutesTextDocument(TypedDict):
    """The canonical text of one edition, sealed: what its signatures stand for, also when it was taken back."""

    _id: str  # hearing:edition
    hearing_id: str
    text: bytes
