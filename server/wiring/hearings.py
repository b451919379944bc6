"""Hearings: the court's rules and record, and the voice room where a media server is configured."""

import shutil
from dataclasses import dataclass

from schemas.documents.ledgers import OutboxDocument
from server.setting_values import decode_keys
from server.settings import Settings
from server.voice.announcement import Announcement
from server.voice.janus import JanusProvider
from server.voice.takes import Takes
from server.wiring.asynchronous import Asynchronous, build_asynchronous
from server.wiring.core import Core
from server.wiring.minutes import MinutesParts, build_minutes
from server.worker import Tick
from services.files.files import Files
from services.files.made_files import MadeFiles
from services.files.media.ffmpeg import Ffmpeg, find_ffmpeg
from services.files.page_pictures import PagePictures
from services.hearings.attendance import Attendance
from services.hearings.bench_lines import BenchLines
from services.hearings.candidates import Candidates
from services.hearings.conductor import Stage
from services.hearings.docket import Docket
from services.hearings.hearing_cards import HearingCards
from services.hearings.hearing_effects import HearingEffects, Tell
from services.hearings.hearing_views import HearingViews
from services.hearings.hearings import Hearings
from services.hearings.ice import IceServers
from services.hearings.media_book import MediaBook
from services.hearings.observers import Observers
from services.hearings.passes import HearingTickets, Invitations
from services.hearings.recordings import SEGMENT_OVER, HearingRecordings
from services.hearings.rescheduling import Rescheduling
from services.hearings.schedule_effects import ScheduleEffects
from services.hearings.scheduling import Scheduling
from services.hearings.switchboard import Switchboard
from services.hearings.undertakings import Undertakings
from services.identity.people import People
from services.notices.notices import Notices
from services.outbox import Effect
from services.papers.seals import PaperSeal
from services.storage.leases import Leases
from services.verification.gate import Gate

ATTENDANCE_SECONDS = 2.0
SWITCHBOARD_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Courts:
    hearings: Hearings
    undertakings: Undertakings
    lines: BenchLines
    attendance: Attendance
    after: HearingEffects
    around: ScheduleEffects
    asynchronous: Asynchronous
    switchboard: Switchboard | None
    recordings: HearingRecordings | None
    minutes: MinutesParts

    def effects(self) -> dict[str, Effect]:
        recorded = self.recordings.effects() if self.recordings else {SEGMENT_OVER: _waits_for_voice}
        asynchronous, minutes = self.asynchronous.after.effects(), self.minutes.after.effects()
        return {**self.after.effects(), **self.around.effects(), **asynchronous, **recorded, **minutes}

    def ticks(self) -> list[Tick]:
        ticks = [Tick("attendance", ATTENDANCE_SECONDS, self.attendance.tick)]
        if self.switchboard is not None:
            ticks.append(Tick("hearings", SWITCHBOARD_SECONDS, self.switchboard.tick))
        return ticks

    async def close(self) -> None:
        self.minutes.http.close()
        if self.switchboard is not None:
            await self.switchboard.close()


def build_candidates(core: Core) -> Candidates:
    people = People(core.database, core.vault, core.index, core.clock)
    return Candidates(core.database, people, core.spaces, core.audit)


def build_hearings(
    core: Core, files: Files, pages: PagePictures, notices: Notices, leases: Leases, seal: PaperSeal, gate: Gate
) -> Courts:
    settings, database, clock = core.settings, core.database, core.clock
    docket = Docket(database, core.outbox, core.audit, core.spaces)
    invitations = Invitations(decode_keys(settings.token_keys))
    book = MediaBook(database, core.vault, core.outbox, clock)
    switchboard = Switchboard(book, core.bells) if settings.hearing_janus_url else None

    announcement = switchboard is not None and settings.hearing_announcement is not None

    def invite(hearing_id: str) -> str:
        return f"{settings.public_url}/hearings/{hearing_id}?invitation={invitations.issue(hearing_id)}"

    views = HearingViews(
        core.tickets.file_url,
        invite,
        voice=switchboard is not None,
        gated=gate.closed,
        announcement=announcement,
        clock=clock,
    )
    hearings = Hearings(
        database,
        docket,
        Scheduling(database, core.spaces, core.vault, core.audit, core.outbox, clock),
        Rescheduling(docket, core.vault, clock),
        Observers(database, docket, invitations, core.audit),
        HearingTickets(database, clock),
        views,
        _ice_servers(core),
        files,
        pages,
        core.spaces,
        core.publisher,
        switchboard,
        gate,
        core.limiter,
        settings.public_url,
        clock,
        announcement=announcement,
    )
    made, cards = MadeFiles(database, core.store, core.outbox, clock), HearingCards(core.cards)
    minutes = build_minutes(core, notices, seal, gate, made, cards)
    takes = _takes(settings)
    if switchboard is not None:
        stage = Stage(docket, book, leases, _janus(core, takes), core.publisher, hearings.tell, clock)
        switchboard.connect(stage)
    return Courts(
        hearings,
        Undertakings(docket, made, gate, views, hearings.tell, clock),
        BenchLines(database, docket, core.recorder, core.publisher),
        Attendance(database, docket, core.publisher.courtrooms, hearings.tell, clock),
        HearingEffects(docket, core.cards, cards, hearings.tell, minutes.drafts.acted),
        ScheduleEffects(database, docket, core.vault, core.cards, cards, notices, core.outbox, clock),
        build_asynchronous(core, docket, files, notices, views, cards, hearings.tell, minutes.drafts.exchanged, gate),
        switchboard,
        _recordings(core, docket, takes, made, cards, hearings.tell) if takes is not None else None,
        minutes,
    )


def _takes(settings: Settings) -> Takes | None:
    """None: nothing is recorded."""
    folder = settings.hearing_recordings
    return Takes(folder, shutil.which("janus-pp-rec")) if folder is not None else None


def _ice_servers(core: Core) -> IceServers:
    secret = core.settings.hearing_turn_secret
    return IceServers(core.settings.hearing_ice_urls, secret.get_secret_value() if secret else None, core.clock)


def _janus(core: Core, takes: Takes | None) -> JanusProvider:
    """The settings have been checked: with the address come both secrets."""
    settings = core.settings
    url, secret, admin_key = settings.hearing_janus_url, settings.hearing_janus_secret, settings.hearing_janus_admin_key
    if url is None or secret is None or admin_key is None:
        raise ValueError("no Janus is configured")
    return JanusProvider(
        url, secret.get_secret_value(), admin_key.get_secret_value(), takes, _announcement(settings), core.clock
    )


def _announcement(settings: Settings) -> Announcement | None:
    source, folder = settings.hearing_announcement, settings.hearing_recordings
    return Announcement(source, folder, Ffmpeg(find_ffmpeg())) if source is not None and folder is not None else None


def _recordings(
    core: Core, docket: Docket, takes: Takes, files: MadeFiles, cards: HearingCards, tell: Tell
) -> HearingRecordings:
    ffmpeg = Ffmpeg(find_ffmpeg())
    return HearingRecordings(core.database, docket, takes, files, ffmpeg, core.cards, cards, core.audit, tell)


async def _waits_for_voice(row: OutboxDocument) -> None:
    """Recordings lie where the voice server wrote them: parked by name until it is configured again, then released."""
    raise RuntimeError("a recording waits, and no voice server is configured")
