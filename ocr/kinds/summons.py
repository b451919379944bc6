"""法院传票."""

import re

from ocr.checks import dates
from ocr.kinds import values
from ocr.kinds.kind import Kind
from ocr.kinds.paper import Paper
from ocr.readings import Field

_LABELS = (
    "案号", "案由", "被传唤人", "住所", "住址", "地址", "工作单位", "传唤事由", "应到时间", "应到处所", "应到场所",
    "应到地点", "开庭时间", "开庭地点",
    "注意事项", "备考", "备注", "审判员", "书记员",
)  # fmt: skip
_PLACES = ("应到处所", "应到场所", "应到地点", "到庭地点", "到庭处所", "开庭地点", "开庭场所")
_TIME = re.compile(r"(上午|下午|晚上)?(\d{1,2})(?:时|点|:)(\d{1,2})?")


def fields(paper: Paper) -> dict[str, Field]:
    return values.kept(
        case_number=values.case_number(paper),
        court=values.court(paper),
        cause=values.text(paper.labelled(["案由"], _LABELS, rows=2)) or values.cause(paper),
        summoned=values.text(paper.labelled([r"被传唤人(?:姓名)?(?:或单位)?"], _LABELS)),
        address=values.text(paper.labelled(["工作单位或住址", "住所地?", "住址", "地址", "工作单位"], _LABELS, rows=2)),
        appear_at=_moment(paper),
        place=values.text(paper.labelled(_PLACES, _LABELS, rows=2))
        or values.alone(paper, r"\S{0,20}(?:法庭|审判庭|调解室)\S{0,6}"),
        issued_on=values.last_date(paper),
    )


def _moment(paper: Paper) -> Field | None:
    """YYYY-MM-DDTHH:MM, in the court's own time."""
    seen = paper.labelled(["应到时间", "到庭时间", "开庭时间", "开庭日期"], _LABELS, rows=2, accept=r"\d")
    found = dates(seen.text) if seen else []
    day = re.search(values.DATE, seen.text) if seen else None
    if seen is None or day is None or not found:
        return None
    time = _TIME.search(seen.text, day.end())
    if time is None:
        return seen.field(found[0], "grammar")
    hour = int(time[2]) + (12 if time[1] in ("下午", "晚上") and int(time[2]) < 12 else 0)
    return seen.field(f"{found[0]}T{hour:02d}:{int(time[3] or 0):02d}")


KIND = Kind(
    "summons",
    {"传票": 3, "被传唤人": 4, "传唤事由": 3, "应到时间": 2, "应到处所": 2},
    fields,
    heading=r"(?:开庭)?传票",
)
