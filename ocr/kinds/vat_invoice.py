"""增值税发票. Its QR code is asked first: it holds number, date and amount without any guess.

The code's content is a row of values apart by commas: 01, sort of invoice, code, number, amount, date as yyyyMMdd,
check code. The amount is without tax on the older sorts (01, 04, 10) and with tax on fully digital ones (31, 32), as
the issuing software writes it.
"""

import re
from dataclasses import replace

from ocr.checks import CAPITAL_AMOUNT, digits_fen, real_date
from ocr.kinds import shapes, sides, values
from ocr.kinds.form import Form
from ocr.kinds.form_labels import Label
from ocr.kinds.kind import Kind
from ocr.kinds.paper import Paper
from ocr.kinds.sides import Found
from ocr.readings import Field

_PART = "(?:方|单位|人)?(?:信息)?"
_HEADS = {"buyer": f"(?:购买|购货|购|买|受票|购买方|采购){_PART}", "seller": f"(?:销售|销货|销|卖|开票|销售方){_PART}"}
_OF_BUYER, _OF_SELLER = re.compile("[购买受]"), re.compile("[销卖]")
_WITH_TAX = ("31", "32")
_NAME = shapes.ORGANISATION + "|个人|" + shapes.NAME
_CODE = r"^[0-9A-Za-z|]{15,20}$"


def fields(paper: Paper) -> dict[str, Field]:
    form = Form(paper, "vat_invoice")
    names = _names(paper, form)
    small = shapes.sum_in(form.best("amount_fen", shapes.is_amount))
    small = small or paper.search(r"小\s?写\)?[\s:]*[¥Y]?\s?(\d[\d,,]*\.\d{2})", 1)
    sums = paper.search(r"合\s?计[\s:]*[¥Y]?\s?(\d[\d,,]*\.\d{2})\s+[¥Y]?\s?(\d[\d,,]*\.\d{2})", 2)
    sums = sums or shapes.sum_in(form.best("tax_fen", shapes.is_amount))
    tax = digits_fen(sums.text) if sums else None
    found = values.kept(
        invoice_code=_number(form, "invoice_code", r"\d{10}|\d{12}"),
        invoice_number=_number(form, "invoice_number", r"\d{8}|\d{20}"),
        issued_on=values.date(form.best("issued_on", shapes.DATE)),
        **{side: values.text(seen, _NAME) for side, (_, seen) in names.items()},
        **_credit_codes(paper, form, {side: label for side, (label, _) in names.items()}),
        amount_fen=values.amount(paper, small, paper.search(CAPITAL_AMOUNT.pattern)),
        tax_fen=sums.field(tax) if sums and tax is not None else None,
    )
    return _with_code(found, paper.codes)


def _number(form: Form, field: str, shape: str) -> Field | None:
    return values.text(form.best(field, rf"^(?:{shape})$", rows=2) or form.best(field, r"^\d{6,20}$"), shape)


def _names(paper: Paper, form: Form) -> dict[str, Found]:
    """Of buyer and seller, each with its label."""
    shared = sides.labelled(form, "name_of_side", shapes.is_party, rows=2)
    found = sides.by_side(shared, paper, _HEADS)
    for side in _HEADS:
        own = sides.labelled(form, side, shapes.is_party, rows=2)
        others = [seen for name, (_, seen) in found.items() if name != side]
        found |= {side: own[0]} if own and own[0][1] not in others else {}
    missing = [side for side in _HEADS if side not in found]
    if len(missing) == len(shared):  # the printed form has the buyer above the seller
        found |= dict(zip(missing, shared, strict=True))
    return found


def _credit_codes(paper: Paper, form: Form, names: dict[str, Label]) -> dict[str, Field | None]:
    """Each with the side that its label names, or whose name stands nearest.

    Flagged where that is no more than a guess: a private buyer has none, and another may not have been read.
    """
    found: dict[str, Field | None] = {}
    clashes = False
    for label, seen in sides.labelled(form, "code_of_side", _CODE):
        side = _side_of(label, names)
        field = values.as_credit_code(seen)
        clashes = clashes or side in found
        if side is not None:
            found.setdefault(f"{side}_credit_code", field)
    if len(found) == len(_HEADS) and not clashes:
        return found
    return _in_order(paper, names) if len(found) != 1 else {name: _doubted(field) for name, field in found.items()}


def _side_of(label: Label, names: dict[str, Label]) -> str | None:
    for side, pattern in (("buyer", _OF_BUYER), ("seller", _OF_SELLER)):
        if pattern.match(label.text):
            return side
    return sides.nearest(label, names)


def _in_order(paper: Paper, names: dict[str, Label]) -> dict[str, Field | None]:
    """Without their labels, in the order in which the two names stand; flagged."""
    order = sorted(names, key=lambda side: names[side].start) if len(names) == len(_HEADS) else list(_HEADS)
    pieces = [values.credit_code(paper, cell.start, cell.end) for row in paper.rows for cell in row.cells]
    codes = [code for code in pieces if code is not None]
    return {f"{side}_credit_code": _doubted(code) for side, code in zip(order, codes, strict=False)}


def _doubted(field: Field | None) -> Field | None:
    return replace(field, flagged=True, reasons=(*field.reasons, "grammar")) if field else None


def _with_code(found: dict[str, Field], codes: list[str]) -> dict[str, Field]:
    """What the QR code says counts; where the print differs, the field is flagged."""
    parts = next((text.split(",") for text in codes if re.match(r"01,\d{2},", text)), None)
    if parts is None or len(parts) < 6:
        return found
    told: dict[str, str | int] = {"invoice_code": parts[2], "invoice_number": parts[3]}
    day = re.fullmatch(r"(\d{4})(\d{2})(\d{2})", parts[5])
    if day and real_date(*map(int, day.groups())):
        told["issued_on"] = "-".join(day.groups())
    amount = digits_fen(parts[4])
    if amount is not None and parts[1] in _WITH_TAX:
        told["amount_fen"] = amount
    for name, value in told.items():
        if value:
            found[name] = _told(value, found.get(name))
    return found


def _told(value: str | int, printed: Field | None) -> Field:
    if printed is None:
        return Field(value, 1.0, False, None, 0)
    differs = printed.value != value
    return Field(value, 1.0, differs, printed.polygon, printed.page, ("mismatch",) if differs else ())


KIND = Kind(
    "vat_invoice",
    {
        "发票号码": 3,
        "发票代码": 3,
        "增值税": 2,
        "价税合计": 3,
        "开票日期": 2,
        "纳税人识别号": 1,
        "电子发票": 3,
        "开票人": 1,
    },
    fields,
    heading=r".{0,12}发票(?:\(.{1,12}\))?",
)
