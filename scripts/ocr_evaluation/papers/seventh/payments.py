"""Invoices and payments, as the seventh part draws them: both electronic invoices, a counter's slip, a certificate."""

from collections.abc import Sequence

from ocr_evaluation.facts import Company, Facts, capitals, han_day, money
from ocr_evaluation.forms import downwards, qr, ruled
from ocr_evaluation.sheet import SEVENTH, SEVENTH_TYPED, Sheet

_BROWN = "#82401f"
_RED = "#c8322c"
_GOODS = (
    ("*家具*办公桌", "*家具*文件柜", "*家具*会议椅"),
    ("*茶及饮料*红茶", "*茶及饮料*绿茶", "*纸制品*包装盒"),
    ("*金属制品*法兰盘", "*金属制品*垫片", "*通用设备*轴承"),
)


def _plain(fen: int) -> str:
    """As invoices print sums: without commas."""
    return money(fen).replace(",", "") if fen >= 0 else f"-{money(-fen).replace(',', '')}"


def _pair(sheet: Sheet, x: float, y: float, label: str, value: str, size: int) -> None:
    """The form's own ink for a label, black for what the tax office's computer printed behind it."""
    end = sheet.text(x, y, label, size, "serif", _BROWN)
    sheet.text(end + 4, y, value, size, "sans")


def _heads(sheet: Sheet, y: float, heads: Sequence[tuple[float, str]], size: int) -> None:
    for x, head in heads:
        sheet.text(x, y, head, size, "serif", _BROWN)


def _office_stamp(sheet: Sheet, x: float, y: float, city: str) -> None:
    """The oval of the tax office; as with round seals, its writing is not asked for."""
    sheet.draw.ellipse((x - 118, y - 62, x + 118, y + 62), outline=_RED, width=4)
    for at, text in ((y - 26, "国家税务总局"), (y + 4, f"{city}税务局")):
        font = sheet.font(22, "serif")
        sheet.draw.text((x - font.getlength(text) / 2, at), text, font=font, fill=_RED)
    sheet.truth.seals.append((x, y, 118))


