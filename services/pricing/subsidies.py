"""The platform's subsidies (补贴): rules as data with versions, a budget each (E2)."""

import time
from collections.abc import Mapping
from typing import Any

from pymongo import DESCENDING, ReturnDocument
from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.api.base import Page, PageQuery
from schemas.api.pricing import SubsidyBody, SubsidyView
from schemas.documents.pricing import SubsidyDocument
from services.actors import Actor
from services.audit import SYSTEM, Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.ids import new_id
from services.pages import page_of
from services.pricing.campaigns import READY, Campaigns, behind, most_of_subsidy, second
from services.pricing.price_views import subsidy_view
from services.pricing.terms import discount_of
from services.storage.database import Database

# A new rule shows this late at most; what an order is promised is checked when it is stored.
REMEMBERED_SECONDS = 2.0
_NOT_ENDED: Mapping[str, Any] = {"ended_at": {"$exists": False}}


class Subsidies:
    def __init__(self, database: Database, campaigns: Campaigns, audit: Audit, clock: Clock = utc_now) -> None:
        self._db = database
        self._campaigns = campaigns
        self._audit = audit
        self._clock = clock
        self._known: tuple[float, list[SubsidyDocument]] = (0.0, [])

    async def open_to(self, user_id: str, *, fresh: bool = False) -> list[SubsidyDocument]:
        """Rules that this person's orders may have: none of those that they put into force or approved."""
        return [rule for rule in await self._running(fresh=fresh) if not behind(rule, user_id)]

    async def _running(self, *, fresh: bool) -> list[SubsidyDocument]:
        """Rules that are in force; remembered for two seconds, since every order asks."""
        until, rules = self._known
        if fresh or until <= time.monotonic():
            rules = await self._db.subsidies.find({**_NOT_ENDED, **READY}).to_list()
            self._known = (time.monotonic() + REMEMBERED_SECONDS, rules)
        return rules

    async def put(self, actor: Actor | None, body: SubsidyBody) -> SubsidyView:
        """A rule, or the next version of one: orders placed before keep theirs. ``actor`` None is the operator's shell.

        What costs more than one person may put up waits for another; until then the version before goes on.
        """

        async def work(session: AsyncClientSession) -> SubsidyDocument:
            now = self._clock()
            last = await self._db.subsidies.find_one(
                {"code": body.code}, sort=[("version", DESCENDING)], session=session
            )
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
                "most_fen": most_of_subsidy(body),
                "created_by": actor.user_id if actor else SYSTEM,
                "created_at": now,
            }
            waits = await self._campaigns.needs_second(session, actor, rule["most_fen"])
            await self._replace(session, rule, {} if not waits else {"waiting": True})
            if waits:
                rule["waiting"] = True
                await self._campaigns.ask(session, rule["_id"], body.title, rule["most_fen"])
            await self._db.subsidies.insert_one(rule, session=session)
            await self._audit.write(
                actor, "subsidy.put", rule["_id"], session, code=rule["code"], version=rule["version"]
            )
            return rule

        rule = await self._db.transaction(work)
        self._known = (0.0, [])
        return subsidy_view(rule)

    async def approve(self, actor: Actor, rule_id: str) -> SubsidyView:
        """A second person's word, from which on it is in force and the version before is ended.

        Raises ``subsidy.not_found``, ``campaign.not_waiting``, ``campaign.same_person``.
        """

        async def work(session: AsyncClientSession) -> SubsidyDocument:
            rule = await self._db.subsidies.find_one({"_id": rule_id, **_NOT_ENDED}, session=session)
            if rule is None:
                raise Problem("subsidy.not_found")
            second(actor, rule)
            await self._replace(session, rule, READY)
            approved = await self._db.subsidies.find_one_and_update(
                {"_id": rule_id},
                {"$set": {"approved_by": actor.user_id}, "$unset": {"waiting": ""}},
                return_document=ReturnDocument.AFTER,
                session=session,
            )
            assert approved is not None  # read a moment ago, in this transaction
            await self._campaigns.answered(session, rule_id, "已复核生效")
            await self._audit.write(actor, "subsidy.approved", rule_id, session, code=rule["code"])
            return approved

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
                await self._end(session, rule)
                await self._audit.write(actor, "subsidy.ended", rule_id, session, spent_fen=rule["spent_fen"])
            return {**rule, "ended_at": rule.get("ended_at", self._clock())}

        rule = await self._db.transaction(work)
        self._known = (0.0, [])
        return subsidy_view(rule)

    async def page(self, query: PageQuery) -> Page[SubsidyView]:
        """All versions of all rules, newest first; for staff."""
        return await page_of(self._db.subsidies, {}, query, subsidy_view)

    async def _replace(self, session: AsyncClientSession, rule: SubsidyDocument, which: Mapping[str, Any]) -> None:
        """End other versions of the rule: all of them, those that wait, or those in force."""
        others = {"code": rule["code"], "_id": {"$ne": rule["_id"]}, **_NOT_ENDED, **which}
        for other in await self._db.subsidies.find(others, session=session).to_list():
            await self._end(session, other)

    async def _end(self, session: AsyncClientSession, rule: SubsidyDocument) -> None:
        ended = {"$set": {"ended_at": self._clock()}}
        await self._db.subsidies.update_one({"_id": rule["_id"]}, ended, session=session)
        await self._campaigns.answered(session, rule["_id"], "活动已结束")
