"""Powers of attorney and pages of no kind, as the seventh part draws them: a firm's letter, a complaint."""

from ocr_evaluation.facts import Facts, han_day
from ocr_evaluation.forms import running
from ocr_evaluation.sheet import SEVENTH, SEVENTH_TYPED, Sheet

_A4 = (1240, 1754)
_INK = "#1f2a5a"
_SPECIAL = "代为承认、放弃、变更诉讼请求，进行和解、调解，提起反诉、上诉，申请执行，代收法律文书"
_PLAIN = "代为起诉、应诉，提供证据，出庭参加诉讼，代收法律文书"


def power_of_a_person(facts: Facts) -> Sheet:
    """A firm's own form for people: the principal with birth and place, both sides with telephones."""
    person, agent, firm, other = facts.person(), facts.name(), facts.firm(), facts.company()
    cause, day, special = facts.cause(), facts.day(2021, 2026), facts.rng.random() < 0.5
    scope = "特别授权" if special else "一般代理"
    sheet = Sheet("power_of_attorney", _A4, SEVENTH, facts.rng)
    sheet.centre(110, "授权委托书", 62, "bold", gap=10)
    texts = [
        f"委托人：{person.name}，{person.sex}，{han_day(person.born)}出生，汉族，住{person.address}",
        f"公民身份号码：{person.id_number}    电话：187{facts.digits(8)}",
        f"受托人：{agent}，{firm}律师",
        f"执业证号：1{person.id_number[:4]}{facts.number(2008, 2023)}10{facts.digits(6)}    电话：135{facts.digits(8)}",
        f"委托人因与{other.name}{cause}一案，特委托上述受托人作为委托人的诉讼代理人，参加本案的第一审程序。",
        f"代理权限：{scope}（{_SPECIAL if special else _PLAIN}）。",
    ]
    y = running(sheet, 250, texts, 32, indent=False)
    end = sheet.text(640, y + 160, "委托人：", 32, "serif")
    sheet.hand(end, y + 146, person.name, 50, _INK)
    sheet.text(640, y + 250, "受托人：", 32, "serif")
    sheet.hand(end, y + 236, agent, 50, _INK)
    sheet.text(640, y + 340, han_day(day), 32, "serif")
    sheet.draw.ellipse((820, y + 140, 876, y + 212), outline="#c8463e", width=5)
    sheet.truth.fields = {
        "principal": person.name,
        "agent": agent,
        "firm": firm,
        "id_number": person.id_number,
        "cause": cause,
        "scope": scope,
        "signed_on": day.isoformat(),
    }
    return sheet


def power_of_a_company(facts: Facts) -> Sheet:
    """The Supreme Court's form for companies: labels one under the other, two agents of one firm."""
    company, agent, second, firm = facts.company(), facts.name(), facts.name(), facts.firm()
    other, cause, day = facts.person(), facts.cause(), facts.day(2021, 2026)
    sheet = Sheet("power_of_attorney", _A4, SEVENTH_TYPED, facts.rng)
    sheet.centre(110, "授权委托书", 58, "bold")
    rows = (
        f"委托单位：{company.name}",
        f"住所地：{company.address}",
        f"法定代表人：{company.head}    职务：董事长",
        f"受委托人：{agent}",
        f"工作单位：{firm}    职务：律师",
        f"受委托人：{second}",
        f"工作单位：{firm}    职务：律师助理",
    )
    for place, row in enumerate(rows):
        sheet.text(130, 250 + 64 * place, row, 31 if len(row) < 31 else 27, "serif")
    texts = [
        f"现委托上列受委托人在我单位与{other.name}{cause}一案中，作为我单位参加诉讼的委托代理人。",
        f"委托权限：特别授权，{_SPECIAL}。",
        "委托期限：自本委托书签署之日起至本案一审、二审、执行终结之日止。",
    ]
    y = running(sheet, 720, texts, 31)
    sheet.text(620, y + 130, "委托单位（盖章）：", 31, "serif")
    sheet.text(620, y + 200, "法定代表人（签章）：", 31, "serif")
    sheet.hand(940, y + 190, company.head, 42, _INK)
    sheet.text(620, y + 280, f"{day.year} 年 {day.month} 月 {day.day} 日", 31, "serif")
    sheet.seal(850, int(y) + 210, 122, company.name)
    sheet.truth.fields = {
        "principal": company.name,
        "agent": agent,
        "firm": firm,
        "cause": cause,
        "scope": "特别授权",
        "signed_on": day.isoformat(),
    }
    return sheet


def letter_of_a_firm(facts: Facts) -> Sheet:
    """The letter by which a firm tells the court who appears for whom."""
    court, firm, person, other = facts.court()[0], facts.firm(), facts.person(), facts.company()
    day, short = facts.day(2021, 2026), facts.rng.choice(facts.firms)
    sheet = Sheet("page", _A4, SEVENTH, facts.rng)
    sheet.centre(150, "律师事务所函", 62, "bold", gap=8)
    sheet.right(270, f"〔{day.year}〕{short}民代字第{facts.number(11, 980)}号", 30, 1110)
    sheet.text(130, 370, f"{court}：", 34, "serif")
    y = running(
        sheet,
        430,
        [
            (
                f"贵院受理的{person.name}诉{other.name}{facts.cause()}一案，本所接受{person.name}的委托，"
                f"指派{facts.name()}律师担任其第一审诉讼代理人。"
            ),
            "特此函告。",
            "附：授权委托书一份，律师执业证复印件一份。",
        ],
        34,
    )
    sheet.right(y + 200, firm, 34, 1090)
    sheet.right(y + 270, han_day(day), 34, 1090)
    sheet.seal(930, int(y) + 240, 122, firm)
    sheet.truth.fields = {"title": "律师事务所函", "dated_on": day.isoformat()}
    return sheet


def complaint(facts: Facts) -> Sheet:
    """A statement of claim: parties, claims and facts as in a judgment, but written by a party."""
    one, two, court, day = facts.person(), facts.person(), facts.court()[0], facts.day(2021, 2026)
    amount = facts.number(8000, 700000)
    sheet = Sheet("page", _A4, SEVENTH_TYPED, facts.rng)
    sheet.centre(100, "民事起诉状", 58, "bold", gap=12)
    y = running(
        sheet,
        210,
        [
            f"原告：{one.name}，{one.sex}，汉族，{han_day(one.born)}出生，住{one.address}，联系电话152{facts.digits(8)}。",
            f"被告：{two.name}，{two.sex}，汉族，{han_day(two.born)}出生，住{two.address}。",
            "诉讼请求：",
            f"1．判令被告立即返还原告购车款{amount}元；",
            "2．判令被告承担本案全部诉讼费用。",
            "事实与理由：",
            (
                f"{facts.number(2018, 2020)}年间，原告通过朋友介绍向被告购买二手车一辆，双方口头约定了车价，"
                "原告当日付清全款。交付后原告发现该车曾发生重大事故，被告在出售时故意隐瞒，致使原告作出错误的意思表示。"
                "原告多次要求退车退款，被告置之不理。为维护自身合法权益，特诉至贵院，望判如所请。"
            ),
            "此致",
        ],
        30,
    )
    sheet.text(130, y + 14, court, 30, "serif")
    end = sheet.text(660, y + 110, "具状人：", 31, "serif")
    sheet.hand(end, y + 98, one.name, 46, _INK)
    sheet.text(660, y + 190, han_day(day), 31, "serif")
    sheet.truth.fields = {"title": "民事起诉状", "dated_on": day.isoformat()}
    return sheet
