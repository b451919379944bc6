"""送达回证. Whoever received signs and dates it by hand."""

from ocr.checks import CASE_NUMBER
from ocr.kinds import shapes, values
from ocr.kinds.form import Form
from ocr.kinds.kind import Kind
from ocr.kinds.paper import Paper
from ocr.readings import Field

_METHOD = r"(?:直接|留置|邮寄|委托|转交|公告|电子|当庭|专人)送达"


def fields(paper: Paper) -> dict[str, Field]:
    form = Form(paper, "delivery_receipt")
    return values.kept(
        case_number=values.case_number(paper, form.best("case_number", CASE_NUMBER.pattern, rows=2)),
        court=values.court(paper),
        cause=values.text(form.best("cause", shapes.CAUSE, rows=2)) or values.cause(paper),
        addressee=values.text(form.best("addressee", shapes.is_party, rows=2), shapes.ORGANISATION + "|" + shapes.NAME),
        documents=values.text(form.best("documents", r"[书状票令函证据料]", rows=4)),
        address=values.text(form.best("address", shapes.is_address, rows=3)),
        delivery_method=values.shaped(form.best("delivery_method", _METHOD), _METHOD) or values.alone(paper, _METHOD),
        delivered_on=values.date(form.best("delivered_on", shapes.DATE)) or values.last_date(paper),
    )


KIND = Kind(
    "delivery_receipt",
    {"送达回证": 5, "送达回执": 4, "受送达人": 3, "送达文书": 2, "送达地址": 1, "送达方式": 1, "填发人": 1},
    fields,
    heading=r".{0,28}送达(?:回[证执]|证)",
)
