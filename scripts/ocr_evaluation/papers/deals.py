"""What people sign: contracts, IOUs, powers of attorney; and a letter that is of no kind."""

from ocr_evaluation.facts import Facts, capitals, han_day, money
from ocr_evaluation.sheet import HELD_OUT, TUNING, Sheet

_A4 = (1240, 1754)


def contract(facts: Facts, held_out: bool) -> Sheet:
    one, two = facts.company(), facts.company()
    amount, signed = facts.yuan(8000, 900000) * 100, facts.day(2021, 2026)
    start = facts.after(signed, 60)
    end = start.replace(year=start.year + facts.number(1, 3), day=min(28, start.day))
    city = facts.court()[0]
    title, subject = facts.rng.choice(
        (("技术服务合同", "系统维护与技术支持服务"), ("房屋租赁合同", "办公用房租赁"), ("设备采购合同", "办公设备一批"))
    )
    dispute = facts.rng.choice((f"向{city}提起诉讼", "提交北京仲裁委员会仲裁"))
    sheet = Sheet("contract", _A4, HELD_OUT if held_out else TUNING, facts.rng)
    sheet.centre(90, title, 60, "bold", gap=20)
    y = 210.0
    if held_out:
        sheet.text(130, y, f"甲方（委托方）：{one.name}", 33, "serif")
        sheet.text(130, y + 56, f"统一社会信用代码：{one.credit_code}", 33, "serif")
        sheet.text(130, y + 112, f"乙方（受托方）：{two.name}", 33, "serif")
        sheet.text(130, y + 168, f"统一社会信用代码：{two.credit_code}", 33, "serif")
        y += 250
        clauses = [
            f"第一条 合同标的：{subject}。",
            f"第二条 合同期限：自{han_day(start)}起至{han_day(end)}止。",
            f"第三条 合同总价为人民币{capitals(amount)}（¥{money(amount)}），甲方应于合同签订后五日内一次性付清。",
            "第四条 乙方应当按照约定的标准和期限提供服务，未经甲方书面同意不得转委托。",
            f"第五条 争议解决：因本合同发生争议的，双方协商解决；协商不成的，任何一方均可{dispute}。",
            "第六条 本合同一式两份，双方各执一份，自双方盖章之日起生效。",
        ]
    else:
        sheet.text(130, y, f"甲方：{one.name}", 34, "serif")
        sheet.text(130, y + 60, f"乙方：{two.name}", 34, "serif")
        y += 140
        y = sheet.paragraph(
            130,
            y,
            980,
            "甲乙双方根据《中华人民共和国民法典》的规定，本着平等自愿的原则，经协商一致，订立本合同，共同遵守。",
            33,
            "serif",
        )
        clauses = [
            f"一、合同标的：{subject}。",
            f"二、合同金额：人民币{money(amount)}元（大写：{capitals(amount)}）。",
            f"三、合同期限：{han_day(start)}至{han_day(end)}。",
            "四、付款方式：合同签订后七日内支付百分之三十，验收合格后支付余款。",
            f"五、争议解决：本合同履行中发生的争议，由双方协商解决，协商不成的，{dispute}。",
            "六、本合同自双方签字盖章之日起生效，一式两份。",
        ]
    for clause in clauses:
        y = sheet.paragraph(130, y + 14, 980, clause, 33, "serif", indent=False)
    y = max(y + 60, 1250)
    for x, role, company in ((130, "甲方", one), (680, "乙方", two)):
        sheet.text(x, y, f"{role}（盖章）：", 33, "serif")
        sheet.text(x, y + 80, "代表人签字：", 33, "serif")
        sheet.hand(x + 210, y + 66, company.head, 48, "#222a44")
        sheet.seal(x + 250, y + 40, 115, company.name)
    sheet.text(130, y + 200, f"签订日期：{han_day(signed)}", 33, "serif")
    sheet.centre(1680, "第1页 共1页", 26, "sans")
    sheet.truth.fields = {
        "title": title, "party_a": one.name, "party_b": two.name, "subject": subject, "amount_fen": amount,
        "valid_from": start.isoformat(),
        "valid_to": end.isoformat(), "dispute_clause": dispute, "signed_on": signed.isoformat(),
    }  # fmt: skip
    return sheet


