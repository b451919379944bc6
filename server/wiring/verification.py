"""Who people are, proven (B2): applications, the provider, the desk that reviews."""

from dataclasses import dataclass
from datetime import timedelta

from miniprogram_api.identity_checks import TencentIdentityChecks
from miniprogram_api.settings import TencentIdentityConfig
from server.settings import Settings
from server.wiring.core import Core
from server.wiring.files import FileRooms
from server.worker import Tick
from services.hearings.proven_seats import ProvenSeats
from services.identity.counters import Counters
from services.notices.notices import Notices
from services.outbox import Effect
from services.readings.paper_reader import PaperReader
from services.readings.reading_seals import ReadingSeals
from services.verification.checking import Checking
from services.verification.consent_texts import RECEIVERS, Receiver, consent_texts
from services.verification.consents import Consents
from services.verification.deciding import Deciding
from services.verification.gate import Gate
from services.verification.identity_provider import IdentityProvider
from services.verification.papers import Papers
from services.verification.reviews import Reviews
from services.verification.standing import Standing
from services.verification.verification_book import VerificationBook
from services.verification.verifications import Verifications

LOOK_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Verifying:
    verifications: Verifications
    reviews: Reviews
    standing: Standing
    checking: Checking
    deciding: Deciding
    gate: Gate
    consents: Consents

    def effects(self) -> dict[str, Effect]:
        return self.checking.effects()

    def ticks(self) -> list[Tick]:
        return [Tick("verification", LOOK_SECONDS, self.checking.tick)]


def build_verification(core: Core, rooms: FileRooms, reader: PaperReader, notices: Notices) -> Verifying:
    settings, database, clock = core.settings, core.database, core.clock
    book = VerificationBook(database, core.vault, core.audit, clock)
    standing = Standing(database, book, clock)
    seals = ReadingSeals(core.vault)
    papers = Papers(
        database,
        rooms.held,
        reader,
        seals,
        core.audit,
        most_waiting=settings.ocr_queue_most,
        clock=clock,
    )
    deciding = Deciding(
        database,
        book,
        standing,
        core.index,
        core.work_items,
        core.audit,
        core.outbox,
        recheck=timedelta(days=settings.identity_recheck_days),
        keep_photos=timedelta(days=settings.verification_photo_days),
        clock=clock,
    )
    provider, receiver = _provider(core), _receiver(settings)
    consents = Consents(database, core.audit, consent_texts(receiver), clock)
    checking = Checking(
        database,
        book,
        papers,
        standing,
        deciding,
        provider,
        consents,
        notices,
        ProvenSeats(database, clock).refresh,
        public_url=settings.public_url,
        clock=clock,
    )
    verifications = Verifications(
        database,
        book,
        papers,
        consents,
        standing,
        checking,
        Counters(database, clock),
        core.index,
        core.work_items,
        core.outbox,
        face_offered=receiver is not None and receiver.face,
        clock=clock,
    )
    reviews = Reviews(database, book, papers, deciding, core.audit)
    gate = Gate(database, closed=settings.demands_identity, clock=clock)
    return Verifying(verifications, reviews, standing, checking, deciding, gate, consents)


def _provider(core: Core) -> IdentityProvider | None:
    if core.settings.identity_provider is None:
        return None
    return TencentIdentityChecks(identity_config(core.settings), core.http)


def _receiver(settings: Settings) -> Receiver | None:
    """Whom the texts that people agree to name."""
    code = settings.identity_provider
    return Receiver(code, RECEIVERS[code], settings.identity_face_rule is not None) if code is not None else None


def identity_config(settings: Settings) -> TencentIdentityConfig:
    """The account at Tencent Cloud, which SMS has too."""
    return TencentIdentityConfig(
        settings.sms_secret_id.get_secret_value(),
        settings.sms_secret_key.get_secret_value(),
        settings.identity_face_rule,
        settings.identity_api_url,
        settings.company_api_url,
    )
