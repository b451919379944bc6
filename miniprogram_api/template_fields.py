"""The fields of subscription-message templates: what each kind may hold, and how to make a value fit.

Pure rules. The kind is the field's name without its number: ``thing1`` is a ``thing``.
Vendor document: developers.weixin.qq.com, "subscribeMessage.send", table of parameter limits (参数值限制说明).
Characters are counted as UTF-16 units, as the vendor's own clients do: the stricter reading where they differ.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_CLOCK = r"([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?"
_DAY = (
    r"(\d{4}年\d{1,2}月\d{1,2}日|\d{4}年\d{1,2}月|\d{1,2}月\d{1,2}日"
    r"|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{4}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2})"
)
_TIME_POINT = rf"({_DAY}\s*)?{_CLOCK}"
_DATE_POINT = rf"{_DAY}(\s*{_CLOCK})?"

_PATTERNS: dict[str, re.Pattern[str]] = {
    "thing": re.compile(r".+", re.DOTALL),
    "number": re.compile(r"-?\d+(\.\d+)?"),
    "letter": re.compile(r"[A-Za-z]+"),
    "symbol": re.compile(rf"[^\w\s{_HAN}]+"),
    "character_string": re.compile(rf"[^{_HAN}]+"),
    "time": re.compile(rf"{_TIME_POINT}(~{_TIME_POINT})?"),
    "date": re.compile(rf"{_DATE_POINT}(~{_DATE_POINT})?"),
    "amount": re.compile(r"[^\w\s.]?\d{1,10}(\.\d+)?元?"),
    "phone_number": re.compile(r"[\d+\-() ]+"),
    "car_number": re.compile(rf"[{_HAN}A-Za-z0-9][A-Za-z0-9]*[{_HAN}A-Za-z0-9]"),
    "name": re.compile(rf"[^\d\s]+|[{_HAN}·]+"),
    "phrase": re.compile(rf"[{_HAN}]+"),
}
_LENGTHS = {
    "thing": 20,
    "number": 32,
    "letter": 32,
    "symbol": 5,
    "character_string": 32,
    "phone_number": 17,
    "car_number": 8,
    "phrase": 5,
}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class FieldError(ValueError):
    """A value cannot stand in a field. ``reason``: ``unknown_kind, empty, control, too_long, format``."""

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(f"{kind}: {reason}")
        self.kind = kind
        self.reason = reason


def kind_of(field: str) -> str:
    """``thing1`` → ``thing``. Raises ``FieldError`` for a name that no template has."""
    kind = field.rstrip("0123456789")
    if kind not in _PATTERNS or kind == field:
        raise FieldError(field, "unknown_kind")
    return kind


def check(kind: str, value: str) -> None:
    """Raise ``FieldError`` unless WeChat takes ``value`` in a field of ``kind``."""
    pattern = _PATTERNS.get(kind)
    if pattern is None:
        raise FieldError(kind, "unknown_kind")
    if not value.strip():
        raise FieldError(kind, "empty")
    if _CONTROL.search(value):
        raise FieldError(kind, "control")
    if _units(value) > _limit(kind, value):
        raise FieldError(kind, "too_long")
    if not pattern.fullmatch(value):
        raise FieldError(kind, "format")


def fit(kind: str, value: str | int | date | datetime) -> str:
    """A lawful text for ``value``: white space folded, long texts cut with "…", dates and times written out.

    Raises ``FieldError`` where nothing sensible can be made of it (an empty text, a date from a name).
    ``amount`` takes integer fen or text; ``date`` and ``time`` take ``date``/``datetime`` (in the reader's zone)
    or text.
    """
    text = _FITTERS.get(kind, _fit_plain)(kind, value)
    check(kind, text)
    return text


def fit_all(data: Mapping[str, str | int | date | datetime]) -> dict[str, str]:
    """``fit`` for a whole message: field names (``thing1``) to values."""
    return {field: fit(kind_of(field), value) for field, value in data.items()}


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _limit(kind: str, value: str) -> int:
    if kind == "name":
        return 10 if re.search(f"[{_HAN}]", value) else 20
    return _LENGTHS.get(kind, 64)


def _cut(text: str, limit: int, mark: str) -> str:
    if _units(text) <= limit:
        return text
    while text and _units(text) > limit - len(mark):
        text = text[:-1]
    return text.rstrip() + mark


def _fold(value: object) -> str:
    return " ".join(_CONTROL.sub(" ", str(value)).split())


def _fit_plain(kind: str, value: object) -> str:
    return _fold(value)


def _fit_thing(kind: str, value: object) -> str:
    return _cut(_fold(value), _LENGTHS["thing"], "…")


def _fit_phrase(kind: str, value: object) -> str:
    return re.sub(f"[^{_HAN}]", "", str(value))[: _LENGTHS["phrase"]]


def _fit_character_string(kind: str, value: object) -> str:
    return _cut(re.sub(f"[{_HAN}]", "", _fold(value)), _LENGTHS["character_string"], "...")


def _fit_name(kind: str, value: object) -> str:
    text = re.sub(r"[\d\s]+", "", _fold(value))
    return _cut(text, _limit("name", text), "")


def _fit_amount(kind: str, value: object) -> str:
    if isinstance(value, int):
        return f"¥{value // 100}.{value % 100:02d}"
    return _fold(value).replace(",", "").replace(" ", "")


def _fit_date(kind: str, value: object) -> str:
    if isinstance(value, (date, datetime)):
        return f"{value.year}年{value.month}月{value.day}日"
    return _fold(value)


def _fit_time(kind: str, value: object) -> str:
    if isinstance(value, datetime):
        return f"{_fit_date(kind, value)} {value:%H:%M}"
    return _fold(value)


_FITTERS: dict[str, Callable[[str, object], str]] = {
    "thing": _fit_thing,
    "phrase": _fit_phrase,
    "character_string": _fit_character_string,
    "name": _fit_name,
    "amount": _fit_amount,
    "date": _fit_date,
    "time": _fit_time,
}
