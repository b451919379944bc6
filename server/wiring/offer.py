"""What the doors of a process may call."""

from server.wiring.core import Core
from server.wiring.hearings import build_candidates
from server.wiring.notices import build_pushes
from server.wiring.receipts import build_receipts
from server.wiring.themes import Themes
from services.bundle import Services
from services.desk_counts import DeskCounts
from services.notices.pushes import Listener
from services.pricing.coupon_numbers import CouponNumbers
from services.spaces.messages import Messages
from services.spaces.space_views import SpaceViews
from services.spaces.sync import Sync
from services.storage.database import is_outage


def offered(core: Core, themes: Themes) -> Services:
    listeners: list[Listener] = [themes.shipping.pushed, themes.content.verdicts.pushed]
    return Services(
        accounts=themes.identity.accounts,
        attendance=themes.courts.attendance,
        bench_lines=themes.courts.lines,
        calls=themes.talk.calls,
        case_elements=themes.catalogue.elements,
        companies=themes.prices.companies,
        content_holds=themes.content.holds,
        coupon_numbers=CouponNumbers(core.database, core.clock),
        coupons=themes.prices.coupons,
        delivery_reports=themes.telling.reports,
        desk=themes.talk.desk,
        desk_counts=DeskCounts(core.database),
        directory=themes.identity.directory,
        dispute_files=themes.quarrels.files,
        disputes=themes.quarrels.disputes,
        draft_papers=themes.catalogue.drafts,
        evidence=themes.catalogue.evidence,
        evidence_files=themes.catalogue.files,
        exchanges=themes.courts.asynchronous.exchanges,
        exports=themes.record.exports,
        files=themes.rooms.files,
        finance=themes.books.finance,
        firms=themes.settling.firms,
        form_suggestions=themes.catalogue.forms,
        hearing_candidates=build_candidates(core),
        hearings=themes.courts.hearings,
        undertakings=themes.courts.undertakings,
        invoices=themes.invoicing.invoices,
        is_outage=is_outage,
        mailboxes=themes.telling.mailboxes,
        memberships=themes.talk.memberships,
        messages=Messages(
            core.database,
            core.recorder,
            core.spaces,
            themes.rooms.files,
            themes.telling.notices,
            core.reader,
            core.publisher,
            core.limiter,
            core.settings.recall_window,
            core.clock,
        ),
        minutes=themes.courts.minutes.services,
        notes=themes.talk.notes,
        notice_statistics=themes.telling.statistics,
        notices=themes.telling.notices,
        orders=themes.money.orders,
        own_data=themes.persons.own_data,
        originals=themes.rooms.originals,
        page_pictures=themes.reading.pages,
        paper_filing=themes.catalogue.filing,
        payments=themes.money.payments,
        payouts=themes.settling.payouts,
        penalties=themes.settling.penalties,
        pricing=themes.prices.pricing,
        products=themes.prices.products,
        pushes=build_pushes(core, themes.identity.accounts, themes.telling, listeners),
        quotes=themes.sales.quotes,
        reach=themes.telling.reach,
        reading_pictures=themes.reading.pictures,
        identity_marks=themes.reading.marks,
        readings=themes.reading.readings,
        receipts=build_receipts(core, themes.signer, themes.seal),
        refunds=themes.money.refunds,
        reviews=themes.verifying.reviews,
        rulebook=themes.settling.rulebook,
        search=themes.talk.search,
        sessions=themes.identity.sessions,
        settlements=themes.settling.settlements,
        sign_in=themes.identity.sign_in,
        space_closing=themes.talk.closing,
        space_views=SpaceViews(core.database, core.spaces, core.reader, core.recorder, core.publisher),
        spaces=core.spaces,
        subscriptions=themes.telling.subscriptions,
        profiles=themes.personnel.profiles,
        staff_desk=themes.personnel.desk,
        stuck_refunds=themes.money.stuck_refunds,
        subsidies=themes.prices.subsidies,
        sync=Sync(core.spaces, core.reader, core.recorder, themes.signer, core.clock),
        terms=themes.persons.terms,
        tips=themes.sales.tips,
        top_ups=themes.sales.top_ups,
        turns=themes.courts.asynchronous.turns,
        verifications=themes.verifying.verifications,
        wallet=themes.prices.wallet,
        wishes=themes.telling.wishes,
        work_desk=themes.books.work_desk,
    )
