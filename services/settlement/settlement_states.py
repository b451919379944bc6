"""The state machine of a firm's statement, as a table. Whatever is not in it is not possible."""

from enum import StrEnum

from schemas.settlement_enums import SettlementState
from services.permissions import Permission


class Action(StrEnum):
    APPROVE = "approve"
    REJECT = "reject"
    SHARE = "share"  # pay by profit sharing; again for what failed
    PAY_OUTSIDE = "pay_outside"
    GIVE_BACK = "give_back"  # fetch shares back from a firm that owes
    ALL_DONE = "all_done"
    PART_DONE = "part_done"
    FAIL = "fail"
    GIVEN_BACK = "given_back"  # in part: the rest goes to the next statement


_S, _A = SettlementState, Action

TRANSITIONS: dict[tuple[SettlementState, Action], SettlementState] = {
    (_S.AWAITING_APPROVAL, _A.APPROVE): _S.APPROVED_ONCE,
    (_S.APPROVED_ONCE, _A.APPROVE): _S.APPROVED,
    (_S.REJECTED, _A.APPROVE): _S.APPROVED_ONCE,  # looked at again: two people anew
    (_S.AWAITING_APPROVAL, _A.REJECT): _S.REJECTED,
    (_S.APPROVED_ONCE, _A.REJECT): _S.REJECTED,
    (_S.APPROVED, _A.REJECT): _S.REJECTED,
    (_S.APPROVED, _A.SHARE): _S.PAYING,
    (_S.PAYOUT_FAILED, _A.SHARE): _S.PAYING,
    (_S.PART_PAID, _A.SHARE): _S.PAYING,
    (_S.APPROVED, _A.PAY_OUTSIDE): _S.PAID,
    (_S.PAYOUT_FAILED, _A.PAY_OUTSIDE): _S.PAID,
    (_S.PART_PAID, _A.PAY_OUTSIDE): _S.PAID,
    (_S.CARRIED, _A.GIVE_BACK): _S.PAYING,
    (_S.PAYING, _A.ALL_DONE): _S.PAID,
    (_S.PAYING, _A.PART_DONE): _S.PART_PAID,
    (_S.PAYING, _A.FAIL): _S.PAYOUT_FAILED,
    (_S.PAYING, _A.GIVEN_BACK): _S.CARRIED,
}

# What people do; the rest follows from what WeChat says.
PERMISSIONS: dict[Action, Permission] = {
    _A.APPROVE: Permission.SETTLEMENT_APPROVE,
    _A.REJECT: Permission.SETTLEMENT_APPROVE,
    _A.SHARE: Permission.SETTLEMENT_PAY,
    _A.PAY_OUTSIDE: Permission.SETTLEMENT_PAY,
    _A.GIVE_BACK: Permission.SETTLEMENT_PAY,
}


def target(state: SettlementState, action: Action) -> SettlementState | None:
    return TRANSITIONS.get((state, action))


def ended(total_fen: int, paid_fen: int, any_failed: bool) -> Action:
    """What the end of the last payout in flight makes of a statement. A firm that owes has a negative total."""
    if paid_fen == total_fen:
        return Action.ALL_DONE
    if total_fen < 0:
        return Action.GIVEN_BACK
    return Action.FAIL if any_failed else Action.PART_DONE
