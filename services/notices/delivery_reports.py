"""What providers report afterwards: an SMS that reached the phone or did not, a call that was answered or not (J1).

"Sent" only says that the provider took it. A report makes it delivered or failed; what failed is looked at again, so
that the next way is tried; and when no way is left, a person is asked to see to it.
"""

import hmac
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address

from pymongo.asynchronous.client_session import AsyncClientSession

from miniprogram_api.provider_reports import ProviderReport, ReportError, read_reports
from schemas.documents.ledgers import NoticeDocument, OutboxDocument
from schemas.enums import ChannelState, NoticeChannel, NoticeKind
from services.clock import Clock, utc_now
from services.errors import Problem
from services.notices.deliveries import STALE, owe_look
from services.notices.notice_table import TABLE
from services.notices.tracks import TAKEN, UNENDED, Tally, Tracks, no_tally, track_of
from services.notices.wishes import Wish, Wishes
from services.outbox import Effect, Outbox
from services.storage.database import Database
from services.work_items import WorkItems

REPORTED, MISSED = "notice.reported", "notice.missed"  # kinds of outbox rows
UNDELIVERED = "notice.undelivered"  # kind of the work item
# The provider may report before what it answered is written down.
SETTLE = timedelta(seconds=5)
LOOK_AGAIN = timedelta(minutes=30)
ASK_AGAIN, MOST_ASKED = timedelta(minutes=5), 6  # when the provider knows nothing yet of what it has reported

Network = IPv4Network | IPv6Network
# Whether the message to this person, with the provider's number, sent at or after, arrived; None: it does not say.
Ask = Callable[[str, str, datetime], Awaitable[bool | None]]

log = logging.getLogger("casespace.notices")


