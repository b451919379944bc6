"""Licences of businesses and lawyers, as the seventh part draws them: framed on a wall, of old, in an app."""

from datetime import date

from ocr_evaluation.facts import Facts, han_day
from ocr_evaluation.forms import qr
from ocr_evaluation.sheet import SEVENTH, SEVENTH_TYPED, Sheet

_GOLD = "#b08d4c"
_SCOPE = (
    "一般项目：机械设备研发；通用零部件制造；五金产品批发；普通机械设备安装服务；国内货物运输代理。"
    "（除依法须经批准的项目外，凭营业执照依法自主开展经营活动）"
)


def _padded(day: date) -> str:
    return f"{day:%Y}年{day:%m}月{day:%d}日"


def _number(facts: Facts, area: str, sex: str, year: int) -> str:
    """Seventeen digits: the sort, the area, the year, the sort of lawyer, the sex, six more."""
    return f"1{area[:4]}{year}1{'1' if sex == '女' else '0'}{facts.digits(6)}"


def framed_licence(facts: Facts) -> Sheet:
    """The original of the form of 2019 as it hangs on the wall: the code at the left, a square code with its tip."""
    company, founded = facts.company(), facts.day(2003, 2021)
    capital = facts.rng.choice(("叁佰万圆整", "壹仟零伍拾万圆整", "陆拾捌万圆整", "壹亿贰仟万圆整"))
    sheet = Sheet("business_licence", (1760, 1250), SEVENTH, facts.rng, "#fcf9ee")
    sheet.frame(6, 6, 1754, 1244, "#5b3a22", 24)
    sheet.frame(58, 58, 1702, 1192, _GOLD, 12)
    sheet.text(140, 130, "统一社会信用代码", 28, "sans")
    sheet.text(140, 172, company.credit_code, 34, "bold")
    sheet.draw.ellipse((820, 90, 940, 210), fill="#c53a2c")
    sheet.centre(226, "营业执照", 100, "bold", gap=44)
    qr(sheet, 1290, 122, 150, f"http://www.gsxt.gov.cn/{facts.digits(16)}")
    for place, tip in enumerate(
        ("扫描二维码登录", "“国家企业信用", "信息公示系统”", "了解更多登记、", "备案、许可、监", "管信息")
    ):
        sheet.text(1456, 122 + 26 * place, tip, 18, "sans")
    left = (
        ("名称", company.name),
        ("类型", "有限责任公司（自然人投资或控股）"),
        ("法定代表人", company.head),
        ("经营范围", _SCOPE),
    )
    right = (("注册资本", capital), ("成立日期", _padded(founded)), ("住所", company.address))
    for x, wide, rows in ((140, 600, left), (1000, 470, right)):
        y = 430.0
        for label, value in rows:
            sheet.text(x, y, label, 30, "sans", gap={2: 90, 4: 10}.get(len(label), 0))
            y = sheet.paragraph(x + 190, y, wide - 30, value, 30, "serif", indent=False, lead=1.45) + 28
    issued = facts.after(founded, 1500)
    sheet.text(1040, 960, "登记机关", 34, "serif", gap=24)
    sheet.text(1130, 1060, f"{issued:%Y} 年 {issued:%m} 月 {issued:%d} 日", 30, "serif")
    sheet.seal(1400, 990, 118, f"{facts.rng.choice(facts.places)[2]}市场监督管理局")
    sheet.text(90, 1146, "国家企业信用信息公示系统网址：http://www.gsxt.gov.cn", 18, "sans")
    sheet.text(680, 1146, "市场主体应当于每年1月1日至6月30日通过国家企业信用信息公示系统报送公示年度报告", 15, "sans")
    sheet.right(1146, "国家市场监督管理总局监制", 18, 1670, "sans")
    sheet.truth.fields = {
        "company_name": company.name,
        "credit_code": company.credit_code,
        "legal_representative": company.head,
        "registered_capital": capital,
        "established_on": founded.isoformat(),
        "address": company.address,
    }
    return sheet


def licence_of_old(facts: Facts) -> Sheet:
    """The form before 2014: a number of registration instead of the code, capital that is paid, a term of business."""
    company, founded = facts.company(), facts.day(1996, 2012)
    capital = facts.rng.choice(("伍拾万元人民币", "贰佰壹拾万元人民币", "壹仟万元人民币"))
    sheet = Sheet("business_licence", (1640, 1180), SEVENTH_TYPED, facts.rng, "#f6efdc")
    sheet.frame(34, 34, 1606, 1146, "#a98a4e", 9)
    sheet.centre(92, "企业法人营业执照", 76, "bold", gap=12)
    sheet.centre(206, "（副  本）", 32, "serif")
    sheet.text(1060, 262, f"注册号：{company.credit_code[2:8]}{facts.digits(9)}", 28, "serif")
    left = (
        ("名        称", company.name),
        ("住        所", company.address),
        ("法定代表人姓名", company.head),
        ("注 册 资 本", capital),
        ("实 收 资 本", capital),
        ("公 司 类 型", "有限责任公司"),
        ("经 营 范 围", "家具、茶叶的批发、零售；货物运输代理；劳务服务（凭资质经营）。"),
    )
    y = 330.0
    for label, value in left:
        sheet.text(120, y, label, 29, "serif")
        y = sheet.paragraph(350, y, 620, value, 29, "serif", indent=False, lead=1.45) + 24
    right = (("成 立 日 期", han_day(founded)), ("营 业 期 限", f"自{han_day(founded)}"))
    for place, (label, value) in enumerate(right):
        sheet.text(1060, 400 + 84 * place, label, 27, "serif")
        sheet.text(1250, 400 + 84 * place, value, 27, "serif")
    sheet.text(1250, 526, "至长期", 27, "serif")
    sheet.text(1150, 800, "登 记 机 关", 30, "serif")
    sheet.text(1130, 930, han_day(facts.after(founded, 300)), 30, "serif")
    sheet.seal(1270, 880, 120, f"{facts.rng.choice(facts.places)[2]}工商行政管理局")
    sheet.text(120, 1040, "年度检验情况", 26, "serif")
    sheet.truth.fields = {
        "company_name": company.name,
        "legal_representative": company.head,
        "registered_capital": capital,
        "established_on": founded.isoformat(),
        "address": company.address,
    }
    return sheet


