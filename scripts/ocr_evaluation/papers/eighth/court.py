"""Summonses and judgments, as the eighth part draws them: a form filled in by hand, two slips, a last page."""

from datetime import date

from ocr_evaluation.facts import Company, Facts, Person, han_day, written_day
from ocr_evaluation.forms import ruled, running
from ocr_evaluation.sheet import EIGHTH, EIGHTH_TYPED, Sheet

_A4 = (1240, 1754)
_PEN = "#1f2f6b"


def _workday(facts: Facts, after: date) -> date:
    day = facts.after(after, 60)
    return day if day.weekday() < 5 else day.replace(day=max(1, day.day - 3))


def _by_hand(sheet: Sheet, x: float, y: float, parts: tuple[tuple[str, str], ...], size: int) -> None:
    """What was written into the form, and the printed word behind it."""
    for written, printed in parts:
        x = sheet.hand(x + 8, y - 6, written, size + 8, _PEN) + 8
        x = sheet.text(x, y, printed, size, "serif")


def _day(day: date) -> tuple[tuple[str, str], ...]:
    return (f"{day.year}", "年"), (f"{day.month}", "月"), (f"{day.day}", "日")


def filled_by_hand(facts: Facts) -> Sheet:
    """A tribunal in the country fills the printed form in with a pen: year, month, day and hour between their words."""
    court, code = facts.court()
    number, person, cause, issued = facts.case_number(code), facts.person(), facts.cause(), facts.day(2023, 2026)
    hearing, hour, minute = _workday(facts, issued), facts.number(9, 16), facts.rng.choice((0, 30))
    place, reason = (
        facts.rng.choice(("江口人民法庭", "第二审判庭", "人民法庭大审判室")),
        facts.rng.choice(("开庭", "调解")),
    )
    sheet = Sheet("summons", _A4, EIGHTH, facts.rng)
    sheet.centre(110, court, 46, "serif", gap=4)
    sheet.centre(196, "传  票", 74, "serif", gap=8)
    labels = ("案    号", "案    由", "被传唤人", "住    址", "传唤事由", "应到时间", "应到处所")
    y = ruled(sheet, 130, 330, (210, 770), [(label, "") for label in labels], 98, 31)
    written = (number, cause, person.name, person.address, reason, "", place)
    for row, value in enumerate(written):
        if value:
            fits = 730 / sheet.font(38, "hand").getlength(value)
            sheet.hand(362, 350 + 98 * row, value, round(38 * min(1, fits)), _PEN)
    half = "上" if hour < 12 else "下"
    clock = ((half, "午"), (f"{hour if hour < 13 else hour - 12}", "时"), (f"{minute:02d}", "分"))
    _by_hand(sheet, 354, 330 + 98 * 5 + 30, (*_day(hearing), *clock), 30)
    for row, note in enumerate(
        (
            "注意事项：",
            "1.被传唤人必须准时到达应到处所。",
            "2.被传唤人应携带本传票报到。",
            "3.被传唤人收到传票后，应在送达回证上签名或盖章。",
        )
    ):
        sheet.text(150, y + 34 + 50 * row, note, 28, "serif")
    for row, role in enumerate(("审判员", "书记员")):
        end = sheet.text(680, y + 290 + 76 * row, role, 31, "serif")
        sheet.hand(end + 24, y + 278 + 76 * row, facts.name(), 42, _PEN)
    _by_hand(sheet, 660, y + 450, _day(issued), 31)
    sheet.seal(860, int(y) + 440, 125, court)
    sheet.truth.fields = {
        "case_number": number,
        "court": court,
        "summoned": person.name,
        "cause": cause,
        "address": person.address,
        "appear_at": f"{hearing.isoformat()}T{hour:02d}:{minute:02d}",
        "place": place,
        "issued_on": issued.isoformat(),
    }
    return sheet


