"""Tips (打赏): a client's thanks after the service, as often as they like (E2).

A tip is paid like anything else and belongs to the lawyer's firm: lawyers take no private fees (律师法). It is a
gift for a service that was confirmed, and is not offered for refund.
"""

from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.api.payments import PaymentView
from schemas.api.quotes import TipBody
from schemas.documents.ledgers import OutboxDocument
from schemas.documents.orders import OrderDocument, PaymentDocument
from schemas.documents.pricing import TipDocument
from schemas.enums import NoticeKind, OrderStatus, SubjectKind
from services.actors import Actor
from services.amounts import yuan
from services.clock import Clock, utc_now
from services.errors import Problem
from services.idempotency import Intent
from services.ledger.accounts import NO_FIRM
from services.live import Live
from services.orders.order_book import OrderBook
from services.orders.order_rules import TIPPABLE
from services.orders.order_seams import Teller
from services.outbox import Effect, Outbox
from services.payments.payments import Payments
from services.payments.purposes import Payable, Subject
from services.permissions import Permission
from services.spaces.cards import Cards
from services.storage.database import Database


class TipPayments:
    """The purpose ``tip``. Nothing ends the waiting for it: whoever pays late still meant it."""

    def __init__(self, database: Database, outbox: Outbox, clock: Clock = utc_now) -> None:
        self._db = database
        self._outbox = outbox
        self._clock = clock

    async def payable(self, subject_id: str) -> Payable:
        """Raises ``tip.already_paid``."""
        return _payable(await self._db.tips.find_one({"_id": subject_id}))

    async def hold(self, session: AsyncClientSession, subject_id: str) -> Payable:
        return _payable(await self._db.tips.find_one({"_id": subject_id}, session=session))

    async def received(self, session: AsyncClientSession, payment: PaymentDocument) -> bool:
        unpaid = {"_id": payment["subject"]["id"], "paid_at": {"$exists": False}}
        tip = await self._db.tips.find_one_and_update(unpaid, {"$set": {"paid_at": self._clock()}}, session=session)
        if tip is None:
            return False
        payload = {"tip_id": tip["_id"], "order_id": tip["order_id"], "payment_id": payment["_id"]}
        await self._outbox.add(session, "tip.paid", f"order:{tip['order_id']}", payload)
        return True


class Tips:
    def __init__(
        self,
        database: Database,
        book: OrderBook,
        payments: Payments,
        cards: Cards,
        notices: Teller,
        live: Live,
        clock: Clock = utc_now,
    ) -> None:
        self._db = database
        self._book = book
        self._payments = payments
        self._cards = cards
        self._notices = notices
        self._live = live
        self._clock = clock

    async def start(self, actor: Actor, order_id: str, body: TipBody, intent: Intent) -> PaymentView:
        """Raises ``order.not_found``, ``auth.forbidden``, ``tip.not_possible``, ``idempotency.key_reused``, and what
        ``Payments.begin`` raises."""
        access = await self._book.access(actor, order_id, Permission.ORDER_TIP)
        tip = await self._tip(access.order, body, intent)
        if (tip["order_id"], tip["amount_fen"]) != (order_id, body.amount_fen):
            raise Problem("idempotency.key_reused")
        return await self._payments.begin(actor, Subject(SubjectKind.TIP, tip["_id"]), body, intent)

    def effects(self) -> dict[str, Effect]:
        return {"tip.paid": self._paid}

    async def _tip(self, order: OrderDocument, body: TipBody, intent: Intent) -> TipDocument:
        """The tip of this very request, made at its first try."""
        lawyer_id = order.get("lawyer_id")
        if OrderStatus(order["status"]) not in TIPPABLE or lawyer_id is None:
            raise Problem("tip.not_possible")
        lawyer = await self._db.users.find_one({"_id": lawyer_id}, {"firm_id": 1})
        firm_id = lawyer.get("firm_id", NO_FIRM) if lawyer else NO_FIRM
        tip: TipDocument = {
            "_id": intent.thing_id,
            "schema_version": 1,
            "order_id": order["_id"],
            "space_id": order["space_id"],
            "client_id": order["client_id"],
            "lawyer_id": lawyer_id,
            "firm_id": firm_id,
            "amount_fen": body.amount_fen,
            "created_at": self._clock(),
        }
        stored = await self._db.tips.find_one_and_update(
            {"_id": tip["_id"]}, {"$setOnInsert": tip}, upsert=True, return_document=True
        )
        return stored or tip

    async def _paid(self, row: OutboxDocument) -> None:
        tip = await self._db.tips.find_one({"_id": row["payload"]["tip_id"]})
        order = await self._book.load(row["payload"]["order_id"])
        if tip is None or order is None:
            return
        ref = {"order_id": order["_id"], "tip_id": tip["_id"], "payment_id": row["payload"]["payment_id"]}
        await self._cards.show(
            tip["space_id"], row["_id"], "tip", "客户表示感谢", "paid", ref, amount_fen=tip["amount_fen"]
        )
        service, number = order["product"]["name"], order["number"]
        await self._notices.tell(
            tip["lawyer_id"],
            NoticeKind.TIP_RECEIVED,
            row["_id"],
            title="收到客户的感谢",
            text=f"客户为订单 {number}“{service}”打赏 {yuan(tip['amount_fen'])} 元，计入律所结算。",
            link=f"/spaces/{tip['space_id']}",
            values={"number": number, "service": service},
        )
        await self._live.to_user(tip["client_id"], "order:updated", {"order_id": order["_id"]})


def _payable(tip: TipDocument | None) -> Payable:
    if tip is None or "paid_at" in tip:
        raise Problem("tip.already_paid")
    return Payable(tip["amount_fen"], "感谢律师的服务", tip["order_id"], owner_id=tip["firm_id"])
