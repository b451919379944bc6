"""Who may do what: a table that a lawyer could read. A test walks every cell.

Two questions are asked in this order: *is it theirs?* (ownership or membership; "no" answers 404, so that
nobody learns what exists) and *may their role do this?* ("no" answers 403).
"""

from dataclasses import dataclass
from enum import StrEnum

from schemas.enums import Role
from services.errors import Problem


class Permission(StrEnum):
    # orders
    ORDER_VIEW = "order.view"
    ORDER_PAY = "order.pay"
    ORDER_CANCEL = "order.cancel"
    ORDER_ASSIGN = "order.assign"
    ORDER_ANSWER = "order.answer"  # accept, decline
    ORDER_DELIVER = "order.deliver"
    ORDER_CONFIRM = "order.confirm"
    ORDER_REVIEW = "order.review"
    ORDER_REFUND = "order.refund"
    ORDER_TIP = "order.tip"
    ORDER_DISPUTE = "order.dispute"
    # spaces
    SPACE_VIEW = "space.view"
    SPACE_SEND = "space.send"
    SPACE_EXPORT = "space.export"
    SPACE_NOTES = "space.notes"  # of the staff, among themselves
    SPACE_MANAGE = "space.manage"  # members
    SPACE_CLOSE = "space.close"  # and open again
    SPACE_ASK_REOPENING = "space.ask_reopening"
    SPACE_QUOTE = "space.quote"  # offer more work, and take the offer back
    SPACE_ANSWER_QUOTE = "space.answer_quote"  # accept, decline, pay
    SPACE_READ_BY_DESK = "space.read_by_desk"
    CONTENT_REVIEW = "content.review"  # what is held
    FILE_VIEW = "file.view"
    SPACE_HEARING = "space.hearing"  # call one
    HEARING_MOVE = "hearing.move"  # move or cancel one without a place in it
    EVIDENCE_LIST = "evidence.list"
    EVIDENCE_KEEP = "evidence.keep"  # put right what others listed, receive and return originals
    CASE_RECORD = "space.case_record"  # the seven elements
    READING_ASK = "reading.ask"
    READING_CLEAR = "reading.clear"  # see numbers of persons on papers that others brought
    READING_CONFIRM = "reading.confirm"  # what others brought; one's own always
    VERIFICATION_REVIEW = "verification.review"  # see papers of identity and decide about them
    STAFF_MANAGE = "staff.manage"  # roles, duty and profiles of colleagues
    PEOPLE_FIND = "people.find"  # colleagues by role, a client by number
    WORK_ITEM_VIEW = "work_item.view"
    WORK_ITEM_CLOSE = "work_item.close"
    # finance
    FINANCE_VIEW = "finance.view"  # the ledger, bills, what differs
    FINANCE_DECIDE = "finance.decide"  # close work items about money, compare a day again
    # settlement
    SETTLEMENT_VIEW = "settlement.view"
    SETTLEMENT_APPROVE = "settlement.approve"  # two different people
    SETTLEMENT_PAY = "settlement.pay"
    SETTLEMENT_RULES = "settlement.rules"
    PENALTY_IMPOSE = "penalty.impose"
    FIRM_MANAGE = "firm.manage"


CLIENT, LAWYER, SUPPORT, REVIEWER, OPS = Role.CLIENT, Role.LAWYER, Role.SUPPORT, Role.REVIEWER, Role.OPS
# Who looks after all orders and spaces.
DESK_ROLES = frozenset({SUPPORT, OPS})
PRESIDER, CLERK = Role.PRESIDER, Role.CLERK  # members of hearings' spaces only (ruling 10)

# An order is somebody's as its client, as its lawyer, or by the desk's right to see all orders.
ORDER: dict[Permission, frozenset[Role]] = {
    Permission.ORDER_VIEW: frozenset({CLIENT, LAWYER, SUPPORT, OPS}),
    Permission.ORDER_PAY: frozenset({CLIENT}),
    Permission.ORDER_CANCEL: frozenset({CLIENT, SUPPORT, OPS}),
    Permission.ORDER_ASSIGN: frozenset({SUPPORT, OPS}),
    Permission.ORDER_ANSWER: frozenset({LAWYER}),
    Permission.ORDER_DELIVER: frozenset({LAWYER}),
    Permission.ORDER_CONFIRM: frozenset({CLIENT}),
    Permission.ORDER_REVIEW: frozenset({CLIENT}),
    Permission.ORDER_DISPUTE: frozenset({CLIENT, OPS}),  # ops for a client, also when the client's time is over
    Permission.ORDER_REFUND: frozenset({CLIENT, SUPPORT, OPS}),
    Permission.ORDER_TIP: frozenset({CLIENT}),
}

