"""What crosses the socket: one class for each client event, from which AsyncAPI is generated too."""

from pydantic import Field

from schemas.api.base import Body, Id
from schemas.api.messages import LAST_SEQ, JsonSeq, MessageSendBody
from schemas.api.notes import NoteBody


class MessageSend(MessageSendBody):
    space_id: Id


class NoteSend(NoteBody):
    space_id: Id


class MessageRecall(Body):
    space_id: Id
    seq: JsonSeq


class SpaceRead(Body):
    space_id: Id
    seq: int = Field(strict=True, ge=0, le=LAST_SEQ)


class SpaceTyping(Body):
    space_id: Id
    typing: bool = Field(strict=True)
