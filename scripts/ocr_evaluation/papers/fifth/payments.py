"""An invoice, a bank's receipt and a talk of three, as the fifth part draws them."""

from ocr_evaluation.facts import Facts, capitals, han_day, money
from ocr_evaluation.forms import ruled
from ocr_evaluation.sheet import FIFTH, Sheet

_INK = "#7b3f2c"


def digital_invoice(facts: Facts) -> Sheet:
    """Heads over the two parties, and the sign ⊗ before the sum in words."""
    buyer, seller, day = facts.company(), facts.company(), facts.day(2023, 2026)
    net = facts.number(10000, 8000000)
    tax = round(net * 0.03)
    total, number = net + tax, facts.digits(20)
    sheet = Sheet("vat_invoice", (1640, 1060), FIFTH, facts.rng)
    sheet.centre(60, "电子发票（普通发票）", 46, "serif", ink=_INK)
    sheet.text(1150, 140, f"发票号码：{number}", 25, "serif")
    sheet.text(1150, 184, f"开票日期：{han_day(day)}", 25, "serif")
    y = ruled(
        sheet,
        60,
        250,
        (760, 760),
        (
            ("购买方信息", "销售方信息"),
            (f"名称：{buyer.name}", f"名称：{seller.name}"),
            (
                f"统一社会信用代码/纳税人识别号：{buyer.credit_code}",
                f"统一社会信用代码/纳税人识别号：{seller.credit_code}",
            ),
        ),
        60,
        24,
    )
    y = ruled(
        sheet,
        60,
        y,
        (420, 200, 120, 120, 200, 200, 120, 140),
        (
            ("项目名称", "规格型号", "单位", "数量", "单价", "金额", "税率", "税额"),
            ("*物流辅助服务*运费", "", "次", "1", "", money(net).replace(",", ""), "3%", money(tax).replace(",", "")),
            ("合计", "", "", "", "", f"¥{money(net).replace(',', '')}", "", f"¥{money(tax).replace(',', '')}"),
        ),
        70,
        24,
    )
    y = ruled(
        sheet,
        60,
        y,
        (320, 1200),
        (
            (
                "价税合计（大写）",
                f"{capitals(total).replace('元', '圆')}        （小写）¥{money(total).replace(',', '')}",
            ),
            ("备注", ""),
        ),
        76,
        26,
    )
    sheet.text(160, y + 30, f"开票人：{facts.name()}", 25, "serif")
    sheet.truth.fields = {
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


def stacked_receipt(facts: Facts) -> Sheet:
    """Payer above payee, each with three rows, on an upright page."""
    payer, payee, bank, day = facts.company(), facts.person(), facts.bank(), facts.day(2019, 2026)
    one, two, amount, serial = facts.account(), facts.card_number(), facts.number(3000, 40000000), facts.digits(20)
    sheet = Sheet("bank_receipt", (1240, 1500), FIFTH, facts.rng)
    sheet.text(100, 70, bank, 44, "bold")
    sheet.text(100, 140, "付款通知（客户联）", 36, "serif")
    rows = (
        f"交易时间：{han_day(day)} {facts.number(10, 20)}:{facts.number(10, 59)}:{facts.number(10, 59)}",
        f"电子流水号：{serial}",
        f"付款人户名：{payer.name}",
        f"付款人账号：{one}",
        f"付款人开户行：{bank}解放路支行",
        f"收款人户名：{payee.name}",
        f"收款人账号：{two}",
        f"收款人开户行：{facts.bank()}",
        f"交易金额：人民币 {money(amount)} 元",
        f"金额大写：{capitals(amount)}",
        "业务种类：跨行转账",
        "用途：工资",
    )
    for place, row in enumerate(rows):
        sheet.text(100, 250 + 82 * place, row, 31, "serif")
    sheet.seal(940, 1220, 115, "业务专用章")
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


def group_chat(facts: Facts) -> Sheet:
    """Three people: names in small letters above what the other two say."""
    group, amount = f"装修维权群({facts.number(3, 60)})", facts.number(20, 300) * 100
    others = (facts.name(), facts.name())
    talk = (
        (1, "各位业主，开发商说下周给答复"),
        (0, "已经等了两个月，定金{amount}元一直没退"),
        (2, "我也是，合同上写的是三十天内退款"),
        (0, "那我们一起去投诉吧"),
        (1, "可以，明天上午九点售楼处集合"),
        (2, "收到"),
    )
    sheet = Sheet("chat_screenshot", (1080, 2200), FIFTH, facts.rng, "#ededed")
    sheet.text(60, 36, f"{facts.number(8, 22)}:{facts.number(10, 59)}", 36, "sans")
    sheet.centre(116, group, 46, "sans")
    said_at, y, messages = "", 250.0, []
    for place, (who, words) in enumerate(talk):
        if place % 3 == 0:
            half, hour = ("上午", facts.number(8, 11)) if place == 0 else ("下午", facts.number(1, 6))
            said_at = f"昨天 {half}{hour}:{facts.number(10, 59)}"
            sheet.centre(int(y), said_at, 30, "sans", ink="#979797")
            y += 80
        text = words.format(amount=amount)
        if who:
            sheet.text(160, y, others[who - 1], 28, "sans", "#8f8f8f")
            y += 46
        wide = sheet.font(42, "sans").getlength(text[:15]) + 56
        high = 60 * (1 + (len(text) > 15)) + 36
        left = 1080 - 150 - wide if who == 0 else 150
        sheet.draw.rounded_rectangle((left, y, left + wide, y + high), 14, fill="#95ec69" if who == 0 else "#ffffff")
        for row, part in enumerate(filter(None, (text[:15], text[15:]))):
            sheet.text(left + 28, y + 16 + 60 * row, part, 42, "sans", "#141414")
        y += high + 48
        messages.append({"speaker": others[who - 1] if who else "我", "time": said_at, "text": text})
    sheet.truth.fields = {"peer": group, "messages": messages}
    return sheet
