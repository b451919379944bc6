"""营业执照."""

import re

from ocr.kinds import shapes, values
from ocr.kinds.form import Form
from ocr.kinds.kind import Kind
from ocr.kinds.paper import Paper
from ocr.readings import Field

_CAPITAL = r"\d|[零壹贰叁肆伍陆柒捌玖拾]"


def fields(paper: Paper) -> dict[str, Field]:
    form = Form(paper, "business_licence")
    return values.kept(
        company_name=values.text(form.best("company_name", _is_name, rows=2), shapes.ORGANISATION)
        or values.guess(form.lone(shapes.BODY)),
        credit_code=values.credit_code(paper, labelled=form.best("credit_code", r"^[0-9A-Za-z]{18}$", rows=2)),
        company_type=values.text(form.best("company_type", r"公司|企业|工商户|合伙|合作社|个人|所有制", rows=2)),
        legal_representative=values.text(form.best("legal_representative", shapes.is_person), shapes.NAME),
        registered_capital=values.text(form.best("registered_capital", _CAPITAL)),
        established_on=values.date(form.best("established_on", shapes.DATE))
        or values.guessed_date(form.lone(shapes.DATE)),
        address=values.text(form.best("address", shapes.is_address, rows=3)) or values.guess(form.lone(shapes.ADDRESS)),
        scope=values.text(form.best("scope", r"[\u4e00-\u9fff]{4}", rows=12)),
    )


def _is_name(text: str) -> bool:
    return len(text) >= 4 and re.search(r"\d{4}|[;。]", text) is None


KIND = Kind(
    "business_licence",
    {"营业执照": 5, "统一社会信用代码": 1, "经营范围": 2, "注册资本": 2, "成立日期": 1, "登记机关": 1},
    fields,
    heading=r".{0,12}营业执照(?:\(.{1,4}\))?",
)
