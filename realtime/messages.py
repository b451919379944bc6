"""The events of the case space: the same services as behind ``/spaces`` and ``/sync``."""

from realtime.base import event
from realtime.hearings import HearingEvents
from schemas.api.messages import MessageView, ReadView, SyncBody, SyncView
from schemas.api.notes import NoteView
from schemas.events import MessageRecall, MessageSend, NoteSend, SpaceRead, SpaceTyping
from services.actors import Actor
from services.permissions import SIGNED_IN, STAFF
from services.spaces.message_views import EncodedMessage


class CaseSpaceNamespace(HearingEvents):
    @event(
        "message:send",
        body=MessageSend,
        allow=SIGNED_IN,
        answer=MessageView,
        summary="Send a message; acknowledged when it is journaled on a majority",
        problems=("space.not_found", "space.closed", "hearing.refused", "message.invalid", "message.id_reused"),
    )
    async def send_message(self, actor: Actor, body: MessageSend) -> EncodedMessage:
        return await self.services.messages.send(actor, body.space_id, body)

    @event(
        "message:recall",
        body=MessageRecall,
        allow=SIGNED_IN,
        answer=MessageView,
        summary="Recall a message of one's own within the window",
        problems=("message.not_found", "message.too_late"),
    )
    async def recall(self, actor: Actor, body: MessageRecall) -> EncodedMessage:
        return await self.services.messages.recall(actor, body.space_id, body.seq)

    @event(
        "note:send",
        body=NoteSend,
        allow=STAFF,
        answer=NoteView,
        summary="Write a staff note; only the staff of the space hear of it",
        problems=("space.not_found", "message.id_reused"),
    )
    async def send_note(self, actor: Actor, body: NoteSend) -> NoteView:
        return await self.services.notes.send(actor, body.space_id, body)

    @event("space:read", body=SpaceRead, allow=SIGNED_IN, answer=ReadView, summary="Note how far one has read")
    async def read(self, actor: Actor, body: SpaceRead) -> ReadView:
        return await self.services.messages.read(actor, body.space_id, body.seq)

    @event("space:typing", body=SpaceTyping, allow=SIGNED_IN, summary="Tell the others that one is writing")
    async def typing(self, actor: Actor, body: SpaceTyping) -> None:
        await self.services.messages.typing(actor, body.space_id, typing=body.typing)

    @event("sync", body=SyncBody, allow=SIGNED_IN, answer=SyncView, summary="Catch up in all spaces in one trip")
    async def sync(self, actor: Actor, body: SyncBody) -> SyncView:
        return await self.services.sync.sync(actor, body)
