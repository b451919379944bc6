"""Refunds that the payer's own account cannot take (退款异常): the payer names a bank card, finance sends it there.

WeChat holds the money meanwhile, so such a refund is neither done nor refused: it stays requested, and its order stays
where it is. Two people take part, so that nobody turns somebody's money to a card of their own: the client, signed in,
names the card; one of ``ops``, who is not that client, releases it. The card is kept sealed until WeChat has it, and no
longer. Vendor document: pay.weixin.qq.com/doc/v3, "发起异常退款".
"""

from typing import Any

import orjson
from pymongo.asynchronous.client_session import AsyncClientSession

from miniprogram_api.errors import PayError, VendorError
from miniprogram_api.pay import BankCard, PayClient
from schemas.api.refunds import RefundCardBody, RefundCardView
from schemas.documents.ledgers import OutboxDocument
from schemas.documents.orders import OrderDocument, RefundDocument
from schemas.enums import NoticeKind, RefundState, Role
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.live import Live
from services.masks import masked_name, masked_number
from services.orders.order_book import OrderBook
from services.orders.order_seals import OrderSeals
from services.orders.order_seams import Teller
from services.outbox import Effect, Outbox
from services.payments.money_items import REFUND_ABNORMAL, open_about_refund
from services.permissions import FINANCE, Permission, require
from services.storage.database import Database
from services.work_items import WorkItems

_CARD = "refund card"  # what is sealed under the order's space key


