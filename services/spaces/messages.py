"""Sending, recalling, reading and listing messages: the same service behind both doors."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from pydantic import ValidationError

from schemas.api.messages import (
    BODIES,
    MAX_VOICE_MS,
    MessageListQuery,
    MessagePage,
    MessageSendBody,
    ReadView,
)
from schemas.documents.spaces import EntryFile, SpaceDocument
from schemas.enums import SENDABLE, MessageType, Role
from services.actors import Actor
from services.clock import Clock, utc_now
from services.errors import Problem
from services.files.files import Files
from services.live import Live
from services.notices.notices import Notices
from services.permissions import Permission
from services.rate_limits import SEND, SEND_IN_SPACE, RateLimiter
from services.record import TURN_PREFIX, Draft, Recorder
from services.spaces.message_reader import MessageReader
from services.spaces.message_views import EncodedMessage
from services.spaces.spaces import Membership, Spaces, current_member
from services.storage.database import Database

_FILE_KINDS: dict[MessageType, tuple[str, ...]] = {
    MessageType.IMAGE: ("image/",),
    MessageType.VOICE: ("audio/",),
    MessageType.FILE: ("",),
}


class Messages:
    def __init__(
        self,
        database: Database,
        recorder: Recorder,
        spaces: Spaces,
        files: Files,
        notices: Notices,
        reader: MessageReader,
        live: Live,
        limiter: RateLimiter,
        recall_window: timedelta,
        clock: Clock = utc_now,
    ) -> None:
        self._db = database
        self._recorder = recorder
        self._spaces = spaces
        self._files = files
        self._notices = notices
        self._reader = reader
        self._live = live
        self._limiter = limiter
        self._recall_window = recall_window
        self._clock = clock

    async def send(self, actor: Actor, space_id: str, message: MessageSendBody) -> EncodedMessage:
        """Store a message and give it back as stored; a repeat of its ``client_msg_id`` gives the same one.

        Raises ``request.rate_limited``, ``message.type_forbidden``, ``message.invalid``, ``message.id_reused``,
        ``space.*``, ``file.*``.
        """
        self._limiter.take(f"send:{actor.user_id}", SEND)
        kind = MessageType(message.type)
        if kind not in SENDABLE:
            raise Problem("message.type_forbidden")
        place = await self._spaces.access(actor, space_id, Permission.SPACE_SEND)
        self._limiter.take(f"space:{space_id}", SEND_IN_SPACE)  # after access: strangers use up nothing of a space's
        body, files = await self._checked_body(place, kind, message.body)
        await self._check_references(place, message)
        draft = Draft(
            space_id=space_id,
            sender=actor.user_id,
            role=place.role.value,
            client_msg_id=message.client_msg_id,
            type=kind,
            body=body,
            reply_to=message.reply_to.seq if message.reply_to else None,
            mentions=tuple(dict.fromkeys(message.mentions)),
            files=files,
            sender_name=place.member["display_name"],
        )
        return (await self._recorder.append(draft)).shown

    async def recall(self, actor: Actor, space_id: str, seq: int) -> EncodedMessage:
        """Take a message of one's own back within the window. A repeat gives the same recall.

        What was recalled leaves every view, and stays in the record. Raises ``message.too_late``.
        """
        self._limiter.take(f"send:{actor.user_id}", SEND)
        place = await self._spaces.access(actor, space_id, Permission.SPACE_SEND)
        client_msg_id = f"recall:{seq}"
        if await self._recorder.find(space_id, actor.user_id, client_msg_id) is None:
            await self._check_recall(place, actor, seq)
        draft = Draft(
            space_id=space_id,
            sender=actor.user_id,
            role=place.role.value,
            client_msg_id=client_msg_id,
            type=MessageType.RECALL,
            body={"seq": seq},
            target=seq,
            sender_name=place.member["display_name"],
        )
        return (await self._recorder.append(draft)).shown

    async def _check_recall(self, place: Membership, actor: Actor, seq: int) -> None:
        entry = await self._db.entries.find_one({"_id": {"space": place.space["_id"], "seq": seq}})
        if entry is None or seq < place.member["first_seq"]:
            raise Problem("message.not_found")
        if entry["sender"] != actor.user_id or entry["type"] not in SENDABLE:
            raise Problem("auth.forbidden", "只能撤回自己发送的消息")
        if entry["cid"].startswith(TURN_PREFIX):  # what was said to a court stays said
            raise Problem("auth.forbidden", "庭审中的陈述不能撤回")
        if self._clock() - entry["at"] > self._recall_window:
            raise Problem("message.too_late")

    async def page(self, actor: Actor, space_id: str, query: MessageListQuery) -> MessagePage:
        """A page of the record, ascending: after a seq, before a seq, or the newest."""
        place = await self._spaces.access(actor, space_id, Permission.SPACE_VIEW)
        return await self._reader.page(place.space, place.member, query)

    async def read(self, actor: Actor, space_id: str, seq: int) -> ReadView:
        """Note how far somebody has read; it never goes back and never runs ahead of the record.

        Notices that called them here are read with it.
        """
        place = await self._spaces.access(actor, space_id, Permission.SPACE_VIEW)
        last, _ = await self._recorder.head(space_id)
        seq = min(seq, last)
        before = await self._reader.read_seq(space_id, actor.user_id)
        await self._notices.read_in_space(actor, space_id, max(seq, before))
        if seq > before:
            await self._db.reads.update_one(
                {"_id": {"space": space_id, "user": actor.user_id}},
                {"$max": {"seq": seq}, "$set": {"at": self._clock()}},
                upsert=True,
            )
            view = {"space_id": place.space["_id"], "user_id": actor.user_id, "seq": seq}
            await self._live.to_space(space_id, "space:read", view)
        return ReadView(space_id=space_id, user_id=actor.user_id, seq=max(seq, before))

    async def typing(self, actor: Actor, space_id: str, *, typing: bool) -> None:
        """Tell the others that somebody is writing; stored nowhere."""
        await self._spaces.access(actor, space_id, Permission.SPACE_SEND)
        payload = {"space_id": space_id, "user_id": actor.user_id, "typing": typing}
        await self._live.to_space(space_id, "space:typing", payload)

    # --- checking

    async def _checked_body(
        self, place: Membership, kind: MessageType, raw: Mapping[str, Any]
    ) -> tuple[dict[str, Any], tuple[EntryFile, ...]]:
        try:
            shape = BODIES[kind].model_validate(raw)
        except ValidationError as fault:
            raise Problem(
                "message.invalid",
                errors=[
                    {"field": ".".join(["body", *map(str, error["loc"])]), "message": error["msg"]}
                    for error in fault.errors(include_input=False, include_url=False, include_context=False)
                ],
            ) from None
        body = shape.model_dump(exclude_none=True)
        if kind in _FILE_KINDS:
            return await self._with_file(place, kind, body)
        if kind is MessageType.CONTACT:
            body["display_name"] = await self._contact_name(place.space, body["user_id"])
        return body, ()

    async def _with_file(
        self, place: Membership, kind: MessageType, body: dict[str, Any]
    ) -> tuple[dict[str, Any], tuple[EntryFile, ...]]:
        """Take what is said of a file from the file itself."""
        (facts,) = await self._files.check_for_message(place.space["_id"], place.member["user_id"], [body["file_id"]])
        if not facts.content_type.startswith(_FILE_KINDS[kind]):
            raise Problem("message.invalid", "文件类型与消息类型不符")
        stored: dict[str, Any] = {"file_id": facts.id}
        if kind is MessageType.IMAGE:
            stored |= {"width": facts.width, "height": facts.height}
        elif kind is MessageType.VOICE:
            stored["duration_ms"] = facts.duration_ms or body["duration_ms"]
            if stored["duration_ms"] > MAX_VOICE_MS:
                raise Problem("message.invalid", "语音不能超过 10 分钟，可以作为文件发送")
        else:
            stored |= {"name": facts.name, "size": facts.size, "content_type": facts.content_type}
        return stored, ({"id": facts.id, "sha256": facts.sha256},)

    async def _contact_name(self, space: SpaceDocument, user_id: str) -> str:
        """Only people of the space, and staff, can be handed on as a contact; the name is the server's."""
        member = current_member(space, user_id)
        if member is not None:
            return member["display_name"]
        user = await self._db.users.find_one({"_id": user_id, "disabled": False}, {"display_name": 1, "roles": 1})
        if user is None or set(user["roles"]) <= {Role.CLIENT}:
            raise Problem("message.invalid", errors=[{"field": "body.user_id", "message": "没有这个联系人"}])
        return user["display_name"]

    async def _check_references(self, place: Membership, message: MessageSendBody) -> None:
        members = {m["user_id"] for m in place.space["members"] if "left_at" not in m}
        if not members.issuperset(message.mentions):
            raise Problem("message.invalid", errors=[{"field": "mentions", "message": "只能提及空间成员"}])
        if message.reply_to is not None:
            seq = message.reply_to.seq
            known = seq >= place.member["first_seq"] and await self._db.entries.find_one(
                {"_id": {"space": place.space["_id"], "seq": seq}}, {"_id": 1}
            )
            if not known:
                raise Problem("message.invalid", errors=[{"field": "reply_to.seq", "message": "没有这条消息"}])
