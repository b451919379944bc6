"""Judgments, rulings and settlements: parties, a sentence that names the cause, what was decided."""

from typing import Any

from ocr_evaluation.facts import Company, han_day, written_day
from ocr_evaluation.lines.canvas import Canvas
from ocr_evaluation.lines.facts import LineFacts

_ROLES = (
    ("原告", "被告"),
    ("原告", "被告"),
    ("原告", "被告"),
    ("上诉人（原审被告）", "被上诉人（原审原告）"),
    ("上诉人（一审原告）", "被上诉人（一审被告）"),
    ("申请执行人", "被执行人"),
    ("申请人", "被申请人"),
    ("原告（反诉被告）", "被告（反诉原告）"),
    ("再审申请人（一审原告、二审上诉人）", "被申请人（一审被告、二审被上诉人）"),
    ("原告人", "被告人"),
    ("原告暨反诉被告", "被告暨反诉原告"),
    ("异议人（被执行人）", "申请执行人"),
    ("申请人（原告）", "被申请人（被告）"),
    ("申诉人", "被申诉人"),
)
_TYPES = "民事判决书|民事判决书|民事裁定书|民事调解书|执行裁定书|民事决定书|行政判决书|刑事判决书|行政裁定书"
_POINTS = (
    "驳回{one}的全部诉讼请求。|准许{one}撤回起诉。|驳回上诉，维持原判。|终结本次执行程序。|"
    "一、{two}于本判决生效之日起十日内向{one}支付{sum}元；二、驳回{one}的其他诉讼请求。|"
    "一、解除{one}与{two}签订的《合作协议》；二、{two}返还{one}{sum}元，于{day}前付清。|"
    "查封、冻结{two}名下价值{sum}元的财产。|本案按{one}自动撤回起诉处理。"
)
_BRIDGES = {"判": "判决如下", "裁": "裁定如下", "决": "决定如下"}


def judgment(facts: LineFacts, page: Canvas) -> dict[str, Any]:
    court, code = facts.court()
    sort = facts.pick(_TYPES)
    number = facts.case_number(code, facts.pick("民初|民终|执|民再|民特|行初|刑初|执恢|财保"))
    page.heading(court, 1.4)
    page.heading(sort, 1.7)
    if facts.chance(0.85):
        page.at_right(facts.pick("|||案号：") + number)
        under = ""
    else:
        under = f"（案号：{number}）"
    page.step()
    (role, other), one, two = facts.rng.choice(_ROLES), facts.party(), facts.party()
    short, cause, day = (
        (role.split("（")[0].split("暨")[0], other.split("（")[0].split("暨")[0]),
        facts.cause(),
        facts.day(2018, 2026),
    )
    sep = facts.pick("：|：|：|，|")
    page.prose(*_side(facts, role, one, sep, 1), *_side(facts, other, two, sep, facts.rng.choice((1, 1, 1, 2, 3))))
    if facts.chance(0.15):
        page.prose(f"第三人{sep or '：'}{facts.name()}，男，住{facts.address()}。")
    page.prose(
        facts.pick(
            f"{short[0]}{one[0]}与{short[1]}{two[0]}{cause}一案|{short[0]}{one[0]}诉{short[1]}{two[0]}{cause}一案|"
            f"{short[0]}{one[0]}因与{short[1]}{two[0]}{cause}一案|"
            f"{short[0]}{one[0]}诉{short[1]}{two[0]}、{facts.name()}{cause}一案|"
            f"本院在审理{short[0]}{one[0]}与{short[1]}{two[0]}{cause}一案中|"
            f"{short[0]}{one[0]}与{short[1]}{two[0]}因{cause}一案"
        )
        + f"{under}，本院于{han_day(day)}立案后，依法适用{facts.pick('简易|普通')}程序，公开开庭进行了审理。"
        f"本案现已审理终结。"
    )
    points = facts.pick(_POINTS).format(
        one=one[0], two=two[0], sum=facts.number(1000, 900000), day=han_day(facts.after(day, 90))
    )
    settled = "调解" in sort
    if not settled:
        page.prose(
            "本院认为，"
            + facts.pick("原告的诉讼请求有事实和法律依据。|该申请符合法律规定，应予准许。|上述事实有证据在卷佐证。")
        )
    bridge = (
        facts.pick("双方当事人自愿达成如下协议|双方自愿达成调解协议如下|当事人自愿达成如下调解协议")
        if settled
        else _BRIDGES[sort[2]]
    )
    lead = (
        ""
        if settled
        else facts.pick(
            "依照《中华人民共和国民法典》第五百七十七条之规定，|综上所述，"
            "根据《中华人民共和国民事诉讼法》第一百五十七条的规定，|据此，"
        )
    )
    page.prose(f"{lead}{bridge}：", *points.replace("；", "；\n").split("\n"))
    _after(facts, page, settled)
    issued = facts.after(day, 200)
    page.signed(
        *(f"{facts.pick('审判长|审判员|人民陪审员')}  {facts.name()}" for _ in range(facts.number(1, 3))),
        facts.rng.choice((written_day(issued), written_day(issued, "○"), written_day(issued, "零"), han_day(issued))),
        f"{facts.pick('书记员|法官助理|代书记员')}  {facts.name()}",
    )
    if facts.chance(0.2):
        page.put(page.left, page.y, facts.pick("本件与原本核对无异|附：本案适用的法律条文|本件经核对与原件无异"))
    return {
        "case_number": number,
        "court": court,
        "document_type": sort,
        "plaintiff": one[0],
        "defendant": two[0],
        "cause": cause,
        "result": points,
        "issued_on": issued.isoformat(),
    }


