"""What a client tells when ordering, held against the product's own form. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from services.errors import Problem

DESCRIPTION_MAX = 4000
_DESCRIPTION = {
    "name": "description",
    "label": "情况说明",
    "kind": "textarea",
    "required": True,
    "max_length": DESCRIPTION_MAX,
}
_PHONE = re.compile(r"^1[3-9]\d{9}$")


def checked_need(form: Sequence[Mapping[str, Any]], need: Mapping[str, Any]) -> dict[str, str]:
    """The answers, trimmed, without empty ones. Raises ``order.need_invalid`` that names every faulty field."""
    fields = {field["name"]: field for field in (_DESCRIPTION, *form)}
    faults = [_fault(f"need.{name}", "没有这一项") for name in need if name not in fields]
    answers: dict[str, str] = {}
    for name, field in fields.items():
        value = need.get(name)
        message = _wrong(field, value)
        if message:
            faults.append(_fault(f"need.{name}", message))
        elif isinstance(value, str) and value.strip():
            answers[name] = value.strip()
    if faults:
        raise Problem("order.need_invalid", errors=faults)
    return answers


def _wrong(field: Mapping[str, Any], value: object) -> str | None:
    if value is None or (isinstance(value, str) and not value.strip()):
        return f"请填写{field['label']}" if field["required"] else None
    if not isinstance(value, str):
        return "应为文字"
    text = value.strip()
    if len(text) > field["max_length"]:
        return f"不能超过 {field['max_length']} 字"
    if field["kind"] == "choice" and text not in field["choices"]:
        return "请从选项中选择"
    if field["kind"] == "phone" and not _PHONE.match(text):
        return "请填写正确的手机号"
    return None


def _fault(field: str, message: str) -> dict[str, str]:
    return {"field": field, "message": message}
