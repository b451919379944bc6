"""What accounts may hold, given where their owners stand. Pure.

An order's account holds what was received for it until it is earned; a refund's what was promised back and not yet
sent. So both are empty in the end, and none is ever overdrawn. A firm's holds what its statements, or the next period,
will pay it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from schemas.documents.orders import OrderDocument
from schemas.enums import OrderStatus, RefundState
from services.ledger.accounts import Kind, account, kind_of
from services.orders.order_rules import PAID_STATUSES, SERVED_STATUSES


class Fault(StrEnum):
    SERVED_UNPAID = "served_unpaid"
    ENDED_WITH_MONEY = "ended_with_money"
    OVERDRAWN = "overdrawn"
    STRANDED = "stranded"


@dataclass(frozen=True, slots=True)
class Holding:
    """An account that holds what it may not; ``fen`` as the ledger has it, ``due_fen`` what it should."""

    fault: Fault
    account: str
    fen: int
    due_fen: int


_EMPTY = frozenset({OrderStatus.AWAITING_PAYMENT, OrderStatus.CANCELLED, OrderStatus.REFUNDED})
# Never a debit balance: nobody can be given more than there is.
_CREDIT_ONLY = frozenset({Kind.ORDER, Kind.REFUND, Kind.STRAY, Kind.PREPAID})


@dataclass(frozen=True, slots=True)
class Owners:
    """Where the owners of accounts stand, by id. ``received``: order → fen credited to its account, refunds aside;
    ``settled``: orders whose money has gone to a firm, so that a later refund is taken out of the next settlement."""

    orders: Mapping[str, OrderDocument]
    received: Mapping[str, int]
    settled: frozenset[str]
    refunds: Mapping[str, RefundState]
    firms: Mapping[str, int] = field(default_factory=dict)  # firm → fen that will be paid to it: see ``FirmDues``
    forgotten: frozenset[str] = frozenset()  # orders that the next period will not look at


def faults(balances: Mapping[str, int], owners: Owners) -> list[Holding]:
    """``balances``: account → fen."""
    found = [one for name, fen in balances.items() if fen for one in _judge(name, fen, owners)]
    for firm_id, due in owners.firms.items():
        name = account(Kind.FIRM, firm_id)
        if balances.get(name, 0) != -due:
            found.append(Holding(Fault.STRANDED, name, balances.get(name, 0), -due))
    for order_id, order in owners.orders.items():
        received = owners.received.get(order_id, 0)
        if OrderStatus(order["status"]) in PAID_STATUSES and received < order["amount_fen"]:
            found.append(Holding(Fault.SERVED_UNPAID, account(Kind.ORDER, order_id), -received, -order["amount_fen"]))
    return sorted(found, key=lambda one: (one.account, one.fault))


def _judge(name: str, fen: int, owners: Owners) -> Iterable[Holding]:
    kind, owner = kind_of(name), name.partition(":")[2]
    if kind is Kind.ORDER and owner in owners.settled:
        if owner in owners.forgotten:
            yield Holding(Fault.STRANDED, name, fen, 0)
        return
    if kind in _CREDIT_ONLY and fen > 0:
        yield Holding(Fault.OVERDRAWN, name, fen, 0)
    elif _ended(kind, owner, owners):
        yield Holding(Fault.ENDED_WITH_MONEY, name, fen, 0)
    elif kind is Kind.ORDER and owner in owners.forgotten and _served(owner, owners):
        yield Holding(Fault.STRANDED, name, fen, 0)


def _served(order_id: str, owners: Owners) -> bool:
    return order_id in owners.orders and OrderStatus(owners.orders[order_id]["status"]) in SERVED_STATUSES


def _ended(kind: Kind, owner: str, owners: Owners) -> bool:
    if kind is Kind.ORDER:
        return owner in owners.orders and OrderStatus(owners.orders[owner]["status"]) in _EMPTY
    return kind is Kind.REFUND and owners.refunds.get(owner, RefundState.REQUESTED) is not RefundState.REQUESTED
