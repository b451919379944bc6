"""Prices, coupons, companies; and what is sold besides orders: quotes, tips, top-ups."""

from dataclasses import dataclass

from schemas.enums import SubjectKind
from server.wiring.core import Core
from server.worker import Tick
from services.notices.notices import Notices
from services.orders.order_book import OrderBook
from services.orders.products import Products
from services.outbox import Effect
from services.payments.payment_watch import PaymentWatch
from services.payments.payments import Payments
from services.payments.purposes import Purpose
from services.pricing.campaigns import Campaigns
from services.pricing.companies import Companies
from services.pricing.coupons import Coupons
from services.pricing.pricing import Pricing
from services.pricing.subsidies import Subsidies
from services.pricing.tips import TipPayments, Tips
from services.pricing.top_ups import TopUpPayments, TopUps
from services.pricing.wallet import Wallet
from services.quotes.quote_book import QuoteBook
from services.quotes.quote_effects import QuoteEffects
from services.quotes.quote_payments import QuotePayments, QuoteWatch
from services.quotes.quotes import Quotes


@dataclass(frozen=True, slots=True)
class Prices:
    products: Products
    subsidies: Subsidies
    coupons: Coupons
    wallet: Wallet
    pricing: Pricing
    companies: Companies
    quote_book: QuoteBook

    def purposes(self, core: Core) -> dict[SubjectKind, Purpose]:
        """What besides orders can be paid for."""
        return {
            SubjectKind.QUOTE: QuotePayments(core.database, self.quote_book, core.clock),
            SubjectKind.TIP: TipPayments(core.database, core.outbox, core.clock),
            SubjectKind.TOP_UP: TopUpPayments(core.database, core.clock),
        }


def build_prices(core: Core) -> Prices:
    database, audit, clock = core.database, core.audit, core.clock
    products = Products(database, clock)
    campaigns = Campaigns(database, core.work_items, core.settings.campaign_alone_fen, clock)
    subsidies = Subsidies(database, campaigns, audit, clock)
    pricing = Pricing(database, products, subsidies, clock)
    return Prices(
        products=products,
        subsidies=subsidies,
        coupons=Coupons(database, core.index, campaigns, audit, clock),
        wallet=Wallet(database, pricing, subsidies, clock),
        pricing=pricing,
        companies=Companies(database, core.ledger, core.index, audit, clock),
        quote_book=QuoteBook(database, core.vault, audit, core.outbox, clock),
    )


@dataclass(frozen=True, slots=True)
class Sales:
    quotes: Quotes
    tips: Tips
    top_ups: TopUps
    quote_effects: QuoteEffects
    quote_watch: QuoteWatch

    def effects(self) -> dict[str, Effect]:
        return {**self.quote_effects.effects(), **self.tips.effects()}

    def ticks(self) -> list[Tick]:
        return [Tick("quotes", 60.0, self.quote_watch.tick)]


def build_sales(
    core: Core, prices: Prices, book: OrderBook, payments: Payments, watch: PaymentWatch, notices: Notices
) -> Sales:
    database, audit, outbox, clock = core.database, core.audit, core.outbox, core.clock
    quote_book = prices.quote_book
    return Sales(
        quotes=Quotes(
            database,
            quote_book,
            core.spaces,
            prices.pricing,
            payments,
            core.idempotency,
            audit,
            outbox,
            clock,
        ),
        tips=Tips(database, book, payments, core.cards, notices, core.publisher, clock),
        top_ups=TopUps(database, prices.companies, payments, core.ledger, audit, clock),
        quote_effects=QuoteEffects(database, quote_book, core.cards, notices, core.publisher),
        quote_watch=QuoteWatch(database, quote_book, watch, outbox, clock),
    )
