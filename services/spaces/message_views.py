"""How an entry of the record is shown. Pure: the caller brings names, later changes and links.

The same plain dictionary goes into the frame that is broadcast (encoded once for all members) and into the
pages over HTTP; a test holds it against ``MessageView``.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from schemas.api.base import rfc3339
from schemas.api.messages import MessageView
from schemas.documents.spaces import EntryDocument, MemberDocument, SpaceDocument
from schemas.enums import MessageType
from services.spaces.holds import HIDES, may_see


@dataclass(frozen=True, slots=True)
class EncodedMessage:
    """A message as it is shown, encoded once: the same bytes go to every member and into the sender's answer."""

    json: bytes

    def view(self) -> MessageView:
        return MessageView.model_validate_json(self.json)


SYSTEM_NAME = "系统"
GONE_NAME = "已退出"
Links = Callable[[str, str], str]  # file id, variant → URL with a short-lived ticket
_WITH_FILE = frozenset({MessageType.IMAGE, MessageType.VOICE, MessageType.FILE})
# The copy that every phone plays or shows; who wants the original asks for the file.
_SHOWN_AS = {MessageType.VOICE: "play", MessageType.IMAGE: "preview"}


@dataclass(slots=True)
class LaterChanges:
    """What later entries say about earlier ones of a page."""

    recalled: set[int] = field(default_factory=set)
    held: set[int] = field(default_factory=set)  # for review: not for every eye
    card_states: dict[int, dict[str, Any]] = field(default_factory=dict)  # seq → fields of the latest update


def names_of(space: SpaceDocument) -> dict[str, str]:
    """Display names of everybody who is or was a member."""
    return {member["user_id"]: member["display_name"] for member in space["members"]}


def message_id(space_id: str, seq: int) -> str:
    return f"{space_id}-{seq}"


def message_view(
    entry: EntryDocument,
    body: Mapping[str, Any],
    salt: bytes,
    names: Mapping[str, str],
    links: Links,
    later: LaterChanges | None = None,
    viewer: MemberDocument | None = None,
) -> dict[str, Any]:
    """An entry as ``schemas.api.messages.MessageView`` describes it, for ``viewer`` or for everybody."""
    space_id, seq = entry["_id"]["space"], entry["_id"]["seq"]
    recalled = later is not None and seq in later.recalled
    held = later is not None and seq in later.held
    hidden = recalled or (held and not may_see(viewer, entry["sender"]))
    shown = {} if hidden else _shown_body(entry, body, links, later)
    return {
        "id": message_id(space_id, seq),
        "space_id": space_id,
        "seq": seq,
        "client_msg_id": entry["cid"],
        "sender": _sender(entry, names),
        "type": entry["type"],
        "body": shown,
        "reply_to": {"seq": entry["reply_to"]} if "reply_to" in entry else None,
        "mentions": list(entry.get("mentions", ())),
        "sent_at": rfc3339(entry["at"]),
        "recalled": recalled,
        "held": held,
        "purged": False,
        "hash": entry["hash"].hex(),
        "prev_hash": entry["prev"].hex(),
        "salt": None if hidden else salt.hex(),
    }


def purged_view(entry: EntryDocument, names: Mapping[str, str]) -> dict[str, Any]:
    """An entry whose body nobody can read any more."""
    return message_view(entry, {}, b"", names, lambda _file_id, _variant: "") | {"purged": True, "salt": None}


def _sender(entry: EntryDocument, names: Mapping[str, str]) -> dict[str, Any]:
    if entry["role"] == "system":
        return {"user_id": None, "role": "system", "display_name": SYSTEM_NAME}
    user_id = entry["sender"]
    return {"user_id": user_id, "role": entry["role"], "display_name": names.get(user_id, GONE_NAME)}


def _shown_body(
    entry: EntryDocument, body: Mapping[str, Any], links: Links, later: LaterChanges | None
) -> dict[str, Any]:
    kind = MessageType(entry["type"])
    shown = linked_body(kind, body, links)
    if kind is MessageType.CARD and later is not None:
        shown.update(later.card_states.get(entry["_id"]["seq"], {}))
    return shown


def linked_body(kind: MessageType, body: Mapping[str, Any], links: Links) -> dict[str, Any]:
    """A body as it is shown, with links to what is in its file."""
    shown = dict(body)
    if kind in _WITH_FILE:
        file_id = body.get("file_id")
        if file_id is None:  # purged
            return shown
        shown["url"] = links(file_id, _SHOWN_AS.get(kind, "original"))
        if kind is MessageType.IMAGE:
            shown["thumbnail_url"] = links(file_id, "thumbnail")
    return shown


def later_changes(updates: Iterable[tuple[EntryDocument, Mapping[str, Any]]]) -> LaterChanges:
    """Gather recalls, holds and card updates, which must come in ascending seq: the last one wins."""
    later = LaterChanges()
    for entry, body in updates:
        target = entry.get("target")
        if target is None:
            continue
        if entry["type"] == MessageType.RECALL:
            later.recalled.add(target)
        elif entry["type"] == MessageType.NOTICE:
            hides = HIDES.get(body.get("code", ""))
            if hides is not None:
                (later.held.add if hides else later.held.discard)(target)
        else:
            later.card_states.setdefault(target, {}).update({k: v for k, v in body.items() if k != "seq"})
    return later
