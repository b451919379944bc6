"""What courts send: summonses, notices of fees, receipts of service."""

from typing import Any

from ocr_evaluation.facts import capitals, money
from ocr_evaluation.lines.canvas import Canvas
from ocr_evaluation.lines.facts import LineFacts

CASE = "案号|案号|案号|案件编号|案件号|诉讼案号|文书案号"
CAUSE = "案由|案由|案由|案件案由|立案案由|案由名称"
ADDRESS = (
    "住址|住所地|住所|地址|工作单位或住址|单位或住址|工作单位或地址|联系地址|通讯地址|送达地址|现住址|住所地或住址|"
    "工作单位（住址）|住址或工作单位|现住址（单位）|单位地址|户籍地址"
)
_SUMMONED = (
    "被传唤人|被传唤人|被传唤人姓名|被传唤人姓名或名称|被传唤人姓名或单位|被传人|传唤对象|受传唤人|被通知人|当事人|"
    "当事人姓名|当事人姓名或名称|受通知人|被传唤人（单位）|姓名|被传唤的当事人|应到人"
)
_APPEAR = (
    "应到时间|应到时间|到庭时间|开庭时间|开庭日期|应到日期|出庭时间|报到时间|庭审时间|传唤时间|时间|开庭时间及日期|"
    "应到日期及时间|到案时间|到院时间"
)
_PLACE = (
    "应到处所|应到处所|应到场所|应到地点|到庭地点|到庭处所|开庭地点|开庭场所|出庭地点|庭审地点|法庭|审判法庭|地点|"
    "报到地点|开庭法庭|到庭场所|庭审场所|开庭审判庭|到院地点"
)
_ROOMS = (
    "本院第六法庭|第3审判庭|三楼第22号法庭|科技法庭（二）|诉讼服务中心第2调解室|民事审判第五庭|互联网法庭|"
    "本院1号楼201法庭|第十四法庭|速裁第二法庭|本院东区三层第9法庭|城关人民法庭|A305室|第一审判区10法庭|"
    "立案大厅二楼调解室"
)
_PAYER = (
    "交款人|缴款人|交费人|缴费人|缴款人名称|缴费人姓名|付款人|当事人|当事人姓名|缴款单位|缴款单位（个人）|缴款人全称|"
    "交费单位|缴费单位|预交人|应交费人|交款单位或个人|原告|申请人|缴款义务人|缴费义务人|交费当事人|缴费当事人|预缴人|"
    "交款单位（人）|上诉人|缴款单位/个人|交费人名称|付款单位"
)
_FEE = (
    "应交金额|应缴金额|缴款金额|交费金额|金额|应交费用|应缴费用|预交金额|缴费金额|应付金额|金额合计|合计金额|费用合计|"
    "应缴款额|案件受理费|诉讼费|交款金额|应预交金额|金额（小写）|应收金额|本次应缴金额"
)
_CAPITALS = "金额（大写）|大写|大写金额|人民币（大写）|合计（大写）|金额大写|应交金额（大写）|合计人民币（大写）"
_WITHIN = "交费期限|缴费期限|缴款期限|交纳期限|缴纳期限|预交期限|交款期限|缴费时限|付款期限|期限"


def head(facts: LineFacts, page: Canvas, titles: str) -> tuple[str, str, str]:
    """Court and heading, on one row or two, and the case's number if it stands below; court, number, what was shown."""
    court, code = facts.court()
    number = facts.case_number(code, facts.pick("民初|民初|民终|执|民特|商初|行初|民再|执异"))
    title = facts.pick(titles)
    if facts.chance(0.15):
        page.heading(court + title)
    else:
        page.heading(court, 1.3)
        page.heading(title, 1.8)
    shown = facts.chance(0.3)
    if shown:
        page.at_right(number)
    page.step()
    return court, number, "above" if shown else ""


