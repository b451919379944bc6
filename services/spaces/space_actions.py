"""The "+" menu of a space (A4): what this person can do here now. Pure, as a table."""

from dataclasses import dataclass

from schemas.enums import OrderStatus, Role
from services.disputes.dispute_rules import DISPUTABLE
from services.orders.order_rules import QUOTABLE, TIPPABLE

_TALKERS = frozenset({Role.CLIENT, Role.LAWYER, Role.SUPPORT, Role.REVIEWER})
_ALWAYS = frozenset(OrderStatus)


@dataclass(frozen=True, slots=True)
class Action:
    code: str
    label: str
    roles: frozenset[Role]
    states: frozenset[OrderStatus] = _ALWAYS
    when_closed: bool = False


ACTIONS: tuple[Action, ...] = (
    Action("photo", "照片", _TALKERS),
    Action("camera", "拍摄", _TALKERS),
    Action("file", "文件", _TALKERS),
    Action("location", "位置", _TALKERS),
    Action("contact", "名片", _TALKERS),
    Action("case_details", "案件详情", _TALKERS, when_closed=True),
    Action("accept", "接受委派", frozenset({Role.LAWYER}), frozenset({OrderStatus.ASSIGNED})),
    Action("decline", "婉拒委派", frozenset({Role.LAWYER}), frozenset({OrderStatus.ASSIGNED})),
    Action("deliver", "交付成果", frozenset({Role.LAWYER}), frozenset({OrderStatus.IN_SERVICE})),
    Action("quote", "发送报价", frozenset({Role.LAWYER, Role.SUPPORT}), QUOTABLE),
    Action("confirm", "确认完成", frozenset({Role.CLIENT}), frozenset({OrderStatus.DELIVERED})),
    Action("review", "评价服务", frozenset({Role.CLIENT}), frozenset({OrderStatus.CONFIRMED}), when_closed=True),
    Action("dispute", "申请售后", frozenset({Role.CLIENT}), DISPUTABLE, when_closed=True),
    Action("hearing", "移动庭审", _TALKERS, when_closed=True),
    Action("tip", "打赏感谢", frozenset({Role.CLIENT}), TIPPABLE, when_closed=True),
)


def actions_for(role: Role, status: OrderStatus, *, closed: bool) -> list[Action]:
    """The actions in the order of the menu."""
    return [
        action
        for action in ACTIONS
        if role in action.roles and status in action.states and (action.when_closed or not closed)
    ]