def two_slips(facts: Facts) -> Sheet:
    """The slip that stays in the file above the one that goes out, a dashed line between them."""
    court, code = facts.court()
    number, company, cause, issued = facts.case_number(code), facts.company(), facts.cause(), facts.day(2024, 2026)
    hearing, hour, minute = _workday(facts, issued), facts.number(9, 16), facts.rng.choice((0, 15, 30))
    place = facts.rng.choice(("本院12法庭（四楼）", "第二十一法庭", "诉调对接中心5号调解室"))
    when = f"{han_day(hearing)} {hour:02d}:{minute:02d}"
    sheet = Sheet("summons", _A4, EIGHTH_TYPED, facts.rng)
    sheet.centre(60, court, 34, "serif")
    sheet.centre(110, "传票（存根）", 42, "bold")
    stub = (
        ("案号", number, "案由", cause),
        ("被传唤人", company.name, None, None),
        ("应到时间", when, "应到处所", place),
        ("承办人", facts.name(), "填发日期", f"{issued:%Y.%m.%d}"),
    )
    y = ruled(sheet, 110, 180, (160, 360, 150, 350), stub, 66, 26)
    for x in range(60, 1180, 28):
        sheet.rule(x, y + 44, x + 14, y + 44, ink="#8a8a8a")
    top = y + 80
    sheet.centre(int(top), court, 42, "serif")
    sheet.centre(int(top) + 66, "传        票", 60, "bold")
    rows = (
        ("案    号", number),
        ("案    由", cause),
        ("被传唤人", company.name),
        ("地    址", company.address),
        ("传唤事由", facts.rng.choice(("开庭审理", "证据交换、庭前会议"))),
        ("应到时间", when),
        ("应到处所", place),
        ("备    注", "请携带营业执照副本、法定代表人身份证明书、授权委托书。"),
    )
    y = ruled(sheet, 110, top + 160, (200, 820), rows, 82, 29)
    sheet.text(700, y + 36, f"审判员  {facts.name()}", 30, "serif")
    sheet.text(700, y + 90, f"书记员  {facts.name()}", 30, "serif")
    sheet.text(700, y + 144, han_day(issued), 30, "serif")
    sheet.seal(880, int(y) + 130, 112, court)
    sheet.truth.fields = {
        "case_number": number,
        "court": court,
        "summoned": company.name,
        "cause": cause,
        "address": company.address,
        "appear_at": f"{hearing.isoformat()}T{hour:02d}:{minute:02d}",
        "place": place,
        "issued_on": issued.isoformat(),
    }
    return sheet


def last_page(facts: Facts) -> Sheet:
    """The last of several pages: it begins within a sentence; court and number stand on the first."""
    court = facts.court()[0]
    one, two, third, day = facts.person(), facts.company(), facts.name(), facts.day(2021, 2026)
    owed, fee = facts.number(9000, 800000), facts.number(200, 9000)
    result = (
        f"一、被告{two.name}于本判决生效之日起十日内返还原告{one.name}{owed}元及利息"
        f"（以{owed}元为基数，自{han_day(facts.day(2019, 2020))}起按全国银行间同业拆借中心公布的一年期贷款市场报价利率"
        f"计算至付清之日止）；二、被告{third}对上述债务承担连带清偿责任；三、驳回原告{one.name}的其他诉讼请求。"
    )
    body = [
        "第六百七十六条、第六百八十八条，《中华人民共和国民事诉讼法》第六十七条、第一百四十七条规定，判决如下：",
        *result.replace("；二", "；\n二").replace("；三", "；\n三").split("\n"),
        (
            "如果未按本判决指定的期间履行给付金钱义务，应当依照《中华人民共和国民事诉讼法》第二百六十四条规定，"
            "加倍支付迟延履行期间的债务利息。"
        ),
        f"案件受理费{fee}元，由被告{two.name}、{third}负担。",
        (
            "如不服本判决，可以在判决书送达之日起十五日内，向本院递交上诉状，并按照对方当事人的人数提出副本，"
            f"上诉于{facts.rng.choice(facts.places)[1]}中级人民法院。"
        ),
    ]
    sheet = Sheet("judgment", _A4, EIGHTH, facts.rng)
    y = 120.0
    for place, text in enumerate(body):
        y = sheet.paragraph(130, y + 8, 980, text, 31, "serif", indent=place > 0, lead=1.6)
    y = max(y + 60, 1120)
    for place, role in enumerate(("审  判  长", "人民陪审员", "人民陪审员")):
        sheet.right(y + 58 * place, f"{role}    {facts.name()}", 31, 1080)
    sheet.right(y + 210, written_day(day), 31, 1080)
    sheet.right(y + 310, f"法 官 助 理    {facts.name()}", 31, 1080)
    sheet.right(y + 368, f"书  记  员    {facts.name()}", 31, 1080)
    sheet.seal(950, int(y) + 210, 124, court)
    sheet.centre(1690, f"- {facts.number(5, 12)} -", 24, "serif")
    sheet.truth.fields = {"result": result, "issued_on": day.isoformat()}
    return sheet


