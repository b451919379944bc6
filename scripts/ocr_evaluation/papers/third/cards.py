"""Identity cards, licences, bank cards, as the third part draws them."""

from ocr_evaluation.facts import Facts, han_day
from ocr_evaluation.sheet import THIRD, Sheet

_BLUE = "#4a78a8"
_BLACK = "#202020"


def id_card_front(facts: Facts) -> Sheet:
    """Small labels, the address over three short rows, the number far right; some names are long."""
    person = facts.person()
    name, ethnicity = facts.rng.choice(
        ((person.name, "汉"), (person.name, "侗"), ("阿依古丽·买买提", "维吾尔"), (person.name, "朝鲜"))
    )
    sheet = Sheet("id_card_front", (1010, 638), THIRD, facts.rng)
    sheet.tint("#dfe9ee", "#eef0e4")
    sheet.text(60, 66, "姓名", 26, "sans", _BLUE, gap=14)
    sheet.text(158, 58, name, 38, "sans", _BLACK)
    sheet.text(60, 146, "性别", 26, "sans", _BLUE, gap=14)
    sheet.text(158, 140, person.sex, 34, "sans", _BLACK)
    sheet.text(260, 146, "民族", 26, "sans", _BLUE, gap=14)
    sheet.text(356, 140, ethnicity, 34, "sans", _BLACK)
    sheet.text(60, 224, "出生", 26, "sans", _BLUE, gap=14)
    for x, value, unit in ((158, person.born.year, "年"), (292, person.born.month, "月"), (378, person.born.day, "日")):
        end = sheet.text(x, 218, str(value), 34, "sans", _BLACK)
        sheet.text(max(end + 8, x + 48), 224, unit, 26, "sans", _BLUE)
    sheet.text(60, 302, "住址", 26, "sans", _BLUE, gap=14)
    sheet.paragraph(158, 296, 400, person.address, 34, "sans", indent=False, lead=1.3, ink=_BLACK)
    sheet.text(60, 552, "公民身份号码", 26, "sans", _BLUE, gap=6)
    sheet.text(360, 544, person.id_number, 40, "sans", _BLACK, gap=7)
    sheet.draw.rounded_rectangle((680, 80, 940, 420), 40, fill="#a9b3bd")
    sheet.draw.ellipse((735, 120, 885, 300), fill="#cfae92")
    sheet.truth.fields = {
        "name": name, "sex": person.sex, "ethnicity": ethnicity, "birth_date": person.born.isoformat(),
        "address": person.address, "id_number": person.id_number,
    }  # fmt: skip
    return sheet


def id_card_back(facts: Facts) -> Sheet:
    place = facts.rng.choice(facts.places)
    authority = facts.rng.choice(
        (f"{place[2].removesuffix('区')}县公安局", f"{place[1]}公安局{place[2].removesuffix('区')}分局")
    )
    start = facts.day(2008, 2024)
    forever = facts.rng.random() < 0.3
    end = start.replace(year=start.year + facts.rng.choice((5, 10, 20)), day=min(start.day, 28))
    sheet = Sheet("id_card_back", (1010, 638), THIRD, facts.rng)
    sheet.tint("#e9efe6", "#e2e8f2")
    sheet.draw.ellipse((56, 60, 226, 230), fill="#b93a30")
    sheet.text(290, 74, "中华人民共和国", 50, "serif", _BLACK, gap=26)
    sheet.text(320, 160, "居民身份证", 70, "serif", _BLACK, gap=26)
    sheet.text(220, 470, "签发机关", 28, "sans", _BLACK, gap=3)
    sheet.text(386, 466, authority, 32, "sans", _BLACK)
    sheet.text(220, 544, "有效期限", 28, "sans", _BLACK, gap=3)
    sheet.text(386, 540, f"{start:%Y.%m.%d} - {'长期' if forever else f'{end:%Y.%m.%d}'}", 32, "sans", _BLACK)
    sheet.truth.fields = {
        "issuing_authority": authority, "valid_from": start.isoformat(),
        "valid_to": "长期" if forever else end.isoformat(),
    }  # fmt: skip
    return sheet


