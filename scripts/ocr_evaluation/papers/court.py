"""What courts send: summonses, judgments, notices of fees, receipts of delivery."""

from ocr_evaluation.facts import Facts, capitals, han_day, money, written_day
from ocr_evaluation.sheet import HELD_OUT, TUNING, Sheet

_A4 = (1240, 1754)


def summons(facts: Facts, held_out: bool) -> Sheet:
    court, code = facts.court()
    number, person, cause = facts.case_number(code), facts.person(), facts.cause()
    issued = facts.day(2025, 2026)
    hearing = facts.after(issued, 60)
    hour, minute = facts.number(9, 15), facts.rng.choice((0, 30))
    place = f"第{facts.rng.choice('一二三四五六七八九')}法庭"
    when = f"{han_day(hearing)}{'上午' if hour < 12 else '下午'}{hour if hour <= 12 else hour - 12}时" + (
        f"{minute}分" if minute else ""
    )
    sheet = Sheet("summons", _A4, HELD_OUT if held_out else TUNING, facts.rng)
    sheet.centre(120, court, 52, "serif", gap=6)
    sheet.centre(210, "传票", 84, "bold", gap=80)
    rows = [
        ("案号", number),
        ("案由", cause),
        ("被传唤人", person.name),
        ("住所", person.address),
        ("传唤事由", "开庭审理"),
        ("应到时间", when),
        ("应到处所", f"本院{place}"),
    ]
    if held_out:
        rows = [
            rows[0],
            rows[1],
            ("被传唤人姓名", person.name),
            ("工作单位或住址", person.address),
            ("传唤事由", "开庭"),
            ("应到时间", when),
            ("应到处所", place),
        ]
    y, middle = 380, 380 if not held_out else 470
    for label, value in rows:
        sheet.frame(120, y, 1120, y + 100)
        sheet.rule(middle, y, middle, y + 100)
        sheet.text(150, y + 28, label, 38 if not held_out else 36, "serif")
        size = 36 if sheet.font(36, "serif").getlength(value) < 1100 - middle else 27
        sheet.text(middle + 26, y + 30, value, size, "serif")
        y += 100
    y += 50
    for note in (
        "注意事项：",
        "1. 被传唤人必须准时到达应到处所。",
        "2. 本票由被传唤人携带来院报到。",
        "3. 被传唤人收到传票后，应在送达回证上签名或者盖章。",
    ):
        sheet.text(150, y, note, 32, "serif")
        y += 62
    sheet.text(720, y + 60, f"审判员 {facts.name()}", 36, "serif")
    sheet.text(720, y + 130, f"书记员 {facts.name()}", 36, "serif")
    sheet.text(720, y + 200, written_day(issued) if not held_out else han_day(issued), 36, "serif")
    sheet.seal(860, y + 190, 130, court)
    sheet.truth.fields = {
        "case_number": number, "court": court, "summoned": person.name, "cause": cause, "address": person.address,
        "appear_at": f"{hearing.isoformat()}T{hour:02d}:{minute:02d}",
        "place": rows[-1][1], "issued_on": issued.isoformat(),
    }  # fmt: skip
    return sheet


def judgment(facts: Facts, held_out: bool) -> Sheet:
    """Page one and the end on one sheet, as a short ruling is. Half of the tuning ones are papers of mediation."""
    court, code = facts.court()
    mediated = not held_out and facts.rng.random() < 0.4
    number, cause, amount = facts.case_number(code), facts.cause(), facts.yuan(3000, 900000) * 100
    one, two = facts.person(), facts.person()
    day = facts.day(2022, 2026)
    sheet = Sheet("judgment", _A4, HELD_OUT if held_out else TUNING, facts.rng)
    title = (
        "民事调解书" if mediated else ("民事判决书" if not held_out else facts.rng.choice(("民事判决书", "民事裁定书")))
    )
    sheet.centre(110, court, 48, "serif", gap=8)
    sheet.centre(190, title, 60, "bold", gap=30)
    sheet.right(300, number, 34, 1100)
    y = 370.0

    def who(role: str, person: object) -> str:
        return f"{role}：{person.name}，{person.sex}，{han_day(person.born)}出生，汉族，住{person.address}。"  # type: ignore[attr-defined]

    result = (
        f"被告{two.name}于本判决生效之日起十日内偿还原告{one.name}借款本金{amount // 100}元。"
        if not mediated
        else f"被告{two.name}于{han_day(facts.after(day, 90))}前支付原告{one.name}{amount // 100}元，双方别无其他争议。"
    )
    if title == "民事裁定书":
        result = f"准许原告{one.name}撤回起诉。"
    head = (
        "判决如下" if title == "民事判决书" else ("裁定如下" if title == "民事裁定书" else "双方当事人自愿达成如下协议")
    )
    ground = "依照《中华人民共和国民法典》第六百七十五条之规定，" if not mediated else "经本院主持调解，"
    body = [
        who("原告", one),
        who("被告", two),
        f"原告{one.name}与被告{two.name}{cause}一案，本院于{han_day(day.replace(day=1))}立案后，依法适用简易程序公开开庭进行了审理。本案现已审理终结。",
        f"本院认为，依法成立的合同受法律保护，当事人应当按照约定全面履行自己的义务。{ground}{head}：",
        result,
        f"案件受理费{facts.number(50, 900)}元，由被告{two.name}负担。"
        if not held_out
        else f"案件受理费减半收取{facts.number(50, 900)}元，由原告{one.name}负担。",
    ]
    for text in body:
        y = sheet.paragraph(140, y, 960, text, 34 if not held_out else 32, "serif", lead=1.7)
    y = max(y + 40, 1250)
    sheet.right(y, f"审 判 员  {facts.name()}", 34, 1080)
    sheet.right(y + 80, written_day(day), 34, 1080)
    sheet.right(y + 190, f"书 记 员  {facts.name()}", 34, 1080)
    sheet.seal(940, y + 90, 130, court)
    sheet.truth.fields = {
        "case_number": number, "court": court, "document_type": title, "plaintiff": one.name, "defendant": two.name,
        "cause": cause, "result": result, "issued_on": day.isoformat(),
    }  # fmt: skip
    return sheet


