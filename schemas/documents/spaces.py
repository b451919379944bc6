"""Case spaces, the entries of their record, reading positions, files."""

from datetime import datetime
from typing import NotRequired, TypedDict


class MemberDocument(TypedDict):
    user_id: str
    role: str
    display_name: str
    first_seq: int  # everything from here on is theirs to read
    joined_at: datetime
    left_at: NotRequired[datetime]
    sent_out: NotRequired[bool]  # out of a hearing, by order of who presides: it may be taken back


class SpaceDocument(TypedDict):
    _id: str
    schema_version: int
    order_id: str  # a hearing's space has none: there it is the hearing's id
    hearing_id: NotRequired[str]  # the space of a hearing, apart from its case's (ruling 10)
    title: str
    members: list[MemberDocument]
    evidence_count: NotRequired[int]  # numbers of evidence that were given so far
    created_at: datetime
    closed_at: NotRequired[datetime]  # nothing can be written by people any more
    closing: NotRequired[str]  # the event that closed it, under whose id its card stands
    reopened_at: NotRequired[datetime]
    purged_at: NotRequired[datetime]  # its data keys were destroyed: nothing that was said can be read any more


class EntryKey(TypedDict):
    """Written in this order always: MongoDB compares embedded documents field by field."""

    space: str
    seq: int


class EntryFile(TypedDict):
    id: str
    sha256: str


class EntryDocument(TypedDict):
    """One entry of a space's record: a message, a card, a notice, a recall. Never changed, never removed.

    ``commit`` is SHA-256(salt ‖ canonical body); ``sealed`` holds salt and body under the space's data key,
    so destroying the key purges the content while the chain of ``hash`` still verifies.
    """

    _id: EntryKey
    v: int
    sender: str  # user id, or "system"
    role: str
    cid: str  # client_msg_id; unique for ever with space and sender
    type: str
    at: datetime
    reply_to: NotRequired[int]
    mentions: NotRequired[list[str]]
    target: NotRequired[int]  # the entry that a recall or a card_update is about
    files: NotRequired[list[EntryFile]]
    sealed: bytes
    commit: bytes
    prev: bytes
    hash: bytes


class SignatureKey(TypedDict):
    """Written in this order always: MongoDB compares embedded documents field by field."""

    space: str
    seq: int
    part: str


class SignatureDocument(TypedDict):
    """What an entry, or a part of one, can be found by: a keyed Bloom filter (``services/search/search_index.py``)."""

    _id: SignatureKey
    size: int  # bytes of ``bits``
    bits: bytes


class ReadKey(TypedDict):
    space: str
    user: str


class ReadDocument(TypedDict):
    _id: ReadKey
    seq: int
    at: datetime


class CopyDocument(TypedDict):
    """One stored form of a file: ``files/<file id>/<blob>``, encrypted in segments under a key of its own."""

    blob: str  # drawn anew for every attempt; the key is derived from it
    content_type: str
    size: int  # of the plaintext
    sha256: str  # of the plaintext
    twice: NotRequired[bool]  # the same bytes lie in the second place as well


class CallDocument(TypedDict):
    """The last informal call that a card told of; the id is WeChat's group id."""

    _id: str
    space_id: str
    called_at: datetime


class IdentitySaid(TypedDict):
    identifies: bool
    by: str
    at: datetime


class FileDocument(TypedDict):
    _id: str
    schema_version: int
    space_id: str  # whose key seals it: a case space's, a verification's or a draft's
    owner_id: str
    apart: NotRequired[bool]  # its owner need be no member: another right let them bring it
    name: bytes  # sealed: file names tell stories
    content_type: str
    declared_size: int
    declared_sha256: NotRequired[str]
    state: str
    size: NotRequired[int]
    sha256: NotRequired[str]
    width: NotRequired[int]
    height: NotRequired[int]
    duration_ms: NotRequired[int]
    copies: NotRequired[dict[str, CopyDocument]]  # original, thumbnail, preview, play, masked, masked_thumbnail
    rejected_because: NotRequired[str]
    held: NotRequired[bool]  # with the message that brought it: for its owner and the staff only
    identifies: NotRequired[bool]  # a paper that identifies somebody: members get the masked copies
    weighed: NotRequired[int]  # how often it was asked which of them it is
    identity_said: NotRequired[IdentitySaid]  # what a person said of that, apart from readings
    recalled: NotRequired[bool]  # with the message that brought it: nothing more is made of it
    purged_at: NotRequired[datetime]  # its copies were destroyed in time; hash and size stay
    created_at: datetime
    expires_at: NotRequired[datetime]  # when the sweep looks at what the upload left behind
