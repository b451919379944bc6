"""The owner of one hearing's media: sees to it that they are what the rules say, and that the recording goes on.

One process holds the lease; the others that have people of this hearing stand by and take over when it dies. What the
owner knows of the media server is written down, so that its successor claims the very session, and nobody who is
connected hears a difference.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from schemas.documents.hearings import HearingDocument
from schemas.hearing_enums import ActKind, HearingRole, Place
from services.clock import Clock, utc_now
from services.errors import Problem
from services.hearings.docket import Docket, court_of
from services.hearings.media import (
    Line,
    MediaEvent,
    MediaEventKind,
    MediaLostError,
    MediaProvider,
    MediaRefusedError,
    MediaSession,
    Plan,
    plan_of,
)
from services.hearings.media_book import MediaBook, Offer
from services.hearings.recording_growth import Growth
from services.hearings.rights import Act
from services.live import Live
from services.storage.leases import Leases

log = logging.getLogger("casespace.voice")

LEASE_SECONDS = 4.0
BEAT_SECONDS = 1.0  # lease, media server and recording are looked after this often
LOOK_SECONDS = 0.25  # how late the owner hears of what another process has changed, where no bell tells it
AWAY_SECONDS = 0.5  # between tries, while another leads or the media server is away
RETRY_SECONDS = 5.0  # between tries to record where it cannot be done
IDLE_SECONDS = 30.0  # without anybody in the hearing
_UNKNOWN = -1
VOICE_DOWN, RECORDING_STALLED = "voice_down", "recording_stalled"


@dataclass(frozen=True, slots=True)
class Stage:
    """What every conductor of a process stands on."""

    docket: Docket
    book: MediaBook
    leases: Leases
    provider: MediaProvider
    live: Live
    tell: Callable[[HearingDocument], Awaitable[None]]
    clock: Clock = utc_now


class Conductor:
    def __init__(self, stage: Stage, hearing_id: str, ring: Callable[[], None], look_seconds: float) -> None:
        """``ring`` tells the other processes that an offer is answered; ``look_seconds``: how often to look unasked."""
        self._stage = stage
        self._id = hearing_id
        self._ring = ring
        self._look_seconds = look_seconds
        self._woken = asyncio.Event()
        self._over = False
        self._health = Growth()
        self._noted: int | None = _UNKNOWN  # the segment that the book says is being recorded
        self._record_at = self._anew_at = 0.0  # not before: begin to record; begin a new take for one that stalls
        self._events: asyncio.Queue[MediaEvent] = asyncio.Queue(1_000)
        self._busy_at = time.monotonic()
        self.leads = False

    def wake(self) -> None:
        self._woken.set()

    async def run(self) -> None:
        """Until the hearing is closed and its recording handed on."""
        while not self._over:
            try:
                await self._turn()
            except Exception:
                log.exception("a hearing's media were interrupted", extra={"hearing_id": self._id})
            if not self._over:
                await self._pause(AWAY_SECONDS)

    async def let_go(self) -> None:
        """So that another process need not wait for the lease to lapse."""
        await self._stage.leases.release(self._lease)

    async def _turn(self) -> None:
        """Lead if nobody else does, as long as it goes well."""
        try:
            if await self._stage.leases.hold(self._lease, LEASE_SECONDS):
                await self._lead()
            elif self._idle(not await self._stage.book.has(self._id)):
                self._over = True  # whoever led has ended it
        except MediaLostError as fault:
            log.warning("the media server does not answer: %s", fault, extra={"hearing_id": self._id})
            await self._alarm(VOICE_DOWN)

    @property
    def _lease(self) -> str:
        return f"hearing:{self._id}"

    async def _lead(self) -> None:
        memory = await self._stage.book.memory(self._id)
        if court_of(await self._stage.docket.load(self._id)).closed and not await self._reachable(memory):
            await self._end(None)
            return
        session = await self._stage.provider.open(self._id, memory, self._hear)
        self.leads, self._noted = True, _UNKNOWN
        telling = asyncio.create_task(self._tell_speaking())
        try:
            await self._stage.book.remember(self._id, session.memory())
            if memory is not None and not session.resumed:
                await self._everybody_anew()
            await self._conduct(session)
        finally:
            self.leads = False
            telling.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await telling
            await session.close(end=self._over)

    async def _reachable(self, memory: Mapping[str, Any] | None) -> bool:
        """Whether there is something to clear away in the media server, and it answers."""
        if memory is None:
            return False
        try:
            session = await self._stage.provider.open(self._id, memory, self._hear)
        except MediaLostError:
            return False
        await session.close(end=False)
        return session.resumed

    async def _conduct(self, session: MediaSession) -> None:
        """Returns when the hearing is over, or somebody else leads."""
        beat = 0.0
        while True:
            document = await self._stage.docket.load(self._id)
            await self._follow(session, document)
            plan = plan_of(document)
            if court_of(document).closed or self._idle(not plan.lines and plan.segment is None):
                await self._end(session)
                return
            await self._serve(session, plan)
            if time.monotonic() - beat >= BEAT_SECONDS:
                beat = time.monotonic()
                if not await self._stage.leases.hold(self._lease, LEASE_SECONDS):
                    return
                await session.ping()
                await self._look_after(session, document)
                if plan.announcing and not await session.announcing():
                    await self._played_out(failed=False)
            await self._pause(self._look_seconds)

    async def _follow(self, session: MediaSession, document: HearingDocument) -> None:
        """Make the media what the rules say: silence first, then the recording, then those who may be heard."""
        plan, before = plan_of(document), session.memory()
        for user_id in set(session.people()) - set(plan.lines):
            await session.drop(user_id)
        for user_id, line in plan.lines.items():
            if not line.open:
                await session.set(user_id, line)
        await self._record(session, plan)
        for user_id, line in plan.lines.items():
            if line.open:
                await session.set(user_id, line)
        await self._announce(session, plan)
        if session.memory() != before:
            await self._stage.book.remember(self._id, session.memory())

    async def _record(self, session: MediaSession, plan: Plan) -> None:
        """A recording that cannot begin must not keep the court from speaking: the bench is alarmed instead."""
        if time.monotonic() < self._record_at:
            return
        try:
            await session.record(plan.segment)
        except OSError:
            log.exception("a hearing cannot be recorded", extra={"hearing_id": self._id})
            self._record_at = time.monotonic() + RETRY_SECONDS
            return
        if self._noted != plan.segment:
            await self._stage.book.note_recording(self._id, plan.segment)
            self._noted = plan.segment

    async def _serve(self, session: MediaSession, plan: Plan) -> None:
        """Answer the offers that wait."""
        for offer in await self._stage.book.offers(self._id):
            line = plan.lines.get(offer.user_id)
            if line is None:
                await self._stage.book.refuse(offer, "hearing.not_inside")
            else:
                await self._connect(session, offer, line)
            self._ring()

    async def _connect(self, session: MediaSession, offer: Offer, line: Line) -> None:
        try:
            answer = await session.answer(offer.user_id, offer.sdp, line)
        except MediaRefusedError:
            await self._stage.book.refuse(offer, "hearing.offer_invalid")
            return
        await self._stage.book.remember(self._id, session.memory())
        await self._stage.book.answer(offer, answer)

    async def _end(self, session: MediaSession | None) -> None:
        """Hand on what was recorded; afterwards nobody needs to remember anything."""
        if session is not None:
            await session.record(None)
        await self._alarm(None)
        await self._stage.book.forget(self._id)
        self._over = True
        await self._stage.leases.release(self._lease)

    def _idle(self, idle: bool) -> bool:
        """Whether there has been nothing to do for long enough. The next act engages a conductor again."""
        if not idle:
            self._busy_at = time.monotonic()
        return time.monotonic() - self._busy_at > IDLE_SECONDS

    # --- health

    async def _look_after(self, session: MediaSession, document: HearingDocument) -> None:
        recording = court_of(document).recording is not None
        stalled = self._health.stalled(await session.recorded(), recording=recording)
        await self._alarm(RECORDING_STALLED if stalled else None, document)
        if stalled and time.monotonic() >= self._anew_at:
            self._anew_at = time.monotonic() + RETRY_SECONDS
            await session.record(None)  # the next look begins a new take of the same segment

    async def _alarm(self, alarm: str | None, document: HearingDocument | None = None) -> None:
        """Tell the bench, when it changes."""
        if document is not None and document.get("alarm") == alarm:
            return
        changed = await self._stage.book.set_alarm(self._id, alarm)
        if changed is None:
            return
        if alarm is not None:
            log.error("a hearing needs help", extra={"hearing_id": self._id, "alarm": f"hearing_{alarm}"})
        for seat in changed["seats"]:
            if seat["role"] in (HearingRole.PRESIDER, HearingRole.CLERK):
                hint = {"hearing_id": self._id, "alarm": alarm}
                await self._stage.live.to_user(seat["user_id"], "hearing:alarm", hint)
        await self._stage.tell(changed)

    async def _everybody_anew(self) -> None:
        """The media server was replaced, with every connection: all must offer again."""
        await self._stage.tell(await self._stage.book.next_epoch(self._id))

    # --- the announcement

    async def _announce(self, session: MediaSession, plan: Plan) -> None:
        try:
            await session.announce(plan.announcing)
        except MediaRefusedError:
            log.exception("an announcement cannot be played", extra={"alarm": "hearing_announcement"})
            await self._played_out(failed=True)

    async def _played_out(self, *, failed: bool) -> None:
        """It came to its end, or never began: so the journal says, and everybody sees."""
        act = Act(ActKind.ANNOUNCE, self._stage.clock(), None, failed=failed)
        try:
            await self._stage.tell(await self._stage.docket.perform(None, self._id, act))
        except Problem as problem:
            if problem.code not in ("hearing.closed", "hearing.wrong_stage"):  # the stage changed this very moment
                raise

    # --- who is talking

    def _hear(self, event: MediaEvent) -> None:
        if event.kind in (MediaEventKind.TALKING, MediaEventKind.SILENT) and not self._events.full():
            self._events.put_nowait(event)

    async def _tell_speaking(self) -> None:
        """To those who hear it: who is in another room learns nothing of this one."""
        while True:
            event = await self._events.get()
            document = await self._stage.docket.load(self._id)
            hint: Mapping[str, Any] = {
                "hearing_id": self._id,
                "user_id": event.user_id,
                "speaking": event.kind is MediaEventKind.TALKING,
            }
            for seat in document["seats"]:
                if seat["place"] == Place.COURT:
                    await self._stage.live.to_user(seat["user_id"], "hearing:speaking", hint)

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        self._woken.clear()
