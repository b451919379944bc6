"""What people sign, as the fifth part draws it."""

from ocr_evaluation.facts import Facts, capitals, han_day, money
from ocr_evaluation.forms import running
from ocr_evaluation.sheet import FIFTH, Sheet

_A4 = (1240, 1754)


def lease(facts: Facts) -> Sheet:
    """Roles without sides; a term with its months."""
    one, two, signed = facts.person(), facts.person(), facts.day(2020, 2026)
    start, rent, court = facts.after(signed, 20), facts.number(10, 120) * 10000, facts.court()[0]
    end = start.replace(year=start.year + 1, day=min(28, start.day))
    sheet = Sheet("contract", _A4, FIFTH, facts.rng)
    sheet.centre(90, "商铺租赁合同", 56, "bold", gap=8)
    y = running(
        sheet,
        200,
        [f"出租人：{one.name}    身份证号：{one.id_number}", f"承租人：{two.name}    身份证号：{two.id_number}"],
        29,
        indent=False,
    )
    y = running(
        sheet,
        y,
        [
            f"1. 出租人将位于{one.address}的商铺出租给承租人经营使用。",
            f"2. 租赁期限为12个月，自{han_day(start)}起，至{han_day(end)}止。",
            f"3. 租金总额人民币{money(rent)}元，大写{capitals(rent)}，承租人应当于签约当日支付。",
            "4. 水费、电费、物业管理费及其他经营费用均由承租人承担。",
            "5. 承租人擅自转租或者逾期支付租金超过十五日的，出租人有权解除合同。",
            f"6. 与本合同有关的一切争议，由{court}管辖。",
            "7. 本合同一式两份，自双方签名之日起生效。",
        ],
        30,
        indent=False,
    )
    y = max(y + 80, 1200)
    for x, role, person in ((130, "出租人", one), (680, "承租人", two)):
        end_of = sheet.text(x, y, f"{role}签名：", 31, "serif")
        sheet.hand(end_of + 10, y - 10, person.name, 46, "#20284a")
        sheet.text(x, y + 80, f"日期：{han_day(signed)}", 31, "serif")
    sheet.truth.fields = {
        "title": "商铺租赁合同",
        "party_a": one.name,
        "party_b": two.name,
        "amount_fen": rent,
        "valid_from": start.isoformat(),
        "valid_to": end.isoformat(),
        "dispute_clause": f"由{court}管辖",
        "signed_on": signed.isoformat(),
    }
    return sheet


def debt_for_work(facts: Facts) -> Sheet:
    """By hand, for work done: the day of reckoning first, then the debtor, then the sum in digits before capitals."""
    one, two, amount, day = facts.person(), facts.person(), facts.number(20, 900) * 10000, facts.day(2018, 2026)
    due = facts.after(day, 300)
    sheet = Sheet("iou", (1240, 1100), FIFTH, facts.rng, "#f6f5ef")
    sheet.hand(540, 80, "欠 条", 64)
    lines = (
        f"截至{han_day(day)}，本人{two.name}",
        f"尚欠{one.name}装修工程款{amount // 100}元",
        f"（大写：{capitals(amount)}）。",
        f"本人保证在{han_day(due)}前一次性付清，",
        "逾期按银行同期利率四倍计息。",
    )
    for place, line in enumerate(lines):
        sheet.hand(160 if place == 0 else 90, 200 + 92 * place, line, 44)
    sheet.hand(560, 720, f"欠款人：{two.name}", 46)
    sheet.hand(360, 810, f"身份证：{two.id_number}", 42)
    sheet.hand(560, 900, han_day(day), 44)
    sheet.truth.fields = {
        "lender": one.name,
        "borrower": two.name,
        "amount_fen": amount,
        "due_on": due.isoformat(),
        "signed_on": day.isoformat(),
        "id_number": two.id_number,
    }
    return sheet


def power_of_two(facts: Facts) -> Sheet:
    """Two lawyers of one firm, all in sentences."""
    person, agent, second, firm, other = facts.person(), facts.name(), facts.name(), facts.firm(), facts.company()
    cause, day = facts.cause(), facts.day(2021, 2026)
    sheet = Sheet("power_of_attorney", _A4, FIFTH, facts.rng)
    sheet.centre(110, "授权委托书", 60, "bold", gap=24)
    y = running(
        sheet,
        260,
        [
            f"委托人：{person.name}，{person.sex}，身份证号码：{person.id_number}。",
            f"受托人：{agent}，{firm}律师，电话：138{facts.digits(8)}。",
            f"受托人：{second}，{firm}实习律师，电话：137{facts.digits(8)}。",
            f"兹委托上述受托人在本人与{other.name}{cause}一案中，担任本人的一审诉讼代理人。",
            "代理权限为特别授权，包括：代为承认、放弃或者变更诉讼请求，代为和解、调解，代收法律文书。",
        ],
        32,
    )
    sheet.text(600, y + 180, "委托人（签名捺印）：", 32, "serif")
    sheet.hand(900, y + 166, person.name, 50, "#20284a")
    sheet.text(600, y + 270, f"日期：{day:%Y}年{day.month}月{day.day}日", 32, "serif")
    sheet.truth.fields = {
        "principal": person.name,
        "agent": agent,
        "firm": firm,
        "id_number": person.id_number,
        "cause": cause,
        "scope": "特别授权",
        "signed_on": day.isoformat(),
    }
    return sheet


def statement(facts: Facts) -> Sheet:
    person, day = facts.person(), facts.day(2021, 2026)
    sheet = Sheet("page", _A4, FIFTH, facts.rng)
    sheet.centre(150, "情况说明", 60, "hand", gap=20)
    y = running(
        sheet,
        320,
        [
            (
                f"本人{person.name}，系本案证人。{facts.number(2018, 2024)}年夏天，我在现场看到双方因停车发生口角，"
                "随后一方倒地受伤，我当即拨打了120急救电话。"
            ),
            "以上内容均为本人亲眼所见，如有虚假，愿承担相应的法律责任。",
        ],
        36,
        "hand",
    )
    sheet.hand(700, y + 160, f"说明人：{person.name}", 46)
    sheet.hand(700, y + 250, f"{day.year} 年 {day.month} 月 {day.day} 日", 42)
    sheet.truth.fields = {"title": "情况说明", "dated_on": day.isoformat()}
    return sheet
