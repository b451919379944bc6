"""Payments whose notice stays away: asked for, closed when they lapse, so that nothing hangs for ever."""

import logging
from datetime import timedelta

from pymongo.asynchronous.client_session import AsyncClientSession

from miniprogram_api.errors import PayError, VendorError
from miniprogram_api.pay import PayClient
from schemas.documents.ledgers import OutboxDocument
from schemas.documents.orders import PaymentDocument
from schemas.enums import OrderStatus, PaymentState, SubjectKind
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.orders.order_book import Move, OrderBook
from services.orders.order_rules import Action
from services.orders.order_seams import Tally, no_tally
from services.outbox import Effect, Outbox
from services.payments.payment_closing import CLOSE
from services.payments.payment_confirming import PaymentConfirming
from services.payments.purposes import Subject
from services.storage.claims import Pauses, claimed
from services.storage.database import Database

log = logging.getLogger("casespace.payments")

LONGEST_PAUSE = timedelta(minutes=10)
_DEAD = frozenset({"CLOSED", "REVOKED", "PAYERROR"})


class PaymentWatch:
    def __init__(
        self,
        database: Database,
        book: OrderBook,
        pay: PayClient,
        confirming: PaymentConfirming,
        audit: Audit,
        outbox: Outbox,
        query_after_seconds: float,
        clock: Clock = utc_now,
        tally: Tally = no_tally,
    ) -> None:
        self._db = database
        self._book = book
        self._pay = pay
        self._confirming = confirming
        self._audit = audit
        self._outbox = outbox
        self._first_pause = timedelta(seconds=query_after_seconds)
        self._clock = clock
        self._tally = tally

    async def tick(self) -> int:
        """Ask WeChat about every payment that is due; the number asked. Call every few seconds."""
        asked = 0
        pending = {"state": PaymentState.PENDING.value}
        pauses = Pauses(self._first_pause, LONGEST_PAUSE)
        async for payment in claimed(self._db.payments, pending, "query_at", self._clock, pauses):
            asked += 1
            try:
                await self.settle(payment)
            except (VendorError, Problem) as fault:
                # it is due again soon; a mismatch has been written down where people look
                self._tally("payment_query_failed", getattr(fault, "code", type(fault).__name__))
                log.warning("payment %s could not be settled: %s", payment["_id"], fault)
        return asked

    async def settle(self, payment: PaymentDocument, *, close: bool = False) -> None:
        """Learn the truth about a pending payment: confirm it, or close it when it lapsed (or ``close``).

        Raises VendorError when WeChat does not say, and what ``PaymentConfirming.confirm`` raises.
        """
        close = close or self._clock() >= payment["expires_at"]
        try:
            transaction = await self._pay.query(payment["out_trade_no"])
        except PayError as fault:
            if fault.reason != "order_not_found":
                raise
            if close:  # the prepay never reached WeChat, so nobody can pay it
                await self._mark_closed(payment)
            return
        if transaction.paid:
            await self._confirming.confirm(transaction)
        elif transaction.trade_state in _DEAD:
            await self._mark_closed(payment)
        elif close:
            await self._close(payment)

    async def _close(self, payment: PaymentDocument) -> None:
        try:
            await self._pay.close(payment["out_trade_no"])
        except PayError as fault:
            if fault.reason == "order_paid":  # between the query and now
                await self._confirming.confirm(await self._pay.query(payment["out_trade_no"]))
                return
            if fault.reason not in ("order_closed", "order_not_found"):
                raise
        await self._mark_closed(payment)

    async def _mark_closed(self, payment: PaymentDocument) -> None:
        async def work(session: AsyncClientSession) -> None:
            closed = await self._db.payments.update_one(
                {"_id": payment["_id"], "state": PaymentState.PENDING.value},
                {"$set": {"state": PaymentState.CLOSED.value, "updated_at": self._clock()}},
                session=session,
            )
            if closed.modified_count:
                await self._audit.write(None, "payment.closed", payment["_id"], session, order=payment.get("order_id"))

        await self._db.transaction(work)

    # --- what nobody pays

    def effects(self) -> dict[str, Effect]:
        return {CLOSE: self._close_row}

    async def _close_row(self, row: OutboxDocument) -> None:
        await self.close_all(Subject(SubjectKind(row["payload"]["kind"]), row["payload"]["id"]))

    async def close_all(self, subject: Subject) -> None:
        """Close what is pending for something that nobody shall pay any more, or find out that it is paid.

        Raises what ``settle`` raises.
        """
        for payment in await self._db.payments.find(subject.query(state=PaymentState.PENDING.value)).to_list():
            await self.settle(payment, close=True)

    async def cancel_unpaid(self) -> int:
        """Cancel orders that nobody paid in their product's time; the number looked at.

        Their time stands in the order and not in an outbox row: most of them are paid long before, and nobody
        should have to read past the rows of all others every second.
        """
        looked = 0
        pauses = Pauses(LONGEST_PAUSE, LONGEST_PAUSE)
        async for order in claimed(self._db.orders, {}, "unpaid_until", self._clock, pauses):
            looked += 1
            try:
                await self._cancel(order["_id"])
            except (VendorError, Problem) as fault:
                self._tally("unpaid_not_cancelled", getattr(fault, "code", type(fault).__name__))
                log.warning("unpaid order %s could not be cancelled: %s", order["_id"], fault)
        return looked

    async def _cancel(self, order_id: str) -> None:
        await self.close_all(Subject(SubjectKind.ORDER, order_id))  # or find out that it is paid after all

        async def work(session: AsyncClientSession) -> None:
            order = await self._book.load(order_id, session)
            if order is not None and order["status"] == OrderStatus.AWAITING_PAYMENT:
                await self._book.move(session, order, Move(Action.CANCEL, "cancelled"))

        await self._db.transaction(work)
        self._outbox.nudge()
