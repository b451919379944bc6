"""Money that goes back: asked for, sent to WeChat under a fixed number, and settled by its word only (C5, E1)."""

import logging
from collections.abc import Mapping
from datetime import timedelta

from pymongo.asynchronous.client_session import AsyncClientSession

from miniprogram_api.errors import NotificationRejected, PayError, VendorError
from miniprogram_api.pay import Notifications, PayClient, Refund
from schemas.api.orders import OrderView, RefundBody
from schemas.documents.ledgers import OutboxDocument
from schemas.documents.orders import OrderDocument, RefundDocument
from schemas.enums import (
    DisputeOutcome,
    NoticeKind,
    OrderStatus,
    PaymentMethod,
    RefundState,
    Role,
)
from services.actors import Actor
from services.audit import SYSTEM, Audit
from services.clock import Clock, utc_now
from services.disputes.dispute_rules import needs_second, verdict
from services.errors import Problem
from services.idempotency import Idempotency, Intent
from services.ledger.ledger import Ledger
from services.orders.order_book import Access, OrderBook, standing
from services.orders.order_rules import Action, allowed_as
from services.orders.order_seals import OrderSeals
from services.orders.order_seams import Tally, Teller, no_tally
from services.orders.order_views import OrderViews
from services.outbox import Effect, Outbox
from services.payments.refund_asking import FIRST_PAUSE, RefundAsking, new_refund
from services.payments.refund_settling import RefundSettling
from services.permissions import DESK_ROLES, Permission
from services.storage.claims import Pauses, claimed
from services.storage.database import Database

log = logging.getLogger("casespace.payments")

LONGEST_PAUSE = timedelta(hours=1)
# What WeChat shows the payer; the reason in the client's own words stays with us.
SHOWN_REASON = "订单退款"
_WITHOUT_PROVIDER = (PaymentMethod.PREPAID, PaymentMethod.NOTHING)
_LATER = frozenset({"not_enough", "rate_limited"})  # refused now, not for ever


