"""Notes of debt, by hand and as printed forms."""

from typing import Any

from ocr_evaluation.facts import capitals, han_day
from ocr_evaluation.lines.canvas import Canvas
from ocr_evaluation.lines.court import mixed
from ocr_evaluation.lines.facts import LineFacts

_TITLE_OF_LOAN = "借条|借条|借据|欠条|欠款条|借款单|借款借据|欠据|借款凭证"


def iou(facts: LineFacts, page: Canvas) -> dict[str, Any]:
    one, two, fen, day = (
        facts.person(),
        facts.person(),
        facts.number(1, 900) * facts.rng.choice((10000, 50000, 1_000_000)),
        facts.day(2015, 2026),
    )
    due, title = facts.after(day, 700), facts.pick(_TITLE_OF_LOAN)
    fields: dict[str, Any] = {"lender": one.name, "borrower": two.name, "amount_fen": fen, "signed_on": day.isoformat()}
    page.heading(title)
    if facts.chance(0.3):
        _printed_iou(facts, page, fields, (one, two, han_day(day), due))
    else:
        _written_iou(facts, page, fields, (one, two, han_day(day), due), "欠" in title)
    role = (
        facts.pick("借款人|借款人|借款人（签名）|立据人|具条人|借款人签字|借款人（签字按印）")
        if "欠" not in title
        else "欠款人"
    )
    last = [f"{role}：{two.name}"]
    if facts.chance(0.5):
        fields["id_number"] = two.id_number
        last.append(f"{facts.pick('身份证号|身份证号码|身份证|公民身份号码')}：{two.id_number}")
    if facts.chance(0.3):
        last.append(f"{facts.pick('联系电话|电话|手机号')}：{facts.phone()}")
    if facts.chance(0.2):
        last.insert(facts.number(0, len(last)), f"{facts.pick('担保人|保证人|见证人|证明人')}：{facts.name()}")
    written = facts.rng.choice((han_day(day), facts.day_written(day)))
    page.signed(*last, facts.pick("|日期：|借款日期：|时间：" if "欠" not in title else "|日期：") + written)
    return fields


def _printed_iou(facts: LineFacts, page: Canvas, fields: dict[str, Any], about: Any) -> None:
    one, two, _day, due = about
    fields["due_on"] = due.isoformat()
    rows = [
        (facts.pick("出借人|债权人|贷款人|出借方|出借人姓名|出借人（甲方）"), one.name),
        (facts.pick("借款人|债务人|借款方|借款人姓名|借款人（乙方）"), two.name),
        (facts.pick("借款金额|金额|借款本金|借款数额|金额（小写）"), facts.sum_written(fields["amount_fen"])),
        (facts.pick("还款日期|还款时间|到期日期|到期日|还款期限|约定还款日|归还日期"), han_day(due)),
    ]
    noise = [
        (facts.pick("借款用途|用途"), facts.pick("经营周转|购房|装修")),
        (facts.pick("借款利率|利率|利息"), "年利率8%"),
        (facts.pick("还款方式"), "一次性还本付息"),
        (facts.pick("大写|金额（大写）|大写金额"), capitals(fields["amount_fen"])),
        (facts.pick("联系电话|手机"), facts.phone()),
    ]
    page.form(mixed(facts, rows, noise))


def _written_iou(facts: LineFacts, page: Canvas, fields: dict[str, Any], about: Any, owes: bool) -> None:
    one, two, day, due = about
    money = facts.sum_in_prose(fields["amount_fen"])
    number = f"（身份证号{facts.pick('：|码：|')}{{}}）"
    lender = one.name
    if facts.chance(0.15):
        lender += number.format(one.id_number)
        fields["id_number"] = None  # until the borrower's is written
    why = facts.pick("因资金周转困难，|因做生意需要，|因家庭需要，|由于购房，|")
    if owes:
        text = facts.pick(
            f"今欠{lender}{{w}}{money}。|兹欠{lender}{{w}}{money}。|本人{two.name}欠{lender}{{w}}{money}。|"
            f"截至{day}，本人{two.name}尚欠{lender}{{w}}{money}。|{two.name}共欠{lender}{{w}}{money}。|"
            f"现欠到{lender}{{w}}{money}。"
        ).format(w=facts.pick("货款|工程款|材料款|工资|装修款|运费|劳务费|借款|"))
    else:
        text = facts.pick(
            f"今借到{lender}{{c}}{money}。|今向{lender}借到{{c}}{money}。|本人{two.name}{why}向{lender}借款{money}。|"
            f"兹有{two.name}{why}今向{lender}借{{c}}{money}。|{two.name}于{day}向{lender}借款{money}。|"
            f"现借到{lender}{{c}}{money}。|"
            f"今有借款人{two.name}{why}向出借人{lender}借款{money}。|{why}今借到{lender}{money}。|"
            f"今有本人{two.name}借到{lender}{{c}}{money}。|"
            f"兹借到{lender}先生{{c}}{money}。|我{two.name}今借{lender}{{c}}{money}。|"
            f"本人{two.name}今收到{lender}出借的{{c}}{money}。|"
            f"今借{lender}{money}。|本人{two.name}于{day}从{lender}处借到{{c}}{money}。"
        ).format(c=facts.pick("现金||转账"))
    page.prose(text + _promise(facts, fields, day, due), facts.pick("空口无凭，立此为据。|特立此据。|此据。|"))


def _promise(facts: LineFacts, fields: dict[str, Any], day: str, due: Any) -> str:
    if facts.chance(0.15):
        return facts.pick("借期一年。|随时归还。|")
    fields["due_on"] = due.isoformat()
    until = han_day(due)
    return facts.pick(
        f"于{until}前还清。|约定{until}归还。|定于{until}归还。|还款日期：{until}。|借款期限自{day}至{until}。|"
        f"到{until}一次性还清。|最迟不晚于{until}还清。|保证在{until}之前还清。|承诺{until}前一次性付清。|"
        f"借期至{until}止。|"
        f"于{until}到期一次归还。|还款期限为{until}。|{until}前归还，逾期按月息2分计算。|还款时间为{until}。|"
        f"借款期限：{day}至{until}，月利率1%。|双方约定于{until}还款。|计划{until}以前结清。"
    )
