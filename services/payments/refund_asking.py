"""Asking for money back: how much is left, which payments it goes back of, and who bears it.

An order is paid by a payment of its own and by those of its quotes. What is asked back is taken of the order's own
payment first, then of the quotes' in the order in which they were paid; each payment gets a refund of its own, and
together they are one group that moves the order once, when the last of them has ended.
"""

from datetime import timedelta

from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.documents.orders import OrderDocument, PaymentDocument, RefundDocument
from schemas.enums import OrderStatus, PaymentMethod, RefundState, Role, SubjectKind
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.ids import new_id
from services.ledger import postings
from services.ledger.ledger import Ledger
from services.orders.order_book import Move, OrderBook
from services.orders.order_rules import Action, refundable
from services.orders.order_seals import OrderSeals
from services.outbox import Outbox
from services.payments.purposes import paid_for
from services.storage.database import Database

FIRST_PAUSE = timedelta(minutes=1)


class RefundAsking:
    def __init__(
        self,
        database: Database,
        book: OrderBook,
        seals: OrderSeals,
        ledger: Ledger,
        audit: Audit,
        outbox: Outbox,
        clock: Clock = utc_now,
    ) -> None:
        self._db = database
        self._book = book
        self._seals = seals
        self._ledger = ledger
        self._audit = audit
        self._outbox = outbox
        self._clock = clock

    async def left(self, session: AsyncClientSession, order_id: str) -> int:
        """What may still go back of everything that was paid for the order, in fen."""
        return sum([fen for _, fen in await self._remaining(session, order_id)])

    async def ask_back(
        self,
        session: AsyncClientSession,
        order: OrderDocument,
        roles: frozenset[Role],
        actor: Actor,
        wanted: int | None,
        reason: str,
    ) -> tuple[OrderDocument, str]:
        """The moved order and the id of the (first) refund; ``wanted`` None: all that is left.

        Where coupons and subsidy paid the whole price nothing goes back, and the order ends all the same. Raises
        ``order.wrong_state`` (also while a compensation is on its way), ``refund.amount_invalid``.
        """
        remaining = await self._remaining(session, order["_id"])
        if not remaining or await self._compensating(session, order["_id"]):
            raise Problem("order.wrong_state")
        left = sum(fen for _, fen in remaining)
        amount = left if wanted is None else wanted
        group = new_id()
        move = Move(
            Action.REFUND,
            "refund_requested",
            set={"status_before_refund": order["status"]},
            payload={"refund_id": group},
            card="refund",
        )
        moved = await self._book.move(session, order, move, actor=actor, roles=roles)
        for_nothing = wanted is None and all(payment["method"] == PaymentMethod.NOTHING for payment, _ in remaining)
        if not (1 <= amount <= left or (for_nothing and await self._never_refunded(session, order["_id"]))):
            raise Problem("refund.amount_invalid")
        sealed = await self._seals.seal(order, "refund", reason)
        for place, (payment, fen) in enumerate(shares(remaining, amount)):
            refund = new_refund(group if place == 0 else new_id(), payment, fen, sealed, actor.user_id)
            refund["group"] = group
            await self.owe(session, payment, refund, actor)
        return moved, group

    async def compensate(
        self, session: AsyncClientSession, actor: Actor, order: OrderDocument, amount: int, reason: str, dispute_id: str
    ) -> str:
        """The house pays the client for a bad service, the way the order was paid; the order itself stays as it is.

        The refund's id. Raises ``order.wrong_state`` (also while a refund is on its way), ``refund.amount_invalid``
        when no single payment has as much left.
        """
        remaining = await self._remaining(session, order["_id"])
        if not remaining or order["status"] == OrderStatus.REFUNDING:
            raise Problem("order.wrong_state")
        payment = next((payment for payment, fen in remaining if 1 <= amount <= fen), None)
        if payment is None:
            raise Problem("refund.amount_invalid")
        sealed = await self._seals.seal(order, "refund", reason)
        refund = new_refund(new_id(), payment, amount, sealed, actor.user_id)
        refund["dispute_id"] = dispute_id
        await self.owe(session, payment, refund, actor)
        return refund["_id"]

    async def owe(
        self, session: AsyncClientSession, payment: PaymentDocument, refund: RefundDocument, actor: Actor | None
    ) -> None:
        """Write a refund down with its posting and the effect that sends it."""
        now = self._clock()
        refund |= {"query_at": now + FIRST_PAUSE, "created_at": now, "updated_at": now}
        await self._db.refunds.insert_one(refund, session=session)
        # of two at once (a refund and a compensation) the second must see what the first has left
        await self._db.payments.update_one({"_id": payment["_id"]}, {"$inc": {"refunds_asked": 1}}, session=session)
        await self._ledger.write(session, postings.refund_requested(refund, payment))
        # a subject of its own: WeChat's being away must not hold up the order's other news
        await self._outbox.add(session, "refund.send", f"refund:{refund['_id']}", {"refund_id": refund["_id"]})
        await self._audit.write(
            actor, "refund.requested", refund["_id"], session, payment=payment["_id"], amount_fen=refund["amount_fen"]
        )

    async def _remaining(self, session: AsyncClientSession, order_id: str) -> list[tuple[PaymentDocument, int]]:
        """The payments of an order and its quotes, each with what may still go back; the order's own first."""
        payments = await self._db.payments.find(paid_for(order_id), session=session).to_list()
        payments.sort(key=lambda payment: (payment["subject"]["kind"] != SubjectKind.ORDER, payment["paid_at"]))
        remaining = []
        for payment in payments:
            asked = await self._db.refunds.find({"payment_id": payment["_id"]}, session=session).to_list()
            remaining.append((payment, refundable(payment["amount_fen"], asked)))
        return remaining

    async def _compensating(self, session: AsyncClientSession, order_id: str) -> bool:
        under_way = {"order_id": order_id, "dispute_id": {"$exists": True}, "state": RefundState.REQUESTED.value}
        return await self._db.refunds.find_one(under_way, {"_id": 1}, session=session) is not None

    async def _never_refunded(self, session: AsyncClientSession, order_id: str) -> bool:
        query = {"order_id": order_id, "stray": {"$ne": True}}
        return await self._db.refunds.find_one(query, {"_id": 1}, session=session) is None


def shares(remaining: list[tuple[PaymentDocument, int]], amount: int) -> list[tuple[PaymentDocument, int]]:
    """Which payment gives back how much. Where nothing at all was paid the first gives back nothing. Pure."""
    taken: list[tuple[PaymentDocument, int]] = []
    for payment, left in remaining:
        part = min(left, amount)
        if part:
            taken.append((payment, part))
            amount -= part
    return taken or [(remaining[0][0], 0)]


def new_refund(refund_id: str, payment: PaymentDocument, amount: int, reason: bytes | None, by: str) -> RefundDocument:
    """Not written yet. ``reason`` is sealed under the order's space key; None for money that belongs to no order."""
    refund: RefundDocument = {
        "_id": refund_id,
        "schema_version": 1,
        "payment_id": payment["_id"],
        "out_refund_no": f"R{refund_id}",
        "amount_fen": amount,
        "state": RefundState.REQUESTED.value,
        "requested_by": by,
        "query_at": payment["updated_at"],
        "created_at": payment["updated_at"],
        "updated_at": payment["updated_at"],
    }
    if "order_id" in payment:
        refund["order_id"] = payment["order_id"]
    if reason is not None:
        refund["reason"] = reason
    return refund
