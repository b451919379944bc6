"""Taking a notice outside (J1): step by step, until it has gone out and, where the table wants it, until it was read.

Run by the worker from the outbox. What has been done stands in the notice itself (``services/notices/tracks.py``), so
that running a row twice, or after a crash, goes on where the last run ended.
"""

from datetime import datetime, timedelta

from pymongo.asynchronous.client_session import AsyncClientSession

from miniprogram_api.errors import VendorError
from schemas.documents.ledgers import NoticeDocument, OutboxDocument
from schemas.enums import ChannelState, NoticeChannel, NoticeKind
from services.clock import Clock, utc_now
from services.notices.bursts import Bursts
from services.notices.notice_table import TABLE, Rule, Step
from services.notices.notices import OUTSIDE
from services.notices.quiet_hours import quiet_until
from services.notices.tracks import OVER, TAKEN, UNENDED, Tracks, track_of
from services.notices.ways import Progress, Ways
from services.notices.wishes import Wish, Wishes
from services.outbox import PARK_AFTER, Effect, Outbox
from services.storage.database import Database

STALE = timedelta(hours=24)  # nobody wants to be told yesterday's news
# A way that has failed so often is given up for this notice before the outbox parks it, so that the next one is tried.
GIVE_UP = PARK_AFTER - 1


class Deliveries:
    def __init__(
        self,
        database: Database,
        outbox: Outbox,
        ways: Ways,
        wishes: Wishes,
        bursts: Bursts,
        tracks: Tracks,
        clock: Clock = utc_now,
    ) -> None:
        """``ways``: those that this deployment has; the others are passed over."""
        self._db = database
        self._outbox = outbox
        self._ways = ways
        self._wishes = wishes
        self._bursts = bursts
        self._tracks = tracks
        self._clock = clock

    def effects(self) -> dict[str, Effect]:
        return {OUTSIDE: self.deliver}

    async def deliver(self, row: OutboxDocument) -> None:
        """Take one notice as far as it is due. Raises what may pass with time, for the outbox to try again."""
        notice = await self._db.notices.find_one({"_id": row["payload"]["notice_id"]})
        if notice is None or "gathered_into" in notice:
            return
        if "read_at" in notice:
            await self._end_owed(notice, ChannelState.MOOT)
        elif self._clock() - notice["created_at"] > STALE:
            await self._end_owed(notice, ChannelState.FAILED, fault="stale")
        else:
            await self._go(notice, row)

    async def _go(self, notice: NoticeDocument, row: OutboxDocument) -> None:
        kind = NoticeKind(notice["kind"])
        rule, wish = TABLE[kind], await self._wishes.of(notice["user_id"])
        if kind in wish.muted and not rule.urgent:
            await self._end_owed(notice, ChannelState.OFF)
            return
        later = None if rule.urgent else quiet_until(wish.quiet, self._clock())
        begins = "outside_at" not in notice
        if later is None and begins:
            later = await self._begin(notice, rule)
        if later is None:
            later, went = await self._steps(notice, rule, wish, row["attempts"])
            if begins and not went:
                await self._bursts.give_back(notice)
        if later is not None:
            await self._look_again(notice, later)

    async def _begin(self, notice: NoticeDocument, rule: Rule) -> datetime | None:
        """The first time that it is due outside: now, unless there were many of its kind."""
        later = await self._bursts.turn(notice, rule.burst)
        if later is None:
            notice["outside_at"] = self._clock()
            await self._db.notices.update_one({"_id": notice["_id"]}, {"$set": {"outside_at": notice["outside_at"]}})
        return later

    async def _steps(
        self, notice: NoticeDocument, rule: Rule, wish: Wish, attempts: int
    ) -> tuple[datetime | None, bool]:
        """Every step that is due: when to look again, and whether it went out, or may have.

        A way that fails for the moment holds up no later step.
        """
        looks: list[datetime] = []
        went = False
        faults: list[VendorError] = []
        for step in rule.steps:
            due = notice["outside_at"] + step.after
            if due > self._clock():
                if self._open_ways(step, wish):
                    looks.append(due)
                break
            try:
                progress = await self._step(notice, step, wish, last_try=attempts >= GIVE_UP)
            except VendorError as fault:
                faults.append(fault)
                continue
            went = went or progress is not Progress.PASSED
            if isinstance(progress, datetime):
                looks.append(progress)
        if faults:
            raise faults[0]
        return min(looks, default=None), went

    async def _step(self, notice: NoticeDocument, step: Step, wish: Wish, *, last_try: bool) -> Progress | datetime:
        for channel in step.ways:
            track = track_of(notice, channel)
            if track is not None and track["state"] in TAKEN:
                return Progress.TAKEN
            if channel not in self._ways or (track is not None and track["state"] in OVER):
                continue
            if not wish.wants(channel):
                await self._tracks.end(notice, channel, track, ChannelState.OFF)
                continue
            progress = await self._try(notice, channel, last_try=last_try)
            if progress is not Progress.PASSED:
                return progress
        return Progress.PASSED

    async def _try(self, notice: NoticeDocument, channel: NoticeChannel, *, last_try: bool) -> Progress | datetime:
        try:
            return await self._ways[channel].deliver(notice)
        except VendorError as fault:
            if not last_try:
                raise
            failed = await self._db.notices.find_one({"_id": notice["_id"]})
            if failed is not None:
                await self._tracks.end(
                    failed, channel, track_of(failed, channel), ChannelState.FAILED, fault=fault.code
                )
            return Progress.PASSED

    def _open_ways(self, step: Step, wish: Wish) -> bool:
        """Whether waiting for a step can bring anything."""
        return any(channel in self._ways and wish.wants(channel) for channel in step.ways)

    async def _end_owed(self, notice: NoticeDocument, state: ChannelState, **detail: str) -> None:
        for channel in NoticeChannel:
            track = track_of(notice, channel)
            if track is None or track["state"] not in UNENDED:
                continue
            if track["state"] == ChannelState.SENDING:
                await self._tracks.end(notice, channel, track, ChannelState.UNKNOWN, fault="no_answer")
            else:
                await self._tracks.end(notice, channel, track, state, **detail)

    async def _look_again(self, notice: NoticeDocument, at: datetime) -> None:
        async def work(session: AsyncClientSession) -> None:
            await owe_look(self._outbox, session, notice["_id"], at)

        await self._db.transaction(work)


async def owe_look(outbox: Outbox, session: AsyncClientSession, notice_id: str, at: datetime | None = None) -> None:
    """Owe another look at a notice, at once or at a time."""
    # The outbox keeps the order of a subject: a look that waits for its time must not hold up one that is due now.
    subject = f"notice:{notice_id}" if at is None else f"notice:{notice_id}:later"
    await outbox.add(session, OUTSIDE, subject, {"notice_id": notice_id}, due_at=at)
