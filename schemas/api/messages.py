"""Messages of a case space: what people send, and how every entry is shown."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.api.base import Body, Id, Moment, View
from schemas.enums import MessageType

MAX_TEXT = 5_000
MAX_VOICE_MS = 600_000
LAST_SEQ = 2**53 - 1  # what JSON numbers hold exactly
Seq = Annotated[int, Field(ge=1, le=LAST_SEQ)]
JsonSeq = Annotated[Seq, Field(strict=True)]  # a number, where a query can only hold digits
ClientMsgId = Annotated[
    str, Field(pattern=r"^[\x21-\x7e]{1,64}$", description="Chosen by the client, unique for ever per sender")
]


class _MessageBody(BaseModel):
    """What a sendable type carries. Unknown fields are an error here too."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class TextBody(_MessageBody):
    text: str = Field(min_length=1, max_length=MAX_TEXT, pattern=r"\S")


class ImageBody(_MessageBody):
    """Size and thumbnail are the server's own findings; what a client says of them is not believed."""

    file_id: Id
    width: int | None = Field(None, strict=True, ge=1, le=100_000)
    height: int | None = Field(None, strict=True, ge=1, le=100_000)
    thumbnail_url: str | None = Field(None, max_length=2_000)


class VoiceBody(_MessageBody):
    file_id: Id
    duration_ms: int = Field(strict=True, ge=1, le=MAX_VOICE_MS)


class FileBody(_MessageBody):
    file_id: Id
    name: str | None = Field(None, min_length=1, max_length=200)
    size: int | None = Field(None, strict=True, ge=1)


class LocationBody(_MessageBody):
    latitude: float = Field(
        strict=True, ge=-90, le=90, allow_inf_nan=False, description="Degrees, GCJ-02 as WeChat gives it"
    )
    longitude: float = Field(strict=True, ge=-180, le=180, allow_inf_nan=False)
    name: str = Field("", max_length=200)
    address: str = Field("", max_length=500)


class ContactBody(_MessageBody):
    user_id: Id
    display_name: str | None = Field(None, max_length=100)


BODIES: dict[MessageType, type[_MessageBody]] = {
    MessageType.TEXT: TextBody,
    MessageType.IMAGE: ImageBody,
    MessageType.VOICE: VoiceBody,
    MessageType.FILE: FileBody,
    MessageType.LOCATION: LocationBody,
    MessageType.CONTACT: ContactBody,
}


class ReplyTo(Body):
    seq: JsonSeq


class MessageSendBody(Body):
    """A message on its way in. ``body`` depends on ``type`` and is checked by it."""

    # The text of a message is evidence: nothing is stripped from it.
    model_config = ConfigDict(str_strip_whitespace=False)

    client_msg_id: ClientMsgId
    type: Literal[
        "text", "image", "voice", "file", "location", "contact", "card", "notice", "recall", "card_update"
    ] = Field(description="The last four are refused with message.type_forbidden: they are the system's own")
    body: dict[str, Any]
    reply_to: ReplyTo | None = None
    mentions: list[Id] = Field(default=[], max_length=20)


class SenderView(View):
    user_id: str | None
    role: str
    display_name: str


class ReplyView(View):
    seq: int


class MessageView(View):
    """An entry of the record as a member sees it.

    ``hash``, ``prev_hash`` and ``salt`` let a member check the chain; a recalled message gives no salt, so
    that a short text cannot be guessed back from its commitment.
    """

    id: str
    space_id: str
    seq: int
    client_msg_id: str
    sender: SenderView
    type: MessageType
    body: dict[str, Any]
    reply_to: ReplyView | None = None
    mentions: list[str] = Field(default=[])
    sent_at: Moment
    recalled: bool = False
    held: bool = Field(False, description="Under review: its body is shown to its sender and to staff only")
    purged: bool = Field(False, description="The content of the case was destroyed by law; the chain still verifies")
    hash: str
    prev_hash: str
    salt: str | None = None


class MessagePage(View):
    items: list[MessageView]
    has_more: bool


class MessageListQuery(Body):
    after_seq: int | None = Field(None, ge=0, le=LAST_SEQ, description="Ascending from the one after this")
    before_seq: int | None = Field(None, ge=1, le=LAST_SEQ, description="The last ones before this, still ascending")
    limit: int = Field(50, ge=1, le=200)


class ReadBody(Body):
    seq: int = Field(strict=True, ge=0, le=LAST_SEQ)


class ReadView(View):
    space_id: str
    user_id: str
    seq: int


class SyncBody(Body):
    spaces: dict[str, Annotated[int, Field(strict=True, ge=0, le=LAST_SEQ)]] = Field(
        max_length=500, description="space id → last seq known"
    )
    limit: int = Field(100, strict=True, ge=1, le=200, description="Messages per space in one answer")


class HeadView(View):
    """A signed head: keep it, and nobody can rewrite what came before it unnoticed."""

    seq: int
    hash: str
    signature: str
    key_id: str


class SpaceSyncView(View):
    messages: list[MessageView]
    last_seq: int
    read_seq: int
    unread: int
    has_more: bool
    head: HeadView


class SyncView(View):
    spaces: dict[str, SpaceSyncView]
    gone: list[str]
    server_time: Moment


class RecordKeyView(View):
    key_id: str
    algorithm: Literal["Ed25519"]
    public_key: str = Field(description="PEM, SubjectPublicKeyInfo")
