"""Licences of businesses and lawyers, as the fourth part draws them: upright pages, tables, phone screens."""

from collections.abc import Sequence

from ocr_evaluation.facts import Facts, han_day
from ocr_evaluation.forms import ruled
from ocr_evaluation.sheet import FOURTH, Sheet

_A4 = (1240, 1754)
_INK = "#1f1f1f"


def _stacked(
    sheet: Sheet, x: float, y: float, step: int, rows: Sequence[tuple[str, str]], size: int, gap: int, face: str
) -> float:
    """Label and value on one line, values in one column."""
    for label, value in rows:
        sheet.text(x, y, label, size, face, _INK)
        y = sheet.paragraph(x + gap, y, sheet.width - x - gap - 60, value, size, face, indent=False, lead=1.4) - (
            1.4 * size
        )
        y += step
    return y


def upright_licence(facts: Facts) -> Sheet:
    """The older licence: one column, labels spread, on an upright page, with a term and a lower seal."""
    company, founded = facts.company(), facts.day(2001, 2017)
    capital = facts.rng.choice(("伍佰万圆整", "壹仟万元人民币", "50.000000万人民币", "3000万元整"))
    sheet = Sheet("business_licence", (1160, 1640), FOURTH, facts.rng, "#fbf7ea")
    sheet.frame(30, 30, 1130, 1610, "#b08a50", 8)
    sheet.centre(150, "营业执照", 104, "bold", gap=40)
    sheet.centre(300, "（副 本）", 36, "serif")
    sheet.text(160, 380, f"统一社会信用代码  {company.credit_code}", 30, "serif")
    rows = [
        ("名        称", company.name),
        ("类        型", "有限责任公司(自然人投资或控股)"),
        ("住        所", company.address),
        ("法定代表人", company.head),
        ("注册资本", capital),
        ("成立日期", f"{founded.year}年{founded.month:02d}月{founded.day:02d}日"),
        ("营业期限", f"{founded.year}年{founded.month:02d}月{founded.day:02d}日至长期"),
        (
            "经营范围",
            "建筑材料、日用百货、办公用品的批发、零售；货物进出口、技术进出口。（依法须经批准的项目，经相关部门批准后方可开展经营活动）",
        ),
    ]
    y = 470.0
    for label, value in rows:
        sheet.text(160, y, label, 31, "serif")
        y = sheet.paragraph(380, y, 640, value, 31, "hand", indent=False, lead=1.45) + 22
    issued = facts.after(founded, 900)
    sheet.text(700, 1340, "登 记 机 关", 32, "serif")
    sheet.text(680, 1450, f"{issued.year}年{issued.month}月{issued.day}日", 32, "serif")
    sheet.seal(840, 1400, 115, "市场监督管理局")
    sheet.centre(1560, "企业应当于每年1月1日至6月30日通过企业信用信息公示系统公示年度报告", 20, "serif")
    sheet.truth.fields = {
        "company_name": company.name,
        "credit_code": company.credit_code,
        "legal_representative": company.head,
        "established_on": founded.isoformat(),
        "address": company.address,
        "registered_capital": capital,
    }
    return sheet


def licence_on_a_phone(facts: Facts) -> Sheet:
    """The electronic licence of a partnership as a phone shows it: labels small and grey above their values."""
    company, founded = facts.company(), facts.day(2014, 2025)
    name = f"{company.name.split('有限')[0].split('股份')[0].removesuffix('厂').removesuffix('经营部')}中心（有限合伙）"
    sheet = Sheet("business_licence", (1080, 2100), FOURTH, facts.rng, "#ffffff")
    sheet.text(60, 36, f"{facts.number(8, 21)}:{facts.number(10, 59)}", 34, "sans")
    sheet.centre(110, "电子营业执照", 46, "sans")
    sheet.draw.rectangle((0, 200, 1080, 216), fill="#f2f2f4")
    rows = (
        ("企业名称", name),
        ("统一社会信用代码", company.credit_code),
        ("企业类型", "有限合伙企业"),
        ("执行事务合伙人", company.head),
        ("出资额", "壹佰贰拾万元整"),
        ("成立日期", han_day(founded)),
        ("主要经营场所", company.address),
        ("经营范围", "一般项目：企业管理咨询；社会经济咨询服务；信息技术咨询服务。"),
        ("登记机关", f"{facts.rng.choice(facts.places)[2]}市场监督管理局"),
    )
    y = 260.0
    for label, value in rows:
        sheet.text(60, y, label, 32, "sans", "#8e8e93")
        y = sheet.paragraph(60, y + 52, 940, value, 40, "sans", indent=False, lead=1.4) + 30
        sheet.rule(60, y - 14, 1080, y - 14, ink="#e4e4e8")
    sheet.truth.fields = {
        "company_name": name,
        "credit_code": company.credit_code,
        "legal_representative": company.head,
        "established_on": founded.isoformat(),
        "address": company.address,
    }
    return sheet


def lawyer_table(facts: Facts) -> Sheet:
    """An electronic licence of a lawyer: an upright page with a table, its labels in bold."""
    person, firm, issued = facts.person(), facts.firm(), facts.day(2012, 2025)
    authority = facts.rng.choice(("浙江省司法厅", "内蒙古自治区司法厅", "江苏省司法厅"))
    number = f"1{person.id_number[:4]}{facts.number(2008, 2024)}{'1' if person.sex == '女' else '0'}{facts.digits(7)}"
    sheet = Sheet("lawyer_licence", _A4, FOURTH, facts.rng, "#f6f2e6")
    sheet.centre(140, "中华人民共和国", 44, "bold", gap=14)
    sheet.centre(220, "律师执业证", 76, "bold", gap=30)
    sheet.centre(330, "（电子证照）", 32, "serif")
    y = ruled(
        sheet,
        150,
        430,
        (230, 330, 160, 220),
        (
            ("姓    名", person.name, "性 别", person.sex),
            ("身份证件号码", person.id_number, None, None),
            ("执业机构名称", firm, None, None),
            ("执业类别", "专职律师", None, None),
            ("执业证号", number, None, None),
            ("资格证号", f"A{facts.digits(16)}", None, None),
            ("颁证机关", authority, None, None),
            ("颁证日期", han_day(issued), None, None),
        ),
        92,
        30,
        "serif",
        "bold",
    )
    sheet.seal(900, int(y) - 60, 118, authority)
    sheet.centre(int(y) + 120, "本证照与纸质证照具有同等法律效力", 26, "serif")
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


def lawyer_card(facts: Facts) -> Sheet:
    """A page of the booklet with its labels in front of dots."""
    person, firm, issued = facts.person(), facts.firm(), facts.day(2010, 2024)
    authority = facts.rng.choice(("山西省司法厅", "黑龙江省司法厅", "东莞市司法局"))
    number = f"1{person.id_number[:4]}{facts.number(2005, 2023)}{'1' if person.sex == '女' else '0'}{facts.digits(7)}"
    sheet = Sheet("lawyer_licence", (900, 1220), FOURTH, facts.rng, "#efe9d8")
    sheet.draw.rectangle((330, 60, 570, 380), fill="#b4b9bd")
    y = _stacked(
        sheet,
        90,
        440,
        84,
        (
            ("持证人：", person.name),
            ("性别：", person.sex),
            ("身份证号：", person.id_number),
            ("执业机构：", firm),
            ("执业证类别：", "兼职律师"),
            ("执业证号：", number),
            ("发证机关：", authority),
            ("发证日期：", han_day(issued)),
        ),
        31,
        200,
        "serif",
    )
    sheet.seal(660, int(y) - 110, 105, authority)
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
