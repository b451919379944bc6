"""交纳诉讼费用通知书."""

from ocr.checks import CAPITAL_AMOUNT, CASE_NUMBER
from ocr.kinds import shapes, values
from ocr.kinds.form import Form
from ocr.kinds.kind import Kind
from ocr.kinds.paper import Paper, Seen
from ocr.readings import Field

_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九十")}
_FEE = r"(?:受理费|诉讼费|保全费|申请费|费用|金额)[^。;]{0,40}?"
_DAYS = r"(?<![\d月一二三四五六七八九十])(\d{1,2}|[一二三四五六七八九十])个?(?:工作)?[日天]之?内"


def fields(paper: Paper) -> dict[str, Field]:
    form = Form(paper, "fee_notice")
    days = shapes.part_of(form.best("pay_within_days", _DAYS, rows=2), _DAYS) or paper.flowing(_DAYS, 1)
    capitals = _capitals(paper, form)
    return values.kept(
        case_number=values.case_number(paper, form.best("case_number", CASE_NUMBER.pattern, rows=2)),
        court=values.court(paper),
        payer=values.text(
            _addressed(paper)
            or paper.search(rf"\n({shapes.PARTY})\n(?:你|贵|关于你|因你)", 1)
            or form.best("payer", shapes.is_party, rows=2)
        ),
        amount_fen=values.amount(paper, values.agreeing(_digits(paper, form), capitals), capitals),
        pay_within_days=days.field(_DIGITS[days.text] if days.text in _DIGITS else int(days.text)) if days else None,
        issued_on=values.last_date(paper),
    )


def _addressed(paper: Paper) -> Seen | None:
    """Whom a letter addresses: a row of its own with a name and a colon."""
    found = paper.all(rf"\n(?:致:?|原告:?|申请人:?|上诉人:?)?({shapes.PARTY})(?:先生|女士)?:\s?\n", 1)
    return next((seen for seen in found if shapes.is_party(seen.text)), None)


def _digits(paper: Paper, form: Form) -> list[Seen | None]:
    """The sum beside its label, else the fee that the text names."""
    labelled = shapes.sum_in(form.best("amount_fen", shapes.is_amount))
    return [
        labelled,
        paper.flowing(_FEE + rf"({shapes.AMOUNT})元", 1),
        paper.flowing(_FEE + rf"¥({shapes.AMOUNT})", 1),
    ]


def _capitals(paper: Paper, form: Form) -> Seen | None:
    return form.best("capitals", CAPITAL_AMOUNT.pattern) or paper.flowing(CAPITAL_AMOUNT.pattern)


KIND = Kind(
    "fee_notice",
    {
        "诉讼费用": 3,
        "交费通知": 3,
        "交纳": 1,
        "缴纳": 1,
        "预交": 2,
        "案件受理费": 1,
        "撤诉处理": 1,
        "缴费通知": 3,
        "费用通知书": 3,
    },
    fields,
    heading=r".{0,32}费用?.{0,6}通知[书单]?",
)
