"""What courts send, as the third part draws it: forms of four columns, companies as parties, results in points."""

from datetime import date

from ocr_evaluation.facts import Facts, han_day, money, written_day
from ocr_evaluation.sheet import THIRD, Sheet

_A4 = (1240, 1754)
_NUMBERS = ("三", "五", "八", "十一", "十二", "十六", "二十")


def _padded(day: date) -> str:
    return f"{day.year}年{day.month:02d}月{day.day:02d}日"


def _row(sheet: Sheet, y: float, high: int, *cells: tuple[float, str, int]) -> float:
    """A row of a form from 110 to 1130: a rule before each cell but the first."""
    sheet.frame(110, y, 1130, y + high, "#333333")
    for place, (x, text, size) in enumerate(cells):
        if place:
            sheet.rule(x - 16, y, x - 16, y + high, ink="#333333")
        sheet.text(x, y + (high - size) / 2 - 4, text, size, "serif")
    return y + high


def _fitting(sheet: Sheet, text: str, width: float) -> int:
    return next(size for size in (32, 28, 24, 20) if sheet.font(size, "serif").getlength(text) < width or size == 20)


def summons(facts: Facts) -> Sheet:
    court, code = facts.court()
    number, person, cause = (
        facts.case_number(code, facts.rng.choice(("民初", "民终", "执"))),
        facts.person(),
        facts.cause(),
    )
    issued = facts.day(2024, 2026)
    hearing, hour, minute = facts.after(issued, 50), facts.number(8, 16), facts.rng.choice((0, 15, 30, 45))
    place = f"第{facts.rng.choice(_NUMBERS)}审判庭"
    sheet = Sheet("summons", _A4, THIRD, facts.rng)
    sheet.centre(110, court, 46, "serif", gap=4)
    sheet.centre(196, "传  票", 76, "serif", gap=10)
    y = _row(sheet, 340, 92, (130, "案    号", 32), (350, number, 32))
    y = _row(sheet, y, 92, (130, "案    由", 32), (350, cause, 32))
    y = _row(sheet, y, 92, (130, "被传唤人", 32), (350, person.name, 32))
    y = _row(sheet, y, 92, (130, "住 所 地", 32), (350, person.address, _fitting(sheet, person.address, 760)))
    y = _row(sheet, y, 92, (130, "传唤事由", 32), (350, facts.rng.choice(("开庭", "庭前会议", "调查、询问")), 32))
    when = f"{_padded(hearing)} {hour:02d}时{minute:02d}分"
    y = _row(sheet, y, 92, (130, "应到时间", 32), (350, when, 32))
    y = _row(sheet, y, 92, (130, "应到处所", 32), (350, place, 32))
    sheet.frame(110, y, 1130, y + 330, "#333333")
    sheet.text(130, y + 20, "注意事项：", 30, "serif")
    sheet.paragraph(
        150,
        y + 70,
        950,
        "一、被传唤人应携带身份证件准时到庭，无正当理由拒不到庭的，依法承担法律后果。",
        29,
        "serif",
        indent=False,
    )
    sheet.paragraph(
        150,
        y + 180,
        950,
        "二、请提前三十分钟到达法院接受安全检查，联系电话：0755-26531234。",
        29,
        "serif",
        indent=False,
    )
    y += 380
    sheet.text(150, y, f"审判员：{facts.name()}", 31, "serif")
    sheet.text(700, y, f"书记员：{facts.name()}", 31, "serif")
    sheet.right(y + 110, _padded(issued), 33, 1090)
    sheet.seal(930, y + 90, 125, court)
    sheet.truth.fields = {
        "case_number": number, "court": court, "summoned": person.name, "cause": cause, "address": person.address,
        "appear_at": f"{hearing.isoformat()}T{hour:02d}:{minute:02d}", "place": place, "issued_on": issued.isoformat(),
    }  # fmt: skip
    return sheet


def judgment(facts: Facts) -> Sheet:
    """A company sues a person; what is decided stands in numbered points."""
    court, code = facts.court()
    ruled = facts.rng.random() < 0.4
    number, cause, sum_ = facts.case_number(code, "民初" if ruled else "民终"), facts.cause(), facts.yuan(5000, 600000)
    one, two, day = facts.company(), facts.person(), facts.day(2021, 2026)
    title = "民事裁定书" if ruled else "民事判决书"
    sheet = Sheet("judgment", _A4, THIRD, facts.rng)
    sheet.centre(96, court, 42, "serif", gap=12)
    sheet.centre(166, title, 52, "serif", gap=22)
    sheet.right(262, number, 30, 1110)
    accused = "被申请人" if ruled else "被告"
    asking = "申请人" if ruled else "原告"
    result = (
        f"冻结被申请人{two.name}名下银行存款{sum_}元，或者查封、扣押其等值财产。"
        if ruled
        else f"一、被告{two.name}于本判决生效后十五日内支付原告{one.name}价款{sum_}元；"
        f"二、驳回原告{one.name}的其他诉讼请求。"
    )
    body = [
        f"{asking}：{one.name}，住所地{one.address}。", f"法定代表人：{one.head}，执行董事。",
        f"委托诉讼代理人：{facts.name()}，{facts.firm()}律师。",
        f"{accused}：{two.name}，{two.sex}，{han_day(two.born)}生，住{two.address}，公民身份号码{two.id_number}。",
        f"{asking}{one.name}与{accused}{two.name}{cause}一案，"
        + (
            "申请人向本院申请财产保全，并已提供担保。" if ruled else
            "本院受理后，依法组成合议庭，公开开庭进行了审理。本案现已审理终结。"
        ),
        (
            "本院经审查认为，申请符合法律规定。依照《中华人民共和国民事诉讼法》第一百零三条规定，裁定如下："
            if ruled else
            "本院认为，双方之间的合同合法有效，被告未按约付款，构成违约。"
            "综上，依照《中华人民共和国民法典》第五百七十七条规定，判决如下："
        ),
    ]  # fmt: skip
    y = 330.0
    for text in (*body, *result.replace("；二、", "；\n二、").split("\n")):
        y = sheet.paragraph(130, y, 980, text, 29, "serif", lead=1.75)
    y = sheet.paragraph(
        130,
        y,
        980,
        "本裁定立即开始执行。" if ruled else "如不服本判决，可在判决书送达之日起十五日内提起上诉。",
        29,
        "serif",
        lead=1.75,
    )
    y = max(y + 50, 1270)
    sheet.right(y, f"审  判  长    {facts.name()}", 31, 1090)
    sheet.right(y + 66, f"审  判  员    {facts.name()}", 31, 1090)
    sheet.right(y + 140, written_day(day), 31, 1090)
    sheet.right(y + 240, f"书  记  员    {facts.name()}", 31, 1090)
    sheet.seal(960, y + 150, 125, court)
    sheet.truth.fields = {
        "case_number": number, "court": court, "document_type": title, "plaintiff": one.name, "defendant": two.name,
        "cause": cause, "result": result, "issued_on": day.isoformat(),
    }  # fmt: skip
    return sheet


