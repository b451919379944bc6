"""Notices of fees and receipts of service, as the eighth part draws them: a counter's slip, an appeal, a relative."""

from ocr_evaluation.facts import Facts, capitals, han_day, money
from ocr_evaluation.forms import ruled
from ocr_evaluation.sheet import EIGHTH, EIGHTH_TYPED, Sheet

_A4 = (1240, 1754)
_PEN = "#1f2f6b"


def counter_slip(facts: Facts) -> Sheet:
    """From the counter's printer: two fees and their sum, a bar code, the number to pay by."""
    court, code = facts.court()
    number, person, day = facts.case_number(code), facts.person(), facts.day(2022, 2026)
    hearing, keeping = facts.number(50, 9000) * 100, facts.number(5, 500) * 1000
    fee = hearing + keeping
    sheet = Sheet("fee_notice", (1240, 1300), EIGHTH_TYPED, facts.rng)
    sheet.centre(70, court, 38, "serif")
    sheet.centre(130, "诉讼费缴费通知单", 50, "bold")
    for place, wide in enumerate(facts.rng.choice((2, 3, 5, 6)) for _ in range(70)):
        sheet.draw.rectangle((340 + 8 * place, 218, 340 + 8 * place + wide, 280), fill="#1a1a1a")
    sheet.centre(290, facts.digits(20), 28, "sans")
    sheet.text(110, 360, f"案号：{number}", 29, "serif")
    sheet.text(110, 412, f"交款人：{person.name}", 29, "serif")
    sheet.right(412, f"打印日期：{day:%Y-%m-%d}", 29, 1130)
    rows = (
        ("序号", "收费项目", "标的额（元）", "金额（元）"),
        ("1", "案件受理费", f"{facts.number(30, 900)}000.00", money(hearing)),
        ("2", "财产保全申请费", "", money(keeping)),
        ("合计", f"人民币{capitals(fee)}", None, f"¥{money(fee)}"),
    )
    y = ruled(sheet, 110, 470, (110, 460, 220, 230), rows, 74, 28)
    for row, text in enumerate(
        (
            "1．请于收到本通知单之日起七日内交纳，逾期按撤诉处理。",
            "2．可在本院自助机、手机银行或任一代理银行网点凭上方缴款码交纳。",
            "3．交款后请凭电子票据到立案窗口确认。",
        )
    ):
        sheet.text(110, y + 30 + 54 * row, text, 27, "serif")
    sheet.text(110, y + 230, f"经办人：{facts.name()}", 28, "serif")
    sheet.text(860, y + 230, "立案庭", 28, "serif")
    sheet.seal(900, int(y) + 260, 112, court)
    sheet.truth.fields = {
        "case_number": number,
        "court": court,
        "payer": person.name,
        "amount_fen": fee,
        "pay_within_days": 7,
        "issued_on": day.isoformat(),
    }
    return sheet


def appeal_fee(facts: Facts) -> Sheet:
    """To somebody who appeals: the fee of the second court, its account, what to write on the transfer."""
    place = facts.rng.choice([place for place in facts.places if len(place[1]) > 3 and place[1].endswith("市")])
    court, higher = f"{place[1]}{place[2]}人民法院", f"{place[1]}中级人民法院"
    number, company, fee, day = (
        facts.case_number(place[4]),
        facts.company(),
        facts.number(50, 22000) * 100,
        facts.day(2022, 2026),
    )
    sheet = Sheet("fee_notice", _A4, EIGHTH, facts.rng)
    sheet.centre(120, court, 44, "serif", gap=6)
    sheet.centre(196, "预交上诉案件受理费通知书", 52, "serif", gap=2)
    sheet.right(306, number, 31, 1110)
    sheet.text(130, 390, f"{company.name}：", 33, "serif")
    y = sheet.paragraph(
        130,
        450,
        980,
        f"你（单位）因与{facts.name()}{facts.cause()}一案，不服本院作出的民事判决，提起上诉。依照《诉讼费用交纳办法》"
        f"第二十二条第二款的规定，应当预交上诉案件受理费{money(fee).replace(',', '')}元（大写：{capitals(fee)}）。"
        "限你（单位）自上诉期限届满之次日起七日内预交。逾期未预交又不提出缓交申请的，按自动撤回上诉处理。",
        33,
        "serif",
        lead=1.75,
    )
    for row, text in enumerate(
        (
            f"户    名：{higher}",
            f"开户银行：{facts.bank()}城中支行",
            f"账    号：{facts.account()}",
            "汇款时请在附言中注明一审案号及上诉人名称。",
        )
    ):
        sheet.text(196, y + 30 + 62 * row, text, 31, "serif")
    sheet.right(y + 420, han_day(day), 33, 1080)
    sheet.seal(930, int(y) + 410, 124, court)
    sheet.truth.fields = {
        "case_number": number,
        "court": court,
        "payer": company.name,
        "amount_fen": fee,
        "pay_within_days": 7,
        "issued_on": day.isoformat(),
    }
    return sheet


