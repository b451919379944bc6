"""Licences of businesses and lawyers, as the eighth part draws them: printed from a program, copied for a file."""

from datetime import date

from ocr_evaluation.facts import Facts, checked, han_day
from ocr_evaluation.forms import qr
from ocr_evaluation.sheet import EIGHTH, EIGHTH_TYPED, Sheet

_A4 = (1240, 1754)
_TEA = "#e9e2cf"


def _padded(day: date) -> str:
    return f"{day:%Y}年{day:%m}月{day:%d}日"


def _justice(place: tuple[str, ...]) -> str:
    """The office that licenses: of a province, or of a city that is one."""
    for level in ("省", "自治区"):
        if level in place[1]:
            return f"{place[1].split(level)[0]}{level}司法厅"
    return f"{place[1]}司法局"


def _home(facts: Facts, firm: str) -> tuple[str, ...]:
    """A place in the province that a firm is named after."""
    return facts.rng.choice([place for place in facts.places if place[1][:2] == firm[:2]])


def _number(facts: Facts, area: str, sex: str, year: int) -> str:
    return f"1{area[:4]}{year}1{'1' if sex == '女' else '0'}{facts.digits(6)}"


def printed_electronic_licence(facts: Facts) -> Sheet:
    """Downloaded and printed: the licence on the upper half of a sheet, what it may be used for below."""
    company, founded = facts.company(), facts.day(2005, 2019)
    issued = facts.after(founded, 900)
    capital = facts.rng.choice(("伍仟零壹拾万元整", "贰佰伍拾万元整", "壹仟贰佰万元整", "叁拾万元整"))
    sheet = Sheet("business_licence", _A4, EIGHTH, facts.rng, "#ffffff")
    sheet.frame(80, 80, 1160, 850, "#b99a5b", 6)
    sheet.text(130, 130, "统一社会信用代码", 21, "sans")
    sheet.text(130, 162, company.credit_code, 25, "bold")
    sheet.centre(130, "营业执照", 66, "bold", gap=24)
    sheet.centre(222, "（副本）", 26, "serif")
    qr(sheet, 1000, 112, 120, f"https://zzapp.gsxt.gov.cn/{facts.digits(12)}")
    left = (
        ("名        称", company.name),
        ("类        型", "股份有限公司（非上市）" if "股份" in company.name else "其他有限责任公司"),
        ("法定代表人", company.head),
        ("经 营 范 围", "模具制造；塑料制品销售；仓储服务（不含危险化学品）；供应链管理服务。"),
    )
    right = (("注 册 资 本", capital), ("成 立 日 期", _padded(founded)), ("住        所", company.address))
    for x, rows in ((120, left), (660, right)):
        y = 300.0
        for label, value in rows:
            sheet.text(x, y, label, 22, "sans")
            y = sheet.paragraph(x + 140, y, 330, value, 22, "serif", indent=False, lead=1.45) + 20
    sheet.text(740, 640, "登 记 机 关", 24, "serif")
    sheet.text(760, 740, _padded(issued), 23, "serif")
    sheet.seal(960, 700, 88, f"{facts.rng.choice(facts.places)[2]}市场监督管理局")
    sheet.text(120, 812, "国家市场监督管理总局监制", 16, "serif")
    printed = facts.after(issued, 1200)
    for row, text in enumerate(
        (
            "电子营业执照下载件说明",
            "1．本文件由电子营业执照系统生成，与纸质营业执照具有同等法律效力。",
            f"2．下载时间：{printed:%Y-%m-%d} {facts.number(9, 17):02d}:{facts.number(10, 59)}:{facts.number(10, 59)}",
            "3．使用用途：提交人民法院立案",
            f"4．下载人：{facts.name()}",
        )
    ):
        sheet.text(120, 930 + 58 * row, text, 27, "serif")
    sheet.truth.fields = {
        "company_name": company.name,
        "credit_code": company.credit_code,
        "legal_representative": company.head,
        "registered_capital": capital,
        "established_on": founded.isoformat(),
        "address": company.address,
    }
    return sheet


def copy_of_a_trader(facts: Facts) -> Sheet:
    """A grey copy of a single trader's licence, upright, as offices gave it until 2019."""
    company, founded, place = facts.company(), facts.day(2009, 2019), facts.rng.choice(facts.places)
    goods = facts.rng.choice(("建材经营部", "小吃店", "五金批发部", "汽车修理厂"))
    name, code = (
        f"{place[2]}{facts.rng.choice(facts.brands)}{goods}",
        checked(f"92{place[0]}{company.credit_code[8:17]}"),
    )
    address = facts.address(place)
    sheet = Sheet("business_licence", _A4, EIGHTH_TYPED, facts.rng, "#f1f1f0")
    sheet.frame(70, 70, 1170, 1500, "#757575", 10)
    sheet.frame(90, 90, 1150, 1480, "#9a9a9a", 2)
    sheet.centre(210, "个体工商户营业执照", 66, "bold", gap=8)
    sheet.centre(318, "（副  本）", 32, "serif")
    sheet.centre(390, f"统一社会信用代码 {code}", 29, "serif")
    rows = (
        ("经    营    者", company.head),
        ("名          称", name),
        ("类          型", "个体工商户"),
        ("经 营 场 所", address),
        ("组 成 形 式", "个人经营"),
        ("注 册 日 期", _padded(founded)),
        ("经 营 范 围", "零售：建筑材料、五金交电、日用杂货；小型餐饮服务。***"),
    )
    y = 500.0
    for label, value in rows:
        sheet.text(190, y, label, 31, "serif")
        y = sheet.paragraph(440, y, 590, value, 31, "serif", indent=False, lead=1.45) + 28
    sheet.text(660, 1210, "登 记 机 关", 31, "serif")
    issued = facts.after(founded, 500)
    sheet.text(650, 1340, f"{issued.year}  年  {issued.month}  月  {issued.day}  日", 30, "serif")
    sheet.text(180, 1420, "每年1月1日至6月30日报送年度报告", 22, "serif")
    sheet.hand(300, 1570, "此件由本人提供，仅用于诉讼。", 46)
    sheet.truth.fields = {
        "company_name": name,
        "credit_code": code,
        "legal_representative": company.head,
        "established_on": founded.isoformat(),
        "address": address,
    }
    return sheet


