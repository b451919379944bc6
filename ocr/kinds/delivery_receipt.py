"""送达回证. Whoever received signs and dates it by hand."""

from ocr.kinds import values
from ocr.kinds.kind import Kind
from ocr.kinds.paper import Paper
from ocr.readings import Field

_LABELS = (
    "案号",
    "案由",
    "送达文书",
    "受送达人",
    "送达地址",
    "送达地点",
    "送达方式",
    "代收人",
    "送达人",
    "填发人",
    "备注",
    "收到时间",
)


def fields(paper: Paper) -> dict[str, Field]:
    return values.kept(
        case_number=values.case_number(paper),
        court=values.court(paper),
        cause=values.text(paper.labelled(["案由"], _LABELS, rows=2)) or values.cause(paper),
        addressee=values.text(
            paper.labelled([r"受送达人(?!的?签)的?(?:姓名或者?名称|姓名|名称)?"], _LABELS, rows=2),
            values.ORGANISATION + "|" + values.NAME,
        ),
        documents=values.text(paper.labelled([r"送达的?文书(?:的?名称)?(?:[和及]件数)?"], _LABELS, rows=3)),
        address=values.text(paper.labelled(["送达地址", "送达地点", "送达处所"], _LABELS, rows=3)),
        delivery_method=values.text(paper.labelled(["送达方式"], _LABELS), r"[\u4e00-\u9fff]{2,4}送达")
        or values.alone(paper, "(?:直接|留置|邮寄|委托|转交|公告|电子)送达"),
        delivered_on=values.last_date(paper),
    )


KIND = Kind(
    "delivery_receipt",
    {"送达回证": 5, "受送达人": 3, "送达文书": 2, "送达地址": 1, "送达方式": 1, "填发人": 1},
    fields,
    heading=r"送达回[证执]",
)