def iou(facts: Facts, held_out: bool) -> Sheet:
    one, two = facts.person(), facts.person()
    amount, day = facts.yuan(1000, 300000) * 100, facts.day(2019, 2026)
    due = facts.after(day, 700)
    sheet = Sheet("iou", (1240, 1000), HELD_OUT if held_out else TUNING, facts.rng, "#f7f4ea")
    if not held_out:
        for y in range(150, 960, 90):
            sheet.rule(60, y, 1180, y, ink="#c6cfdd")
    sheet.hand(540, 60, "借条" if not held_out else "借 据", 66)
    if held_out:
        lines = [
            f"本人{two.name}（身份证号{two.id_number}）",
            f"因生意周转向{one.name}借款人民币",
            f"{capitals(amount)}（¥{amount // 100}），",
            f"于{han_day(due)}前一次性还清。",
            "空口无凭，立此为据。",
        ]
    else:
        lines = [
            f"今借到{one.name}人民币{money(amount)[:-3]}元",
            f"（大写：{capitals(amount)}），用于资金周转，",
            f"约定于{han_day(due)}前还清，月息百分之一。",
            f"借款人身份证号：{two.id_number}",
        ]
    y = 165
    for place, line in enumerate(lines):
        sheet.hand(150 if place == 0 else 90, y, line, 46)
        y += 90
    sheet.hand(720, y + 60, f"借款人：{two.name}", 46)
    sheet.hand(720, y + 150, han_day(day), 46)
    sheet.truth.fields = {
        "lender": one.name, "borrower": two.name, "amount_fen": amount, "due_on": due.isoformat(),
        "signed_on": day.isoformat(),
        "id_number": two.id_number,
    }  # fmt: skip
    return sheet


def power_of_attorney(facts: Facts, held_out: bool) -> Sheet:
    person, agent, firm = facts.person(), facts.name(), facts.firm()
    other, cause, day = facts.name(), facts.cause(), facts.day(2022, 2026)
    special = facts.rng.random() < 0.5
    scope = "特别授权" if special else "一般授权"
    sheet = Sheet("power_of_attorney", _A4, HELD_OUT if held_out else TUNING, facts.rng)
    sheet.centre(120, "授权委托书", 64, "bold", gap=24)
    if held_out:
        rows = [
            f"委托人姓名：{person.name}",
            f"身份证号码：{person.id_number}",
            f"受委托人姓名：{agent}",
            f"工作单位：{firm}",
        ]
    else:
        rows = [f"委托人：{person.name}", f"公民身份号码：{person.id_number}", f"受托人：{agent}，{firm}律师"]
    y = 280.0
    for row in rows:
        sheet.text(140, y, row, 36, "serif")
        y += 76
    powers = (
        "代为承认、放弃、变更诉讼请求，进行和解，提起反诉或者上诉" if special else "代为起诉、应诉，提供证据，参加庭审"
    )
    text = (
        f"现委托上列受委托人在我与{other}{cause}一案中，作为我方诉讼代理人。"
        if held_out
        else f"委托人因与{other}{cause}一案，委托上述受托人作为诉讼代理人。"
    )
    y = sheet.paragraph(140, y + 20, 960, text, 36, "serif", lead=1.8)
    y = sheet.paragraph(
        140,
        y + 10,
        960,
        f"{'代理权限' if not held_out else '委托权限'}：{scope}，{powers}。",
        36,
        "serif",
        lead=1.8,
        indent=False,
    )
    sheet.text(680, y + 160, "委托人：" if not held_out else "委托人（签名）：", 36, "serif")
    sheet.hand(840 if not held_out else 960, y + 146, person.name, 50, "#222a44")
    sheet.text(680, y + 240, han_day(day), 36, "serif")
    sheet.truth.fields = {
        "principal": person.name, "agent": agent, "firm": firm, "id_number": person.id_number, "cause": cause,
        "scope": scope,
        "signed_on": day.isoformat(),
    }  # fmt: skip
    return sheet


def page(facts: Facts, held_out: bool) -> Sheet:
    """A letter; the held-out one in two columns."""
    company, day = facts.company(), facts.day(2022, 2026)
    title = "关于催告履行付款义务的函" if not held_out else "居民小区物业服务情况说明"
    sheet = Sheet("page", _A4, HELD_OUT if held_out else TUNING, facts.rng)
    sheet.centre(120, title, 52, "bold", gap=4)
    text = (
        f"{company.name}与我方于{facts.number(2019, 2023)}年签订合同后，我方已经按约交付全部货物，"
        f"对方至今尚欠货款{facts.number(2, 90)}万元未付。"
        "我方多次以电话、微信和邮件方式催要，对方均以资金紧张为由推脱。请在收到本函之日起十日内付清，否则我方将依法提起诉讼，由此产生的律师费、诉讼费和保全费均由对方承担。"
        "另请在付款时注明款项用途，并将转账凭证发送至我方财务邮箱，以便核对账目。"
    )
    if held_out:
        sheet.paragraph(90, 260, 500, text, 32, "serif")
        sheet.paragraph(660, 260, 500, text[::1][40:] + "特此说明。", 32, "serif")
    else:
        sheet.paragraph(140, 260, 960, text, 36, "serif", lead=1.8)
    sheet.right(1500, facts.name(), 34, 1080)
    sheet.right(1570, han_day(day), 34, 1080)
    sheet.truth.fields = {"title": title, "dated_on": day.isoformat()}
    return sheet
