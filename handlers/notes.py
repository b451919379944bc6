"""``/spaces/{id}/notes``: what the staff of a space say among themselves."""

from handlers.base import ApiHandler
from handlers.doors import Call, door
from schemas.api.base import NoBody
from schemas.api.messages import MessageListQuery
from schemas.api.notes import NoteBody, NotePage, NoteView
from services.permissions import STAFF


class NotesHandler(ApiHandler):
    @door(
        "A page of the staff notes of a case space, ascending by seq",
        allow=STAFF,
        query=MessageListQuery,
        answer=NotePage,
        problems=("space.not_found",),
    )
    async def get(self, call: Call[NoBody], space_id: str) -> NotePage:
        return await self.services.notes.page(call.actor, space_id, call.query)

    @door(
        "Write a staff note",
        allow=STAFF,
        body=NoteBody,
        answer=NoteView,
        status=201,
        problems=("space.not_found", "message.id_reused"),
        description="Idempotent for ever by client_msg_id. Clients never see notes, in no list, search or export.",
    )
    async def post(self, call: Call[NoteBody], space_id: str) -> NoteView:
        return await self.services.notes.send(call.actor, space_id, call.body)


ROUTES = [("/api/v1/spaces/([0-9a-f]{24})/notes", NotesHandler)]
