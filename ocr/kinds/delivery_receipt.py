"""送达回证. Whoever received signs and dates it by hand."""

import re

from ocr.checks import CASE_NUMBER
from ocr.kinds import shapes, values
from ocr.kinds.form import Form
from ocr.kinds.kind import Kind
from ocr.kinds.paper import Paper
from ocr.readings import Field

_METHOD = r"(?:直接|留置|邮寄|委托|转交|公告|电子|当庭|专人)送达"

_TICKED = r"(?:[☑√■✓✔☒]|\([√xX]\)|\[[√xX]\])((?:直接|留置|邮寄|委托|转交|公告|电子|当庭|专人)(?:送达)?)"


def fields(paper: Paper) -> dict[str, Field]:
    form = Form(paper, "delivery_receipt")
    return values.kept(
        case_number=values.case_number(paper, form.best("case_number", CASE_NUMBER.pattern, rows=2)),
        court=values.court(paper),
        cause=values.text(form.best("cause", shapes.CAUSE, rows=2)) or values.cause(paper),
        addressee=values.text(form.best("addressee", shapes.is_party, rows=2), shapes.ORGANISATION + "|" + shapes.NAME),
        documents=values.text(form.best("documents", r"[书状票令函证据料]", rows=4))
        or values.guess(form.lone(r"[^:]*(?:通知书|判决书|裁定书|起诉状|传票|副本|调解书)[^:。]*")),
        address=values.text(form.best("address", shapes.is_address, rows=3)) or values.guess(form.lone(shapes.ADDRESS)),
        delivery_method=_method(paper, form),
        delivered_on=values.date(form.best("delivered_on", shapes.DATE)) or values.last_date(paper),
    )


def _method(paper: Paper, form: Form) -> Field | None:
    """The one that is ticked, where a form lists them; with none ticked the first is no more than a guess."""
    ticked = paper.flowing(_TICKED, 1)
    if ticked is not None:
        return ticked.field(ticked.text.removesuffix("送达") + "送达")
    seen = form.best("delivery_method", _METHOD)
    if seen is not None and len(re.findall(_METHOD, seen.text)) > 1:
        return seen.field(re.findall(_METHOD, seen.text)[0], "grammar")
    return values.shaped(seen, _METHOD) or values.alone(paper, _METHOD)


KIND = Kind(
    "delivery_receipt",
    {"送达回证": 5, "送达回执": 4, "受送达人": 3, "送达文书": 2, "送达地址": 1, "送达方式": 1, "填发人": 1},
    fields,
    heading=r".{0,28}送达(?:回[证执]|证)",
)
