"""The rules of an order, pure: who may move it from where to where, promises of time, money, the lawyer.

The table below is the state machine. Whatever is not in it is not possible, and a test walks every cell.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from schemas.documents.orders import DeadlineDocument, OrderDocument, RefundDocument
from schemas.enums import OrderStatus, RefundState, Role, SystemRole
from services.ids import readable_number
from services.permissions import DESK_ROLES, Permission


class Action(StrEnum):
    PAY = "pay"
    CANCEL = "cancel"
    ASSIGN = "assign"
    ACCEPT = "accept"
    DECLINE = "decline"
    DELIVER = "deliver"
    CONFIRM = "confirm"
    REVIEW = "review"
    REFUND = "refund"
    REFUND_ALL = "refund_all"  # everything that was paid is back with the client
    REFUND_END = "refund_end"  # a part is back, or nothing could be sent: the order goes on


@dataclass(frozen=True, slots=True)
class Transition:
    to: OrderStatus | None  # None: the status before the refund began
    who: frozenset[Role | SystemRole]


_S = OrderStatus
_CLIENT, _LAWYER, _SYSTEM = Role.CLIENT, Role.LAWYER, SystemRole.SYSTEM


def _by(*who: Role | SystemRole | frozenset[Role]) -> frozenset[Role | SystemRole]:
    people: set[Role | SystemRole] = set()
    for one in who:
        people |= one if isinstance(one, frozenset) else {one}
    return frozenset(people)


TRANSITIONS: dict[tuple[OrderStatus, Action], Transition] = {
    (_S.AWAITING_PAYMENT, Action.PAY): Transition(_S.PAID, _by(_SYSTEM)),
    (_S.AWAITING_PAYMENT, Action.CANCEL): Transition(_S.CANCELLED, _by(_CLIENT, DESK_ROLES, _SYSTEM)),
    (_S.PAID, Action.ASSIGN): Transition(_S.ASSIGNED, _by(DESK_ROLES, _SYSTEM)),
    (_S.PAID, Action.REFUND): Transition(_S.REFUNDING, _by(_CLIENT, DESK_ROLES)),
    (_S.ASSIGNED, Action.ASSIGN): Transition(_S.ASSIGNED, _by(DESK_ROLES)),
    (_S.ASSIGNED, Action.ACCEPT): Transition(_S.IN_SERVICE, _by(_LAWYER)),
    (_S.ASSIGNED, Action.DECLINE): Transition(_S.PAID, _by(_LAWYER)),
    (_S.ASSIGNED, Action.REFUND): Transition(_S.REFUNDING, _by(_CLIENT, DESK_ROLES)),
    (_S.IN_SERVICE, Action.DELIVER): Transition(_S.DELIVERED, _by(_LAWYER)),
    (_S.IN_SERVICE, Action.REFUND): Transition(_S.REFUNDING, _by(_CLIENT, DESK_ROLES)),
    # what was delivered is given back by a person's decision only
    (_S.DELIVERED, Action.CONFIRM): Transition(_S.CONFIRMED, _by(_CLIENT)),
    (_S.DELIVERED, Action.REFUND): Transition(_S.REFUNDING, _by(DESK_ROLES)),
    (_S.CONFIRMED, Action.REVIEW): Transition(_S.REVIEWED, _by(_CLIENT)),
    (_S.CONFIRMED, Action.REFUND): Transition(_S.REFUNDING, _by(DESK_ROLES)),
    (_S.REVIEWED, Action.REFUND): Transition(_S.REFUNDING, _by(DESK_ROLES)),
    (_S.REFUNDING, Action.REFUND_ALL): Transition(_S.REFUNDED, _by(_SYSTEM)),
    (_S.REFUNDING, Action.REFUND_END): Transition(None, _by(_SYSTEM)),
}

REFUND_STEPS = frozenset({Action.REFUND, Action.REFUND_ALL, Action.REFUND_END})

PERMISSIONS: dict[Action, Permission] = {
    Action.CANCEL: Permission.ORDER_CANCEL,
    Action.ASSIGN: Permission.ORDER_ASSIGN,
    Action.ACCEPT: Permission.ORDER_ANSWER,
    Action.DECLINE: Permission.ORDER_ANSWER,
    Action.DELIVER: Permission.ORDER_DELIVER,
    Action.CONFIRM: Permission.ORDER_CONFIRM,
    Action.REVIEW: Permission.ORDER_REVIEW,
    Action.REFUND: Permission.ORDER_REFUND,
}

# The money is there (or was) from these on.
PAID_STATUSES = frozenset(OrderStatus) - {_S.AWAITING_PAYMENT, _S.CANCELLED}
SERVED_STATUSES = frozenset({_S.DELIVERED, _S.CONFIRMED, _S.REVIEWED})
# While the service goes on, more of it can be offered.
QUOTABLE = frozenset({_S.PAID, _S.ASSIGNED, _S.IN_SERVICE, _S.DELIVERED})
# Thanks are given for what was confirmed.
TIPPABLE = frozenset({_S.CONFIRMED, _S.REVIEWED})
# Moves no order, and so is no action of the table.
TIP = "tip"
# A lawyer's open work.
OPEN_WORK = (_S.ASSIGNED, _S.IN_SERVICE)
# Nothing is promised any more.
_OVER = frozenset({_S.CANCELLED, _S.REFUNDED})

TITLES: dict[OrderStatus, str] = {
    _S.AWAITING_PAYMENT: "待支付",
    _S.PAID: "已支付",
    _S.ASSIGNED: "已分配律师",
    _S.IN_SERVICE: "服务中",
    _S.DELIVERED: "已交付",
    _S.CONFIRMED: "已确认",
    _S.REVIEWED: "已评价",
    _S.CANCELLED: "已取消",
    _S.REFUNDING: "退款中",
    _S.REFUNDED: "已退款",
}


def allowed_as(status: OrderStatus, action: Action, roles: frozenset[Role | SystemRole]) -> Role | SystemRole | None:
    """The role in which somebody with ``roles`` may do this now; None when they may not."""
    transition = TRANSITIONS.get((status, action))
    if transition is None:
        return None
    return next((role for role in sorted(roles) if role in transition.who), None)


def target(status: OrderStatus, action: Action, before_refund: OrderStatus | None) -> OrderStatus | None:
    """The status after ``action``; None when it is not possible from ``status``."""
    transition = TRANSITIONS.get((status, action))
    if transition is None:
        return None
    return before_refund if transition.to is None else transition.to


def offers(status: OrderStatus, roles: frozenset[Role]) -> list[str]:
    """What these roles may do with an order now, for buttons. Paying and tipping are asked for by the client."""
    actions = [action.value for (at, action), t in TRANSITIONS.items() if at is status and not t.who.isdisjoint(roles)]
    if status is OrderStatus.AWAITING_PAYMENT and Role.CLIENT in roles:
        actions.insert(0, Action.PAY.value)
    if status in TIPPABLE and Role.CLIENT in roles:
        actions.append(TIP)
    return actions


# --- promises of time (C4)


def promises_at(
    running: Sequence[DeadlineDocument], promised: Sequence[Mapping[str, Any]], status: OrderStatus, at: datetime
) -> list[DeadlineDocument]:
    """The deadlines after ``status`` is entered: some are met by it, some begin with it.

    A deadline that runs already is not begun again, so a lawyer who declines does not buy the office time.
    """
    if status in _OVER:
        return [deadline for deadline in running if "met_at" in deadline]
    kept: list[DeadlineDocument] = []
    for deadline in running:
        met = deadline["until"] == status and "met_at" not in deadline
        kept.append({**deadline, "met_at": at} if met else deadline)
    known = {deadline["code"] for deadline in kept}
    kept += [
        {
            "code": promise["code"],
            "title": promise["title"],
            "until": promise["until"],
            "due_at": at + timedelta(minutes=promise["minutes"]),
        }
        for promise in promised
        if promise["from"] == status and promise["code"] not in known
    ]
    return kept


# --- money


def refundable(paid_fen: int, refunds: Sequence[RefundDocument]) -> int:
    """What may still be asked back, in fen: what was paid, less all refunds that have not failed."""
    asked = sum(refund["amount_fen"] for refund in refunds if refund["state"] != RefundState.FAILED)
    return max(0, paid_fen - asked)


# --- the lawyer


@dataclass(frozen=True, slots=True)
class Candidate:
    user_id: str
    display_name: str
    areas: frozenset[str]  # of law (擅长领域), or kinds of products; empty: all
    open_orders: int


def choose_lawyer(
    candidates: Sequence[Candidate], about: frozenset[str], excluded: frozenset[str], wanted: str | None
) -> Candidate | None:
    """The demo office's rule: the one the client wished for, else who knows the matter and has the least to do.

    ``about``: the kind of product and the area of law that the client chose. When nobody knows the matter
    anybody may be asked: a paid order must not lie about, and a lawyer can decline.
    """
    fitting = [c for c in candidates if c.user_id not in excluded]
    for candidate in fitting:
        if candidate.user_id == wanted:
            return candidate
    serving = [c for c in fitting if not c.areas or c.areas & about]
    return min(serving or fitting, key=lambda c: (c.open_orders, c.user_id), default=None)


# --- the number


def order_number(order_id: str, at: datetime) -> str:
    return readable_number("CS", order_id, at)


def declined_by(order: OrderDocument) -> frozenset[str]:
    return frozenset(decline["lawyer_id"] for decline in order.get("declines", ()))
