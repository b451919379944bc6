"""What an order or a quote has reserved of coupons and budgets: taken when it is placed, kept when it is paid, given
back when it ends unpaid. Each step is a compare-and-set in the transaction of the step that causes it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.documents.pricing import PriceDocument
from schemas.enums import CouponState, SubjectKind
from services.storage.database import Database
from services.storage.group_commit import Change

COUPON_GONE = "order.coupon_invalid"
BUDGET_GONE = "subsidy.exhausted"


def taking(price: PriceDocument, user_id: str, kind: SubjectKind, subject_id: str, at: datetime) -> list[Change]:
    """The changes with which this price stands or falls, coupons first."""
    changes = [
        Change(
            "coupons",
            {
                "_id": coupon["coupon_id"],
                "user_id": user_id,
                "state": CouponState.AVAILABLE.value,
                "valid_until": {"$gt": at},
            },
            {
                "$set": {
                    "state": CouponState.RESERVED.value,
                    "used_for": {"kind": kind.value, "id": subject_id},
                    "saving_fen": coupon["fen"],
                    "reserved_at": at,
                }
            },
            COUPON_GONE,
        )
        for coupon in price["coupons"]
    ]
    if price["subsidy"] is not None:
        changes.append(_spending(price["subsidy"]["rule_id"], price["subsidy"]["fen"]))
    return changes


def _spending(rule_id: str, fen: int) -> Change:
    within: dict[str, Any] = {
        "$or": [{"budget_fen": None}, {"$expr": {"$lte": [{"$add": ["$spent_fen", fen]}, "$budget_fen"]}}]
    }
    running = {"_id": rule_id, "ended_at": {"$exists": False}}
    return Change("subsidies", running | within, {"$inc": {"spent_fen": fen}}, BUDGET_GONE)


async def take(database: Database, session: AsyncClientSession, change: Change) -> bool:
    """Make one change outside group commit; whether it found its document."""
    done = await database.raw[change.collection].update_one(change.query, change.update, session=session)
    return bool(done.matched_count)


async def keep(
    database: Database, session: AsyncClientSession, kind: SubjectKind, subject_id: str, at: datetime
) -> None:
    """It is paid: its coupons are used up."""
    used = {"$set": {"state": CouponState.REDEEMED.value, "redeemed_at": at}}
    await database.coupons.update_many(_reserved(kind, subject_id), used, session=session)


async def give_back(
    database: Database, session: AsyncClientSession, kind: SubjectKind, subject_id: str, price: PriceDocument
) -> None:
    """It ends unpaid: the coupons are the person's again, and the budget has its money back."""
    await database.coupons.update_many(
        _reserved(kind, subject_id),
        {
            "$set": {"state": CouponState.AVAILABLE.value},
            "$unset": {"used_for": "", "saving_fen": "", "reserved_at": ""},
        },
        session=session,
    )
    subsidy = price["subsidy"]
    if subsidy is not None:
        await database.subsidies.update_one(
            {"_id": subsidy["rule_id"]}, {"$inc": {"spent_fen": -subsidy["fen"]}}, session=session
        )


def _reserved(kind: SubjectKind, subject_id: str) -> Mapping[str, Any]:
    return {"used_for.kind": kind.value, "used_for.id": subject_id, "state": CouponState.RESERVED.value}
