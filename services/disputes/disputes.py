"""Disputes (售后): opened by a client or by a low rating, argued by both sides, decided by the desk (C5, H6).

What is small one person decides; what is large another person approves. Money that a decision gives goes back in the
transaction of the decision.
"""

from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.api.base import Page
from schemas.api.disputes import (
    DisputeBody,
    DisputeDecisionBody,
    DisputeList,
    DisputesQuery,
    DisputeView,
    StatementBody,
)
from schemas.documents.disputes import DecisionDocument, DisputeDocument
from schemas.documents.ledgers import OutboxDocument
from schemas.documents.orders import OrderDocument
from schemas.enums import DisputeKind, DisputeOutcome, DisputeState, Role
from services.actors import Actor
from services.audit import SYSTEM
from services.clock import Clock, utc_now
from services.disputes.dispute_book import DisputeBook
from services.disputes.dispute_rules import UPHELD, Step, disputable, needs_second, suggested
from services.errors import Problem
from services.idempotency import Idempotency, Intent
from services.ids import new_id
from services.orders.order_book import OrderBook, standing
from services.orders.order_seams import SpaceFiles
from services.outbox import Effect, Outbox
from services.payments.refunds import Refunds
from services.permissions import Permission
from services.settlement.penalties import Penalties
from services.storage.database import Database

COMPLAINT = "complaint"  # cause of a penalty
_MONEY = (DisputeOutcome.REFUND, DisputeOutcome.COMPENSATION)


