"""Applications to be verified (B2), and the ledger of consents."""

from datetime import datetime
from typing import NotRequired, TypedDict


class PaperDocument(TypedDict):
    file_id: str
    sha256: NotRequired[str]  # of the photo; stays when the photo is destroyed
    reading_id: NotRequired[str]
    unread: NotRequired[str]  # why it was not put into the queue: the code of a problem


class VerificationDocument(TypedDict):
    """One application. Photos and readings are sealed under its own key (``space:<id>``), which is destroyed when their
    time is over; what was confirmed is sealed under the person's key and stays with the account."""

    _id: str
    schema_version: int
    user_id: str
    kind: str
    state: str
    open_key: NotRequired[str]  # user and kind while it is open: one at a time
    holder_key: NotRequired[str]  # blind index of the number while it counts: one number, one person
    consent_id: str
    papers: dict[str, PaperDocument]  # by kind of reading
    confirmed: NotRequired[bytes]  # sealed JSON, field → value
    hints: NotRequired[dict[str, str]]  # masked, as everybody in charge may see them
    face: NotRequired[bytes]  # sealed JSON: the provider's token and page
    wants_face: NotRequired[bool]
    reason: NotRequired[str]
    company_id: NotRequired[str]
    expires_at: NotRequired[datetime]
    reminded_at: NotRequired[datetime]
    purge_at: NotRequired[datetime]  # when photos and readings go
    purged_at: NotRequired[datetime]
    submitted_at: NotRequired[datetime]
    decided_at: NotRequired[datetime]
    decided_by: NotRequired[str]
    created_at: datetime
    updated_at: datetime


class ConsentDocument(TypedDict):
    """That a person agreed to a text (个人信息保护法 14, 29): which version, its hash, and when."""

    _id: str
    schema_version: int
    user_id: str
    purpose: str
    version: str
    text_sha256: str
    given_at: datetime
    withdrawn_at: NotRequired[datetime]


class ConsentTextDocument(TypedDict):
    """The words of a text that somebody agreed to, under their SHA-256."""

    _id: str
    version: str
    title: str
    paragraphs: list[str]
    first_used_at: datetime
