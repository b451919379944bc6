"""Invoices and payments, as the fourth part draws them: the old paper invoice, a roll, a phone, a table with heads."""

from ocr_evaluation.facts import Facts, capitals, han_day, money
from ocr_evaluation.forms import downwards, ruled
from ocr_evaluation.sheet import FOURTH, Sheet

_INK = "#7a4230"


def paper_invoice(facts: Facts) -> Sheet:
    """On paper: code and number at the top, the buyer's box, a box of cipher, the seller at the foot."""
    buyer, seller, day = facts.company(), facts.company(), facts.day(2018, 2023)
    net = facts.number(30000, 9000000)
    tax = round(net * 0.06)
    total, code, number = net + tax, facts.digits(10), facts.digits(8)
    sheet = Sheet("vat_invoice", (1680, 1080), FOURTH, facts.rng)
    sheet.text(90, 60, code, 38, "sans")
    sheet.centre(56, "江苏增值税普通发票", 48, "serif", gap=4, ink=_INK)
    sheet.text(1260, 60, "No", 34, "serif", _INK)
    sheet.text(1330, 58, number, 38, "sans")
    sheet.text(1260, 116, f"发票代码：{code}", 22, "serif")
    sheet.text(1260, 146, f"发票号码：{number}", 22, "serif")
    end = sheet.text(1220, 190, "开票日期：", 26, "serif", _INK)
    sheet.text(end + 6, 190, han_day(day), 26, "sans")
    sheet.frame(60, 230, 1620, 960, _INK)
    downwards(sheet, 72, 244, "购买方", 26, _INK, 8)
    sheet.rule(112, 230, 112, 400, ink=_INK)
    for place, (label, value) in enumerate(
        (
            ("名        称：", buyer.name),
            ("纳税人识别号：", buyer.credit_code),
            ("地址、电话：", f"{buyer.address} 0512-57{facts.digits(6)}"),
            ("开户行及账号：", f"{facts.bank()} {facts.account()}"),
        )
    ):
        end = sheet.text(124, 240 + 40 * place, label, 23, "serif", _INK)
        sheet.text(end + 4, 240 + 40 * place, value, 22, "sans")
    sheet.rule(60, 400, 1620, 400, ink=_INK)
    for x, label in (
        (90, "货物或应税劳务、服务名称"),
        (480, "规格型号"),
        (680, "单 位"),
        (800, "数 量"),
        (960, "单 价"),
        (1130, "金 额"),
        (1320, "税率"),
        (1470, "税 额"),
    ):
        sheet.text(x, 412, label, 23, "serif", _INK)
    for x, value in (
        (90, "*信息技术服务*软件服务费"),
        (700, "项"),
        (820, "1"),
        (1120, money(net).replace(",", "")),
        (1330, "6%"),
        (1460, money(tax).replace(",", "")),
    ):
        sheet.text(x, 456, value, 23, "sans")
    sheet.text(200, 690, "合        计", 26, "serif", _INK)
    sheet.text(1090, 690, f"￥{money(net).replace(',', '')}", 25, "sans")
    sheet.text(1430, 690, f"￥{money(tax).replace(',', '')}", 25, "sans")
    sheet.rule(60, 736, 1620, 736, ink=_INK)
    sheet.text(120, 750, "价税合计（大写）", 26, "serif", _INK)
    sheet.text(480, 750, capitals(total).replace("元", "圆"), 27, "sans")
    end = sheet.text(1130, 750, "（小写）", 26, "serif", _INK)
    sheet.text(end + 8, 750, f"￥{money(total).replace(',', '')}", 27, "sans")
    sheet.rule(60, 796, 1620, 796, ink=_INK)
    downwards(sheet, 72, 806, "销售方", 26, _INK, 8)
    sheet.rule(112, 796, 112, 960, ink=_INK)
    for place, (label, value) in enumerate(
        (
            ("名        称：", seller.name),
            ("纳税人识别号：", seller.credit_code),
            ("地址、电话：", f"{seller.address} 0471-49{facts.digits(5)}"),
            ("开户行及账号：", f"{facts.bank()} {facts.account()}"),
        )
    ):
        end = sheet.text(124, 802 + 39 * place, label, 23, "serif", _INK)
        sheet.text(end + 4, 802 + 39 * place, value, 22, "sans")
    for x, label in ((90, "收款人："), (480, "复核："), (850, "开票人：")):
        end = sheet.text(x, 980, label, 25, "serif", _INK)
        sheet.text(end + 4, 980, facts.name(), 25, "sans")
    sheet.text(1240, 980, "销售方：（章）", 25, "serif", _INK)
    sheet.seal(1430, 900, 100, seller.name)
    sheet.truth.fields = {
        "invoice_code": code,
        "invoice_number": number,
        "issued_on": day.isoformat(),
        "buyer": buyer.name,
        "buyer_credit_code": buyer.credit_code,
        "seller": seller.name,
        "seller_credit_code": seller.credit_code,
        "amount_fen": total,
        "tax_fen": tax,
    }
    return sheet


