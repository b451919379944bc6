"""营业执照."""

from ocr.kinds import values
from ocr.kinds.kind import Kind
from ocr.kinds.paper import Paper
from ocr.readings import Field

_LABELS = (
    "名称", "类型", "法定代表人", "负责人", "经营者", "经营范围", "注册资本", "成立日期", "营业期限", "住所",
    "经营场所", "营业场所", "登记机关", "组成形式",
    "统一社会信用代码", "主要经营场所",
)  # fmt: skip
_HEAD = (
    r"(?:法定代表人|负责人|经营者|投资人)[\s:]+([\u4e00-\u9fff·]{2,15})(?=\s)"  # the next column may go on beside it
)


_HALF_OF_ADDRESS = r"(?<![^\n])[住所](?= )"  # of 住        所, whose other half was not found


def fields(paper: Paper) -> dict[str, Field]:
    return values.kept(
        company_name=values.text(paper.labelled([r"(?<!项目)名[^\w\n]{0,2}称"], _LABELS, rows=2), values.ORGANISATION),
        credit_code=values.credit_code(paper),
        company_type=values.text(paper.labelled(["类型"], _LABELS, rows=2)),
        legal_representative=values.text(
            paper.search(_HEAD, 1)
            or paper.labelled(["法定代表人", "负责人", "经营者", "投资人", "执行事务合伙人"], _LABELS),
            values.NAME,
        ),
        registered_capital=values.text(paper.labelled(["注册资本", "注册资金", "出资额"], _LABELS)),
        established_on=values.date_after(paper, r"成\s?立\s?日\s?期", r"注\s?册\s?日\s?期"),
        address=values.text(
            paper.labelled(["住所", "主要经营场所", "经营场所", "营业场所", _HALF_OF_ADDRESS], _LABELS, rows=3)
        ),
        scope=values.text(paper.labelled(["经营范围"], _LABELS, rows=12)),
    )


KIND = Kind(
    "business_licence",
    {"营业执照": 5, "统一社会信用代码": 1, "经营范围": 2, "注册资本": 2, "成立日期": 1, "登记机关": 1},
    fields,
    heading=r".{0,4}营业执照(?:\(.{1,4}\))?",
)
