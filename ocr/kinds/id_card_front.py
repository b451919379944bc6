"""居民身份证，人像面 (GA 461). What is printed must agree with what the number says."""

from dataclasses import replace

from ocr.checks import id_birth_date, id_number_ok, id_sex
from ocr.kinds import shapes, values
from ocr.kinds.form import Form
from ocr.kinds.kind import Kind
from ocr.kinds.paper import Paper
from ocr.readings import Field


def fields(paper: Paper) -> dict[str, Field]:
    form = Form(paper, "id_card_front")
    found = values.kept(
        name=values.text(form.best("name", shapes.is_person), shapes.NAME),
        sex=values.text(form.best("sex", r"^[男女]$")) or values.sex(paper),
        ethnicity=values.text(
            form.best("ethnicity", r"^[\u4e00-\u9fff]{1,6}$")
            or paper.search(r"民\s?族[\s:]*([\u4e00-\u9fff]{1,4}?)(?=\s|出|住|$)", 1)
        ),
        birth_date=values.date(form.best("birth_date", shapes.DATE)) or values.date_after(paper, r"出\s?生(?:日期)?"),
        address=values.text(form.best("address", shapes.is_address, rows=4)) or values.guess(form.lone(shapes.ADDRESS)),
        id_number=values.id_number(paper, form.best("id_number", shapes.ID_SHAPE, rows=2)),
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


KIND = Kind(
    "id_card_front", {"姓名": 2, "公民身份号码": 4, "身份证号码": 2, "民族": 3, "性别": 1, "住址": 1, "出生": 2}, fields
)
