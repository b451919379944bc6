"""What became of the coupons of one definition: the numbers of a campaign (E2)."""

from typing import Any

from schemas.api.pricing import CouponNumbersView
from schemas.enums import CouponState
from services.clock import Clock, utc_now
from services.errors import Problem
from services.storage.database import Database


class CouponNumbers:
    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._db = database
        self._clock = clock

    async def of(self, definition_id: str) -> CouponNumbersView:
        """Counted afresh each time, along the definition's own coupons. Raises ``coupon.not_found``."""
        if await self._db.coupon_definitions.find_one({"_id": definition_id}, {"_id": 1}) is None:
            raise Problem("coupon.not_found")
        counts, saved = await self._coupons(definition_id)
        codes = {"definition_id": definition_id}
        return CouponNumbersView(
            available=counts.get("available", 0),
            expired=counts.get("expired", 0),
            reserved=counts.get("reserved", 0),
            redeemed=counts.get("redeemed", 0),
            redeemed_fen=saved,
            codes=await self._db.coupon_codes.count_documents(codes),
            codes_used=await self._db.coupon_codes.count_documents(codes | {"coupon_id": {"$exists": True}}),
        )

    async def _coupons(self, definition_id: str) -> tuple[dict[str, int], int]:
        """State → coupons, those that nobody used in time apart; and what the redeemed ones saved, in fen."""
        late = {"$and": [{"$eq": ["$state", CouponState.AVAILABLE.value]}, {"$lte": ["$valid_until", self._clock()]}]}
        pipeline: list[dict[str, Any]] = [
            {"$match": {"definition_id": definition_id}},
            {
                "$group": {
                    "_id": {"$cond": [late, "expired", "$state"]},
                    "count": {"$sum": 1},
                    "fen": {"$sum": "$saving_fen"},
                }
            },
        ]
        rows = {row["_id"]: row async for row in await self._db.raw.coupons.aggregate(pipeline)}
        redeemed = rows.get(CouponState.REDEEMED.value)
        return {state: row["count"] for state, row in rows.items()}, redeemed["fen"] if redeemed else 0