def fee_notice(facts: Facts, held_out: bool) -> Sheet:
    court, code = facts.court()
    number, person, fee = facts.case_number(code), facts.person(), facts.number(50, 20000) * 100
    day = facts.day(2023, 2026)
    sheet = Sheet("fee_notice", _A4, HELD_OUT if held_out else TUNING, facts.rng)
    sheet.centre(130, court, 48, "serif", gap=6)
    sheet.centre(220, "交纳诉讼费用通知书" if not held_out else "诉讼费用交费通知书", 56, "bold", gap=8)
    sheet.right(330, number, 34, 1100)
    sheet.text(140, 420, f"{person.name}：", 36, "serif")
    if held_out:
        text = (
            f"你与被告{facts.name()}{facts.cause()}一案，应预交案件受理费人民币{capitals(fee)}（¥{money(fee)}），"
            f"限你于接到本通知之日起七日内向本院交纳，逾期不交按自动撤回起诉处理。"
        )
    else:
        text = (
            f"你诉{facts.name()}{facts.cause()}一案，本院已收到起诉状。依照《诉讼费用交纳办法》的规定，应当预交案件受理费{money(fee)}元"
            f"（大写：{capitals(fee)}）。请你在收到本通知书次日起七日内交纳，期满仍未交纳的，按撤诉处理。"
        )
    y = sheet.paragraph(140, 490, 960, text, 36, "serif", lead=1.8)
    for label, value in (("收款单位", court), ("开户银行", f"{facts.bank()}股份有限公司"), ("账号", facts.account())):
        y += 20
        sheet.text(200, y, f"{label}：{value}", 34, "serif")
        y += 50
    sheet.right(y + 150, written_day(day) if not held_out else han_day(day), 36, 1080)
    sheet.seal(940, y + 150, 130, court)
    sheet.truth.fields = {
        "case_number": number, "court": court, "payer": person.name, "amount_fen": fee, "pay_within_days": 7,
        "issued_on": day.isoformat(),
    }  # fmt: skip
    return sheet


def delivery_receipt(facts: Facts, held_out: bool) -> Sheet:
    court, code = facts.court()
    number, person, cause = facts.case_number(code), facts.person(), facts.cause()
    papers = facts.rng.choice(
        ("传票、举证通知书、应诉通知书", "民事判决书一份", "起诉状副本、应诉通知书", "开庭传票一份")
    )
    day = facts.day(2023, 2026)
    sheet = Sheet("delivery_receipt", _A4, HELD_OUT if held_out else TUNING, facts.rng)
    sheet.centre(120, court, 48, "serif", gap=6)
    sheet.centre(210, "送达回证", 68, "bold", gap=40)
    rows = [
        ("案号", number),
        ("案由", cause),
        ("送达文书名称和件数", papers),
        ("受送达人", person.name),
        ("送达地址", person.address),
        ("送达方式", facts.rng.choice(("直接送达", "邮寄送达", "留置送达"))),
    ]
    if held_out:
        rows = [
            ("受送达人", person.name),
            ("案号", number),
            ("案由", cause),
            ("送达地点", person.address),
            ("送达文书", papers),
            ("送达方式", "电子送达"),
        ]
    y = 360
    for label, value in rows:
        sheet.frame(110, y, 1130, y + 110)
        sheet.rule(460, y, 460, y + 110)
        sheet.text(130, y + 34, label, 34, "serif")
        size = 34 if sheet.font(34, "serif").getlength(value) < 630 else 26
        sheet.text(480, y + 36, value, size, "serif")
        y += 110
    sheet.frame(110, y, 1130, y + 150)
    sheet.rule(460, y, 460, y + 150)
    sheet.text(130, y + 50, "受送达人签名或盖章", 34, "serif")
    sheet.hand(490, y + 20, person.name, 46, "#1c2f6e")
    sheet.hand(720, y + 80, han_day(day), 40, "#1c2f6e")
    sheet.text(130, y + 200, f"送达人：{facts.name()}", 34, "serif")
    sheet.text(640, y + 200, f"填发人：{facts.name()}", 34, "serif")
    sheet.truth.fields = {
        "case_number": number, "court": court, "cause": cause, "addressee": person.name, "documents": papers,
        "address": person.address, "delivery_method": rows[-1][1], "delivered_on": day.isoformat(),
    }  # fmt: skip
    return sheet
