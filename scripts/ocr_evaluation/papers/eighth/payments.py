"""Invoices and payments, as the eighth part draws them: rent, a motor car, a wallet's bill, a paying-in slip."""

from collections.abc import Sequence

from ocr_evaluation.facts import Facts, capitals, han_day, money
from ocr_evaluation.forms import downwards, qr, ruled
from ocr_evaluation.sheet import EIGHTH, EIGHTH_TYPED, Sheet

_BROWN = "#8a4a26"
_RED = "#c62f2a"


def _plain(fen: int) -> str:
    """As invoices print sums: without commas."""
    return money(fen).replace(",", "")


def _pair(sheet: Sheet, x: float, y: float, label: str, value: str, size: int) -> None:
    end = sheet.text(x, y, label, size, "serif", _BROWN)
    sheet.text(end + 4, y, value, size, "sans")


def _office_stamp(sheet: Sheet, x: float, y: float, province: str) -> None:
    """The oval of the tax office; as with round seals, its writing is not asked for."""
    sheet.draw.ellipse((x - 112, y - 58, x + 112, y + 58), outline=_RED, width=4)
    for at, text in ((y - 26, "国家税务总局"), (y + 4, f"{province}税务局")):
        font = sheet.font(20, "serif")
        sheet.draw.text((x - font.getlength(text) / 2, at), text, font=font, fill=_RED)
    sheet.truth.seals.append((x, y, 112))


def rent_invoice(facts: Facts) -> Sheet:
    """Fully digital, of the sort for letting houses: other heads, place and term of the lease in the remark."""
    buyer, seller, day = facts.person(), facts.company(), facts.day(2023, 2026)
    net, place = facts.number(200000, 6000000), facts.rng.choice(facts.places)
    tax, number, start = round(net * 0.05), facts.digits(20), facts.after(day, 40)
    sheet = Sheet("vat_invoice", (1680, 1080), EIGHTH, facts.rng, "#fffefc")
    sheet.text(60, 36, "不动产经营租赁服务", 24, "serif", _BROWN)
    qr(sheet, 70, 76, 140, f"01,32,,{number},{_plain(net + tax)},{day:%Y%m%d},,5E1B")
    sheet.centre(60, "电子发票（普通发票）", 46, "serif", ink=_BROWN)
    sheet.rule(560, 122, 1120, 122, ink=_BROWN)
    sheet.rule(560, 128, 1120, 128, ink=_BROWN)
    _office_stamp(sheet, 840, 158, place[1].split("省")[0][:3])
    _pair(sheet, 1200, 84, "发票号码：", number, 24)
    _pair(sheet, 1200, 132, "开票日期：", han_day(day), 24)
    sheet.frame(50, 230, 1630, 960, _BROWN)
    for x, label, name, code in (
        (60, "购买方信息", buyer.name, ""),
        (850, "销售方信息", seller.name, seller.credit_code),
    ):
        downwards(sheet, x, 240, label, 22, _BROWN, 4)
        sheet.rule(x + 34, 230, x + 34, 380, ink=_BROWN)
        _pair(sheet, x + 46, 254, "名称：", name, 25)
        end = sheet.text(x + 46, 326, "统一社会信用代码/纳税人识别号：", 22, "serif", _BROWN)
        if code:
            sheet.text(end + 4, 326, code, 23, "sans")
    sheet.rule(840, 230, 840, 380, ink=_BROWN)
    sheet.rule(50, 380, 1630, 380, ink=_BROWN)
    heads = ("项目名称", "产权证书/不动产权证号", "面积单位", "数量", "单价", "金额", "税率/征收率", "税额")
    cells = (
        "*经营租赁*房屋租金", f"{place[1][-3:-1]}房权{facts.digits(7)}", "平方米", str(facts.number(40, 320)), "",
        _plain(net), "5%", _plain(tax),
    )  # fmt: skip
    for x, head, cell in zip((64, 380, 690, 820, 930, 1080, 1280, 1480), heads, cells, strict=True):
        sheet.text(x, 392, head, 22, "serif", _BROWN)
        if cell:
            sheet.text(x, 436, cell, 22, "sans")
    sheet.text(180, 660, "合          计", 25, "serif", _BROWN)
    sheet.text(1064, 660, f"¥{_plain(net)}", 24, "sans")
    sheet.text(1464, 660, f"¥{_plain(tax)}", 24, "sans")
    sheet.rule(50, 706, 1630, 706, ink=_BROWN)
    sheet.text(110, 722, "价税合计（大写）", 25, "serif", _BROWN)
    sheet.text(470, 722, capitals(net + tax).replace("元", "圆"), 26, "sans")
    _pair(sheet, 1120, 722, "（小写）", f"¥{_plain(net + tax)}", 26)
    sheet.rule(50, 772, 1630, 772, ink=_BROWN)
    downwards(sheet, 60, 820, "备注", 24, _BROWN, 12)
    sheet.rule(94, 772, 94, 960, ink=_BROWN)
    sheet.text(110, 788, f"不动产地址：{place[1]}{place[2]}{place[3]}{facts.number(3, 99)}号；", 22, "sans")
    until = start.replace(year=start.year + 1, day=min(28, start.day))
    sheet.text(110, 830, f"租赁期起止：{start:%Y-%m-%d}至{until:%Y-%m-%d}； 跨地（市）标志：否；", 22, "sans")
    _pair(sheet, 120, 986, "开票人：", facts.name(), 24)
    sheet.truth.fields = {
        "invoice_number": number,
        "issued_on": day.isoformat(),
        "buyer": buyer.name,
        "seller": seller.name,
        "seller_credit_code": seller.credit_code,
        "amount_fen": net + tax,
        "tax_fen": tax,
    }
    return sheet


