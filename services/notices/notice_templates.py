"""How the fields of subscription templates are filled. Pure data and rules; which kind takes which template stands in
``services/notices/notice_table.py``.

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
from services.notices.notice_table import TABLE

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


def fill(kind: NoticeKind, values: Mapping[str, str], text: str, at: datetime) -> dict[str, str]:
    """The lawful fields of the kind's template.

    ``values``: ``case`` and ``sender`` for unread messages; ``number`` and ``service`` for orders, ``amount_fen``
    (digits) too for a payment. ``at`` is shown in China's time. Raises MissingValueError.
    """
    given: dict[str, str | int | datetime] = {
        "text": text,
        "status": TABLE[kind].status,
        "time": at.astimezone(CHINA),
        **values,
    }
    try:
        if "amount_fen" in given:
            given["amount_fen"] = int(values["amount_fen"])
        return fit_all({name: given[value] for name, value in TEMPLATES[TABLE[kind].template].fields.items()})
    except KeyError as fault:
        raise MissingValueError(f"{kind}: {fault.args[0]} is missing") from None
    except FieldError as fault:
        raise MissingValueError(f"{kind}: {fault}") from None
    except ValueError:
        raise MissingValueError(f"{kind}: amount_fen is not a number") from None


def gathered_fields(kind: NoticeKind, data: Mapping[str, str], count: int) -> dict[str, str]:
    """The fields of the newest notice, saying where they have room that it stands for ``count``."""
    fields = TEMPLATES[TABLE[kind].template].fields
    said = {name: f"您有 {count} 条新提醒，请查看" for name, value in fields.items() if value == "text"}
    return {**data, **fit_all(said)}


def page_of(link: str) -> str:
    """The mini-program page that shows ``link``, a path of the H5 client such as ``/spaces/…``."""
    return f"{PAGE}?to={quote(link, safe='')}"
