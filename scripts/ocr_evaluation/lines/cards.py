"""Identity cards and licences."""

from typing import Any

from ocr_evaluation.facts import han_day
from ocr_evaluation.lines.canvas import Canvas
from ocr_evaluation.lines.court import mixed
from ocr_evaluation.lines.facts import LineFacts

_COMPANY = "名称|名称|企业名称|公司名称|单位名称|字号名称|主体名称|商事主体名称|个体工商户名称|名称（字号）"
_CODE = "统一社会信用代码|统一社会信用代码|社会信用代码|信用代码|统一信用代码|注册号/统一社会信用代码"
_TYPE = "类型|企业类型|公司类型|主体类型|市场主体类型|经济性质|商事主体类型"
_HEAD = (
    "法定代表人|法定代表人|负责人|经营者|投资人|执行事务合伙人|法定代表人（负责人）|法人代表|经营者姓名|法定代表人姓名"
)
_CAPITAL = "注册资本|注册资本|出资额|注册资金|资金数额|注册资本（金）|出资总额|认缴出资额"
_FOUNDED = "成立日期|成立日期|注册日期|成立时间|设立日期|设立登记日期|登记成立日期"
_AT = (
    "住所|住所|经营场所|主要经营场所|营业场所|住所地|注册地址|地址|企业住所|企业地址|经营地址|住所（经营场所）|登记住所"
)
_SCOPE = "经营范围|经营范围|业务范围|主营业务|经营范围及方式"


def id_card_front(facts: LineFacts, page: Canvas) -> dict[str, Any]:
    person, ethnicity = facts.person(), facts.pick("汉|汉|满|回|壮|土家|蒙古|维吾尔|哈萨克")
    born = person.born
    rows = [
        ("姓名", person.name),
        ("性别", person.sex),
        (facts.pick("民族"), ethnicity),
        (
            facts.pick("出生|出生|出生日期|出生年月"),
            facts.pick(
                f"{han_day(born)}|{born.year} 年 {born.month} 月 {born.day} 日|{born:%Y-%m-%d}"
                if facts.chance(0.4)
                else han_day(born)
            ),
        ),
        (facts.pick("住址|住址|住址|地址|常住户口所在地住址"), person.address),
        (facts.pick("公民身份号码|公民身份号码|公民身份证号码|身份证号码|身份号码|编号"), person.id_number),
    ]
    fields = {
        "name": person.name,
        "sex": person.sex,
        "ethnicity": ethnicity,
        "birth_date": born.isoformat(),
        "address": person.address,
        "id_number": person.id_number,
    }
    page.right = page.left + facts.rng.choice((700, 900, 1020))
    if facts.chance(0.3):
        page.heading(facts.pick("身份证复印件|居民身份证|中华人民共和国居民身份证|中华人民共和国临时居民身份证"), 1.3)
    if facts.chance(0.5):
        _as_on_cards(facts, page, rows)
    else:
        page.form(rows, facts.pick("colon|gap|cells|stacked|grid|far"))
    if facts.chance(0.3):
        page.form(
            [("签发机关", f"{facts.rng.choice(facts.places)[2]}公安局"), ("有效期限", "2019.03.05-2039.03.05")], "gap"
        )
    if facts.chance(0.2):
        page.put(page.left, page.y, facts.pick("仅供诉讼使用，他用无效|此复印件与原件一致|仅限办理本案使用"))
    return fields


def _as_on_cards(facts: LineFacts, page: Canvas, rows: list[tuple[str, str]]) -> None:
    """Sex and people on one row; the address in a column beside its label; the number below all."""
    gap, (name, sex, people, born, home, number) = facts.rng.choice((0.6, 1.2, 2)) * page.size, rows
    x = page.left
    page.put(page.put(x, page.y, name[0]) + gap, page.y, name[1])
    page.step(2.2)
    end = page.put(page.put(x, page.y, sex[0]) + gap, page.y, sex[1])
    page.put(page.put(end + 2 * page.size, page.y, people[0]) + gap, page.y, people[1])
    page.step(2.2)
    page.put(page.put(x, page.y, born[0]) + gap, page.y, born[1])
    page.step(2.2)
    page.right = min(page.right, page.left + 20 * page.size)
    page.form([home], "gap")
    page.put(page.put(x, page.y, number[0]) + gap, page.y, number[1])
    page.step(2.2)


def id_card_back(facts: LineFacts, page: Canvas) -> dict[str, Any]:
    place, start, forever = facts.rng.choice(facts.places), facts.day(2005, 2025), facts.chance(0.2)
    authority = facts.pick(
        f"{place[1]}公安局|{place[2]}公安局|{place[1]}公安局{place[2].removesuffix('区')}分局|"
        f"{place[1]}{place[2]}公安局"
    )
    end = start.replace(year=start.year + facts.rng.choice((5, 10, 20)), day=min(start.day, 28))
    page.heading("中华人民共和国", 1.3)
    page.heading("居民身份证", 1.8)
    page.right = page.left + facts.rng.choice((700, 900))
    dash = facts.pick("-|—|至|~| - ")
    term = f"{start:%Y.%m.%d}{dash}" + ("长期" if forever else f"{end:%Y.%m.%d}")
    page.form(
        [("签发机关", authority), (facts.pick("有效期限|有效期限|有效期"), term)], facts.pick("gap|colon|cells|stacked")
    )
    return {
        "issuing_authority": authority,
        "valid_from": start.isoformat(),
        "valid_to": "长期" if forever else end.isoformat(),
    }


