"""Cards and licences, as the fifth part draws them."""

from ocr_evaluation.facts import Facts, han_day
from ocr_evaluation.sheet import FIFTH, Sheet

_INK = "#222222"


def temporary_card(facts: Facts) -> Sheet:
    """A temporary identity card: the person, the office and the term on one side."""
    person, start = facts.person(), facts.day(2023, 2026)
    sheet = Sheet("id_card_front", (1010, 640), FIFTH, facts.rng)
    sheet.tint("#ece7da", "#dde8ea")
    y = 60
    rows = (
        f"姓名    {person.name}",
        f"性别    {person.sex}      民族    蒙古",
        f"出生    {person.born.year}年{person.born.month}月{person.born.day}日",
    )
    for row in rows:
        sheet.text(300, y, row, 31, "sans", _INK)
        y += 66
    sheet.text(300, y, "住址", 31, "sans", _INK)
    sheet.paragraph(425, y, 500, person.address, 31, "sans", indent=False, lead=1.4, ink=_INK)
    y += 138
    sheet.text(300, y, f"公民身份号码  {person.id_number}", 31, "sans", _INK)
    sheet.text(300, y + 66, f"签发机关    {facts.rng.choice(facts.places)[2]}公安局", 31, "sans", _INK)
    sheet.text(300, y + 132, f"有效期限    {start:%Y.%m.%d}-{start:%Y.%m}.28", 31, "sans", _INK)
    sheet.draw.rectangle((50, 70, 255, 330), fill="#aab2b8")
    sheet.truth.fields = {
        "name": person.name,
        "sex": person.sex,
        "ethnicity": "蒙古",
        "birth_date": person.born.isoformat(),
        "address": person.address,
        "id_number": person.id_number,
    }
    return sheet


def stamped_back(facts: Facts) -> Sheet:
    """A long office over two rows, and a firm's stamp on the copy."""
    place, start = facts.rng.choice(facts.places), facts.day(2008, 2022)
    end = start.replace(year=start.year + 20, day=min(28, start.day))
    first, second = f"{place[1]}公安局", f"{place[2].removesuffix('区').removesuffix('市')}分局"
    sheet = Sheet("id_card_back", (1010, 640), FIFTH, facts.rng, "#f7f7f7")
    sheet.text(300, 70, "中华人民共和国", 46, "bold", _INK, gap=18)
    sheet.text(310, 150, "居民身份证", 64, "bold", _INK, gap=22)
    sheet.text(230, 400, "签发机关", 28, "sans", _INK)
    sheet.text(390, 398, first, 30, "sans", _INK)
    sheet.text(390, 444, second, 30, "sans", _INK)
    sheet.text(230, 520, "有效期限", 28, "sans", _INK)
    sheet.text(390, 518, f"{start:%Y.%m.%d}-{end:%Y.%m.%d}", 30, "sans", _INK)
    sheet.seal(820, 470, 115, facts.company().name)
    sheet.truth.fields = {
        "issuing_authority": first + second,
        "valid_from": start.isoformat(),
        "valid_to": end.isoformat(),
    }
    return sheet


def branch_licence(facts: Facts) -> Sheet:
    """Of a branch: a person in charge instead of a head, no capital, a place of business."""
    company, founded = facts.company(), facts.day(2008, 2025)
    name = (
        f"{company.name.split('有限')[0].split('股份')[0].removesuffix('厂').removesuffix('经营部')}有限公司第二分公司"
    )
    sheet = Sheet("business_licence", (1600, 1130), FIFTH, facts.rng, "#fbf8ee")
    sheet.frame(24, 24, 1576, 1106, "#a8854e", 7)
    sheet.centre(100, "营 业 执 照", 88, "bold")
    sheet.centre(220, "(副 本)", 30, "serif")
    sheet.right(260, f"统一社会信用代码：{company.credit_code}", 28, 1500)
    left = (("名称", name), ("类型", "有限责任公司分公司"), ("负责人", company.head))
    right = (("成立日期", han_day(founded)), ("营业场所", company.address))
    for x, cells in ((110, left), (860, right)):
        y = 360.0
        for label, value in cells:
            sheet.text(x, y, label, 30, "bold")
            y = sheet.paragraph(x + 170, y, 470, value, 30, "serif", indent=False, lead=1.4) + 34
    sheet.text(110, 640, "经营范围", 30, "bold")
    scope = "为隶属公司联系业务；建筑装饰材料、卫生洁具、五金交电的销售；室内装饰工程设计与施工。"
    sheet.paragraph(280, 640, 1180, scope, 30, "serif", indent=False, lead=1.5)
    sheet.text(980, 880, "登记机关", 32, "serif", gap=16)
    sheet.text(1000, 980, han_day(facts.after(founded, 800)), 32, "serif")
    sheet.seal(1230, 930, 112, "行政审批局")
    sheet.truth.fields = {
        "company_name": name,
        "credit_code": company.credit_code,
        "legal_representative": company.head,
        "established_on": founded.isoformat(),
        "address": company.address,
    }
    return sheet


def lawyer_licence(facts: Facts) -> Sheet:
    """A plastic card: two columns beside the picture, labels in front of colons."""
    person, firm, issued = facts.person(), facts.firm(), facts.day(2015, 2025)
    authority = facts.rng.choice(("河北省司法厅", "海南省司法厅", "广东省司法厅"))
    number = f"1{person.id_number[:4]}{facts.number(2009, 2024)}{'1' if person.sex == '女' else '0'}{facts.digits(7)}"
    sheet = Sheet("lawyer_licence", (1400, 880), FIFTH, facts.rng, "#f0ece2")
    sheet.centre(60, "中华人民共和国律师执业证", 50, "bold", gap=4)
    sheet.draw.rectangle((80, 190, 330, 510), fill="#b3b9be")
    rows = (
        f"姓名：{person.name}        性别：{person.sex}",
        f"执业机构：{firm}",
        "执业证类别：专职",
        f"执业证号：{number}",
        f"身份证号码：{person.id_number}",
        f"发证机关：{authority}",
        f"发证日期：{issued:%Y-%m-%d}",
    )
    for place, row in enumerate(rows):
        sheet.text(400, 190 + 82 * place, row, 32, "serif", _INK)
    sheet.seal(1130, 640, 110, authority)
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


def savings_card(facts: Facts) -> Sheet:
    """The number without gaps, the bank in two languages."""
    number, bank = facts.card_number(), facts.bank()
    sheet = Sheet("bank_card", (1010, 636), FIFTH, facts.rng, "#7a1f2b")
    sheet.tint("#8a2331", "#5d1720")
    sheet.text(60, 50, bank, 42, "bold", "#f6ead2")
    sheet.text(60, 112, "SAVINGS CARD 储蓄卡", 26, "sans", "#f0e4cc")
    sheet.draw.rounded_rectangle((70, 220, 180, 300), 10, fill="#d0b56a")
    sheet.text(70, 350, number, 52, "sans", "#fbf5e6", gap=4)
    until = f"{facts.number(1, 12):02d}/{facts.number(27, 36)}"
    sheet.text(420, 450, "VALID", 18, "sans", "#f0e4cc")
    sheet.text(420, 472, "THRU", 18, "sans", "#f0e4cc")
    sheet.text(490, 454, until, 34, "sans", "#fbf5e6")
    sheet.text(690, 545, "银联 UnionPay", 34, "bold", "#f6ead2")
    sheet.truth.fields = {"card_number": number, "bank": bank, "valid_to": until}
    return sheet
