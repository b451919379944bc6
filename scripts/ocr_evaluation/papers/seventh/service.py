"""Notices of fees and receipts of service, as the seventh part draws them: codes to pay by, a phone, a postal slip."""

from ocr_evaluation.facts import Facts, capitals, han_day, money
from ocr_evaluation.forms import qr, ruled
from ocr_evaluation.sheet import SEVENTH, SEVENTH_TYPED, Sheet

_A4 = (1240, 1754)
_PEN = "#1d2f74"


def fee_code(facts: Facts) -> Sheet:
    """The court's letter above the treasury's form: who pays, for what, by which code, to be scanned."""
    court, code = facts.court()
    number, person, day = facts.case_number(code), facts.person(), facts.day(2022, 2026)
    fee, filed = facts.number(50, 18000) * 100, facts.name()
    sheet = Sheet("fee_notice", _A4, SEVENTH, facts.rng)
    sheet.centre(96, court, 42, "bold")
    sheet.centre(164, "诉讼费用交纳通知书", 52, "bold")
    sheet.right(256, number, 30, 1110)
    sheet.text(130, 326, f"{person.name}：", 31, "serif")
    y = sheet.paragraph(
        130,
        382,
        980,
        f"你与{filed}{facts.cause()}一案，根据《诉讼费用交纳办法》第二十条的规定，请你自收到本通知次日起七日内预交案件受理费。"
        "逾期未预交又未申请司法救助的，按自动撤回起诉处理。",
        31,
        lead=1.7,
    )
    rows = (
        ("缴款码", facts.digits(20), None, None),
        ("缴款人", person.name, "执收单位", court),
        ("收费项目", "诉讼费-案件受理费", "应缴金额", f"{money(fee)}元"),
        ("金额合计\n（大写）", capitals(fee), None, None),
    )
    y = ruled(sheet, 130, y + 24, (210, 340, 150, 280), rows, 82, 27)
    qr(sheet, 150, int(y) + 40, 210, facts.digits(20))
    tips = (
        "缴费方式：",
        "1.微信、支付宝扫描左侧二维码缴费；",
        "2.凭缴款码到本市任一非税代收银行网点缴费；",
        f"3.咨询电话：12368，立案庭 {facts.name()}。",
    )
    for place, tip in enumerate(tips):
        sheet.text(400, y + 46 + 52 * place, tip, 28, "serif")
    sheet.right(y + 390, han_day(day), 32, 1090)
    sheet.seal(960, int(y) + 370, 122, court)
    sheet.truth.fields = {
        "case_number": number,
        "court": court,
        "payer": person.name,
        "amount_fen": fee,
        "pay_within_days": 7,
        "issued_on": day.isoformat(),
    }
    return sheet


def fee_on_a_phone(facts: Facts) -> Sheet:
    """The notice as the courts' mini-program shows it, with the button to pay."""
    court, code = facts.court()
    number, company, day = facts.case_number(code), facts.company(), facts.day(2024, 2026)
    fee, days = facts.number(25, 30000) * 100, facts.rng.choice((7, 10, 15))
    sheet = Sheet("fee_notice", (1080, 1960), SEVENTH_TYPED, facts.rng, "#f1f2f5")
    sheet.draw.rectangle((0, 0, 1080, 230), fill="#c8312b")
    sheet.text(60, 36, f"{facts.number(8, 21)}:{facts.number(10, 59)}", 34, "sans", "#ffffff")
    sheet.centre(130, "诉讼费缴费通知", 44, "sans", ink="#ffffff")
    sheet.draw.rounded_rectangle((40, 270, 1040, 1560), 20, fill="#ffffff")
    sheet.centre(310, "应缴金额（元）", 32, "sans", ink="#8b8f96")
    sheet.centre(370, money(fee), 76, "sans", ink="#c8312b")
    rows = (
        ("缴费法院", court),
        ("案号", number),
        ("当事人", company.name),
        ("费用类型", "案件受理费"),
        ("金额大写", capitals(fee)),
        ("缴款码", facts.digits(20)),
        ("通知日期", f"{day:%Y-%m-%d}"),
        ("缴费期限", f"收到通知之日起{days}日内"),
        ("缴费状态", "待缴费"),
    )
    for place, (label, value) in enumerate(rows):
        y = 520 + 102 * place
        sheet.text(80, y, label, 34, "sans", "#8b8f96")
        sheet.right(y, value, 34 if len(value) < 20 else 29, 1000, "sans")
        sheet.rule(80, y + 72, 1000, y + 72, ink="#eceef1")
    sheet.centre(1470, "逾期未缴纳的，按撤诉处理。", 30, "sans", ink="#c8312b")
    sheet.draw.rounded_rectangle((80, 1640, 1000, 1760), 60, fill="#c8312b")
    sheet.centre(1668, "立即缴费", 44, "sans", ink="#ffffff")
    sheet.truth.fields = {
        "case_number": number,
        "court": court,
        "payer": company.name,
        "amount_fen": fee,
        "pay_within_days": days,
        "issued_on": day.isoformat(),
    }
    return sheet