class StuckRefunds:
    def __init__(
        self,
        database: Database,
        book: OrderBook,
        seals: OrderSeals,
        pay: PayClient,
        work_items: WorkItems,
        notices: Teller,
        live: Live,
        audit: Audit,
        outbox: Outbox,
        clock: Clock = utc_now,
    ) -> None:
        self._db = database
        self._book = book
        self._seals = seals
        self._pay = pay
        self._work_items = work_items
        self._notices = notices
        self._live = live
        self._audit = audit
        self._outbox = outbox
        self._clock = clock

    async def name_card(self, actor: Actor, order_id: str, refund_id: str, body: RefundCardBody) -> RefundCardView:
        """The client says where the money shall go; until it is sent they may say otherwise.

        Raises ``order.not_found``, ``auth.forbidden``, ``refund.not_stuck``.
        """
        access = await self._book.access(actor, order_id, Permission.ORDER_REFUND)
        if Role.CLIENT not in access.roles:
            raise Problem("auth.forbidden")
        sealed = await self._seals.seal(access.order, _CARD, body.model_dump_json())

        async def work(session: AsyncClientSession) -> RefundDocument:
            refund = await self._stuck(refund_id, session)
            if refund.get("order_id") != order_id or refund.get("stray"):
                raise Problem("refund.not_stuck")
            await self._change(session, refund_id, {"$set": {"card": sealed, "card_at": self._clock()}})
            await open_about_refund(self._work_items, REFUND_ABNORMAL, refund, session, card="客户已填写收款银行卡")
            await self._audit.write(actor, "refund.card_named", refund_id, session, order=order_id)
            return refund

        return _view(await self._db.transaction(work), body)

    async def card(self, actor: Actor, refund_id: str) -> RefundCardView:
        """What finance compares before it releases the money. Raises ``auth.forbidden``, ``refund.not_stuck``."""
        require(FINANCE, Permission.FINANCE_DECIDE, actor.roles)
        refund = await self._stuck(refund_id)
        return _view(refund, await self._opened(refund))

    async def send(self, actor: Actor, refund_id: str) -> RefundCardView:
        """Send the money to the card that the client named.

        Raises ``auth.forbidden``, ``refund.not_stuck``, ``refund.no_card``; ``refund.card_refused`` when WeChat does
        not take the card (the client is asked for another one); ``provider.unavailable``.
        """
        require(FINANCE, Permission.FINANCE_DECIDE, actor.roles)
        refund = await self._stuck(refund_id)
        order, named = await self._order(refund), await self._opened(refund)
        if order is None or named is None:
            raise Problem("refund.no_card")
        if order["client_id"] == actor.user_id:
            raise Problem("auth.forbidden")
        card = BankCard(named.bank, named.account, named.name)
        # before the call: what was sent and is not written down could not be found again
        await self._audit.write(actor, "refund.card_released", refund_id, None, order=order["_id"])
        try:
            taken = await self._hand_over(refund, card)
        except VendorError as fault:
            raise Problem("provider.unavailable") from fault
        if not taken:
            await self._ask_again(refund)
            raise Problem("refund.card_refused")
        changes = {"$set": {"card_sent_at": self._clock()}, "$unset": {"stuck_at": "", "card": "", "card_at": ""}}
        await self._db.transaction(lambda session: self._change(session, refund_id, changes))
        return _view(refund, named)

    def effects(self) -> dict[str, Effect]:
        return {"refund.stuck": self._ask_client}

    async def _ask_client(self, row: OutboxDocument) -> None:
        refund = await self._db.refunds.find_one({"_id": row["payload"]["refund_id"]})
        order = await self._order(refund) if refund is not None else None
        if refund is None or order is None or refund.get("stray"):
            return
        await self._notices.tell(
            order["client_id"],
            NoticeKind.ORDER_REFUND_FAILED,
            row["_id"],
            title="请填写收款银行卡",
            text=f"订单 {order['number']} 的退款无法退回原支付账户，请在订单页填写您本人的银行卡。",
            link=f"/orders/{order['_id']}",
            values={"number": order["number"], "service": order["product"]["name"]},
        )
        news = {"order_id": order["_id"], "status": order["status"], "revision": order["revision"]}
        await self._live.to_user(order["client_id"], "order:updated", news)

    async def _hand_over(self, refund: RefundDocument, card: BankCard) -> bool:
        """Whether WeChat takes the card. Raises VendorError while that is not known."""
        try:
            await self._pay.apply_abnormal_refund(refund["refund_id"], refund["out_refund_no"], card)
        except PayError as fault:
            if fault.retryable or not fault.verified:
                raise
            # an earlier try may have been taken and its answer lost: then the refund is abnormal no longer
            told = await self._pay.query_refund(refund["out_refund_no"])
            return not told.abnormal
        return True

    async def _ask_again(self, refund: RefundDocument) -> None:
        async def work(session: AsyncClientSession) -> None:
            await self._change(session, refund["_id"], {"$unset": {"card": "", "card_at": ""}})
            await open_about_refund(self._work_items, REFUND_ABNORMAL, refund, session, card="该卡被拒，已请客户重填")
            ids = {"refund_id": refund["_id"]}
            await self._outbox.add(session, "refund.stuck", f"refund:{refund['_id']}", ids)

        await self._db.transaction(work)
        self._outbox.nudge()

    async def _stuck(self, refund_id: str, session: AsyncClientSession | None = None) -> RefundDocument:
        refund = await self._db.refunds.find_one({"_id": refund_id}, session=session)
        if refund is None or refund["state"] != RefundState.REQUESTED or "stuck_at" not in refund:
            raise Problem("refund.not_stuck")
        return refund

    async def _opened(self, refund: RefundDocument) -> RefundCardBody | None:
        order = await self._order(refund)
        if order is None or "card" not in refund:
            return None
        return RefundCardBody.model_validate(orjson.loads(await self._seals.open(order, _CARD, refund["card"])))

    async def _order(self, refund: RefundDocument) -> OrderDocument | None:
        return await self._book.load(refund["order_id"]) if "order_id" in refund else None

    async def _change(self, session: AsyncClientSession, refund_id: str, changes: dict[str, Any]) -> None:
        changes.setdefault("$set", {})["updated_at"] = self._clock()
        await self._db.refunds.update_one({"_id": refund_id}, changes, session=session)


def _view(refund: RefundDocument, card: RefundCardBody | None) -> RefundCardView:
    return RefundCardView(
        refund_id=refund["_id"],
        amount_fen=refund["amount_fen"],
        bank=card.bank if card else None,
        holder=masked_name(card.name) if card else None,
        account=masked_number(card.account) if card else None,
    )
