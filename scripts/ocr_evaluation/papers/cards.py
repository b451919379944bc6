"""Identity cards, licences, bank cards."""

from ocr_evaluation.facts import Facts, han_day
from ocr_evaluation.sheet import HELD_OUT, TUNING, Sheet

BLUE = "#2d5a8c"
ETHNICITIES = ("汉", "汉", "汉", "满", "回", "壮", "土家", "蒙古", "苗")


def id_card_front(facts: Facts, held_out: bool) -> Sheet:
    """GA 461 is how real ones look; the held-out one is set tighter and larger."""
    person, ethnicity = facts.person(), facts.rng.choice(ETHNICITIES)
    sheet = Sheet("id_card_front", (1280, 808), HELD_OUT if held_out else TUNING, facts.rng)
    sheet.tint("#e3ecf3", "#f4ece4")
    label, value = (36, 44) if not held_out else (40, 46)
    x, y, step = (90, 84, 100) if not held_out else (72, 70, 104)
    sheet.text(x, y, "姓名", label, "sans", BLUE, gap=8)
    sheet.text(x + 130, y - 4, person.name, value + 4, "sans")
    sheet.text(x, y + step, "性别", label, "sans", BLUE, gap=8)
    sheet.text(x + 130, y + step - 4, person.sex, value, "sans")
    sheet.text(x + 260, y + step, "民族", label, "sans", BLUE, gap=8)
    sheet.text(x + 390, y + step - 4, ethnicity, value, "sans")
    sheet.text(x, y + 2 * step, "出生", label, "sans", BLUE, gap=8)
    at: float = x + 130
    for number, unit in ((person.born.year, "年"), (person.born.month, "月"), (person.born.day, "日")):
        at = sheet.text(at, y + 2 * step - 4, str(number), value, "sans") + 16
        at = sheet.text(at, y + 2 * step, unit, label, "sans", BLUE) + 20
    sheet.text(x, y + 3 * step, "住址", label, "sans", BLUE, gap=8)
    sheet.paragraph(x + 130, y + 3 * step - 4, 580, person.address, value, "sans", indent=False, lead=1.35)
    sheet.text(x, 690, "公民身份号码", label, "sans", BLUE)
    sheet.text(x + 320, 684, person.id_number, value + 4, "sans", gap=8 if not held_out else 4)
    sheet.draw.rounded_rectangle((880, 120, 1190, 520), 60, fill="#9aa7b5")
    sheet.draw.ellipse((960, 160, 1110, 340), fill="#d9b99b")
    sheet.truth.fields = {
        "name": person.name, "sex": person.sex, "ethnicity": ethnicity, "birth_date": person.born.isoformat(),
        "address": person.address, "id_number": person.id_number,
    }  # fmt: skip
    return sheet


def id_card_back(facts: Facts, held_out: bool) -> Sheet:
    city = facts.address()
    authority = (
        city.split("区")[0] + "区公安局"
        if held_out
        else f"{city.split('市')[0]}市公安局" + city.split("市")[1].split("区")[0] + "分局"
    )
    start = facts.day(2012, 2024)
    forever = facts.rng.random() < 0.2
    end = start.replace(year=start.year + facts.rng.choice((10, 20)), day=min(start.day, 28))
    sheet = Sheet("id_card_back", (1280, 808), HELD_OUT if held_out else TUNING, facts.rng)
    sheet.tint("#e6eef0", "#f0e6ea")
    sheet.draw.ellipse((80, 70, 300, 290), fill="#c8372d")
    sheet.text(400, 100, "中华人民共和国", 60, "bold", gap=22)
    sheet.text(400, 210, "居民身份证", 84 if not held_out else 76, "bold", gap=40)
    y = 560 if not held_out else 580
    sheet.text(260, y, "签发机关", 38, "sans", gap=4)
    sheet.text(480, y, authority, 40, "sans")
    sheet.text(260, y + 100, "有效期限", 38, "sans", gap=4)
    until = "长期" if forever else f"{end:%Y.%m.%d}"
    sheet.text(480, y + 100, f"{start:%Y.%m.%d}-{until}", 40, "sans")
    sheet.truth.fields = {
        "issuing_authority": authority, "valid_from": start.isoformat(),
        "valid_to": "长期" if forever else end.isoformat(),
    }  # fmt: skip
    return sheet


