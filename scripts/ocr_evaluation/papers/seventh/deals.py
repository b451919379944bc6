"""What people agree on, as the seventh part draws it: a city's model lease, a loan, notes of debt."""

from ocr_evaluation.facts import Facts, capitals, han_day, money
from ocr_evaluation.forms import running
from ocr_evaluation.sheet import SEVENTH, SEVENTH_TYPED, Sheet

_A4 = (1240, 1754)
_INK = "#1f2a5a"


def _blank(sheet: Sheet, x: float, y: float, label: str, value: str, end: float, size: int = 29) -> None:
    """A label, and on the line behind it what somebody wrote there, smaller where the line is short for it."""
    at = sheet.text(x, y, label, size, "serif")
    fits = (end - at - 12) / sheet.font(size + 4, "hand").getlength(value)
    sheet.hand(at + 12, y - 6, value, round((size + 4) * min(1, fits)), _INK)
    sheet.rule(at + 4, y + size + 8, end, y + size + 8, ink="#444444")


def model_lease(facts: Facts) -> Sheet:
    """The housing office's model form: printed words, blanks filled in by hand."""
    one, two, signed = facts.person(), facts.person(), facts.day(2020, 2026)
    start, rent = facts.after(signed, 30), facts.number(12, 95) * 10000
    end = start.replace(year=start.year + 1, day=min(28, start.day))
    sheet = Sheet("contract", _A4, SEVENTH, facts.rng)
    sheet.centre(80, "房屋租赁合同", 54, "bold", gap=10)
    sheet.right(160, f"合同编号：{facts.digits(10)}", 24, 1120)
    _blank(sheet, 120, 216, "出租方（甲方）：", one.name, 560)
    _blank(sheet, 600, 216, "证件号码：", one.id_number, 1120)
    _blank(sheet, 120, 278, "承租方（乙方）：", two.name, 560)
    _blank(sheet, 600, 278, "证件号码：", two.id_number, 1120)
    sheet.paragraph(
        120,
        344,
        1000,
        "依据《中华人民共和国民法典》及有关法律、法规的规定，甲乙双方在平等、自愿的基础上，订立本合同。",
        29,
    )
    sheet.text(120, 450, "第一条  房屋基本情况", 30, "bold")
    _blank(sheet, 150, 504, "房屋坐落于", one.address, 1120)
    _blank(sheet, 150, 562, "建筑面积（平方米）：", str(facts.number(38, 140)), 560)
    _blank(sheet, 600, 562, "房屋用途：", "居住", 900)
    sheet.text(120, 634, "第二条  租赁期限", 30, "bold")
    _blank(sheet, 150, 688, "租赁期自", han_day(start), 560)
    _blank(sheet, 580, 688, "至", han_day(end), 980)
    sheet.text(990, 688, "止。", 29, "serif")
    sheet.text(120, 760, "第三条  租金及押金", 30, "bold")
    _blank(sheet, 150, 814, "租金标准：每月人民币（大写）", capitals(rent), 900)
    sheet.text(906, 814, f"（￥{money(rent)}）。", 29, "serif")
    sheet.text(150, 872, "支付方式：按季支付，每期提前七日支付。押金为一个月租金。", 29, "serif")
    sheet.text(120, 944, "第四条  房屋维护及其他", 30, "bold")
    y = sheet.paragraph(
        120,
        998,
        1000,
        "租赁期内，甲方应保障房屋的建筑结构和设备设施符合安全条件；乙方应合理使用，不得擅自改变用途。水、电、燃气、"
        "网络等费用由乙方承担，物业管理费和供暖费由甲方承担。",
        29,
    )
    sheet.text(120, y + 20, "第五条  合同争议的解决办法", 30, "bold")
    y = sheet.paragraph(
        120,
        y + 74,
        1000,
        "本合同项下发生的争议，由双方当事人协商解决；协商不成的，依法向房屋所在地人民法院起诉。",
        29,
    )
    y = max(y + 50, 1430)
    for x, role, person in ((120, "出租方（甲方）签章：", one), (640, "承租方（乙方）签章：", two)):
        at = sheet.text(x, y, role, 29, "serif")
        sheet.hand(at + 8, y - 12, person.name, 44, _INK)
        sheet.hand(x, y + 84, han_day(signed), 34, _INK)
    sheet.centre(1680, "第 1 页 共 1 页", 22, "serif")
    sheet.truth.fields = {
        "title": "房屋租赁合同",
        "party_a": one.name,
        "party_b": two.name,
        "amount_fen": rent,
        "valid_from": start.isoformat(),
        "valid_to": end.isoformat(),
        "dispute_clause": "向房屋所在地人民法院起诉",
        "signed_on": signed.isoformat(),
    }
    return sheet


