"""增值税发票. Its QR code is asked first: it holds number, date and amount without any guess.

The code's content is a row of values apart by commas: 01, sort of invoice, code, number, amount, date as yyyyMMdd,
check code. The amount is without tax on the older sorts (01, 04, 10) and with tax on fully digital ones (31, 32), as
the issuing software writes it.
"""

import re
from dataclasses import replace

from ocr.checks import CAPITAL_AMOUNT, digits_fen, real_date
from ocr.kinds import values
from ocr.kinds.kind import Kind
from ocr.kinds.paper import Paper
from ocr.readings import Field

_PARTY = r"(?<![目务品])名\s?称[:\s]+([\u4e00-\u9fffA-Za-z0-9()·]{2,40})"
_WITH_TAX = ("31", "32")


def fields(paper: Paper) -> dict[str, Field]:
    parties = [values.text(seen, values.ORGANISATION) for seen in paper.all(_PARTY, 1)]
    codes = _credit_codes(paper)
    if len(codes) == 1:  # a private buyer has none, and another may not have been read
        codes = [replace(codes[0], flagged=True, reasons=(*codes[0].reasons, "grammar"))]
    if _seller_is_first(paper):
        parties, codes = parties[1::-1], codes[1::-1]
    small = paper.search(r"小\s?写\)?[\s:]*[¥Y]?\s?(\d[\d,,]*\.\d{2})", 1)
    sums = paper.search(r"合\s?计[\s:]*[¥Y]?\s?(\d[\d,,]*\.\d{2})\s+[¥Y]?\s?(\d[\d,,]*\.\d{2})", 2)
    tax = digits_fen(sums.text) if sums else None
    found = values.kept(
        invoice_code=_number(paper, r"发票代码", r"\d{10}|\d{12}"),
        invoice_number=_number(paper, r"发票号码", r"\d{8}|\d{20}"),
        issued_on=values.date_after(paper, r"开\s?票\s?日\s?期"),
        buyer=parties[0] if parties else None,
        seller=parties[1] if len(parties) > 1 else None,
        buyer_credit_code=codes[0] if codes else None,
        seller_credit_code=codes[1] if len(codes) > 1 else None,
        amount_fen=values.amount(paper, small, paper.search(CAPITAL_AMOUNT.pattern)),
        tax_fen=sums.field(tax) if sums and tax is not None else None,
    )
    return _with_code(found, paper.codes)


def _seller_is_first(paper: Paper) -> bool:
    """As on a roll, where 销售方 and 购买方 stand in full before the two names."""
    seller, buyer = (re.search(rf"[{side}](?:售|买|货)?(?:方|单位)名称", paper.flow) for side in ("销", "购"))
    return seller is not None and buyer is not None and seller.start() < buyer.start()


def _number(paper: Paper, label: str, shape: str) -> Field | None:
    return values.text(paper.search(rf"{label}[:\s]*(\d{{6,20}})", 1), shape)


def _credit_codes(paper: Paper) -> list[Field]:
    """Of buyer and seller, in the order in which they are read."""
    found = [values.credit_code(paper, row.start, row.end) for row in paper.rows]
    doubled = [
        values.credit_code(paper, cell.start, cell.end)
        for row in paper.rows
        for cell in row.cells
        if len(row.cells) > 1
    ]
    chosen = (
        doubled if sum(field is not None for field in doubled) > sum(field is not None for field in found) else found
    )
    return [field for field in chosen if field is not None]


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
