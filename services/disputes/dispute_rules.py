"""What may be done in a dispute, by whom, and what the house decides without a person. Pure (C5)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from schemas.documents.orders import OrderDocument
from schemas.enums import DisputeKind, DisputeOutcome, DisputeState, OrderStatus, Role


class Step(StrEnum):
    STATE = "state"  # say something
    WITHDRAW = "withdraw"
    DECIDE = "decide"
    APPROVE = "approve"  # what another person proposed
    RETURN = "return"  # the proposal goes back, to be decided anew


FROM: dict[Step, frozenset[DisputeState]] = {
    Step.STATE: frozenset({DisputeState.OPEN, DisputeState.PROPOSED}),
    Step.WITHDRAW: frozenset({DisputeState.OPEN, DisputeState.PROPOSED}),
    Step.DECIDE: frozenset({DisputeState.OPEN}),
    Step.APPROVE: frozenset({DisputeState.PROPOSED}),
    Step.RETURN: frozenset({DisputeState.PROPOSED}),
}
WHO: dict[Step, frozenset[Role]] = {
    Step.STATE: frozenset({Role.CLIENT, Role.LAWYER, Role.SUPPORT, Role.OPS}),
    Step.WITHDRAW: frozenset({Role.CLIENT}),
    Step.DECIDE: frozenset({Role.SUPPORT, Role.OPS}),
    Step.APPROVE: frozenset({Role.OPS}),
    Step.RETURN: frozenset({Role.OPS}),
}
# Nobody judges what is about themselves, whatever else they are.
_JUDGING = frozenset({Step.DECIDE, Step.APPROVE, Step.RETURN})
_PARTIES = frozenset({Role.CLIENT, Role.LAWYER})

# What one person may give away alone, in fen.
ALONE_UP_TO = 1_000_00
# A person has decided by then (C4); afterwards the work item is urgent.
DECIDED_WITHIN = timedelta(hours=24)
# Work that has hardly begun is given back without asking anybody.
COOLING_OFF = timedelta(hours=24)
# Whoever has had the work so long has taken it.
DISPUTABLE_FOR = timedelta(days=30)
# Stars → basis points of the price that a bad service suggests as compensation; H6: every one below 3 is called back.
SUGGESTED = {1: 5_000, 2: 3_000}
SUGGESTED_CAP = 500_00

_UNTOUCHED = frozenset({OrderStatus.PAID, OrderStatus.ASSIGNED})
_HANDED_OVER = frozenset({OrderStatus.DELIVERED, OrderStatus.CONFIRMED, OrderStatus.REVIEWED})
DISPUTABLE = _UNTOUCHED | _HANDED_OVER | {OrderStatus.IN_SERVICE}
# A penalty for whoever served follows from these (E3).
UPHELD = frozenset({DisputeOutcome.REFUND, DisputeOutcome.COMPENSATION, DisputeOutcome.REDO})


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a refund that a client asks for is granted by ``rule``, or a person must look at it."""

    granted: bool
    rule: str


def verdict(order: OrderDocument, now: datetime) -> Verdict:
    status = OrderStatus(order["status"])
    if status in _UNTOUCHED:
        return Verdict(True, "not_begun")
    begun = since(order, OrderStatus.IN_SERVICE)
    if status is OrderStatus.IN_SERVICE and begun is not None and now - begun <= COOLING_OFF:
        return Verdict(True, "cooling_off")
    return Verdict(False, "handed_over" if status in _HANDED_OVER else "under_way")


def disputable(order: OrderDocument, now: datetime, *, on_behalf: bool = False) -> bool:
    """Whether a client may still open a dispute about an order; the desk, on the client's behalf, at any time: the
    law's limitation (民法典第一百八十八条, three years) ends later than what a client can do alone."""
    if OrderStatus(order["status"]) not in DISPUTABLE:
        return False
    if on_behalf:
        return True
    handed_over = since(order, OrderStatus.DELIVERED)
    return handed_over is None or now - handed_over <= DISPUTABLE_FOR


def since(order: OrderDocument, status: OrderStatus) -> datetime | None:
    """When the order entered a status for the last time."""
    return max((step["at"] for step in order["steps"] if step["status"] == status), default=None)


def suggested(stars: int, price_fen: int) -> int:
    """The compensation in fen that a rating suggests; 0 from three stars on."""
    return min(price_fen * SUGGESTED.get(stars, 0) // 10_000, SUGGESTED_CAP)


def needs_second(outcome: DisputeOutcome, amount_fen: int) -> bool:
    return outcome in (DisputeOutcome.REFUND, DisputeOutcome.COMPENSATION) and amount_fen > ALONE_UP_TO


def may(step: Step, roles: frozenset[Role]) -> bool:
    """Whether somebody who is this to the order may ever take this step."""
    return not WHO[step].isdisjoint(roles) and (step not in _JUDGING or _PARTIES.isdisjoint(roles))


def offers(state: DisputeState, kind: DisputeKind, roles: frozenset[Role]) -> list[str]:
    """What these roles may do now, for buttons. What a low rating opened is not the client's to withdraw."""
    steps = [step for step in Step if state in FROM[step] and may(step, roles)]
    return [step.value for step in steps if not (step is Step.WITHDRAW and kind is DisputeKind.LOW_RATING)]
