"""What each step of an order says to whom (C2, J2): texts and cards as data. Pure."""

from dataclasses import dataclass

from schemas.enums import NoticeKind, OrderStatus, Role


@dataclass(frozen=True, slots=True)
class Told:
    """One notice. Texts may name ``{service}``, ``{number}``, ``{lawyer}``, ``{yuan}`` and ``{stars}``."""

    to: Role
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class CardShown:
    """A card that the step shows in the space."""

    kind: str
    title: str
    state: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class CardChanged:
    """A later state of the card that an earlier step showed."""

    state: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class News:
    kind: NoticeKind
    told: tuple[Told, ...]
    card: CardShown | CardChanged | None = None


# Which card waits for a step while an order stands there, and in which state that card is then.
_WAITING: dict[OrderStatus, tuple[str, str]] = {
    OrderStatus.ASSIGNED: ("assignment", "assigned"),
    OrderStatus.IN_SERVICE: ("assignment", "accepted"),
    OrderStatus.DELIVERED: ("delivery", "delivered"),
}
ENDED = "ended"
_WHILE_REFUNDING = {
    "order.refund_requested": "refunding",
    "order.refunded": ENDED,
    "order.refunded_partly": None,  # None: as before
    "order.refund_failed": None,
}


def waiting_card(status: OrderStatus) -> str | None:
    """The kind of the card that promises what comes next of an order that stands at ``status``; None: none does."""
    found = _WAITING.get(status)
    return found[0] if found else None


def promise_of(event: str, stood: OrderStatus) -> str | None:
    """The state that ``event``, a step of a refund, gives the card that waits; None: the event is none, or no card
    waits. ``stood`` is where the order was before the refund."""
    if event not in _WHILE_REFUNDING or stood not in _WAITING:
        return None
    return _WHILE_REFUNDING[event] or _WAITING[stood][1]


_C, _L, _S = Role.CLIENT, Role.LAWYER, Role.SUPPORT

NEWS: dict[str, News] = {
    "order.paid": News(
        NoticeKind.ORDER_PAID,
        (
            Told(_C, "支付成功", "您已为“{service}”支付 {yuan} 元，正在为您安排律师。"),
            Told(_S, "有新订单", "订单 {number}“{service}”已支付。"),
        ),
        CardShown("payment", "支付成功", "paid", "{service}"),
    ),
    "order.assigned": News(
        NoticeKind.ORDER_ASSIGNED,
        (
            Told(_C, "已为您分配律师", "{lawyer}将为您提供“{service}”服务。"),
            Told(_L, "您有新的订单", "订单 {number}“{service}”等待您接单。"),
        ),
        CardShown("assignment", "已分配律师", "assigned", "{lawyer}"),
    ),
    "order.accepted": News(
        NoticeKind.ORDER_ACCEPTED,
        (Told(_C, "律师已接单", "{lawyer}已接单，“{service}”服务开始。"),),
        CardChanged("accepted"),
    ),
    "order.declined": News(
        NoticeKind.ORDER_DECLINED,
        (
            Told(_C, "正在为您更换律师", "原律师暂时无法服务，正在为您重新安排律师。"),
            Told(_S, "律师未接单", "订单 {number}“{service}”需要重新派单。"),
        ),
        CardChanged("declined"),
    ),
    "order.delivered": News(
        NoticeKind.ORDER_DELIVERED,
        (Told(_C, "服务成果已交付", "“{service}”的成果已交付，请查看并确认。"),),
        CardShown("delivery", "服务成果已交付", "delivered", "{summary}"),
    ),
    "order.confirmed": News(
        NoticeKind.ORDER_CONFIRMED,
        (Told(_L, "客户已确认", "客户已确认订单 {number}“{service}”的成果。"),),
        CardChanged("confirmed"),
    ),
    "order.reviewed": News(
        NoticeKind.ORDER_REVIEWED,
        (Told(_L, "客户已评价", "客户对订单 {number}“{service}”评价了 {stars} 星。"),),
        CardChanged("reviewed", "{stars} 星"),
    ),
    "order.cancelled": News(NoticeKind.ORDER_CANCELLED, (Told(_C, "订单已取消", "订单 {number}“{service}”已取消。"),)),
    "order.refund_requested": News(
        NoticeKind.ORDER_REFUND_REQUESTED,
        (
            Told(_C, "退款处理中", "订单 {number} 的退款 {yuan} 元正在处理，将原路退回。"),
            Told(_L, "订单退款中", "订单 {number}“{service}”正在退款，请暂停服务。"),
            Told(_S, "订单退款中", "订单 {number}“{service}”正在退款 {yuan} 元。"),
        ),
        CardShown("refund", "退款", "requested"),
    ),
    "order.refunded": News(
        NoticeKind.ORDER_REFUNDED,
        (
            Told(_C, "退款成功", "订单 {number} 的退款 {yuan} 元已原路退回。"),
            Told(_L, "订单已退款", "订单 {number}“{service}”已全额退款，服务结束。"),
        ),
        CardChanged("refunded"),
    ),
    "order.refunded_partly": News(
        NoticeKind.ORDER_REFUNDED,
        (
            Told(_C, "部分退款成功", "订单 {number} 的退款 {yuan} 元已原路退回，服务继续。"),
            Told(_L, "部分退款完成", "订单 {number}“{service}”部分退款完成，服务继续。"),
        ),
        CardChanged("refunded"),
    ),
    "order.refund_failed": News(
        NoticeKind.ORDER_REFUND_FAILED,
        (
            Told(_C, "退款未成功", "订单 {number} 的退款未成功，客服会尽快与您联系。"),
            Told(_S, "退款未成功", "订单 {number} 的退款 {yuan} 元未成功，请人工处理。"),
        ),
        CardChanged("failed"),
    ),
}