def digital_invoice(facts: Facts) -> Sheet:
    """Fully digital: three goods, the third with a rebate on a row of its own, banks in the remark."""
    buyer, seller, day = facts.company(), facts.company(), facts.day(2023, 2026)
    nets = [facts.number(60000, 3000000) for _ in range(3)]
    nets.append(-(nets[2] // 10))
    taxes = [round(net * 0.13) for net in nets]
    net, tax, number = sum(nets), sum(taxes), facts.digits(20)
    sheet = Sheet("vat_invoice", (1680, 1100), SEVENTH, facts.rng, "#fffefc")
    sheet.centre(58, "电子发票（增值税专用发票）", 44, "serif", ink=_BROWN)
    sheet.rule(520, 118, 1160, 118, ink=_BROWN)
    sheet.rule(520, 124, 1160, 124, ink=_BROWN)
    _office_stamp(sheet, 840, 152, facts.rng.choice(facts.places)[1].split("省")[0] + "省")
    qr(sheet, 80, 44, 160, f"01,31,,{number},{_plain(net + tax)},{day:%Y%m%d},,9C4E")
    _pair(sheet, 1190, 88, "发票号码：", number, 25)
    _pair(sheet, 1190, 138, "开票日期：", han_day(day), 25)
    sheet.frame(50, 230, 1630, 980, _BROWN)
    for x, label, company in ((60, "购买方信息", buyer), (850, "销售方信息", seller)):
        downwards(sheet, x, 240, label, 22, _BROWN, 5)
        sheet.rule(x + 34, 230, x + 34, 384, ink=_BROWN)
        _pair(sheet, x + 46, 256, "名称：", company.name, 25)
        _pair(sheet, x + 46, 330, "统一社会信用代码/纳税人识别号：", company.credit_code, 23)
    sheet.rule(840, 230, 840, 384, ink=_BROWN)
    sheet.rule(50, 384, 1630, 384, ink=_BROWN)
    heads = ("项目名称", "规格型号", "单位", "数量", "单价", "金额", "税率/征收率", "税额")
    places = (110, 440, 640, 760, 930, 1120, 1290, 1500)
    _heads(sheet, 394, tuple(zip(places, heads, strict=True)), 23)
    goods = facts.rng.choice(_GOODS)
    for row, (name, one, part) in enumerate(zip((*goods, goods[2]), nets, taxes, strict=True)):
        y, count = 438 + 40 * row, facts.number(2, 9)
        cells = [(64, name), (1110, _plain(one)), (1320, "13%"), (1480, _plain(part))]
        if one > 0:
            cells += [(650, "件"), (790, str(count)), (920, f"{one / count / 100:.4f}")]
        for x, value in cells:
            sheet.text(x, y, value, 23, "sans")
    sheet.text(180, 690, "合          计", 25, "serif", _BROWN)
    sheet.text(1090, 690, f"¥{_plain(net)}", 24, "sans")
    sheet.text(1460, 690, f"¥{_plain(tax)}", 24, "sans")
    sheet.rule(50, 734, 1630, 734, ink=_BROWN)
    sheet.text(110, 750, "价税合计（大写）", 25, "serif", _BROWN)
    sheet.draw.ellipse((430, 752, 456, 778), outline="#1c1c1c", width=2)
    sheet.rule(434, 756, 452, 774, ink="#1c1c1c")
    sheet.rule(452, 756, 434, 774, ink="#1c1c1c")
    sheet.text(470, 750, capitals(net + tax).replace("元", "圆"), 26, "sans")
    _pair(sheet, 1120, 750, "（小写）", f"¥{_plain(net + tax)}", 26)
    sheet.rule(50, 800, 1630, 800, ink=_BROWN)
    downwards(sheet, 60, 846, "备注", 24, _BROWN, 12)
    sheet.rule(94, 800, 94, 980, ink=_BROWN)
    sheet.text(110, 816, f"购方开户银行：{facts.bank()}； 银行账号：{facts.account()}；", 22, "sans")
    sheet.text(110, 856, f"销方开户银行：{facts.bank()}； 银行账号：{facts.account()}；", 22, "sans")
    _pair(sheet, 120, 1006, "开票人：", facts.name(), 24)
    sheet.truth.fields = {
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


def _party(sheet: Sheet, y: float, role: str, company: Company, facts: Facts) -> None:
    downwards(sheet, 66, y + 26, role, 24, _BROWN, 14)
    sheet.rule(100, y, 100, y + 164, ink=_BROWN)
    rows = (
        ("名        称：", company.name),
        ("纳税人识别号：", company.credit_code),
        ("地 址、电 话：", f"{company.address} 0851-86{facts.digits(6)}"),
        ("开户行及账号：", f"{facts.bank()} {facts.account()}"),
    )
    for row, (label, value) in enumerate(rows):
        _pair(sheet, 112, y + 8 + 39 * row, label, value, 22 if len(value) < 32 else 19)


def electronic_invoice(facts: Facts) -> Sheet:
    """The electronic invoice before the digital one: the machine's number, a check code, cipher beside the buyer."""
    buyer, seller, day = facts.company(), facts.company(), facts.day(2018, 2023)
    net = facts.number(8000, 4000000)
    tax, code, number = round(net * 0.06), f"0{facts.digits(11)}", facts.digits(8)
    sheet = Sheet("vat_invoice", (1680, 1090), SEVENTH_TYPED, facts.rng, "#fffefa")
    province = facts.rng.choice(facts.places)[1].split("省")[0]
    sheet.centre(56, f"{province}增值税电子普通发票", 46, "serif", ink=_BROWN, gap=2)
    _office_stamp(sheet, 840, 152, f"{province}省")
    check = facts.digits(20)
    qr(sheet, 76, 36, 150, f"01,10,{code},{number},{_plain(net)},{day:%Y%m%d},{check},5D0A")
    _pair(sheet, 70, 198, "机器编号：", facts.digits(12), 22)
    spread = " ".join(check[i : i + 5] for i in range(0, 20, 5))
    for row, (label, value) in enumerate(
        (("发票代码：", code), ("发票号码：", number), ("开票日期：", han_day(day)), ("校 验 码：", spread))
    ):
        _pair(sheet, 1190, 44 + 44 * row, label, value, 24)
    sheet.frame(56, 240, 1624, 976, _BROWN)
    _party(sheet, 240, "购买方", buyer, facts)
    sheet.rule(1010, 240, 1010, 404, ink=_BROWN)
    downwards(sheet, 1020, 266, "密码区", 24, _BROWN, 14)
    sheet.rule(1056, 240, 1056, 404, ink=_BROWN)
    for row in range(4):
        cipher = "".join(facts.rng.choice("0123456789<>+-*/") for _ in range(27))
        sheet.text(1076, 250 + 38 * row, cipher, 25, "serif")
    sheet.rule(56, 404, 1624, 404, ink=_BROWN)
    heads = (
        (90, "货物或应税劳务、服务名称"), (500, "规格型号"), (690, "单位"), (820, "数 量"), (970, "单 价"),
        (1150, "金  额"), (1330, "税率"), (1490, "税  额"),
    )  # fmt: skip
    _heads(sheet, 414, heads, 23)
    item = facts.rng.choice(("*住宿服务*住宿费", "*现代服务*咨询费", "*鉴证咨询服务*检测费"))
    cells = ((64, item), (700, "次"), (840, "1"), (950, _plain(net)), (1140, _plain(net)), (1336, "6%"))
    for x, value in (*cells, (1480, _plain(tax))):
        sheet.text(x, 460, value, 23, "sans")
    sheet.text(210, 690, "合        计", 25, "serif", _BROWN)
    sheet.text(1110, 690, f"￥{_plain(net)}", 24, "sans")
    sheet.text(1450, 690, f"￥{_plain(tax)}", 24, "sans")
    sheet.rule(56, 736, 1624, 736, ink=_BROWN)
    sheet.text(110, 752, "价税合计（大写）", 25, "serif", _BROWN)
    sheet.text(470, 752, capitals(net + tax).replace("元", "圆"), 26, "sans")
    _pair(sheet, 1110, 752, "（小写）", f"￥{_plain(net + tax)}", 26)
    sheet.rule(56, 812, 1624, 812, ink=_BROWN)
    _party(sheet, 812, "销售方", seller, facts)
    sheet.rule(1010, 812, 1010, 976, ink=_BROWN)
    downwards(sheet, 1020, 850, "备注", 24, _BROWN, 24)
    sheet.rule(1056, 812, 1056, 976, ink=_BROWN)
    for x, label in ((90, "收款人："), (470, "复核："), (830, "开票人：")):
        _pair(sheet, x, 998, label, facts.name(), 24)
    sheet.text(1230, 998, "销售方：（章）", 24, "serif", _BROWN)
    sheet.seal(1400, 900, 104, seller.name)
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


def counter_slip(facts: Facts) -> Sheet:
    """What the counter prints and the customer signs: two columns of labels with colons, a fee besides the sum."""
    payer, payee, bank, day = facts.person(), facts.company(), facts.bank(), facts.day(2018, 2026)
    one, two, amount, serial = facts.card_number(), facts.account(), facts.number(900, 80000000), facts.digits(14)
    sheet = Sheet("bank_receipt", (1500, 960), SEVENTH, facts.rng, "#fbfbf8")
    sheet.text(80, 50, bank, 42, "bold")
    sheet.text(600, 54, "个人客户业务回单", 38, "serif")
    clock = f"{facts.number(9, 16):02d}:{facts.number(10, 59)}:{facts.number(10, 59)}"
    rows = (
        (f"交易日期：{day:%Y-%m-%d}", f"交易时间：{clock}"),
        (f"交易流水号：{serial}", "业务类型：行内汇款"),
        (f"付款人户名：{payer.name}", f"付款人账号：{one}"),
        (f"收款人户名：{payee.name}", f"收款人账号：{two}"),
        (f"交易金额（小写）：RMB{money(amount)}", "手续费：RMB0.00"),
        (f"交易金额（大写）：人民币{capitals(amount)}", ""),
        (f"附言：{facts.rng.choice(('购房定金', '货款', '服务费'))}", "汇款方式：实时"),
        (f"网点号：{facts.digits(5)}", f"柜员号：{facts.digits(6)}"),
    )
    for row, pair in enumerate(rows):
        for x, text in zip((90, 830), pair, strict=True):
            if text:
                sheet.text(x, 160 + 70 * row, text, 28 if len(text) < 26 else 25, "serif")
    sheet.rule(80, 730, 1420, 730, ink="#999999")
    sheet.text(90, 756, "本人已核对以上交易内容，确认无误。", 26, "serif")
    end = sheet.text(90, 830, "客户签名：", 30, "serif")
    sheet.hand(end + 6, 814, payer.name, 50, "#1f2a5a")
    sheet.seal(1200, 800, 104, "业务办讫章")
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


def transfer_certificate(facts: Facts) -> Sheet:
    """What the chat program's payer certifies for a lawsuit: people with their nicknames, no bank of its own."""
    payer, payee, day = facts.name(), facts.name(), facts.day(2021, 2025)
    amount, serial = facts.number(100, 50000) * 100, f"1000050001{day:%y%m%d}{facts.digits(12)}"
    hour, minute = facts.number(8, 22), facts.number(10, 58)
    rows = (
        ("付款方姓名", payer),
        ("付款方微信号", f"wxid_{facts.digits(10)}"),
        ("付款方式", f"{facts.bank()}储蓄卡（尾号{facts.digits(4)}）"),
        ("收款方姓名", payee),
        ("收款方微信号", f"wxid_{facts.digits(10)}"),
        ("转账单号", serial),
        ("转账时间", f"{day:%Y-%m-%d} {hour:02d}:{minute}:{facts.number(10, 59)}"),
        ("收款时间", f"{day:%Y-%m-%d} {hour:02d}:{minute + 1}:{facts.number(10, 59)}"),
        ("转账金额（小写）", f"¥{money(amount)}"),
        ("转账金额（大写）", capitals(amount)),
        ("转账说明", facts.rng.choice(("借款", "房租", "转账"))),
    )
    sheet = Sheet("bank_receipt", (1240, 1754), SEVENTH_TYPED, facts.rng)
    sheet.centre(120, "微信支付转账电子凭证", 52, "bold")
    y = ruled(sheet, 130, 260, (320, 660), rows, 84, 29, "sans")
    sheet.paragraph(
        130, y + 30, 980, "本凭证仅证明上述转账交易的发生情况，不作为收款、付款双方之间其他法律关系的证明。", 27
    )
    sheet.text(640, y + 200, "财付通支付科技有限公司", 32, "serif")
    sheet.text(720, y + 260, han_day(facts.after(day, 200)), 32, "serif")
    sheet.seal(900, int(y) + 240, 125, "财付通支付科技有限公司")
    sheet.truth.fields = {
        "serial_number": serial,
        "paid_on": day.isoformat(),
        "payer": payer,
        "payee": payee,
        "amount_fen": amount,
    }
    return sheet
