"""What people sign, as the third part draws it: leases and sales, notes of debt, powers of companies, letters."""

from ocr_evaluation.facts import Facts, capitals, han_day, money
from ocr_evaluation.sheet import THIRD, Sheet

_A4 = (1240, 1754)


def contract(facts: Facts) -> Sheet:
    return _lease(facts) if facts.rng.random() < 0.5 else _sale(facts)


def _clauses(sheet: Sheet, y: float, clauses: list[str]) -> float:
    for clause in clauses:
        y = sheet.paragraph(120, y + 10, 1000, clause, 30, "serif", indent=False, lead=1.65)
    return y


def _lease(facts: Facts) -> Sheet:
    one, two, signed = facts.person(), facts.person(), facts.day(2020, 2026)
    amount, start = facts.number(12, 90) * 100000, facts.after(signed, 40)
    end = start.replace(year=start.year + facts.number(1, 2), day=min(28, start.day))
    place = facts.court()[0]
    sheet = Sheet("contract", _A4, THIRD, facts.rng)
    sheet.centre(80, "住房租赁合同", 54, "serif", gap=12)
    y = 190.0
    for row in (
        f"出租方（甲方）：{one.name}",
        f"身份证号码：{one.id_number}",
        f"承租方（乙方）：{two.name}",
        f"身份证号码：{two.id_number}",
    ):
        sheet.text(120, y, row, 30, "serif")
        y += 54
    y = _clauses(sheet, y + 10, [
        f"第一条  甲方将坐落于{one.address}的住房出租给乙方居住使用，建筑面积{facts.number(40, 140)}平方米。",
        f"第二条  租赁期限自{han_day(start)}至{han_day(end)}，租期届满乙方应当如期返还。",
        f"第三条  租金总额为人民币{capitals(amount)}（¥{money(amount)}），乙方按季度支付。",
        "第四条  乙方应爱护房屋及其设施，未经甲方同意不得转租，水、电、燃气费用由乙方自行承担。",
        f"第五条  因履行本合同产生的争议，双方应友好协商；协商不成的，任何一方有权向{place}起诉。",
        "第六条  本合同一式叁份，甲乙双方及中介方各执一份，签字后生效。",
    ])  # fmt: skip
    y = max(y + 50, 1260)
    for x, role, person in ((120, "甲方", one), (680, "乙方", two)):
        end_of = sheet.text(x, y, f"{role}签名：", 30, "serif")
        sheet.hand(end_of + 12, y - 10, person.name, 46, "#20284a")
    sheet.text(120, y + 120, f"签订日期：{han_day(signed)}", 30, "serif")
    sheet.centre(1690, "— 1 —", 24, "serif")
    sheet.truth.fields = {
        "title": "住房租赁合同", "party_a": one.name, "party_b": two.name, "amount_fen": amount,
        "valid_from": start.isoformat(), "valid_to": end.isoformat(), "dispute_clause": f"向{place}起诉",
        "signed_on": signed.isoformat(),
    }  # fmt: skip
    return sheet


def _sale(facts: Facts) -> Sheet:
    one, two, signed = facts.company(), facts.company(), facts.day(2020, 2026)
    amount = facts.number(8000, 700000) * 100
    goods = facts.rng.choice(("不锈钢阀门三百件", "商用冷柜十二台", "无纺布原料二十吨"))
    dispute = facts.rng.choice(("提交厦门仲裁委员会仲裁", "向买方所在地人民法院提起诉讼"))
    sheet = Sheet("contract", _A4, THIRD, facts.rng)
    sheet.centre(80, "买卖合同", 58, "serif", gap=30)
    sheet.right(170, f"合同编号：HT-{facts.digits(8)}", 26, 1120)
    y = 236.0
    for row in (
        f"甲方（买方）：{one.name}",
        f"统一社会信用代码：{one.credit_code}",
        f"乙方（卖方）：{two.name}",
        f"统一社会信用代码：{two.credit_code}",
    ):
        sheet.text(120, y, row, 30, "serif")
        y += 54
    y = _clauses(sheet, y + 10, [
        f"1．标的物：{goods}。质量标准按国家现行标准执行，乙方应随货提供合格证明。",
        f"2．合同总金额：{money(amount)}元，人民币大写：{capitals(amount)}，含税含运费。",
        "3．交货：乙方应于本合同生效后二十日内将货物送至甲方指定仓库，甲方当场清点验收。",
        "4．违约责任：逾期交货或者逾期付款的，每逾期一日按未履行部分的万分之五支付违约金。",
        f"5．争议解决：凡因本合同引起的争议，协商不成时，{dispute}。",
        "6．本合同自双方盖章之日起生效，传真件、扫描件与原件具有同等效力。",
    ])  # fmt: skip
    y = max(y + 60, 1230)
    for x, role, company in ((120, "甲方", one), (660, "乙方", two)):
        sheet.text(x, y, f"{role}（公章）：", 30, "serif")
        end_of = sheet.text(x, y + 76, "授权代表：", 30, "serif")
        sheet.hand(end_of + 10, y + 64, company.head, 44, "#20284a")
        sheet.seal(x + 270, y + 40, 112, company.name)
    sheet.text(120, y + 180, f"签约日期：{signed.year}年{signed.month:02d}月{signed.day:02d}日", 30, "serif")
    sheet.truth.fields = {
        "title": "买卖合同", "party_a": one.name, "party_b": two.name, "subject": goods, "amount_fen": amount,
        "dispute_clause": dispute, "signed_on": signed.isoformat(),
    }  # fmt: skip
    return sheet


