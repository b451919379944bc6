"""Summonses and rulings, as the fourth part draws them: broken labels, four columns, a settlement, enforcement."""

from ocr_evaluation.facts import Facts, han_day, written_day
from ocr_evaluation.forms import ruled
from ocr_evaluation.sheet import FOURTH, Sheet

_A4 = (1240, 1754)


def summons_with_broken_labels(facts: Facts) -> Sheet:
    """Labels stand in two rows of narrow cells; the seal lies over court and date."""
    court, code = facts.court()
    number, person, cause = facts.case_number(code), facts.person(), facts.cause()
    issued = facts.day(2024, 2026)
    hearing, hour = facts.after(issued, 40), facts.number(9, 15)
    place = facts.rng.choice(("本院第六法庭", "新城区人民法院二楼第三审判庭", "诉讼服务中心第2调解室"))
    sheet = Sheet("summons", _A4, FOURTH, facts.rng)
    sheet.centre(100, court, 46, "bold")
    sheet.centre(180, "传    票", 70, "bold")
    half = "下午" if hour > 12 else "上午"
    y = ruled(
        sheet,
        130,
        320,
        (190, 790),
        (
            ("案    号", number),
            ("案    由", cause),
            ("被 传 唤\n人 姓 名", person.name),
            ("工作单位\n或 住 址", person.address),
            ("传唤事由", facts.rng.choice(("开庭审理", "询问", "组织证据交换"))),
            ("应    到\n时    间", f"{han_day(hearing)}{half}{hour - 12 if hour > 12 else hour}时30分"),
            ("应    到\n处    所", place),
            (
                "备    注",
                "1.被传唤人必须准时到达应到处所。\n2.本传票由被传唤人携带来院报到。\n3.被传唤人收到传票后，应在送达回证上签名或盖章。",
            ),
        ),
        96,
        31,
    )
    sheet.text(640, y + 60, f"审 判 员：{facts.name()}", 32, "serif")
    sheet.text(640, y + 130, f"书 记 员：{facts.name()}", 32, "serif")
    sheet.text(700, y + 210, han_day(issued), 34, "serif")
    sheet.seal(840, int(y) + 190, 125, court)
    sheet.truth.fields = {
        "case_number": number,
        "court": court,
        "summoned": person.name,
        "cause": cause,
        "address": person.address,
        "appear_at": f"{hearing.isoformat()}T{hour:02d}:30",
        "place": place,
        "issued_on": issued.isoformat(),
    }
    return sheet


def electronic_summons(facts: Facts) -> Sheet:
    """Four columns, a time in digits, the place of hearing under another name."""
    court, code = facts.court()
    number, person, cause = facts.case_number(code), facts.person(), facts.cause()
    issued = facts.day(2025, 2026)
    hearing, hour = facts.after(issued, 40), facts.number(9, 16)
    place = f"{facts.rng.choice(('第九', '第十四', '速裁二'))}法庭"
    sheet = Sheet("summons", _A4, FOURTH, facts.rng)
    sheet.centre(110, court, 44, "serif")
    sheet.centre(180, "开 庭 传 票", 62, "serif")
    y = ruled(
        sheet,
        110,
        310,
        (180, 390, 150, 300),
        (
            ("案号", number, "案由", cause),
            ("被传唤人", person.name, "身份", facts.rng.choice(("被告", "原告"))),
            ("住所地", person.address, None, None),
            ("传唤事由", "开庭", "审判程序", "简易程序"),
            ("开庭时间", f"{hearing:%Y-%m-%d} {hour:02d}:15", None, None),
            ("开庭地点", place, None, None),
            ("承办法官", facts.name(), "书记员", facts.name()),
        ),
        88,
        28,
    )
    sheet.paragraph(
        110,
        y + 30,
        1020,
        "请携带本人身份证原件准时参加诉讼。无正当理由拒不到庭的，原告按撤诉处理，被告依法缺席判决。",
        28,
    )
    sheet.right(y + 230, han_day(issued), 32, 1080)
    sheet.seal(940, int(y) + 230, 120, court)
    sheet.truth.fields = {
        "case_number": number,
        "court": court,
        "summoned": person.name,
        "cause": cause,
        "address": person.address,
        "appear_at": f"{hearing.isoformat()}T{hour:02d}:15",
        "place": place,
        "issued_on": issued.isoformat(),
    }
    return sheet


