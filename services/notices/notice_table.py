"""What happens → whom it concerns → how it reaches them (J1, J2): one table. Pure data.

Everything told is in the app at once. Outside, a kind goes in steps: each step begins so long after the first while the
notice is still unread, and takes the first of its ways that is open for this person. A way that is not configured, that
the person does not want, or that cannot reach them is passed over.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from schemas.enums import NoticeChannel, NoticeKind, Role


@dataclass(frozen=True, slots=True)
class Step:
    """The ways that are tried, in this order, when the notice is unread so long after it was first due outside."""

    after: timedelta
    ways: tuple[NoticeChannel, ...]


@dataclass(frozen=True, slots=True)
class Burst:
    """At most so many of a kind go out to one person in a window; those that follow wait for its end and become one."""

    most: int
    within: timedelta


@dataclass(frozen=True, slots=True)
class Rule:
    """``told``: whom it concerns. ``urgent``: goes out in quiet hours too, and cannot be muted.

    ``template``: the name under which the settings hold the subscription template; ``status`` is its phrase, at most
    five Han characters.
    """

    told: frozenset[Role]
    template: str
    steps: tuple[Step, ...]
    status: str = ""
    urgent: bool = False
    burst: Burst = Burst(3, timedelta(minutes=10))


_WECHAT, _CUSTOMER, _SMS = NoticeChannel.WECHAT, NoticeChannel.CUSTOMER, NoticeChannel.SMS
_EMAIL, _CALL = NoticeChannel.EMAIL, NoticeChannel.CALL

# Inside WeChat at once; a subscription message spends a credit, so the free customer-service message comes second: its
# window is open for few, and for those whose credits are spent it is the only way left.
_QUIETLY = (Step(timedelta(0), (_WECHAT, _CUSTOMER)),)
# SMS costs money, so it waits to see whether it is needed.
_SURELY = (*_QUIETLY, Step(timedelta(minutes=30), (_SMS, _EMAIL)))
_AT_ONCE = (
    *_QUIETLY,
    Step(timedelta(minutes=5), (_SMS,)),
    Step(timedelta(minutes=15), (_CALL, _EMAIL)),
)

_C, _L, _S = Role.CLIENT, Role.LAWYER, Role.SUPPORT
_MEMBERS = frozenset({_C, _L, _S, Role.REVIEWER})


def _order(status: str, *told: Role, steps: tuple[Step, ...] = _QUIETLY, urgent: bool = False) -> Rule:
    return Rule(frozenset(told), "order_status", steps, status, urgent)


TABLE: Mapping[NoticeKind, Rule] = {
    NoticeKind.MESSAGE_UNREAD: Rule(_MEMBERS, "new_message", _SURELY),
    NoticeKind.MENTIONED: Rule(_MEMBERS, "new_message", _SURELY),
    NoticeKind.ORDER_PAID: Rule(frozenset({_C, _S}), "payment", _QUIETLY),
    NoticeKind.ORDER_ASSIGNED: _order("已分配律师", _C, _L, steps=_SURELY),
    NoticeKind.ORDER_ACCEPTED: _order("律师已接单", _C),
    NoticeKind.ORDER_DECLINED: _order("重新分配中", _C, _S, steps=_SURELY),
    NoticeKind.ORDER_DELIVERED: _order("成果已交付", _C, steps=_SURELY),
    NoticeKind.ORDER_CONFIRMED: _order("已确认", _L),
    NoticeKind.ORDER_REVIEWED: _order("已评价", _L),
    NoticeKind.ORDER_CANCELLED: _order("已取消", _C),
    NoticeKind.ORDER_REFUND_REQUESTED: _order("退款处理中", _C, _L, _S),
    NoticeKind.ORDER_REFUND_FAILED: _order("退款未成功", _C, _S, steps=_AT_ONCE, urgent=True),
    NoticeKind.ORDER_REFUNDED: _order("已退款", _C, _L, steps=_SURELY),
    NoticeKind.INVOICE_ISSUED: _order("发票已开具", _C),
    NoticeKind.DISPUTE_OPENED: _order("有售后申请", _L, steps=_SURELY),
    NoticeKind.DISPUTE_DECIDED: _order("售后有结果", _C, _L, steps=_SURELY),
    NoticeKind.QUOTE_OFFERED: _order("有新报价", _C, steps=_SURELY),
    NoticeKind.QUOTE_ANSWERED: _order("报价有回应", _C, _L, _S),
    NoticeKind.TIP_RECEIVED: _order("收到感谢", _L),
    NoticeKind.HEARING_CALLED: Rule(frozenset(Role), "new_message", _SURELY),
    NoticeKind.HEARING_MOVED: Rule(frozenset(Role), "new_message", _SURELY),
    NoticeKind.HEARING_CANCELLED: Rule(frozenset(Role), "new_message", _SURELY),
    NoticeKind.HEARING_TURN: Rule(frozenset(Role), "new_message", _SURELY),
    NoticeKind.HEARING_DUE: Rule(frozenset(Role), "new_message", _AT_ONCE, urgent=True),
    NoticeKind.HEARING_SOON: Rule(frozenset(Role), "new_message", _AT_ONCE, urgent=True),
    NoticeKind.MINUTES_READING: Rule(frozenset(Role), "new_message", _SURELY),
    NoticeKind.MINUTES_SIGNING: Rule(frozenset(Role), "new_message", _SURELY),
    NoticeKind.CONTENT_HELD: Rule(_MEMBERS, "new_message", _QUIETLY),
    NoticeKind.CONTENT_REVIEWED: Rule(_MEMBERS, "new_message", _QUIETLY),
    NoticeKind.SETTLEMENT_CLOSED: Rule(frozenset({_L}), "new_message", _QUIETLY),
    NoticeKind.SETTLEMENT_PAID: Rule(frozenset({_L}), "new_message", _QUIETLY),
    NoticeKind.SPACE_CLOSED: Rule(frozenset({_C, _L}), "new_message", _QUIETLY),
    NoticeKind.SPACE_REOPENED: Rule(frozenset({_C, _L}), "new_message", _SURELY),
    NoticeKind.FIRM_MERCHANT: Rule(frozenset({_L, Role.OPS}), "new_message", _SURELY),
    NoticeKind.VERIFICATION_DECIDED: Rule(frozenset(Role), "new_message", _QUIETLY),
    NoticeKind.VERIFICATION_EXPIRING: Rule(frozenset(Role), "new_message", _SURELY),
}