def _side(facts: LineFacts, role: str, first: tuple[str, bool, Company], sep: str, count: int) -> list[str]:
    """The paragraphs on the parties of a side, with their heads and agents."""
    found, marks = [], facts.rng.choice(("一二三", "123"))
    for place in range(count):
        name, is_body, company = first if place == 0 else facts.party()
        named = f"{role}{marks[place]}" if count > 1 and facts.chance(0.5) else role
        code = f"，统一社会信用代码{company.credit_code}" if facts.chance(0.4) else ""
        if is_body:
            end = facts.pick("，|。|，")
            found.append(f"{named}{sep}{name}{end}{facts.pick('住所地|住所地：|住所')}{company.address}{code}。")
            found.append(f"法定代表人{facts.pick('：|')}{company.head}{facts.pick('，总经理|，执行董事|')}。")
        else:
            born = facts.day(1955, 2003)
            aside = (
                f"（{facts.pick('曾用名' + facts.name() + '|系' + facts.name() + '之妻')}）"
                if facts.chance(0.05)
                else ""
            )
            found.append(
                f"{named}{sep}{name}{aside}，{facts.pick('男|女')}，{han_day(born)}{facts.pick('出生|生')}，"
                f"{facts.pick('汉族|回族')}，"
                f"{facts.pick('住|住所地|户籍地')}{facts.address()}。"
            )
        if facts.chance(0.4):
            found.append(f"{facts.pick('委托诉讼代理人|委托代理人')}：{facts.name()}，{facts.firm()}律师。")
    return found


def _after(facts: LineFacts, page: Canvas, settled: bool) -> None:
    """Costs, and how to go on."""
    if facts.chance(0.7):
        fee = facts.number(25, 9000)
        page.prose(
            facts.pick(
                f"案件受理费{fee}元，由被告负担。|案件受理费{fee}元，减半收取{fee // 2}元，由原告负担。|"
                f"保全费{fee}元，由被申请人负担。"
            )
        )
    if settled:
        page.prose("上述协议，不违反法律规定，本院予以确认。", "本调解书经双方当事人签收后，即具有法律效力。")
    else:
        page.prose(
            facts.pick(
                "如不服本判决，可以在判决书送达之日起十五日内，向本院递交上诉状。|本判决为终审判决。|"
                "本裁定立即开始执行。|"
                "本裁定送达后立即生效。|如果未按本判决指定的期间履行给付金钱义务，应当加倍支付迟延履行期间的债务利息。|"
                "如不服本裁定，可以自裁定书送达之日起十日内向本院申请复议。"
            )
        )
