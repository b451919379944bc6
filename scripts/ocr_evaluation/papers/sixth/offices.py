"""What courts and others in offices write, as the sixth part draws it."""

from ocr_evaluation.facts import Facts, capitals, han_day, money, written_day
from ocr_evaluation.forms import ruled, running
from ocr_evaluation.sheet import FIFTH, Sheet

_A4 = (1240, 1754)


def summons(facts: Facts) -> Sheet:
    """No table: labels in front of colons."""
    court, code = facts.court()
    number, person, cause, issued = facts.case_number(code), facts.person(), facts.cause(), facts.day(2024, 2026)
    hearing = facts.after(issued, 30)
    sheet = Sheet("summons", _A4, FIFTH, facts.rng)
    sheet.centre(100, court, 46, "bold")
    sheet.centre(190, "传  票", 70, "bold")
    rows = (
        f"案　　号：{number}",
        f"案　　由：{cause}",
        f"被传唤人：{person.name}",
        f"住　　址：{person.address}",
        "传唤事由：开庭",
        f"应到时间：{han_day(hearing)} 下午3时15分",
        "应到处所：本院第12审判庭",
    )
    for place, row in enumerate(rows):
        sheet.text(150, 340 + 84 * place, row, 32 if len(row) < 29 else 27, "serif")
    sheet.paragraph(150, 960, 940, "注意：请携带身份证及证据原件，按时到庭。", 29)
    sheet.text(660, 1150, f"审判员：{facts.name()}", 32, "serif")
    sheet.text(660, 1220, f"书记员：{facts.name()}", 32, "serif")
    sheet.text(660, 1290, han_day(issued), 32, "serif")
    sheet.seal(820, 1260, 122, court)
    sheet.truth.fields = {
        "case_number": number,
        "court": court,
        "summoned": person.name,
        "cause": cause,
        "address": person.address,
        "appear_at": f"{hearing.isoformat()}T15:15",
        "place": "本院第12审判庭",
        "issued_on": issued.isoformat(),
    }
    return sheet


def withdrawal(facts: Facts) -> Sheet:
    """A ruling that lets the plaintiff withdraw."""
    court, code = facts.court()
    number, cause, day = facts.case_number(code), facts.cause(), facts.day(2021, 2026)
    one, two = facts.person(), facts.company()
    result = f"准许原告{one.name}撤诉。"
    body = [
        f"原告：{one.name}，{one.sex}，{one.born.year}年{one.born.month}月出生，住{one.address}。",
        f"被告：{two.name}，住所地{two.address}。",
        f"法定代表人：{two.head}。",
        f"原告{one.name}与被告{two.name}{cause}一案，本院于{han_day(day)}立案。原告于当日向本院提出撤诉申请。",
        "本院认为，原告的撤诉申请不违反法律规定，应予准许。依照《中华人民共和国民事诉讼法》第一百四十八条规定，裁定如下：",
        result,
        f"案件受理费减半收取计{facts.number(25, 900)}元，由原告负担。",
    ]
    sheet = Sheet("judgment", _A4, FIFTH, facts.rng)
    sheet.centre(110, court, 46, "bold", gap=8)
    sheet.centre(196, "民 事 裁 定 书", 56, "bold")
    sheet.right(300, number, 31, 1100)
    y = running(sheet, 380, body, 32)
    sheet.right(y + 140, f"审判员  {facts.name()}", 32, 1080)
    sheet.right(y + 220, written_day(day), 32, 1080)
    sheet.right(y + 300, f"书记员  {facts.name()}", 32, 1080)
    sheet.seal(960, int(y) + 220, 122, court)
    sheet.truth.fields = {
        "case_number": number,
        "court": court,
        "document_type": "民事裁定书",
        "plaintiff": one.name,
        "defendant": two.name,
        "cause": cause,
        "result": result,
        "issued_on": day.isoformat(),
    }
    return sheet