def mixed(facts: LineFacts, rows: list[tuple[str, str]], noise: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Rows with some of the noise among them; in their order mostly, else in any."""
    found = list(rows)
    for row in facts.rng.sample(noise, facts.number(0, len(noise))):
        found.insert(facts.number(len(found) // 2, len(found)), row)
    if facts.chance(0.25):
        facts.rng.shuffle(found)
    return found


def foot(facts: LineFacts, page: Canvas) -> None:
    """What else stands on paper."""
    for text in facts.rng.sample(
        (
            f"联系电话：{facts.phone()}",
            "第1页 共1页",
            f"承办人：{facts.name()}",
            "扫一扫查看电子文书",
            "此联交当事人收执",
            f"地址：{facts.address()}",
            f"邮编：{facts.digits(6)}",
            "（院印）",
            f"打印时间：2027-01-{facts.number(10, 28)} 10:21",
        ),
        facts.number(0, 3),
    ):
        page.put(page.left, page.y, text, 0.8 * page.size)
        page.step(1.4)


def _clerks(facts: LineFacts) -> list[str]:
    roles = (
        facts.pick("审判员|审 判 员：|承办法官：", "法官：|审判长："),
        facts.pick("书记员|书 记 员：|书记员：|法官助理："),
    )
    return [f"{role}{facts.name()}" for role in roles][: facts.number(0, 2)]


def summons(facts: LineFacts, page: Canvas) -> dict[str, Any]:
    court, number, shown = head(
        facts, page, "传票|传票|传票|开庭传票|民事传票|法院传票|出庭传票|传唤通知书|开庭通知书|应诉传票|电子传票"
    )
    cause, person, issued = facts.cause(), facts.party()[0], facts.day(2021, 2026)
    day, (written, clock), room = facts.after(issued, 60), facts.hour(), facts.pick(_ROOMS)
    fields = {
        "case_number": number,
        "court": court,
        "cause": cause,
        "summoned": person,
        "place": room,
        "appear_at": f"{day.isoformat()}T{clock}",
        "issued_on": issued.isoformat(),
    }
    moment = facts.day_written(day) + facts.pick("|||（星期四）|（周三）") + written
    if facts.chance(0.2):
        page.put(page.left, page.y, f"{person}：")
        page.step(2)
        page.prose(
            facts.pick("本院受理的|本院受理")
            + f"{facts.name()}诉{facts.pick('你|你方|' + person)}{cause}一案"
            + f"（案号：{number}），"
            + facts.pick("定于|本院定于|现定于|决定于")
            + moment
            + f"在{room}"
            + facts.pick("公开开庭审理|开庭审理|进行证据交换|组织调解")
            + "。",
            facts.pick("现依法传唤你准时到庭参加诉讼，无正当理由拒不到庭的，依法缺席判决。|请准时出庭。"),
        )
    else:
        fields["address"] = facts.address()
        rows = [(facts.pick(CASE), number)] if not shown else []
        rows += [
            (facts.pick(CAUSE), cause),
            (facts.pick(_SUMMONED), person),
            (facts.pick(ADDRESS), fields["address"]),
            (facts.pick("传唤事由|事由|传唤原因|案件阶段"), facts.pick("开庭|开庭审理|证据交换|调解|询问")),
            (facts.pick(_APPEAR), moment),
            (facts.pick(_PLACE), room),
        ]
        noise = [
            (facts.pick("诉讼地位|身份|诉讼身份"), facts.pick("原告|被告|第三人")),
            ("审判程序", "简易程序"),
            (facts.pick("承办法官|审判员|主审法官"), facts.name()),
            ("书记员", facts.name()),
            (facts.pick("联系电话|手机号码|电话"), facts.phone()),
            (facts.pick("原告"), facts.name()),
            (facts.pick("备注|注意事项|备考"), facts.pick("请携带身份证|凭票入院|须准时到达应到处所")),
        ]
        page.form(mixed(facts, rows, noise))
        if facts.chance(0.7):
            page.prose("注意事项：", "1.被传唤人必须准时到达应到处所。", "2.本传票由被传唤人携带来院报到。")
    page.signed(*_clerks(facts), facts.day_of_court(issued))
    foot(facts, page)
    return fields


def fee_notice(facts: LineFacts, page: Canvas) -> dict[str, Any]:
    court, number, shown = head(
        facts,
        page,
        "诉讼费用交纳通知书|交纳诉讼费用通知书|预交诉讼费用通知书|缴费通知书|案件受理费交费通知书|诉讼费用缴款通知书|"
        "交费通知单|"
        "缴纳诉讼费用通知书|预交案件受理费通知书|诉讼费催缴通知书|补交诉讼费用通知书|诉讼费缴费通知|诉讼费交款通知书",
    )
    payer, _is_body, _ = facts.party()
    fee, days, day = facts.number(25, 30000) * 100, facts.rng.choice((3, 5, 7, 7, 7, 10)), facts.day(2021, 2026)
    fields = {
        "case_number": number,
        "court": court,
        "payer": payer,
        "amount_fen": fee,
        "pay_within_days": days,
        "issued_on": day.isoformat(),
    }
    spoken = facts.pick(str(days), "零一二三四五六七八九十"[days])
    within = facts.pick(
        "收到本通知书之日起|收到本通知书次日起|自接到本通知次日起|自收到本通知之日起|接到通知后|签收本通知后"
    )
    within += spoken + facts.pick("日内|日内|天内|日之内")
    if facts.chance(0.4):
        page.put(page.left, page.y, payer + facts.pick("：|：|"))
        page.step(2)
        case = f"（{number}）" if facts.chance(0.3) else ""
        case = case or ("" if shown else f"，案号{number}")
        page.prose(
            facts.pick("你|你方|贵方|你单位")
            + f"诉{facts.name()}{facts.cause()}一案{case}，"
            + facts.pick("本院已收到起诉状|经审查符合起诉条件|本院决定立案受理")
            + "。"
            + facts.pick("依照《诉讼费用交纳办法》的规定，|根据有关规定，")
            + facts.pick(
                "应预交案件受理费|应交纳案件受理费|需缴纳诉讼费|应当缴纳案件受理费|应补交诉讼费|须预交诉讼费用"
            )
            + facts.sum_in_prose(fee)
            + f"。{facts.pick('请于|请你在|限你于|请在')}{within}"
            + facts.pick("向本院预交|缴纳|交至下列账户")
            + "，逾期不交纳的，按撤诉处理。",
        )
        if facts.chance(0.6):
            page.form([("收款单位", court), ("开户银行", facts.bank()), ("账号", facts.account())])
    else:
        sums = [(facts.pick(_FEE), facts.sum_written(fee))]
        sums += [(facts.pick(_CAPITALS), facts.pick("人民币|") + capitals(fee))] if facts.chance(0.4) else []
        rows = [] if shown else [(facts.pick(CASE), number)]
        rows += [(facts.pick(_PAYER), payer), *sums, (facts.pick(_WITHIN), within)]
        noise = [
            (facts.pick("费用项目|收费项目|费用名称|缴款项目"), "案件受理费"),
            (facts.pick("标的额|诉讼标的额"), f"{facts.number(2, 90)}万元"),
            (facts.pick("收款人|收款单位|收款户名"), court),
            (facts.pick("收款账号|账号"), facts.account()),
            (facts.pick(CAUSE), facts.cause()),
            (facts.pick("缴款码|缴费码|缴款识别码"), facts.digits(20)),
            ("开户银行", facts.bank()),
            (facts.pick("联系电话|咨询电话"), facts.phone()),
            (facts.pick("交费方式|缴费方式"), "扫码或者到窗口交纳"),
        ]
        page.form(mixed(facts, rows, noise))
        if facts.chance(0.5):
            page.prose("逾期不交纳又未提出缓交、减交、免交申请的，按自动撤回起诉处理。")
    page.signed(facts.day_of_court(day))
    foot(facts, page)
    return fields


def fees_of_two_sorts(facts: LineFacts, page: Canvas) -> dict[str, Any]:
    """A notice with two fees and their sum."""
    court, number, _ = head(facts, page, "交纳诉讼费用通知书|诉讼费用缴费通知书")
    one, two = facts.number(25, 9000) * 100, facts.number(25, 5000) * 100
    payer, day = facts.party()[0], facts.day(2021, 2026)
    rows = [(facts.pick(CASE), number), (facts.pick(_PAYER), payer), ("案件受理费", f"{money(one)}元")]
    rows += [
        ("财产保全费", f"{money(two)}元"),
        (facts.pick("合计|费用合计|合计金额|应交金额合计"), f"{money(one + two)}元"),
    ]
    rows.append((facts.pick(_WITHIN), "收到本通知书之日起7日内"))
    page.form(rows)
    page.signed(facts.day_of_court(day))
    return {
        "case_number": number,
        "court": court,
        "payer": payer,
        "amount_fen": one + two,
        "pay_within_days": 7,
        "issued_on": day.isoformat(),
    }
