"""Contracts and notes of debt, as the fourth part draws them: work, a parking place, a printed form, a hand."""

from ocr_evaluation.facts import Facts, capitals, han_day, money, written_day
from ocr_evaluation.forms import ruled, running
from ocr_evaluation.sheet import FOURTH, Sheet

_A4 = (1240, 1754)


def labour_contract(facts: Facts) -> Sheet:
    """Employer and worker in a table, clauses in words, a round seal over the signature."""
    one, two, signed = facts.company(), facts.person(), facts.day(2019, 2026)
    start = facts.after(signed, 30)
    end = start.replace(year=start.year + 3, day=min(28, start.day))
    wage = facts.number(40, 300) * 10000
    sheet = Sheet("contract", _A4, FOURTH, facts.rng)
    sheet.centre(80, "劳 动 合 同 书", 58, "bold")
    y = ruled(
        sheet,
        120,
        190,
        (260, 740),
        (
            ("甲方（用人单位）", one.name),
            ("统一社会信用代码", one.credit_code),
            ("乙方（劳动者）", two.name),
            ("身份证号码", two.id_number),
        ),
        66,
        28,
    )
    y = running(
        sheet,
        y + 20,
        [
            f"第一条 本合同为固定期限劳动合同，合同期限自{han_day(start)}起至{han_day(end)}止。",
            f"第二条 乙方的工作岗位为{facts.rng.choice(('质检员', '会计', '仓库管理员'))}，工作地点为甲方住所地。",
            f"第三条 乙方月工资为人民币{money(wage)}元（大写：{capitals(wage)}），甲方于每月15日前以货币形式支付。",
            "第四条 甲方依法为乙方缴纳社会保险，乙方应缴部分由甲方代扣代缴。",
            "第五条 因履行本合同发生争议的，可以向劳动合同履行地劳动争议仲裁委员会申请仲裁。",
            "第六条 本合同一式两份，甲乙双方各执一份。",
        ],
        29,
    )
    y = max(y + 60, 1240)
    sheet.text(130, y, "甲方（公章）：", 31, "serif")
    sheet.text(680, y, "乙方（签名）：", 31, "serif")
    sheet.hand(900, y - 12, two.name, 48, "#20284a")
    sheet.text(130, y + 80, "法定代表人或委托代理人（签章）：", 27, "serif")
    sheet.text(130, y + 150, han_day(signed), 31, "serif")
    sheet.text(680, y + 150, han_day(signed), 31, "serif")
    sheet.seal(300, int(y) + 60, 118, one.name)
    sheet.truth.fields = {
        "title": "劳动合同书",
        "party_a": one.name,
        "party_b": two.name,
        "amount_fen": wage,
        "valid_from": start.isoformat(),
        "valid_to": end.isoformat(),
        "dispute_clause": "向劳动合同履行地劳动争议仲裁委员会申请仲裁",
        "signed_on": signed.isoformat(),
    }
    return sheet


def transfer(facts: Facts) -> Sheet:
    """A sale between two people: roles before the sides, a price in words, signed in a row."""
    one, two, signed = facts.person(), facts.person(), facts.day(2019, 2026)
    amount, place = facts.number(60, 900) * 100000, facts.court()[0]
    sheet = Sheet("contract", _A4, FOURTH, facts.rng)
    sheet.centre(90, "车位转让协议", 56, "hand", gap=16)
    y = running(
        sheet,
        200,
        [
            f"转让方（以下简称甲方）：{one.name}，身份证号：{one.id_number}",
            f"受让方（以下简称乙方）：{two.name}，身份证号：{two.id_number}",
            "甲、乙双方经友好协商，就车位转让事宜达成如下协议：",
            f"一、甲方将位于{one.address}地下车库B区{facts.number(10, 400)}号车位转让给乙方使用。",
            f"二、转让价款共计人民币{capitals(amount)}（￥{money(amount)}元），乙方于签订之日一次性付清。",
            "三、甲方保证该车位权属清楚，无抵押、查封等情形，否则应双倍返还已收款项。",
            f"四、本协议履行过程中如发生争议，双方协商解决，协商不成的，依法向{place}提起诉讼。",
            "五、本协议自双方签字捺印之日起生效，一式贰份，双方各持壹份。",
        ],
        31,
        "hand",
        False,
    )
    y = max(y + 70, 1240)
    end_of = sheet.text(130, y, "甲方（签字）：", 32, "hand")
    sheet.hand(end_of + 10, y - 10, one.name, 50, "#20284a")
    end_of = sheet.text(680, y, "乙方（签字）：", 32, "hand")
    sheet.hand(end_of + 10, y - 10, two.name, 50, "#20284a")
    sheet.right(y + 120, written_day(signed, "○"), 32, 1080, "hand")
    sheet.truth.fields = {
        "title": "车位转让协议",
        "party_a": one.name,
        "party_b": two.name,
        "amount_fen": amount,
        "dispute_clause": f"向{place}提起诉讼",
        "signed_on": signed.isoformat(),
    }
    return sheet


