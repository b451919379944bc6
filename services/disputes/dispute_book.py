"""The disputes themselves: found, sealed and opened, moved by compare-and-set with what follows from each step."""

from typing import Any

from pymongo import ReturnDocument
from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.api.disputes import DecisionView, DisputeStatementView, DisputeView
from schemas.documents.disputes import DisputeDocument
from schemas.documents.orders import OrderDocument
from schemas.enums import DisputeKind, DisputeOutcome, DisputeState, Role
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.disputes.dispute_rules import DECIDED_WITHIN, Step, may, offers
from services.errors import Problem
from services.orders.order_book import standing
from services.orders.order_seals import OrderSeals
from services.outbox import Outbox
from services.permissions import DESK_ROLES
from services.storage.database import Database


class DisputeBook:
    def __init__(
        self, database: Database, seals: OrderSeals, audit: Audit, outbox: Outbox, clock: Clock = utc_now
    ) -> None:
        self._db = database
        self._seals = seals
        self._audit = audit
        self._outbox = outbox
        self._clock = clock

    async def load(self, dispute_id: str, session: AsyncClientSession | None = None) -> DisputeDocument | None:
        """For effects, which ask nobody's permission."""
        return await self._db.disputes.find_one({"_id": dispute_id}, session=session)

    async def access(
        self, actor: Actor, dispute_id: str, step: Step | None = None, session: AsyncClientSession | None = None
    ) -> tuple[DisputeDocument, OrderDocument, frozenset[Role]]:
        """A dispute with its order and what the caller is to it.

        Raises ``dispute.not_found``; with a ``step`` also ``auth.forbidden`` and ``dispute.wrong_state``.
        """
        dispute = await self.load(dispute_id, session)
        order = await self._db.orders.find_one({"_id": dispute["order_id"]}, session=session) if dispute else None
        roles = standing(actor, order) if order else frozenset()
        if dispute is None or order is None or not roles:
            raise Problem("dispute.not_found")
        if step is not None:
            if not may(step, roles):
                raise Problem("auth.forbidden")
            if step.value not in offers(DisputeState(dispute["state"]), DisputeKind(dispute["kind"]), roles):
                raise Problem("dispute.wrong_state")
        return dispute, order, roles

    async def add(self, session: AsyncClientSession, dispute: DisputeDocument, actor: Actor | None) -> None:
        """Write a new one with its event. Raises ``dispute.open_already``."""
        key = f"{dispute['order_id']} {dispute['kind']}"
        # looked for first: a duplicate would end the transaction before the answer could say why
        if await self._db.disputes.find_one({"open_key": key}, {"_id": 1}, session=session):
            raise Problem("dispute.open_already")
        now = self._clock()
        card_id = await self._owe(session, dispute, "opened")
        dispute |= {
            "open_key": key,
            "card_id": card_id,
            "due_at": now + DECIDED_WITHIN,
            "created_at": now,
            "updated_at": now,
        }
        await self._db.disputes.insert_one(dispute, session=session)
        await self._audit.write(
            actor, "dispute.opened", dispute["_id"], session, order=dispute["order_id"], kind=dispute["kind"]
        )

    async def move(
        self,
        session: AsyncClientSession,
        dispute: DisputeDocument,
        event: str,
        actor: Actor,
        *,
        set: dict[str, Any] | None = None,  # noqa: A002 - as in MongoDB
        push: dict[str, Any] | None = None,
        unset: tuple[str, ...] = (),
    ) -> DisputeDocument:
        """One step, with its event and audit entry. Raises ``dispute.wrong_state`` when somebody was faster."""
        update: dict[str, Any] = {"$set": {**(set or {}), "updated_at": self._clock()}, "$inc": {"revision": 1}}
        if push:
            update["$push"] = push
        if unset:
            update["$unset"] = dict.fromkeys(unset, "")
        moved: DisputeDocument | None = await self._db.disputes.find_one_and_update(
            {"_id": dispute["_id"], "revision": dispute["revision"]},
            update,
            session=session,
            return_document=ReturnDocument.AFTER,
        )
        if moved is None:
            raise Problem("dispute.wrong_state")
        await self._owe(session, moved, event)
        await self._audit.write(actor, f"dispute.{event}", moved["_id"], session, order=moved["order_id"])
        return moved

    async def _owe(self, session: AsyncClientSession, dispute: DisputeDocument, event: str) -> str:
        ids = {"dispute_id": dispute["_id"], "order_id": dispute["order_id"]}
        return await self._outbox.add(session, f"dispute.{event}", f"order:{dispute['order_id']}", ids)

    # --- what it says

    async def seal(self, order: OrderDocument, dispute_id: str, what: str, text: str) -> bytes:
        return await self._seals.seal(order, f"dispute:{dispute_id}:{what}", text)

    async def opened(self, order: OrderDocument, dispute: DisputeDocument, what: str, sealed: bytes) -> str:
        """The text, or after a purge that there is none any more."""
        return await self._seals.open(order, f"dispute:{dispute['_id']}:{what}", sealed)

    async def view(self, dispute: DisputeDocument, order: OrderDocument, roles: frozenset[Role]) -> DisputeView:
        state, kind = DisputeState(dispute["state"]), DisputeKind(dispute["kind"])
        desk = bool(roles & DESK_ROLES)
        shown = state if desk or state is not DisputeState.PROPOSED else DisputeState.OPEN
        sealed = dispute.get("reason")
        return DisputeView(
            id=dispute["_id"],
            order_id=order["_id"],
            order_number=order["number"],
            service=order["product"]["name"],
            space_id=dispute["space_id"],
            kind=kind,
            state=shown,
            reason=await self.opened(order, dispute, "reason", sealed) if sealed is not None else None,
            wanted_fen=dispute.get("wanted_fen"),
            suggested_fen=dispute.get("suggested_fen") if desk else None,
            file_ids=dispute["file_ids"],
            statements=[
                DisputeStatementView(
                    role=one["role"], text=await self.opened(order, dispute, "statement", one["text"]), at=one["at"]
                )
                for one in dispute["statements"]
            ],
            decision=await self._decision(dispute, order) if desk or shown is DisputeState.DECIDED else None,
            actions=offers(state, kind, roles),
            due_at=dispute["due_at"],
            created_at=dispute["created_at"],
        )

    async def _decision(self, dispute: DisputeDocument, order: OrderDocument) -> DecisionView | None:
        stored = dispute.get("decision")
        if stored is None:
            return None
        return DecisionView(
            outcome=DisputeOutcome(stored["outcome"]),
            amount_fen=stored["amount_fen"],
            reason=await self.opened(order, dispute, "decision", stored["reason"]),
            at=stored["at"],
        )