def fee_notice(facts: Facts) -> Sheet:
    court, code = facts.court()
    number, person, fee = (
        facts.case_number(code),
        facts.person(),
        facts.number(50, 9000) * 100 + facts.rng.choice((0, 50)),
    )
    day, days = facts.day(2022, 2026), facts.rng.choice((7, 7, 10))
    sheet = Sheet("fee_notice", _A4, THIRD, facts.rng)
    sheet.centre(110, court, 44, "serif", gap=4)
    sheet.centre(190, "诉讼费用缴费通知书", 54, "serif", gap=6)
    sheet.right(290, number, 32, 1110)
    sheet.text(130, 380, f"{person.name}：", 33, "serif")
    text = (
        f"关于你与{facts.company().name}{facts.cause()}一案，你应向本院缴纳案件受理费{money(fee)}元。"
        f"请自收到本通知之日起{days}日内持缴款码到银行柜面或通过手机银行缴费；逾期未缴的，依照有关规定处理。"
    )
    y = sheet.paragraph(130, 450, 980, text, 33, "serif", lead=1.8) + 40
    y = _row(sheet, y, 84, (130, "缴款码", 30), (380, facts.digits(20), 30))
    y = _row(sheet, y, 84, (130, "费用项目", 30), (380, "案件受理费", 30), (700, "金额", 30), (840, money(fee), 30))
    y = _row(sheet, y, 84, (130, "收款账户", 30), (380, f"{court}诉讼费专户", 28))
    sheet.right(y + 150, _padded(day), 33, 1090)
    sheet.seal(940, y + 140, 125, court)
    sheet.truth.fields = {
        "case_number": number, "court": court, "payer": person.name, "amount_fen": fee, "pay_within_days": days,
        "issued_on": day.isoformat(),
    }  # fmt: skip
    return sheet


def delivery_receipt(facts: Facts) -> Sheet:
    court, code = facts.court()
    number, person, cause, day = facts.case_number(code), facts.person(), facts.cause(), facts.day(2022, 2026)
    papers = facts.rng.choice(("民事起诉状副本一份、证据材料一套", "开庭传票、合议庭组成人员通知书", "民事裁定书一份"))
    how = facts.rng.choice(("委托送达", "直接送达", "转交送达"))
    sheet = Sheet("delivery_receipt", _A4, THIRD, facts.rng)
    sheet.centre(110, court, 44, "serif", gap=4)
    sheet.centre(190, "送 达 回 证", 58, "serif", gap=8)
    y = _row(
        sheet,
        330,
        96,
        (130, "案  由", 30),
        (330, cause, _fitting(sheet, cause, 300)),
        (680, "案 号", 30),
        (800, number, 22),
    )
    y = _row(sheet, y, 96, (130, "送达文书", 30), (330, papers, 30))
    y = _row(sheet, y, 96, (130, "受送达人", 30), (330, person.name, 30))
    y = _row(sheet, y, 96, (130, "送达地址", 30), (330, person.address, _fitting(sheet, person.address, 780)))
    y = _row(sheet, y, 96, (130, "送达方式", 30), (330, how, 30))
    sheet.frame(110, y, 1130, y + 190, "#333333")
    sheet.text(130, y + 30, "受送达人签收", 28, "serif")
    sheet.rule(314, y, 314, y + 190, ink="#333333")
    sheet.hand(340, y + 24, person.name, 48, "#1c2f6e")
    sheet.hand(640, y + 112, han_day(day), 42, "#1c2f6e")
    y = _row(sheet, y + 190, 96, (130, "代 收 人", 30), (330, "", 30))
    y = _row(sheet, y, 96, (130, "备    注", 30), (330, "", 30))
    sheet.text(130, y + 40, f"填发人：{facts.name()}", 30, "serif")
    sheet.text(740, y + 40, f"送达人：{facts.name()}", 30, "serif")
    sheet.truth.fields = {
        "case_number": number, "court": court, "cause": cause, "addressee": person.name, "documents": papers,
        "address": person.address, "delivery_method": how, "delivered_on": day.isoformat(),
    }  # fmt: skip
    return sheet