def printed_iou(facts: Facts) -> Sheet:
    """A form filled in: borrower and lender, sum in both ways, dates in cells."""
    one, two = facts.person(), facts.person()
    amount, day = facts.number(10, 3000) * 10000, facts.day(2018, 2026)
    due = facts.after(day, 400)
    sheet = Sheet("iou", (1240, 1300), FOURTH, facts.rng)
    sheet.centre(80, "借    据", 62, "bold")
    y = ruled(
        sheet,
        110,
        200,
        (220, 800),
        (
            ("出 借 人", one.name),
            ("借 款 人", two.name),
            ("身份证号码", two.id_number),
            ("借款金额", f"人民币（大写）{capitals(amount)}"),
            ("（小写）", f"￥{money(amount)}"),
            ("借款用途", facts.rng.choice(("经营周转", "购房", "子女就学"))),
            ("借款期限", f"自{han_day(day)}至{han_day(due)}"),
            ("借款利率", "年利率8%，利随本清"),
        ),
        84,
        31,
    )
    sheet.text(120, y + 24, "出借人已通过银行转账方式将上述款项交付借款人，借款人确认收到。", 28, "serif")
    end_of = sheet.text(620, y + 100, "借款人（签名）：", 31, "serif")
    sheet.hand(end_of + 10, y + 88, two.name, 50, "#20284a")
    sheet.text(620, y + 180, han_day(day), 31, "serif")
    sheet.truth.fields = {
        "lender": one.name,
        "borrower": two.name,
        "amount_fen": amount,
        "due_on": due.isoformat(),
        "signed_on": day.isoformat(),
        "id_number": two.id_number,
    }
    return sheet


def written_iou(facts: Facts) -> Sheet:
    """By hand, the borrower speaks first; the due day stands before the promise."""
    one, two = facts.person(), facts.person()
    amount, day = facts.number(5, 900) * 10000, facts.day(2018, 2026)
    due = facts.after(day, 500)
    sheet = Sheet("iou", (1240, 1100), FOURTH, facts.rng, "#f3f0e6")
    for place in range(9):
        sheet.rule(60, 250 + 96 * place, 1180, 250 + 96 * place, ink="#c3cbd6", width=1)
    sheet.hand(540, 80, "借 条", 62)
    lines = (
        f"本人{two.name}（身份证号：{two.id_number}）",
        f"因资金周转困难，今向{one.name}借款人民币{capitals(amount)}",
        f"（￥{amount // 100}元），承诺于{han_day(due)}前还清。",
        "如到期未还，按年利率12%支付逾期利息，",
        "并承担律师费、诉讼费等实现债权的费用。",
    )
    for place, line in enumerate(lines):
        sheet.hand(150 if place == 0 else 80, 190 + 96 * place, line, 42)
    sheet.hand(680, 740, f"借款人：{two.name}", 46)
    sheet.hand(680, 836, han_day(day), 44)
    sheet.truth.fields = {
        "lender": one.name,
        "borrower": two.name,
        "amount_fen": amount,
        "due_on": due.isoformat(),
        "signed_on": day.isoformat(),
        "id_number": two.id_number,
    }
    return sheet
