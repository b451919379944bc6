"""Placing an order: everything that belongs to it is stored in one transaction, or nothing is (C3)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from pymongo.errors import DuplicateKeyError

from schemas.api.orders import OrderBody, OrderView
from schemas.documents.orders import OrderDocument, ProductDocument
from schemas.documents.pricing import PriceDocument
from schemas.enums import OrderStatus, Role, SubjectKind
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.idempotency import Idempotency, Intent
from services.ids import new_id
from services.keys import Vault
from services.orders.need_forms import checked_need
from services.orders.order_rules import order_number, promises_at
from services.orders.order_seals import seal_need
from services.orders.order_views import order_view
from services.orders.products import Products
from services.outbox import Outbox
from services.payments.purposes import Subject
from services.payments.settled_payments import NOTHING, owed
from services.pricing.pricing import Pricing, ordered
from services.pricing.reservations import BUDGET_GONE, taking
from services.storage.database import Database
from services.storage.group_commit import GroupCommit

CLIENT = frozenset({Role.CLIENT})


class OrderPlacing:
    def __init__(
        self,
        database: Database,
        group: GroupCommit,
        vault: Vault,
        products: Products,
        pricing: Pricing,
        idempotency: Idempotency,
        audit: Audit,
        outbox: Outbox,
        clock: Clock = utc_now,
    ) -> None:
        self._db = database
        self._group = group
        self._vault = vault
        self._products = products
        self._pricing = pricing
        self._idempotency = idempotency
        self._audit = audit
        self._outbox = outbox
        self._clock = clock

    async def place(self, actor: Actor, body: OrderBody, intent: Intent) -> OrderView:
        """Raises ``product.not_found``, ``order.need_invalid``, ``order.lawyer_unavailable``,
        ``order.coupon_invalid``, ``order.price_changed`` and what ``Idempotency.answer`` raises.

        Whether the request is a repeat is found out by trying: the record of its key is unique and stored with
        the order, so looking first would cost every order a round trip and prove nothing.
        """
        try:
            product = await self._products.offered(body.product_id)
            need = checked_need(product["form"], body.need)
            if body.lawyer_id is not None:
                await self._lawyer_exists(body.lawyer_id)
            return await self._ordered(actor, product, need, body, intent)
        except (Problem, DuplicateKeyError) as fault:
            stored = await self._idempotency.answer(intent, OrderView)
            if stored is not None:
                return stored
            if isinstance(fault, Problem):
                raise
            raise Problem("idempotency.running", retry_after=1) from fault  # its twin got no further

    async def _ordered(
        self, actor: Actor, product: ProductDocument, need: dict[str, str], body: OrderBody, intent: Intent
    ) -> OrderView:
        """Priced and stored; looked at afresh once, when what is remembered of the subsidies does not hold."""
        for last in (False, True):
            price = await self._pricing.of(ordered(product), actor.user_id, body.coupons, fresh=last)
            if body.payable_fen not in (None, price["payable_fen"]):
                if last:
                    raise Problem("order.price_changed")
                continue
            try:
                return await self._store(actor, product, price, need, body.lawyer_id, intent)
            except Problem as fault:
                if fault.code != BUDGET_GONE or last:
                    raise
        raise AssertionError("the last try returns or raises")

    async def _store(
        self,
        actor: Actor,
        product: ProductDocument,
        price: PriceDocument,
        need: dict[str, str],
        wanted_lawyer_id: str | None,
        intent: Intent,
    ) -> OrderView:
        order_id, space_id = new_id(), new_id()
        key_document, key = self._vault.fresh(f"space:{space_id}")
        order = self._document(order_id, space_id, actor.user_id, product, price)
        order["need"] = seal_need(key, order_id, need)
        if product["unpaid_minutes"] is not None:
            order["unpaid_until"] = order["created_at"] + timedelta(minutes=product["unpaid_minutes"])
        if wanted_lawyer_id is not None:
            order["wanted_lawyer_id"] = wanted_lawyer_id
        view = order_view(order, CLIENT, {}).model_copy(update={"need": need})
        documents: dict[str, list[Mapping[str, Any]]] = {
            "idempotency": [await self._idempotency.record(intent, view)],
            "orders": [order],
            "data_keys": [key_document],
            "audit": [self._audit.entry(actor, "order.placed", order_id, product=product["_id"])],
        }
        subject = Subject(SubjectKind.ORDER, order_id)
        if price["payable_fen"] == 0:
            row = self._outbox.row(NOTHING, f"order:{order_id}", owed(subject, actor.user_id))
            documents["outbox"] = [row]
        await self._group.insert(documents, taking(price, actor.user_id, subject.kind, order_id, order["created_at"]))
        if price["payable_fen"] == 0:
            self._outbox.nudge()
        return view

    def _document(
        self, order_id: str, space_id: str, client_id: str, product: ProductDocument, price: PriceDocument
    ) -> OrderDocument:
        now = self._clock()
        status = OrderStatus.AWAITING_PAYMENT
        order: OrderDocument = {
            "_id": order_id,
            "schema_version": 1,
            "number": order_number(order_id, now),
            "client_id": client_id,
            "product_id": product["_id"],
            "product": _snapshot(product),
            "need": b"",
            "status": status.value,
            "amount_fen": price["list_fen"],
            "payable_fen": price["payable_fen"],
            "space_id": space_id,
            "steps": [{"status": status.value, "at": now, "by": client_id, "role": Role.CLIENT.value}],
            "deadlines": promises_at([], product["deadlines"], status, now),
            "revision": 1,
            "created_at": now,
            "updated_at": now,
        }
        if price["payable_fen"] != price["list_fen"]:
            order["price"] = price
        return order

    async def _lawyer_exists(self, lawyer_id: str) -> None:
        query = {"_id": lawyer_id, "roles": Role.LAWYER.value, "disabled": False}
        if await self._db.users.find_one(query, {"_id": 1}) is None:
            raise Problem("order.lawyer_unavailable")


def _snapshot(product: ProductDocument) -> dict[str, Any]:
    """What was bought, as it was then: a later change of the catalogue changes no order."""
    return {
        "code": product["code"],
        "name": product["name"],
        "kind": product["kind"],
        "price_fen": product["price_fen"],
        "deadlines": product["deadlines"],
    }
