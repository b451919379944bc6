"""交纳诉讼费用通知书."""

from ocr.checks import CAPITAL_AMOUNT
from ocr.kinds import values
from ocr.kinds.kind import Kind
from ocr.kinds.paper import Paper
from ocr.readings import Field

_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九十")}
_FEE = rf"(?:受理费|诉讼费|保全费|申请费|费用)[^。;]{{0,40}}?(?:({values.AMOUNT})元|¥({values.AMOUNT}))"


_PAYERS = ("交款人", "缴款人", "交费人", "缴费人", "交纳人", "缴纳人", "付款人", "当事人", "原告", "申请人")


def fields(paper: Paper) -> dict[str, Field]:
    days = paper.flowing(r"(\d{1,2}|[一二三四五六七八九十])个?(?:工作)?日内", 1)
    return values.kept(
        case_number=values.case_number(paper),
        court=values.court(paper),
        payer=values.text(
            paper.search(r"\n([\u4e00-\u9fff·()]{2,40}):\s?\n", 1)
            or paper.search(r"\n([\u4e00-\u9fff·()]{2,40})\n(?:你|贵|关于你)", 1)
            or paper.labelled(_PAYERS, ["案由"])
        ),
        amount_fen=values.amount(
            paper, paper.flowing(_FEE, 1) or paper.flowing(_FEE, 2), paper.flowing(CAPITAL_AMOUNT.pattern)
        ),
        pay_within_days=days.field(_DIGITS[days.text] if days.text in _DIGITS else int(days.text)) if days else None,
        issued_on=values.last_date(paper),
    )


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
    heading=r".{0,12}费用?.{0,6}通知书?",
)
