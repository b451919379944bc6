"""What follows from each step of an order: its card in the space, notices, and hints to open pages.

Run by the worker from the outbox, in order for each order. Everything here is told under the event's id, so
that running it twice shows one card and tells one notice.
"""

from typing import Any

from schemas.documents.ledgers import OutboxDocument
from schemas.documents.orders import OrderDocument
from schemas.documents.spaces import SpaceDocument
from schemas.enums import NoticeKind, OrderStatus, Role
from services.amounts import yuan
from services.errors import Problem
from services.live import Live
from services.orders.assignments import Assignments
from services.orders.order_book import OrderBook
from services.orders.order_news import NEWS, CardChanged, CardShown, News, promise_of
from services.orders.order_seals import OrderSeals
from services.orders.order_seams import Teller
from services.outbox import Effect
from services.spaces.cards import Cards
from services.spaces.spaces import Spaces, current_member
from services.storage.database import Database


class OrderEffects:
    def __init__(
        self,
        database: Database,
        book: OrderBook,
        seals: OrderSeals,
        spaces: Spaces,
        cards: Cards,
        notices: Teller,
        live: Live,
        assignments: Assignments,
    ) -> None:
        self._db = database
        self._book = book
        self._seals = seals
        self._spaces = spaces
        self._cards = cards
        self._notices = notices
        self._live = live
        self._assignments = assignments

    def effects(self) -> dict[str, Effect]:
        effects: dict[str, Effect] = dict.fromkeys(NEWS, self.announce)
        effects["order.paid"] = self._paid
        effects["order.assigned"] = self._assigned
        effects["order.declined"] = self._declined
        return effects

    async def announce(self, row: OutboxDocument) -> None:
        """Card, notices and hints of one step."""
        order = await self._book.load(row["payload"]["order_id"])
        if order is None:
            return
        news = NEWS[row["kind"]]
        facts = await self._facts(row, order)
        await self._show(row, order, news, facts)
        await self._tell(row, order, news, facts)
        await self._hint(row, order)

    async def _paid(self, row: OutboxDocument) -> None:
        order = await self._book.load(row["payload"]["order_id"])
        if order is None:
            return
        space = await self._space(order)
        await self._spaces.announce(order["space_id"], joined=_members(space))
        await self.announce(row)
        await self._assign(row, order)

    async def _assigned(self, row: OutboxDocument) -> None:
        payload = row["payload"]
        await self._membership(payload["order_id"], [payload["lawyer_id"], payload.get("left_id")])
        await self.announce(row)

    async def _declined(self, row: OutboxDocument) -> None:
        await self._membership(row["payload"]["order_id"], [row["payload"]["lawyer_id"]])
        await self.announce(row)
        order = await self._book.load(row["payload"]["order_id"])
        if order is not None:
            await self._assign(row, order)

    # --- assignment and membership

    async def _assign(self, row: OutboxDocument, order: OrderDocument) -> None:
        if await self._assignments.by_rule(order["_id"]):
            return
        for user_id in _members(await self._space(order), Role.SUPPORT):
            await self._notices.tell(
                user_id,
                NoticeKind.ORDER_DECLINED,
                f"unassigned:{row['_id']}",
                title="订单待派单",
                text=f"订单 {order['number']} 没有可接单的律师，请人工派单。",
                link=f"/orders/{order['_id']}",
                values=_values(order),
            )

    async def _membership(self, order_id: str, user_ids: list[str | None]) -> None:
        """Tell sockets who is in the space now and who is not, whatever happened since the step."""
        order = await self._book.load(order_id)
        if order is None:
            return
        space = await self._space(order)
        concerned = [user_id for user_id in user_ids if user_id is not None]
        inside = [one for one in concerned if space is not None and current_member(space, one)]
        outside = [one for one in concerned if one not in inside]
        await self._spaces.announce(order["space_id"], joined=inside, left=outside)

    async def _space(self, order: OrderDocument) -> SpaceDocument | None:
        self._spaces.forget(order["space_id"])
        return await self._spaces.load(order["space_id"])

    # --- telling

    async def _facts(self, row: OutboxDocument, order: OrderDocument) -> dict[str, str]:
        """The values that texts name. From what the step fixed, so that a repeat says the same."""
        payload = row["payload"]
        facts = {
            "service": order["product"]["name"],
            "number": order["number"],
            "yuan": yuan(await self._amount(row, order)),
            "stars": str(order.get("review", {}).get("stars", "")),
            "lawyer": "",
            "summary": "",
        }
        lawyer_id = payload.get("lawyer_id", order.get("lawyer_id"))
        if lawyer_id is not None:
            lawyer = await self._db.users.find_one({"_id": lawyer_id}, {"display_name": 1})
            facts["lawyer"] = lawyer["display_name"] if lawyer else "律师"
        if row["kind"] == "order.delivered" and "delivery" in order:
            facts["summary"] = await self._seals.open(order, "delivery", order["delivery"]["summary"])
        return facts

    async def _amount(self, row: OutboxDocument, order: OrderDocument) -> int:
        refund_id = row["payload"].get("refund_id")
        if refund_id is None:
            return order["payable_fen"]
        together = {"$or": [{"_id": refund_id}, {"group": refund_id}]}
        return sum([refund["amount_fen"] async for refund in self._db.refunds.find(together, {"amount_fen": 1})])

    async def _show(self, row: OutboxDocument, order: OrderDocument, news: News, facts: dict[str, str]) -> None:
        await self._keep_promise(row, order)
        try:
            if isinstance(news.card, CardShown):
                await self._show_card(row, order, news.card, facts)
            elif isinstance(news.card, CardChanged):
                text = news.card.text.format(**facts) or None
                card_id = row["payload"]["card_id"]
                await self._cards.update(order["space_id"], row["_id"], card_id, news.card.state, text=text)
        except Problem as fault:
            # the first run showed it, and a name in it has changed since
            if fault.code != "message.id_reused":
                raise

    async def _keep_promise(self, row: OutboxDocument, order: OrderDocument) -> None:
        """A card that says what comes next must not say so while money goes back, nor after (C5)."""
        card_id = row["payload"].get("waiting_card_id")
        if card_id is None:
            return
        state = promise_of(row["kind"], OrderStatus(row["payload"]["stood"]))
        if state is not None:
            await self._cards.update(order["space_id"], f"{row['_id']}.promise", card_id, state)

    async def _show_card(
        self, row: OutboxDocument, order: OrderDocument, card: CardShown, facts: dict[str, str]
    ) -> None:
        names = ("payment_id", "refund_id", "lawyer_id")
        ref = {"order_id": order["_id"]} | {name: row["payload"][name] for name in names if name in row["payload"]}
        money = card.kind in ("payment", "refund")
        await self._cards.show(
            order["space_id"],
            row["_id"],
            card.kind,
            card.title,
            card.state,
            ref,
            amount_fen=await self._amount(row, order) if money else None,
            text=card.text.format(**facts) or None,
        )

    async def _tell(self, row: OutboxDocument, order: OrderDocument, news: News, facts: dict[str, str]) -> None:
        values = _values(order)
        if news.kind is NoticeKind.ORDER_PAID:
            values["amount_fen"] = str(order["payable_fen"])
        for told in news.told:
            for user_id in await self._people(row, order, told.to):
                await self._notices.tell(
                    user_id,
                    news.kind,
                    row["_id"],
                    title=told.title,
                    text=told.text.format(**facts),
                    link=f"/orders/{order['_id']}",
                    values=values,
                )

    async def _people(self, row: OutboxDocument, order: OrderDocument, role: Role) -> list[str]:
        if role is Role.CLIENT:
            return [order["client_id"]]
        if role is Role.LAWYER:
            lawyer_id = row["payload"].get("lawyer_id", order.get("lawyer_id"))
            return [lawyer_id] if lawyer_id else []
        return _members(await self._space(order), role)

    async def _hint(self, row: OutboxDocument, order: OrderDocument) -> None:
        """Open pages look again; what they show they load themselves."""
        concerned = {order["client_id"], order.get("lawyer_id"), row["payload"].get("lawyer_id")}
        payload: dict[str, Any] = {"order_id": order["_id"], "status": order["status"], "revision": order["revision"]}
        for user_id in concerned - {None}:
            await self._live.to_user(str(user_id), "order:updated", payload)


def _members(space: SpaceDocument | None, role: Role | None = None) -> list[str]:
    members = space["members"] if space else []
    return [m["user_id"] for m in members if "left_at" not in m and role in (None, m["role"])]


def _values(order: OrderDocument) -> dict[str, str]:
    return {"number": order["number"], "service": order["product"]["name"]}