def business_licence(facts: Facts, held_out: bool) -> Sheet:
    company, founded = facts.company(), facts.day(1998, 2024)
    amount = facts.rng.choice(("伍拾万元整", "壹佰万元整", "伍佰万元整", "壹仟万元整", "叁佰万元整"))
    scope = (
        "技术开发、技术咨询、技术服务；计算机系统服务；销售电子产品、办公用品；会议服务；"
        "承办展览展示活动。（依法须经批准的项目，经相关部门批准后方可开展经营活动）"
    )
    size = (1700, 1200) if not held_out else (1240, 1700)
    sheet = Sheet("business_licence", size, HELD_OUT if held_out else TUNING, facts.rng, "#fbf7ea")
    sheet.frame(40, 40, size[0] - 40, size[1] - 40, "#b5894a", 10)
    sheet.centre(120, "营业执照", 110, "bold", gap=60)
    sheet.text(110, 130 if not held_out else 290, "统一社会信用代码", 30, "sans")
    sheet.text(110, 176 if not held_out else 336, company.credit_code, 36, "sans")
    cells = [
        ("名称", company.name), ("类型", "有限责任公司（自然人投资或控股）"), ("法定代表人", company.head),
        ("经营范围", scope),
        ("注册资本", amount), ("成立日期", han_day(founded)), ("营业期限", f"{han_day(founded)}至长期"), ("住所",
        company.address),
    ]  # fmt: skip
    if held_out:
        y = 430.0
        for label, value in cells:
            sheet.text(110, y, label, 34, "sans", gap=0 if len(label) > 2 else 68)
            y = sheet.paragraph(330, y, 780, value, 34, "serif", indent=False) + 24
        issued = (680, 1560)
    else:
        left, right = 360.0, 360.0
        for place, (label, value) in enumerate(cells):
            x, y = (110, left) if place < 4 else (960, right)
            sheet.text(x, y, label, 32, "bold", gap=0 if len(label) > 2 else 64)
            y = sheet.paragraph(x + 200, y, 560, value, 32, "serif", indent=False) + 40
            left, right = (y, right) if place < 4 else (left, y)
        issued = (1080, 1060)
    day = facts.after(founded, 900)
    sheet.text(*issued, f"登记机关  {han_day(day)}", 34, "sans")
    sheet.seal(issued[0] + 330, issued[1] - 10, 120, "市场监督管理局")
    sheet.truth.fields = {
        "company_name": company.name, "credit_code": company.credit_code, "legal_representative": company.head,
        "registered_capital": amount, "established_on": founded.isoformat(), "address": company.address,
    }  # fmt: skip
    return sheet


def lawyer_licence(facts: Facts, held_out: bool) -> Sheet:
    person, firm = facts.person(), facts.firm()
    number = (
        "1"
        + facts.rng.choice(("1101", "3101", "4403", "3301"))
        + str(facts.number(2005, 2024))
        + ("1" if person.sex == "女" else "0")
        + facts.digits(7)
    )
    issued = facts.day(2008, 2025)
    place = facts.rng.choice(("北京市司法局", "上海市司法局", "广东省司法厅", "浙江省司法厅"))
    sheet = Sheet(
        "lawyer_licence",
        (1500, 1060) if not held_out else (1060, 1400),
        HELD_OUT if held_out else TUNING,
        facts.rng,
        "#f6f1e8",
    )
    sheet.centre(80, "中华人民共和国", 44, "serif", gap=10)
    sheet.centre(150, "律师执业证", 72, "bold", gap=16)
    rows = [
        ("执业机构", firm),
        ("执业证类别", "专职律师"),
        ("执业证号", number),
        ("持证人", person.name),
        ("性别", person.sex),
        ("身份证号", person.id_number),
        ("发证机关", place),
        ("发证日期", han_day(issued)),
    ]
    if held_out:
        rows = [("姓名", person.name), *rows[4:6], *rows[:3], *rows[6:]]
    y = 300
    for label, value in rows:
        colon = "：" if held_out else ""
        sheet.text(480 if not held_out else 120, y, label + colon, 36, "sans")
        sheet.text(740 if not held_out else 400, y, value, 38, "serif")
        y += 84 if not held_out else 104
    if not held_out:
        sheet.draw.rectangle((110, 330, 390, 720), fill="#a8b4c0")
    sheet.seal(900 if not held_out else 620, y - 130, 110, place)
    sheet.truth.fields = {
        "name": person.name, "sex": person.sex, "firm": firm, "licence_number": number, "id_number": person.id_number,
        "issuing_authority": place, "issued_on": issued.isoformat(),
    }  # fmt: skip
    return sheet


def bank_card(facts: Facts, held_out: bool) -> Sheet:
    number, bank = facts.card_number(), facts.bank()
    month, year = facts.number(1, 12), facts.number(27, 35)
    dark = facts.rng.choice(("#7a1f2b", "#1d4f7c", "#1f6b4a"))
    sheet = Sheet("bank_card", (1280, 808), HELD_OUT if held_out else TUNING, facts.rng, dark)
    sheet.tint(dark, "#35465c" if not held_out else dark)
    sheet.text(90, 70, bank, 62, "bold", "#f5f0e6")
    sheet.text(880, 90, "借记卡" if not held_out else "储蓄卡", 40, "sans", "#f5f0e6")
    sheet.draw.rounded_rectangle((110, 260, 260, 370), 16, fill="#d8bf7a")
    groups = " ".join(number[i : i + 4] for i in range(0, len(number), 4))
    sheet.text(110, 450, groups if not held_out else number, 70, "sans", "#fbfaf5", gap=2 if not held_out else 6)
    sheet.text(110, 600, f"VALID THRU {month:02d}/{year}", 38, "sans", "#f5f0e6")
    sheet.text(980, 680, "UnionPay 银联", 40, "bold", "#f5f0e6")
    sheet.truth.fields = {"card_number": number, "bank": bank, "valid_to": f"{month:02d}/{year}"}
    return sheet
