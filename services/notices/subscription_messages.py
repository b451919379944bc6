"""The first way outside: WeChat subscription messages.

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

from pymongo.asynchronous.client_session import AsyncClientSession

from miniprogram_api.errors import TransportError, WeChatError
from miniprogram_api.push import SendResult
from schemas.documents.ledgers import ChannelDocument, NoticeDocument
from schemas.enums import ChannelState, NoticeChannel
from services.clock import Clock, utc_now
from services.notices.deliveries import owe_look
from services.notices.notice_templates import page_of
from services.notices.subscriptions import Standing, Subscriptions
from services.notices.tracks import Tracks
from services.notices.ways import Progress
from services.outbox import Outbox
from services.storage.database import Database

log = logging.getLogger("casespace.notices")

SETTLE = timedelta(seconds=60)
LONGEST_SETTLE = timedelta(hours=1)
NO_CREDIT = 43101
# The person is not known there: nobody's fault, and nothing for an operator to do.
NO_SUCH_PERSON = 40003
# What WeChat says about this one message. Everything else is about our account or the moment: tried again.
_FINAL = {40037, 41030, 47003}
_WECHAT = NoticeChannel.WECHAT
_DOUBTFUL = (ChannelState.SENDING, ChannelState.SENT, ChannelState.UNKNOWN)


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
        tracks: Tracks,
        clock: Clock = utc_now,
        settle: timedelta = SETTLE,
    ) -> None:
        """``openid_of(user_id)``: the WeChat identity, or None. ``settle``: how long to wait for a lost answer."""
        self._db = database
        self._outbox = outbox
        self._subscriptions = subscriptions
        self._sender = sender
        self._openid_of = openid_of
        self._tracks = tracks
        self._clock = clock
        self._settle = settle

    async def deliver(self, notice: NoticeDocument) -> Progress | datetime:
        """Send one notice, unless an attempt is under way. Raises ``VendorError`` for what may pass with time."""
        if "wechat" not in notice["channels"]:
            return Progress.PASSED
        channel = notice["channels"]["wechat"]
        if channel["state"] == ChannelState.SENDING and self._settles_at(notice, channel) > self._clock():
            return self._settles_at(notice, channel)
        if channel["state"] not in (ChannelState.OWED, ChannelState.SENDING):
            return Progress.PASSED
        openid = await self._openid_of(notice["user_id"])
        if openid is None:
            await self._tracks.end(notice, _WECHAT, channel, ChannelState.UNREACHABLE, fault="no_openid")
            return Progress.PASSED
        standing = await self._subscriptions.standing(notice["user_id"], channel["template_id"])
        if not standing.may_send:
            await self._tracks.end(notice, _WECHAT, channel, ChannelState.REFUSED)
            return Progress.PASSED
        return await self._send(notice, openid, standing)

    async def settle(self, user_id: str, result: SendResult) -> None:
        """WeChat's own word on a message it took. Harmless when repeated, or about a message not ours.

        Found and changed in one transaction, because the sender may write down its answer at this very moment.
        One that could not be delivered goes on to the next way.
        """

        async def work(session: AsyncClientSession) -> None:
            notice = await self._meant(session, user_id, result)
            if notice is None or notice["channels"]["wechat"]["state"] not in _DOUBTFUL:
                return
            ending: dict[str, Any] = {"state": ChannelState.DELIVERED, "message_id": result.msg_id}
            if result.error_code != 0:
                ending |= {"state": ChannelState.FAILED, "fault": f"wechat.{result.error_code}"}
                await owe_look(self._outbox, session, notice["_id"])
            await self._end(session, notice, notice["channels"]["wechat"], ending)

        await self._db.transaction(work)
        self._outbox.nudge()

    async def _meant(self, session: AsyncClientSession, user_id: str, result: SendResult) -> NoticeDocument | None:
        numbered = {"user_id": user_id, "channels.wechat.message_id": result.msg_id}
        notice = await self._db.notices.find_one(numbered, session=session)
        if notice is not None:
            return notice
        # The answer bore no number, or was lost: it is the oldest attempt that has none.
        doubtful = {
            "user_id": user_id,
            "channels.wechat.state": {"$in": _DOUBTFUL},
            "channels.wechat.template_id": result.template_id,
            "channels.wechat.message_id": {"$exists": False},
        }
        return await self._db.notices.find_one(doubtful, sort=[("channels.wechat.started_at", 1)], session=session)

    def _settles_at(self, notice: NoticeDocument, channel: ChannelDocument) -> datetime:
        """When an attempt without an answer may be taken as lost; later with each attempt, at most an hour."""
        wait: timedelta = min(self._settle * 2 ** min(channel["attempts"] - 1, 12), LONGEST_SETTLE)
        return channel.get("started_at", notice["created_at"]) + wait

    async def _send(self, notice: NoticeDocument, openid: str, standing: Standing) -> Progress | datetime:
        claimed = await self._tracks.claim(notice, _WECHAT)
        if claimed is None:  # somebody else is making this attempt
            return Progress.TAKEN
        channel = notice["channels"]["wechat"]
        try:
            message_id = await self._sender.send_subscribe_message(
                openid, channel["template_id"], page_of(notice["link"]), channel["data"]
            )
        except TransportError as fault:
            return await self._lost(notice, claimed, fault)
        except WeChatError as fault:
            if fault.errcode == NO_CREDIT:
                return await self._no_credit(notice, claimed, standing, fault)
            return await self._answered_no(notice, claimed, fault)
        ending: dict[str, Any] = {"state": ChannelState.SENT, **({"message_id": message_id} if message_id else {})}
        await self._db.transaction(lambda session: self._end(session, notice, claimed, ending))
        return Progress.TAKEN

    async def _lost(self, notice: NoticeDocument, claimed: ChannelDocument, fault: TransportError) -> datetime:
        """No answer. Certainly not sent: owed again, at once; otherwise wait for WeChat's word."""
        if fault.sent and fault.api == "subscribe_send":
            log.warning("outcome of a subscription message unknown", extra={"notice_id": notice["_id"]})
            return self._settles_at(notice, claimed)
        await self._tracks.owe_again(notice, _WECHAT, claimed, fault.code)
        raise fault

    async def _answered_no(self, notice: NoticeDocument, claimed: ChannelDocument, fault: WeChatError) -> Progress:
        if fault.errcode == NO_SUCH_PERSON:
            await self._tracks.end(notice, _WECHAT, claimed, ChannelState.UNREACHABLE, fault=fault.code)
            return Progress.PASSED
        if fault.errcode not in _FINAL:
            await self._tracks.owe_again(notice, _WECHAT, claimed, fault.code)
            raise fault
        log.error(
            "wechat refuses a subscription message: %s",
            fault.code,
            extra={"notice_id": notice["_id"], "kind": notice["kind"], "field": fault.field},
        )
        name = f"{fault.code}:{fault.field}" if fault.field else fault.code
        await self._tracks.end(notice, _WECHAT, claimed, ChannelState.FAILED, fault=name)
        return Progress.PASSED

    async def _no_credit(
        self, notice: NoticeDocument, claimed: ChannelDocument, standing: Standing, fault: WeChatError
    ) -> Progress:
        """Nobody is asked twice, unless they accepted while we were asking."""
        template_id = notice["channels"]["wechat"]["template_id"]

        async def work(session: AsyncClientSession) -> bool:
            return await self._subscriptions.refused(session, notice["user_id"], template_id, standing)

        if await self._db.transaction(work):
            await self._tracks.end(notice, _WECHAT, claimed, ChannelState.REFUSED, fault=fault.code)
            return Progress.PASSED
        await self._tracks.owe_again(notice, _WECHAT, claimed, fault.code)
        raise fault

    async def _end(
        self, session: AsyncClientSession, notice: NoticeDocument, track: ChannelDocument, ending: Mapping[str, Any]
    ) -> None:
        """How it ended, and the credit that it cost."""
        ended = await self._tracks.end_in(session, notice, _WECHAT, track, ending)
        spends = ending["state"] in (ChannelState.SENT, ChannelState.DELIVERED)
        if ended and spends and track["state"] != ChannelState.SENT:
            await self._subscriptions.spent(session, notice["user_id"], notice["channels"]["wechat"]["template_id"])
