"""Contracts: sides by many names, clauses in many wordings."""

from typing import Any

from ocr_evaluation.facts import han_day
from ocr_evaluation.lines.canvas import Canvas
from ocr_evaluation.lines.court import foot
from ocr_evaluation.lines.facts import LineFacts
from ocr_evaluation.lines.sections import sections

_DEALS = (  # what it is called, who they are, what is paid, what it is about
    (
        "房屋租赁合同|商铺租赁合同|写字楼租赁合同|住房租赁协议",
        ("出租方", "承租方"),
        "租金总额|月租金|年租金|租金",
        "房屋租赁",
    ),
    ("车辆租赁合同|设备租赁合同", ("出租人", "承租人"), "租金总额|租金", "设备租赁"),
    (
        "买卖合同|设备采购合同|产品购销合同|房屋买卖合同",
        ("出卖人", "买受人"),
        "合同总价|货款总额|总价款",
        "办公设备一批",
    ),
    ("购销合同|采购合同|供货合同", ("供方", "需方"), "合同总金额|合同总价", "钢材"),
    ("二手车买卖协议|存量房买卖合同|商品买卖合同", ("卖方", "买方"), "成交价|车价款|转让价款", "二手车"),
    (
        "技术服务合同|咨询服务协议|委托代理合同|法律服务合同",
        ("委托方", "受托方"),
        "服务费总额|服务费用|代理费|服务费",
        "系统维护",
    ),
    (
        "建设工程施工合同|装修合同|室内装饰工程施工合同|劳务分包合同",
        ("发包人", "承包人"),
        "工程总价款|合同价款|工程款",
        "装修工程",
    ),
    ("股权转让协议|车位转让协议|债权转让协议书|店铺转让合同", ("转让方", "受让方"), "转让价款|转让费|转让款", "股权"),
    ("借款合同|民间借款合同|借款协议", ("出借人", "借款人"), "借款金额|借款本金", "借款"),
    ("劳动合同|劳动合同书|聘用合同", ("用人单位", "劳动者"), "月工资|工资", "劳动"),
    ("加工承揽合同|定作合同", ("定作方", "承揽方"), "加工费总额|报酬", "零件加工"),
    ("合作协议|合作协议书|框架合作协议", ("", ""), "合作费用|合同金额", "合作"),
    ("物业服务合同|家政服务合同|广告发布合同|运输合同", ("", ""), "合同总价|服务费|费用总计", "服务"),
)


def _sides(facts: LineFacts, roles: tuple[str, str]) -> tuple[str, str]:
    """How the two are called in front of their names."""
    if not roles[0]:
        return facts.rng.choice((("甲方", "乙方"), ("甲方单位", "乙方单位"), ("甲方名称", "乙方名称")))
    ways = [
        ("甲方", "乙方"),
        (f"甲方（{roles[0]}）", f"乙方（{roles[1]}）"),
        (f"{roles[0]}（甲方）", f"{roles[1]}（乙方）"),
        (f"{roles[0]}（以下简称甲方）", f"{roles[1]}（以下简称乙方）"),
        roles,
        roles,
        (f"{roles[0]}（以下称“甲方”）", f"{roles[1]}（以下称“乙方”）"),
        (f"{roles[0]}名称", f"{roles[1]}名称"),
        ("甲方名称", "乙方名称"),
        ("甲  方", "乙  方"),
        (f"甲方/{roles[0]}", f"乙方/{roles[1]}"),
    ]
    return facts.rng.choice(ways)


def contract(facts: LineFacts, page: Canvas) -> dict[str, Any]:
    titles, roles, sums, subject = facts.rng.choice(_DEALS)
    title, (one, is_body, first), (two, _, second) = facts.pick(titles), facts.party(), facts.party()
    fen, signed = facts.number(10, 9000) * facts.rng.choice((100, 10000, 1_000_000)), facts.day(2017, 2026)
    start = facts.after(signed, 60)
    end = facts.after(start, 1500)
    left, right = _sides(facts, roles)
    page.heading(title)
    if facts.chance(0.3):
        page.at_right(f"合同编号：{facts.pick('HT|XS|JF')}-{facts.number(2019, 2026)}-{facts.digits(4)}")
    rows = [(left, one), *_about(facts, is_body, first), (right, two), *_about(facts, _, second)]
    if facts.chance(0.12):
        name = facts.pick("姓名|名称|姓名/名称|单位名称")
        sections(
            facts,
            page,
            ("甲方", "乙方"),
            [[(name, one), ("电话", facts.phone())], [(name, two), ("电话", facts.phone())]],
        )
        left, right = "甲方", "乙方"
    elif facts.chance(0.08):
        page.prose(
            f"本合同由{one}（以下简称{facts.pick('“甲方”|甲方')}）与{two}（以下简称{facts.pick('“乙方”|乙方')}）签订。"
        )
        left, right = "甲方", "乙方"
    else:
        page.form(rows, facts.pick("colon|colon|colon|cells|gap"))
    if facts.chance(0.7):
        page.prose(
            "根据《中华人民共和国民法典》及相关法律规定，甲乙双方在平等自愿的基础上，就有关事宜达成如下协议，共同遵守："
        )
    fields = {"title": title, "party_a": one, "party_b": two, "amount_fen": fen, "signed_on": signed.isoformat()}
    clauses = _clauses(facts, fields, (facts.pick(sums), subject, title[:2]), han_day(start), han_day(end))
    if "valid_from" in fields:
        fields |= {"valid_from": start.isoformat(), "valid_to": end.isoformat()}
    marks = facts.rng.choice(
        (
            "一、二、三、四、五、六、七、八、",
            "1.2.3.4.5.6.7.8.",
            "第一条 第二条 第三条 第四条 第五条 第六条 第七条 第八条 ",
        )
    )
    step = 4 if marks[0] == "第" else 2
    for place, clause in enumerate(clauses):
        page.prose(marks[step * place : step * place + step] + clause, indent=facts.chance(0.5))
    _signatures(facts, page, (left, right), signed)
    foot(facts, page)
    return fields