def _man(role: str, person: Person) -> str:
    return f"{role}：{person.name}，{person.sex}，{han_day(person.born)}出生，汉族，户籍地{person.address}。"


def _firm(role: str, company: Company) -> str:
    return f"{role}：{company.name}，住所地{company.address}。"


def changed_on_appeal(facts: Facts) -> Sheet:
    """A court of a whole city changes what the first decided; that court's own number stands in the text."""
    place = facts.rng.choice([place for place in facts.places if "省" in place[1] and place[1].endswith("市")])
    court, code = f"{place[1]}中级人民法院", place[4][:3]
    first = f"{place[1]}{place[2]}人民法院"
    number, before, cause = facts.case_number(code, "民终"), facts.case_number(place[4]), facts.cause()
    one, two, day, sum_ = facts.person(), facts.company(), facts.day(2022, 2026), facts.number(9000, 500000)
    result = (
        f"一、撤销{first}{before}民事判决；二、{two.name}于本判决生效之日起七日内支付{one.name}{sum_}元；"
        f"三、驳回{one.name}的其他诉讼请求。"
    )
    body = [
        _man("上诉人（原审原告）", one),
        f"委托诉讼代理人：{facts.name()}，{facts.firm()}律师。",
        _firm("被上诉人（原审被告）", two),
        f"法定代表人：{two.head}，总经理。",
        (
            f"上诉人{one.name}因与被上诉人{two.name}{cause}一案，不服{first}{before}民事判决，向本院提起上诉。"
            "本院立案后，依法由审判员独任审理，现已审理终结。"
        ),
        (
            "本院认为，一审判决对款项性质认定有误，应予纠正。依照《中华人民共和国民事诉讼法》第一百七十七条第一款"
            "第二项规定，判决如下："
        ),
        *result.replace("；二", "；\n二").replace("；三", "；\n三").split("\n"),
        f"一审案件受理费{facts.number(100, 4000)}元，二审案件受理费{facts.number(100, 4000)}元，均由{two.name}负担。",
        "本判决为终审判决。",
    ]
    sheet = Sheet("judgment", _A4, EIGHTH_TYPED, facts.rng)
    sheet.centre(90, court, 42, "serif", gap=10)
    sheet.centre(160, "民 事 判 决 书", 54, "serif", gap=2)
    sheet.right(256, number, 29, 1110)
    y = max(running(sheet, 304, body, 28) + 36, 1330)
    sheet.right(y, f"审  判  员  {facts.name()}", 30, 1080)
    sheet.right(y + 84, written_day(day), 30, 1080)
    sheet.right(y + 180, f"书  记  员  {facts.name()}", 30, 1080)
    sheet.seal(950, int(y) + 90, 122, court)
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
