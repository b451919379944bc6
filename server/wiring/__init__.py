"""The only place where things are constructed. ``build(settings)`` gives a whole process, not yet running."""

from dataclasses import dataclass

from server.alarms import AlarmCounter
from server.metrics import Metrics
from server.process_names import is_dead
from server.rounds import Rounds
from server.settings import Settings
from server.wiring.books import Books, build_books
from server.wiring.content import build_content
from server.wiring.core import Core, build_core
from server.wiring.disputes import build_disputes
from server.wiring.evidence import build_catalogue
from server.wiring.files import build_files
from server.wiring.hearings import Courts, build_candidates, build_hearings
from server.wiring.invoicing import build_invoicing
from server.wiring.live import connect_publisher
from server.wiring.money import build_money
from server.wiring.notices import build_pushes, build_telling
from server.wiring.pay_keys import keep_certificates
from server.wiring.people import build_identity
from server.wiring.pricing import build_prices, build_sales
from server.wiring.readings import Reading, build_reading
from server.wiring.receipts import build_receipts, build_seal
from server.wiring.record import Evidence, build_evidence
from server.wiring.settlement import Settling, build_settling
from server.wiring.shipping import build_shipping
from server.wiring.talk import build_talk
from server.wiring.terms import build_terms
from server.wiring.verification import Verifying, build_verification
from server.worker import Tick, Worker
from services.bundle import Services
from services.clock import Clock, utc_now
from services.desk_counts import DeskCounts
from services.followers import Followers
from services.identity.staff import Staff
from services.keys import Vault
from services.notices.pushes import Listener
from services.pricing.coupon_numbers import CouponNumbers
from services.record import HeadSigner
from services.spaces.messages import Messages
from services.spaces.purging import Purging
from services.spaces.space_views import SpaceViews
from services.spaces.sync import Sync
from services.storage.blobs import Blobs
from services.storage.database import Database, is_outage
from services.storage.leases import Leases


