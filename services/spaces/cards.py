"""Cards and notices of the system in a space: what happens elsewhere shows up in the chat (A3).

Called by the worker only, with the id of the event that caused it: the id is the ``client_msg_id``, so a
repeated effect finds its own card and adds nothing.
"""

from collections.abc import Mapping
from typing import Any

from schemas.documents.spaces import EntryDocument
from schemas.enums import MessageType, SystemRole
from services.record import Draft, Recorder

SYSTEM_SENDER = "system"


class Cards:
    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    async def show(
        self,
        space_id: str,
        event_id: str,
        kind: str,
        title: str,
        state: str,
        ref: Mapping[str, str],
        *,
        amount_fen: int | None = None,
        text: str | None = None,
    ) -> EntryDocument:
        """Append a card. ``ref`` names what it is about, e.g. ``{"payment_id": …}``."""
        body: dict[str, Any] = {"kind": kind, "title": title, "state": state, "ref": dict(ref)}
        if amount_fen is not None:
            body["amount_fen"] = amount_fen
        if text is not None:
            body["text"] = text
        return (await self._recorder.append(_draft(space_id, event_id, MessageType.CARD, body))).entry

    async def update(
        self, space_id: str, event_id: str, card_event_id: str, state: str, *, text: str | None = None
    ) -> EntryDocument:
        """Append the later state of the card that ``card_event_id`` showed. KeyError when there is none yet."""
        card = await self._recorder.find(space_id, SYSTEM_SENDER, card_event_id)
        if card is None:
            raise KeyError(card_event_id)
        seq = card["_id"]["seq"]
        body: dict[str, Any] = {"seq": seq, "state": state}
        if text is not None:
            body["text"] = text
        update = _draft(space_id, event_id, MessageType.CARD_UPDATE, body, target=seq)
        return (await self._recorder.append(update)).entry

    async def notice(
        self, space_id: str, event_id: str, code: str, text: str, *, facts: Mapping[str, Any] | None = None
    ) -> EntryDocument:
        """Append a line of the system's, such as who joined. ``facts`` stand beside the text, for programs."""
        line = _draft(space_id, event_id, MessageType.NOTICE, {"code": code, "text": text, **(facts or {})})
        return (await self._recorder.append(line)).entry

    async def mark(self, space_id: str, event_id: str, seq: int, code: str, text: str) -> EntryDocument:
        """Append a line of the system's about an earlier entry, such as that it is held for review."""
        body = {"code": code, "text": text, "seq": seq}
        line = _draft(space_id, event_id, MessageType.NOTICE, body, target=seq)
        return (await self._recorder.append(line)).entry


def _draft(space_id: str, event_id: str, kind: MessageType, body: dict[str, Any], target: int | None = None) -> Draft:
    return Draft(
        space_id=space_id,
        sender=SYSTEM_SENDER,
        role=SystemRole.SYSTEM,
        client_msg_id=event_id,
        type=kind,
        body=body,
        target=target,
    )
