"""Which notice takes which subscription template, and how its fields are filled. Pure data and rules.

WeChat's templates have fixed fields whose kinds and lengths are checked on sending (47003), so a message is
made lawful when the notice is written, not when it is sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from miniprogram_api.template_fields import FieldError, fit_all
from schemas.api.base import CHINA
from schemas.enums import NoticeKind

# The mini-program's page that opens the H5 client at a given place.
PAGE = "pages/index/index"


class MissingValueError(ValueError):
    """A notice was told without a value that its template needs, or with one that no field takes."""


@dataclass(frozen=True, slots=True)
class Template:
    """``key`` is the name under which the settings hold the template's id; ``fields`` maps field → value's name."""

    key: str
    title: str
    fields: Mapping[str, str]


TEMPLATES: dict[str, Template] = {
    template.key: template
    for template in (
        Template(
            "new_message",
            "新消息提醒",
            {"thing1": "case", "name2": "sender", "thing3": "text", "time4": "time"},
        ),
        Template(
            "order_status",
            "订单进度提醒",
            {"character_string1": "number", "phrase2": "status", "thing3": "service", "time4": "time"},
        ),
        Template(
            "payment",
            "支付成功通知",
            {"character_string1": "number", "amount2": "amount_fen", "thing3": "service", "time4": "time"},
        ),
    )
}

# At most five Han characters, as a ``phrase`` field wants it.
STATUS: dict[NoticeKind, str] = {
    NoticeKind.ORDER_ASSIGNED: "已分配律师",
    NoticeKind.ORDER_ACCEPTED: "律师已接单",
    NoticeKind.ORDER_DECLINED: "重新分配中",
    NoticeKind.ORDER_DELIVERED: "成果已交付",
    NoticeKind.ORDER_CONFIRMED: "已确认",
    NoticeKind.ORDER_REVIEWED: "已评价",
    NoticeKind.ORDER_CANCELLED: "已取消",
    NoticeKind.ORDER_REFUND_REQUESTED: "退款处理中",
    NoticeKind.ORDER_REFUND_FAILED: "退款未成功",
    NoticeKind.ORDER_REFUNDED: "已退款",
}

TEMPLATE_OF: dict[NoticeKind, str] = {
    NoticeKind.MESSAGE_UNREAD: "new_message",
    NoticeKind.MENTIONED: "new_message",
    NoticeKind.ORDER_PAID: "payment",
    **dict.fromkeys(STATUS, "order_status"),
}


def fill(kind: NoticeKind, values: Mapping[str, str], text: str, at: datetime) -> dict[str, str]:
    """The lawful fields of the kind's template.

    ``values``: ``case`` and ``sender`` for unread messages; ``number`` and ``service`` for orders, ``amount_fen``
    (digits) too for a payment. ``at`` is shown in China's time. Raises MissingValueError.
    """
    given: dict[str, str | int | datetime] = {
        "text": text,
        "status": STATUS.get(kind, ""),
        "time": at.astimezone(CHINA),
        **values,
    }
    try:
        if "amount_fen" in given:
            given["amount_fen"] = int(values["amount_fen"])
        return fit_all({name: given[value] for name, value in TEMPLATES[TEMPLATE_OF[kind]].fields.items()})
    except KeyError as fault:
        raise MissingValueError(f"{kind}: {fault.args[0]} is missing") from None
    except FieldError as fault:
        raise MissingValueError(f"{kind}: {fault}") from None
    except ValueError:
        raise MissingValueError(f"{kind}: amount_fen is not a number") from None


def page_of(link: str) -> str:
    """The mini-program page that shows ``link``, a path of the H5 client such as ``/spaces/…``."""
    return f"{PAGE}?to={quote(link, safe='')}"
