"""The price of something for somebody now: rules and coupons loaded, the sum made by ``prices`` (E2)."""

from collections.abc import Sequence

from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.api.pricing import PriceQuery, PriceView
from schemas.documents.orders import ProductDocument
from schemas.documents.pricing import CouponDocument, PriceDocument, QuoteDocument
from schemas.enums import SubjectKind
from services.actors import Actor
from services.clock import Clock, utc_now
from services.errors import Problem
from services.orders.products import Products
from services.pricing.price_views import price_view
from services.pricing.prices import UNFIT_TEXTS, Item, Unfit, UnfitError, best_subsidy, priced
from services.pricing.reservations import COUPON_GONE
from services.pricing.subsidies import Subsidies
from services.storage.database import Database


class Pricing:
    def __init__(self, database: Database, products: Products, subsidies: Subsidies, clock: Clock = utc_now) -> None:
        self._db = database
        self._products = products
        self._subsidies = subsidies
        self._clock = clock

    async def preview(self, actor: Actor, query: PriceQuery) -> PriceView:
        """What it costs the caller with these coupons. Raises what ``item`` raises, and ``order.coupon_invalid``."""
        item = await self.item(actor, query.product_id, query.quote_id)
        return price_view(await self.of(item, actor.user_id, query.coupon_ids))

    async def item(self, actor: Actor, product_id: str | None, quote_id: str | None) -> Item:
        """A product as it is ordered, or a quote that the caller was made. Raises ``product.not_found``,
        ``quote.not_found``."""
        if product_id is not None:
            return ordered(await self._products.offered(product_id))
        quote = await self._db.quotes.find_one({"_id": quote_id, "client_id": actor.user_id})
        if quote is None:
            raise Problem("quote.not_found")
        return quoted(quote)

    async def of(
        self,
        item: Item,
        user_id: str,
        coupon_ids: Sequence[str] = (),
        *,
        fresh: bool = False,
        session: AsyncClientSession | None = None,
    ) -> PriceDocument:
        """The price with these coupons of this person's. Raises ``order.coupon_invalid``, which names the coupon.

        ``fresh``: look at the subsidies' budgets now, as after one turned out to be spent.
        """
        now = self._clock()
        subsidy = best_subsidy(await self._subsidies.open_to(user_id, fresh=fresh), item, now)
        coupons = await self._coupons(user_id, coupon_ids, session) if coupon_ids else []
        try:
            return priced(item, subsidy, coupons, now)
        except UnfitError as fault:
            raise _invalid(fault.coupon_id, fault.why) from fault

    async def _coupons(
        self, user_id: str, coupon_ids: Sequence[str], session: AsyncClientSession | None
    ) -> list[CouponDocument]:
        mine = {"_id": {"$in": list(coupon_ids)}, "user_id": user_id}
        found = {coupon["_id"]: coupon async for coupon in self._db.coupons.find(mine, session=session)}
        for coupon_id in coupon_ids:
            if coupon_id not in found:
                raise Problem(COUPON_GONE, errors=[{"field": "coupon_ids", "message": "没有这张优惠券"}])
        return list(found.values())


def ordered(product: ProductDocument) -> Item:
    """A product, as it is ordered."""
    return Item(SubjectKind.ORDER, product["price_fen"], product["code"], product["kind"])


def quoted(quote: QuoteDocument) -> Item:
    """A quote, as it is accepted."""
    return Item(SubjectKind.QUOTE, quote["amount_fen"], quote["product"]["code"], quote["product"]["kind"])


def _invalid(coupon_id: str, why: Unfit) -> Problem:
    text = UNFIT_TEXTS[why]
    return Problem(COUPON_GONE, text, errors=[{"field": f"coupon_ids.{coupon_id}", "message": text}])
