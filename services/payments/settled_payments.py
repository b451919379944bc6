"""Payments that no provider handles: from a company's prepaid balance, and of nothing, where coupons and subsidy cover
the whole price. They succeed in the transaction that makes them, the same way as WeChat's (``PaymentConfirming``).
"""

from typing import Protocol

from pymongo.asynchronous.client_session import AsyncClientSession

from miniprogram_api.errors import VendorError
from schemas.api.payments import PaymentView, SubjectView
from schemas.documents.ledgers import OutboxDocument
from schemas.documents.orders import PaymentDocument
from schemas.enums import PaymentMethod, PaymentState, SubjectKind
from services.actors import Actor
from services.clock import Clock, utc_now
from services.errors import Problem
from services.idempotency import Idempotency, Intent
from services.ids import new_id
from services.outbox import Effect, Outbox
from services.payments.payment_confirming import PaymentConfirming
from services.payments.payment_watch import PaymentWatch
from services.payments.purposes import Payable, Purposes, Subject, subject_of
from services.storage.database import Database

NOTHING = "payment.nothing"  # kind of the outbox row that owes a payment of nothing


class Balances(Protocol):
    """``services.pricing.companies.Companies``, as far as it is needed here."""

    async def take(self, session: AsyncClientSession, actor: Actor, company_id: str, amount_fen: int) -> None:
        """Raises ``company.not_found``, ``company.allowance_short``, ``company.balance_short``."""


def owed(subject: Subject, payer_id: str) -> dict[str, str]:
    """The payload of a row of the kind ``NOTHING``."""
    return {"kind": subject.kind.value, "id": subject.id, "payer_id": payer_id}


class SettledPayments:
    def __init__(
        self,
        database: Database,
        purposes: Purposes,
        balances: Balances,
        confirming: PaymentConfirming,
        watch: PaymentWatch,
        idempotency: Idempotency,
        outbox: Outbox,
        clock: Clock = utc_now,
    ) -> None:
        self._db = database
        self._purposes = purposes
        self._balances = balances
        self._confirming = confirming
        self._watch = watch
        self._idempotency = idempotency
        self._outbox = outbox
        self._clock = clock

    def effects(self) -> dict[str, Effect]:
        return {NOTHING: self._nothing}

    async def from_balance(self, actor: Actor, subject: Subject, company_id: str, intent: Intent) -> PaymentView:
        """Pay the whole of it from a company's balance.

        Raises ``payment.not_needed``, what ``Balances.take`` raises, ``provider.unavailable`` (a payment with WeChat is
        open and could not be closed), what the purpose raises, and what ``Idempotency.once``
        raises.
        """

        async def effect(session: AsyncClientSession) -> PaymentView:
            payable = await self._purposes[subject.kind].hold(session, subject.id)
            if payable.amount_fen == 0:
                raise Problem("payment.not_needed")
            await self._balances.take(session, actor, company_id, payable.amount_fen)
            payment = self._made(subject, payable, actor.user_id, PaymentMethod.PREPAID)
            payment["company_id"] = company_id
            await self._confirming.settle(session, payment)
            return payment_view(payment)

        stored = await self._idempotency.answer(intent, PaymentView)
        if stored is not None:
            return stored
        await self._close_others(subject)
        view = await self._idempotency.once(intent, PaymentView, effect)
        self._outbox.nudge()
        return view

    async def _nothing(self, row: OutboxDocument) -> None:
        """Run again, or after a cancellation, it finds that nothing is to be paid any more."""
        payload = row["payload"]
        subject = Subject(SubjectKind(payload["kind"]), payload["id"])

        async def work(session: AsyncClientSession) -> None:
            payable = await self._purposes[subject.kind].hold(session, subject.id)
            if payable.amount_fen == 0:
                payment = self._made(subject, payable, payload["payer_id"], PaymentMethod.NOTHING)
                await self._confirming.settle(session, payment)

        try:
            await self._purposes[subject.kind].payable(subject.id)
        except Problem:
            return
        await self._db.transaction(work)
        self._outbox.nudge()

    async def _close_others(self, subject: Subject) -> None:
        """Nobody shall pay it with WeChat as well. Should somebody just have: it is stray money, and goes back."""
        try:
            await self._watch.close_all(subject)
        except VendorError as fault:
            raise Problem("provider.unavailable", retry_after=2) from fault

    def _made(self, subject: Subject, payable: Payable, payer_id: str, method: PaymentMethod) -> PaymentDocument:
        now, payment_id = self._clock(), new_id()
        payment: PaymentDocument = {
            "_id": payment_id,
            "schema_version": 1,
            "subject": subject.document(),
            "payer_id": payer_id,
            "method": method.value,
            "out_trade_no": f"P{payment_id}",
            "amount_fen": payable.amount_fen,
            "state": PaymentState.SUCCEEDED.value,
            "paid_at": now,
            "query_at": now,
            "expires_at": now,
            "created_at": now,
            "updated_at": now,
        }
        return payable.put_on(payment)


def payment_view(payment: PaymentDocument) -> PaymentView:
    """Without what a provider's client needs."""
    subject = subject_of(payment)
    return PaymentView(
        payment_id=payment["_id"],
        subject=SubjectView(kind=subject.kind, id=subject.id),
        order_id=payment.get("order_id"),
        state=PaymentState(payment["state"]),
        out_trade_no=payment["out_trade_no"],
        amount_fen=payment["amount_fen"],
        expires_at=payment["expires_at"],
    )
