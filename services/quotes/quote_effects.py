"""What follows from each step of a quote: its card in the space, notices, hints to open pages.

Run by the worker, in order with the order's other news; everything is told under the event's id, so that running it
twice shows one card and tells one notice.
"""

from dataclasses import dataclass

from schemas.documents.ledgers import OutboxDocument
from schemas.documents.pricing import QuoteDocument
from schemas.enums import NoticeKind, QuoteState
from services.amounts import yuan
from services.live import Live
from services.orders.order_seams import Teller
from services.outbox import Effect
from services.quotes.quote_book import QuoteBook
from services.quotes.quote_rules import card_title
from services.spaces.cards import Cards
from services.storage.database import Database


@dataclass(frozen=True, slots=True)
class Told:
    """A notice to the client, or to who made the offer."""

    to_client: bool
    kind: NoticeKind
    title: str
    text: str


NEWS: dict[str, tuple[QuoteState, tuple[Told, ...]]] = {
    "quote.offered": (
        QuoteState.OFFERED,
        (Told(True, NoticeKind.QUOTE_OFFERED, "收到一份报价", "“{service}”有一份 {yuan} 元的报价，请查看。"),),
    ),
    "quote.accepted": (
        QuoteState.ACCEPTED,
        (
            Told(
                False, NoticeKind.QUOTE_ANSWERED, "客户接受了报价", "订单 {number} 的 {yuan} 元报价已被接受，等待支付。"
            ),
        ),
    ),
    "quote.declined": (
        QuoteState.DECLINED,
        (Told(False, NoticeKind.QUOTE_ANSWERED, "客户婉拒了报价", "订单 {number} 的 {yuan} 元报价被婉拒。"),),
    ),
    "quote.withdrawn": (
        QuoteState.WITHDRAWN,
        (Told(True, NoticeKind.QUOTE_OFFERED, "报价已撤回", "“{service}”的 {yuan} 元报价已撤回，无需支付。"),),
    ),
    "quote.lapsed": (QuoteState.LAPSED, ()),
    "quote.paid": (
        QuoteState.PAID,
        (
            Told(True, NoticeKind.QUOTE_ANSWERED, "报价支付成功", "您已为“{service}”的报价支付 {payable} 元。"),
            Told(
                False,
                NoticeKind.QUOTE_ANSWERED,
                "客户已支付报价",
                "订单 {number} 的 {yuan} 元报价已支付，可以开始办理。",
            ),
        ),
    ),
}


class QuoteEffects:
    def __init__(self, database: Database, book: QuoteBook, cards: Cards, notices: Teller, live: Live) -> None:
        self._db = database
        self._book = book
        self._cards = cards
        self._notices = notices
        self._live = live

    def effects(self) -> dict[str, Effect]:
        return dict.fromkeys(NEWS, self._announce)

    async def _announce(self, row: OutboxDocument) -> None:
        quote = await self._book.load(row["payload"]["quote_id"])
        if quote is None:
            return
        await self._show(row, quote)
        await self._tell(row, quote)
        hint = {"order_id": quote["order_id"], "quote_id": quote["_id"]}
        await self._live.to_user(quote["client_id"], "order:updated", hint)

    async def _show(self, row: OutboxDocument, quote: QuoteDocument) -> None:
        state, _ = NEWS[row["kind"]]
        ref = {"order_id": quote["order_id"], "quote_id": quote["_id"]}
        if state is not QuoteState.OFFERED:
            await self._cards.update(quote["space_id"], row["_id"], quote["card_id"], state.value)
        else:
            title = card_title(await self._book.titles(quote))
            await self._cards.show(
                quote["space_id"], row["_id"], "quote", title, state.value, ref, amount_fen=quote["amount_fen"]
            )
        if state is QuoteState.PAID:
            # the quote's own card may be far above by now
            paid = {**ref, "payment_id": row["payload"]["payment_id"]}
            await self._cards.show(
                quote["space_id"],
                row["payload"]["payment_id"],
                "payment",
                "报价已支付",
                "paid",
                paid,
                amount_fen=_payable(quote),
            )

    async def _tell(self, row: OutboxDocument, quote: QuoteDocument) -> None:
        order = await self._db.orders.find_one({"_id": quote["order_id"]}, {"number": 1, "product": 1})
        if order is None:
            return
        service, number = order["product"]["name"], order["number"]
        for told in NEWS[row["kind"]][1]:
            text = told.text.format(
                service=service, number=number, yuan=yuan(quote["amount_fen"]), payable=yuan(_payable(quote))
            )
            await self._notices.tell(
                quote["client_id"] if told.to_client else quote["offered_by"],
                told.kind,
                row["_id"],
                title=told.title,
                text=text,
                link=f"/spaces/{quote['space_id']}",
                values={"number": number, "service": service},
            )


def _payable(quote: QuoteDocument) -> int:
    return quote["price"]["payable_fen"] if "price" in quote else quote["amount_fen"]
