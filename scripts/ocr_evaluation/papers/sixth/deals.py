"""Deals, payments and a talk, as the sixth part draws them."""

from ocr_evaluation.facts import Facts, capitals, han_day, money
from ocr_evaluation.forms import ruled, running
from ocr_evaluation.sheet import FIFTH, Sheet

_A4 = (1240, 1754)
_INK = "#7b3f2c"


def shares(facts: Facts) -> Sheet:
    """Shares change hands: remarks behind the sides, a sum in tens of thousands."""
    one, two, company, signed = facts.person(), facts.person(), facts.company(), facts.day(2019, 2026)
    amount, court = facts.number(5, 400), facts.court()[0]
    sheet = Sheet("contract", _A4, FIFTH, facts.rng)
    sheet.centre(90, "股权转让协议书", 54, "bold", gap=6)
    texts = [
        f"甲方（转让方）：{one.name}，身份证号码：{one.id_number}",
        f"乙方（受让方）：{two.name}，身份证号码：{two.id_number}",
        f"鉴于甲方持有{company.name}30%的股权，双方经协商一致，达成协议如下：",
        f"一、甲方将其持有的股权转让给乙方，转让价款为人民币{amount}万元（大写：{capitals(amount * 1_000_000)}）。",
        "二、乙方应于本协议签订后十日内将转让款汇入甲方指定账户。",
        "三、甲方保证其转让的股权未设定质押，不受任何第三人追索。",
        f"四、因本协议发生的争议，双方应友好协商；协商不成的，可向{court}起诉。",
        "五、本协议经双方签字后生效，一式三份。",
    ]
    y = max(running(sheet, 200, texts, 30, indent=False) + 90, 1200)
    for x, side, person in ((130, "甲方", one), (680, "乙方", two)):
        end = sheet.text(x, y, f"{side}（签字）：", 31, "serif")
        sheet.hand(end + 10, y - 10, person.name, 46, "#20284a")
    sheet.text(130, y + 110, f"签订日期：{han_day(signed)}", 31, "serif")
    sheet.truth.fields = {
        "title": "股权转让协议书",
        "party_a": one.name,
        "party_b": two.name,
        "amount_fen": amount * 1_000_000,
        "dispute_clause": f"向{court}起诉",
        "signed_on": signed.isoformat(),
    }
    return sheet


def guaranteed_loan(facts: Facts) -> Sheet:
    """By hand, with a guarantor."""
    one, two, third = facts.person(), facts.person(), facts.name()
    amount, day = facts.number(10, 800) * 10000, facts.day(2018, 2026)
    due = facts.after(day, 380)
    sheet = Sheet("iou", (1240, 1180), FIFTH, facts.rng, "#f5f4ee")
    sheet.hand(540, 80, "借 条", 64)
    lines = (
        f"兹有借款人{two.name}因生意周转，向出借人",
        f"{one.name}借到人民币{capitals(amount)}",
        f"（￥{money(amount)}元），借款期限自{han_day(day)}",
        f"至{han_day(due)}止，到期一次性归还本金。",
    )
    for place, line in enumerate(lines):
        sheet.hand(160 if place == 0 else 90, 210 + 94 * place, line, 43)
    sheet.hand(600, 680, f"借款人：{two.name}", 46)
    sheet.hand(340, 770, f"身份证号：{two.id_number}", 42)
    sheet.hand(600, 860, f"担保人：{third}", 46)
    sheet.hand(600, 950, han_day(day), 44)
    sheet.truth.fields = {
        "lender": one.name,
        "borrower": two.name,
        "amount_fen": amount,
        "due_on": due.isoformat(),
        "signed_on": day.isoformat(),
        "id_number": two.id_number,
    }
    return sheet


