"""Prices, coupons, companies, quotes and tips for the world around orders (``orders_world``)."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from schemas.api.base import PageQuery
from schemas.api.pricing import ClaimBody, CouponDefinitionBody, CouponView, DiscountBody, SubsidyBody, TermsBody
from schemas.enums import DiscountKind, Role, SubjectKind
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock
from services.idempotency import Idempotency
from services.ids import new_id
from services.keys import BlindIndex, Vault
from services.ledger.ledger import Ledger
from services.live import Live
from services.notices.notices import Notices
from services.orders.order_book import OrderBook
from services.orders.products import Products
from services.outbox import Effect, Outbox
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
from services.spaces.cards import Cards
from services.spaces.spaces import Spaces
from services.storage.database import Database
from services.work_items import WorkItems

OPS = Actor("0" * 24, frozenset({Role.OPS}), "session")
FIXED, PERCENTAGE = DiscountKind.FIXED, DiscountKind.PERCENTAGE


@dataclass
class Shop:
    database: Database
    products: Products
    vault: Vault
    index: BlindIndex
    ledger: Ledger
    audit: Audit
    outbox: Outbox
    clock: Clock
    quotes: Quotes = field(init=False)
    tips: Tips = field(init=False)
    top_ups: TopUps = field(init=False)
    quote_watch: QuoteWatch = field(init=False)
    effects: dict[str, Effect] = field(default_factory=dict)

    def __post_init__(self) -> None:
        database, audit, clock = self.database, self.audit, self.clock
        campaigns = Campaigns(database, WorkItems(database, audit, clock), 1_000_00, clock)
        self.subsidies = Subsidies(database, campaigns, audit, clock)
        self.pricing = Pricing(database, self.products, self.subsidies, clock)
        self.coupons = Coupons(database, self.index, campaigns, audit, clock)
        self.wallet = Wallet(database, self.pricing, self.subsidies, clock)
        self.companies = Companies(database, self.ledger, self.index, audit, clock)
        self.quote_book = QuoteBook(database, self.vault, audit, self.outbox, clock)

    def purposes(self) -> dict[SubjectKind, Purpose]:
        return {
            SubjectKind.QUOTE: QuotePayments(self.database, self.quote_book, self.clock),
            SubjectKind.TIP: TipPayments(self.database, self.outbox, self.clock),
            SubjectKind.TOP_UP: TopUpPayments(self.database, self.clock),
        }

    def open(
        self,
        book: OrderBook,
        payments: Payments,
        watch: PaymentWatch,
        spaces: Spaces,
        idempotency: Idempotency,
        cards: Cards,
        notices: Notices,
        live: Live,
    ) -> None:
        database, audit, outbox, clock = self.database, self.audit, self.outbox, self.clock
        self.quotes = Quotes(
            database, self.quote_book, spaces, self.pricing, payments, idempotency, audit, outbox, clock
        )
        self.tips = Tips(database, book, payments, cards, notices, live, clock)
        self.top_ups = TopUps(database, self.companies, payments, self.ledger, audit, clock)
        self.quote_watch = QuoteWatch(database, self.quote_book, watch, outbox, clock)
        quote_effects = QuoteEffects(database, self.quote_book, cards, notices, live)
        self.effects = {**quote_effects.effects(), **self.tips.effects()}

    # --- what ops do

    async def define(self, off_fen: int = 10_00, **more: Any) -> str:
        """A definition; ``terms`` and the definition's own fields by name."""
        now = self.clock()
        discount = {"kind": FIXED, "off_fen": off_fen, **more.pop("terms", {})}
        body = CouponDefinitionBody(
            code=f"c-{new_id()}",
            title=more.pop("title", "新人券"),
            terms=TermsBody(**discount),
            valid_from=more.pop("valid_from", now - timedelta(days=1)),
            valid_until=more.pop("valid_until", now + timedelta(days=30)),
            **({"claimable": True, "per_user_limit": 10} | more),
        )
        return (await self.coupons.define(None, body)).id

    async def coupon(self, client: Actor, off_fen: int = 10_00, **more: Any) -> CouponView:
        """One that the client has claimed."""
        definition_id = await self.define(off_fen, **more)
        return await self.coupons.claim(client, ClaimBody(definition_id=definition_id))

    async def subsidise(self, off_fen: int, budget_fen: int | None = None, code: str | None = None) -> str:
        now = self.clock()
        discount: dict[str, Any] = {"kind": FIXED, "off_fen": off_fen}
        body = SubsidyBody(
            code=code or f"s-{new_id()}",
            title="平台补贴",
            discount=DiscountBody(**discount),
            valid_from=now - timedelta(days=1),
            valid_until=now + timedelta(days=30),
            budget_fen=budget_fen,
        )
        return (await self.subsidies.put(None, body)).id

    async def no_subsidies(self) -> None:
        """End all of them, so that one test does not pay for another."""
        for rule in (await self.subsidies.page(PageQuery(limit=100))).items:
            await self.subsidies.end(OPS, rule.id)
