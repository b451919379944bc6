"""The platform's subsidies (补贴): rules as data with versions, a budget each (E2)."""

import time

from pymongo import ASCENDING, DESCENDING
from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.api.pricing import SubsidiesView, SubsidyBody, SubsidyView
from schemas.documents.pricing import SubsidyDocument
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.ids import new_id
from services.pricing.price_views import subsidy_view
from services.pricing.terms import discount_of
from services.storage.database import Database

# A new rule shows this late at most; what an order is promised is checked when it is stored.
REMEMBERED_SECONDS = 2.0


class Subsidies:
    def __init__(self, database: Database, audit: Audit, clock: Clock = utc_now) -> None:
        self._db = database
        self._audit = audit
        self._clock = clock
        self._known: tuple[float, list[SubsidyDocument]] = (0.0, [])

    async def running(self, *, fresh: bool = False) -> list[SubsidyDocument]:
        """Rules that are not ended; remembered for two seconds, since every order asks."""
        until, rules = self._known
        if fresh or until <= time.monotonic():
            rules = await self._db.subsidies.find({"ended_at": {"$exists": False}}).to_list()
            self._known = (time.monotonic() + REMEMBERED_SECONDS, rules)
        return rules

    async def put(self, actor: Actor, body: SubsidyBody) -> SubsidyView:
        """A rule, or the next version of one: orders placed before keep theirs."""

        async def work(session: AsyncClientSession) -> SubsidyDocument:
            now = self._clock()
            last = await self._db.subsidies.find_one(
                {"code": body.code}, sort=[("version", DESCENDING)], session=session
            )
            if last is not None and "ended_at" not in last:
                await self._end(session, last, now)
            rule: SubsidyDocument = {
                "_id": new_id(),
                "schema_version": 1,
                "code": body.code,
                "version": last["version"] + 1 if last else 1,
                "title": body.title,
                "discount": discount_of(body.discount),
                "valid_from": body.valid_from,
                "valid_until": body.valid_until,
                "budget_fen": body.budget_fen,
                "spent_fen": 0,
                "created_by": actor.user_id,
                "created_at": now,
            }
            await self._db.subsidies.insert_one(rule, session=session)
            await self._audit.write(
                actor, "subsidy.put", rule["_id"], session, code=rule["code"], version=rule["version"]
            )
            return rule

        rule = await self._db.transaction(work)
        self._known = (0.0, [])
        return subsidy_view(rule)

    async def end(self, actor: Actor, rule_id: str) -> SubsidyView:
        """No order gets it from now on. Raises ``subsidy.not_found``."""

        async def work(session: AsyncClientSession) -> SubsidyDocument:
            rule = await self._db.subsidies.find_one({"_id": rule_id}, session=session)
            if rule is None:
                raise Problem("subsidy.not_found")
            if "ended_at" not in rule:
                await self._end(session, rule, self._clock())
                await self._audit.write(actor, "subsidy.ended", rule_id, session, spent_fen=rule["spent_fen"])
            return {**rule, "ended_at": rule.get("ended_at", self._clock())}

        rule = await self._db.transaction(work)
        self._known = (0.0, [])
        return subsidy_view(rule)

    async def list(self) -> SubsidiesView:
        """All versions of all rules, for staff."""
        rules = await self._db.subsidies.find().sort([("code", ASCENDING), ("version", DESCENDING)]).to_list()
        return SubsidiesView(items=[subsidy_view(rule) for rule in rules])

    async def _end(self, session: AsyncClientSession, rule: SubsidyDocument, now: object) -> None:
        await self._db.subsidies.update_one({"_id": rule["_id"]}, {"$set": {"ended_at": now}}, session=session)