def copy_for_the_file(facts: Facts) -> Sheet:
    """As firms file it with courts: the cover above the open booklet on one sheet, the firm's stamp below."""
    person, firm = facts.person(), facts.firm()
    place = _home(facts, firm)
    authority, issued = _justice(place), facts.day(2011, 2025)
    number = _number(facts, place[0], person.sex, facts.number(2003, issued.year))
    sheet = Sheet("lawyer_licence", _A4, EIGHTH, facts.rng, "#fafafa")
    sheet.draw.rounded_rectangle((400, 100, 840, 640), 10, fill="#6e6a66")
    sheet.centre(180, "中华人民共和国", 38, "serif", ink="#f2f2f2", gap=6)
    sheet.draw.ellipse((560, 260, 680, 380), outline="#e5e5e5", width=8)
    sheet.centre(450, "律师执业证", 58, "bold", ink="#f2f2f2", gap=10)
    sheet.draw.rectangle((90, 720, 1150, 1420), fill="#e8e8e7")
    sheet.rule(620, 720, 620, 1420, ink="#9b9b9b", width=3)
    sheet.draw.rectangle((260, 760, 450, 1020), fill="#a9a9a9")
    for row, (label, value) in enumerate(
        (("持 证 人", person.name), ("性    别", person.sex), ("身份证号", person.id_number))
    ):
        sheet.text(130, 1080 + 80 * row, label, 25, "serif")
        sheet.text(260, 1080 + 80 * row, value, 26, "serif")
    rows = (
        ("执业机构", firm),
        ("执业证类别", "专职律师"),
        ("执业证号", number),
        ("资格证号", f"A{facts.digits(14)}"),
        ("发证机关", authority),
        ("发证日期", han_day(issued)),
    )
    for row, (label, value) in enumerate(rows):
        sheet.text(650, 790 + 88 * row, label, 24, "serif")
        sheet.text(800, 790 + 88 * row, value, 25 if len(value) < 14 else 21, "serif")
        sheet.rule(796, 828 + 88 * row, 1130, 828 + 88 * row, ink="#8d8d8d")
    sheet.text(140, 1500, "复印件与原件一致", 36, "bold")
    sheet.seal(880, 1570, 120, firm)
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


def card_in_an_app(facts: Facts) -> Sheet:
    """A city's program shows the electronic licence as a card: small labels above their values, in two columns."""
    person, firm = facts.person(), facts.firm()
    place = _home(facts, firm)
    authority, issued = _justice(place), facts.day(2014, 2025)
    number = _number(facts, place[0], person.sex, facts.number(2006, issued.year))
    sheet = Sheet("lawyer_licence", (1080, 1920), EIGHTH_TYPED, facts.rng, "#eef0f4")
    sheet.text(64, 36, f"{facts.number(8, 21)}:{facts.number(10, 59)}", 34, "sans")
    sheet.centre(126, "我的证照", 42, "sans")
    sheet.draw.rounded_rectangle((50, 250, 1030, 1230), 30, fill=_TEA)
    sheet.text(100, 296, "中华人民共和国律师执业证", 46, "bold", "#5a3a1c")
    sheet.draw.rectangle((100, 400, 320, 700), fill="#b9b2a2")
    cells = (
        (380, 410, "姓名", person.name),
        (720, 410, "性别", person.sex),
        (380, 560, "执业证类别", "专职律师"),
        (100, 750, "执业机构", firm),
        (100, 890, "执业证号", number),
        (100, 1030, "发证机关", authority),
        (620, 1030, "发证日期", f"{issued:%Y-%m-%d}"),
    )
    for x, y, label, value in cells:
        sheet.text(x, y, label, 27, "sans", "#8c7b62")
        sheet.text(x, y + 44, value, 36 if len(value) < 14 else 33, "sans", "#2b2118")
    qr(sheet, 420, 1290, 240, facts.digits(24))
    sheet.centre(1560, "二维码每分钟自动更新，请勿截图转发", 28, "sans", ink="#8a8f98")
    sheet.draw.rounded_rectangle((100, 1680, 980, 1790), 50, fill="#2d6ae3")
    sheet.centre(1706, "查看证照原件", 40, "sans", ink="#ffffff")
    sheet.truth.fields = {
        "name": person.name,
        "sex": person.sex,
        "firm": firm,
        "licence_number": number,
        "issuing_authority": authority,
        "issued_on": issued.isoformat(),
    }
    return sheet