def settlement(facts: Facts) -> Sheet:
    """A paper of settlement: two defendants, numbered points, a judge alone."""
    court, code = facts.court()
    number, cause, sum_ = facts.case_number(code), facts.cause(), facts.yuan(3000, 800000)
    one, two, third, day = facts.person(), facts.company(), facts.name(), facts.day(2021, 2026)
    result = (
        f"一、被告{two.name}于{han_day(facts.after(day, 90))}前给付原告{one.name}{sum_}元；"
        f"二、原告{one.name}自愿放弃其他诉讼请求；三、双方就本案再无其他争议。"
    )
    body = [
        f"原告：{one.name}，{one.sex}，{han_day(one.born)}出生，汉族，住{one.address}。",
        f"委托诉讼代理人：{facts.name()}，{facts.firm()}律师。",
        f"被告一：{two.name}，住所地{two.address}，统一社会信用代码{two.credit_code}。",
        f"法定代表人：{two.head}，经理。",
        f"被告二：{third}，男，汉族，系被告一员工。",
        f"原告{one.name}诉被告{two.name}、{third}{cause}一案，本院于{han_day(day)}立案后，依法适用简易程序进行了审理。",
        "本案在审理过程中，经本院主持调解，双方当事人自愿达成如下调解协议：",
        *result.replace("；", "；\n").split("\n"),
        f"案件受理费减半收取{facts.number(20, 900)}元，由被告负担。",
        "上述协议，不违反法律规定，本院予以确认。本调解书经双方当事人签收后，即具有法律效力。",
    ]
    sheet = Sheet("judgment", _A4, FOURTH, facts.rng)
    sheet.centre(90, court, 44, "bold", gap=6)
    sheet.centre(164, "民 事 调 解 书", 54, "bold")
    sheet.right(256, number.replace("（", "(").replace("）", ")"), 30, 1100)
    y = 320.0
    for text in body:
        y = sheet.paragraph(140, y, 960, text, 28, "serif", lead=1.7)
    y = max(y + 40, 1330)
    sheet.right(y, f"审 判 员  {facts.name()}", 31, 1080)
    sheet.right(y + 80, written_day(day, "○"), 31, 1080)
    sheet.right(y + 170, f"书 记 员  {facts.name()}", 31, 1080)
    sheet.seal(960, int(y) + 80, 120, court)
    sheet.truth.fields = {
        "case_number": number,
        "court": court,
        "document_type": "民事调解书",
        "plaintiff": one.name,
        "defendant": two.name,
        "cause": cause,
        "result": result,
        "issued_on": day.isoformat(),
    }
    return sheet


def enforcement(facts: Facts) -> Sheet:
    """Enforcement ends; number and parts; the parties without a colon."""
    court, code = facts.court()
    number = f"{facts.case_number(code, '执')}之{facts.rng.choice('一二三')}"
    one, two, cause, day = facts.company(), facts.person(), facts.cause(), facts.day(2021, 2026)
    result = "终结本次执行程序。"
    body = [
        f"申请执行人{one.name}，住所地{one.address}。",
        f"法定代表人{one.head}，总经理。",
        f"被执行人{two.name}，{two.sex}，{han_day(two.born)}生，汉族，公民身份号码{two.id_number}，住{two.address}。",
        (
            f"本院在执行申请执行人{one.name}与被执行人{two.name}{cause}一案中，"
            f"申请执行人请求执行标的{facts.number(10, 90)}万元。"
            "经查，被执行人名下暂无可供执行的财产，申请执行人亦不能提供其他财产线索。"
        ),
        "依照《最高人民法院关于适用〈中华人民共和国民事诉讼法〉的解释》第五百一十七条规定，裁定如下：",
        result,
        "申请执行人发现被执行人有可供执行财产的，可以再次申请执行。",
        "本裁定送达后立即生效。",
    ]
    sheet = Sheet("judgment", _A4, FOURTH, facts.rng)
    sheet.centre(110, court, 46, "serif", gap=10)
    sheet.centre(190, "执行裁定书", 58, "serif", gap=20)
    sheet.right(300, number, 30, 1110)
    y = 380.0
    for text in body:
        y = sheet.paragraph(130, y, 980, text, 31, "hand", lead=1.75)
    y = max(y + 60, 1290)
    for place, role in enumerate(("审 判 长", "审 判 员", "审 判 员")):
        sheet.right(y + 54 * place, f"{role}    {facts.name()}", 31, 1090, "hand")
    sheet.right(y + 190, written_day(day, "○"), 31, 1090, "hand")
    sheet.right(y + 270, f"书 记 员    {facts.name()}", 31, 1090, "hand")
    sheet.seal(950, int(y) + 190, 122, court)
    sheet.truth.fields = {
        "case_number": number,
        "court": court,
        "document_type": "执行裁定书",
        "plaintiff": one.name,
        "defendant": two.name,
        "cause": cause,
        "result": result,
        "issued_on": day.isoformat(),
    }
    return sheet
