"""Dates that exist and still cannot be right: a 7 read as a 1 gives a date, and nothing in the date itself says so.

What stands beside it may: the weekday, the length of a term, the other dates of the paper, the year in its case
number, the day on which it is read. A doubt falls on every date that takes part in a contradiction, since none of
them says which one was misread. Pure.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

from ocr.checks import CASE_NUMBER, dates
from ocr.readings import Field

# No later than: what comes first stands first.
_ORDER = {
    "contract": (("valid_from", "valid_to"), ("signed_on", "valid_to")),
    "id_card_back": (("valid_from", "valid_to"),),
    "iou": (("signed_on", "due_on"),),
    "summons": (("issued_on", "appear_at"),),
}
_PAST = ("birth_date", "delivered_on", "established_on", "issued_on", "paid_on", "signed_on")
_OLDEST = {"birth_date": 1900}
_OLDEST_ELSE = 1949
_AHEAD = timedelta(days=31)  # papers are dated a little ahead at times, and clocks differ
# 居民身份证法 5: ten years from sixteen on, twenty from twenty-six on, five before sixteen; then for good.
_CARD_YEARS = (5, 10, 20)
_WEEKDAYS = "一二三四五六日"
_DAY = r"\d{4}[年./-]\d{1,2}[月./-]\d{1,2}日?"
_WITH_WEEKDAY = re.compile(rf"({_DAY})[(\[,]?(?:星期|周|礼拜)([一二三四五六日天])")
_TERM = re.compile(
    rf"({_DAY})(?:起)?(?:至|到|-|—|~)({_DAY})(?:日?止)?[^\d一二三四五六七八九十。;]{{0,8}}"
    r"(\d{1,2}|[一二三四五六七八九十]{1,3})(年|个月)(?!\d|度|内)"
)
_HAN = {digit: value for value, digit in enumerate("一二三四五六七八九", 1)}
_TAKEN_FOR_ANOTHER = ({"1", "7"}, {"3", "8"}, {"0", "6"}, {"5", "6"}, {"0", "8"}, {"6", "8"})
_CHINA = timezone(timedelta(hours=8))
_TERM_SLACK = 5  # days, between the ways of counting the last one


def doubted(kind: str, fields: Mapping[str, Field], text: str, today: date) -> dict[str, Field]:
    """The fields, with those dates flagged that something else of the paper speaks against.

    ``text`` is the whole paper without white space. Reasons: ``mismatch`` with something of the paper, ``unlikely``
    on the day of reading.
    """
    days = {name: day for name, field in fields.items() if (day := _day(field)) is not None}
    found = {name: "unlikely" for name, day in days.items() if name in _PAST and not _plausible(name, day, today)}
    found |= dict.fromkeys(_contradicted(kind, days, fields, text), "mismatch")
    return {name: _with(field, found[name]) if name in found else field for name, field in fields.items()}


def today_in_china() -> date:
    return datetime.now(_CHINA).date()


def _contradicted(kind: str, days: Mapping[str, date], fields: Mapping[str, Field], text: str) -> Iterator[str]:
    for first, last in _ORDER.get(kind, ()):
        if first in days and last in days and days[first] > days[last]:
            yield from (first, last)
    if kind == "id_card_back" and not _card_term(days):
        yield from ("valid_from", "valid_to")
    if (year := _case_year(fields)) is not None:
        yield from (name for name, day in days.items() if day.year < year)
    wrong = set(_wrong_days(text)) | _all_but_alike(days, text)
    yield from (name for name, day in days.items() if day in wrong)


def _day(field: Field) -> date | None:
    if not isinstance(field.value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}(?:T.*)?", field.value):
        return None
    return date.fromisoformat(field.value[:10])


def _plausible(name: str, day: date, today: date) -> bool:
    return _OLDEST.get(name, _OLDEST_ELSE) <= day.year and day <= today + _AHEAD


def _card_term(days: Mapping[str, date]) -> bool:
    """An identity card is valid for a whole number of years, to the day."""
    if "valid_from" not in days or "valid_to" not in days:
        return True
    start, end = days["valid_from"], days["valid_to"]
    same = (start.month, start.day) == (end.month, end.day)
    leap = (start.month, start.day) == (2, 29) and (end.month, end.day) in ((2, 28), (3, 1))
    return end.year - start.year in _CARD_YEARS and (same or leap)


def _case_year(fields: Mapping[str, Field]) -> int | None:
    number = fields.get("case_number")
    found = CASE_NUMBER.fullmatch(str(number.value).replace("（", "(").replace("）", ")")) if number else None
    return int(found["year"]) if found else None


def _wrong_days(text: str) -> Iterator[date]:
    """Days whose weekday, or whose distance from one another, is another than the paper says."""
    for match in _WITH_WEEKDAY.finditer(text):
        for day in _days(match[1]):
            if day.weekday() != _WEEKDAYS.index(match[2].replace("天", "日")):
                yield day
    for match in _TERM.finditer(text):
        start, end = _days(match[1]), _days(match[2])
        months = _number(match[3]) * (12 if match[4] == "年" else 1)
        if start and end and abs((_later(start[0], months) - end[0]).days) > _TERM_SLACK:
            yield from (start[0], end[0])


def _all_but_alike(days: Mapping[str, date], text: str) -> set[date]:
    """Days of fields that stand once more in the paper with one digit that is easily taken for theirs: both parties
    date a contract, and a receipt says its day twice. Days of other fields are no such witnesses: a loan may run from
    January to July.
    """
    witnesses = set(_days(text)).difference(days.values())
    return {day for day in days.values() if any(_one_digit_apart(day, other) for other in witnesses)}


def _one_digit_apart(one: date, other: date) -> bool:
    differing = [{a, b} for a, b in zip(one.isoformat(), other.isoformat(), strict=True) if a != b]
    return len(differing) == 1 and differing[0] in _TAKEN_FOR_ANOTHER


def _days(text: str) -> list[date]:
    return [date.fromisoformat(day) for day in dates(text)]


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.partition("十")
    if not ten:
        return _HAN.get(text, 0)
    return (_HAN.get(tens, 1) * 10) + _HAN.get(ones, 0)


def _later(day: date, months: int) -> date:
    """So many months on; where that month has no such day, its 28th."""
    years, month = divmod(day.month - 1 + months, 12)
    try:
        return day.replace(year=day.year + years, month=month + 1)
    except ValueError:
        return day.replace(year=day.year + years, month=month + 1, day=28)


def _with(field: Field, reason: str) -> Field:
    reasons = field.reasons if reason in field.reasons else (*field.reasons, reason)
    return replace(field, flagged=True, reasons=reasons)
