"""Notices of fees and receipts of service, as the fourth part draws them: tables, letters, broken labels."""

from ocr_evaluation.facts import Facts, capitals, han_day, money, written_day
from ocr_evaluation.forms import ruled
from ocr_evaluation.sheet import FOURTH, Sheet

_A4 = (1240, 1754)


def fee_table(facts: Facts) -> Sheet:
    court, code = facts.court()
    number, person, fee, day = (
        facts.case_number(code),
        facts.person(),
        facts.number(5, 9000) * 1000,
        facts.day(2022, 2026),
    )
    sheet = Sheet("fee_notice", _A4, FOURTH, facts.rng)
    sheet.centre(100, court, 46, "bold")
    sheet.centre(180, "诉讼费用交纳通知书", 52, "bold")
    y = ruled(
        sheet,
        130,
        310,
        (230, 300, 170, 280),
        (
            ("案    号", number, None, None),
            ("案    由", facts.cause(), None, None),
            ("当 事 人", person.name, "诉讼地位", "原告"),
            ("费用名称", "案件受理费", "标的额", f"{facts.number(2, 90)}万元"),
            ("应交金额\n（大写）", capitals(fee), "（小写）", f"￥{money(fee)}"),
            ("交费期限", "自收到本通知书之次日起七日内", None, None),
            ("收 款 人", f"{court}", None, None),
        ),
        90,
        30,
    )
    sheet.paragraph(130, y + 30, 980, "逾期不交纳又未提出缓交、减交、免交申请的，按自动撤回起诉处理。", 29)
    sheet.right(y + 200, written_day(day, "○"), 32, 1080)
    sheet.seal(930, int(y) + 200, 120, court)
    sheet.truth.fields = {
        "case_number": number,
        "court": court,
        "payer": person.name,
        "amount_fen": fee,
        "pay_within_days": 7,
        "issued_on": day.isoformat(),
    }
    return sheet


def fee_letter(facts: Facts) -> Sheet:
    court, code = facts.court()
    number, company, fee = facts.case_number(code), facts.company(), facts.number(50, 30000) * 100
    day, days = facts.day(2022, 2026), facts.rng.choice(("七", "五", "十"))
    sheet = Sheet("fee_notice", _A4, FOURTH, facts.rng)
    sheet.centre(120, court, 42, "serif", gap=8)
    sheet.centre(200, "预交案件受理费通知书", 50, "serif")
    sheet.right(300, number, 31, 1110)
    sheet.text(130, 390, company.name, 33, "serif")
    y = sheet.paragraph(
        130,
        450,
        980,
        f"你（单位）诉{facts.name()}{facts.cause()}一案，经审查符合起诉条件。依照《诉讼费用交纳办法》第二十二条的规定，"
        f"应预交案件受理费人民币{capitals(fee)}（{fee // 100}元）。请在接到本通知次日起{days}日内向本院预交。",
        33,
        "serif",
        lead=1.8,
    )
    y = sheet.paragraph(130, y + 20, 980, f"开户行：{facts.bank()}营业部，账号：{facts.account()}。", 31)
    sheet.right(y + 200, han_day(day), 33, 1080)
    sheet.seal(940, int(y) + 200, 124, court)
    sheet.truth.fields = {
        "case_number": number,
        "court": court,
        "payer": company.name,
        "amount_fen": fee,
        "pay_within_days": {"七": 7, "五": 5, "十": 10}[days],
        "issued_on": day.isoformat(),
    }
    return sheet


def receipt_with_broken_labels(facts: Facts) -> Sheet:
    court, code = facts.court()
    number, person, cause, day = facts.case_number(code), facts.person(), facts.cause(), facts.day(2022, 2026)
    papers = facts.rng.choice(("起诉状副本、应诉通知书、举证通知书各1份", "民事判决书1份", "传票、廉政监督卡"))
    sheet = Sheet("delivery_receipt", _A4, FOURTH, facts.rng)
    sheet.centre(90, court, 46, "bold")
    sheet.centre(170, "送达回证", 60, "bold", gap=26)
    y = ruled(
        sheet,
        120,
        300,
        (220, 780),
        (
            ("案    由", cause),
            ("案    号", number),
            ("送达文书\n名称和件数", papers),
            ("受送达人", person.name),
            ("送达地点", person.address),
            ("送达方式", "直接送达"),
            ("收件人签名\n或 盖 章", ""),
            ("代收人及\n代收理由", ""),
        ),
        104,
        30,
    )
    sheet.hand(380, 300 + 104 * 6 + 20, f"{person.name}   {han_day(day)}", 46, "#22307a")
    sheet.text(130, y + 30, f"填发人：{facts.name()}        送达人：{facts.name()}", 30, "serif")
    sheet.text(130, y + 90, "注：受送达人拒绝接收的，送达人应当记明拒收事由。", 25, "serif")
    sheet.truth.fields = {
        "case_number": number,
        "court": court,
        "cause": cause,
        "addressee": person.name,
        "documents": papers,
        "address": person.address,
        "delivery_method": "直接送达",
        "delivered_on": day.isoformat(),
    }
    return sheet


def receipt_of_four_columns(facts: Facts) -> Sheet:
    court, code = facts.court()
    number, company, cause, day = facts.case_number(code), facts.company(), facts.cause(), facts.day(2022, 2026)
    papers = facts.rng.choice(("民事上诉状副本壹份", "协助执行通知书、执行裁定书", "证据副本一册"))
    sheet = Sheet("delivery_receipt", (1400, 1100), FOURTH, facts.rng)
    sheet.centre(60, court, 42, "serif")
    sheet.centre(130, "送 达 回 证", 52, "serif")
    y = ruled(
        sheet,
        80,
        230,
        (190, 440, 170, 440),
        (
            ("案    号", number, "案    由", cause),
            ("受送达人", company.name, "送达方式", "留置送达"),
            ("送达地址", company.address, None, None),
            ("送达文书", papers, None, None),
            ("受送达人签收", "", "签收日期", ""),
            ("送 达 人", f"{facts.name()}、{facts.name()}", "备    注", ""),
        ),
        100,
        29,
    )
    sheet.hand(300, 660, company.head, 44, "#22307a")
    sheet.hand(890, 662, han_day(day), 38, "#22307a")
    sheet.seal(560, int(y) - 140, 100, company.name)
    sheet.truth.fields = {
        "case_number": number,
        "court": court,
        "cause": cause,
        "addressee": company.name,
        "documents": papers,
        "address": company.address,
        "delivery_method": "留置送达",
        "delivered_on": day.isoformat(),
    }
    return sheet