def _grid(sheet: Sheet, y: float, rows: Sequence[Sequence[tuple[int, str, str]]], high: int) -> float:
    """Rows of (x, label, value) from 80 to 1500; a rule before each pair but the first."""
    for row in rows:
        sheet.frame(80, y, 1500, y + high, _BROWN)
        for place, (x, label, value) in enumerate(row):
            if place:
                sheet.rule(x - 10, y, x - 10, y + high, ink=_BROWN)
            end = sheet.text(x, y + high / 2 - 14, label, 22, "serif", _BROWN)
            if value:
                sheet.text(end + 14, y + high / 2 - 14, value, 23, "sans")
        y += high
    return y


def motor_invoice(facts: Facts) -> Sheet:
    """For a motor car: code and number beside the machine's own, the car in the middle, tax and net at the end."""
    buyer, seller, day = facts.company(), facts.company(), facts.day(2018, 2024)
    net = facts.number(500, 4000) * 10000 + facts.number(0, 9999)
    tax, code, number = round(net * 0.13), f"1{facts.digits(11)}", facts.digits(8)
    total = net + tax
    sheet = Sheet("vat_invoice", (1580, 1240), EIGHTH_TYPED, facts.rng, "#fffdf8")
    sheet.centre(50, "机动车销售统一发票", 50, "serif", gap=6, ink=_BROWN)
    sheet.centre(124, "发 票 联", 32, "serif", ink=_BROWN)
    _pair(sheet, 80, 176, "开票日期：", f"{day:%Y-%m-%d}", 24)
    _pair(sheet, 1130, 136, "发票代码：", code, 24)
    _pair(sheet, 1130, 176, "发票号码：", number, 24)
    model = facts.rng.choice(("东风牌DFM7150B1D", "长安牌SC1031GDD52", "北京牌BJ7001BPH5"))
    rows = (
        ((96, "机打代码", code), (700, "机打号码", number), (1110, "机器编号", facts.digits(12))),
        ((96, "购买方名称", buyer.name), (900, "纳税人识别号", buyer.credit_code)),
        ((96, "车辆类型", "小轿车"), (520, "厂牌型号", model), (1180, "产地", "重庆市")),
        ((96, "合格证号", f"WAC{facts.digits(12)}"), (700, "进口证明书号", ""), (1110, "商检单号", "")),
        ((96, "发动机号码", facts.digits(8)), (700, "车辆识别代号/车架号码", f"LS4ASE2E{facts.digits(9)}")),
        ((96, "价税合计", f"⊗{capitals(total).replace('元', '圆')}"), (1020, "小写", f"¥{_plain(total)}")),
        ((96, "销货单位名称", seller.name), (1020, "电话", f"023-68{facts.digits(6)}")),
        ((96, "纳税人识别号", seller.credit_code), (760, "账号", facts.account())),
        ((96, "地址", seller.address), (960, "开户银行", f"{facts.bank()}营业部")),
        (
            (96, "增值税税率", "13%"), (420, "增值税税额", f"¥{_plain(tax)}"),
            (900, "主管税务机关及代码", f"第二税务所 1{facts.digits(10)}"),
        ),
        ((96, "不含税价", f"¥{_plain(net)}"), (520, "完税凭证号码", ""), (1000, "吨位", ""), (1180, "限乘人数", "5")),
    )  # fmt: skip
    y = _grid(sheet, 230, rows, 70)
    for x, label in ((90, "销货单位盖章"), (640, "开票人："), (1060, "备注：一车一票")):
        sheet.text(x, y + 30, label, 24, "serif", _BROWN)
    sheet.text(740, y + 30, facts.name(), 24, "sans")
    sheet.seal(330, int(y) + 112, 96, seller.name)
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


