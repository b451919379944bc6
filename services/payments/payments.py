"""Paying by WeChat Pay JSAPI, whatever it is for (E1)."""

from collections.abc import Mapping
from datetime import timedelta

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from miniprogram_api.errors import NotificationRejected, PayError, VendorError
from miniprogram_api.pay import Notifications, PayClient
from schemas.api.payments import JsapiView, PaymentBody, PaymentStarted, PaymentView
from schemas.documents.orders import PaymentDocument
from schemas.enums import PaymentMethod, PaymentState, SubjectKind
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.idempotency import Idempotency, Intent
from services.ids import new_id
from services.orders.order_book import OrderBook
from services.orders.order_seams import Openids, Tally, no_tally
from services.payments.payment_confirming import PaymentConfirming
from services.payments.payment_watch import PaymentWatch
from services.payments.purposes import Payable, Purposes, Subject, subject_of
from services.payments.settled_payments import SettledPayments, payment_view
from services.permissions import Permission
from services.storage.database import Database

# How long WeChat honours a prepay_id.
PREPAY_LIVES = timedelta(hours=2)
# A payment that lapses sooner than this is not offered again: the payer needs a moment to pay.
WORTH_OFFERING = timedelta(minutes=1)
# What is settled with the firms; a tip is theirs already, a top-up is for no service yet.
_SHARED = frozenset({SubjectKind.ORDER, SubjectKind.QUOTE})
_NUMBER_SPENT = frozenset({"order_closed", "number_used"})


