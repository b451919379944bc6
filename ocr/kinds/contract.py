"""合同."""

import re

from ocr.checks import CAPITAL_AMOUNT
from ocr.kinds import shapes, sides, values
from ocr.kinds.form import Form
from ocr.kinds.kind import Kind
from ocr.kinds.paper import Paper, Seen
from ocr.readings import Field

_MONEY = (
    r"(?:金额|总价|价款|总价款|租金|报酬|服务费用?|费用|货款|工资|代理费|成交价|转让[款费价]|本金|工程款|加工费|总额|"
    r"总计|合计|共计|价格|押金)"
    r"[^。;]{0,20}?"
)
_TERM = rf"({shapes.DATE})起?[,,]?[至到—~－-]+({shapes.DATE})"
_ENDS = r"提起诉讼|起诉|申请仲裁|仲裁(?!委)|管辖(?!权)|诉讼解决|裁决"
_WAY = rf"(?:向|由|提交|提请|报请)[^,。;]{{2,40}}?(?:{_ENDS})"
_DISPUTE = rf"(?:争议|纠纷)[^。]{{0,60}}?({_WAY})"
_CHOICE = r"(?:争议|纠纷)[^。]{0,80}?第\(?([1-4一二三四])\)?[种项]"
_NAMED = r"(?:合同|协议)书?(?:\([^()]{1,8}\))?$"
_SIDES = ("甲方", "乙方")
_HEADS = {
    side: rf"(?:[\u4e00-\u9fff]{{2,4}}\()?{side}\)?(?:\((?![签盖公印])[^)]{{1,8}}\))?(?:信息|资料)?" for side in _SIDES
}
# 张三（以下简称甲方）与李四（以下简称“乙方”）
_CALLED = (
    r"(?:由|[,。:]|\)[与和、及,]?)([\u4e00-\u9fff·]{{2,30}}?(?:\([\u4e00-\u9fff]{{2,4}}\)[\u4e00-\u9fff]{{0,12}})?)"
    r"\((?:以下)?(?:简称|称|称为)?[:为]?\W?{}\W?\)"
)
_SIGNED = r"(?:签订|签署|签约|订立|签字)(?:日期|时间|日)"


def fields(paper: Paper) -> dict[str, Field]:
    form = Form(paper, "contract")
    parties = _parties(paper, form)
    signed = values.date_after(paper, _SIGNED, r"(?<![\u4e00-\u9fff])日期")
    capitals = paper.flowing(CAPITAL_AMOUNT.pattern)
    return values.kept(
        title=_title(paper),
        party_a=values.text(parties.get("甲方")),
        party_b=values.text(parties.get("乙方")),
        subject=values.text(paper.flowing(r"(?:合同)?标的(?:物)?:?([^。;]{2,40})[。;]", 1)),
        amount_fen=values.amount(paper, values.agreeing(_digits(paper, form), capitals), capitals),
        valid_from=values.date(paper.flowing(_TERM, 1) or form.best("valid_from", shapes.DATE)),
        valid_to=values.date(paper.flowing(_TERM, 2) or form.best("valid_to", shapes.DATE)),
        dispute_clause=_dispute(paper),
        signed_on=signed or values.last_date(paper),
        signatures=_signatures(paper),
        page_count=_page_count(paper),
    )


def _parties(paper: Paper, form: Form) -> dict[str, Seen]:
    """Whose label says 甲方 or 乙方, also in brackets; else who is named first and second by what they are: 出租人 and
    承租人. 甲方将 in a clause names nobody.
    """
    found: dict[str, Seen] = {}
    roles: dict[str, Seen] = {}
    candidates = [
        *form.candidates("side", shapes.begins_with_party, 2),
        *form.candidates("role", shapes.begins_with_party, 2),
    ]
    for candidate in sorted(candidates, key=lambda one: (one.cost, one.label.start)):
        label, name = candidate.label, shapes.party_in(candidate.seen)
        if name is None:
            continue
        written = paper.text[label.start : label.end]
        side = next((side for side in _SIDES if side in "".join(written.split())), None)
        found.setdefault(side, name) if side else roles.setdefault(label.text, name)
    if len(found) < 2 and len(roles) > 1:
        return dict(zip(_SIDES, _by_place(form, roles), strict=False))
    if len(found) < 2:
        found = _in_parts(paper, form) | found
    return {side: seen for side in _SIDES if (seen := found.get(side) or paper.flowing(_CALLED.format(side), 1))}


