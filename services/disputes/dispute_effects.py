"""What follows from each step of a dispute: its card in the space, notices, the work item, hints to open pages.

Run by the worker, in order with the order's other news; everything is told under the event's id, so that running it
twice shows one card and tells one notice.
"""

from schemas.documents.disputes import DisputeDocument
from schemas.documents.ledgers import OutboxDocument
from schemas.documents.orders import OrderDocument
from schemas.enums import DisputeKind, DisputeOutcome, DisputeState, NoticeKind
from services.amounts import yuan
from services.clock import Clock, utc_now
from services.disputes.dispute_book import DisputeBook
from services.live import Live
from services.orders.order_seams import Teller
from services.outbox import Effect
from services.spaces.cards import Cards
from services.storage.database import Database
from services.work_items import WorkItems

WORK_ITEM = "dispute.open"
TITLES: dict[DisputeKind, str] = {
    DisputeKind.REFUND: "退款申请",
    DisputeKind.COMPLAINT: "投诉",
    DisputeKind.LOW_RATING: "服务回访",
}
# On the card, where the title alone would leave client and lawyer guessing.
OPENED: dict[DisputeKind, str] = {DisputeKind.LOW_RATING: "评价低于三星，客服将在 24 小时内回访。"}
ADVICE: dict[DisputeKind, str] = {
    DisputeKind.REFUND: "请查看双方说明与交付情况，24 小时内决定是否退款及金额。",
    DisputeKind.COMPLAINT: "请联系客户与律师了解情况，24 小时内作出处理决定。",
    DisputeKind.LOW_RATING: "客户评价低于三星。请回访客户，并决定是否补偿。",
}
DECIDED: dict[DisputeOutcome, str] = {
    DisputeOutcome.REFUND: "同意退款 {yuan} 元，款项将原路退回。",
    DisputeOutcome.COMPENSATION: "向您补偿 {yuan} 元，款项将退回您的支付账户。",
    DisputeOutcome.REDO: "律师将为您免费修改。",
    DisputeOutcome.REFUSED: "经核实，未支持本次申请。理由请在订单的售后记录中查看。",
}


