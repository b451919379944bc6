"""借条、欠条. Written by hand as a rule, so what is read is for a person to confirm."""

import re

from ocr.checks import CAPITAL_AMOUNT
from ocr.kinds import shapes, values
from ocr.kinds.form import Form
from ocr.kinds.kind import Kind
from ocr.kinds.paper import Paper, Seen
from ocr.readings import Field

_NAME = r"([\u4e00-\u9fff]{2,4}?)"
_WORK = "装修|工程|材料|劳务|运输|加工|承包|设备|施工|安装|设计|服务|维修|广告|房屋|采购|人工"
_FOR = (
    rf"先生|女士|同志|现金|转账|人民币|货款|欠款|工资|租金|运费|出借|处|的?借款|[\d零壹贰叁肆伍陆柒捌玖拾(¥Y,]|"
    rf"共计|(?:{_WORK})+(?:款|费|租)"
)
_OWES = r"(?:[今现兹共尚实拖仍]|还|总共|一共|确认|本人)?(?:借到了?|欠到?(?![条据款])|收到)|[今现兹]借"
_LENDERS = (
    rf"(?:{_OWES})(?:出借人|债权人)?{_NAME}(?:{_FOR})",
    (
        rf"[向从由](?:出借人|债权人|朋友|同事|亲戚)?{_NAME}(?:先生|女士)?(?:\([^)]{{1,30}}\))?(?:处|"
        rf"那里)?(?:所)?借(?:款|"
        rf"到|得|走|入|取|人民币|现金|转账|了|\d|[零壹贰叁肆伍陆柒捌玖拾])"
    ),
    rf"(?:出借人|债权人){_NAME}(?:处)?借(?:款|到|得|走)",
    rf"{_NAME}(?:先生|女士)?借给(?:本人|我|借款人)",
    rf"(?:债权人|出借人){_NAME}[,(。;的]",
)
_BORROWERS = (
    rf"(?:本人|我){_NAME}[,(因向今于尚欠从由确]",
    rf"(?:借款人|欠款人){_NAME}[,(因向今于尚欠从由]",
    rf"(?:兹有|今有){_NAME}[,(因向今于由]",
)
_CLEAR = 1  # what a label that means the field costs at most
_SUM = rf"(?<![\d.])({shapes.AMOUNT}万?)"
_PAID = r"之?前|以前|归还|还清|到期|止|偿还|还款|一次|付清|结清|全部"
_DUE = (
    rf"(?:期限|期间|借期)为?:?自?{shapes.DATE}起?[至到—~-]+({shapes.DATE})",
    rf"(?:于|至|在|到|约定|承诺|保证|不晚于|计划|定为|不超过|截止)({shapes.DATE})(?:{_PAID})",
    rf"(?:还款|归还|偿还|到期)(?:日期|期限|时间|日)?(?:为|是|至|定于|于)?:?({shapes.DATE})",
    rf"({shapes.DATE})(?:之?前|以前)(?:归还|还清|一次|付清|结清|偿还|全部|还)",
    rf"(?:期限|借期)(?:为|至|到)*:?({shapes.DATE})",
)


def fields(paper: Paper) -> dict[str, Field]:
    form = Form(paper, "iou")
    beside = form.best("lender", shapes.is_person, most=_CLEAR)
    lender = values.text(beside or _first(paper, _LENDERS) or form.best("lender", shapes.is_person), shapes.NAME)
    borrower = values.text(form.best("borrower", shapes.is_person) or _first(paper, _BORROWERS), shapes.NAME)
    if borrower is None:
        borrower = values.text(_heading_name(paper), shapes.NAME)
    names = [str(field.value) if field else "" for field in (borrower, lender)]
    own, others = (
        [names[0], "借款人", "欠款人", "债务人", "本人"],
        [names[1], "出借人", "债权人", "担保人", "保证人", "见证人"],
    )
    capitals = _capitals(paper, form)
    return values.kept(
        lender=lender,
        borrower=borrower,
        amount_fen=values.amount(paper, values.agreeing(_digits(paper, form), capitals), capitals),
        due_on=_due(paper, form),
        signed_on=values.date(form.best("signed_on", rf"^{shapes.DATE}")) or values.last_date(paper),
        id_number=values.id_number_of(paper, own, others, form.best("id_number", shapes.ID_SHAPE, rows=2)),
    )


def _first(paper: Paper, patterns: tuple[str, ...]) -> Seen | None:
    found = (paper.flowing(pattern, 1, shapes.is_person) for pattern in patterns)
    return next((seen for seen in found if seen is not None), None)


def _heading_name(paper: Paper) -> Seen | None:
    """Who is named where the text begins: 王五于2026年3月5日向…借款."""
    return paper.search(r"\n([\u4e00-\u9fff]{2,4}?)(?:于|共欠|欠|今|向|因)", 1)


def _digits(paper: Paper, form: Form) -> list[Seen | None]:
    """Beside a label, behind a sign of yuan, before 元: a line may break the first."""
    labelled = shapes.sum_in(form.best("amount_fen", shapes.is_amount))
    return [labelled, paper.flowing(rf"[¥Y]{_SUM}", 1), paper.flowing(rf"{_SUM}元", 1)]


def _capitals(paper: Paper, form: Form) -> Seen | None:
    return form.best("capitals", CAPITAL_AMOUNT.pattern) or paper.flowing(CAPITAL_AMOUNT.pattern)


def _due(paper: Paper, form: Form) -> Field | None:
    beside = form.best("due_on", rf"^{shapes.DATE}") or form.best("term", rf"{shapes.DATE}.*{shapes.DATE}", rows=2)
    if beside is not None:
        last = list(re.finditer(shapes.DATE, beside.text))[-1][0]
        return values.date(shapes.only(beside, last))
    found = (values.date(paper.flowing(pattern, 1)) for pattern in _DUE)
    return next((field for field in found if field is not None), None)


KIND = Kind(
    "iou",
    {
        "借条": 5,
        "欠条": 5,
        "借据": 5,
        "欠款条": 4,
        "借款单": 4,
        "欠据": 4,
        "借款凭证": 4,
        "今借到": 3,
        "借款人": 2,
        "还清": 2,
        "空口无凭": 2,
        "归还": 1,
        "立此为据": 2,
        "出借人": 2,
        **dict.fromkeys(("还款承诺书", "还款计划书", "欠款确认书", "借款确认书", "欠款证明", "还款协议"), 4),
    },
    fields,
    heading=r"[借欠]款?[条据单]|借款(?:借据|凭证|单|条)|(?:欠款|借款|还款)(?:单|确认书|承诺书|计划书|证明|保证书)",
)
