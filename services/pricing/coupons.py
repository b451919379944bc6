"""Coupons and vouchers (优惠券、抵金券): defined by ops, issued, claimed, looked at by their owner (E2).

Using one is not done here: an order or a quote reserves it when it is placed (``reservations``).
"""

from datetime import datetime, timedelta
from typing import Any

from pymongo import ReturnDocument
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from schemas.api.base import Page, PageQuery
from schemas.api.pricing import (
    ClaimBody,
    CodesBody,
    CodesView,
    CouponDefinitionBody,
    CouponDefinitionView,
    CouponView,
    IssueBody,
    IssuedView,
)
from schemas.documents.pricing import CouponDefinitionDocument, CouponDocument
from schemas.enums import CouponState, Role
from services.actors import Actor
from services.audit import SYSTEM, Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.ids import new_id
from services.keys import BlindIndex
from services.pages import page_of
from services.pricing.campaigns import READY, Campaigns, behind, most_of_coupons, second
from services.pricing.coupon_codes import new_code, normal
from services.pricing.price_views import coupon_view, definition_view
from services.pricing.terms import terms_of
from services.storage.database import Database

# What stops one person of a list and not the others.
_PERSONAL = frozenset({"coupon.limit_reached", "account.not_found", "campaign.own"})


class Coupons:
    def __init__(
        self, database: Database, index: BlindIndex, campaigns: Campaigns, audit: Audit, clock: Clock = utc_now
    ) -> None:
        self._db = database
        self._index = index
        self._campaigns = campaigns
        self._audit = audit
        self._clock = clock

    # --- definitions

    async def define(self, actor: Actor | None, body: CouponDefinitionBody) -> CouponDefinitionView:
        """``actor`` None is the operator's shell. What costs more than one person may put up waits for another.

        Raises ``coupon.code_taken``.
        """
        now = self._clock()
        definition: CouponDefinitionDocument = {
            "_id": new_id(),
            "schema_version": 1,
            "code": body.code,
            "title": body.title,
            "terms": terms_of(body.terms),
            "valid_from": body.valid_from,
            "valid_until": body.valid_until,
            "valid_days": body.valid_days,
            "claimable": body.claimable,
            "total_limit": body.total_limit,
            "per_user_limit": body.per_user_limit,
            "issued": 0,
            "most_fen": most_of_coupons(body),
            "created_by": actor.user_id if actor else SYSTEM,
            "created_at": now,
            "updated_at": now,
        }

        async def work(session: AsyncClientSession) -> None:
            definition.pop("waiting", None)  # of a try that conflicted
            if await self._campaigns.needs_second(session, actor, definition["most_fen"]):
                definition["waiting"] = True
                await self._campaigns.ask(session, definition["_id"], body.title, definition["most_fen"])
            await self._db.coupon_definitions.insert_one(definition, session=session)
            await self._audit.write(actor, "coupon.defined", definition["_id"], session, code=body.code)

        try:
            await self._db.transaction(work)
        except DuplicateKeyError:
            raise Problem("coupon.code_taken") from None
        return definition_view(definition)

    async def definitions(self, query: PageQuery) -> Page[CouponDefinitionView]:
        """Newest first, closed ones too; for staff."""
        return await page_of(self._db.coupon_definitions, {}, query, definition_view)

    async def exists(self, code: str) -> bool:
        """Whether a definition has this code."""
        return await self._db.coupon_definitions.find_one({"code": code}, {"_id": 1}) is not None

    async def approve(self, actor: Actor, definition_id: str) -> CouponDefinitionView:
        """A second person's word, from which on it can be issued.

        Raises ``coupon.not_found``, ``campaign.not_waiting``, ``campaign.same_person``.
        """

        async def work(session: AsyncClientSession) -> CouponDefinitionDocument:
            definition = await self._definition(definition_id, session)
            second(actor, definition)
            changes = {"approved_by": actor.user_id, "updated_at": self._clock()}
            approved = await self._db.coupon_definitions.find_one_and_update(
                {"_id": definition_id},
                {"$set": changes, "$unset": {"waiting": ""}},
                return_document=ReturnDocument.AFTER,
                session=session,
            )
            assert approved is not None  # read a moment ago, in this transaction
            await self._campaigns.answered(session, definition_id, "已复核生效")
            await self._audit.write(actor, "coupon.approved", definition_id, session)
            return approved

        return definition_view(await self._db.transaction(work))

    async def close(self, actor: Actor, definition_id: str) -> CouponDefinitionView:
        """No more are issued; those that people have stay good. Raises ``coupon.not_found``."""

        async def work(session: AsyncClientSession) -> CouponDefinitionDocument:
            definition = await self._definition(definition_id, session)
            if "closed_at" in definition:
                return definition
            now = self._clock()
            changes = {"closed_at": now, "updated_at": now}
            await self._db.coupon_definitions.update_one({"_id": definition_id}, {"$set": changes}, session=session)
            await self._campaigns.answered(session, definition_id, "活动已关闭")
            await self._audit.write(actor, "coupon.closed", definition_id, session, issued=definition["issued"])
            return {**definition, "closed_at": now}

        return definition_view(await self._db.transaction(work))

    # --- issuing

    async def issue(self, actor: Actor, definition_id: str, body: IssueBody) -> IssuedView:
        """Give one to each of these people; nobody gives one to themselves.

        Raises ``coupon.not_found``, ``campaign.waiting``, ``coupon.none_left`` (then those before have theirs).
        """
        await self._ready(definition_id)
        issued, refused = 0, []
        for user_id in body.user_ids:
            try:
                await self._give(actor, definition_id, user_id)
                issued += 1
            except Problem as fault:
                if fault.code not in _PERSONAL:
                    raise
                refused.append(user_id)
        return IssuedView(issued=issued, refused=refused)

    async def codes(self, actor: Actor, definition_id: str, body: CodesBody) -> CodesView:
        """Codes that give one coupon each, once. Only their blind indexes are stored. Raises ``coupon.not_found``,
        ``campaign.waiting``."""
        await self._ready(definition_id)
        codes = [new_code() for _ in range(body.count)]
        now = self._clock()

        async def work(session: AsyncClientSession) -> None:
            await self._definition(definition_id, session)
            await self._db.coupon_codes.insert_many(
                [
                    {
                        "_id": self._digest(code),
                        "definition_id": definition_id,
                        "created_by": actor.user_id,
                        "created_at": now,
                    }
                    for code in codes
                ],
                session=session,
            )
            await self._audit.write(actor, "coupon.codes_made", definition_id, session, count=body.count)

        await self._db.transaction(work)
        return CodesView(codes=codes)

    async def claim(self, actor: Actor, body: ClaimBody) -> CouponView:
        """Take one that is offered to everybody, or the one of a code.

        Raises ``coupon.not_found``, ``coupon.none_left``, ``coupon.limit_reached``; ``campaign.own`` for who is behind
        it.
        """
        if body.definition_id is not None:
            return await self._give(actor, body.definition_id, actor.user_id, {"claimable": True})
        digest = self._digest(body.code or "")
        code = await self._db.coupon_codes.find_one({"_id": digest})
        if code is None:
            raise Problem("coupon.not_found")
        if code["created_by"] == actor.user_id:
            raise Problem("campaign.own")
        return await self._give(actor, code["definition_id"], actor.user_id, {}, digest)

    async def _give(
        self,
        actor: Actor,
        definition_id: str,
        user_id: str,
        only: dict[str, Any] | None = None,
        digest: str | None = None,
    ) -> CouponView:
        async def work(session: AsyncClientSession) -> CouponDocument:
            definition = await self._count(session, definition_id, only or {})
            if behind(definition, user_id) or (only is None and user_id == actor.user_id):
                raise Problem("campaign.own")
            await self._is_client(user_id, session)
            coupon = await self._one(session, definition, user_id, actor)
            if digest is not None:
                await self._use_code(session, digest, coupon["_id"])
            await self._db.coupons.insert_one(coupon, session=session)
            await self._audit.write(
                actor, "coupon.issued", coupon["_id"], session, definition=definition_id, user_id=user_id
            )
            return coupon

        return coupon_view(await self._db.transaction(work), self._clock())

    async def _count(
        self, session: AsyncClientSession, definition_id: str, only: dict[str, Any]
    ) -> CouponDefinitionDocument:
        """One more of this definition, by compare-and-set: this is also where two issues at once meet."""
        now = self._clock()
        open_ = {"_id": definition_id, "closed_at": {"$exists": False}, "valid_until": {"$gt": now}, **READY, **only}
        left = {"$or": [{"total_limit": None}, {"$expr": {"$lt": ["$issued", "$total_limit"]}}]}
        definition = await self._db.coupon_definitions.find_one_and_update(
            {**open_, **left}, {"$inc": {"issued": 1}}, session=session
        )
        if definition is None:
            found = await self._db.coupon_definitions.find_one(open_, session=session)
            raise Problem("coupon.none_left" if found else "coupon.not_found")
        return definition

    async def _one(
        self, session: AsyncClientSession, definition: CouponDefinitionDocument, user_id: str, actor: Actor
    ) -> CouponDocument:
        mine = {"definition_id": definition["_id"], "user_id": user_id}
        has = await self._db.coupons.count_documents(mine, session=session)
        if has >= definition["per_user_limit"]:
            raise Problem("coupon.limit_reached")
        now = self._clock()
        return {
            "_id": new_id(),
            "schema_version": 1,
            "definition_id": definition["_id"],
            "user_id": user_id,
            "ordinal": has + 1,
            "title": definition["title"],
            "terms": definition["terms"],
            "state": CouponState.AVAILABLE.value,
            "valid_from": max(definition["valid_from"], now),
            "valid_until": _ends(definition, now),
            "issued_by": actor.user_id,
            "created_at": now,
        }

    async def _use_code(self, session: AsyncClientSession, digest: str, coupon_id: str) -> None:
        used = await self._db.coupon_codes.update_one(
            {"_id": digest, "coupon_id": {"$exists": False}}, {"$set": {"coupon_id": coupon_id}}, session=session
        )
        if not used.matched_count:
            raise Problem("coupon.not_found")  # a used code is no code: nobody learns which ones were good

    async def _is_client(self, user_id: str, session: AsyncClientSession) -> None:
        client = {"_id": user_id, "roles": Role.CLIENT.value, "disabled": False}
        if await self._db.users.find_one(client, {"_id": 1}, session=session) is None:
            raise Problem("account.not_found")

    async def _ready(self, definition_id: str) -> None:
        definition = await self._db.coupon_definitions.find_one({"_id": definition_id}, {"waiting": 1})
        if definition is None:
            raise Problem("coupon.not_found")
        if "waiting" in definition:
            raise Problem("campaign.waiting")

    async def _definition(self, definition_id: str, session: AsyncClientSession) -> CouponDefinitionDocument:
        definition = await self._db.coupon_definitions.find_one({"_id": definition_id}, session=session)
        if definition is None:
            raise Problem("coupon.not_found")
        return definition

    def _digest(self, code: str) -> str:
        return self._index.lookup("coupon_code", normal(code))


def _ends(definition: CouponDefinitionDocument, now: datetime) -> datetime:
    days = definition["valid_days"]
    if days is None:
        return definition["valid_until"]
    return min(definition["valid_until"], max(definition["valid_from"], now) + timedelta(days=days))
