"""律师执业证. Its number has 17 digits (司法部《律师执业证号编码规则》): kind, place, year, sex and order."""

from ocr.kinds import shapes, values
from ocr.kinds.form import Form
from ocr.kinds.kind import Kind
from ocr.kinds.paper import Paper, Seen
from ocr.readings import Field

_FIRM = r"[\u4e00-\u9fff()（）]{2,30}(?:律师事务所|法律援助中心|律师所|公职律师.{0,8}|公司律师.{0,8})"
_OFFICE = r"[\u4e00-\u9fff]{2,20}司法[厅局]"
_NUMBER = r"1\d{16}"


def fields(paper: Paper) -> dict[str, Field]:
    form = Form(paper, "lawyer_licence")
    return values.kept(
        name=values.text(form.best("name", shapes.is_person), shapes.NAME) or values.guess(_below_heading(paper)),
        sex=values.text(form.best("sex", r"^[男女]$")) or values.sex(paper),
        firm=values.text(form.best("firm", _FIRM, rows=2), r"[\u4e00-\u9fff()（）]{4,40}")
        or values.alone(paper, _FIRM),
        licence_number=values.shaped(form.best("licence_number", rf"(?<!\d){_NUMBER}(?!\d)"), _NUMBER)
        or values.alone(paper, _NUMBER),
        id_number=values.id_number(paper, form.best("id_number", shapes.ID_SHAPE, rows=2)),
        issuing_authority=values.shaped(form.best("issuing_authority", _OFFICE), _OFFICE)
        or values.alone(paper, _OFFICE),
        issued_on=values.date(form.best("issued_on", shapes.DATE)) or values.guessed_date(form.lone(shapes.DATE)),
    )


def _below_heading(paper: Paper) -> Seen | None:
    """A screen that says whose licence it is in large letters, without a label."""
    seen = paper.search(r"执业证书?\s*\n([\u4e00-\u9fff·]{2,4})(?=\n)", 1)
    return seen if seen is not None and shapes.is_person(seen.text) else None


KIND = Kind(
    "lawyer_licence",
    {
        "律师执业证": 4,
        "执业机构": 2,
        "执业证号": 3,
        "执业证类别": 2,
        "持证人": 1,
        "律师事务所": 1,
        "执业证书": 2,
        "律师电子执业证": 3,
        "律师工作证": 3,
        "执业证类型": 2,
        "年度考核": 1,
    },
    fields,
    heading=r"(?:中华人民共和国)?律师(?:电子)?(?:工作|执业)证书?",
)
