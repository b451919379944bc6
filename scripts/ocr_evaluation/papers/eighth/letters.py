"""Powers of attorney and pages of no kind, as the eighth part draws them: a relative, ticks, police, an employer."""

from ocr_evaluation.facts import Facts, han_day
from ocr_evaluation.forms import ruled, running
from ocr_evaluation.sheet import EIGHTH, EIGHTH_TYPED, Sheet

_A4 = (1240, 1754)
_INK = "#23305f"


def power_to_a_relative(facts: Facts) -> Sheet:
    """Written by hand, to somebody of the family, whom no firm employs."""
    person, agent, other = facts.person(), facts.person(), facts.name()
    cause, day, kin = facts.cause(), facts.day(2021, 2026), facts.rng.choice(("之子", "之女", "的配偶", "的兄长"))
    sheet = Sheet("power_of_attorney", (1240, 1500), EIGHTH, facts.rng, "#f7f5ee")
    sheet.hand(440, 90, "授 权 委 托 书", 60)
    lines = (
        f"委托人：{person.name}，{person.sex}",
        f"身份证号：{person.id_number}",
        f"受托人：{agent.name}，系委托人{kin}",
        f"身份证号：{agent.id_number}",
        f"电话：159{facts.digits(8)}",
        f"    本人与{other}{cause}一案，",
        f"现委托{agent.name}作为我的诉讼代理人。",
        "    代理权限：特别授权，代为承认、放弃、",
        "变更诉讼请求，进行和解，提起反诉或者上诉。",
    )
    for row, line in enumerate(lines):
        sheet.hand(110, 230 + 88 * row, line, 44)
    end = sheet.hand(600, 1120, "委托人：", 46)
    end = sheet.hand(end, 1112, person.name, 52, _INK)
    sheet.hand(600, 1216, han_day(day), 44)
    sheet.draw.ellipse((end - 40, 1108, end + 18, 1180), outline="#c5403a", width=5)
    sheet.truth.fields = {
        "principal": person.name,
        "agent": agent.name,
        "id_number": person.id_number,
        "cause": cause,
        "scope": "特别授权",
        "signed_on": day.isoformat(),
    }
    return sheet


def power_with_ticks(facts: Facts) -> Sheet:
    """A firm's form for any stage: stage and powers ticked, what does not hold left with an empty box."""
    company, agent, firm, other = facts.company(), facts.name(), facts.firm(), facts.company()
    cause, day, special = facts.cause(), facts.day(2021, 2026), facts.rng.random() < 0.5
    scope = "特别授权" if special else "一般授权"
    sheet = Sheet("power_of_attorney", _A4, EIGHTH_TYPED, facts.rng)
    sheet.text(120, 60, firm, 28, "serif", "#6a6a6a")
    sheet.rule(120, 104, 1120, 104, ink="#9a9a9a")
    sheet.centre(136, "授权委托书", 58, "bold", gap=14)
    rows = (
        ("委托人", company.name, None, None),
        ("统一社会\n信用代码", company.credit_code, "法定代表人", company.head),
        ("受托人", agent, "联系电话", f"151{facts.digits(8)}"),
        ("执业机构", firm, None, None),
        ("对方当事人", other.name, None, None),
        ("案由", cause, None, None),
        ("代理阶段", "√一审  □二审  □再审  □执行  □仲裁", None, None),
        ("代理权限", f"{'□' if special else '√'}一般授权    {'√' if special else '□'}特别授权", None, None),
    )
    y = ruled(sheet, 120, 240, (180, 390, 170, 260), rows, 76, 27)
    texts = [
        "一般授权包括：代为立案、举证、质证、辩论，签收法律文书。",
        "特别授权除上述事项外，还包括：代为承认、放弃、变更诉讼请求，进行和解，提起反诉或者上诉，代收执行款项。",
        "委托期限：自签署之日起至上述阶段终结时止。",
    ]
    y = running(sheet, y + 30, texts, 28, indent=False)
    sheet.text(640, y + 110, "委托人（盖章）：", 30, "serif")
    sheet.text(640, y + 190, "法定代表人：", 30, "serif")
    sheet.hand(830, y + 178, company.head, 44, _INK)
    sheet.text(640, y + 270, f"{day:%Y}年{day:%m}月{day:%d}日", 30, "serif")
    sheet.seal(880, int(y) + 190, 122, company.name)
    sheet.truth.fields = {
        "principal": company.name,
        "agent": agent,
        "firm": firm,
        "cause": cause,
        "scope": scope,
        "signed_on": day.isoformat(),
    }
    return sheet