def wallet_bill(facts: Facts) -> Sheet:
    """A wallet's page of one payment: whom, how much with a minus, then small rows; no bank and no accounts in full."""
    payee, day, amount = facts.name(), facts.day(2020, 2026), facts.number(1, 500) * 10000 + facts.rng.choice((0, 5050))
    serial = f"{day:%Y%m%d}2000400111{facts.digits(14)}"
    sheet = Sheet("bank_receipt", (1080, 1980), EIGHTH_TYPED, facts.rng, "#f5f5f5")
    sheet.draw.rectangle((0, 0, 1080, 1560), fill="#ffffff")
    sheet.text(64, 36, f"{facts.number(8, 22)}:{facts.number(10, 59)}", 34, "sans")
    sheet.centre(124, "账单详情", 42, "sans")
    sheet.draw.ellipse((490, 240, 590, 340), fill="#7fa8d8")
    sheet.centre(372, payee, 40, "sans")
    sheet.centre(450, f"-{money(amount)}", 80, "bold")
    sheet.centre(566, "交易成功", 34, "sans", ink="#8c8c8c")
    rows = (
        ("付款方式", f"{facts.bank()}储蓄卡({facts.digits(4)})"),
        ("转账备注", facts.rng.choice(("借款", "定金", "转账", "七月工资"))),
        ("对方账户", f"{payee} 13{facts.digits(1)}******{facts.digits(2)}"),
        ("创建时间", f"{day:%Y-%m-%d} {facts.number(8, 22):02d}:{facts.number(10, 59)}:{facts.number(10, 59)}"),
        ("订单号", serial),
        ("账单分类", "转账红包"),
    )
    for row, (label, value) in enumerate(rows):
        y = 700 + 108 * row
        sheet.text(70, y, label, 34, "sans", "#8c8c8c")
        sheet.right(y, value, 34 if len(value) < 26 else 29, 1010, "sans")
    sheet.rule(70, 1370, 1010, 1370, ink="#eeeeee")
    sheet.text(70, 1410, "申请电子回单", 34, "sans")
    sheet.text(70, 1484, "对此订单有疑问", 34, "sans")
    sheet.truth.fields = {"serial_number": serial, "paid_on": day.isoformat(), "payee": payee, "amount_fen": amount}
    return sheet


def paying_in_slip(facts: Facts) -> Sheet:
    """A cheque paid in: the drawer beside the payee, each digit of the sum in a column of its own."""
    payer, payee, day = facts.company(), facts.company(), facts.day(2018, 2025)
    one, two, amount = facts.account(), facts.account(), facts.number(3, 900) * 100000
    bank = facts.bank()
    sheet = Sheet("bank_receipt", (1600, 860), EIGHTH, facts.rng, "#fbfaf4")
    sheet.text(470, 50, bank, 40, "bold", "#22405f")
    sheet.text(790, 50, "进账单（回单）", 40, "serif", "#22405f")
    sheet.text(1440, 56, "1", 40, "serif", "#22405f")
    sheet.centre(126, f"{day.year} 年 {day.month:02d} 月 {day.day:02d} 日", 28, "serif")
    left = (("出票人", "全    称", payer.name), ("", "账    号", one), ("", "开户银行", f"{bank}高新支行"))
    right = (("收款人", payee.name), ("", two), ("", f"{facts.bank()}营业部"))
    rows = [
        (role, label, value, other, label, answer)
        for (role, label, value), (other, answer) in zip(left, right, strict=True)
    ]
    y = ruled(sheet, 60, 180, (110, 130, 500, 110, 130, 500), rows, 84, 25)
    sheet.frame(60, y, 1540, y + 130)
    sheet.text(76, y + 26, "金额", 27, "serif")
    sheet.text(150, y + 16, "人民币", 22, "serif")
    sheet.text(150, y + 50, "（大写）", 22, "serif")
    sheet.text(260, y + 48, capitals(amount), 30, "sans")
    digits = f"¥{amount}".rjust(11)
    for place, (unit, digit) in enumerate(zip("亿千百十万千百十元角分", digits, strict=True)):
        x = 970 + 52 * place
        sheet.rule(x - 12, y, x - 12, y + 130)
        sheet.text(x, y + 12, unit, 24, "serif")
        if digit.strip():
            sheet.text(x + 2, y + 72, digit, 30, "sans")
    sheet.rule(958, y + 56, 1540, y + 56)
    y = ruled(sheet, 60, y + 130, (200, 300, 200, 240), (("票据种类", "转账支票", "票据张数", "1"),), 80, 26)
    sheet.text(76, y + 24, f"票据号码  {facts.digits(8)}", 26, "serif")
    sheet.text(76, y + 110, "复核          记账", 25, "serif")
    sheet.text(1100, y - 40, "收款人开户银行签章", 26, "serif")
    sheet.seal(1290, int(y) + 70, 96, "业务受理章")
    sheet.truth.fields = {
        "bank": bank,
        "paid_on": day.isoformat(),
        "payer": payer.name,
        "payer_account": one,
        "payee": payee.name,
        "payee_account": two,
        "amount_fen": amount,
    }
    return sheet
