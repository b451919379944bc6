"""Identity and bank cards, as the fourth part draws them: a copy of both sides, permits, upright cards."""

from ocr_evaluation.facts import Facts
from ocr_evaluation.sheet import FOURTH, Sheet

_A4 = (1240, 1754)
_INK = "#1f1f1f"


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
