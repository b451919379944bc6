"""What somebody wants to be in the record, before it has a place there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from schemas.documents.spaces import EntryDocument, EntryFile
from schemas.enums import MessageType
from services.spaces.message_views import EncodedMessage

TURN_PREFIX = "turn:"  # of the client_msg_id of what was said in an asynchronous hearing


@dataclass(frozen=True, slots=True)
class Draft:
    space_id: str
    sender: str  # user id, or "system"
    role: str
    client_msg_id: str
    type: MessageType
    body: Mapping[str, Any]
    reply_to: int | None = None
    mentions: tuple[str, ...] = ()
    target: int | None = None  # the entry that a recall or card_update is about
    files: tuple[EntryFile, ...] = field(default=())
    broadcast: bool = True  # to the members' sockets; streams beside the space have their own way
    sender_name: str = ""  # for the live view only; never hashed, so a name can be corrected or purged


@dataclass(frozen=True, slots=True)
class Stored:
    """An entry that is in the record, and how members are shown it."""

    entry: EntryDocument
    shown: EncodedMessage

    @property
    def seq(self) -> int:
        return self.entry["_id"]["seq"]
