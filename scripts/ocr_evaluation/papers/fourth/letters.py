"""Powers of attorney and letters, as the fourth part draws them: a table, running words, a certificate, a reminder."""

from ocr_evaluation.facts import Facts, han_day, money, written_day
from ocr_evaluation.forms import ruled, running
from ocr_evaluation.sheet import FOURTH, Sheet

_A4 = (1240, 1754)


def power_in_a_table(facts: Facts) -> Sheet:
    person, agent, firm, other = facts.person(), facts.name(), facts.firm(), facts.company()
    cause, day, special = facts.cause(), facts.day(2021, 2026), facts.rng.random() < 0.5
    scope = "特别授权" if special else "一般授权"
    sheet = Sheet("power_of_attorney", _A4, FOURTH, facts.rng)
    sheet.centre(90, "授权委托书", 62, "bold", gap=20)
    y = ruled(
        sheet,
        120,
        220,
        (150, 160, 290, 140, 260),
        (
            ("委托人", "姓    名", person.name, "性 别", person.sex),
            ("", "身份证号", person.id_number, None, None),
            ("", "住    址", person.address, None, None),
            ("受委托人", "姓    名", agent, "职 务", "律师"),
            ("", "工作单位", firm, None, None),
            ("", "联系电话", f"139{facts.digits(8)}", None, None),
        ),
        78,
        29,
    )
    y = running(
        sheet,
        y + 40,
        [
            f"现委托上述受委托人在我与{other.name}{cause}一案中，作为我方的诉讼代理人。",
            f"代理权限：{scope}。",
            "代为承认、放弃、变更诉讼请求，进行和解，提起反诉或者上诉。"
            if special
            else "代为起诉、应诉，参加庭审，签收法律文书。",
        ],
        32,
    )
    sheet.text(660, y + 160, "委托人：", 32, "serif")
    sheet.hand(800, y + 148, person.name, 50, "#20284a")
    sheet.text(660, y + 250, han_day(day), 32, "serif")
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


def power_in_words(facts: Facts) -> Sheet:
    company, agent, firm, other = facts.company(), facts.name(), facts.firm(), facts.name()
    cause, day = facts.cause(), facts.day(2021, 2026)
    sheet = Sheet("power_of_attorney", _A4, FOURTH, facts.rng)
    sheet.centre(110, "授 权 委 托 书", 58, "serif")
    y = running(
        sheet,
        250,
        [
            f"委托单位：{company.name}",
            f"法定代表人：{company.head}，职务：执行董事",
            f"受委托人：{agent}，{firm}律师，联系电话：0512-{facts.digits(8)}",
            f"现委托{agent}在我单位与{other}因{cause}一案中，作为我方诉讼代理人。",
            "代理人的代理权限为：一般代理。代为陈述事实、参加辩论、签收法律文书。",
        ],
        33,
    )
    sheet.text(620, y + 200, "委托单位：（盖章）", 32, "serif")
    sheet.text(620, y + 280, f"法定代表人：（签名）{company.head}", 32, "serif")
    sheet.text(620, y + 360, han_day(day), 32, "serif")
    sheet.seal(860, int(y) + 270, 120, company.name)
    sheet.truth.fields = {
        "principal": company.name,
        "agent": agent,
        "firm": firm,
        "cause": cause,
        "scope": "一般代理",
        "signed_on": day.isoformat(),
    }
    return sheet


def certificate(facts: Facts) -> Sheet:
    """A village or a notary certifies something."""
    person, day, village = facts.person(), facts.day(2020, 2026), facts.rng.choice(("寺山社区", "大寨村", "柳河村"))
    sheet = Sheet("page", _A4, FOURTH, facts.rng)
    sheet.centre(170, "证    明", 64, "bold")
    y = running(
        sheet,
        330,
        [
            (
                f"兹有我村村民{person.name}，{person.sex}，身份证号码{person.id_number}，"
                f"自{facts.number(1985, 2010)}年起一直居住在本村，"
                "家庭生活困难，无固定收入来源，情况属实。"
            ),
            "特此证明。",
        ],
        34,
        "hand",
    )
    sheet.right(y + 200, f"{village}村民委员会", 34, 1080, "hand")
    sheet.right(y + 270, written_day(day, "○"), 34, 1080, "hand")
    sheet.seal(900, int(y) + 240, 115, f"{village}村民委员会")
    sheet.truth.fields = {"title": "证明", "dated_on": day.isoformat()}
    return sheet


def reminder(facts: Facts) -> Sheet:
    one, two, day = facts.company(), facts.company(), facts.day(2020, 2026)
    sheet = Sheet("page", _A4, FOURTH, facts.rng)
    sheet.centre(130, "催款通知函", 56, "serif", gap=10)
    sheet.text(130, 280, f"致：{two.name}", 33, "serif")
    y = running(
        sheet,
        340,
        [
            (
                f"截至本函出具之日，贵公司尚欠我公司货款{money(facts.number(20000, 90000000))}元未付。"
                "虽经我公司多次电话及微信催告，贵公司仍未履行付款义务。"
            ),
            "现正式函告贵公司，请于收到本函之日起十日内付清上述款项。逾期仍未支付的，我公司将依法维护自身合法权益。",
            "特此函告！",
        ],
        33,
    )
    sheet.right(y + 180, one.name, 33, 1080)
    sheet.right(y + 250, f"{day.year}年{day.month:02d}月{day.day:02d}日", 33, 1080)
    sheet.seal(920, int(y) + 220, 118, one.name)
    sheet.truth.fields = {"title": "催款通知函", "dated_on": day.isoformat()}
    return sheet
