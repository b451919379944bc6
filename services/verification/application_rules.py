"""What an application must say, and whether it can be true: pure.

Nothing here asks anybody. What these rules refuse is told at once, field by field, before it costs an attempt.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from ocr.checks import id_birth_date, id_number_ok
from schemas.credit_codes import is_credit_code
from schemas.reading_enums import ReadingKind
from schemas.verification_enums import VerificationKind

Values = Mapping[str, str]
Faults = dict[str, str]  # field → what is wrong, for the person

FOR_EVER = "长期"
ADULT = 18  # 民法典 17: who is younger acts through a guardian
_NAME = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af][\u3400-\u9fff\U00020000-\U000323af·]{1,31}")
_COMPANY = re.compile(r"[\u3400-\u9fffA-Za-z0-9()（）·&\-]{2,100}")
# 司法部《律师执业证号编码规则》: kind, place (4), year (4), kind of practice, sex, order (6).
_LICENCE = re.compile(r"1\d{4}(?P<year>\d{4})[1-9][01]\d{6}")
# The card may have been applied for some weeks before the day that it is valid from.
_ISSUING = timedelta(days=90)
_SLACK = timedelta(days=3)
# 律师执业年度考核 takes place once a year, and its stamp may come late.
CHECK_EVERY = timedelta(days=550)


@dataclass(frozen=True, slots=True)
class Demands:
    """What one kind of application needs. ``number`` is the field that one person only may bear."""

    papers: tuple[ReadingKind, ...]
    fields: tuple[str, ...]
    further_papers: tuple[ReadingKind, ...] = ()
    further_fields: tuple[str, ...] = ()
    number: str | None = None


DEMANDS: Mapping[VerificationKind, Demands] = {
    VerificationKind.PERSON: Demands(
        (ReadingKind.ID_CARD_FRONT, ReadingKind.ID_CARD_BACK),
        ("name", "id_number", "valid_from", "valid_to"),
        number="id_number",
    ),
    VerificationKind.LAWYER: Demands(
        (ReadingKind.LAWYER_LICENCE,),
        ("name", "licence_number", "firm", "issued_on"),
        further_papers=(ReadingKind.PAGE,),  # the page with the stamps of the yearly checks
        further_fields=("checked_on",),
        number="licence_number",
    ),
    VerificationKind.COMPANY: Demands(
        (ReadingKind.BUSINESS_LICENCE,), ("company_name", "credit_code", "legal_representative")
    ),
}


def tidied(values: Values) -> dict[str, str]:
    """NFKC without white space; codes in capitals; one kind of middle dot in names."""
    plain = {name: "".join(unicodedata.normalize("NFKC", value).split()) for name, value in values.items()}
    for name in ("id_number", "credit_code"):
        if name in plain:
            plain[name] = plain[name].upper()
    for name in ("name", "legal_representative"):
        if name in plain:
            plain[name] = re.sub("[•・‧.．]", "·", plain[name])
    return plain


def faults(kind: VerificationKind, values: Values, today: date) -> Faults:
    """What is wrong with tidied values; empty when it may be true."""
    demands = DEMANDS[kind]
    known = {*demands.fields, *demands.further_fields}
    found = {name: "没有这一项" for name in values if name not in known}
    found |= {name: "请填写" for name in demands.fields if not values.get(name)}
    return found or _RULES[kind](values, today)


def age(born: date, on: date) -> int:
    """Whole years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def terms(born: date, issued: date) -> set[int | None]:
    """How many years a card issued then may be valid; None for ever (居民身份证法 5)."""
    return {_term(age(born, day)) for day in (issued, issued - _ISSUING)}


def _term(years: int) -> int | None:
    if years < 16:
        return 5
    if years < 26:
        return 10
    return 20 if years < 46 else None


def day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _person(values: Values, today: date) -> Faults:
    found: Faults = {}
    if not _NAME.fullmatch(values["name"]):
        found["name"] = "请填写证件上的中文姓名"
    if not id_number_ok(values["id_number"]):
        return found | {"id_number": "身份证号码有误，请对照证件核对"}
    born = date.fromisoformat(id_birth_date(values["id_number"]))
    if age(born, today) < ADULT:
        found["id_number"] = "未满 18 周岁，请由监护人联系客服办理"
    return found | _validity(values, born, today)


def _validity(values: Values, born: date, today: date) -> Faults:
    start, end = day_of(values["valid_from"]), day_of(values["valid_to"])
    if start is None or start > today or start < born:
        return {"valid_from": "有效期的起始日期有误"}
    if end is None and values["valid_to"] != FOR_EVER:
        return {"valid_to": "请按证件填写日期，如 2035-06-01，或“长期”"}
    if end is not None and end < today:
        return {"valid_to": "证件已过有效期，请使用有效的身份证"}
    if not any(_fits(start, end, years) for years in terms(born, start)):
        return {"valid_to": "有效期与年龄不符，请确认正反面是同一张证件"}
    return {}


def _fits(start: date, end: date | None, years: int | None) -> bool:
    if end is None or years is None:
        return end is None and years is None
    due = start + timedelta(days=round(365.2425 * years))
    return abs(end - due) <= _SLACK


def _lawyer(values: Values, today: date) -> Faults:
    found: Faults = {}
    number, issued = _LICENCE.fullmatch(values["licence_number"]), day_of(values["issued_on"])
    if not _NAME.fullmatch(values["name"]):
        found["name"] = "请填写执业证上的姓名"
    if not _COMPANY.fullmatch(values["firm"]):
        found["firm"] = "请填写执业证上的执业机构"
    if number is None or not 1980 <= int(number["year"]) <= today.year:
        found["licence_number"] = "执业证号应为 17 位数字，请对照证件核对"
    if issued is None or issued > today:
        found["issued_on"] = "请按证件填写日期，如 2021-03-05"
    if found or issued is None or number is None:
        return found
    if issued.year < int(number["year"]):
        return {"issued_on": "发证日期早于执业证号中的年份，请核对"}
    return _yearly_check(values.get("checked_on", ""), issued, today)


def _yearly_check(text: str, issued: date, today: date) -> Faults:
    checked = day_of(text) if text else issued
    if checked is None or checked > today:
        return {"checked_on": "请按考核页填写日期，如 2026-05-20"}
    if today - checked > CHECK_EVERY:
        return {"checked_on": "请填写最近一次年度考核的日期，并拍摄考核页" if not text else "年度考核已过期"}
    return {}


def _company(values: Values, today: date) -> Faults:
    found: Faults = {}
    if not _COMPANY.fullmatch(values["company_name"]):
        found["company_name"] = "请填写执照上的企业名称"
    if not is_credit_code(values["credit_code"]):
        found["credit_code"] = "统一社会信用代码有误，请对照执照核对"
    if not _NAME.fullmatch(values["legal_representative"]):
        found["legal_representative"] = "请填写执照上的法定代表人"
    return found


_RULES: Mapping[VerificationKind, Callable[[Values, date], Faults]] = {
    VerificationKind.PERSON: _person,
    VerificationKind.LAWYER: _lawyer,
    VerificationKind.COMPANY: _company,
}
