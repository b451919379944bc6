"""The only place where things are constructed. ``build(settings)`` gives a whole process, not yet running."""

from dataclasses import dataclass

from server.alarms import AlarmCounter
from server.metrics import Metrics
from server.rounds import Rounds
from server.settings import Settings
from server.wiring.books import Books
from server.wiring.core import Core, build_core
from server.wiring.hearings import Courts
from server.wiring.live import connect_publisher
from server.wiring.offer import offered
from server.wiring.pay_keys import keep_certificates
from server.wiring.persons import Persons
from server.wiring.readings import Reading
from server.wiring.record import Record
from server.wiring.settlement import Settling
from server.wiring.themes import build_themes
from server.wiring.verification import Verifying
from server.wiring.work import build_worker
from server.worker import Worker
from services.bundle import Services
from services.clock import Clock, utc_now
from services.identity.staff import Staff
from services.keys import Vault
from services.spaces.purging import Purging
from services.storage.blobs import Blobs
from services.storage.database import Database


@dataclass(frozen=True, slots=True)
class House:
    """Everything of one process that somebody outside the wiring needs."""

    core: Core
    courts: Courts
    services: Services
    staff: Staff
    worker: Worker
    record: Record
    books: Books
    rounds: Rounds
    alarms: AlarmCounter
    settling: Settling
    reading: Reading
    verifying: Verifying
    purging: Purging
    persons: Persons

    @property
    def settings(self) -> Settings:
        return self.core.settings

    @property
    def database(self) -> Database:
        return self.core.database

    @property
    def blobs(self) -> Blobs:
        return self.core.blobs

    @property
    def vault(self) -> Vault:
        return self.core.vault

    @property
    def metrics(self) -> Metrics:
        return self.core.metrics

    async def start(self) -> None:
        self.alarms.start()
        self.reading.announce()
        await self.core.publisher.start()
        self.rounds.start()

    async def close(self) -> None:
        """Answer what was accepted, then let go of everything."""
        await self.rounds.stop()
        await self.courts.close()
        await self.reading.close()
        await self.core.recorder.close()
        await self.core.publisher.close()
        self.core.http.close()
        await self.core.blobs.close()
        await self.core.second.blobs.close()
        await self.core.database.close()
        self.alarms.stop()


def build(settings: Settings, *, clock: Clock = utc_now) -> House:
    """Construct a process. Opens no connection by itself; must run inside the event loop."""
    core = build_core(settings, clock)
    themes = build_themes(core)
    connect_publisher(core, themes.telling.attention, themes.identity.sessions)
    return House(
        core,
        themes.courts,
        offered(core, themes),
        themes.identity.staff,
        build_worker(core, themes),
        themes.record,
        themes.books,
        Rounds([keep_certificates(core, themes.money.pay)]),
        AlarmCounter(core.metrics),
        themes.settling,
        themes.reading,
        themes.verifying,
        themes.talk.purging,
        themes.persons,
    )
