"""All services of a process, as the doors are given them. Built in ``server/wiring.py`` and nowhere else."""

from collections.abc import Callable
from dataclasses import dataclass

from services.content.content_holds import ContentHolds
from services.desk_counts import DeskCounts
from services.disputes.dispute_files import DisputeFiles
from services.disputes.disputes import Disputes
from services.evidence.case_elements import CaseElementsBook
from services.evidence.catalogue_files import CatalogueFiles
from services.evidence.evidence import Evidence
from services.files.files import Files
from services.files.originals import Originals
from services.files.page_pictures import PagePictures
from services.hearings.asynchronous.exchanges import Exchanges
from services.hearings.asynchronous.turns import Turns
from services.hearings.attendance import Attendance
from services.hearings.bench_lines import BenchLines
from services.hearings.candidates import Candidates
from services.hearings.hearings import Hearings
from services.hearings.minutes.minutes import Minutes
from services.hearings.undertakings import Undertakings
from services.identity.accounts import Accounts
from services.identity.directory import Directory
from services.identity.sessions import Sessions
from services.identity.sign_in import SignIn
from services.invoicing.invoices import Invoices
from services.notices.delivery_reports import DeliveryReports
from services.notices.mailboxes import Mailboxes
from services.notices.notice_statistics import NoticeStatistics
from services.notices.notices import Notices
from services.notices.pushes import Pushes
from services.notices.reach import Reach
from services.notices.subscriptions import Subscriptions
from services.notices.wishes import Wishes
from services.orders.draft_papers import DraftPapers
from services.orders.form_suggestions import FormSuggestions
from services.orders.orders import Orders
from services.orders.paper_filing import PaperFiling
from services.orders.products import Products
from services.payments.payments import Payments
from services.payments.refunds import Refunds
from services.payments.stuck_refunds import StuckRefunds
from services.persons.own_data import OwnData
from services.pricing.companies import Companies
from services.pricing.coupon_numbers import CouponNumbers
from services.pricing.coupons import Coupons
from services.pricing.pricing import Pricing
from services.pricing.subsidies import Subsidies
from services.pricing.tips import Tips
from services.pricing.top_ups import TopUps
from services.pricing.wallet import Wallet
from services.quotes.quotes import Quotes
from services.readings.identity_marks import IdentityMarks
from services.readings.reading_pictures import ReadingPictures
from services.readings.readings import Readings
from services.receipts.receipts import Receipts
from services.reconciliation.finance import Finance
from services.search.search import Search
from services.settlement.firms import Firms
from services.settlement.payouts import Payouts
from services.settlement.penalties import Penalties
from services.settlement.rulebook import Rulebook
from services.settlement.settlements import Settlements
from services.spaces.calls import Calls
from services.spaces.desk import Desk
from services.spaces.exports import Exports
from services.spaces.memberships import Memberships
from services.spaces.messages import Messages
from services.spaces.notes import Notes
from services.spaces.space_closing import SpaceClosing
from services.spaces.space_views import SpaceViews
from services.spaces.spaces import Spaces
from services.spaces.sync import Sync
from services.staff.profiles import Profiles
from services.staff.staff_desk import StaffDesk
from services.terms.terms import Terms
from services.verification.reviews import Reviews
from services.verification.verifications import Verifications
from services.work_desk import WorkDesk


@dataclass(frozen=True, slots=True)
class Services:
    accounts: Accounts
    calls: Calls
    companies: Companies
    coupons: Coupons
    content_holds: ContentHolds
    coupon_numbers: CouponNumbers
    delivery_reports: DeliveryReports
    desk: Desk
    desk_counts: DeskCounts
    directory: Directory
    dispute_files: DisputeFiles
    disputes: Disputes
    invoices: Invoices
    case_elements: CaseElementsBook
    draft_papers: DraftPapers
    paper_filing: PaperFiling
    evidence: Evidence
    evidence_files: CatalogueFiles
    exchanges: Exchanges
    exports: Exports
    files: Files
    finance: Finance
    form_suggestions: FormSuggestions
    attendance: Attendance
    bench_lines: BenchLines
    hearing_candidates: Candidates
    hearings: Hearings
    undertakings: Undertakings
    minutes: Minutes
    memberships: Memberships
    messages: Messages
    notes: Notes
    mailboxes: Mailboxes
    notice_statistics: NoticeStatistics
    notices: Notices
    orders: Orders
    payments: Payments
    pricing: Pricing
    products: Products
    pushes: Pushes
    own_data: OwnData
    originals: Originals
    page_pictures: PagePictures
    reading_pictures: ReadingPictures
    identity_marks: IdentityMarks
    readings: Readings
    receipts: Receipts
    quotes: Quotes
    refunds: Refunds
    firms: Firms
    payouts: Payouts
    penalties: Penalties
    rulebook: Rulebook
    settlements: Settlements
    search: Search
    sessions: Sessions
    sign_in: SignIn
    spaces: Spaces
    space_closing: SpaceClosing
    space_views: SpaceViews
    subscriptions: Subscriptions
    profiles: Profiles
    staff_desk: StaffDesk
    stuck_refunds: StuckRefunds
    subsidies: Subsidies
    reach: Reach
    sync: Sync
    reviews: Reviews
    verifications: Verifications
    wishes: Wishes
    work_desk: WorkDesk
    terms: Terms
    tips: Tips
    top_ups: TopUps
    turns: Turns
    wallet: Wallet
    is_outage: Callable[[BaseException | None], bool]
