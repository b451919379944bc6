"""The versions of the settlement rules: added, never changed, so that an old period can be computed again."""

import hashlib
from datetime import datetime

import rfc8785
from pymongo import DESCENDING
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from schemas.api.settlement_rules import SettlementRules, SettlementRulesList, SettlementRulesView
from schemas.documents.settlements import SettlementRulesDocument
from services.actors import Actor
from services.audit import SYSTEM, Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.permissions import FINANCE, Permission, require
from services.settlement.standard_rules import STANDARD
from services.storage.database import Database


class Rulebook:
    def __init__(self, database: Database, audit: Audit, clock: Clock = utc_now) -> None:
        self._db = database
        self._audit = audit
        self._clock = clock

    async def list(self, actor: Actor) -> SettlementRulesList:
        """All versions, newest first. Raises ``auth.forbidden``."""
        require(FINANCE, Permission.SETTLEMENT_RULES, actor.roles)
        found = await self._db.settlement_rules.find().sort("_id", DESCENDING).to_list()
        return SettlementRulesList(items=[_view(document) for document in found])

    async def add(self, actor: Actor, rules: SettlementRules) -> SettlementRulesView:
        """A new version, for what is earned from a time in the future on: the past is not judged anew.

        Raises ``auth.forbidden``, ``settlement.rules_retroactive``.
        """
        require(FINANCE, Permission.SETTLEMENT_RULES, actor.roles)
        if rules.effective_from <= self._clock():
            raise Problem("settlement.rules_retroactive")
        await self.ensure()

        async def work(session: AsyncClientSession) -> SettlementRulesDocument:
            newest = await self._db.settlement_rules.find_one(sort=[("_id", DESCENDING)], session=session)
            document = self._document((newest["_id"] if newest else 0) + 1, rules, actor.user_id)
            await self._db.settlement_rules.insert_one(document, session=session)
            await self._audit.write(
                actor,
                "settlement.rules_added",
                f"settlement_rules:{document['_id']}",
                session,
                digest=document["digest"],
            )
            return document

        return _view(await self._db.transaction(work))

    async def ensure(self) -> None:
        """Store the standard rules as the first version where there are none."""
        if await self._db.settlement_rules.find_one({}, {"_id": 1}) is not None:
            return
        try:
            await self._db.settlement_rules.insert_one(self._document(1, STANDARD, SYSTEM))
        except DuplicateKeyError:
            return  # another process was faster

    async def versions(self) -> "Versions":
        """All of them, to be asked by time."""
        await self.ensure()
        found = await self._db.settlement_rules.find().to_list()
        return Versions({one["_id"]: SettlementRules.model_validate(one["rules"]) for one in found})

    def _document(self, version: int, rules: SettlementRules, by: str) -> SettlementRulesDocument:
        stored = rules.model_dump(mode="json")
        return {
            "_id": version,
            "schema_version": 1,
            "effective_from": rules.effective_from,
            "rules": stored,
            "digest": hashlib.sha256(rfc8785.dumps(stored)).hexdigest(),
            "by": by,
            "created_at": self._clock(),
        }


class Versions:
    """The rules by the time for which they are asked."""

    def __init__(self, rules: dict[int, SettlementRules]) -> None:
        self._rules = rules
        self._order = sorted(rules, key=lambda version: (rules[version].effective_from, version))

    def of(self, version: int) -> SettlementRules:
        return self._rules[version]

    def at(self, moment: datetime) -> tuple[int, SettlementRules]:
        """The version that counts then; the first one for what was before any."""
        fitting = [version for version in self._order if self._rules[version].effective_from <= moment]
        version = fitting[-1] if fitting else self._order[0]
        return version, self._rules[version]


def _view(document: SettlementRulesDocument) -> SettlementRulesView:
    return SettlementRulesView(
        version=document["_id"],
        rules=SettlementRules.model_validate(document["rules"]),
        digest=document["digest"],
        created_at=document["created_at"],
    )
