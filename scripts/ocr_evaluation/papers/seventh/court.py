"""Summonses and papers of decision, as the seventh part draws them: the form of today, a phone, a first page."""

from datetime import date

from ocr_evaluation.facts import Company, Facts, Person, han_day, written_day
from ocr_evaluation.forms import ruled, running
from ocr_evaluation.sheet import SEVENTH, SEVENTH_TYPED, Sheet

_A4 = (1240, 1754)


def _clock(hour: int, minute: int) -> str:
    half = "上午" if hour < 12 else "下午"
    return f"{half}{hour if hour < 13 else hour - 12}时{minute:02d}分"


def _week(day: date) -> str:
    return f"星期{'一二三四五六日'[day.weekday()]}"


def _workday(facts: Facts, after: date) -> date:
    day = facts.after(after, 60)
    return day if day.weekday() < 5 else day.replace(day=max(1, day.day - 3))


def summons(facts: Facts) -> Sheet:
    """The Supreme Court's form with its four notes inside, the weekday behind the date, a contact below."""
    court, code = facts.court()
    number, person, cause, issued = facts.case_number(code), facts.person(), facts.cause(), facts.day(2024, 2026)
    hearing, hour, minute = _workday(facts, issued), facts.number(9, 16), facts.rng.choice((0, 20, 30))
    place = facts.rng.choice(("本院第四审判庭（二楼）", "城南人民法庭第一法庭", "本院诉讼服务中心B203调解室"))
    sheet = Sheet("summons", _A4, SEVENTH, facts.rng)
    sheet.centre(96, court, 44, "bold")
    sheet.centre(166, "传    票", 66, "bold")
    rows = (
        ("案        号", number, None, None),
        ("案        由", cause, None, None),
        ("被 传 唤 人", person.name, "性别", person.sex),
        ("住        所", person.address, None, None),
        ("传 唤 事 由", facts.rng.choice(("开庭", "第二次开庭", "证据交换")), None, None),
        ("应 到 时 间", f"{han_day(hearing)}（{_week(hearing)}）{_clock(hour, minute)}", None, None),
        ("应 到 处 所", place, None, None),
        (
            "注 意 事 项",
            (
                "1.被传唤人必须准时到达应到处所；\n2.本传票由被传唤人携带来院报到；\n"
                "3.被传唤人收到传票后，应在送达回证上签名或者盖章；\n4.请携带有效身份证件，提前20分钟到院接受安检。"
            ),
            None,
            None,
        ),
    )
    y = ruled(sheet, 120, 290, (210, 450, 120, 220), rows, 88, 30)
    sheet.text(150, y + 40, f"审判员  {facts.name()}", 31, "serif")
    sheet.text(150, y + 100, f"书记员  {facts.name()}", 31, "serif")
    sheet.text(150, y + 160, f"联系电话  0851-8{facts.digits(7)}", 31, "serif")
    sheet.text(800, y + 200, written_day(issued), 32, "serif")
    sheet.seal(930, int(y) + 180, 125, court)
    sheet.text(130, 1660, "本联送达被传唤人", 25, "serif")
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


def summons_on_a_phone(facts: Facts) -> Sheet:
    """Opened in the courts' mini-program: bars above and below, the paper small between them."""
    court, code = facts.court()
    number, company, cause, issued = facts.case_number(code), facts.company(), facts.cause(), facts.day(2025, 2026)
    hearing, hour, minute = _workday(facts, issued), facts.number(9, 16), facts.rng.choice((0, 10, 40))
    place = facts.rng.choice(("第七法庭", "互联网第3法庭", "审判楼五楼第十八法庭"))
    sheet = Sheet("summons", (1080, 2200), SEVENTH_TYPED, facts.rng, "#dcdee2")
    sheet.draw.rectangle((0, 0, 1080, 240), fill="#ffffff")
    sheet.text(60, 40, f"{facts.number(8, 21)}:{facts.number(10, 59)}", 34, "sans")
    sheet.centre(140, "人民法院在线服务", 42, "sans")
    sheet.draw.rectangle((40, 290, 1040, 1980), fill="#ffffff")
    sheet.centre(350, court, 36, "bold")
    sheet.centre(410, "传票", 56, "bold", gap=60)
    rows = (
        ("案号", number),
        ("案由", cause),
        ("被传唤人", company.name),
        ("工作单位\n或住址", company.address),
        ("传唤事由", "开庭审理"),
        ("应到时间", f"{hearing:%Y年%m月%d日} {hour:02d}:{minute:02d}"),
        ("应到处所", place),
        ("备注", "请登录人民法院在线服务查阅材料，按时到庭。"),
    )
    y = ruled(sheet, 90, 530, (210, 690), rows, 104, 29)
    sheet.text(560, y + 60, f"审判员  {facts.name()}", 29, "serif")
    sheet.text(560, y + 112, f"书记员  {facts.name()}", 29, "serif")
    sheet.text(560, y + 164, f"{issued:%Y年%m月%d日}", 29, "serif")
    sheet.seal(720, int(y) + 150, 105, court)
    sheet.draw.rectangle((0, 2050, 1080, 2200), fill="#ffffff")
    sheet.text(180, 2090, "下载文书", 38, "sans", "#2a62c9")
    sheet.text(730, 2090, "确认签收", 38, "sans", "#2a62c9")
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


