"""Invoices and bank receipts, as the third part draws them: labels set downwards, a table for payer and payee."""

from ocr_evaluation.facts import Facts, capitals, han_day, money
from ocr_evaluation.forms import downwards, qr
from ocr_evaluation.sheet import THIRD, Sheet

_INK = "#6e3b2a"


def vat_invoice(facts: Facts) -> Sheet:
    """A fully digital special invoice with two goods and a note."""
    buyer, seller, day = facts.company(), facts.company(), facts.day(2023, 2026)
    nets = [facts.number(20000, 4000000) for _ in range(2)]
    taxes = [round(net * 0.13) for net in nets]
    total, tax, number = sum(nets) + sum(taxes), sum(taxes), facts.digits(20)
    sheet = Sheet("vat_invoice", (1640, 1080), THIRD, facts.rng)
    sheet.centre(66, "电子发票（增值税专用发票）", 46, "serif", ink=_INK)
    sheet.rule(480, 134, 1160, 134, ink=_INK)
    for place, (label, value) in enumerate((("发票号码：", number), ("开票日期：", han_day(day)))):
        end = sheet.text(1150, 150 + 40 * place, label, 26, "serif", _INK)
        sheet.text(end + 4, 150 + 40 * place, value, 26, "serif")
    if facts.rng.random() < 0.5:
        qr(sheet, 80, 50, 170, f"01,31,,{number},{total // 100}.{total % 100:02d},{day:%Y%m%d},,7F3C")
    sheet.frame(50, 240, 1590, 960, _INK)
    for x, label, company in ((60, "购买方信息", buyer), (830, "销售方信息", seller)):
        downwards(sheet, x, 252, label, 22, _INK, 6)
        end = sheet.text(x + 56, 268, "名称：", 26, "serif", _INK)
        sheet.text(end, 268, company.name, 26, "serif")
        end = sheet.text(x + 56, 336, "统一社会信用代码/纳税人识别号：", 23, "serif", _INK)
        sheet.text(end, 335, company.credit_code, 24, "serif")
    sheet.rule(50, 400, 1590, 400, ink=_INK)
    heads = (
        (70, "项目名称"),
        (480, "规格型号"),
        (680, "单位"),
        (800, "数量"),
        (960, "单价"),
        (1130, "金额"),
        (1290, "税率/征收率"),
        (1490, "税额"),
    )
    for x, label in heads:
        sheet.text(x, 410, label, 24, "serif", _INK)
    goods = facts.rng.sample(("*紧固件*螺栓", "*纸制品*复印纸", "*输配电设备*开关", "*塑料制品*周转箱"), 2)
    for place, (name, net, part) in enumerate(zip(goods, nets, taxes, strict=True)):
        y = 456 + 42 * place
        for x, value in (
            (70, name),
            (690, "批"),
            (820, "1"),
            (1110, money(net).replace(",", "")),
            (1310, "13%"),
            (1470, money(part).replace(",", "")),
        ):
            sheet.text(x, y, value, 24, "serif")
    sheet.text(200, 680, "合        计", 26, "serif", _INK)
    sheet.text(1090, 680, f"¥{money(sum(nets)).replace(',', '')}", 25, "serif")
    sheet.text(1440, 680, f"¥{money(tax).replace(',', '')}", 25, "serif")
    sheet.rule(50, 726, 1590, 726, ink=_INK)
    sheet.text(140, 742, "价税合计（大写）", 26, "serif", _INK)
    sheet.text(480, 742, capitals(total).replace("元", "圆"), 28, "serif")
    end = sheet.text(1120, 742, "（小写）", 26, "serif", _INK)
    sheet.text(end + 10, 742, f"¥{money(total).replace(',', '')}", 27, "serif")
    sheet.rule(50, 792, 1590, 792, ink=_INK)
    downwards(sheet, 62, 820, "备注", 24, _INK, 6)
    sheet.text(120, 810, f"合同号：{facts.digits(10)}；收款账号：{facts.account()}", 23, "serif")
    sheet.text(140, 990, f"开票人：{facts.name()}", 25, "serif")
    sheet.truth.fields = {
        "invoice_number": number, "issued_on": day.isoformat(),
        "buyer": buyer.name, "buyer_credit_code": buyer.credit_code,
        "seller": seller.name, "seller_credit_code": seller.credit_code, "amount_fen": total, "tax_fen": tax,
    }  # fmt: skip
    return sheet


def bank_receipt(facts: Facts) -> Sheet:
    """The table that most banks print: payer and payee beside each other, both with name, account and bank."""
    payer, payee, bank, day = facts.company(), facts.company(), facts.bank(), facts.day(2019, 2026)
    one, two, amount, serial = facts.account(), facts.account(), facts.number(2000, 60000000), facts.digits(18)
    sheet = Sheet("bank_receipt", (1560, 900), THIRD, facts.rng, "#fcfcfa")
    sheet.centre(50, f"{bank}  客户专用回单", 42, "serif")
    sheet.text(70, 130, f"交易日期：{han_day(day)}", 26, "serif")
    sheet.right(130, f"交易流水号：{serial}", 26, 1490)
    y = 186
    rows = (
        ("户名", payer.name, payee.name),
        ("账号", one, two),
        ("开户行", f"{bank}股份有限公司", f"{facts.bank()}城东支行"),
    )
    sheet.frame(60, y, 1500, y + 240)
    for x, label in ((72, "付款人"), (792, "收款人")):
        downwards(sheet, x, y + 66, label, 28, "#1c1c1c", 6)
        sheet.rule(x + 48, y, x + 48, y + 240)
        sheet.rule(x + 168, y, x + 168, y + 240)
    sheet.rule(780, y, 780, y + 240)
    for place, (label, left, right) in enumerate(rows):
        at = y + 80 * place
        if place:
            sheet.rule(120, at, 780, at)
            sheet.rule(840, at, 1500, at)
        for x, value in ((136, left), (856, right)):
            sheet.text(x, at + 24, label, 27, "serif")
            size = 26 if sheet.font(26, "serif").getlength(value) < 510 else 21
            sheet.text(x + 120, at + 24, value, size, "serif")
    y += 240
    for label, value in (
        ("金额合计（大写）", f"人民币{capitals(amount)}"),
        ("金额合计（小写）", f"¥{money(amount)}"),
        ("用途", "往来款"),
    ):
        sheet.frame(60, y, 1500, y + 74)
        sheet.text(84, y + 22, label, 27, "serif")
        sheet.text(380, y + 22, value, 28, "serif")
        y += 74
    sheet.text(84, y + 30, "回单类型：网银转账    打印次数：1", 23, "serif")
    sheet.seal(1270, y - 10, 105, f"{bank}电子回单专用章")
    sheet.truth.fields = {
        "bank": bank, "serial_number": serial, "paid_on": day.isoformat(),
        "payer": payer.name, "payer_account": one, "payee": payee.name, "payee_account": two, "amount_fen": amount,
    }  # fmt: skip
    return sheet