def taken_by_a_relative(facts: Facts) -> Sheet:
    """Who was sued was not at home: a grown-up of the household signs and says how they are kin."""
    court, code = facts.court()
    number, person, cause, day = facts.case_number(code), facts.person(), facts.cause(), facts.day(2021, 2026)
    papers = facts.rng.choice(("起诉状副本、应诉通知书、传票各1份", "民事裁定书1份", "执行通知书、报告财产令"))
    kin = facts.rng.choice(("夫妻", "母子", "父女"))
    sheet = Sheet("delivery_receipt", _A4, EIGHTH, facts.rng)
    sheet.centre(100, court, 42, "bold")
    sheet.centre(164, "送  达  回  证", 58, "bold")
    rows = (
        ("案    由", cause, "案  号", number),
        ("受送达人", person.name, None, None),
        ("送达文书\n名称件数", papers, None, None),
        ("送达地点", person.address, None, None),
        ("受送达人\n签    收", "", None, None),
        ("代 收 人\n签    收", "", "与受送达\n人 关 系", ""),
        ("送 达 人", facts.name(), "送达方式", "直接送达"),
        ("备    注", "受送达人外出，由其同住成年家属代收。", None, None),
    )
    y = ruled(sheet, 110, 290, (170, 280, 150, 420), rows, 112, 27)
    top = y - 112 * 3
    sheet.hand(300, top + 18, facts.name(), 44, _PEN)
    sheet.hand(300, top + 64, f"{day.year}.{day.month}.{day.day}", 36, _PEN)
    sheet.hand(740, top + 34, kin, 42, _PEN)
    sheet.text(120, y + 34, f"填发人：{facts.name()}", 28, "serif")
    sheet.paragraph(
        120,
        y + 96,
        1000,
        "注：受送达人本人不在的，交他的同住成年家属签收；已指定代收人的，交代收人签收。",
        25,
        "serif",
        indent=False,
    )
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


def certificate_of_service(facts: Facts) -> Sheet:
    """The courts' platform certifies what it sent to a telephone, when, and when it arrived."""
    court, code = facts.court()
    number, company, day = facts.case_number(code), facts.company(), facts.day(2023, 2026)
    papers = facts.rng.choice(("民事判决书", "传票、举证通知书", "民事裁定书（保全）"))
    hour, minute = facts.number(8, 17), facts.number(10, 57)
    sheet = Sheet("delivery_receipt", _A4, EIGHTH_TYPED, facts.rng)
    sheet.centre(100, "人民法院送达平台", 36, "sans", ink="#b3261e")
    sheet.centre(164, "电子送达凭证", 58, "bold")
    rows = (
        ("送达法院", court),
        ("案号", number),
        ("案由", facts.cause()),
        ("受送达人", company.name),
        ("送达文书", papers),
        ("送达方式", "电子送达"),
        ("送达号码", f"139{facts.digits(8)}"),
        ("发送时间", f"{day:%Y-%m-%d} {hour:02d}:{minute}:{facts.number(10, 59)}"),
        ("送达时间", f"{day:%Y-%m-%d} {hour:02d}:{minute + 1}:{facts.number(10, 59)}"),
        ("送达结果", "送达成功"),
        ("存证编号", facts.digits(24)),
    )
    y = ruled(sheet, 130, 290, (240, 740), rows, 84, 29, "sans")
    sheet.paragraph(
        130, y + 40, 980, "送达信息到达受送达人特定系统的日期为送达日期。本凭证由系统自动生成，无需签章。", 27, "serif"
    )
    sheet.truth.fields = {
        "case_number": number,
        "court": court,
        "cause": rows[2][1],
        "addressee": company.name,
        "documents": papers,
        "delivery_method": "电子送达",
        "delivered_on": day.isoformat(),
    }
    return sheet