def booklet(facts: Facts) -> Sheet:
    """The inner pages: the person under the picture at the left, the practice on ruled lines at the right."""
    person, firm, place = facts.person(), facts.firm(), facts.rng.choice(facts.places)
    authority, issued = f"{place[1].split('省')[0]}省司法厅", facts.day(2010, 2025)
    number = _number(facts, place[0], person.sex, issued.year)
    sheet = Sheet("lawyer_licence", (1640, 1120), SEVENTH, facts.rng, "#f3efe2")
    sheet.rule(820, 10, 820, 1110, ink="#c6bda5", width=4)
    sheet.draw.rectangle((290, 110, 530, 440), fill="#bfc5ca")
    sheet.seal(540, 420, 92, authority)
    for row, (label, value) in enumerate((("持证人", person.name), ("性  别", person.sex))):
        sheet.text(170, 590 + 96 * row, label, 32, "serif")
        sheet.text(340, 588 + 96 * row, value, 33, "hand")
        sheet.rule(320, 634 + 96 * row, 700, 634 + 96 * row, ink="#8a8474")
    sheet.text(170, 782, "身份证号", 32, "serif")
    sheet.text(330, 782, person.id_number, 33, "hand")
    sheet.rule(320, 826, 700, 826, ink="#8a8474")
    rows = (
        ("执业机构", firm),
        ("执业证类别", "专职律师"),
        ("执业证号", number),
        ("法律职业资格", ""),
        ("或律师资格证号", f"A{place[0][:6]}{facts.digits(8)}"),
        ("发证机关", authority),
        ("发证日期", f"{issued.year}年{issued.month:02d}月{issued.day:02d}日"),
    )
    for row, (label, value) in enumerate(rows):
        y = 150 + 106 * row
        sheet.text(880, y, label, 30, "serif")
        if value:
            sheet.text(1125, y - 2, value, 31 if len(value) < 15 else 26, "hand")
            sheet.rule(1115, y + 44, 1580, y + 44, ink="#8a8474")
    sheet.seal(1380, 800, 105, authority)
    sheet.truth.fields = {
        "name": person.name,
        "sex": person.sex,
        "firm": firm,
        "licence_number": number,
        "id_number": person.id_number,
        "issuing_authority": authority,
        "issued_on": issued.isoformat(),
    }
    return sheet


def licence_in_an_app(facts: Facts) -> Sheet:
    """What the lawyers' app shows: grey labels at the left, values at the right edge."""
    person, firm, place = facts.person(), facts.firm(), facts.rng.choice(facts.places)
    authority, issued = f"{place[1].split('省')[0]}省司法厅", facts.day(2012, 2025)
    first = facts.day(2001, 2011)
    number = _number(facts, place[0], person.sex, first.year)
    sheet = Sheet("lawyer_licence", (1080, 1980), SEVENTH_TYPED, facts.rng, "#f2f4f7")
    sheet.text(60, 34, f"{facts.number(8, 21)}:{facts.number(10, 59)}", 34, "sans")
    sheet.draw.rectangle((0, 100, 1080, 220), fill="#2456a6")
    sheet.centre(128, "律师电子执业证", 46, "sans", ink="#ffffff")
    sheet.draw.rounded_rectangle((40, 270, 1040, 1680), 24, fill="#ffffff")
    sheet.draw.rounded_rectangle((420, 310, 660, 620), 12, fill="#bcc5d0")
    sheet.centre(650, person.name, 52, "sans")
    rows = (
        ("性别", person.sex),
        ("身份证号", person.id_number),
        ("执业机构", firm),
        ("执业类别", "专职律师"),
        ("执业证号", number),
        ("首次执业日期", _padded(first)),
        ("发证机关", authority),
        ("发证日期", _padded(issued)),
        ("执业状态", "正常"),
    )
    for row, (label, value) in enumerate(rows):
        y = 760 + 98 * row
        sheet.text(90, y, label, 34, "sans", "#8a9099")
        sheet.right(y, value, 34 if len(value) < 19 else 30, 990, "sans")
        sheet.rule(90, y + 70, 990, y + 70, ink="#eceff3")
    sheet.centre(1730, "数据来源：全国律师综合管理信息系统", 28, "sans", ink="#9aa0a8")
    sheet.truth.fields = {
        "name": person.name,
        "sex": person.sex,
        "firm": firm,
        "licence_number": number,
        "id_number": person.id_number,
        "issuing_authority": authority,
        "issued_on": issued.isoformat(),
    }
    return sheet