def _in_parts(paper: Paper, form: Form) -> dict[str, Seen]:
    """A table has 姓名 or 名称 in the part of each side."""
    shared = sides.labelled(form, "party", shapes.is_party, rows=2)
    return {side: seen for side, (_, seen) in sides.by_side(shared, paper, _HEADS).items()}


def _by_place(form: Form, roles: dict[str, Seen]) -> list[Seen]:
    first = {label.text: label.start for label in reversed(form.of("role"))}
    return [roles[word] for word in sorted(roles, key=first.__getitem__)]


def _dispute(paper: Paper) -> Field | None:
    """How disputes are settled. Forms print several ways, and what is written into them says which one holds: without
    finding that one, the first is a guess.
    """
    choice, first = paper.flowing(_CHOICE, 1), paper.flowing(_DISPUTE, 1)
    if choice is None:
        return values.text(first)
    number = str("一二三四".find(choice.text) + 1 or choice.text)
    chosen = paper.flowing(
        rf"(?:争议|纠纷).{{0,240}}?[(]?[{number}{'一二三四'[int(number) - 1]}][)、.](?:依法)?({_WAY})", 1
    )
    return values.text(chosen) or values.guess(first)


def _title(paper: Paper) -> Field | None:
    """The first row that ends as a contract's name does."""
    for row in paper.rows[:6]:
        seen = paper.seen(row.start, row.end)
        if seen is not None and 2 < len(seen.text) < 30 and re.search(_NAMED, seen.text):
            return values.text(seen)
    return None


def _digits(paper: Paper, form: Form) -> list[Seen | None]:
    """Amounts beside their words, the first with a sign of yuan, one in a table."""
    return [
        paper.flowing(_MONEY + rf"(?<![\d.,,])((?:{shapes.AMOUNT})万?)元", 1),
        paper.flowing(r"(?<![0-9A-Za-z])(?:¥|Y(?=[\d,]+\.\d\d))(\d[\d,]*(?:\.\d{1,2})?)", 1),
        paper.flowing(rf"人民币((?:{shapes.AMOUNT})万?)元", 1),
        shapes.sum_in(form.best("money", shapes.is_amount)),
    ]


def _signatures(paper: Paper) -> Field | None:
    """How many places for signing there are; whether a hand or a seal is in them is for a person to see."""
    places = paper.all(r"(?:签字|签名|盖章|签章)\)?[:\s]")
    return places[0].field(len(places), "handwritten") if places else None


def _page_count(paper: Paper) -> Field | None:
    seen = paper.search(r"共\s?(\d{1,3})\s?页", 1)
    if seen is None:
        return None
    return seen.field(int(seen.text), *([] if int(seen.text) == len(paper.pages) else ["mismatch"]))


KIND = Kind(
    "contract",
    {
        "合同": 1,
        "协议": 1,
        "甲方": 3,
        "乙方": 3,
        "签订": 1,
        "争议": 1,
        "违约": 1,
        "一式": 1,
        "盖章": 1,
        **dict.fromkeys(
            ("出租人", "承租人", "出卖人", "买受人", "转让方", "受让方", "发包人", "承包人", "用人单位", "劳动者"), 2
        ),
    },
    fields,
    heading=r".{0,20}(?:合同|协议)书?(?:\(.{1,8}\))?",
)
