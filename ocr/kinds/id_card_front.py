"""居民身份证，人像面 (GA 461). What is printed must agree with what the number says."""

from dataclasses import replace

from ocr.checks import id_birth_date, id_number_ok, id_sex
from ocr.kinds import values
from ocr.kinds.kind import Kind
from ocr.kinds.paper import Paper
from ocr.readings import Field

_LABELS = ("姓名", "性别", "民族", "出生", "住址", "公民身份", "身份号码")


def fields(paper: Paper) -> dict[str, Field]:
    found = values.kept(
        name=values.text(paper.labelled(["姓名"], _LABELS), values.NAME),
        sex=values.text(paper.search(r"性\s?别?[\s:]*([男女])", 1)),
        ethnicity=values.text(paper.search(r"民\s?族[\s:]*([\u4e00-\u9fff]{1,4}?)(?=\s|出|住|$)", 1)),
        birth_date=values.date_after(paper, r"出\s?生(?:日期)?"),
        address=values.text(paper.labelled(["住址"], _LABELS, rows=4)),
        id_number=values.id_number(paper),
    )
    return _consistent(found)


def _consistent(found: dict[str, Field]) -> dict[str, Field]:
    """Birth and sex are in the number too: where they differ, both sides are doubtful; where one was not read, the
    number tells it, for a person to confirm.
    """
    number = found.get("id_number")
    if number is None or not id_number_ok(str(number.value)):
        return found
    for name, told in (("birth_date", id_birth_date(str(number.value))), ("sex", id_sex(str(number.value)))):
        field = found.get(name)
        if field is None:
            found[name] = Field(told, number.confidence, True, None, number.page, ("repaired",))
        elif field.value != told:
            found[name] = doubted(field)
            found["id_number"] = doubted(found["id_number"])
    return found


def doubted(field: Field) -> Field:
    return replace(field, flagged=True, reasons=tuple(dict.fromkeys([*field.reasons, "mismatch"])))


KIND = Kind("id_card_front", {"姓名": 1, "公民身份号码": 4, "民族": 2, "住址": 1, "出生": 1}, fields)
