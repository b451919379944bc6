"""The statements themselves: the one way to get one (loading is authorising) and the one way to move one."""

from collections.abc import Mapping
from typing import Any

from pymongo import ReturnDocument
from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.documents.settlements import SettlementDocument
from schemas.enums import Role
from schemas.settlement_enums import SettlementState
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.permissions import FINANCE, Permission, allowed, require
from services.settlement.settlement_states import PERMISSIONS, Action, target
from services.storage.database import Database

_NONE: Mapping[str, Any] = {}


class SettlementBook:
    def __init__(self, database: Database, audit: Audit, clock: Clock = utc_now) -> None:
        self._db = database
        self._audit = audit
        self._clock = clock

    async def access(
        self, actor: Actor, settlement_id: str, session: AsyncClientSession | None = None
    ) -> SettlementDocument:
        """A statement to read: any for ops, a lawyer's own. Raises ``auth.forbidden``, ``settlement.not_found``."""
        require(FINANCE, Permission.SETTLEMENT_VIEW, actor.roles)
        found = await self._db.settlements.find_one({"_id": settlement_id}, session=session)
        if found is None or not (actor.has(Role.OPS) or found["lawyer_id"] == actor.user_id):
            raise Problem("settlement.not_found")
        return found

    async def take(
        self, actor: Actor, settlement_id: str, revision: int, action: Action, session: AsyncClientSession
    ) -> SettlementDocument:
        """A firm's statement, to do something with it, as the caller last saw it.

        Raises ``auth.forbidden``, ``settlement.not_found``, ``settlement.own_firm``, ``request.changed_meanwhile``,
        ``settlement.wrong_state``.
        """
        require(FINANCE, PERMISSIONS[action], actor.roles)
        found = await self._db.settlements.find_one({"_id": settlement_id, "lawyer_id": None}, session=session)
        if found is None:
            raise Problem("settlement.not_found")
        if action is not Action.REJECT and await self._of_firm(actor, found, session):
            raise Problem("settlement.own_firm")
        if found["revision"] != revision:
            raise Problem("request.changed_meanwhile")
        if target(SettlementState(found["state"]), action) is None or "absorbed_by" in found:
            raise Problem("settlement.wrong_state")
        return found

    async def _of_firm(self, actor: Actor, settlement: SettlementDocument, session: AsyncClientSession) -> bool:
        """Whether they belong to the firm, or did when it earned this: nobody says what goes to their own firm."""
        member = {"_id": actor.user_id, "firm_id": settlement["firm_id"]}
        if await self._db.users.find_one(member, {"_id": 1}, session=session):
            return True
        own = {
            "period_id": settlement["period_id"],
            "firm_id": settlement["firm_id"],
            "lawyer_id": actor.user_id,
        }
        return await self._db.settlements.find_one(own, {"_id": 1}, session=session) is not None

    async def move(
        self,
        session: AsyncClientSession,
        settlement: SettlementDocument,
        action: Action,
        actor: Actor | None = None,
        changes: Mapping[str, Any] = _NONE,
        **detail: Any,
    ) -> SettlementDocument:
        """Take one step by compare-and-set, with its audit entry. Raises ``settlement.wrong_state``."""
        state = target(SettlementState(settlement["state"]), action)
        if state is None:
            raise Problem("settlement.wrong_state")
        moved: SettlementDocument | None = await self._db.settlements.find_one_and_update(
            {"_id": settlement["_id"], "revision": settlement["revision"], "state": settlement["state"]},
            {
                "$set": {**changes, "state": state.value, "updated_at": self._clock()},
                "$inc": {"revision": 1},
            },
            return_document=ReturnDocument.AFTER,
            session=session,
        )
        if moved is None:
            raise Problem("request.changed_meanwhile")
        await self._audit.write(
            actor,
            f"settlement.{action.value}",
            settlement["_id"],
            session,
            was=settlement["state"],
            state=state.value,
            total_fen=settlement["total_fen"],
            **detail,
        )
        return moved


def actions_of(
    settlement: SettlementDocument, roles: frozenset[Role], user_id: str, firm_id: str | None = None
) -> list[str]:
    """What this person, of the firm ``firm_id``, may do with a statement now, for buttons."""
    if settlement["lawyer_id"] is not None or "absorbed_by" in settlement:
        return []
    own = firm_id == settlement["firm_id"]
    state = SettlementState(settlement["state"])
    mine = [
        action
        for action, permission in PERMISSIONS.items()
        if target(state, action) is not None
        and allowed(FINANCE, permission, roles)
        and not (own and action is not Action.REJECT)
    ]
    approved = state is SettlementState.APPROVED_ONCE and settlement["approvals"][0]["by"] == user_id
    return [action.value for action in mine if not (approved and action is Action.APPROVE)]
