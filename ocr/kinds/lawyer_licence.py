"""律师执业证. Its number has 17 digits (司法部《律师执业证号编码规则》): kind, place, year, sex and order."""

from ocr.kinds import values
from ocr.kinds.kind import Kind
from ocr.kinds.paper import Paper
from ocr.readings import Field

_LABELS = (
    "执业机构",
    "执业证类别",
    "执业证号",
    "持证人",
    "姓名",
    "性别",
    "身份证号",
    "发证机关",
    "发证日期",
    "颁证日期",
    "颁证机关",
    "法律职业资格",
    "流水号",
)


def fields(paper: Paper) -> dict[str, Field]:
    return values.kept(
        name=values.text(paper.labelled(["持证人", "姓名"], _LABELS), values.NAME),
        sex=values.text(paper.search(r"性\s?别[\s:]*([男女])", 1)),
        firm=values.text(paper.labelled(["执业机构"], _LABELS, rows=2), r"[\u4e00-\u9fff()（）]{4,40}")
        or values.alone(paper, r"[\u4e00-\u9fff()]{4,30}律师事务所"),
        licence_number=values.text(paper.labelled([r"执业证号码?"], _LABELS), r"1\d{16}")
        or values.alone(paper, r"1\d{16}"),
        id_number=values.id_number(paper),
        issuing_authority=values.shaped(
            paper.labelled(["发证机关", "颁证机关", "核发机关"], _LABELS), r"[\u4e00-\u9fff]{2,20}司法[厅局]"
        )
        or values.alone(paper, r"[\u4e00-\u9fff]{2,20}司法[厅局]"),
        issued_on=values.date_after(paper, r"[发颁]\s?[证发]\s?日\s?期"),
    )


KIND = Kind(
    "lawyer_licence",
    {"律师执业证": 4, "执业机构": 2, "执业证号": 3, "执业证类别": 2, "持证人": 1},
    fields,
    heading=r"(?:中华人民共和国)?律师(?:工作|执业)证书?",
)
