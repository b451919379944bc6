"""What courts send, as the fifth part draws it."""

from ocr_evaluation.facts import Facts, capitals, han_day, money, written_day
from ocr_evaluation.forms import ruled
from ocr_evaluation.sheet import FIFTH, Sheet

_A4 = (1240, 1754)


def summons(facts: Facts) -> Sheet:
    """Other names for the same labels; the person's place in two rows, the stamp on the clerk's name."""
    court, code = facts.court()
    number, person, cause, issued = facts.case_number(code), facts.person(), facts.cause(), facts.day(2024, 2026)
    hearing, hour = facts.after(issued, 45), facts.number(9, 16)
    place = facts.rng.choice(("南院区第五法庭", "三楼第22号法庭", "科技法庭（二）"))
    sheet = Sheet("summons", _A4, FIFTH, facts.rng)
    sheet.centre(90, court, 44, "serif", gap=8)
    sheet.centre(160, "传    票", 68, "serif")
    sheet.right(260, number, 29, 1100)
    y = ruled(
        sheet,
        140,
        320,
        (240, 720),
        (
            ("案    由", cause),
            ("被传唤人", person.name),
            ("单位或住址", person.address),
            ("传唤事由", "参加诉讼"),
            ("到庭时间", f"{hearing.year}年{hearing.month:02d}月{hearing.day:02d}日 {hour}时00分"),
            ("到庭地点", place),
        ),
        100,
        31,
    )
    for row in ("注：1．请按时到庭，并带好本传票。", "    2．无故拒不到庭，将依法处理。"):
        sheet.text(150, y + 24, row, 27, "serif")
        y += 44
    sheet.text(700, y + 90, f"书记员  {facts.name()}", 32, "serif")
    sheet.text(700, y + 160, han_day(issued), 32, "serif")
    sheet.seal(860, int(y) + 140, 122, court)
    sheet.truth.fields = {
        "case_number": number,
        "court": court,
        "summoned": person.name,
        "cause": cause,
        "address": person.address,
        "appear_at": f"{hearing.isoformat()}T{hour:02d}:00",
        "place": place,
        "issued_on": issued.isoformat(),
    }
    return sheet


def appeal(facts: Facts) -> Sheet:
    """A second instance: roles of the first behind those of the second."""
    court, code = facts.court()
    number, cause, day = facts.case_number(code, "民终"), facts.cause(), facts.day(2021, 2026)
    one, two = facts.person(), facts.company()
    result = "驳回上诉，维持原判。"
    body = [
        f"上诉人（原审被告）：{one.name}，{one.sex}，{han_day(one.born)}出生，汉族，居民，住{one.address}。",
        f"被上诉人（原审原告）：{two.name}。住所地：{two.address}。",
        f"法定代表人：{two.head}，该公司总经理。",
        f"上诉人{one.name}因与被上诉人{two.name}{cause}一案，不服一审民事判决，向本院提起上诉。本院依法组成合议庭进行了审理。",
        "本院认为，一审判决认定事实清楚，适用法律正确，应予维持。依照《中华人民共和国民事诉讼法》第一百七十七条第一款第一项之规定，判决如下：",
        result,
        f"二审案件受理费{facts.number(50, 5000)}元，由上诉人负担。",
        "本判决为终审判决。",
    ]
    sheet = Sheet("judgment", _A4, FIFTH, facts.rng)
    sheet.centre(100, court, 44, "serif", gap=16)
    sheet.centre(176, "民 事 判 决 书", 54, "serif")
    sheet.right(280, number, 30, 1110)
    y = 350.0
    for text in body:
        y = sheet.paragraph(140, y, 960, text, 30, "serif", lead=1.8)
    y = max(y + 50, 1290)
    for place, role in enumerate(("审判长", "审判员", "审判员")):
        sheet.right(y + 52 * place, f"{role}  {facts.name()}", 31, 1090)
    sheet.right(y + 180, written_day(day), 31, 1090)
    sheet.right(y + 256, f"法官助理  {facts.name()}", 31, 1090)
    sheet.right(y + 308, f"书记员  {facts.name()}", 31, 1090)
    sheet.seal(960, int(y) + 180, 120, court)
    sheet.truth.fields = {
        "case_number": number,
        "court": court,
        "document_type": "民事判决书",
        "plaintiff": one.name,
        "defendant": two.name,
        "cause": cause,
        "result": result,
        "issued_on": day.isoformat(),
    }
    return sheet


def fee_notice(facts: Facts) -> Sheet:
    court, code = facts.court()
    number, person, fee = facts.case_number(code), facts.person(), facts.number(25, 9000) * 100
    day = facts.day(2022, 2026)
    sheet = Sheet("fee_notice", _A4, FIFTH, facts.rng)
    sheet.centre(110, court, 44, "bold")
    sheet.centre(190, "交费通知书", 58, "bold", gap=12)
    rows = (
        f"案号：{number}",
        f"交费人：{person.name}",
        "费用种类：案件受理费",
        f"交费金额：¥{money(fee)}（人民币{capitals(fee)}）",
        "交费期限：收到本通知书之日起7日内",
        "交费方式：扫描下方二维码或者到诉讼服务中心窗口交纳",
    )
    y = 330
    for row in rows:
        sheet.text(140, y, row, 32, "serif")
        y += 76
    sheet.draw.rectangle((500, y + 30, 740, y + 270), outline="#333333", width=3)
    sheet.paragraph(140, y + 320, 960, "未在规定期限内交纳的，本院将按自动撤诉处理。", 30)
    sheet.right(y + 440, han_day(day), 33, 1080)
    sheet.seal(920, y + 440, 120, court)
    sheet.truth.fields = {
        "case_number": number,
        "court": court,
        "payer": person.name,
        "amount_fen": fee,
        "pay_within_days": 7,
        "issued_on": day.isoformat(),
    }
    return sheet


def delivery_receipt(facts: Facts) -> Sheet:
    court, code = facts.court()
    number, person, cause, day = facts.case_number(code), facts.person(), facts.cause(), facts.day(2022, 2026)
    papers = facts.rng.choice(("变更诉讼请求申请书副本1份", "限制消费令、报告财产令", "民事调解书、生效证明各1份"))
    sheet = Sheet("delivery_receipt", _A4, FIFTH, facts.rng)
    sheet.centre(90, court, 42, "serif")
    sheet.centre(156, "送  达  回  证", 56, "serif")
    sheet.right(250, number, 28, 1110)
    y = ruled(
        sheet,
        120,
        300,
        (330, 670),
        (
            ("案    由", cause),
            ("受送达人的姓名或名称", person.name),
            ("送达的文书名称和件数", papers),
            ("送达处所", person.address),
            ("送达方式", "邮寄送达"),
            ("受送达人签名或盖章", ""),
            ("不能送达的理由", ""),
            ("送达人签名", facts.name()),
        ),
        92,
        29,
    )
    sheet.hand(480, 300 + 92 * 5 + 12, person.name, 46, "#1d2a66")
    sheet.hand(760, 300 + 92 * 5 + 22, f"{day.year}.{day.month}.{day.day}", 40, "#1d2a66")
    sheet.text(130, y + 24, "备注：代收的，由代收人签名并注明与受送达人的关系。", 26, "serif")
    sheet.truth.fields = {
        "case_number": number,
        "court": court,
        "cause": cause,
        "addressee": person.name,
        "documents": papers,
        "address": person.address,
        "delivery_method": "邮寄送达",
        "delivered_on": day.isoformat(),
    }
    return sheet