class Refunds:
    def __init__(
        self,
        database: Database,
        book: OrderBook,
        idempotency: Idempotency,
        views: OrderViews,
        seals: OrderSeals,
        pay: PayClient,
        notifications: Notifications,
        settling: RefundSettling,
        ledger: Ledger,
        notices: Teller,
        audit: Audit,
        outbox: Outbox,
        notify_url: str,
        clock: Clock = utc_now,
        tally: Tally = no_tally,
    ) -> None:
        """``notify_url`` is the whole address of the door that WeChat Pay calls about refunds."""
        self._db = database
        self._book = book
        self._idempotency = idempotency
        self._views = views
        self._seals = seals
        self._pay = pay
        self._notifications = notifications
        self._settling = settling
        self._asking = RefundAsking(database, book, seals, ledger, audit, outbox, clock)
        self._notices = notices
        self._outbox = outbox
        self._notify_url = notify_url
        self._clock = clock
        self._tally = tally

    async def request(self, actor: Actor, order_id: str, body: RefundBody, intent: Intent) -> OrderView:
        """Ask for all or a part of the money back.

        Raises ``order.wrong_state``, ``refund.amount_invalid``; ``refund.needs_review`` where a client's wish is for
        a person to decide, and where one of the desk alone may not (``services/disputes/``).
        """

        async def effect(session: AsyncClientSession) -> OrderView:
            access = await self._book.access(actor, order_id, Permission.ORDER_REFUND, session)
            granted = verdict(access.order, self._clock()).granted or await self._alone(session, access, body)
            if not granted and allowed_as(OrderStatus(access.order["status"]), Action.REFUND, access.roles):
                raise Problem("refund.needs_review")
            moved, _ = await self._asking.ask_back(
                session, access.order, access.roles, actor, body.amount_fen, body.reason
            )
            return await self._views.whole(Access(moved, standing(actor, moved)), session)

        view = await self._idempotency.once(intent, OrderView, effect)
        self._outbox.nudge()
        return view

    async def _alone(self, session: AsyncClientSession, access: Access, body: RefundBody) -> bool:
        """Whether one person of the desk may say so by themselves: never about an order of their own, and no more than
        a dispute would let them."""
        if Role.CLIENT in access.roles or access.roles.isdisjoint(DESK_ROLES):
            return False
        amount = body.amount_fen if body.amount_fen is not None else await self.left(session, access.order["_id"])
        return not needs_second(DisputeOutcome.REFUND, amount + await self.given(session, access.order))

    # --- for decisions of others, in their transactions

    async def left(self, session: AsyncClientSession, order_id: str) -> int:
        """See ``RefundAsking.left``."""
        return await self._asking.left(session, order_id)

    async def given(self, session: AsyncClientSession, order: OrderDocument) -> int:
        """Fen that the desk has given back of an order already: many small sums are a large one."""
        by_desk = {
            "order_id": order["_id"],
            "requested_by": {"$nin": [order["client_id"], SYSTEM]},
            "state": {"$ne": RefundState.FAILED.value},
        }
        return sum([one["amount_fen"] async for one in self._db.refunds.find(by_desk, session=session)])

    async def grant(
        self, session: AsyncClientSession, actor: Actor, order: OrderDocument, amount: int, reason: str
    ) -> str:
        """Money goes back because the desk decided so. The refund's id. Raises as ``request``."""
        _, refund_id = await self._asking.ask_back(session, order, standing(actor, order), actor, amount, reason)
        return refund_id

    async def compensate(
        self, session: AsyncClientSession, actor: Actor, order: OrderDocument, amount: int, reason: str, dispute_id: str
    ) -> str:
        """See ``RefundAsking.compensate``."""
        return await self._asking.compensate(session, actor, order, amount, reason, dispute_id)

    async def notify(self, headers: Mapping[str, str], body: bytes) -> None:
        """A refund notice. Raises ``payment.notification_rejected`` and what ``RefundSettling.settle`` raises."""
        try:
            notice = self._notifications.refund(headers, body)
        except NotificationRejected as fault:
            self._tally("pay_notice_refused", fault.reason)
            raise Problem("payment.notification_rejected") from fault
        await self._settling.settle(notice.refund, notice.event_id)

    async def tick(self) -> int:
        """Ask WeChat about every refund that is due; the number asked. Call every few seconds."""
        asked = 0
        requested = {"state": RefundState.REQUESTED.value}
        pauses = Pauses(FIRST_PAUSE, LONGEST_PAUSE)
        async for refund in claimed(self._db.refunds, requested, "query_at", self._clock, pauses):
            asked += 1
            try:
                await self._ask(refund)
            except (VendorError, Problem) as fault:
                self._tally("refund_query_failed", getattr(fault, "code", type(fault).__name__))
                log.warning("refund %s could not be settled: %s", refund["_id"], fault)
        return asked

    # --- effects

    def effects(self) -> dict[str, Effect]:
        return {"refund.send": self._send_row, "payment.stray": self._stray}

    async def _send_row(self, row: OutboxDocument) -> None:
        refund = await self._db.refunds.find_one({"_id": row["payload"]["refund_id"]})
        if refund is not None and refund["state"] == RefundState.REQUESTED:
            await self._send(refund)

    async def _stray(self, row: OutboxDocument) -> None:
        """Money came that nothing awaited, for an order or for a company's balance: it goes back by itself, once."""
        payment = await self._db.payments.find_one({"_id": row["payload"]["payment_id"]})
        order = await self._book.load(payment["order_id"]) if payment and "order_id" in payment else None
        if payment is None or (order is None and "order_id" in payment):
            return
        # the id is the event's, so a repeated effect finds its refund
        if await self._db.refunds.find_one({"_id": row["_id"]}, {"_id": 1}) is None:
            why = "重复支付或订单已取消，自动退款"
            sealed = await self._seals.seal(order, "refund", why) if order else None
            refund = new_refund(row["_id"], payment, payment["amount_fen"], sealed, "system")
            refund["stray"] = True
            await self._db.transaction(lambda session: self._asking.owe(session, payment, refund, None))
            self._outbox.nudge()
        number = order["number"] if order else payment["out_trade_no"]
        await self._notices.tell(
            payment["payer_id"],
            NoticeKind.ORDER_REFUND_REQUESTED,
            row["_id"],
            title="多付的款项正在退回",
            text=f"{'订单' if order else '充值'} {number} 无需支付，您支付的款项将原路退回。",
            link=f"/orders/{order['_id']}" if order else f"/companies/{payment['owner_id']}",
            values={"number": number, "service": order["product"]["name"] if order else "企业预付款充值"},
        )

    # --- sending and asking

    async def _send(self, refund: RefundDocument) -> None:
        """Under the same number as often as needed. Raises VendorError for what may succeed later."""
        payment = await self._db.payments.find_one({"_id": refund["payment_id"]})
        if payment is None:
            raise Problem("payment.unknown")
        if payment["method"] in _WITHOUT_PROVIDER:
            await self._settling.back_to_balance(refund["_id"])
            return
        try:
            answer = await self._pay.refund(
                out_trade_no=payment["out_trade_no"],
                out_refund_no=refund["out_refund_no"],
                refund_fen=refund["amount_fen"],
                total_fen=payment["amount_fen"],
                reason=SHOWN_REASON,
                notify_url=self._notify_url,
            )
        except PayError as fault:
            if fault.retryable or not fault.verified or fault.reason in _LATER:
                raise
            self._tally("refund_refused", fault.reason)
            log.error("refund %s was refused: %s", refund["_id"], fault.code)  # noqa: TRY400 - an answer, no crash
            await self._settling.fail(refund["_id"])
            return
        await self._settling.settle(answer)

    async def _ask(self, refund: RefundDocument) -> None:
        try:
            answer: Refund = await self._pay.query_refund(refund["out_refund_no"])
        except PayError as fault:
            if fault.reason != "refund_not_found":
                raise
            await self._send(refund)  # it never reached WeChat
            return
        await self._settling.settle(answer)
