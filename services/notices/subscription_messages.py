"""Notices outside the chat: sending what is owed as WeChat subscription messages.

Sending is not idempotent at WeChat: there is no number of ours that would make a repetition harmless. So an
attempt is written down before the request goes out (``sending``). When its answer is lost (time-out, kill), the
message may have arrived; WeChat pushes the outcome of every message it took (``subscribe_msg_sent_event``), so
the attempt is settled by that push, and only when none has come for ``settle`` is the message sent again.
Vendor documents: developers.weixin.qq.com, "subscribeMessage.send", "订阅消息事件推送".
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from pymongo import ReturnDocument
from pymongo.asynchronous.client_session import AsyncClientSession

from miniprogram_api.errors import TransportError, VendorError, WeChatError
from miniprogram_api.push import SendResult
from schemas.documents.ledgers import NoticeDocument, OutboxDocument, WeChatChannel
from schemas.enums import ChannelState
from services.audit import Audit
from services.clock import Clock, utc_now
from services.notices.notice_templates import page_of
from services.notices.notices import OUTSIDE
from services.notices.subscriptions import Standing, Subscriptions
from services.outbox import Effect, Outbox
from services.storage.database import Database

log = logging.getLogger("casespace.notices")

SETTLE = timedelta(seconds=60)
LONGEST_SETTLE = timedelta(hours=1)
STALE = timedelta(hours=24)  # nobody wants to be told yesterday's news
NO_CREDIT = 43101
# What WeChat says about this one message. Everything else is about our account or the moment: tried again.
_FINAL = {40003, 40037, 41030, 47003}


class Sender(Protocol):
    """The part of ``miniprogram_api.wechat.WeChatClient`` that is needed here."""

    async def send_subscribe_message(
        self, openid: str, template_id: str, page: str, data: Mapping[str, str]
    ) -> str | None: ...


class SubscriptionMessages:
    def __init__(
        self,
        database: Database,
        outbox: Outbox,
        subscriptions: Subscriptions,
        sender: Sender,
        openid_of: Callable[[str], Awaitable[str | None]],
        audit: Audit,
        clock: Clock = utc_now,
        settle: timedelta = SETTLE,
    ) -> None:
        """``openid_of(user_id)``: the WeChat identity, or None. ``settle``: how long to wait for a lost answer."""
        self._db = database
        self._outbox = outbox
        self._subscriptions = subscriptions
        self._sender = sender
        self._openid_of = openid_of
        self._audit = audit
        self._clock = clock
        self._settle = settle

    def effects(self) -> dict[str, Effect]:
        return {OUTSIDE: self.deliver}

    async def deliver(self, row: OutboxDocument) -> None:
        """Send one notice, unless that was done. Raises what may pass with time, for the outbox to try again."""
        notice = await self._db.notices.find_one({"_id": row["payload"]["notice_id"]})
        if notice is None or "wechat" not in notice["channels"]:
            return
        channel = notice["channels"]["wechat"]
        if channel["state"] not in (ChannelState.OWED, ChannelState.SENDING):
            return
        if channel["state"] == ChannelState.SENDING and self._settles_at(notice, channel) > self._clock():
            await self._look_again(notice, channel)
            return
        openid = await self._openid_of(notice["user_id"])
        if self._clock() - notice["created_at"] > STALE:
            await self._finish(notice, channel, ChannelState.FAILED, fault="stale")
        elif "read_at" in notice:
            await self._finish(notice, channel, ChannelState.MOOT)
        elif openid is None:
            await self._finish(notice, channel, ChannelState.UNREACHABLE)
        else:
            await self._send(notice, channel, openid)

    async def settle(self, user_id: str, result: SendResult) -> None:
        """WeChat's own word on a message it took. Harmless when repeated, or about a message not ours.

        Found and changed in one transaction, because the sender may write down its answer at this very moment.
        """

        async def work(session: AsyncClientSession) -> None:
            notice = await self._meant(session, user_id, result)
            if notice is None:
                return
            channel = notice["channels"]["wechat"]
            if channel["state"] not in (ChannelState.SENDING, ChannelState.SENT):
                return
            ending: dict[str, Any] = {"state": ChannelState.DELIVERED, "message_id": result.msg_id}
            if result.error_code != 0:
                ending |= {"state": ChannelState.FAILED, "fault": f"wechat.{result.error_code}"}
            await self._end(session, notice, channel, ending)

        await self._db.transaction(work)

    async def _meant(self, session: AsyncClientSession, user_id: str, result: SendResult) -> NoticeDocument | None:
        numbered = {"user_id": user_id, "channels.wechat.message_id": result.msg_id}
        notice = await self._db.notices.find_one(numbered, session=session)
        if notice is not None:
            return notice
        # The answer bore no number, or was lost: it is the oldest attempt that has none.
        doubtful = {
            "user_id": user_id,
            "channels.wechat.state": {"$in": [ChannelState.SENDING, ChannelState.SENT]},
            "channels.wechat.template_id": result.template_id,
            "channels.wechat.message_id": {"$exists": False},
        }
        return await self._db.notices.find_one(doubtful, sort=[("channels.wechat.started_at", 1)], session=session)

    def _settles_at(self, notice: NoticeDocument, channel: WeChatChannel) -> datetime:
        """When an attempt without an answer may be taken as lost; later with each attempt, at most an hour."""
        wait: timedelta = min(self._settle * 2 ** min(channel["attempts"] - 1, 12), LONGEST_SETTLE)
        return channel.get("started_at", notice["created_at"]) + wait

    async def _look_again(self, notice: NoticeDocument, channel: WeChatChannel) -> None:
        async def work(session: AsyncClientSession) -> None:
            subject, payload = f"notice:{notice['_id']}", {"notice_id": notice["_id"]}
            await self._outbox.add(session, OUTSIDE, subject, payload, due_at=self._settles_at(notice, channel))

        await self._db.transaction(work)

    async def _send(self, notice: NoticeDocument, channel: WeChatChannel, openid: str) -> None:
        standing = await self._subscriptions.standing(notice["user_id"], channel["template_id"])
        if not standing.may_send:
            await self._finish(notice, channel, ChannelState.REFUSED)
            return
        claimed = await self._claim(notice, channel)
        if claimed is None:
            return
        try:
            message_id = await self._sender.send_subscribe_message(
                openid, channel["template_id"], page_of(notice["link"]), channel["data"]
            )
        except TransportError as fault:
            await self._lost(notice, claimed, fault)
        except WeChatError as fault:
            if fault.errcode == NO_CREDIT:
                await self._no_credit(notice, claimed, standing, fault)
            else:
                await self._answered_no(notice, claimed, fault)
        else:
            changes = {"message_id": message_id} if message_id else {}
            await self._finish(notice, claimed, ChannelState.SENT, **changes)

    async def _claim(self, notice: NoticeDocument, channel: WeChatChannel) -> WeChatChannel | None:
        """Write the attempt down before it is made. None: somebody else is making it."""
        claimed = await self._db.notices.find_one_and_update(
            _at(notice, channel),
            {
                "$set": {
                    "channels.wechat.state": ChannelState.SENDING,
                    "channels.wechat.started_at": self._clock(),
                    "channels.wechat.updated_at": self._clock(),
                },
                "$inc": {"channels.wechat.attempts": 1},
            },
            return_document=ReturnDocument.AFTER,
        )
        return claimed["channels"]["wechat"] if claimed else None

    async def _lost(self, notice: NoticeDocument, channel: WeChatChannel, fault: TransportError) -> None:
        """No answer. Certainly not sent: owed again, at once; otherwise wait for WeChat's word."""
        if fault.sent and fault.api == "subscribe_send":
            log.warning("outcome of a subscription message unknown", extra={"notice_id": notice["_id"]})
            await self._look_again(notice, channel)
            return
        await self._owe_again(notice, channel, fault)
        raise fault

    async def _answered_no(self, notice: NoticeDocument, channel: WeChatChannel, fault: WeChatError) -> None:
        if fault.errcode in _FINAL:
            log.error(
                "wechat refuses a subscription message: %s",
                fault.code,
                extra={"notice_id": notice["_id"], "kind": notice["kind"], "field": fault.field},
            )
            name = f"{fault.code}:{fault.field}" if fault.field else fault.code
            await self._finish(notice, channel, ChannelState.FAILED, fault=name)
        else:
            await self._owe_again(notice, channel, fault)
            raise fault

    async def _no_credit(
        self, notice: NoticeDocument, channel: WeChatChannel, standing: Standing, fault: WeChatError
    ) -> None:
        """Nobody is asked twice, unless they accepted while we were asking."""

        async def work(session: AsyncClientSession) -> bool:
            return await self._subscriptions.refused(session, notice["user_id"], channel["template_id"], standing)

        if await self._db.transaction(work):
            await self._finish(notice, channel, ChannelState.REFUSED, fault=fault.code)
            return
        await self._owe_again(notice, channel, fault)
        raise fault

    async def _owe_again(self, notice: NoticeDocument, channel: WeChatChannel, fault: VendorError) -> None:
        changes = {"state": ChannelState.OWED, "fault": fault.code, "updated_at": self._clock()}
        await self._db.notices.update_one(
            _at(notice, channel), {"$set": {f"channels.wechat.{name}": value for name, value in changes.items()}}
        )

    async def _finish(
        self, notice: NoticeDocument, channel: WeChatChannel, state: ChannelState, **changes: Any
    ) -> None:
        """Write down how it ended, unless it has moved on meanwhile."""

        async def work(session: AsyncClientSession) -> None:
            await self._end(session, notice, channel, {"state": state, **changes})

        await self._db.transaction(work)

    async def _end(
        self, session: AsyncClientSession, notice: NoticeDocument, channel: WeChatChannel, ending: Mapping[str, Any]
    ) -> None:
        fields = {**ending, "updated_at": self._clock()}
        ended = await self._db.notices.update_one(
            _at(notice, channel),
            {"$set": {f"channels.wechat.{name}": value for name, value in fields.items()}},
            session=session,
        )
        if ended.modified_count == 0:
            return
        state = ending["state"]
        if channel["state"] == ChannelState.SENDING and state in (ChannelState.SENT, ChannelState.DELIVERED):
            await self._subscriptions.spent(session, notice["user_id"], channel["template_id"])
        detail = {name: value for name, value in ending.items() if name != "state"}
        await self._audit.write(None, f"notice.{state}", f"notice:{notice['_id']}", session, channel="wechat", **detail)


def _at(notice: NoticeDocument, channel: WeChatChannel) -> dict[str, Any]:
    """The notice, if nobody has moved its channel since it was read."""
    return {
        "_id": notice["_id"],
        "channels.wechat.state": channel["state"],
        "channels.wechat.attempts": channel["attempts"],
    }