def business_licence(facts: LineFacts, page: Canvas) -> dict[str, Any]:
    company, founded = facts.company(), facts.day(1995, 2025)
    capital = facts.pick("伍拾万元整|壹佰万元整|500万元人民币|1000.000000万人民币|叁佰万圆整|200万元|50万人民币")
    page.heading(facts.pick("营业执照|营业执照|电子营业执照|营业执照（副本）|个体工商户营业执照|企业法人营业执照"), 2)
    if facts.chance(0.5):
        page.heading(facts.pick("（副本）|（正本）|（副 本）（1-1）|副本编号：1-1"), 0.9)
    code_above = facts.chance(0.5)
    if code_above:
        page.form([(facts.pick(_CODE), company.credit_code)], facts.pick("colon|stacked|gap"))
    rows = [] if code_above else [(facts.pick(_CODE), company.credit_code)]
    rows += [
        (facts.pick(_COMPANY), company.name),
        (
            facts.pick(_TYPE),
            facts.pick("有限责任公司（自然人独资）|其他有限责任公司|股份有限公司（非上市）|个体工商户|普通合伙企业"),
        ),
        (facts.pick(_HEAD), company.head),
        (facts.pick(_CAPITAL), capital),
        (facts.pick(_FOUNDED), facts.day_written(founded) if facts.chance(0.3) else han_day(founded)),
        (facts.pick(_AT), company.address),
    ]
    noise = [
        (
            facts.pick("营业期限|经营期限|合伙期限"),
            f"{han_day(founded)}至{facts.pick('长期|无固定期限|2049年12月31日')}",
        ),
        (
            facts.pick(_SCOPE),
            (
                "技术开发、技术咨询、技术服务；销售电子产品、办公用品；会议服务。（依法须经批准的项目，"
                "经相关部门批准后方可开展经营活动）"
            ),
        ),
        ("组成形式", "个人经营"),
        ("核准日期", han_day(facts.after(founded, 800))),
    ]
    page.form(mixed(facts, rows, noise))
    page.signed(
        facts.pick("登记机关|登 记 机 关|发照机关"),
        facts.pick(f"{facts.rng.choice(facts.places)[2]}市场监督管理局|"),
        han_day(facts.after(founded, 900)),
    )
    if facts.chance(0.4):
        page.put(page.left, page.y, "国家企业信用信息公示系统网址：http://www.gsxt.gov.cn", 20)
    return {
        "company_name": company.name,
        "credit_code": company.credit_code,
        "legal_representative": company.head,
        "registered_capital": capital,
        "established_on": founded.isoformat(),
        "address": company.address,
    }


def lawyer_licence(facts: LineFacts, page: Canvas) -> dict[str, Any]:
    person, firm, issued = facts.person(), facts.firm(), facts.day(2008, 2025)
    number = f"1{person.id_number[:4]}{facts.number(2005, 2024)}{'1' if person.sex == '女' else '0'}{facts.digits(7)}"
    place = facts.rng.choice(facts.places)
    authority = facts.pick(
        f"{place[1].split('省')[0].split('市')[0].split('自治区')[0]}{facts.pick('省|市|自治区')}司法{facts.pick('厅|局|厅')}"
    )
    if facts.chance(0.5):
        page.heading("中华人民共和国", 1.1)
    page.heading(
        facts.pick("律师执业证|律师执业证|中华人民共和国律师执业证|律师执业证书|律师工作证|律师电子执业证"), 1.5
    )
    rows = [
        (
            facts.pick("执业机构|执业机构|执业机构名称|律师事务所|所在机构|执业律所|所在律所|所属律师事务所|执业单位"),
            firm,
        ),
        (
            facts.pick(
                "执业证号|执业证号|执业证号码|执业证书号|执业证编号|律师执业证号|证号|证书编号|执业证书编号|"
                "执业许可证号"
            ),
            number,
        ),
        (facts.pick("持证人|姓名|姓名|律师姓名|持证人姓名"), person.name),
        ("性别", person.sex),
        (facts.pick("身份证号|身份证号码|公民身份号码|身份证件号码|证件号码"), person.id_number),
        (facts.pick("发证机关|发证机关|颁证机关|核发机关|颁发机关|发证单位|发证部门|审批机关"), authority),
        (facts.pick("发证日期|发证日期|颁证日期|核发日期|颁发日期|发证时间|批准日期"), facts.day_written(issued)),
    ]
    noise = [
        (facts.pick("执业证类别|执业类别|律师类别|执业证类型"), facts.pick("专职律师|兼职律师|专职")),
        (facts.pick("法律职业资格证号|资格证号|法律职业资格或律师资格证号"), "A" + facts.digits(16)),
        (facts.pick("流水号|证书流水号"), facts.digits(8)),
        ("年度考核", "称职"),
        (facts.pick("首次执业日期|首次执业时间"), han_day(facts.day(2000, 2007))),
    ]
    page.form(mixed(facts, rows, noise))
    return {
        "name": person.name,
        "sex": person.sex,
        "firm": firm,
        "licence_number": number,
        "id_number": person.id_number,
        "issuing_authority": authority,
        "issued_on": issued.isoformat(),
    }