class Disputes:
    def __init__(
        self,
        database: Database,
        book: DisputeBook,
        orders: OrderBook,
        refunds: Refunds,
        penalties: Penalties,
        files: SpaceFiles,
        idempotency: Idempotency,
        outbox: Outbox,
        clock: Clock = utc_now,
    ) -> None:
        self._db = database
        self._book = book
        self._orders = orders
        self._refunds = refunds
        self._penalties = penalties
        self._files = files
        self._idempotency = idempotency
        self._outbox = outbox
        self._clock = clock

    # --- opening one

    async def open(self, actor: Actor, order_id: str, body: DisputeBody, intent: Intent) -> DisputeView:
        """A client asks for money back or complains; or ops do so for the client, who called or wrote.

        Raises ``order.not_found``, ``auth.forbidden``, ``order.wrong_state`` (for a client also when it was handed over
        too long ago), ``dispute.open_already``, ``refund.amount_invalid``, ``file.not_found``, ``file.not_uploaded``.
        """

        async def effect(session: AsyncClientSession) -> DisputeView:
            access = await self._orders.access(actor, order_id, Permission.ORDER_DISPUTE, session)
            order = access.order
            on_behalf = Role.CLIENT not in access.roles
            if on_behalf and Role.LAWYER in access.roles:
                raise Problem("auth.forbidden")  # nobody speaks for the other side of their own order
            if not disputable(order, self._clock(), on_behalf=on_behalf):
                raise Problem("order.wrong_state")
            dispute = _dispute(order, body.kind, actor.user_id)
            if on_behalf:
                dispute["on_behalf"] = True
            await self._files.check_for_message(order["space_id"], actor.user_id, body.file_ids)
            dispute["file_ids"] = list(body.file_ids)
            dispute["reason"] = await self._book.seal(order, dispute["_id"], "reason", body.reason)
            if body.kind == DisputeKind.REFUND:
                left = await self._refunds.left(session, order_id)
                dispute["wanted_fen"] = left if body.amount_fen is None else body.amount_fen
                if not 1 <= dispute["wanted_fen"] <= left:
                    raise Problem("refund.amount_invalid")
            await self._book.add(session, dispute, actor)
            return await self._book.view(dispute, order, access.roles)

        view = await self._idempotency.once(intent, DisputeView, effect)
        self._outbox.nudge()
        return view

    def effects(self) -> dict[str, Effect]:
        return {"order.rated": self._rated}

    async def _rated(self, row: OutboxDocument) -> None:
        """A service rated under three stars is called back and compensated, without the client's asking.

        The dispute bears the event's id, so that a repeat finds it.
        """

        async def work(session: AsyncClientSession) -> None:
            order = await self._orders.load(row["payload"]["order_id"], session)
            amount = suggested(row["payload"]["stars"], order["amount_fen"]) if order else 0
            if order is None or not amount or await self._book.load(row["_id"], session):
                return
            dispute = _dispute(order, DisputeKind.LOW_RATING, SYSTEM)
            dispute |= {"_id": row["_id"], "suggested_fen": amount}
            await self._book.add(session, dispute, None)

        await self._db.transaction(work)
        self._outbox.nudge()

    # --- looking

    async def get(self, actor: Actor, dispute_id: str) -> DisputeView:
        """Raises ``dispute.not_found``."""
        return await self._book.view(*await self._book.access(actor, dispute_id))

    async def of_order(self, actor: Actor, order_id: str) -> DisputeList:
        """Newest first. Raises ``order.not_found``."""
        access = await self._orders.access(actor, order_id, Permission.ORDER_VIEW)
        found = await self._db.disputes.find({"order_id": order_id}).sort("_id", -1).to_list()
        return DisputeList(items=[await self._book.view(one, access.order, access.roles) for one in found])

    async def page(self, actor: Actor, query: DisputesQuery) -> Page[DisputeView]:
        """For the desk, newest first."""
        where: dict[str, Any] = {"state": query.state.value}
        if query.cursor is not None:
            where["_id"] = {"$lt": query.cursor}
        found = await self._db.disputes.find(where).sort("_id", -1).limit(query.limit + 1).to_list()
        shown = found[: query.limit]
        orders = {
            order["_id"]: order
            async for order in self._db.orders.find({"_id": {"$in": [one["order_id"] for one in shown]}})
        }
        views = [
            await self._book.view(one, orders[one["order_id"]], standing(actor, orders[one["order_id"]]))
            for one in shown
        ]
        more = len(found) > query.limit
        return Page[DisputeView](items=views, next_cursor=shown[-1]["_id"] if more else None, has_more=more)

    # --- steps

    async def state(self, actor: Actor, dispute_id: str, body: StatementBody) -> DisputeView:
        """One side, or the desk, says something. Raises ``dispute.not_found``, ``dispute.wrong_state``."""

        async def step(session: AsyncClientSession, dispute: DisputeDocument, order: OrderDocument) -> DisputeDocument:
            text = await self._book.seal(order, dispute_id, "statement", body.text)
            role = min(standing(actor, order))
            said = {"by": actor.user_id, "role": role.value, "text": text, "at": self._clock()}
            return await self._book.move(session, dispute, "stated", actor, push={"statements": said})

        return await self._do(actor, dispute_id, Step.STATE, step)

    async def withdraw(self, actor: Actor, dispute_id: str) -> DisputeView:
        """Raises ``dispute.not_found``, ``auth.forbidden``, ``dispute.wrong_state``."""

        async def step(session: AsyncClientSession, dispute: DisputeDocument, order: OrderDocument) -> DisputeDocument:
            ended = {"state": DisputeState.WITHDRAWN.value}
            return await self._book.move(session, dispute, "withdrawn", actor, set=ended, unset=("open_key",))

        return await self._do(actor, dispute_id, Step.WITHDRAW, step)

    async def decide(self, actor: Actor, dispute_id: str, body: DisputeDecisionBody) -> DisputeView:
        """Decide, or propose what one person alone may not give.

        Raises ``dispute.not_found``, ``auth.forbidden``, ``dispute.wrong_state``, ``refund.amount_invalid``, and what
        asking for money back raises.
        """

        async def step(session: AsyncClientSession, dispute: DisputeDocument, order: OrderDocument) -> DisputeDocument:
            amount = await self._amount(session, order, body)
            decision: DecisionDocument = {
                "outcome": body.outcome.value,
                "amount_fen": amount,
                "reason": await self._book.seal(order, dispute_id, "decision", body.reason),
                "by": actor.user_id,
                "at": self._clock(),
            }
            if needs_second(body.outcome, amount + await self._refunds.given(session, order)):
                proposed = {"state": DisputeState.PROPOSED.value, "decision": decision}
                return await self._book.move(session, dispute, "proposed", actor, set=proposed)
            return await self._carry_out(session, dispute, order, decision, actor, body.reason)

        return await self._do(actor, dispute_id, Step.DECIDE, step)

    async def approve(self, actor: Actor, dispute_id: str) -> DisputeView:
        """Another person agrees. Raises as ``decide``; ``dispute.same_person`` for who proposed it."""

        async def step(session: AsyncClientSession, dispute: DisputeDocument, order: OrderDocument) -> DisputeDocument:
            decision = dispute["decision"]
            if decision["by"] == actor.user_id:
                raise Problem("dispute.same_person")
            reason = await self._book.opened(order, dispute, "decision", decision["reason"])
            agreed: DecisionDocument = {**decision, "second_by": actor.user_id, "at": self._clock()}
            return await self._carry_out(session, dispute, order, agreed, actor, reason)

        return await self._do(actor, dispute_id, Step.APPROVE, step)

    async def send_back(self, actor: Actor, dispute_id: str) -> DisputeView:
        """The proposal is not agreed to: the dispute is open again."""

        async def step(session: AsyncClientSession, dispute: DisputeDocument, order: OrderDocument) -> DisputeDocument:
            again = {"state": DisputeState.OPEN.value}
            return await self._book.move(session, dispute, "returned", actor, set=again, unset=("decision",))

        return await self._do(actor, dispute_id, Step.RETURN, step)

    async def _amount(self, session: AsyncClientSession, order: OrderDocument, body: DisputeDecisionBody) -> int:
        if body.outcome not in _MONEY:
            return 0
        left = await self._refunds.left(session, order["_id"])
        amount = body.amount_fen
        if amount is None and body.outcome is DisputeOutcome.REFUND:
            amount = left
        if amount is None or not 1 <= amount <= left:
            raise Problem("refund.amount_invalid")
        return amount

    async def _carry_out(
        self,
        session: AsyncClientSession,
        dispute: DisputeDocument,
        order: OrderDocument,
        decision: DecisionDocument,
        actor: Actor,
        reason: str,
    ) -> DisputeDocument:
        changes: dict[str, Any] = {"state": DisputeState.DECIDED.value, "decision": decision}
        outcome, amount = DisputeOutcome(decision["outcome"]), decision["amount_fen"]
        if outcome is DisputeOutcome.REFUND:
            changes["refund_id"] = await self._refunds.grant(session, actor, order, amount, reason)
        elif outcome is DisputeOutcome.COMPENSATION:
            changes["refund_id"] = await self._refunds.compensate(session, actor, order, amount, reason, dispute["_id"])
        if dispute["kind"] == DisputeKind.COMPLAINT and outcome in UPHELD:
            await self._penalties.follow(session, order["_id"], COMPLAINT, f"dispute:{dispute['_id']}", actor)
        return await self._book.move(session, dispute, "decided", actor, set=changes, unset=("open_key",))

    async def _do(self, actor: Actor, dispute_id: str, step: Step, work: Any) -> DisputeView:
        """Load and step in one transaction, so that the step is judged by what it changes."""

        async def whole(session: AsyncClientSession) -> tuple[DisputeDocument, OrderDocument, frozenset[Role]]:
            dispute, order, roles = await self._book.access(actor, dispute_id, step, session)
            return await work(session, dispute, order), order, roles

        done = await self._db.transaction(whole)
        self._outbox.nudge()
        return await self._book.view(*done)


def _dispute(order: OrderDocument, kind: DisputeKind, by: str) -> DisputeDocument:
    return {
        "_id": new_id(),
        "schema_version": 1,
        "order_id": order["_id"],
        "space_id": order["space_id"],
        "client_id": order["client_id"],
        "kind": kind.value,
        "state": DisputeState.OPEN.value,
        "file_ids": [],
        "statements": [],
        "card_id": "",
        "due_at": order["created_at"],
        "opened_by": by,
        "revision": 1,
        "created_at": order["created_at"],
        "updated_at": order["updated_at"],
    }