@dataclass(frozen=True, slots=True)
class House:
    """Everything of one process that somebody outside the wiring needs."""

    core: Core
    courts: Courts
    services: Services
    staff: Staff
    worker: Worker
    evidence: Evidence
    books: Books
    rounds: Rounds
    alarms: AlarmCounter
    settling: Settling
    reading: Reading
    verifying: Verifying
    purging: Purging

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
    identity = build_identity(core)
    shipping = build_shipping(core, identity.accounts)
    telling = build_telling(core, identity.accounts)
    rooms = build_files(core)
    files = rooms.files
    prices = build_prices(core)
    money = build_money(core, prices, identity.accounts, files, telling.notices)
    sales = build_sales(core, prices, money.book, money.payments, money.watch, telling.notices)
    settling = build_settling(core, money.pay, telling.notices)
    quarrels = build_disputes(core, money, settling.penalties, files, telling.notices)
    invoicing = build_invoicing(core, money, telling.notices)
    connect_publisher(core, telling.attention, identity.sessions)
    signer = HeadSigner(settings.record_key_file.read_bytes())
    evidence = build_evidence(core, signer)
    talk = build_talk(core, identity.accounts, telling.notices)
    reading = build_reading(core, files, talk.index)
    verifying = build_verification(core, rooms, reading.reader, telling.notices)
    catalogue = build_catalogue(core, rooms, reading.reader, prices.products, verifying.gate)
    leases = Leases(core.database, core.process, clock, is_dead)
    books = build_books(core, money, leases)
    seal = build_seal(core)
    courts = build_hearings(core, files, reading.pages, telling.notices, leases, seal, verifying.gate)
    content = build_content(core, identity.accounts, telling.notices)
    listeners: list[Listener] = [shipping.pushed, content.verdicts.pushed]
    services = Services(
        accounts=identity.accounts,
        calls=talk.calls,
        companies=prices.companies,
        coupons=prices.coupons,
        content_holds=content.holds,
        coupon_numbers=CouponNumbers(core.database, clock),
        delivery_reports=telling.reports,
        desk=talk.desk,
        desk_counts=DeskCounts(core.database),
        directory=identity.directory,
        dispute_files=quarrels.files,
        disputes=quarrels.disputes,
        invoices=invoicing.invoices,
        case_elements=catalogue.elements,
        draft_papers=catalogue.drafts,
        paper_filing=catalogue.filing,
        evidence=catalogue.evidence,
        evidence_files=catalogue.files,
        exchanges=courts.asynchronous.exchanges,
        exports=evidence.exports,
        files=files,
        finance=books.finance,
        form_suggestions=catalogue.forms,
        attendance=courts.attendance,
        bench_lines=courts.lines,
        hearing_candidates=build_candidates(core),
        hearings=courts.hearings,
        minutes=courts.minutes.services,
        memberships=talk.memberships,
        messages=Messages(
            core.database,
            core.recorder,
            core.spaces,
            files,
            telling.notices,
            core.reader,
            core.publisher,
            core.sending,
            settings.recall_window,
            clock,
        ),
        notes=talk.notes,
        mailboxes=telling.mailboxes,
        notice_statistics=telling.statistics,
        notices=telling.notices,
        orders=money.orders,
        payments=money.payments,
        pricing=prices.pricing,
        products=prices.products,
        pushes=build_pushes(core, identity.accounts, telling, listeners),
        quotes=sales.quotes,
        page_pictures=reading.pages,
        reading_pictures=reading.pictures,
        readings=reading.readings,
        receipts=build_receipts(core, signer, seal),
        refunds=money.refunds,
        firms=settling.firms,
        payouts=settling.payouts,
        penalties=settling.penalties,
        rulebook=settling.rulebook,
        settlements=settling.settlements,
        search=talk.search,
        sessions=identity.sessions,
        sign_in=identity.sign_in,
        spaces=core.spaces,
        space_closing=talk.closing,
        space_views=SpaceViews(core.database, core.spaces, core.reader, core.recorder, core.publisher),
        subscriptions=telling.subscriptions,
        subsidies=prices.subsidies,
        reach=telling.reach,
        sync=Sync(core.spaces, core.reader, core.recorder, signer, clock),
        work_desk=books.work_desk,
        terms=build_terms(core, identity.sessions, verifying.consents),
        tips=sales.tips,
        top_ups=sales.top_ups,
        turns=courts.asynchronous.turns,
        wallet=prices.wallet,
        reviews=verifying.reviews,
        verifications=verifying.verifications,
        wishes=telling.wishes,
        is_outage=is_outage,
    )
    effects = {
        **files.effects(),
        **rooms.second.effects(),
        **courts.effects(),
        **content.holds.effects(),
        **telling.deliveries.effects(),
        **telling.reports.effects(),
        **money.effects.effects(),
        **money.refunds.effects(),
        **money.settled.effects(),
        **money.watch.effects(),
        **sales.effects(),
        **settling.effects(),
        **quarrels.effects(),
        **catalogue.effects(),
        **reading.effects(),
        **verifying.effects(),
        **invoicing.issuing.effects(),
        **shipping.effects(),
        **talk.effects(),
    }
    follow = {
        "attention": telling.attention.follow,
        "checkpoints": evidence.checkpoints.follow,
        **content.follows(),
        "mentions": telling.mentions.follow,
        **reading.follows(),
        "search": talk.index.follow,
    }
    worker = Worker(
        core.outbox,
        effects,
        Followers(core.database, follow, core.outbox.nudge, clock),
        [
            Tick("attention", 1.0, telling.attention.tick),
            Tick("content", 1.0, content.checks.tick),
            Tick("mentions", 1.0, telling.mentions.tick),
            Tick("payments", 2.0, money.payments.tick),
            Tick("refunds", 5.0, money.refunds.tick),
            Tick("uploads", 60.0, files.tick),
            *evidence.ticks(),
            *settling.ticks(),
            *quarrels.ticks(),
            Tick("invoices", 5.0, invoicing.issuing.tick),
            *books.ticks(),
            *sales.ticks(),
            *courts.ticks(),
            *reading.ticks(),
            *catalogue.ticks(),
            *verifying.ticks(),
            *talk.ticks(),
        ],
        leases,
        core.metrics,
        core.nudged,
    )
    rounds = Rounds([keep_certificates(core, money.pay)])
    return House(
        core,
        courts,
        services,
        identity.staff,
        worker,
        evidence,
        books,
        rounds,
        AlarmCounter(core.metrics),
        settling,
        reading,
        verifying,
        talk.purging,
    )