def fee_notice(facts: Facts) -> Sheet:
    court, code = facts.court()
    number, company, fee, day = (
        facts.case_number(code),
        facts.company(),
        facts.number(50, 9000) * 100,
        facts.day(2022, 2026),
    )
    sheet = Sheet("fee_notice", (1400, 1000), FIFTH, facts.rng)
    sheet.centre(60, court, 42, "serif")
    sheet.centre(130, "诉讼费缴款通知书", 50, "serif")
    rows = (
        ("案    号", number, None, None),
        ("缴款人全称", company.name, None, None),
        ("缴款项目", "案件受理费", "缴款金额", f"{money(fee)}元"),
        ("金额大写", f"人民币{capitals(fee)}", None, None),
        ("缴款期限", "收到本通知书后7日内", "联系电话", f"0351-{facts.digits(7)}"),
    )
    y = ruled(sheet, 100, 230, (220, 420, 200, 360), rows, 88, 29)
    sheet.right(y + 120, han_day(day), 32, 1260)
    sheet.seal(1120, int(y) + 120, 112, court)
    sheet.truth.fields = {
        "case_number": number,
        "court": court,
        "payer": company.name,
        "amount_fen": fee,
        "pay_within_days": 7,
        "issued_on": day.isoformat(),
    }
    return sheet


def engagement(facts: Facts) -> Sheet:
    """In one sentence, as firms have their clients sign it."""
    person, agent, firm, other = facts.person(), facts.name(), facts.firm(), facts.company()
    cause, day = facts.cause(), facts.day(2021, 2026)
    sheet = Sheet("power_of_attorney", _A4, FIFTH, facts.rng)
    sheet.centre(120, "委  托  书", 60, "bold")
    texts = [
        f"委托人：{person.name}",
        f"身份证号码：{person.id_number}",
        f"受托人：{agent}    职务：律师",
        f"工作单位：{firm}",
        f"委托人因与{other.name}{cause}一案，根据法律的规定，委托上列受托人作为诉讼代理人。委托权限为：一般代理。",
        "本委托书自签字之日起生效，至本案一审终结时止。",
    ]
    y = running(sheet, 280, texts, 33)
    sheet.text(640, y + 180, "委托人：", 33, "serif")
    sheet.hand(790, y + 168, person.name, 50, "#20284a")
    sheet.text(640, y + 270, han_day(day), 33, "serif")
    sheet.truth.fields = {
        "principal": person.name,
        "agent": agent,
        "firm": firm,
        "id_number": person.id_number,
        "cause": cause,
        "scope": "一般代理",
        "signed_on": day.isoformat(),
    }
    return sheet


def electronic_receipt(facts: Facts) -> Sheet:
    """By e-mail: labels in front of colons, a day and a clock."""
    court, code = facts.court()
    number, person, cause, day = facts.case_number(code), facts.person(), facts.cause(), facts.day(2022, 2026)
    papers = facts.rng.choice(("民事判决书（电子版）", "开庭传票、应诉通知书", "受理案件通知书"))
    sheet = Sheet("delivery_receipt", _A4, FIFTH, facts.rng)
    sheet.centre(110, court, 44, "serif")
    sheet.centre(190, "电子送达回证", 56, "serif")
    rows = (
        f"案号：{number}",
        f"案由：{cause}",
        f"受送达人：{person.name}",
        f"送达文书名称：{papers}",
        "送达方式：电子送达",
        f"送达地址：{facts.digits(9)}@qq.com",
        f"送达日期：{day:%Y-%m-%d} {facts.number(10, 17)}:{facts.number(10, 59)}",
    )
    for place, row in enumerate(rows):
        sheet.text(150, 340 + 86 * place, row, 32, "serif")
    sheet.truth.fields = {
        "case_number": number,
        "court": court,
        "cause": cause,
        "addressee": person.name,
        "documents": papers,
        "delivery_method": "电子送达",
        "delivered_on": day.isoformat(),
    }
    return sheet


def receipt_of_money(facts: Facts) -> Sheet:
    """No note of debt, though money was received."""
    one, two, amount, day = facts.person(), facts.company(), facts.number(10, 300) * 10000, facts.day(2020, 2026)
    sheet = Sheet("page", (1240, 1000), FIFTH, facts.rng)
    sheet.centre(90, "收    据", 60, "bold")
    text = f"兹收到{one.name}交来房屋押金人民币{capitals(amount)}（￥{money(amount)}），退租时无息退还。"
    y = running(sheet, 240, [text], 34)
    sheet.right(y + 160, f"收款单位：{two.name}", 33, 1080)
    sheet.right(y + 240, han_day(day), 33, 1080)
    sheet.seal(900, int(y) + 200, 112, two.name)
    sheet.truth.fields = {"title": "收据", "dated_on": day.isoformat()}
    return sheet