class DeliveryReports:
    def __init__(
        self,
        database: Database,
        tracks: Tracks,
        wishes: Wishes,
        ways: Collection[NoticeChannel],
        items: WorkItems,
        outbox: Outbox,
        secret: str | None,
        clock: Clock = utc_now,
        tally: Tally = no_tally,
        *,
        sources: Sequence[Network] = (),
        ask: Ask | None = None,
    ) -> None:
        """``ways``: those that this deployment has; ``secret``: the end of the address that the provider was given,
        None: it was given none. ``sources``: where reports come from, none: anywhere. ``ask``: what the provider says
        of an SMS when it is asked; None: reports are believed."""
        self._db = database
        self._tracks = tracks
        self._wishes = wishes
        self._ways = frozenset(ways)
        self._items = items
        self._outbox = outbox
        self._secret = secret
        self._clock = clock
        self._tally = tally
        self._sources = tuple(sources)
        self._ask = ask

    async def receive(self, secret: str, body: bytes, address: str) -> None:
        """Take reports in; the worker does what follows. ``address``: of the caller. Raises ``report.rejected``.

        The provider signs nothing: the secret in the address, where the call comes from, and what the provider says
        when it is asked are what there is to go by.
        """
        if self._secret is None or not hmac.compare_digest(secret.encode(), self._secret.encode()):
            raise Problem("report.rejected")
        if self._sources and not any(ip_address(address) in network for network in self._sources):
            self._tally("report", "stranger")
            log.warning("a report came from an address that is no provider's")
            raise Problem("report.rejected")
        try:
            reports = read_reports(body)
        except ReportError as fault:
            self._tally("report", "unreadable")
            log.warning("a report of a provider could not be read: %s", fault)
            raise Problem("report.rejected") from None

        async def work(session: AsyncClientSession) -> None:
            for report in reports:
                await self._owe(session, report)

        if reports:
            await self._db.transaction(work)

    async def _owe(self, session: AsyncClientSession, report: ProviderReport) -> None:
        payload = {"channel": report.channel, "number": report.number, "cause": report.cause}
        subject = f"report:{report.channel}:{report.number}"
        await self._outbox.add(session, REPORTED, subject, payload, due_at=self._clock() + SETTLE)

    # --- effects

    def effects(self) -> dict[str, Effect]:
        return {REPORTED: self._reported, MISSED: self._missed}

    async def _reported(self, row: OutboxDocument) -> None:
        """Codes for signing in are reported, too: those belong to no notice."""
        channel, cause = NoticeChannel(row["payload"]["channel"]), row["payload"]["cause"]
        notice = await self._db.notices.find_one({f"channels.{channel}.message_id": row["payload"]["number"]})
        track = track_of(notice, channel) if notice else None
        if notice is None or track is None or track["state"] != ChannelState.SENT:
            return
        if self._ask is not None and channel is NoticeChannel.SMS:
            arrived = await self._ask(notice["user_id"], row["payload"]["number"], notice["created_at"])
            if arrived is not (not cause):
                await self._doubt(row, notice, later=arrived is None)
                return
        if not cause:
            await self._tracks.end(notice, channel, track, ChannelState.DELIVERED)
            return

        async def work(session: AsyncClientSession) -> None:
            if await self._tracks.end_in(
                session, notice, channel, track, {"state": ChannelState.FAILED, "fault": cause}
            ):
                await owe_look(self._outbox, session, notice["_id"])
                await self._owe_missed(session, notice["_id"], SETTLE)

        await self._db.transaction(work)
        self._outbox.nudge()

    async def _doubt(self, row: OutboxDocument, notice: NoticeDocument, *, later: bool) -> None:
        """The provider does not confirm a report. ``later``: it may yet; what it denies is dropped."""
        asked = int(row["payload"].get("asked", "0")) + 1
        if not later or asked >= MOST_ASKED:
            self._tally("report", "unproven")
            log.warning("the provider does not confirm a report", extra={"notice_id": notice["_id"]})
            return
        payload = {**row["payload"], "asked": str(asked)}

        async def work(session: AsyncClientSession) -> None:
            await self._outbox.add(session, REPORTED, row["subject"], payload, due_at=self._clock() + ASK_AGAIN)

        await self._db.transaction(work)

    async def _owe_missed(self, session: AsyncClientSession, notice_id: str, later: timedelta) -> None:
        subject = f"notice:{notice_id}:missed"
        await self._outbox.add(session, MISSED, subject, {"notice_id": notice_id}, due_at=self._clock() + later)

    async def _missed(self, row: OutboxDocument) -> None:
        """Whether somebody has been told by another way by now; a person sees to it when none is left."""
        notice = await self._db.notices.find_one({"_id": row["payload"]["notice_id"]})
        if notice is None or "read_at" in notice or "gathered_into" in notice or _told(notice):
            return
        if self._clock() - notice["created_at"] < STALE and self._hopes(
            notice, await self._wishes.of(notice["user_id"])
        ):

            async def work(session: AsyncClientSession) -> None:
                await self._owe_missed(session, notice["_id"], LOOK_AGAIN)

            await self._db.transaction(work)
            return
        await self._items.open(
            UNDELIVERED,
            notice["_id"],
            title="通知没有送达，也没有其他可用方式",
            advice="请核对此人的手机号和通知设置；事情要紧的，请致电告知，再关闭工单。",
            urgent=TABLE[NoticeKind(notice["kind"])].urgent,
            notice_id=notice["_id"],
            user_id=notice["user_id"],
            about=notice["title"],
            cause=_cause(notice),
        )

    def _hopes(self, notice: NoticeDocument, wish: Wish) -> bool:
        """Whether a way of the table is still to be tried, or is being tried."""
        for step in TABLE[NoticeKind(notice["kind"])].steps:
            for channel in step.ways:
                track = track_of(notice, channel)
                untried = track is None and channel is not NoticeChannel.WECHAT  # which is written down when it is told
                if (untried or (track is not None and track["state"] in UNENDED)) and (
                    channel in self._ways and wish.wants(channel)
                ):
                    return True
        return False


def _told(notice: NoticeDocument) -> bool:
    tracks = [track_of(notice, channel) for channel in NoticeChannel]
    return any(track is not None and track["state"] in TAKEN for track in tracks)


def _cause(notice: NoticeDocument) -> str:
    """What was reported, for the person who sees to it."""
    tracks = [track_of(notice, channel) for channel in (NoticeChannel.CALL, NoticeChannel.SMS)]
    return next((track["fault"] for track in tracks if track is not None and "fault" in track), "")
