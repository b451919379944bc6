"""Hearings: the court's rules and record, and the voice room where a media server is configured."""

from dataclasses import dataclass

from server.settings import decode_keys
from server.wiring.core import Core
from server.worker import Tick
from services.files.files import Files
from services.hearings.attendance import Attendance
from services.hearings.docket import Docket
from services.hearings.hearing_effects import HearingEffects
from services.hearings.hearing_views import HearingViews
from services.hearings.hearings import Hearings
from services.hearings.ice import IceServers
from services.hearings.observers import Observers
from services.hearings.passes import HearingTickets, Invitations
from services.hearings.scheduling import Scheduling
from services.notices.notices import Notices
from services.outbox import Effect

ATTENDANCE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Courts:
    hearings: Hearings
    attendance: Attendance
    after: HearingEffects

    def effects(self) -> dict[str, Effect]:
        return self.after.effects()

    def ticks(self) -> list[Tick]:
        return [Tick("attendance", ATTENDANCE_SECONDS, self.attendance.tick)]


def build_hearings(core: Core, files: Files, notices: Notices) -> Courts:
    settings, database, clock = core.settings, core.database, core.clock
    docket = Docket(database, core.outbox, core.audit)
    invitations = Invitations(decode_keys(settings.token_keys))

    def invite(hearing_id: str) -> str:
        return f"{settings.public_url}/hearings/{hearing_id}?invitation={invitations.issue(hearing_id)}"

    hearings = Hearings(
        database,
        docket,
        Scheduling(database, core.spaces, core.vault, core.audit, core.outbox, clock),
        Observers(database, docket, invitations, core.audit),
        HearingTickets(database, clock),
        HearingViews(core.tickets.file_url, invite, voice=False, clock=clock),
        IceServers([], None, clock),
        files,
        core.recorder,
        core.publisher,
        None,
        settings.public_url,
        clock,
    )
    return Courts(
        hearings,
        Attendance(database, docket, core.publisher, hearings.tell, clock),
        HearingEffects(database, docket, core.cards, notices, core.outbox, hearings.tell, clock),
    )