def receipt_in_three_columns(facts: Facts) -> Sheet:
    """The papers, the day and the signature in columns under heads, as courts of some provinces have it."""
    court, code = facts.court()
    number, person, cause, day = facts.case_number(code), facts.person(), facts.cause(), facts.day(2021, 2026)
    papers = facts.rng.choice(
        ("起诉状副本、举证通知书、传票各一份", "民事判决书（副本）一份", "追加被告申请书、传票各一份")
    )
    how, sender = facts.rng.choice(("直接送达", "留置送达", "邮寄送达")), facts.name()
    sheet = Sheet("delivery_receipt", _A4, SEVENTH, facts.rng)
    sheet.centre(110, court, 44, "serif", gap=4)
    sheet.centre(186, "送 达 回 证", 60, "serif", gap=4)
    rows = (
        ("案    号", number, None),
        ("案    由", cause, None),
        ("受送达人", person.name, None),
        ("送达地址", person.address, None),
        ("送达方式", how, None),
    )
    y = ruled(sheet, 120, 310, (220, 390, 390), rows, 88, 30)
    heads = (("送达文书名称和件数", "收到时间", "受送达人签名或盖章"), (papers, "", ""))
    y = ruled(sheet, 120, y, (400, 300, 300), heads, 100, 29)
    sheet.hand(540, y - 76, f"{day.year}.{day.month}.{day.day}", 42, _PEN)
    sheet.hand(880, y - 80, person.name, 48, _PEN)
    rest = (("代收人及其与受\n送达人的关系", "", None), ("不能送达理由", "", None), ("备    注", "", None))
    y = ruled(sheet, 120, y, (300, 350, 350), rest, 110, 29)
    sheet.text(130, y + 30, f"签发人：{facts.name()}", 30, "serif")
    sheet.text(760, y + 30, f"送达人：{sender}", 30, "serif")
    sheet.text(
        130, y + 100, "注：受送达人不在场的，可以由其同住的成年家属签收；拒绝签收的，可以留置送达。", 24, "serif"
    )
    sheet.truth.fields = {
        "case_number": number,
        "court": court,
        "cause": cause,
        "addressee": person.name,
        "documents": papers,
        "address": person.address,
        "delivery_method": how,
        "delivered_on": day.isoformat(),
    }
    return sheet


def express_slip(facts: Facts) -> Sheet:
    """The slip that comes back from the post: sender and addressee in boxes, the signature at the right."""
    court, code = facts.court()
    number, person, day = facts.case_number(code), facts.person(), facts.day(2022, 2026)
    papers = facts.rng.choice(("应诉通知书、起诉状副本、传票", "民事判决书", "开庭传票、举证通知书"))
    sheet = Sheet("delivery_receipt", (1640, 1060), SEVENTH_TYPED, facts.rng, "#fdfdfb")
    sheet.text(80, 46, "EMS", 64, "sans", "#1b5aa8")
    sheet.text(260, 40, "法院专递", 42, "bold")
    sheet.text(260, 96, "送达回证（邮件回执联）", 30, "serif")
    for place, wide in enumerate(facts.rng.choice((2, 3, 5, 7)) for _ in range(64)):
        sheet.draw.rectangle((1010 + 8 * place, 40, 1010 + 8 * place + wide, 112), fill="#1a1a1a")
    sheet.text(1080, 120, f"10{facts.digits(9)}35", 34, "sans")
    y = ruled(
        sheet,
        70,
        180,
        (190, 640, 190, 480),
        (
            ("寄件人", court, "联系电话", "12368"),
            ("收件人", person.name, "联系电话", f"133{facts.digits(8)}"),
            ("收件地址", person.address, None, None),
            ("案    号", number, None, None),
            ("文书名称", papers, None, None),
            ("签收人", "", "签收日期", ""),
            ("投递结果", "√本人签收  □他人代收  □拒收  □退回", "投递员", facts.name()),
        ),
        96,
        29,
    )
    sheet.hand(290, y - 176, person.name, 46, _PEN)
    sheet.hand(1110, y - 172, han_day(day), 40, _PEN)
    sheet.text(80, y + 30, "请投递员在邮件妥投后将本联退回寄件法院入卷。", 26, "serif")
    sheet.truth.fields = {
        "case_number": number,
        "court": court,
        "addressee": person.name,
        "documents": papers,
        "address": person.address,
        "delivered_on": day.isoformat(),
    }
    return sheet