def business_licence(facts: Facts) -> Sheet:
    """A copy (副本) on its side; one in two is of a single trader, whose form has other words."""
    company, founded = facts.company(), facts.day(2001, 2024)
    single = facts.rng.random() < 0.5
    sheet = Sheet("business_licence", (1640, 1160), THIRD, facts.rng, "#faf6ec")
    sheet.frame(30, 30, 1610, 1130, "#a9824f", 6)
    sheet.frame(46, 46, 1594, 1114, "#a9824f", 2)
    sheet.text(110, 110, "统一社会信用代码", 26, "sans")
    sheet.text(110, 150, company.credit_code, 32, "bold")
    sheet.centre(150, "营业执照", 96, "serif", gap=34)
    sheet.centre(280, "（副  本）（1-1）", 34, "serif")
    sheet.draw.rectangle((1330, 110, 1470, 250), outline="#333333", width=3)
    sheet.text(1340, 268, "扫描二维码了解更多信息", 15, "sans")
    name = f"{company.name.split('有限')[0].split('股份')[0].split('（')[0]}店" if single else company.name
    capital = facts.rng.choice(("贰佰万元整", "人民币陆佰捌拾万元整", "叁仟万元整", "500万元人民币"))
    scope = (
        "许可项目：食品销售；道路货物运输（不含危险货物）。一般项目：日用百货销售；五金产品零售；"
        "国内贸易代理；信息咨询服务（不含许可类信息咨询服务）。"
    )
    left = [("名      称", name), ("类      型", "个体工商户" if single else "其他有限责任公司")]
    left += [("经 营 者" if single else "法定代表人", company.head), ("经营范围", scope)]
    right = [("组成形式", "个人经营")] if single else [("注册资本", capital)]
    right += [("注册日期" if single else "成立日期", f"{founded.year}年{founded.month:02d}月{founded.day:02d}日")]
    right += [("经营场所" if single else "住      所", company.address)]
    for x, cells in ((110, left), (890, right)):
        y = 390.0
        for label, value in cells:
            sheet.text(x, y, label, 29, "sans")
            y = sheet.paragraph(x + 190, y, 490, value, 29, "serif", indent=False, lead=1.45) + 30
    day = facts.after(founded, 1200)
    sheet.text(1000, 900, "登记机关", 32, "serif", gap=18)
    sheet.text(1050, 990, f"{day.year} 年 {day.month:02d} 月 {day.day:02d} 日", 32, "serif")
    sheet.seal(1300, 950, 112, f"{facts.rng.choice(facts.places)[2]}市场监督管理局")
    sheet.text(70, 1076, "国家企业信用信息公示系统网址：www.gsxt.gov.cn", 17, "sans")
    sheet.right(1076, "国家市场监督管理总局监制", 17, 1570, "sans")
    sheet.truth.fields = {
        "company_name": name, "credit_code": company.credit_code, "legal_representative": company.head,
        "established_on": founded.isoformat(), "address": company.address,
    }  # fmt: skip
    if not single:
        sheet.truth.fields["registered_capital"] = capital
    return sheet


def lawyer_licence(facts: Facts) -> Sheet:
    """The booklet lying open: the practice on its left page, the person on its right."""
    person, firm, place = facts.person(), facts.firm(), facts.rng.choice(facts.places)
    authority = facts.rng.choice(
        ("天津市司法局", "湖南省司法厅", "广西壮族自治区司法厅", "长春市司法局", "福建省司法厅")
    )
    year, issued = facts.number(2006, 2024), facts.day(2009, 2025)
    number = "1" + place[0][:4] + str(year) + ("1" if person.sex == "女" else "0") + facts.digits(7)
    sheet = Sheet("lawyer_licence", (1700, 1120), THIRD, facts.rng, "#f1ede0")
    sheet.rule(850, 20, 850, 1100, ink="#b7ad97", width=5)
    rows = [
        ("执业机构", firm), ("执业证类别", "专职律师"), ("执业证号", number), ("法律职业资格", ""),
        ("或律师资格证号", f"A{facts.digits(14)}"), ("发证机关", authority), ("发证日期", han_day(issued)),
    ]  # fmt: skip
    y = 170
    for label, value in rows:
        end = sheet.text(90, y, label, 30, "serif")
        sheet.text(max(320, end + 24), y - 2, value, 31, "serif")
        sheet.rule(310, y + 44, 800, y + 44, ink="#8d8877")
        y += 104
    sheet.seal(610, y - 150, 105, authority)
    sheet.draw.rectangle((1120, 120, 1410, 520), fill="#b9c1c8")
    for place_at, (label, value) in enumerate(
        (("持 证 人", person.name), ("性    别", person.sex), ("身份证号", person.id_number))
    ):
        sheet.text(960, 640 + 110 * place_at, label, 32, "serif")
        sheet.text(1160, 638 + 110 * place_at, value, 33, "serif")
    sheet.truth.fields = {
        "name": person.name, "sex": person.sex, "firm": firm, "licence_number": number, "id_number": person.id_number,
        "issuing_authority": authority, "issued_on": issued.isoformat(),
    }  # fmt: skip
    return sheet


def bank_card(facts: Facts) -> Sheet:
    """A light card, dark print, the bank at the right."""
    number, bank = facts.card_number(), facts.bank()
    month, year = facts.number(1, 12), facts.number(26, 36)
    light = facts.rng.choice(("#e9e3d6", "#d7e3ea", "#ecdfe2"))
    sheet = Sheet("bank_card", (1010, 638), THIRD, facts.rng, light)
    sheet.tint(light, "#cfd6c9")
    length = sheet.font(46, "bold").getlength(bank)
    sheet.text(950 - length, 50, bank, 46, "bold", "#7c2430")
    sheet.text(70, 60, "ATM", 34, "sans", "#444444")
    sheet.draw.rounded_rectangle((80, 210, 200, 300), 12, fill="#c9b063")
    groups = " ".join(number[i : i + 4] for i in range(0, len(number), 4))
    sheet.text(80, 350, groups, 56, "sans", "#2b2b2b", gap=3)
    sheet.text(330, 432, "MONTH/YEAR", 18, "sans", "#444444")
    sheet.text(240, 458, "VALID THRU", 18, "sans", "#444444")
    sheet.text(380, 454, f"{month:02d}/{year}", 36, "sans", "#2b2b2b")
    sheet.text(80, 540, "借记卡 DEBIT", 30, "sans", "#444444")
    sheet.text(700, 540, "银联 UnionPay", 36, "bold", "#1d4f7c")
    sheet.truth.fields = {"card_number": number, "bank": bank, "valid_to": f"{month:02d}/{year}"}
    return sheet