def iou(facts: Facts) -> Sheet:
    one, two = facts.person(), facts.person()
    amount, day = facts.number(10, 2600) * 10000, facts.day(2018, 2026)
    due = facts.after(day, 500)
    owed = facts.rng.random() < 0.5
    sheet = Sheet("iou", (1120, 1180), THIRD, facts.rng, "#f4f2ec")
    sheet.hand(470, 70, "欠  条" if owed else "借  条", 64)
    capital, small = capitals(amount), amount // 100
    lines = [
        f"今欠{one.name}货款人民币",
        f"{capital}（¥{small}.00），",
        f"定于{han_day(due)}之前付清，如有拖欠",
        "愿意承担一切费用。",
    ]
    if not owed:
        lines = [
            f"今借到{one.name}现金人民币",
            f"{capital}（小写：{small}元），",
            f"月利率1%，于{han_day(due)}归还，",
            "特立此据。",
        ]
    y = 200
    for place, line in enumerate(lines):
        sheet.hand(150 if place == 0 else 80, y, line, 44)
        y += 96
    sheet.hand(520, y + 90, f"{'欠款人' if owed else '借款人'}：{two.name}", 46)
    sheet.hand(250, y + 186, f"身份证号：{two.id_number}", 42)
    sheet.hand(520, y + 280, han_day(day), 44)
    sheet.truth.fields = {
        "lender": one.name, "borrower": two.name, "amount_fen": amount, "due_on": due.isoformat(),
        "signed_on": day.isoformat(), "id_number": two.id_number,
    }  # fmt: skip
    return sheet


def power_of_attorney(facts: Facts) -> Sheet:
    """One in two is of a company, with its head and without an ID number."""
    company, person, agent, firm = facts.company(), facts.person(), facts.name(), facts.firm()
    other, cause, day = facts.name(), facts.cause(), facts.day(2021, 2026)
    ours, special = facts.rng.random() < 0.5, facts.rng.random() < 0.5
    principal, scope = (company.name if ours else person.name), ("特别授权" if special else "一般代理")
    sheet = Sheet("power_of_attorney", _A4, THIRD, facts.rng)
    sheet.centre(110, "授 权 委 托 书", 56, "serif", gap=8)
    who = (
        [f"委托人：{company.name}", f"法定代表人：{company.head}    职务：总经理", f"住所地：{company.address}"]
        if ours
        else [
            f"委托人：{person.name}    性别：{person.sex}",
            f"身份证号码：{person.id_number}",
            f"住址：{person.address}",
        ]
    )
    y = 260.0
    for row in (*who, f"受托人：{agent}    {firm}律师", f"联系电话：13{facts.digits(9)}"):
        sheet.text(130, y, row, 32 if len(row) < 30 else 28, "serif")
        y += 70
    y = sheet.paragraph(
        130,
        y + 20,
        980,
        f"委托人与{other}{cause}一案，依照法律规定，特委托上列受托人为代理人参加诉讼。",
        32,
        "serif",
        lead=1.8,
    )
    powers = (
        "代为承认、变更、放弃诉讼请求，代为和解，代为签收法律文书"
        if special
        else "代为立案，提交证据，出庭应诉，代领法律文书"
    )
    y = sheet.paragraph(130, y + 6, 980, f"委托权限为{scope}：{powers}。", 32, "serif", lead=1.8)
    y = sheet.paragraph(130, y + 6, 980, "委托期限自签署之日起至本案本审级终结之日止。", 32, "serif", lead=1.8)
    sheet.text(620, y + 150, "委托人（签章）：", 32, "serif")
    if ours:
        sheet.seal(930, y + 170, 118, company.name)
    else:
        sheet.hand(880, y + 138, person.name, 48, "#20284a")
    sheet.text(700, y + 260, f"{day.year}年{day.month:02d}月{day.day:02d}日", 32, "serif")
    sheet.truth.fields = {
        "principal": principal,
        "agent": agent,
        "firm": firm,
        "cause": cause,
        "scope": scope,
        "signed_on": day.isoformat(),
    }
    if not ours:
        sheet.truth.fields["id_number"] = person.id_number
    return sheet


def page(facts: Facts) -> Sheet:
    company, person, day = facts.company(), facts.person(), facts.day(2021, 2026)
    leaving = (
        f"兹证明{person.name}自{facts.number(2012, 2019)}年入职我单位，任职期间表现良好，现双方协商一致解除劳动关系，"
        "已办结全部交接手续，工资结清至当月末，双方再无其他经济往来。"
    )
    claiming = (
        f"本所受委托人指派，就{company.name}拖欠工程款一事致函如下：贵司至今仍欠付工程款{facts.number(12, 300)}万元，"
        "经多次催告未果，请贵司在收到本函后五个工作日内一次性付清，否则委托人将依法追究相应责任。"
    )
    receiving = (
        "今收到当事人提交的下列材料：身份证复印件两份、借款合同原件一份、银行流水十二页、微信聊天记录打印件三十四页、"
        "证人书面证言一份，以上材料均已核对，与所附目录一致。"
    )
    title, text = facts.rng.choice((("离职证明", leaving), ("律师函", claiming), ("收到材料清单", receiving)))
    sheet = Sheet("page", _A4, THIRD, facts.rng)
    sheet.centre(140, title, 58, "serif", gap=24)
    y = sheet.paragraph(130, 300, 980, text, 33, "serif", lead=1.9)
    sheet.right(y + 160, company.name, 33, 1090)
    sheet.right(y + 230, han_day(day), 33, 1090)
    if facts.rng.random() < 0.6:
        sheet.seal(930, y + 200, 120, company.name)
    sheet.truth.fields = {"title": title, "dated_on": day.isoformat()}
    return sheet
