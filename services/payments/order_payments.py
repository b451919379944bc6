"""Paying an order: what is due, and the space that is opened with the money (C2, E1)."""

from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.documents.orders import OrderDocument, PaymentDocument
from schemas.documents.people import UserDocument
from schemas.enums import OrderStatus, Role
from services.clock import Clock, utc_now
from services.errors import Problem
from services.orders.order_book import Move, OrderBook
from services.orders.order_rules import PAID_STATUSES, Action
from services.payments.purposes import Payable
from services.spaces.spaces import NewMember, Spaces
from services.storage.database import Database


class OrderPayments:
    """The purpose ``order``."""

    def __init__(self, database: Database, book: OrderBook, spaces: Spaces, clock: Clock = utc_now) -> None:
        self._db = database
        self._book = book
        self._spaces = spaces
        self._clock = clock

    async def payable(self, subject_id: str) -> Payable:
        """Raises ``order.already_paid``, ``order.wrong_state``."""
        return _payable(await self._book.load(subject_id))

    async def hold(self, session: AsyncClientSession, subject_id: str) -> Payable:
        """Touching the order makes this and a cancellation exclude each other."""
        touched = await self._db.orders.update_one(
            {"_id": subject_id, "status": OrderStatus.AWAITING_PAYMENT.value},
            {"$set": {"updated_at": self._clock()}},
            session=session,
        )
        payable = _payable(await self._book.load(subject_id, session))
        if not touched.matched_count:
            raise Problem("order.wrong_state")
        return payable

    async def received(self, session: AsyncClientSession, payment: PaymentDocument) -> bool:
        order = await self._book.load(payment["subject"]["id"], session)
        if order is None:
            raise Problem("payment.unknown")
        if order["status"] != OrderStatus.AWAITING_PAYMENT:
            return False
        paid = Move(Action.PAY, "paid", payload={"payment_id": payment["_id"]}, card="payment")
        await self._book.move(session, order, paid)
        await self._spaces.create(
            session,
            space_id=order["space_id"],
            order_id=order["_id"],
            title=order["product"]["name"],
            members=await self._members(session, order),
        )
        return True

    async def _members(self, session: AsyncClientSession, order: OrderDocument) -> list[NewMember]:
        """The client, and one of the support people on duty (ruling 11)."""
        duty: dict[str, Any] = {"roles": Role.SUPPORT.value, "on_duty": True, "disabled": False}
        either = {"$or": [{"_id": order["client_id"]}, duty]}
        people: list[UserDocument] = await self._db.users.find(either, _PERSON, session=session).sort("_id").to_list()
        name = next((one["display_name"] for one in people if one["_id"] == order["client_id"]), "")
        members = [NewMember(order["client_id"], Role.CLIENT, name)]
        on_duty = [one for one in people if _on_duty(one)]
        if on_duty:
            # spread evenly, and the same one when the transaction is run again
            person = on_duty[int(order["_id"], 16) % len(on_duty)]
            if person["_id"] != order["client_id"]:
                members.append(NewMember(person["_id"], Role.SUPPORT, person["display_name"]))
        return members


_PERSON = {"display_name": 1, "roles": 1, "on_duty": 1, "disabled": 1}


def _on_duty(person: UserDocument) -> bool:
    """What the query asked for: the client comes with the same answer."""
    return Role.SUPPORT.value in person["roles"] and person["on_duty"] and not person["disabled"]


def _payable(order: OrderDocument | None) -> Payable:
    if order is not None and order["status"] in PAID_STATUSES:
        raise Problem("order.already_paid")
    if order is None or order["status"] != OrderStatus.AWAITING_PAYMENT:
        raise Problem("order.wrong_state")
    return Payable(order["payable_fen"], order["product"]["name"], order["_id"], order.get("price"))
