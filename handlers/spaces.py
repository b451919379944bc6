"""``/spaces`` and ``/sync``: the chat over HTTP. The same services stand behind the socket."""

from handlers.base import ApiHandler
from handlers.doors import Call, door
from schemas.api.base import NoBody
from schemas.api.messages import (
    MessageListQuery,
    MessagePage,
    MessageSendBody,
    MessageView,
    ReadBody,
    ReadView,
    RecordKeyView,
    SyncBody,
    SyncView,
)
from schemas.api.spaces import SpaceClosedView, SpaceListView, SpaceView
from schemas.enums import Role
from services.permissions import PUBLIC, SIGNED_IN, only
from services.spaces.message_views import EncodedMessage

SPACE = "/api/v1/spaces/([0-9a-f]{24})"
_DESK = only(Role.SUPPORT, Role.OPS)
_SENDING = (
    "space.not_found",
    "space.closed",
    "hearing.refused",
    "message.type_forbidden",
    "message.invalid",
    "message.id_reused",
    "file.not_found",
    "file.not_uploaded",
)


class SpacesHandler(ApiHandler):
    @door("The caller's case spaces, newest activity first", allow=SIGNED_IN, answer=SpaceListView)
    async def get(self, call: Call[NoBody]) -> SpaceListView:
        return await self.services.space_views.listing(call.actor)


class SpaceHandler(ApiHandler):
    @door(
        'One case space with its members and the "+" menu',
        allow=SIGNED_IN,
        answer=SpaceView,
        problems=("space.not_found",),
    )
    async def get(self, call: Call[NoBody], space_id: str) -> SpaceView:
        return await self.services.space_views.get(call.actor, space_id)


class SpaceCloseHandler(ApiHandler):
    @door(
        "Close a space for writing when its case is over (support, ops)",
        allow=_DESK,
        answer=SpaceClosedView,
        problems=("space.not_found", "space.still_needed"),
    )
    async def post(self, call: Call[NoBody], space_id: str) -> SpaceClosedView:
        return await self.services.space_closing.close(call.actor, space_id)


class SpaceReopenHandler(ApiHandler):
    @door(
        "Open a closed space again (support, ops)",
        allow=_DESK,
        answer=SpaceClosedView,
        problems=("space.not_found", "content.purged"),
    )
    async def post(self, call: Call[NoBody], space_id: str) -> SpaceClosedView:
        return await self.services.space_closing.reopen(call.actor, space_id)


class SpaceReopeningHandler(ApiHandler):
    @door(
        "Ask support to open a closed space again (its members)",
        allow=SIGNED_IN,
        problems=("space.not_found", "space.is_open", "content.purged"),
    )
    async def post(self, call: Call[NoBody], space_id: str) -> None:
        await self.services.space_closing.ask(call.actor, space_id)


class MessagesHandler(ApiHandler):
    @door(
        "A page of a space's record, ascending by seq",
        allow=SIGNED_IN,
        query=MessageListQuery,
        answer=MessagePage,
        problems=("space.not_found",),
    )
    async def get(self, call: Call[NoBody], space_id: str) -> MessagePage:
        return await self.services.messages.page(call.actor, space_id, call.query)

    @door(
        "Send a message",
        allow=SIGNED_IN,
        body=MessageSendBody,
        answer=MessageView,
        status=201,
        problems=_SENDING,
        description="Idempotent for ever by client_msg_id: the same id gives the same message.",
    )
    async def post(self, call: Call[MessageSendBody], space_id: str) -> EncodedMessage:
        return await self.services.messages.send(call.actor, space_id, call.body)


class RecallHandler(ApiHandler):
    @door(
        "Recall a message of one's own",
        allow=SIGNED_IN,
        answer=MessageView,
        problems=("space.not_found", "message.not_found", "message.too_late", "auth.forbidden"),
    )
    async def post(self, call: Call[NoBody], space_id: str, seq: str) -> EncodedMessage:
        return await self.services.messages.recall(call.actor, space_id, int(seq))


class ReadHandler(ApiHandler):
    @door(
        "Note how far one has read",
        allow=SIGNED_IN,
        body=ReadBody,
        answer=ReadView,
        problems=("space.not_found",),
    )
    async def post(self, call: Call[ReadBody], space_id: str) -> ReadView:
        return await self.services.messages.read(call.actor, space_id, call.body.seq)


class SyncHandler(ApiHandler):
    @door("Catch up in all spaces in one trip", allow=SIGNED_IN, body=SyncBody, answer=SyncView)
    async def post(self, call: Call[SyncBody]) -> SyncView:
        return await self.services.sync.sync(call.actor, call.body)


class RecordKeyHandler(ApiHandler):
    @door("The public key that signs heads of the record", allow=PUBLIC, answer=RecordKeyView)
    async def get(self, call: Call[NoBody]) -> RecordKeyView:
        return self.services.sync.record_key()


ROUTES = [
    ("/api/v1/spaces", SpacesHandler),
    (SPACE, SpaceHandler),
    (SPACE + "/close", SpaceCloseHandler),
    (SPACE + "/reopen", SpaceReopenHandler),
    (SPACE + "/reopening-requests", SpaceReopeningHandler),
    (SPACE + "/messages", MessagesHandler),
    (SPACE + r"/messages/(\d{1,15})/recall", RecallHandler),
    (SPACE + "/read", ReadHandler),
    ("/api/v1/sync", SyncHandler),
    ("/api/v1/record-key", RecordKeyHandler),
]