def _man(role: str, person: Person, folk: str = "汉族") -> str:
    return f"{role}：{person.name}，{person.sex}，{han_day(person.born)}出生，{folk}，住{person.address}。"


def _firm(role: str, company: Company) -> str:
    return f"{role}：{company.name}，住所地{company.address}，统一社会信用代码{company.credit_code}。"


def first_page(facts: Facts) -> Sheet:
    """The first of several pages: what is decided and the day stand on another."""
    court, code = facts.court()
    number, cause, filed = facts.case_number(code), facts.cause(), facts.day(2021, 2026)
    one, two, third = facts.person(), facts.company(), facts.person()
    claim = facts.number(12000, 900000)
    body = [
        _man("原告", one),
        f"委托诉讼代理人：{facts.name()}，{facts.firm()}律师。",
        _firm("被告", two),
        f"法定代表人：{two.head}，执行董事兼总经理。",
        _man("被告", third),
        (
            f"原告{one.name}与被告{two.name}、{third.name}{cause}一案，本院于{han_day(filed)}立案后，依法适用普通程序，"
            f"公开开庭进行了审理。原告{one.name}及其委托诉讼代理人到庭参加诉讼，二被告经传票传唤无正当理由拒不到庭，"
            "本院依法缺席审理。本案现已审理终结。"
        ),
        (
            f"原告{one.name}向本院提出诉讼请求：1.判令二被告连带支付欠款{claim}元及利息；"
            "2.本案诉讼费用由二被告负担。事实和理由：原、被告素有往来，经结算，被告确认尚欠上述款项，承诺分期支付，"
            "但仅支付首期后再未履行。"
        ),
    ]
    sheet = Sheet("judgment", _A4, SEVENTH_TYPED, facts.rng)
    sheet.centre(150, court, 48, "serif", gap=4)
    sheet.centre(236, "民 事 判 决 书", 60, "serif", gap=4)
    sheet.right(356, number, 33, 1110)
    running(sheet, 430, body, 33)
    sheet.centre(1670, "1", 26, "serif")
    sheet.truth.fields = {
        "case_number": number,
        "court": court,
        "document_type": "民事判决书",
        "plaintiff": one.name,
        "defendant": two.name,
        "cause": cause,
    }
    return sheet


def jurisdiction(facts: Facts) -> Sheet:
    """A ruling on whether the court may hear the case at all."""
    court, code = facts.court()
    number, cause, day = facts.case_number(code), facts.cause(), facts.day(2021, 2026)
    one, two = facts.company(), facts.person()
    result = f"驳回被告{two.name}对本案管辖权提出的异议。"
    body = [
        _firm("原告", one),
        f"法定代表人：{one.head}，董事长。",
        _man("被告", two),
        f"原告{one.name}与被告{two.name}{cause}一案，本院于{han_day(day.replace(day=1))}立案。",
        (
            f"被告{two.name}在提交答辩状期间，对管辖权提出异议认为，其经常居住地不在本院辖区，请求将本案移送其经常居住地"
            "人民法院审理。"
        ),
        (
            "本院经审查认为，双方签订的合同约定由合同签订地人民法院管辖，该约定不违反级别管辖和专属管辖的规定，合法有效。"
            "依照《中华人民共和国民事诉讼法》第三十五条、第一百三十条第一款规定，裁定如下："
        ),
        result,
        f"案件受理费100元，由被告{two.name}负担。",
        (
            "如不服本裁定，可以在裁定书送达之日起十日内，向本院递交上诉状，并按对方当事人的人数提出副本，"
            "上诉于上一级人民法院。"
        ),
    ]
    sheet = Sheet("judgment", _A4, SEVENTH, facts.rng)
    sheet.centre(100, court, 42, "bold", gap=6)
    sheet.centre(172, "民事裁定书", 56, "bold", gap=22)
    sheet.right(272, number, 29, 1110)
    y = max(running(sheet, 324, body, 29) + 50, 1260)
    for place, role in enumerate(("审  判  长", "审  判  员", "人民陪审员")):
        sheet.right(y + 54 * place, f"{role}  {facts.name()}", 30, 1090)
    sheet.right(y + 196, written_day(day), 30, 1090)
    sheet.right(y + 290, f"书  记  员  {facts.name()}", 30, 1090)
    sheet.seal(960, int(y) + 196, 122, court)
    sheet.text(140, y + 240, "本件与原本核对无异", 30, "sans", "#3b3f8f")
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