def special_invoice(facts: Facts) -> Sheet:
    """On paper, with cipher beside the buyer."""
    buyer, seller, day = facts.company(), facts.company(), facts.day(2018, 2024)
    net = facts.number(30000, 9000000)
    tax = round(net * 0.13)
    code, number = facts.digits(10), facts.digits(8)
    sheet = Sheet("vat_invoice", (1680, 1000), FIFTH, facts.rng)
    sheet.centre(50, "增值税专用发票", 48, "serif", ink=_INK)
    sheet.text(80, 60, f"发票代码 {code}", 26, "serif")
    sheet.text(1230, 60, f"发票号码 {number}", 26, "serif")
    sheet.text(1230, 110, f"开票日期 {han_day(day)}", 26, "serif")
    rows = [f"名　　　　称：{buyer.name}", f"纳税人识别号：{buyer.credit_code}", f"地址、电话：{buyer.address}"]
    for place, row in enumerate(rows):
        sheet.text(90, 190 + 42 * place, row, 24, "serif")
        cipher = "".join(facts.rng.choice("0123456789<>+-*/") for _ in range(28))
        sheet.text(1120, 190 + 42 * place, cipher, 24, "sans")
    table = (
        ("货物或应税劳务名称", "数量", "单价", "金额", "税率", "税额"),
        ("*建筑材料*钢筋", "1", "", money(net).replace(",", ""), "13%", money(tax).replace(",", "")),
        ("合    计", "", "", f"￥{money(net).replace(',', '')}", "", f"￥{money(tax).replace(',', '')}"),
    )
    y = ruled(sheet, 80, 340, (520, 140, 180, 300, 140, 240), table, 70, 25)
    total = f"{capitals(net + tax)}    （小写）￥{money(net + tax).replace(',', '')}"
    y = ruled(sheet, 80, y, (320, 1200), (("价税合计（大写）", total),), 70, 26)
    rows = [
        f"名　　　　称：{seller.name}",
        f"纳税人识别号：{seller.credit_code}",
        f"开户行及账号：{facts.bank()} {facts.account()}",
    ]
    for place, row in enumerate(rows):
        sheet.text(90, y + 20 + 42 * place, row, 24, "serif")
    sheet.text(90, y + 170, f"收款人：{facts.name()}    复核：{facts.name()}    开票人：{facts.name()}", 24, "serif")
    sheet.seal(1400, int(y) + 90, 100, seller.name)
    sheet.truth.fields = {
        "invoice_code": code,
        "invoice_number": number,
        "issued_on": day.isoformat(),
        "buyer": buyer.name,
        "buyer_credit_code": buyer.credit_code,
        "seller": seller.name,
        "seller_credit_code": seller.credit_code,
        "amount_fen": net + tax,
        "tax_fen": tax,
    }
    return sheet


def columns_of_a_transfer(facts: Facts) -> Sheet:
    """Labels at the head of columns, values below them."""
    payer, payee, bank, day = facts.name(), facts.name(), facts.bank(), facts.day(2019, 2026)
    one, two, amount, serial = facts.account(), facts.card_number(), facts.number(3000, 9000000), facts.digits(12)
    sheet = Sheet("bank_receipt", (1600, 760), FIFTH, facts.rng)
    sheet.centre(60, f"{bank}转账凭证", 44, "bold")
    sheet.text(80, 150, f"流水号：{serial}", 27, "serif")
    table = (
        ("付款户名", "付款账号", "收款户名", "收款账号"),
        (payer, one, payee, two),
        ("交易日期", "交易金额", "大写金额", "用途"),
        (f"{day:%Y-%m-%d}", f"¥{money(amount)}", capitals(amount), "还款"),
    )
    y = ruled(sheet, 80, 210, (260, 420, 380, 400), table, 84, 27)
    sheet.text(80, y + 40, "本凭证仅供参考，以银行记账为准。", 25, "serif")
    sheet.seal(1350, int(y) + 10, 95, "业务专用章")
    sheet.truth.fields = {
        "bank": bank,
        "serial_number": serial,
        "paid_on": day.isoformat(),
        "payer": payer,
        "payer_account": one,
        "payee": payee,
        "payee_account": two,
        "amount_fen": amount,
    }
    return sheet


def messages(facts: Facts) -> Sheet:
    """Short messages: no pictures of people, a day with its weekday."""
    peer, amount = facts.name(), facts.number(20, 500) * 100
    talk = (
        (False, "装修尾款{amount}元请尽快支付"),
        (True, "墙面开裂还没有修好，修好再付"),
        (False, "已经安排师傅周六上门"),
        (True, "好的，修完验收没问题当天就转"),
        (False, "一言为定"),
    )
    sheet = Sheet("chat_screenshot", (1080, 1900), FIFTH, facts.rng, "#ffffff")
    sheet.text(70, 40, f"{facts.number(8, 22)}:{facts.number(10, 59)}", 36, "sans")
    sheet.centre(130, peer, 44, "sans")
    y, said_at, found = 250.0, "", []
    for place, (mine, words) in enumerate(talk):
        if place in (0, 2):
            said_at = f"3月{5 + place}日 周{'四' if place == 0 else '六'} {facts.number(9, 21)}:{facts.number(10, 59)}"
            sheet.centre(int(y), said_at, 28, "sans", ink="#8e8e93")
            y += 70
        text = words.format(amount=amount)
        wide = sheet.font(42, "sans").getlength(text) + 60
        left = 1080 - 50 - wide if mine else 50
        sheet.draw.rounded_rectangle((left, y, left + wide, y + 96), 40, fill="#2f7cf6" if mine else "#e9e9eb")
        sheet.text(left + 30, y + 20, text, 42, "sans", "#ffffff" if mine else "#111111")
        y += 130
        found.append({"speaker": "我" if mine else peer, "time": said_at, "text": text})
    sheet.truth.fields = {"peer": peer, "messages": found}
    return sheet
