"""What WeChat says about a refund goes into the books once, and the order goes on from there."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo import ReturnDocument
from pymongo.asynchronous.client_session import AsyncClientSession

from miniprogram_api.pay import Refund
from schemas.documents.orders import RefundDocument
from schemas.enums import OrderStatus, QuoteState, RefundState
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.ledger import postings
from services.ledger.ledger import Ledger
from services.orders.order_book import Move, OrderBook
from services.orders.order_rules import Action
from services.orders.order_seams import Tally, no_tally
from services.outbox import Outbox
from services.payments.money_items import REFUND_ABNORMAL, REFUND_FAILED, SHARE_NOT_BACK, STRAY, open_about_refund
from services.payments.purposes import paid_for
from services.storage.database import Database
from services.work_items import WorkItems

log = logging.getLogger("casespace.payments")

# An answer that was under way while the money was sent to a card still says that it is stuck.
_SETTLES = timedelta(minutes=1)
_STATES = {
    "SUCCESS": RefundState.SUCCEEDED,
    "CLOSED": RefundState.FAILED,
}


class RefundSettling:
    def __init__(
        self,
        database: Database,
        book: OrderBook,
        ledger: Ledger,
        work_items: WorkItems,
        audit: Audit,
        outbox: Outbox,
        clock: Clock = utc_now,
        tally: Tally = no_tally,
    ) -> None:
        self._db = database
        self._book = book
        self._ledger = ledger
        self._work_items = work_items
        self._audit = audit
        self._outbox = outbox
        self._clock = clock
        self._tally = tally

    async def settle(self, answer: Refund, event_id: str | None = None) -> None:
        """Take WeChat's word into the books. Repeats change nothing.

        Raises ``payment.unknown`` and ``payment.amount_mismatch``; nothing is settled then.
        """
        refund = await self._db.refunds.find_one({"out_refund_no": answer.out_refund_no})
        if refund is None:
            self._tally("refund_refused", "unknown")
            raise Problem("payment.unknown")
        if answer.amount.refund_fen != refund["amount_fen"]:
            self._tally("refund_refused", "amount_mismatch")
            log.error("refund %s: WeChat told of %s fen", refund["_id"], answer.amount.refund_fen)
            raise Problem("payment.amount_mismatch")
        state = _STATES.get(answer.status)
        if state is not None:
            await self._end(refund["_id"], state, answer, event_id)
        elif answer.abnormal:
            await self._stick(refund["_id"], answer, event_id)

    async def back_to_balance(self, refund_id: str) -> None:
        """What a company paid from its balance is there again: no provider is asked."""
        await self._end(refund_id, RefundState.SUCCEEDED, None, None)

    async def fail(self, refund_id: str) -> None:
        """WeChat refused it for good."""
        await self._end(refund_id, RefundState.FAILED, None, None)

    async def _stick(self, refund_id: str, answer: Refund, event_id: str | None) -> None:
        """The payer's account cannot take it: the money waits at WeChat for a card (``stuck_refunds.py``), or for what
        finance does in WeChat's own console. Nothing has ended, so ledger and order stay as they are."""

        async def work(session: AsyncClientSession) -> bool:
            refund = await self._db.refunds.find_one({"_id": refund_id}, session=session)
            if refund is None or refund["state"] != RefundState.REQUESTED or "stuck_at" in refund:
                return False
            if event_id is not None and await self._db.provider_events.find_one({"_id": event_id}, session=session):
                return False  # told again of what was before it was sent to a card
            now = self._clock()
            if event_id is None and now - refund.get("card_sent_at", datetime.min.replace(tzinfo=UTC)) < _SETTLES:
                return False
            changes = {"stuck_at": now, "refund_id": answer.refund_id, "updated_at": now}
            await self._db.refunds.update_one({"_id": refund_id}, {"$set": changes}, session=session)
            await self._noted(session, event_id, refund_id, now)
            await open_about_refund(self._work_items, REFUND_ABNORMAL, refund, session)
            await self._audit.write(None, "refund.stuck", refund_id, session, order=refund.get("order_id"))
            await self._outbox.add(session, "refund.stuck", f"refund:{refund_id}", {"refund_id": refund_id})
            return True

        if await self._db.transaction(work):
            self._tally("refund_stuck", "abnormal")
            self._outbox.nudge()

    async def _noted(self, session: AsyncClientSession, event_id: str | None, refund_id: str, now: datetime) -> None:
        """A notice of WeChat's is remembered with what it changed."""
        if event_id is not None:
            seen = {"kind": "refund", "subject": refund_id, "received_at": now}
            await self._db.provider_events.update_one(
                {"_id": event_id}, {"$setOnInsert": seen}, upsert=True, session=session
            )

    async def _end(self, refund_id: str, state: RefundState, answer: Refund | None, event_id: str | None) -> None:
        """``answer`` is WeChat's word; None when it refused the refund outright."""

        async def work(session: AsyncClientSession) -> bool:
            refund = await self._db.refunds.find_one({"_id": refund_id}, session=session)
            if refund is None or refund["state"] != RefundState.REQUESTED:
                return False
            now = self._clock()
            ended_at = (answer.success_time if answer is not None else None) or now
            changes: dict[str, Any] = {"state": state.value, "ended_at": ended_at, "updated_at": now}
            if answer is not None:
                changes["refund_id"] = answer.refund_id
            if state is RefundState.SUCCEEDED and await self._completes(session, refund):
                changes["completes"] = True
                changes["compensated_fen"] = await self._sum_of(session, refund, {"dispute_id": {"$exists": True}})
            ended: RefundDocument | None = await self._db.refunds.find_one_and_update(
                {"_id": refund_id},
                {"$set": changes, "$unset": {"card": "", "card_at": ""}},
                session=session,
                return_document=ReturnDocument.AFTER,
            )
            assert ended is not None  # it was there a moment ago, and the transaction would have conflicted
            await self._account(session, ended)
            await self._noted(session, event_id, refund_id, now)
            await self._audit.write(None, f"refund.{state.value}", refund_id, session, order=refund.get("order_id"))
            if not refund.get("stray"):
                await self._go_on(session, ended, state)
            return True

        if await self._db.transaction(work):
            self._tally("refund_ended", state.value)
            self._outbox.nudge()

    async def _account(self, session: AsyncClientSession, refund: RefundDocument) -> None:
        """What the end means to the ledger, and to people who must help where it failed."""
        payment = await self._db.payments.find_one({"_id": refund["payment_id"]}, session=session)
        if payment is None:
            raise Problem("payment.unknown")
        await self._ledger.write(session, postings.refund_ended(refund, payment))
        for kind in (SHARE_NOT_BACK, REFUND_ABNORMAL):
            await self._work_items.resolve(kind, f"refund:{refund['_id']}", "退款已有结果", session)
        if refund["state"] == RefundState.FAILED:
            await open_about_refund(self._work_items, REFUND_FAILED, refund, session)
        elif await self._db.invoices.find_one({"live_key": payment["_id"]}, {"_id": 1}, session=session):
            # an invoice over money that is back must not stand
            ids = {"payment_id": payment["_id"]}
            await self._outbox.add(session, "invoice.reverse", f"payment:{payment['_id']}", ids)
        elif refund.get("stray"):
            await self._work_items.resolve(STRAY, f"payment:{payment['_id']}", "款项已自动原路退回", session)

    async def _go_on(self, session: AsyncClientSession, refund: RefundDocument, state: RefundState) -> None:
        if "dispute_id" in refund:
            event = "dispute.paid" if state is RefundState.SUCCEEDED else "dispute.pay_failed"
            ids = {"dispute_id": refund["dispute_id"], "order_id": refund["order_id"]}
            await self._outbox.add(session, event, f"order:{refund['order_id']}", ids)
            return
        order = await self._book.load(refund["order_id"], session)
        if order is None or order["status"] != OrderStatus.REFUNDING:
            return
        together = await self._group(session, refund)
        if any(one["state"] == RefundState.REQUESTED for one in together):
            # of two that end at once the second must see that it is the last
            touched = {"updated_at": self._clock()}
            await self._db.orders.update_one({"_id": order["_id"]}, {"$set": touched}, session=session)
            return
        if any(one["state"] == RefundState.SUCCEEDED for one in together):
            state = RefundState.SUCCEEDED
        payload = {"refund_id": refund.get("group", refund["_id"])}
        if await self._all_back(session, order["_id"]):
            await self._end_quotes(session, order["_id"])
            move = Move(Action.REFUND_ALL, "refunded", payload=payload, about="refund")
        else:
            event = "refunded_partly" if state is RefundState.SUCCEEDED else "refund_failed"
            unset = ("status_before_refund",)
            move = Move(Action.REFUND_END, event, unset=unset, payload=payload, about="refund")
        await self._book.move(session, order, move)

    async def _end_quotes(self, session: AsyncClientSession, order_id: str) -> None:
        """What was offered on top of an order that has ended can be paid no more: it lapses at the next look."""
        open_ = {"order_id": order_id, "state": {"$in": [QuoteState.OFFERED.value, QuoteState.ACCEPTED.value]}}
        await self._db.quotes.update_many(open_, {"$set": {"valid_until": self._clock()}}, session=session)

    async def _group(self, session: AsyncClientSession, refund: RefundDocument) -> list[RefundDocument]:
        """The refunds that were asked for together with this one, as they are now."""
        if "group" not in refund:
            return [refund]
        return await self._db.refunds.find({"group": refund["group"]}, session=session).to_list()

    async def _all_back(self, session: AsyncClientSession, order_id: str) -> bool:
        """Whether everything that was paid for the order, quotes and all, has gone back."""
        payments = await self._db.payments.find(paid_for(order_id), session=session).to_list()
        done = {"payment_id": {"$in": [one["_id"] for one in payments]}, "state": RefundState.SUCCEEDED.value}
        back = sum([one["amount_fen"] async for one in self._db.refunds.find(done, session=session)])
        return back >= sum(one["amount_fen"] for one in payments)

    async def _completes(self, session: AsyncClientSession, refund: RefundDocument) -> bool:
        """Whether everything that was paid is back with this one. A compensation ends no order."""
        if "dispute_id" in refund:
            return False
        payment = await self._db.payments.find_one({"_id": refund["payment_id"]}, session=session)
        back = await self._sum_of(session, refund, {})
        return payment is not None and back + refund["amount_fen"] >= payment["amount_fen"]

    async def _sum_of(self, session: AsyncClientSession, refund: RefundDocument, which: dict[str, Any]) -> int:
        """Fen that have gone back of the same payment before."""
        done = {"payment_id": refund["payment_id"], "state": RefundState.SUCCEEDED.value, **which}
        return sum([one["amount_fen"] async for one in self._db.refunds.find(done, session=session)])
