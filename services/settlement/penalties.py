"""Penalties that people impose on orders (违规扣款), or decisions do: a source imposes one, and it can be waived.

Promises kept late need none: the rules count them by themselves. What one costs is said by the rules of the order,
when it is settled; a penalty that comes or goes later changes the next statement.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pymongo import DESCENDING, ReturnDocument
from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.api.base import Page
from schemas.api.orders import PersonView
from schemas.api.settlements import ImposedPenaltyView, PenaltiesQuery, PenaltyBody, PenaltyView
from schemas.documents.settlements import PenaltyDocument
from services.actors import Actor
from services.audit import SYSTEM, Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.idempotency import Idempotency, Intent
from services.ids import new_id
from services.permissions import FINANCE, Permission, require
from services.settlement.rulebook import Rulebook
from services.storage.database import Database


class Penalties:
    def __init__(
        self,
        database: Database,
        rulebook: Rulebook,
        idempotency: Idempotency,
        audit: Audit,
        clock: Clock = utc_now,
    ) -> None:
        self._db = database
        self._idempotency = idempotency
        self._rulebook = rulebook
        self._audit = audit
        self._clock = clock

    async def page(self, actor: Actor, query: PenaltiesQuery) -> Page[ImposedPenaltyView]:
        """Newest first, those that were waived too. Raises ``auth.forbidden``."""
        require(FINANCE, Permission.PENALTY_IMPOSE, actor.roles)
        wanted: dict[str, Any] = {} if query.order_id is None else {"order_id": query.order_id}
        if query.cursor is not None:
            wanted["_id"] = {"$lt": query.cursor}
        found = await self._db.penalties.find(wanted).sort("_id", DESCENDING).limit(query.limit + 1).to_list()
        shown, more = found[: query.limit], len(found) > query.limit
        return Page[ImposedPenaltyView](
            items=await self._imposed(shown), next_cursor=shown[-1]["_id"] if more else None, has_more=more
        )

    async def _imposed(self, penalties: Sequence[PenaltyDocument]) -> list[ImposedPenaltyView]:
        orders = {"_id": {"$in": [one["order_id"] for one in penalties]}}
        people = {"_id": {"$in": [one["imposed_by"] for one in penalties]}}
        numbers = {one["_id"]: one["number"] async for one in self._db.orders.find(orders, {"number": 1})}
        names = {one["_id"]: one["display_name"] async for one in self._db.users.find(people, {"display_name": 1})}
        _, rules = (await self._rulebook.versions()).at(self._clock())
        titles = {rule.cause: rule.title for rule in rules.penalties}
        return [
            ImposedPenaltyView(
                **dict(_view(one)),
                order_number=numbers.get(one["order_id"], ""),
                title=titles.get(one["cause"], one["cause"]),
                by=_person(one["imposed_by"], names),
            )
            for one in penalties
        ]

    async def impose(self, actor: Actor, order_id: str, body: PenaltyBody, intent: Intent) -> PenaltyView:
        """By hand. Raises ``auth.forbidden``, ``order.not_found``, ``penalty.unknown_cause`` and what
        ``Idempotency`` raises."""
        require(FINANCE, Permission.PENALTY_IMPOSE, actor.roles)
        _, rules = (await self._rulebook.versions()).at(self._clock())
        if body.cause not in {rule.cause for rule in rules.penalties}:
            raise Problem("penalty.unknown_cause")

        async def effect(session: AsyncClientSession) -> PenaltyView:
            await self._not_own(session, actor, order_id)
            return _view(await self.follow(session, order_id, body.cause, f"by_hand:{new_id()}", actor))

        return await self._idempotency.once(intent, PenaltyView, effect)

    async def follow(
        self, session: AsyncClientSession, order_id: str, cause: str, source: str, actor: Actor | None
    ) -> PenaltyDocument:
        """In the transaction of the decision that it follows from; the same ``source`` again is the same penalty."""
        penalty: PenaltyDocument = {
            "_id": new_id(),
            "schema_version": 1,
            "order_id": order_id,
            "cause": cause,
            "source": source,
            "imposed_by": actor.user_id if actor else SYSTEM,
            "imposed_at": self._clock(),
        }
        stored = await self._db.penalties.find_one({"source": source}, session=session)
        if stored is not None:
            return stored
        await self._db.penalties.insert_one(penalty, session=session)
        await self._audit.write(actor, "penalty.imposed", penalty["_id"], session, order=order_id, cause=cause)
        return penalty

    async def waive(self, actor: Actor, penalty_id: str) -> PenaltyView:
        """It does not count any more; what was taken off comes back with the next statement. Raises
        ``auth.forbidden``, ``penalty.not_found``."""
        require(FINANCE, Permission.PENALTY_IMPOSE, actor.roles)

        async def work(session: AsyncClientSession) -> PenaltyDocument:
            waived = await self._db.penalties.find_one_and_update(
                {"_id": penalty_id, "waived_at": {"$exists": False}},
                {"$set": {"waived_by": actor.user_id, "waived_at": self._clock()}},
                return_document=ReturnDocument.AFTER,
                session=session,
            )
            if waived is None:
                raise Problem("penalty.not_found")
            await self._not_own(session, actor, waived["order_id"])
            await self._audit.write(actor, "penalty.waived", penalty_id, session, order=waived["order_id"])
            return waived

        return _view(await self._db.transaction(work))

    async def _not_own(self, session: AsyncClientSession, actor: Actor, order_id: str) -> None:
        """Nobody decides about a penalty on their own work. Raises ``order.not_found``, ``auth.forbidden``."""
        order = await self._db.orders.find_one({"_id": order_id}, {"lawyer_id": 1}, session=session)
        if order is None:
            raise Problem("order.not_found")
        if order.get("lawyer_id") == actor.user_id:
            raise Problem("auth.forbidden")


def _person(user_id: str, names: Mapping[str, str]) -> PersonView | None:
    return None if user_id == SYSTEM else PersonView(user_id=user_id, display_name=names.get(user_id, ""))


def _view(penalty: PenaltyDocument) -> PenaltyView:
    return PenaltyView(
        id=penalty["_id"],
        order_id=penalty["order_id"],
        cause=penalty["cause"],
        imposed_at=penalty["imposed_at"],
        waived_at=penalty.get("waived_at"),
    )
