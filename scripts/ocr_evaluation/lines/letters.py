"""Powers of attorney, and letters of no kind."""

from typing import Any

from ocr_evaluation.facts import han_day
from ocr_evaluation.lines.canvas import Canvas
from ocr_evaluation.lines.facts import LineFacts

_LETTERS = (
    (
        "律师函",
        "本所受委托人指派，就拖欠货款一事致函如下：请贵公司于收到本函后十日内付清全部款项，否则将依法追究责任。",
    ),
    ("离职证明", "兹证明{n}自{d}起在我单位工作，现已办理离职手续。特此证明。"),
    ("在职证明", "兹证明{n}系我单位职工，任会计一职。特此证明。"),
    ("情况说明", "关于贵院询问的事项，现说明如下：{n}于{d}与我公司结清全部款项，双方再无其他争议。"),
    ("催款函", "截至{d}，贵公司尚欠我公司货款{s}元未付，请于十日内支付。"),
    ("收条", "今收到{n}交来房屋钥匙两把、水电卡各一张。"),
    ("承诺书", "本人{n}承诺自{d}起不再进入该小区施工，如有违反，愿意承担一切后果。"),
    ("通知", "各位业主：因设备检修，{d}将停水一天，请做好准备。"),
    ("居住证明", "兹有{n}自{d}起居住在我辖区，情况属实。"),
    ("申请书", "申请人{n}因家庭困难，特申请延期缴纳物业费，望批准。"),
    ("解除劳动关系通知书", "{n}：因你严重违反公司规章制度，公司决定自{d}起与你解除劳动关系。"),
    ("会议纪要", "{d}召开业主大会，会议讨论了电梯维修事宜。"),
    ("答辩状", "答辩人{n}就原告所述事实答辩如下：原告所称欠款已于{d}全部付清。"),
    ("公告", "经研究，决定自{d}起调整办公时间，请相互转告。"),
    ("保证书", "本人{n}保证按时完成全部整改，如再有违反，愿意接受处罚。"),
)


def power_of_attorney(facts: LineFacts, page: Canvas) -> dict[str, Any]:
    person, company, is_body = facts.person(), facts.company(), facts.chance(0.35)
    principal, agent, firm = company.name if is_body else person.name, facts.name(), facts.firm()
    cause, day, other = facts.cause(), facts.day(2016, 2026), facts.party()[0]
    scope = facts.pick("特别授权|一般授权|一般代理|特别代理")
    fields = {
        "principal": principal,
        "agent": agent,
        "firm": firm,
        "cause": cause,
        "scope": scope,
        "signed_on": day.isoformat(),
    }
    page.heading(
        facts.pick(
            "授权委托书|授权委托书|委托书|民事授权委托书|诉讼授权委托书|授权委托书（民事）|特别授权委托书|"
            "诉讼代理授权委托书"
        )
    )
    giver = facts.pick("委托人|委托人|委托人姓名|委托人（姓名或名称）|委托单位|委托方|委托人名称|授权人|委托人（单位）")
    taker = facts.pick(
        "受委托人|受托人|受托人姓名|受委托人姓名|被委托人|代理人|受托方|受托律师|代理人姓名|被授权人|受委托人（律师）"
    )
    rows = [(giver, principal)]
    if is_body:
        rows += [(facts.pick("法定代表人|负责人|法定代表人姓名"), company.head)][: facts.number(0, 1)]
        rows += [(facts.pick("住所|住所地|地址"), company.address)][: facts.number(0, 1)]
    else:
        rows += [("性别", person.sex)][: facts.number(0, 1)]
        if facts.chance(0.6):
            fields["id_number"] = person.id_number
            rows.append((facts.pick("身份证号|身份证号码|公民身份号码|身份证件号码"), person.id_number))
        rows += [(facts.pick("住址|住所地|地址"), person.address)][: facts.number(0, 1)]
    style = facts.pick("colon|colon|colon|cells|gap|grid|stacked")
    if style == "colon" and facts.chance(0.4):
        rows.append((taker, f"{agent}，{firm}{facts.pick('律师|执业律师|')}"))
    else:
        rows.append((taker, agent))
        rows.append((facts.pick("工作单位|单位|执业机构|所在单位|律师事务所|所属律所|执业律所"), firm))
        rows += [("职务", "律师")][: facts.number(0, 1)]
        rows += [(facts.pick("执业证号|律师执业证号"), "1" + facts.digits(16))][: facts.number(0, 1)]
    rows += [(facts.pick("联系电话|电话"), facts.phone())][: facts.number(0, 1)]
    page.form(rows, style)
    page.prose(
        facts.pick(
            f"现委托上述受托人在我与{other}{cause}一案中，作为我方诉讼代理人。|委托人因与{other}{cause}一案，"
            f"委托上列受托人作为诉讼代理人。|"
            f"就本人与{other}{cause}一案，特委托上述代理人参加诉讼。|因{other}诉我{cause}一案，"
            f"现授权委托{agent}为我的诉讼代理人。|"
            f"现委托{agent}在委托人诉{other}{cause}一案中作为委托人的代理人。|案由：{cause}。"
        )
    )
    label = facts.pick("代理权限|委托权限|代理权限为|委托事项和权限|授权范围|授权权限|代理人的代理权限为|委托代理权限")
    page.prose(f"{label}：{scope}{facts.pick('，|。|（|：')}代为承认、放弃、变更诉讼请求，进行和解，签收法律文书。")
    if facts.chance(0.5):
        page.prose("委托期限：自签订之日起至本案一审终结止。")
    page.signed(
        f"{facts.pick('委托人|委托人（签名）|委托人（签章）|委托单位（盖章）|授权人')}：{facts.pick('|' + principal)}",
        facts.day_written(day),
    )
    return fields


def page(facts: LineFacts, page: Canvas) -> dict[str, Any]:
    """Letters, certificates and notices that are of no kind."""
    title, text = facts.rng.choice(_LETTERS)
    day = facts.day(2015, 2026)
    page.heading(title)
    earlier = han_day(facts.day(2008, 2014))
    page.prose(text.format(n=facts.name(), d=earlier, s=facts.number(1000, 90000)))
    page.prose(facts.pick("以上情况属实，如有虚假，愿承担法律责任。|请予以配合。|顺祝商祺！"))
    page.signed(facts.party()[0], facts.day_written(day))
    return {"title": title, "dated_on": day.isoformat()}