def loan(facts: Facts) -> Sheet:
    """A loan between a company and a person, its numbers in the text."""
    one, two, signed = facts.company(), facts.person(), facts.day(2019, 2026)
    end, amount, bank = facts.after(signed, 700), facts.number(5, 300) * 1_000_000, facts.bank()
    texts = [
        f"甲方（出借人）：{one.name}",
        f"统一社会信用代码：{one.credit_code}    法定代表人：{one.head}",
        f"乙方（借款人）：{two.name}",
        f"身份证号：{two.id_number}    联系电话：189{facts.digits(8)}",
        "乙方因资金周转需要向甲方借款，双方本着平等自愿、诚实信用的原则，达成如下条款，共同遵守：",
        f"第一条  借款金额：人民币（大写）{capitals(amount)}（￥{money(amount)}）。",
        f"第二条  借款期限：自{han_day(signed)}起至{han_day(end)}止。",
        "第三条  借款利率：年利率百分之十，按月付息，每月二十日为付息日。",
        f"第四条  甲方将借款转入乙方在{bank}开立的账户，账号：{facts.card_number()}。",
        (
            "第五条  乙方逾期还款的，自逾期之日起按本合同利率上浮百分之三十支付逾期利息，"
            "并承担甲方为实现债权支出的律师费、保全费。"
        ),
        "第六条  因本合同引起的或者与本合同有关的任何争议，由甲方住所地人民法院管辖。",
        "第七条  本合同一式两份，自双方签字或者盖章之日起生效。",
    ]
    sheet = Sheet("contract", _A4, SEVENTH_TYPED, facts.rng)
    sheet.centre(86, "借款合同", 60, "bold", gap=16)
    y = max(running(sheet, 210, texts, 29, indent=False) + 70, 1290)
    sheet.text(130, y, "甲方（盖章）：", 30, "serif")
    sheet.text(130, y + 70, "法定代表人（签字）：", 30, "serif")
    sheet.hand(430, y + 58, one.head, 44, _INK)
    sheet.seal(330, int(y) + 40, 116, one.name)
    end_of = sheet.text(690, y, "乙方（签字按印）：", 30, "serif")
    sheet.hand(end_of, y - 12, two.name, 44, _INK)
    for x in (130, 690):
        sheet.text(x, y + 160, f"日期：{han_day(signed)}", 30, "serif")
    sheet.truth.fields = {
        "title": "借款合同",
        "party_a": one.name,
        "party_b": two.name,
        "amount_fen": amount,
        "valid_from": signed.isoformat(),
        "valid_to": end.isoformat(),
        "dispute_clause": "由甲方住所地人民法院管辖",
        "signed_on": signed.isoformat(),
    }
    return sheet


def one_sentence(facts: Facts) -> Sheet:
    """All of it in one sentence on a leaf of squared paper; a thumb's print on the name."""
    one, two, amount, day = facts.person(), facts.person(), facts.number(3, 200) * 100000, facts.day(2018, 2026)
    due = facts.after(day, 420)
    sheet = Sheet("iou", (1240, 900), SEVENTH_TYPED, facts.rng, "#f8f6f0")
    for y in range(190, 860, 88):
        sheet.rule(70, y, 1170, y, ink="#d7a9a2", width=1)
    sheet.hand(530, 84, "借  条", 62)
    for place, line in enumerate(
        (
            f"今借到{one.name}（{one.id_number}）现金",
            f"{amount // 100}元整（{capitals(amount)}），",
            f"{han_day(due)}前归还。",
        )
    ):
        sheet.hand(150 if place == 0 else 80, 216 + 88 * place, line, 44)
    sheet.hand(560, 540, f"借款人：{two.name}", 46)
    sheet.hand(410, 628, f"身份证：{two.id_number}", 42)
    sheet.hand(560, 716, f"{day.year}年{day.month}月{day.day}号", 44)
    sheet.draw.ellipse((900, 530, 960, 605), outline="#c8463e", width=5)
    sheet.draw.ellipse((914, 546, 946, 590), outline="#c8463e", width=4)
    sheet.truth.fields = {
        "lender": one.name,
        "borrower": two.name,
        "amount_fen": amount,
        "due_on": due.isoformat(),
        "signed_on": day.isoformat(),
        "id_number": two.id_number,
    }
    return sheet


def typed_iou(facts: Facts) -> Sheet:
    """From a computer, in the words that lawyers put on the net; signed by hand."""
    one, two, amount, day = facts.person(), facts.person(), facts.number(20, 900) * 100000, facts.day(2019, 2026)
    due = facts.after(day, 500)
    texts = [
        (
            f"为个人购房周转，本人{two.name}（公民身份号码：{two.id_number}）通过银行转账方式向{one.name}借到人民币"
            f"{capitals(amount)}（￥{money(amount)}元），借期至{han_day(due)}，届时本息一次还清。"
        ),
        "约定借款年利率为6%。如到期未还清，按年利率12%计付逾期利息，出借人为追讨借款支出的律师费、诉讼费、保全费由借款人承担。",
        f"收款账户：{facts.bank()}，账号{facts.card_number()}，户名{two.name}。",
    ]
    sheet = Sheet("iou", (1240, 1500), SEVENTH, facts.rng)
    sheet.centre(120, "借    条", 60, "bold")
    y = running(sheet, 280, texts, 34)
    end = sheet.text(600, y + 120, "借款人（签字、按印）：", 34, "serif")
    sheet.hand(end, y + 106, two.name, 50, _INK)
    sheet.text(600, y + 200, f"电话：158{facts.digits(8)}", 34, "serif")
    sheet.hand(600, y + 280, han_day(day), 44, _INK)
    sheet.truth.fields = {
        "lender": one.name,
        "borrower": two.name,
        "amount_fen": amount,
        "due_on": due.isoformat(),
        "signed_on": day.isoformat(),
        "id_number": two.id_number,
    }
    return sheet