def police_receipt(facts: Facts) -> Sheet:
    """What the police hand to somebody who reported a crime."""
    person, day, place = facts.person(), facts.day(2021, 2026), facts.rng.choice(facts.places)
    station = f"{place[1]}公安局" if place[1].endswith("市") else f"{place[2]}公安局"
    crime = facts.rng.choice(("被诈骗", "财物被盗", "被故意伤害"))
    sheet = Sheet("page", (1240, 1240), EIGHTH, facts.rng)
    sheet.centre(110, station, 44, "serif", gap=6)
    sheet.centre(186, "受案回执", 60, "bold", gap=20)
    sheet.text(130, 330, f"{person.name}：", 33, "serif")
    y = running(
        sheet,
        390,
        [
            (
                f"你（单位）于{han_day(day)}报称的{crime}一案我单位已受理"
                f"（受案登记表文号为{facts.rng.choice('滨城新')}公（刑）受案字〔{day.year}〕{facts.digits(5)}号）。"
            ),
            f"你（单位）可通过110查询案件进展情况。联系人：{facts.name()}，联系电话：0516-83{facts.digits(6)}。",
        ],
        33,
    )
    sheet.text(150, y + 130, "报案人签收：", 31, "serif")
    sheet.hand(340, y + 116, person.name, 46, _INK)
    sheet.right(y + 240, station, 32, 1080)
    sheet.right(y + 310, han_day(day), 32, 1080)
    sheet.seal(930, int(y) + 280, 118, station)
    sheet.truth.fields = {"title": "受案回执", "dated_on": day.isoformat()}
    return sheet


def dismissal(facts: Facts) -> Sheet:
    """An employer ends the work of somebody; who is told signs below, without a day of his own."""
    company, person, day = facts.company(), facts.person(), facts.day(2021, 2026)
    joined = facts.day(2012, 2019)
    sheet = Sheet("page", _A4, EIGHTH_TYPED, facts.rng)
    sheet.text(130, 70, company.name, 28, "sans", "#505050")
    sheet.rule(130, 116, 1110, 116, ink="#808080")
    sheet.centre(180, "解除劳动合同通知书", 54, "bold")
    sheet.text(130, 320, f"{person.name}（身份证号：{person.id_number}）：", 31, "serif")
    y = running(
        sheet,
        380,
        [
            (
                f"你自{han_day(joined)}入职本公司，担任{facts.rng.choice(('销售主管', '仓库管理员', '操作工'))}职务。"
                "因你多次违反公司考勤管理制度，经书面警告后仍未改正，依据《中华人民共和国劳动合同法》第三十九条第二项之规定，"
                "公司决定与你解除劳动合同。"
            ),
            "请你于收到本通知之日起三日内到人力资源部办理工作交接、工资结算及社会保险转移手续。",
            "特此通知。",
        ],
        32,
    )
    sheet.right(y + 170, company.name, 32, 1090)
    sheet.right(y + 240, f"{day.year}年{day.month:02d}月{day.day:02d}日", 32, 1090)
    sheet.seal(920, int(y) + 210, 120, company.name)
    sheet.rule(130, y + 400, 1110, y + 400, ink="#9a9a9a")
    end = sheet.text(130, y + 440, "本人已收到上述通知书。员工签收：", 30, "serif")
    sheet.hand(end + 10, y + 426, person.name, 44, _INK)
    sheet.truth.fields = {"title": "解除劳动合同通知书", "dated_on": day.isoformat()}
    return sheet
