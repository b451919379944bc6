"""Cards and licences, as the sixth part draws them."""

from ocr_evaluation.facts import Facts, han_day
from ocr_evaluation.forms import ruled
from ocr_evaluation.sheet import FIFTH, Sheet

_INK = "#232323"


def dense_card(facts: Facts) -> Sheet:
    """Labels and values without a gap, as old readers of cards print them."""
    person = facts.person()
    born = person.born
    sheet = Sheet("id_card_front", (1000, 630), FIFTH, facts.rng)
    sheet.tint("#e4eaf0", "#eae6da")
    rows = (f"姓名{person.name}", f"性别{person.sex}  民族汉", f"出生{born.year}年{born.month:02d}月{born.day:02d}日")
    for place, row in enumerate(rows):
        sheet.text(70, 70 + 74 * place, row, 33, "sans", _INK)
    sheet.paragraph(70, 292, 520, f"住址{person.address}", 33, "sans", indent=False, lead=1.35, ink=_INK)
    sheet.text(70, 540, f"公民身份号码{person.id_number}", 36, "sans", _INK)
    sheet.draw.rectangle((680, 90, 920, 400), fill="#aeb4ba")
    sheet.truth.fields = {
        "name": person.name,
        "sex": person.sex,
        "ethnicity": "汉",
        "birth_date": born.isoformat(),
        "address": person.address,
        "id_number": person.id_number,
    }
    return sheet


def dense_back(facts: Facts) -> Sheet:
    start, authority = (
        facts.day(2005, 2024),
        facts.rng.choice(("平遥县公安局", "托克托县公安局", "海口市公安局美兰分局")),
    )
    sheet = Sheet("id_card_back", (1000, 630), FIFTH, facts.rng)
    sheet.tint("#ece8df", "#e2e9ec")
    sheet.text(320, 80, "中华人民共和国", 44, "bold", _INK, gap=10)
    sheet.text(330, 160, "居民身份证", 58, "bold", _INK, gap=10)
    sheet.text(220, 450, f"签发机关{authority}", 30, "sans", _INK)
    sheet.text(220, 520, f"有效期限{start:%Y.%m.%d}-长期", 30, "sans", _INK)
    sheet.truth.fields = {"issuing_authority": authority, "valid_from": start.isoformat(), "valid_to": "长期"}
    return sheet


def licence_in_a_table(facts: Facts) -> Sheet:
    """What a register prints about a licence."""
    company, founded = facts.company(), facts.day(2000, 2025)
    capital = facts.rng.choice(("200万元", "壹仟贰佰万元整", "5000.000000万人民币"))
    sheet = Sheet("business_licence", (1240, 1754), FIFTH, facts.rng)
    sheet.centre(90, "营业执照信息", 50, "bold")
    rows = (
        ("统一社会信用代码", company.credit_code),
        ("企业名称", company.name),
        ("法定代表人", company.head),
        ("类型", "有限责任公司（自然人独资）"),
        ("成立日期", han_day(founded)),
        ("注册资本", capital),
        ("登记状态", "存续（在营、开业、在册）"),
        ("住所", company.address),
        ("经营范围", "许可项目：建设工程施工。一般项目：园林绿化工程施工；花卉种植；肥料销售。"),
        ("登记机关", "市场监督管理局"),
    )
    ruled(sheet, 110, 220, (300, 720), rows, 84, 29)
    sheet.truth.fields = {
        "company_name": company.name,
        "credit_code": company.credit_code,
        "legal_representative": company.head,
        "established_on": founded.isoformat(),
        "registered_capital": capital,
        "address": company.address,
    }
    return sheet


def lawyer_badge(facts: Facts) -> Sheet:
    """A badge: few facts, labels spread."""
    name, firm, issued = facts.name(), facts.firm(), facts.day(2016, 2025)
    number = f"1{facts.rng.choice(facts.places)[0][:4]}{facts.number(2009, 2024)}{facts.digits(8)}"
    sheet = Sheet("lawyer_licence", (760, 1100), FIFTH, facts.rng, "#eef1f4")
    sheet.centre(60, "律师执业证", 60, "bold", gap=10)
    sheet.draw.rectangle((260, 180, 500, 490), fill="#b2b8be")
    rows = (
        ("姓    名", name),
        ("执业机构", firm),
        ("执业证号", number),
        ("发证机关", "宁夏回族自治区司法厅"),
        ("发证日期", han_day(issued)),
    )
    for place, (label, value) in enumerate(rows):
        sheet.text(60, 560 + 92 * place, label, 29, "serif", _INK)
        sheet.text(220, 560 + 92 * place, value, 29 if len(value) < 16 else 25, "serif", _INK)
    sheet.truth.fields = {
        "name": name,
        "firm": firm,
        "licence_number": number,
        "issuing_authority": "宁夏回族自治区司法厅",
        "issued_on": issued.isoformat(),
    }
    return sheet


def bank_card(facts: Facts) -> Sheet:
    number, bank = facts.card_number(), facts.bank()
    until = f"{facts.number(1, 12):02d}/{facts.number(27, 36)}"
    sheet = Sheet("bank_card", (1012, 638), FIFTH, facts.rng, "#1d5a4c")
    sheet.tint("#236b5a", "#1a4a54")
    sheet.centre(60, bank, 46, "bold", ink="#eef5ee")
    sheet.centre(126, "GOLDEN CARD 金卡", 26, "sans", ink="#e2ece2")
    groups = "   ".join(number[place : place + 4] for place in range(0, len(number), 4))
    sheet.text(80, 330, groups, 46, "sans", "#f4f8f2")
    sheet.text(80, 430, f"有效期 VALID {until}", 28, "sans", "#e2ece2")
    sheet.text(80, 540, "借记卡", 30, "sans", "#e2ece2")
    sheet.text(780, 530, "银联", 44, "bold", "#f4f8f2")
    sheet.truth.fields = {"card_number": number, "bank": bank, "valid_to": until}
    return sheet
