"""Orders as they are shown: what was stored becomes what this viewer may see."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.api.orders import (
    DeadlineView,
    DeliveryView,
    OrderedProductView,
    OrderView,
    PersonView,
    RefundView,
    ReviewView,
    StepView,
    TipView,
)
from schemas.api.pricing import PriceView
from schemas.documents.orders import OrderDocument, RefundDocument
from schemas.enums import OrderStatus, RefundState, Role
from services.actors import Actor
from services.orders.order_book import Access, standing
from services.orders.order_rules import PAID_STATUSES, TIPPABLE, TITLES, offers, refundable
from services.orders.order_seals import OrderSeals
from services.payments.purposes import paid_for
from services.pricing.price_views import price_view
from services.storage.database import Database


class OrderViews:
    def __init__(self, database: Database, seals: OrderSeals) -> None:
        self._db = database
        self._seals = seals

    async def whole(self, access: Access, session: AsyncClientSession | None = None) -> OrderView:
        """One order with everything in it. Reading the need is the caller's to audit.

        For somebody who is nothing to the order any more (a lawyer who declined) only what lists show.
        """
        order = access.order
        if not access.roles:
            return order_view(order, access.roles, {})
        clients = await self._names([order["client_id"]]) if access.roles != {Role.CLIENT} else {}
        return order_view(order, access.roles, clients).model_copy(
            update={
                "need": await self._seals.need(order),
                "delivery": await self._delivery(order),
                "review": await self._review(order),
                "refunds": await self._refunds(order, access.roles, session)
                if order["status"] in PAID_STATUSES
                else [],
                "refundable_fen": await self._refundable(order, session) if order["status"] in PAID_STATUSES else 0,
                "tips": await self._tips(order) if order["status"] in TIPPABLE else [],
                "cancel_reason": await self._cancel_reason(order),
            }
        )

    async def many(self, actor: Actor, orders: Sequence[OrderDocument]) -> list[OrderView]:
        """For lists: nothing that has to be unsealed."""
        others = {order["client_id"] for order in orders} - {actor.user_id}
        clients = await self._names(others) if others else {}
        return [order_view(order, standing(actor, order), clients) for order in orders]

    async def _names(self, user_ids: Iterable[str]) -> dict[str, str]:
        found = self._db.users.find({"_id": {"$in": list(user_ids)}}, {"display_name": 1})
        return {user["_id"]: user["display_name"] async for user in found}

    async def _delivery(self, order: OrderDocument) -> DeliveryView | None:
        stored = order.get("delivery")
        if stored is None:
            return None
        summary = await self._seals.open(order, "delivery", stored["summary"])
        return DeliveryView(summary=summary, file_ids=stored["file_ids"], at=stored["at"])

    async def _review(self, order: OrderDocument) -> ReviewView | None:
        stored = order.get("review")
        if stored is None:
            return None
        text = await self._seals.open(order, "review", stored["text"]) if stored["text"] else None
        return ReviewView(stars=stored["stars"], text=text, at=stored["at"])

    async def _cancel_reason(self, order: OrderDocument) -> str | None:
        sealed = order.get("cancel_reason")
        return await self._seals.open(order, "cancel", sealed) if sealed else None

    async def _tips(self, order: OrderDocument) -> list[TipView]:
        """Those that were paid, oldest first."""
        found = self._db.tips.find({"order_id": order["_id"], "paid_at": {"$exists": True}}).sort("paid_at")
        return [TipView(id=tip["_id"], amount_fen=tip["amount_fen"], paid_at=tip["paid_at"]) async for tip in found]

    async def _refundable(self, order: OrderDocument, session: AsyncClientSession | None) -> int:
        """What may still be asked back of everything that was paid for the order, its quotes included."""
        payments = await self._db.payments.find(paid_for(order["_id"]), session=session).to_list()
        wanted = {"payment_id": {"$in": [payment["_id"] for payment in payments]}}
        asked = await self._db.refunds.find(wanted, session=session).to_list()
        return refundable(sum(payment["amount_fen"] for payment in payments), asked)

    async def _refunds(
        self, order: OrderDocument, roles: frozenset[Role], session: AsyncClientSession | None
    ) -> list[RefundView]:
        """The refunds of this order; money that came astray and went back is not one of them.

        Why is between the client and the desk: a client who fears the lawyer's eyes says nothing, and a lawyer who has
        to answer is told in a dispute (docs/decisions.md).
        """
        told = roles & {Role.CLIENT, Role.SUPPORT, Role.OPS}
        query = {"order_id": order["_id"], "stray": {"$ne": True}}
        found = self._db.refunds.find(query, session=session).sort("created_at")
        return [
            RefundView(
                id=refund["_id"],
                amount_fen=refund["amount_fen"],
                reason=await self._seals.open(order, "refund", refund["reason"]) if told else None,
                state=RefundState(refund["state"]),
                card=_card(refund) if told else None,
                created_at=refund["created_at"],
            )
            async for refund in found
        ]


def _card(refund: RefundDocument) -> Literal["needed", "named"] | None:
    if "stuck_at" not in refund or refund["state"] != RefundState.REQUESTED:
        return None
    return "named" if "card" in refund else "needed"


def order_view(order: OrderDocument, roles: frozenset[Role], clients: Mapping[str, str]) -> OrderView:
    """The part of an order that needs no key. ``clients`` maps ids to display names."""
    status = OrderStatus(order["status"])
    return OrderView(
        id=order["_id"],
        number=order["number"],
        status=status,
        product=_product(order),
        amount_fen=order["amount_fen"],
        payable_fen=order["payable_fen"],
        price=_price(order),
        space_id=order["space_id"] if status in PAID_STATUSES else None,
        client=_person(order["client_id"], clients.get(order["client_id"])),
        lawyer=_person(order.get("lawyer_id"), order.get("lawyer_name")),
        steps=[_step(step) for step in order["steps"]],
        deadlines=[
            DeadlineView(code=one["code"], title=one["title"], due_at=one["due_at"], met_at=one.get("met_at"))
            for one in order["deadlines"]
            if "met_at" in one or status is not OrderStatus.REFUNDING  # nothing is promised while money goes back
        ],
        actions=offers(status, roles),
        unpaid_until=order.get("unpaid_until"),
        created_at=order["created_at"],
        updated_at=order["updated_at"],
    )


def _price(order: OrderDocument) -> PriceView:
    stored = order.get("price")
    if stored is None:
        return PriceView(list_fen=order["amount_fen"], payable_fen=order["payable_fen"])
    return price_view(stored)


def _product(order: OrderDocument) -> OrderedProductView:
    product = order["product"]
    return OrderedProductView(
        id=order["product_id"], name=product["name"], kind=product["kind"], price_fen=product["price_fen"]
    )


def _person(user_id: str | None, name: str | None) -> PersonView | None:
    return PersonView(user_id=user_id, display_name=name) if user_id and name else None


def _step(step: Mapping[str, Any]) -> StepView:
    status = OrderStatus(step["status"])
    return StepView(status=status, title=TITLES[status], at=step["at"], by=step["role"])