def _about(facts: LineFacts, is_body: bool, body: Any) -> list[tuple[str, str]]:
    """What else the head of a contract says of a party."""
    if is_body:
        rows = [
            (facts.pick("统一社会信用代码|信用代码"), body.credit_code),
            (facts.pick("法定代表人|负责人"), body.head),
            (facts.pick("住所|住所地|地址|注册地址"), body.address),
            (facts.pick("联系电话|联系方式"), facts.phone()),
        ]
    else:
        rows = [
            (facts.pick("身份证号|身份证号码|公民身份号码|身份证"), facts.person().id_number),
            (facts.pick("住址|地址|联系地址"), facts.address()),
            (facts.pick("联系电话|电话|手机"), facts.phone()),
        ]
    return rows[: facts.number(0, len(rows))]


def _clauses(facts: LineFacts, fields: dict[str, Any], words: tuple[str, str, str], start: str, end: str) -> list[str]:
    """What is agreed; adds to `fields` what only some contracts say."""
    money, subject, sort = words
    place = facts.pick(f"{facts.court()[0]}|北京仲裁委员会|合同签订地人民法院|甲方所在地人民法院|有管辖权的人民法院")
    action = "申请仲裁" if "仲裁" in place else facts.pick("提起诉讼|起诉")
    dispute = facts.pick(
        f"向{place}{action}|由{place}管辖|提交{place}仲裁" if "仲裁" in place else f"向{place}{action}|由{place}管辖"
    )
    found = [
        facts.pick(f"{money}为{{}}|{money}：{{}}|{money}共计{{}}|{money}{{}}|{money}合计人民币{{}}|{money}为每月{{}}")
        .format(facts.sum_in_prose(fields["amount_fen"]))
        .replace("人民币人民币", "人民币")
        + facts.pick("。|，乙方应于签订之日一次性付清。|，分两期支付。"),
        "任何一方违反本合同约定的，应当承担违约责任，支付违约金。",
        "未尽事宜，由双方另行签订补充协议。",
        f"本合同一式{facts.pick('两|贰|三')}份，双方各执一份，自双方签字盖章之日起生效。",
    ]
    if facts.chance(0.7):
        fields["valid_from"] = start
        found.insert(
            0,
            facts.pick(
                f"{sort}期限自{start}起至{end}止。|合同期限：{start}至{end}。|租赁期限为1年，自{start}起，至{end}止。|"
                f"有效期从{start}到{end}。|合作期限：自{start}至{end}止，期满可续签。|期限：{start}—{end}。|"
                f"本合同有效期为三年，即自{start}起至{end}止。|合同起止时间：{start}至{end}。|"
                f"服务期：自{start}起到{end}止。"
            ),
        )
    if facts.chance(0.8):
        fields["dispute_clause"] = dispute
        found.append(
            facts.pick(
                f"因本合同发生争议的，双方协商解决；协商不成的，任何一方均可{dispute}。|本合同履行中发生争议，"
                f"{dispute}。|"
                f"争议解决方式：{dispute}。|凡因本合同引起的纠纷，{dispute}。|履行过程中如有争议，应友好协商，"
                f"协商不成时，可{dispute}。"
            )
        )
    if facts.chance(0.3):
        fields["subject"] = subject
        found.insert(0, f"{facts.pick('合同标的|标的物|标的')}：{subject}。")
    return found


def _signatures(facts: LineFacts, page: Canvas, sides: tuple[str, str], signed: Any) -> None:
    day, beside = facts.day_written(signed), facts.chance(0.6)
    names = [f"{side.replace('名称', '')}{facts.pick('（盖章）|（签字）|（签章）|签名|（公章）')}：" for side in sides]
    page.step()
    if beside:
        for text, x in zip(names, (page.left, 0.55 * page.width), strict=True):
            page.put(x, page.y, text)
        page.step(2.4)
    else:
        page.signed(*names)
    label = facts.pick("签订日期：|签署日期：|签约日期：|日期：|签订时间：|签约时间：|")
    for x in (page.left, 0.55 * page.width)[: 2 if beside else 1]:
        page.put(x, page.y, label + day)
    page.step(2)
