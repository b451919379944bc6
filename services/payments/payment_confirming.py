"""Money that arrived: recorded once, whatever the state of what it is for, which goes on from there."""

import asyncio
import hmac
import logging
from weakref import WeakValueDictionary

from pymongo import ReturnDocument
from pymongo.asynchronous.client_session import AsyncClientSession

from miniprogram_api.pay import Transaction
from schemas.documents.orders import PaymentDocument
from schemas.enums import PaymentState, SubjectKind
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.keys import BlindIndex
from services.ledger import postings
from services.ledger.ledger import Ledger
from services.orders.order_seams import Tally, no_tally
from services.outbox import Outbox
from services.payments.money_items import MISMATCH, STRAY, open_about_payment
from services.payments.purposes import Purposes, subject_of
from services.storage.database import Database
from services.work_items import WorkItems

log = logging.getLogger("casespace.payments")

_ARRIVED = (PaymentState.SUCCEEDED, PaymentState.STRAY)
CURRENCY = "CNY"


class _OvertakenError(Exception):
    """The payment is no longer as it was read: nothing of the transaction counts."""


class PaymentConfirming:
    def __init__(
        self,
        database: Database,
        purposes: Purposes,
        ledger: Ledger,
        work_items: WorkItems,
        audit: Audit,
        outbox: Outbox,
        index: BlindIndex,
        clock: Clock = utc_now,
        tally: Tally = no_tally,
    ) -> None:
        self._db = database
        self._purposes = purposes
        self._ledger = ledger
        self._work_items = work_items
        self._audit = audit
        self._outbox = outbox
        self._index = index
        self._clock = clock
        self._tally = tally
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()  # whoever waits holds its own

    async def confirm(self, transaction: Transaction, event_id: str | None = None) -> None:
        """Take what WeChat proved (by a notice, then with its ``event_id``, or by a query) into the books.

        Repeats change nothing. Raises ``payment.unknown``, ``payment.amount_mismatch`` and
        ``payment.payer_mismatch``; nothing is confirmed then.
        """
        # WeChat tells the same thing many times at once: in a process they queue up here, or their transactions would
        # only undo each other; those of other processes meet in the database.
        async with self._turns.setdefault(transaction.out_trade_no, asyncio.Lock()):
            while (payment := await self._awaited(transaction, event_id)) is not None:
                try:
                    state = await self._recorded(payment, transaction, event_id)
                except _OvertakenError:
                    continue  # somebody else confirmed or closed it meanwhile: look again
                self._tally("payment_confirmed", state.value)
                self._outbox.nudge()
                return

    async def _awaited(self, transaction: Transaction, event_id: str | None) -> PaymentDocument | None:
        """The payment, if this is its money and it was not recorded before."""
        payment = await self._db.payments.find_one({"out_trade_no": transaction.out_trade_no})
        if payment is None:
            self._tally("payment_refused", "unknown")
            raise Problem("payment.unknown")
        if not transaction.paid or transaction.transaction_id is None:
            return None
        if (transaction.total_fen, transaction.currency) != (payment["amount_fen"], CURRENCY):
            await self._mismatch(payment, transaction, "amount_mismatch")
        if not self._by_its_payer(payment, transaction):
            await self._mismatch(payment, transaction, "payer_mismatch")
        if payment["state"] in _ARRIVED:
            self._tally("payment_repeated", "notice" if event_id else "query")
            return None
        return payment

    async def _recorded(self, payment: PaymentDocument, transaction: Transaction, event_id: str | None) -> PaymentState:
        async def work(session: AsyncClientSession) -> PaymentState:
            return await self._record(session, payment, transaction, event_id)

        return await self._db.transaction(work)

    async def _record(
        self, session: AsyncClientSession, payment: PaymentDocument, transaction: Transaction, event_id: str | None
    ) -> PaymentState:
        """``payment`` was read before the transaction; that it is still as it was then is seen when it is written."""
        payment_id = payment["_id"]
        awaited = await self._purposes[subject_of(payment).kind].received(session, payment)
        state = PaymentState.SUCCEEDED if awaited else PaymentState.STRAY
        arrived = await self._arrive(session, payment, transaction, state)
        await self._ledger.write(session, postings.paid(arrived))
        if event_id is not None:
            await self._db.provider_events.update_one(
                {"_id": event_id},
                {"$setOnInsert": {"kind": "payment", "subject": payment_id, "received_at": self._clock()}},
                upsert=True,
                session=session,
            )
        await self._audit.write(
            None,
            f"payment.{state.value}",
            payment_id,
            session,
            order=payment.get("order_id"),
            amount_fen=payment["amount_fen"],
        )
        if awaited and subject_of(payment).kind is not SubjectKind.ORDER:
            # an order's payments are reported as delivered with the order
            await self._outbox.add(session, "shipping.report", f"shipping:{payment_id}", {"payment_id": payment_id})
        if not awaited:
            await open_about_payment(self._work_items, STRAY, arrived, session)
            await self._outbox.add(session, "payment.stray", f"payment:{payment_id}", {"payment_id": payment_id})
        return state

    async def _arrive(
        self, session: AsyncClientSession, payment: PaymentDocument, transaction: Transaction, state: PaymentState
    ) -> PaymentDocument:
        now = self._clock()
        arrived: PaymentDocument | None = await self._db.payments.find_one_and_update(
            {"_id": payment["_id"], "state": payment["state"]},
            {
                "$set": {
                    "state": state.value,
                    "transaction_id": transaction.transaction_id,
                    "mchid": transaction.mchid,
                    "paid_at": transaction.success_time or now,
                    "updated_at": now,
                }
            },
            session=session,
            return_document=ReturnDocument.AFTER,
        )
        if arrived is None:
            raise _OvertakenError
        return arrived

    async def settle(self, session: AsyncClientSession, payment: PaymentDocument) -> None:
        """A payment that no provider handles is made and has succeeded, in one transaction with what follows.

        Raises RuntimeError when nothing awaits it: the caller holds its subject.
        """
        if not await self._purposes[subject_of(payment).kind].received(session, payment):
            raise RuntimeError(f"payment {payment['_id']} is not awaited")
        await self._db.payments.insert_one(payment, session=session)
        await self._ledger.write(session, postings.paid(payment))
        await self._audit.write(
            None,
            f"payment.{payment['state']}",
            payment["_id"],
            session,
            order=payment.get("order_id"),
            amount_fen=payment["amount_fen"],
        )

    def payer_proof(self, openid: str) -> str:
        """What a payment remembers of who is to pay it: comparable, but no openid."""
        return self._index.lookup("payer", openid)

    def _by_its_payer(self, payment: PaymentDocument, transaction: Transaction) -> bool:
        """Whether the payer is the one for whom the prepay was asked: WeChat lets nobody else pay a JSAPI order,
        and names the payer of every paid one ("支付成功回调通知", payer.openid)."""
        wanted = payment.get("payer_proof")
        if wanted is None:  # opened by a version that did not remember it
            return True
        return hmac.compare_digest(wanted, self.payer_proof(transaction.openid or ""))

    async def _mismatch(self, payment: PaymentDocument, transaction: Transaction, what: str) -> None:
        """Refuse, count, and write down once. Raises ``payment.amount_mismatch``, ``payment.payer_mismatch``."""
        self._tally("payment_refused", what)
        log.error(
            "payment %s: %s; WeChat told of %s fen %s, the order is %s fen",
            payment["_id"],
            what,
            transaction.total_fen,
            transaction.currency,
            payment["amount_fen"],
        )
        first = await self._db.payments.update_one(
            {"_id": payment["_id"], "mismatch_at": {"$exists": False}}, {"$set": {"mismatch_at": self._clock()}}
        )
        if first.modified_count:
            await open_about_payment(self._work_items, MISMATCH, payment)
            await self._audit.write(
                None,
                "payment.mismatch",
                payment["_id"],
                order=payment.get("order_id"),
                told_fen=transaction.total_fen,
                what=what,
            )
        raise Problem("payment.payer_mismatch" if what == "payer_mismatch" else "payment.amount_mismatch")
