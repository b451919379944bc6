"""Invoices and bank receipts."""

from ocr_evaluation.facts import Facts, capitals, han_day, money
from ocr_evaluation.forms import qr
from ocr_evaluation.sheet import HELD_OUT, TUNING, Sheet


def vat_invoice(facts: Facts, held_out: bool) -> Sheet:
    """The tuning one is the older sort with a code; the held-out one the fully digital sort with twenty digits."""
    buyer, seller, day = facts.company(), facts.company(), facts.day(2019, 2026)
    net = facts.number(10000, 9000000)
    tax = round(net * 0.06)
    total = net + tax
    number, code = (facts.digits(20), "") if held_out else (facts.digits(8), "0" + facts.digits(11))
    sheet = Sheet("vat_invoice", (1700, 1100), HELD_OUT if held_out else TUNING, facts.rng)
    ink = "#7d4a2a"
    sheet.centre(60, "电子发票（普通发票）" if held_out else "北京增值税电子普通发票", 50, "serif", ink=ink)
    top = (
        [("发票号码", number), ("开票日期", han_day(day))]
        if held_out
        else [("发票代码", code), ("发票号码", number), ("开票日期", han_day(day))]
    )
    for place, (label, value) in enumerate(top):
        sheet.text(1180, 50 + 44 * place, f"{label}：", 28, "serif", ink)
        sheet.text(1330, 50 + 44 * place, value, 28, "sans")
    sort, sum_told = ("32", total) if held_out else ("10", net)
    told = f"01,{sort},{code},{number},{money(sum_told).replace(',', '')},{day:%Y%m%d},,A1B2"
    if facts.rng.random() < 0.7:
        qr(sheet, 70, 30, 190, told)
    sheet.frame(60, 240, 1640, 1020, ink)
    if held_out:
        _party(sheet, 100, 260, "购买方信息", buyer.name, buyer.credit_code)
        _party(sheet, 880, 260, "销售方信息", seller.name, seller.credit_code)
    else:
        _party(sheet, 100, 260, "购买方", buyer.name, buyer.credit_code)
        _party(sheet, 100, 850, "销售方", seller.name, seller.credit_code)
    y = 440
    for x, label in ((100, "项目名称"), (620, "规格型号"), (980, "金额"), (1240, "税率"), (1440, "税额")):
        sheet.text(x, y, label, 28, "serif", ink)
    sheet.text(100, y + 56, "*信息技术服务*软件服务费", 28, "serif")
    for x, value in ((980, money(net)), (1240, "6%"), (1440, money(tax))):
        sheet.text(x, y + 56, value, 28, "sans")
    sheet.text(100, 690, "合计" if not held_out else "合 计", 30, "serif", ink)
    sheet.text(960, 690, f"¥{money(net)}", 30, "sans")
    sheet.text(1420, 690, f"¥{money(tax)}", 30, "sans")
    sheet.rule(60, 750, 1640, 750, ink=ink)
    sheet.text(100, 770, "价税合计（大写）", 30, "serif", ink)
    sheet.text(440, 770, capitals(total), 32, "serif")
    sheet.text(1080, 770, "（小写）", 30, "serif", ink)
    sheet.text(1220, 770, f"¥{money(total)}", 32, "sans")
    sheet.rule(60, 830, 1640, 830, ink=ink)
    sheet.text(100, 1040, f"开票人：{facts.name()}", 28, "serif")
    if not held_out:
        sheet.seal(1400, 930, 95, seller.name)
    sheet.truth.fields = {
        "invoice_number": number, "issued_on": day.isoformat(),
        "buyer": buyer.name, "buyer_credit_code": buyer.credit_code,
        "seller": seller.name, "seller_credit_code": seller.credit_code, "amount_fen": total, "tax_fen": tax,
    }  # fmt: skip
    if code:
        sheet.truth.fields["invoice_code"] = code
    return sheet


def _party(sheet: Sheet, x: int, y: int, role: str, name: str, code: str) -> None:
    ink = "#7d4a2a"
    sheet.text(x, y, role, 28, "serif", ink)
    end = sheet.text(x, y + 46, "名称：", 28, "serif", ink)
    sheet.text(end + 8, y + 46, name, 28, "serif")
    end = sheet.text(
        x, y + 92, "统一社会信用代码/纳税人识别号：" if role.endswith("信息") else "纳税人识别号：", 26, "serif", ink
    )
    sheet.text(end + 8, y + 92, code, 26, "sans")


def bank_receipt(facts: Facts, held_out: bool) -> Sheet:
    payer, payee, bank, day = facts.company(), facts.person(), facts.bank(), facts.day(2020, 2026)
    one, two, amount, serial = facts.account(), facts.card_number(), facts.number(1000, 90000000), facts.digits(16)
    sheet = Sheet(
        "bank_receipt", (1500, 960) if not held_out else (1080, 1500), HELD_OUT if held_out else TUNING, facts.rng
    )
    if held_out:
        sheet.centre(80, f"{bank}", 50, "bold")
        sheet.centre(160, "电子回单", 44, "serif")
        rows = [
            ("回单编号", serial),
            ("交易日期", f"{day:%Y-%m-%d}"),
            ("付款人", payer.name),
            ("付款账号", one),
            ("收款人", payee.name),
            ("收款账号", two),
            ("交易金额", f"{money(amount)}元"),
            ("大写金额", capitals(amount)),
            ("摘要", "货款"),
        ]
        y = 290
        for label, value in rows:
            sheet.text(100, y, f"{label}：", 34, "sans")
            sheet.text(330, y, value, 34, "sans")
            y += 100
        sheet.seal(820, y + 40, 110, "电子回单专用章")
    else:
        sheet.centre(60, f"{bank}网上银行电子回单", 46, "bold")
        sheet.text(90, 150, f"回单编号：{serial}", 28, "sans")
        sheet.text(980, 150, f"交易日期：{han_day(day)}", 28, "sans")
        grid = [
            ("付款人户名", payer.name, "收款人户名", payee.name),
            ("付款人账号", one, "收款人账号", two),
            ("付款人开户行", f"{bank}营业部", "收款人开户行", f"{facts.bank()}支行"),
        ]
        y = 220
        for a, b, c, d in grid:
            sheet.frame(80, y, 1420, y + 100)
            for x in (290, 760, 970):
                sheet.rule(x, y, x, y + 100)
            for x, text, size in ((96, a, 28), (302, b, 28), (776, c, 28), (984, d, 28)):
                sheet.text(x, y + 34, text, size if len(text) < 17 else 24, "sans")
            y += 100
        sheet.frame(80, y, 1420, y + 100)
        sheet.text(96, y + 34, "金额（大写）", 28, "sans")
        sheet.text(302, y + 34, f"人民币{capitals(amount)}", 28, "sans")
        sheet.text(960, y + 34, "（小写）", 28, "sans")
        sheet.text(1090, y + 34, f"¥{money(amount)}", 30, "sans")
        sheet.text(96, y + 140, "用途：货款", 28, "sans")
        sheet.seal(1200, y + 200, 110, "电子回单专用章")
    sheet.truth.fields = {
        "bank": bank, "serial_number": serial, "paid_on": day.isoformat(),
        "payer": payer.name, "payer_account": one, "payee": payee.name,
        "payee_account": two, "amount_fen": amount,
    }  # fmt: skip
    return sheet
