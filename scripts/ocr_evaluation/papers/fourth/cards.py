"""Identity cards, licences, bank cards, as the fourth part draws them: copies, permits, phone screens, upright cards."""

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


def copy_of_both_sides(facts: Facts) -> Sheet:
    """A4, grey, the front above the back, as offices copy cards; somebody wrote what it is for."""
    person, place = facts.person(), facts.rng.choice(facts.places)
    start = facts.day(2012, 2022)
    sheet = Sheet("id_card_front", _A4, FOURTH, facts.rng, "#fbfbfb")
    sheet.draw.rounded_rectangle((250, 180, 990, 650), 24, outline="#8c8c8c", width=3, fill="#ececec")
    sheet.text(285, 222, "姓 名", 22, "sans", "#555555")
    sheet.text(375, 218, person.name, 29, "sans", _INK)
    sheet.text(285, 282, "性 别", 22, "sans", "#555555")
    sheet.text(375, 279, person.sex, 26, "sans", _INK)
    sheet.text(440, 282, "民族", 22, "sans", "#555555")
    sheet.text(500, 279, "满", 26, "sans", _INK)
    born = person.born
    sheet.text(285, 342, "出 生", 22, "sans", "#555555")
    sheet.text(375, 339, f"{born.year} 年 {born.month} 月 {born.day} 日", 26, "sans", _INK)
    sheet.text(285, 402, "住 址", 22, "sans", "#555555")
    sheet.paragraph(375, 399, 340, person.address, 26, "sans", indent=False, lead=1.35, ink=_INK)
    sheet.text(285, 582, "公民身份号码", 22, "sans", "#555555")
    sheet.text(465, 577, person.id_number, 31, "sans", _INK, gap=3)
    sheet.draw.rectangle((770, 225, 940, 470), fill="#a4a4a4")
    sheet.draw.rounded_rectangle((250, 760, 990, 1230), 24, outline="#8c8c8c", width=3, fill="#ececec")
    sheet.text(480, 800, "中华人民共和国", 36, "bold", _INK, gap=12)
    sheet.text(500, 870, "居民身份证", 50, "bold", _INK, gap=14)
    sheet.text(400, 1100, "签发机关", 22, "sans", _INK)
    sheet.text(530, 1097, f"{place[2].removesuffix('区').removesuffix('市')}市公安局", 25, "sans", _INK)
    sheet.text(400, 1160, "有效期限", 22, "sans", _INK)
    sheet.text(
        530,
        1157,
        f"{start:%Y.%m.%d}-{start.replace(year=start.year + 20, day=min(28, start.day)):%Y.%m.%d}",
        25,
        "sans",
        _INK,
    )
    sheet.hand(300, 1340, "此复印件仅供立案使用，与原件一致", 40)
    sheet.truth.fields = {
        "name": person.name,
        "sex": person.sex,
        "ethnicity": "满",
        "birth_date": born.isoformat(),
        "address": person.address,
        "id_number": person.id_number,
    }
    return sheet


def permit_front(facts: Facts) -> Sheet:
    """A residence permit of Hong Kong, Macau or Taiwan: no ethnicity, the number in one line below."""
    person = facts.person()
    sheet = Sheet("id_card_front", (1012, 638), FOURTH, facts.rng)
    sheet.tint("#e6eef3", "#dfeae0")
    rows = (
        ("姓名", person.name),
        ("性别", person.sex),
        ("出生", f"{person.born.year}年{person.born.month}月{person.born.day}日"),
    )
    y = 70
    for label, value in rows:
        sheet.text(62, y, label, 25, "sans", "#3f6a86")
        sheet.text(150, y - 4, value, 32, "sans", _INK)
        y += 78
    sheet.text(62, y, "住址", 25, "sans", "#3f6a86")
    sheet.paragraph(150, y - 4, 440, person.address, 32, "sans", indent=False, lead=1.3, ink=_INK)
    sheet.text(62, 556, "公民身份号码", 25, "sans", "#3f6a86")
    sheet.text(300, 548, person.id_number, 38, "sans", _INK, gap=8)
    sheet.draw.rounded_rectangle((690, 90, 940, 410), 30, fill="#b5bcc4")
    sheet.truth.fields = {
        "name": person.name,
        "sex": person.sex,
        "birth_date": person.born.isoformat(),
        "address": person.address,
        "id_number": person.id_number,
    }
    return sheet