# A space is somebody's by membership only; the role is the one they have in that space.
SPACE: dict[Permission, frozenset[Role]] = {
    Permission.SPACE_VIEW: frozenset({CLIENT, LAWYER, SUPPORT, REVIEWER, PRESIDER, CLERK}),
    Permission.SPACE_SEND: frozenset({CLIENT, LAWYER, SUPPORT, REVIEWER, PRESIDER, CLERK}),
    Permission.SPACE_EXPORT: frozenset({CLIENT, LAWYER, SUPPORT, PRESIDER, CLERK}),
    Permission.SPACE_NOTES: frozenset({LAWYER, SUPPORT, REVIEWER}),
    Permission.SPACE_MANAGE: frozenset({SUPPORT}),
    Permission.SPACE_ASK_REOPENING: frozenset({CLIENT, LAWYER, REVIEWER}),
    Permission.SPACE_QUOTE: frozenset({LAWYER, SUPPORT}),
    Permission.SPACE_ANSWER_QUOTE: frozenset({CLIENT}),
    Permission.FILE_VIEW: frozenset({CLIENT, LAWYER, SUPPORT, REVIEWER, PRESIDER, CLERK}),
    Permission.SPACE_HEARING: frozenset({LAWYER, SUPPORT, REVIEWER}),
    Permission.EVIDENCE_LIST: frozenset({CLIENT, LAWYER, SUPPORT}),
    Permission.EVIDENCE_KEEP: frozenset({LAWYER, SUPPORT}),
    Permission.CASE_RECORD: frozenset({LAWYER, SUPPORT}),
    Permission.READING_ASK: frozenset({CLIENT, LAWYER, SUPPORT}),
    Permission.READING_CLEAR: frozenset({LAWYER, SUPPORT, PRESIDER, CLERK}),  # the bench weighs originals
    Permission.READING_CONFIRM: frozenset({LAWYER, SUPPORT}),
}

# What support and ops do in spaces of which they are no members (ruling 11). Every use is audited.
DESK: dict[Permission, frozenset[Role]] = {
    Permission.SPACE_MANAGE: frozenset({SUPPORT, OPS}),
    Permission.SPACE_CLOSE: frozenset({SUPPORT, OPS}),
    Permission.SPACE_READ_BY_DESK: frozenset({SUPPORT, OPS}),
    Permission.CONTENT_REVIEW: frozenset({SUPPORT, REVIEWER, OPS}),
    Permission.HEARING_MOVE: frozenset({SUPPORT, OPS}),
    Permission.VERIFICATION_REVIEW: frozenset({OPS}),
    Permission.STAFF_MANAGE: frozenset({OPS}),
    Permission.PEOPLE_FIND: frozenset({SUPPORT, OPS}),
    Permission.WORK_ITEM_VIEW: frozenset({SUPPORT, OPS}),
    Permission.WORK_ITEM_CLOSE: frozenset({SUPPORT, OPS}),
}

# Money as a whole, and what is settled with the firms. A lawyer sees statements about themselves; ops see and decide
# about all.
FINANCE: dict[Permission, frozenset[Role]] = {
    Permission.FINANCE_VIEW: frozenset({OPS}),
    Permission.FINANCE_DECIDE: frozenset({OPS}),
    Permission.SETTLEMENT_VIEW: frozenset({LAWYER, OPS}),
    Permission.SETTLEMENT_APPROVE: frozenset({OPS}),
    Permission.SETTLEMENT_PAY: frozenset({OPS}),
    Permission.SETTLEMENT_RULES: frozenset({OPS}),
    Permission.PENALTY_IMPOSE: frozenset({OPS}),
    Permission.FIRM_MANAGE: frozenset({OPS}),
}


def allowed(table: dict[Permission, frozenset[Role]], permission: Permission, roles: frozenset[Role]) -> bool:
    return not table[permission].isdisjoint(roles)


def require(table: dict[Permission, frozenset[Role]], permission: Permission, roles: frozenset[Role]) -> None:
    """Raises ``auth.forbidden`` unless one of the roles may."""
    if not allowed(table, permission, roles):
        raise Problem("auth.forbidden")


@dataclass(frozen=True, slots=True)
class Allow:
    """Who may come through a door at all; what they may do with a thing is decided when it is loaded."""

    public: bool = False
    roles: frozenset[Role] = frozenset()  # empty: any signed-in person

    def admits(self, roles: frozenset[Role]) -> bool:
        return self.public or not self.roles or not self.roles.isdisjoint(roles)

    def __str__(self) -> str:
        if self.public:
            return "public"
        return ", ".join(sorted(self.roles)) or "signed in"


PUBLIC = Allow(public=True)
SIGNED_IN = Allow()


def only(*roles: Role) -> Allow:
    return Allow(roles=frozenset(roles))


STAFF = only(*(role for role in Role if role is not CLIENT))
