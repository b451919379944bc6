"""What a client has of coupons, and what they could take (E2)."""

from pymongo import ASCENDING

from schemas.api.pricing import CouponOffersView, CouponOfferView, CouponsQuery, CouponsView
from schemas.documents.pricing import CouponDocument
from schemas.enums import CouponState
from services.actors import Actor
from services.clock import Clock, utc_now
from services.pricing.campaigns import READY
from services.pricing.price_views import coupon_view, terms_view
from services.pricing.prices import best_subsidy
from services.pricing.pricing import Pricing
from services.pricing.subsidies import Subsidies
from services.storage.database import Database

SHOWN = 200


class Wallet:
    def __init__(self, database: Database, pricing: Pricing, subsidies: Subsidies, clock: Clock = utc_now) -> None:
        self._db = database
        self._pricing = pricing
        self._subsidies = subsidies
        self._clock = clock

    async def mine(self, actor: Actor, query: CouponsQuery) -> CouponsView:
        """The caller's coupons, those that end first before; asked about a product or quote, those that save most.

        Raises ``product.not_found``, ``quote.not_found``.
        """
        asked = query.product_id is not None or query.quote_id is not None
        item = await self._pricing.item(actor, query.product_id, query.quote_id) if asked else None
        found = self._db.coupons.find({"user_id": actor.user_id}).sort("valid_until", ASCENDING).limit(SHOWN)
        coupons = [coupon async for coupon in found if item is None or self._usable_some_day(coupon)]
        now = self._clock()
        subsidy = best_subsidy(await self._subsidies.open_to(actor.user_id), item, now) if item else None
        views = [coupon_view(coupon, now, item, subsidy) for coupon in coupons]
        if item is not None:
            views.sort(key=lambda view: -(view.saving_fen or 0))
        return CouponsView(items=views)

    async def offers(self, actor: Actor) -> CouponOffersView:
        """What everybody may take now, and whether the caller has taken all of theirs."""
        now = self._clock()
        query = {"claimable": True, "closed_at": {"$exists": False}, "valid_until": {"$gt": now}, **READY}
        items = []
        async for one in self._db.coupon_definitions.find(query).sort("valid_until", ASCENDING).limit(SHOWN):
            mine = {"definition_id": one["_id"], "user_id": actor.user_id}
            has = await self._db.coupons.count_documents(mine)
            none_left = one["total_limit"] is not None and one["issued"] >= one["total_limit"]
            if none_left and not has:
                continue
            items.append(
                CouponOfferView(
                    definition_id=one["_id"],
                    title=one["title"],
                    terms=terms_view(one["terms"]),
                    valid_until=one["valid_until"],
                    taken=none_left or has >= one["per_user_limit"],
                )
            )
        return CouponOffersView(items=items)

    def _usable_some_day(self, coupon: CouponDocument) -> bool:
        return coupon["state"] == CouponState.AVAILABLE and self._clock() < coupon["valid_until"]