class DisputeEffects:
    def __init__(
        self,
        database: Database,
        book: DisputeBook,
        cards: Cards,
        notices: Teller,
        live: Live,
        work_items: WorkItems,
        clock: Clock = utc_now,
    ) -> None:
        self._db = database
        self._book = book
        self._cards = cards
        self._notices = notices
        self._live = live
        self._work_items = work_items
        self._clock = clock

    def effects(self) -> dict[str, Effect]:
        return {
            "dispute.opened": self._opened,
            "dispute.stated": self._hinted,
            "dispute.proposed": self._proposed,
            "dispute.returned": self._hinted,
            "dispute.withdrawn": self._withdrawn,
            "dispute.decided": self._decided,
            "dispute.paid": self._paid,
            "dispute.pay_failed": self._pay_failed,
        }

    async def tick(self) -> int:
        """What nobody decided in time becomes urgent; the number of disputes. Call every few minutes."""
        late = {"state": {"$in": [DisputeState.OPEN, DisputeState.PROPOSED]}, "due_at": {"$lte": self._clock()}}
        found = await self._db.disputes.find(late).to_list()
        for dispute in found:
            await self._item(dispute, urgent=True)
        return len(found)

    # --- one step each

    async def _opened(self, row: OutboxDocument) -> None:
        dispute, order = await self._both(row)
        kind = DisputeKind(dispute["kind"])
        await self._cards.show(
            dispute["space_id"],
            row["_id"],
            "dispute",
            TITLES[kind],
            DisputeState.OPEN.value,
            {"order_id": order["_id"], "dispute_id": dispute["_id"]},
            amount_fen=dispute.get("wanted_fen"),
            text=OPENED.get(kind),
        )
        if dispute["state"] in (DisputeState.OPEN, DisputeState.PROPOSED):  # a repeat must not open what is closed
            await self._item(dispute)
        await self._tell(row, order, order.get("lawyer_id"), TITLES[kind], "订单 {number} 有新的售后申请，请说明情况。")
        if "on_behalf" in dispute:
            await self._tell(row, order, order["client_id"], TITLES[kind], "客服已为订单 {number} 代您提交售后申请。")
        await self._hinted(row)

    async def _proposed(self, row: OutboxDocument) -> None:
        """The client sees no proposal: it may yet be turned down."""
        dispute, _ = await self._both(row)
        if dispute["state"] == DisputeState.PROPOSED:
            await self._item(dispute)

    async def _withdrawn(self, row: OutboxDocument) -> None:
        dispute, _ = await self._both(row)
        await self._cards.update(dispute["space_id"], row["_id"], dispute["card_id"], DisputeState.WITHDRAWN.value)
        await self._work_items.resolve(WORK_ITEM, _subject(dispute), "客户已撤回申请。")
        await self._hinted(row)

    async def _decided(self, row: OutboxDocument) -> None:
        dispute, order = await self._both(row)
        decision = dispute["decision"]
        outcome = DisputeOutcome(decision["outcome"])
        text = DECIDED[outcome].format(yuan=yuan(decision["amount_fen"]))
        await self._cards.update(dispute["space_id"], row["_id"], dispute["card_id"], outcome.value, text=text)
        await self._work_items.resolve(WORK_ITEM, _subject(dispute), "已作出处理决定。")
        await self._tell(row, order, order["client_id"], "售后处理结果", f"订单 {{number}}：{text}")
        await self._tell(row, order, order.get("lawyer_id"), "售后处理结果", "订单 {number} 的售后申请已有处理结果。")
        await self._hinted(row)

    async def _paid(self, row: OutboxDocument) -> None:
        """Compensation has arrived; a refund tells of itself."""
        dispute, order = await self._both(row)
        amount = yuan(dispute["decision"]["amount_fen"])
        await self._cards.update(dispute["space_id"], row["_id"], dispute["card_id"], "compensated")
        await self._tell(
            row, order, order["client_id"], "补偿已到账", f"订单 {{number}} 的补偿 {amount} 元已退回您的账户。"
        )

    async def _pay_failed(self, row: OutboxDocument) -> None:
        """The work item about the failed refund says what to do; the card must not promise what did not come."""
        dispute, _ = await self._both(row)
        await self._cards.update(dispute["space_id"], row["_id"], dispute["card_id"], "failed")

    # --- telling

    async def _both(self, row: OutboxDocument) -> tuple[DisputeDocument, OrderDocument]:
        dispute = await self._book.load(row["payload"]["dispute_id"])
        order = await self._db.orders.find_one({"_id": row["payload"]["order_id"]})
        assert dispute is not None  # written in the transaction that owes this effect, and never deleted
        assert order is not None
        return dispute, order

    async def _item(self, dispute: DisputeDocument, *, urgent: bool = False) -> None:
        kind = DisputeKind(dispute["kind"])
        title = f"{TITLES[kind]}待处理"
        if dispute["state"] == DisputeState.PROPOSED:
            title = f"{TITLES[kind]}待复核"
        await self._work_items.open(
            WORK_ITEM,
            _subject(dispute),
            title=title,
            advice=ADVICE[kind],
            urgent=urgent,
            dispute_id=dispute["_id"],
            order_id=dispute["order_id"],
            space_id=dispute["space_id"],
        )

    async def _tell(
        self, row: OutboxDocument, order: OrderDocument, user_id: str | None, title: str, text: str
    ) -> None:
        if user_id is None:
            return
        told = NoticeKind.DISPUTE_OPENED if row["kind"] == "dispute.opened" else NoticeKind.DISPUTE_DECIDED
        await self._notices.tell(
            user_id,
            told,
            row["_id"],
            title=title,
            text=text.format(number=order["number"]),
            link=f"/orders/{order['_id']}/disputes",
            values={"number": order["number"], "service": order["product"]["name"]},
        )

    async def _hinted(self, row: OutboxDocument) -> None:
        order = await self._db.orders.find_one({"_id": row["payload"]["order_id"]})
        if order is None:
            return
        hint = {"order_id": order["_id"], "status": order["status"], "revision": order["revision"]}
        for user_id in {order["client_id"], order.get("lawyer_id")} - {None}:
            await self._live.to_user(str(user_id), "order:updated", hint)


def _subject(dispute: DisputeDocument) -> str:
    return f"dispute:{dispute['_id']}"
