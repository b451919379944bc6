"""Quotes as a state machine, pure: what may be done from where, by whom; and how a quote reads (A3)."""

from collections.abc import Sequence
from enum import StrEnum

from schemas.enums import OrderStatus, QuoteState, Role
from services.orders.order_rules import PAID_STATUSES


class Step(StrEnum):
    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    PAY = "pay"
    LAPSE = "lapse"


_OPEN = frozenset({QuoteState.OFFERED, QuoteState.ACCEPTED})
FROM: dict[Step, frozenset[QuoteState]] = {
    Step.ACCEPT: frozenset({QuoteState.OFFERED}),
    Step.DECLINE: _OPEN,
    Step.WITHDRAW: _OPEN,
    Step.PAY: frozenset({QuoteState.ACCEPTED}),
    Step.LAPSE: _OPEN,
}
TO: dict[Step, QuoteState] = {
    Step.ACCEPT: QuoteState.ACCEPTED,
    Step.DECLINE: QuoteState.DECLINED,
    Step.WITHDRAW: QuoteState.WITHDRAWN,
    Step.PAY: QuoteState.PAID,
    Step.LAPSE: QuoteState.LAPSED,
}
_STEPS_OF: dict[Role, tuple[Step, ...]] = {
    Role.CLIENT: (Step.ACCEPT, Step.PAY, Step.DECLINE),
    Role.LAWYER: (Step.WITHDRAW,),
    Role.SUPPORT: (Step.WITHDRAW,),
}
# Money that comes for a quote is kept while its order stands, though it may be delivered meanwhile.
STANDING = PAID_STATUSES - {OrderStatus.REFUNDED}


def offered_steps(state: QuoteState, role: Role) -> list[str]:
    """What somebody in this role may do with a quote now, for buttons."""
    return [step.value for step in _STEPS_OF.get(role, ()) if state in FROM[step]]


def card_title(titles: Sequence[str]) -> str:
    """``报价：合同修改`` or ``报价：合同修改等 3 项``."""
    return f"报价：{titles[0]}" if len(titles) == 1 else f"报价：{titles[0]}等 {len(titles)} 项"
