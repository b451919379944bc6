"""法院传票: a table as a rule, now and then a letter."""

import re

from ocr.checks import CASE_NUMBER, dates
from ocr.kinds import shapes, values
from ocr.kinds.form import Form
from ocr.kinds.kind import Kind
from ocr.kinds.paper import Paper, Seen
from ocr.readings import Field

_ROOM = r"法庭|审判庭|审判区|窗口|大厅|室|楼|第?[一二三四五六七八九十\d]+庭|平台"
_SET_FOR = (
    rf"(?:定于|订于|于)({shapes.DATE}[^,。;]{{0,24}}?)在([^,。;]{{1,30}}(?:{_ROOM})(?:\([^)]{{1,4}}\))?)"
    r"(?:公开|依法|不公开)*(?:开庭|审理|进行|组织|召开|举行|听证|调解|询问)"
)
_CLEAR = 1  # what a label that means the field costs at most
_HAN = {digit: value for value, digit in enumerate("零一二三四五六七八九十")}
_DIGITS = r"\d{1,2}|[一二三四五六七八九十]{1,3}"
_TIME = re.compile(rf"(凌晨|早上|上午|中午|下午|晚上)?({_DIGITS})(?:时|点|:)(半|{_DIGITS})?")

_A_MOMENT = rf"{shapes.DATE}.{{0,8}}?(?:\d{{1,2}}[:时点]).{{0,6}}"


def fields(paper: Paper) -> dict[str, Field]:
    form = Form(paper, "summons")
    return values.kept(
        case_number=values.case_number(paper, form.best("case_number", CASE_NUMBER.pattern, rows=2)),
        court=values.court(paper),
        cause=values.text(form.best("cause", shapes.CAUSE, rows=2)) or values.cause(paper),
        summoned=values.text(form.best("summoned", shapes.is_party, rows=2) or _addressed(paper), shapes.PARTY),
        address=_address(form),
        appear_at=_moment(
            form.best("appear_at", shapes.DATE, rows=2) or paper.flowing(_SET_FOR, 1) or form.lone(_A_MOMENT)
        ),
        place=values.text(form.best("place", _is_place, rows=2) or paper.flowing(_SET_FOR, 2))
        or values.alone(paper, r"\S{0,20}(?:法庭|审判庭|调解室)\S{0,6}"),
        issued_on=values.last_date(paper),
    )


def _address(form: Form) -> Field | None:
    """A plain 地址 may be the court's, so that what no label tells goes before it."""
    clear = values.text(form.best("address", shapes.is_address, rows=3, most=_CLEAR))
    guess = None if clear else values.guess(form.lone(shapes.ADDRESS))
    return clear or guess or values.text(form.best("address", shapes.is_address, rows=3))


def _addressed(paper: Paper) -> Seen | None:
    """Whom a letter addresses: a row of its own with a name and a colon."""
    found = paper.all(rf"\n(?:致:?|原告:?|被告:?|当事人:?)?({shapes.PARTY})(?:先生|女士)?(?:\(.{{1,8}}\))?:\s?\n", 1)
    return next((seen for seen in found if shapes.is_party(seen.text)), None)


def _is_place(text: str) -> bool:
    """Courts name their rooms freely; a time or a date is none."""
    return re.search(_ROOM, text) is not None and re.search(shapes.DATE, text) is None


def _moment(seen: Seen | None) -> Field | None:
    """YYYY-MM-DDTHH:MM, in the court's own time."""
    found = dates(seen.text) if seen else []
    day = re.search(shapes.DATE, seen.text) if seen else None
    if seen is None or day is None or not found:
        return None
    time = _TIME.search(seen.text, day.end())
    if time is None:
        return seen.field(found[0], "grammar")
    hour, minute = _number(time[2]), 30 if time[3] == "半" else _number(time[3] or "0")
    hour += 12 if time[1] in ("下午", "晚上") and hour < 12 else 0
    return seen.field(f"{found[0]}T{hour:02d}:{minute:02d}", *([] if hour < 24 and minute < 60 else ["grammar"]))


def _number(text: str) -> int:
    """Up to 99, in digits or as spoken: 十, 三十, 二十五."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    return (_HAN.get(tens, 1) * 10 if ten else 0) + _HAN.get(ones, 0)


KIND = Kind(
    "summons",
    {
        "传票": 3,
        "被传唤人": 4,
        "传唤事由": 3,
        "应到时间": 2,
        "应到处所": 2,
        "传唤": 1,
        "准时出庭": 3,
        "准时到庭": 3,
        "开庭审理": 1,
    },
    fields,
    heading=r".{0,24}(?:传票|传唤通知书?|开庭通知书?|出庭通知书?)(?:\(.{1,8}\))?",
)