class Payments:
    def __init__(
        self,
        database: Database,
        book: OrderBook,
        purposes: Purposes,
        idempotency: Idempotency,
        accounts: Openids,
        pay: PayClient,
        notifications: Notifications,
        confirming: PaymentConfirming,
        watch: PaymentWatch,
        settled: SettledPayments,
        audit: Audit,
        notify_url: str,
        lapse_minutes: int,
        query_after_seconds: float,
        clock: Clock = utc_now,
        tally: Tally = no_tally,
        profit_sharing: bool = False,
    ) -> None:
        """``notify_url`` is the whole address of the door that WeChat Pay calls. ``profit_sharing``: orders are paid
        so that a part can go to the lawyer's firm."""
        self._db = database
        self._book = book
        self._purposes = purposes
        self._idempotency = idempotency
        self._accounts = accounts
        self._pay = pay
        self._notifications = notifications
        self._confirming = confirming
        self._watch = watch
        self._settled = settled
        self._audit = audit
        self._notify_url = notify_url
        self._lapse = timedelta(minutes=lapse_minutes)
        self._first_query = timedelta(seconds=query_after_seconds)
        self._clock = clock
        self._tally = tally
        self._profit_sharing = profit_sharing

    async def start(self, actor: Actor, order_id: str, body: PaymentBody, intent: Intent) -> PaymentView:
        """Pay an order. Raises ``order.not_found``, ``order.already_paid``, ``order.wrong_state`` and what ``begin``
        raises."""
        await self._book.access(actor, order_id, Permission.ORDER_PAY)
        return await self.begin(actor, Subject(SubjectKind.ORDER, order_id), body, intent)

    async def begin(self, actor: Actor, subject: Subject, body: PaymentBody, intent: Intent) -> PaymentView:
        """Pay as the body says; that it is the actor's to pay, the caller has made sure of.

        Raises what ``SettledPayments.from_balance`` and ``by_wechat`` raise.
        """
        if body.method == PaymentMethod.PREPAID:
            return await self._settled.from_balance(actor, subject, body.company_id or "", intent)
        return await self.by_wechat(actor, subject, intent)

    async def by_wechat(self, actor: Actor, subject: Subject, intent: Intent) -> PaymentView:
        """Ask WeChat for a prepay and give what ``wx.requestPayment`` needs.

        A repeat is signed anew while its prepay lives, else 410 ``idempotency.answer_expired``. Raises
        ``payment.not_needed``, ``payment.wechat_required``, ``payment.refused``, ``provider.unavailable``, what the
        purpose raises when nothing is to be paid, and what ``Idempotency`` raises.
        """
        started = await self._idempotency.answer(intent, PaymentStarted)
        if started is not None:
            return self._again(await self._db.payments.find_one({"_id": started.payment_id}))
        payable = await self._purposes[subject.kind].payable(subject.id)
        if payable.amount_fen == 0:
            raise Problem("payment.not_needed")  # the worker takes it as paid in a moment
        openid = await self._accounts.openid_of(actor.user_id)
        if openid is None:
            raise Problem("payment.wechat_required")
        await self._idempotency.lease(intent)
        try:
            payment = await self._open(actor, subject, payable, self._confirming.payer_proof(openid))
            payment = await self._prepaid(payable, payment, openid)
            await self._commit(actor, payment, intent)
        except Exception:
            # whatever WeChat knows of it stands under a number that the next try takes up again
            await self._idempotency.release(intent)
            raise
        return self._view(payment)

    async def notify(self, headers: Mapping[str, str], body: bytes) -> None:
        """A payment notice. Raises ``payment.notification_rejected`` and what ``confirm`` raises."""
        try:
            notice = self._notifications.payment(headers, body)
        except NotificationRejected as fault:
            self._tally("pay_notice_refused", fault.reason)
            raise Problem("payment.notification_rejected") from fault
        await self._confirming.confirm(notice.transaction, notice.event_id)

    async def tick(self) -> int:
        """What time brings: due payments are asked for, unpaid orders cancelled. Call every few seconds."""
        return await self._watch.tick() + await self._watch.cancel_unpaid()

    # --- the payment

    async def _open(self, actor: Actor, subject: Subject, payable: Payable, proof: str) -> PaymentDocument:
        """The one payment of this subject that waits for money: the present one, or a new one.

        It is stored before WeChat hears of it, so that money never arrives under an unknown number.
        """
        while True:
            payment = await self._db.payments.find_one(subject.query(state=PaymentState.PENDING.value))
            if payment is not None:
                if self._worth_offering(payment, payable, actor, proof):
                    return payment
                await self._settle(payment)
                continue
            try:
                return await self._db.transaction(lambda session: self._insert(session, actor, subject, proof))
            except DuplicateKeyError:
                continue  # another device of the payer was faster: take that one

    def _worth_offering(self, payment: PaymentDocument, payable: Payable, actor: Actor, proof: str) -> bool:
        fits = (payment["amount_fen"], payment["payer_id"]) == (payable.amount_fen, actor.user_id)
        fits = fits and payment.get("payer_proof", proof) == proof  # somebody's WeChat may be another one by now
        return fits and self._clock() < payment["expires_at"] - WORTH_OFFERING

    async def _insert(self, session: AsyncClientSession, actor: Actor, subject: Subject, proof: str) -> PaymentDocument:
        now = self._clock()
        payable = await self._purposes[subject.kind].hold(session, subject.id)
        payment_id = new_id()
        payment: PaymentDocument = {
            "_id": payment_id,
            "schema_version": 1,
            "subject": subject.document(),
            "payer_id": actor.user_id,
            "payer_proof": proof,
            "method": PaymentMethod.WECHAT_JSAPI.value,
            "out_trade_no": f"P{payment_id}",
            "amount_fen": payable.amount_fen,
            "state": PaymentState.PENDING.value,
            "query_at": now + self._first_query,
            "expires_at": now + self._lapse,
            "created_at": now,
            "updated_at": now,
        }
        payable.put_on(payment)
        if self._profit_sharing and subject.kind in _SHARED:
            payment["profit_sharing"] = True
        await self._db.payments.insert_one(payment, session=session)
        await self._audit.write(
            actor, "payment.opened", payment_id, session, order=payable.order_id, amount_fen=payment["amount_fen"]
        )
        return payment

    async def _prepaid(self, payable: Payable, payment: PaymentDocument, openid: str) -> PaymentDocument:
        """The payment with its prepay_id, asked for when it has none. The same number again is the same order."""
        if "prepay_id" in payment:
            return payment
        try:
            prepay_id = await self._pay.prepay_jsapi(
                out_trade_no=payment["out_trade_no"],
                description=payable.description,
                amount_fen=payment["amount_fen"],
                openid=openid,
                notify_url=self._notify_url,
                expires_at=payment["expires_at"],
                profit_sharing=payment.get("profit_sharing", False),
            )
        except PayError as fault:
            await self._refused(payment, fault)
            raise Problem("payment.refused") from fault
        except VendorError as fault:
            raise _unavailable(fault) from fault
        return {**payment, "prepay_id": prepay_id, "prepay_expires_at": self._clock() + PREPAY_LIVES}

    async def _refused(self, payment: PaymentDocument, fault: PayError) -> None:
        self._tally("prepay_refused", fault.reason)
        if fault.reason == "order_paid" or fault.reason in _NUMBER_SPENT:
            await self._settle(payment)
            subject = subject_of(payment)
            await self._purposes[subject.kind].payable(subject.id)  # says so when it is paid
            raise _unavailable(fault) from fault  # the next try takes a new number
        if fault.retryable or not fault.verified:
            raise _unavailable(fault) from fault

    async def _settle(self, payment: PaymentDocument) -> None:
        try:
            await self._watch.settle(payment, close=True)
        except VendorError as fault:
            raise _unavailable(fault) from fault

    async def _commit(self, actor: Actor, payment: PaymentDocument, intent: Intent) -> None:
        async def work(session: AsyncClientSession) -> None:
            await self._db.payments.update_one(
                {"_id": payment["_id"]},
                {
                    "$set": {
                        "prepay_id": payment["prepay_id"],
                        "prepay_expires_at": payment["prepay_expires_at"],
                        "updated_at": self._clock(),
                    }
                },
                session=session,
            )
            await self._audit.write(actor, "payment.started", payment["_id"], session, order=payment.get("order_id"))
            await self._idempotency.commit(session, intent, PaymentStarted(payment_id=payment["_id"]))

        await self._db.transaction(work)

    def _again(self, payment: PaymentDocument | None) -> PaymentView:
        """The answer to a repeat, signed anew. What was paid meanwhile is still the same answer."""
        if payment is None or payment["state"] == PaymentState.CLOSED:
            raise Problem("idempotency.answer_expired")
        dies_at = payment["prepay_expires_at"]
        if payment["state"] == PaymentState.PENDING:
            dies_at = min(dies_at, payment["expires_at"])
        if self._clock() >= dies_at:
            raise Problem("idempotency.answer_expired")
        return self._view(payment)

    def _view(self, payment: PaymentDocument) -> PaymentView:
        jsapi = JsapiView(**self._pay.jsapi_params(payment["prepay_id"]))
        return payment_view(payment).model_copy(update={"jsapi": jsapi})


def _unavailable(_: VendorError) -> Problem:
    return Problem("provider.unavailable", retry_after=2)
