"""The closed sets of settlement: stored, and part of the wire. Values are lower_snake and never renamed."""

from enum import StrEnum


class PeriodState(StrEnum):
    CLOSING = "closing"  # its orders are being settled
    CLOSED = "closed"


class SettlementState(StrEnum):
    AWAITING_APPROVAL = "awaiting_approval"
    APPROVED_ONCE = "approved_once"
    APPROVED = "approved"
    REJECTED = "rejected"
    PAYING = "paying"
    PART_PAID = "part_paid"  # what could be shared was; the rest is to be settled outside
    PAYOUT_FAILED = "payout_failed"
    PAID = "paid"
    CARRIED = "carried"  # nothing is due to the firm, or the firm owes: taken over by its next statement


class PayoutKind(StrEnum):
    SHARE = "share"  # profit sharing of one payment
    UNFREEZE = "unfreeze"  # the rest of that payment is the platform's own
    GIVE_BACK = "give_back"  # a share that the firm gives back
    OUTSIDE = "outside"  # by bank, entered with the bank's reference


class PayoutState(StrEnum):
    OWED = "owed"
    SENT = "sent"  # asked for, or about to be: WeChat is asked before it is sent again
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class PayoutMethod(StrEnum):
    SHARING = "sharing"
    OUTSIDE = "outside"
    GIVE_BACK = "give_back"