def plain_back(facts: Facts) -> Sheet:
    """The card's back with its print close together."""
    place, start = facts.rng.choice(facts.places), facts.day(2006, 2024)
    end = start.replace(year=start.year + 10, day=min(28, start.day))
    sheet = Sheet("id_card_back", (856, 540), FOURTH, facts.rng)
    sheet.tint("#eee9e2", "#dfe7ee")
    sheet.draw.ellipse((40, 40, 170, 170), fill="#c04a3c")
    sheet.text(230, 52, "中华人民共和国", 44, "bold", _INK, gap=16)
    sheet.text(240, 124, "居民身份证", 62, "bold", _INK, gap=20)
    authority = f"{place[2].removesuffix('区').removesuffix('市')}市公安局"
    sheet.text(170, 400, f"签发机关 {authority}", 27, "sans", _INK)
    sheet.text(170, 460, f"有效期限 {start:%Y.%m.%d}-{end:%Y.%m.%d}", 27, "sans", _INK)
    sheet.truth.fields = {
        "issuing_authority": authority,
        "valid_from": start.isoformat(),
        "valid_to": end.isoformat(),
    }
    return sheet


def permit_back(facts: Facts) -> Sheet:
    start = facts.day(2018, 2025)
    end = start.replace(year=start.year + 5, day=min(28, start.day))
    authority = facts.rng.choice(("昆山市公安局", "海口市公安局龙华分局", "东莞市公安局"))
    sheet = Sheet("id_card_back", (1012, 638), FOURTH, facts.rng)
    sheet.tint("#e2ecf0", "#e8eadf")
    sheet.text(300, 60, "中华人民共和国", 46, "bold", _INK, gap=20)
    sheet.text(280, 140, "港澳居民居住证", 56, "bold", _INK, gap=14)
    rows = (
        ("签发机关", authority),
        ("有效期限", f"{start:%Y.%m.%d}-{end:%Y.%m.%d}"),
        ("通行证号码", f"H{facts.digits(8)}"),
        ("签发次数", f"{facts.number(1, 3):02d}"),
    )
    for place, (label, value) in enumerate(rows):
        sheet.text(90, 330 + 66 * place, label, 26, "sans", "#3f6a86")
        sheet.text(260, 327 + 66 * place, value, 30, "sans", _INK)
    sheet.truth.fields = {
        "issuing_authority": authority,
        "valid_from": start.isoformat(),
        "valid_to": end.isoformat(),
    }
    return sheet


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


def credit_card(facts: Facts) -> Sheet:
    number, bank = facts.card_number(), facts.bank()
    sheet = Sheet("bank_card", (1012, 638), FOURTH, facts.rng, "#20304f")
    sheet.tint("#22335c", "#51385e")
    sheet.text(60, 56, bank, 44, "sans", "#f4f1e6")
    sheet.text(60, 116, "BANK CARD", 22, "sans", "#d8d4c4")
    sheet.text(770, 70, "白金信用卡", 30, "sans", "#f4f1e6")
    sheet.draw.rounded_rectangle((70, 200, 190, 285), 10, fill="#cbb26a")
    sheet.text(70, 338, "  ".join(number[i : i + 4] for i in range(0, len(number), 4)), 54, "sans", "#f2f2f2")
    until = f"{facts.number(1, 12):02d}/{facts.number(26, 35)}"
    sheet.text(70, 440, "月/年 有效期至", 22, "sans", "#e0dccb")
    sheet.text(260, 434, until, 32, "sans", "#f2f2f2")
    sheet.text(70, 540, "SHI SHU LIN", 34, "sans", "#f2f2f2")
    sheet.text(800, 546, "UnionPay", 34, "bold", "#f2f2f2")
    sheet.truth.fields = {"card_number": number, "bank": bank, "valid_to": until}
    return sheet


def upright_card(facts: Facts) -> Sheet:
    """The back of an upright card: small print, the number flat and small."""
    number, bank = facts.card_number(), facts.bank()
    sheet = Sheet("bank_card", (638, 1012), FOURTH, facts.rng, "#f3f3f1")
    sheet.tint("#f4efe8", "#e6eef4")
    sheet.draw.rectangle((0, 70, 638, 190), fill="#2b2b2b")
    sheet.text(50, 240, "持卡人签名 AUTHORIZED SIGNATURE", 18, "sans", "#555555")
    sheet.draw.rectangle((50, 270, 440, 330), fill="#ffffff")
    sheet.text(50, 420, "卡号", 24, "sans", "#333333")
    sheet.text(50, 460, " ".join(number[i : i + 4] for i in range(0, len(number), 4)), 38, "sans", "#222222")
    until = f"{facts.number(1, 12):02d}/{facts.number(27, 36)}"
    sheet.text(50, 540, "VALID THRU", 20, "sans", "#333333")
    sheet.text(190, 532, until, 30, "sans", "#222222")
    sheet.text(50, 640, f"{bank}  借记卡", 34, "sans", "#222222")
    sheet.text(50, 720, "客户服务热线 24-HOUR SERVICE 955", 20, "sans", "#555555")
    sheet.text(50, 900, "银联", 40, "bold", "#b32d2d")
    sheet.truth.fields = {"card_number": number, "bank": bank, "valid_to": until}
    return sheet
