"""The orders themselves: the one way to get one (loading is authorising) and the one way to move one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo import ReturnDocument
from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.documents.orders import OrderDocument
from schemas.documents.pricing import PriceDocument
from schemas.enums import OrderStatus, Role, SubjectKind, SystemRole
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.orders.order_news import waiting_card
from services.orders.order_rules import REFUND_STEPS, Action, allowed_as, promises_at, target
from services.outbox import Outbox
from services.payments.payment_closing import owe_closing
from services.payments.purposes import Subject
from services.permissions import DESK_ROLES, ORDER, Permission, allowed
from services.pricing import reservations
from services.storage.database import Database

SYSTEM = frozenset({SystemRole.SYSTEM})


@dataclass(frozen=True, slots=True)
class Access:
    """An order together with what the caller is to it."""

    order: OrderDocument
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Move:
    """One step of an order. ``event`` is owed afterwards (as ``order.<event>``), with ids only in ``payload``.

    ``card`` remembers the event under this name, so that a later step finds the card that it showed; ``about``
    names that card in the later step, whose payload then has its ``card_id``: fixed with the step, since
    another card may stand under the name when the event is worked off.
    """

    action: Action
    event: str
    set: dict[str, Any] | None = None
    unset: tuple[str, ...] = ()
    push: dict[str, Any] | None = None
    payload: dict[str, str] | None = None
    card: str | None = None
    about: str | None = None


def standing(actor: Actor, order: OrderDocument) -> frozenset[Role]:
    """What somebody is to an order: its client, its lawyer, the desk; nothing at all for everybody else."""
    roles = set(actor.roles & DESK_ROLES)
    if order["client_id"] == actor.user_id and actor.has(Role.CLIENT):
        roles.add(Role.CLIENT)
    if order.get("lawyer_id") == actor.user_id and actor.has(Role.LAWYER):
        roles.add(Role.LAWYER)
    return frozenset(roles)


class OrderBook:
    def __init__(self, database: Database, audit: Audit, outbox: Outbox, clock: Clock = utc_now) -> None:
        self._db = database
        self._audit = audit
        self._outbox = outbox
        self._clock = clock

    async def access(
        self, actor: Actor, order_id: str, permission: Permission, session: AsyncClientSession | None = None
    ) -> Access:
        """The order, if it is theirs and their role may do this. Raises ``order.not_found``, ``auth.forbidden``."""
        order = await self.load(order_id, session)
        roles = standing(actor, order) if order else frozenset()
        if order is None or not roles:
            raise Problem("order.not_found")
        if not allowed(ORDER, permission, roles):
            raise Problem("auth.forbidden")
        return Access(order, roles)

    async def load(self, order_id: str, session: AsyncClientSession | None = None) -> OrderDocument | None:
        """For effects, which ask nobody's permission."""
        return await self._db.orders.find_one({"_id": order_id}, session=session)

    async def move(
        self,
        session: AsyncClientSession,
        order: OrderDocument,
        move: Move,
        *,
        actor: Actor | None = None,
        roles: frozenset[Role] | frozenset[SystemRole] = SYSTEM,
    ) -> OrderDocument:
        """Take one step of the state machine, by compare-and-set, with its event and audit entry.

        Raises ``order.wrong_state`` when the step is not possible from where the order is (now).
        """
        before = OrderStatus(order["status"])
        role = allowed_as(before, move.action, roles)
        status = target(before, move.action, _before_refund(order))
        if role is None or status is None:
            raise Problem("order.wrong_state")
        now = self._clock()
        event_id = await self._outbox.add(
            session, f"order.{move.event}", f"order:{order['_id']}", _payload(order, move, before)
        )
        step = {"status": status.value, "at": now, "by": actor.user_id if actor else None, "role": role.value}
        update = _update(order, move, status, now, event_id)
        update["$push"] = {"steps": step, **(move.push or {})}
        moved: OrderDocument | None = await self._db.orders.find_one_and_update(
            {"_id": order["_id"], "status": before.value, "revision": order["revision"]},
            update,
            session=session,
            return_document=ReturnDocument.AFTER,
        )
        if moved is None:
            raise Problem("order.wrong_state")
        if move.action is Action.CANCEL:
            await owe_closing(self._db, self._outbox, session, Subject(SubjectKind.ORDER, order["_id"]))
        if "price" in order:
            await self._reserved(session, order, order["price"], move.action)
        await self._audit.write(
            actor, f"order.{move.event}", order["_id"], session, was=before.value, status=status.value
        )
        return moved

    async def _reserved(
        self, session: AsyncClientSession, order: OrderDocument, price: PriceDocument, action: Action
    ) -> None:
        """Coupons are used up by the payment, and given back when nobody pays."""
        if action is Action.PAY:
            await reservations.keep(self._db, session, SubjectKind.ORDER, order["_id"], self._clock())
        elif action is Action.CANCEL:
            await reservations.give_back(self._db, session, SubjectKind.ORDER, order["_id"], price)


def _payload(order: OrderDocument, move: Move, before: OrderStatus) -> dict[str, str]:
    """What is told with the step's event."""
    payload = {"order_id": order["_id"], **(move.payload or {})}
    if move.about is not None:
        payload["card_id"] = order["cards"][move.about]
    return payload | _promised(order, before) if move.action in REFUND_STEPS else payload


def _update(order: OrderDocument, move: Move, status: OrderStatus, now: datetime, event_id: str) -> dict[str, Any]:
    """What the step changes in the order, its own entry in ``steps`` apart."""
    changes: dict[str, Any] = {
        **(move.set or {}),
        "status": status.value,
        "deadlines": promises_at(order["deadlines"], order["product"]["deadlines"], status, now),
        "updated_at": now,
    }
    if move.card is not None:
        changes[f"cards.{move.card}"] = event_id
    update: dict[str, Any] = {"$set": changes, "$inc": {"revision": 1}}
    # a first step ends the time that an order has for being paid
    if gone := move.unset + (("unpaid_until",) if "unpaid_until" in order else ()):
        update["$unset"] = dict.fromkeys(gone, "")
    return update


def _promised(order: OrderDocument, before: OrderStatus) -> dict[str, str]:
    """Where the order stood before its refund, and which card waits there: fixed with the step, like ``card_id``."""
    stood = _before_refund(order) if before is OrderStatus.REFUNDING else before
    kind = waiting_card(stood) if stood else None
    card_id = order.get("cards", {}).get(kind) if kind else None
    return {"stood": str(stood), "waiting_card_id": card_id} if card_id else {}


def _before_refund(order: OrderDocument) -> OrderStatus | None:
    status = order.get("status_before_refund")
    return OrderStatus(status) if status else None