def roll(facts: Facts) -> Sheet:
    """On a narrow roll: the seller comes first."""
    buyer, seller, day = facts.company(), facts.company(), facts.day(2019, 2024)
    total, code, number = facts.number(2000, 300000), facts.digits(12), facts.digits(8)
    sheet = Sheet("vat_invoice", (820, 1500), FOURTH, facts.rng, "#fafaf7")
    sheet.centre(60, "增值税普通发票（卷票）", 40, "serif", ink=_INK)
    y = 150
    for text in (
        f"发票代码：{code}",
        f"发票号码：{number}",
        f"机打号码：{number}",
        f"机器编号：{facts.digits(12)}",
        f"销售方名称：{seller.name}",
        f"纳税人识别号：{seller.credit_code}",
        f"开票日期：{day:%Y-%m-%d}",
        f"收款员：{facts.name()}",
        f"购买方名称：{buyer.name}",
        f"纳税人识别号：{buyer.credit_code}",
        "项目      单价      数量      金额",
        "*餐饮服务*餐费",
        f"{money(total).replace(',', '')}      1      {money(total).replace(',', '')}",
        f"合计金额（小写）：￥{money(total).replace(',', '')}",
        f"合计金额（大写）：{capitals(total).replace('元', '圆')}",
        f"校验码：{facts.digits(20)}",
    ):
        sheet.text(60, y, text, 30 if len(text) < 24 else 26, "serif")
        y += 72
    sheet.seal(560, 1180, 110, seller.name)
    sheet.truth.fields = {
        "invoice_code": code,
        "invoice_number": number,
        "issued_on": day.isoformat(),
        "buyer": buyer.name,
        "buyer_credit_code": buyer.credit_code,
        "seller": seller.name,
        "seller_credit_code": seller.credit_code,
        "amount_fen": total,
    }
    return sheet


def phone_transfer(facts: Facts) -> Sheet:
    """What a bank's program shows after a transfer: labels left, values at the right edge."""
    payer, payee, bank, day = facts.name(), facts.name(), facts.bank(), facts.day(2020, 2026)
    one, two, amount, serial = facts.account(), facts.card_number(), facts.number(100, 9000000), facts.digits(18)
    sheet = Sheet("bank_receipt", (1080, 2000), FOURTH, facts.rng, "#ffffff")
    sheet.centre(70, "电子回单", 46, "sans")
    sheet.centre(190, f"{bank}", 42, "sans", ink="#444444")
    sheet.centre(280, "转账成功", 40, "sans", ink="#2e8b57")
    sheet.centre(350, f"¥{money(amount)}", 76, "sans")
    rows = (
        ("大写金额", capitals(amount)),
        ("付款户名", payer),
        ("付款账号", one),
        ("收款户名", payee),
        ("收款账号", two),
        ("收款银行", facts.bank()),
        ("交易时间", f"{day:%Y-%m-%d} {facts.number(10, 22)}:{facts.number(10, 59)}:{facts.number(10, 59)}"),
        ("附言", facts.rng.choice(("借款", "房租押金", "货款尾款"))),
        ("交易流水号", serial),
    )
    y = 520
    for label, value in rows:
        sheet.text(70, y, label, 36, "sans", "#8a8a8a")
        sheet.right(y, value, 36 if len(value) < 19 else 32, 1010, "sans")
        sheet.rule(70, y + 74, 1010, y + 74, ink="#ececec")
        y += 112
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


def receipt_with_heads(facts: Facts) -> Sheet:
    """Two columns under a head each, labels glued to their values."""
    payer, payee, bank, day = facts.company(), facts.company(), facts.bank(), facts.day(2018, 2026)
    one, two, amount, serial = facts.account(), facts.account(), facts.number(5000, 80000000), facts.digits(16)
    sheet = Sheet("bank_receipt", (1600, 1000), FOURTH, facts.rng)
    sheet.text(80, 50, bank, 40, "bold")
    sheet.centre(50, "业务回单", 46, "bold")
    sheet.text(80, 130, f"记账日期：{day:%Y/%m/%d}", 26, "serif")
    sheet.text(620, 130, "币种：人民币", 26, "serif")
    sheet.right(130, f"凭证号码：{serial}", 26, 1520)
    y = ruled(
        sheet,
        80,
        180,
        (720, 720),
        (
            ("付款方", "收款方"),
            (f"户名：{payer.name}", f"户名：{payee.name}"),
            (f"账号：{one}", f"账号：{two}"),
            (f"开户行：{bank}玉山支行", f"开户行：{facts.bank()}营业部"),
        ),
        76,
        28,
    )
    y = ruled(
        sheet,
        80,
        y,
        (260, 1180),
        (
            ("金额（大写）", f"人民币{capitals(amount)}"),
            ("金额（小写）", f"{money(amount)}"),
            ("摘    要", "设备款"),
            ("用    途", "合同款"),
        ),
        72,
        28,
    )
    sheet.text(80, y + 30, f"经办：{facts.digits(6)}    复核：{facts.digits(6)}    打印方式：自助", 24, "serif")
    sheet.seal(1300, int(y) - 60, 105, "电子回单专用章")
    sheet.truth.fields = {
        "bank": bank,
        "serial_number": serial,
        "paid_on": day.isoformat(),
        "payer": payer.name,
        "payer_account": one,
        "payee": payee.name,
        "payee_account": two,
        "amount_fen": amount,
    }
    return sheet
