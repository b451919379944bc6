"""Identity and bank cards, as the seventh part draws them: small on a copy or on a desk, as clients send them."""

from datetime import date

from ocr_evaluation.facts import Facts, Person
from ocr_evaluation.sheet import SEVENTH, SEVENTH_TYPED, Sheet

_BLUE = "#35699b"
_BLACK = "#1b1b1b"
_GREY = "#3a3a3a"


def _front(sheet: Sheet, left: float, top: float, scale: float, person: Person, folk: str, label: str) -> None:
    """The front at its place: 85.6 mm by 54 mm (GA 461), 1000 units wide; the labels' ink is grey on copies."""

    def put(x: float, y: float, text: str, size: float, ink: str, gap: float = 0) -> float:
        return sheet.text(left + x * scale, top + y * scale, text, round(size * scale), "sans", ink, round(gap * scale))

    for y, text in ((70, "姓名"), (148, "性别"), (226, "出生"), (304, "住址")):
        put(66, y, text, 28, label, 10)
    put(170, 64, person.name, 38, _BLACK, 4)
    put(170, 143, person.sex, 34, _BLACK)
    put(286, 148, "民族", 28, label, 10)
    put(384, 143, folk, 34, _BLACK)
    for at, number in ((170, person.born.year), (320, person.born.month), (412, person.born.day)):
        put(at, 221, str(number), 34, _BLACK)
    for at, unit in ((262, "年"), (366, "月"), (460, "日")):
        put(at, 226, unit, 28, label)
    sheet.paragraph(
        left + 170 * scale, top + 299 * scale, 400 * scale, person.address, round(34 * scale), "sans",
        indent=False, lead=1.35, ink=_BLACK,
    )  # fmt: skip
    put(66, 548, "公民身份号码", 28, label, 6)
    put(330, 541, person.id_number, 40, _BLACK, 6)
    _portrait(sheet, left + 655 * scale, top + 80 * scale, scale)


def _portrait(sheet: Sheet, x: float, y: float, scale: float) -> None:
    sheet.draw.rectangle((x, y, x + 255 * scale, y + 340 * scale), fill="#c3c8cc")
    sheet.draw.ellipse((x + 70 * scale, y + 60 * scale, x + 185 * scale, y + 205 * scale), fill="#9b948e")
    sheet.draw.pieslice((x + 20 * scale, y + 215 * scale, x + 235 * scale, y + 465 * scale), 180, 360, fill="#4a5058")


def _back(sheet: Sheet, left: float, top: float, scale: float, authority: str, term: str, emblem: str) -> None:
    def put(x: float, y: float, text: str, size: float, face: str, gap: float = 0) -> None:
        sheet.text(left + x * scale, top + y * scale, text, round(size * scale), face, _BLACK, round(gap * scale))

    sheet.draw.ellipse(
        (left + 62 * scale, top + 56 * scale, left + 222 * scale, top + 216 * scale), outline=emblem, width=9
    )
    sheet.draw.ellipse((left + 96 * scale, top + 90 * scale, left + 188 * scale, top + 182 * scale), fill=emblem)
    put(296, 72, "中华人民共和国", 54, "serif", 26)
    put(306, 156, "居民身份证", 74, "serif", 36)
    put(252, 462, "签发机关", 28, "sans", 4)
    put(408, 459, authority, 31, "sans")
    put(252, 538, "有效期限", 28, "sans", 4)
    put(408, 535, term, 31, "sans")


def _card(sheet: Sheet, left: float, top: float, scale: float, fill: str, line: str) -> None:
    sheet.draw.rounded_rectangle(
        (left, top, left + 1000 * scale, top + 631 * scale), 38 * scale, fill=fill, outline=line, width=2
    )


def _authority(facts: Facts) -> str:
    place = facts.rng.choice(facts.places)
    if place[2].endswith("县"):
        return f"{place[2]}公安局"
    city, district = place[1].split("省")[-1], place[2].removesuffix("区")
    return facts.rng.choice((f"{city}公安局{district}分局", f"{city}公安局"))


def _until(start: date, years: int) -> date:
    return start.replace(year=start.year + years, day=min(28, start.day))


def _told(person: Person, folk: str) -> dict[str, str]:
    return {
        "name": person.name,
        "sex": person.sex,
        "ethnicity": folk,
        "birth_date": person.born.isoformat(),
        "address": person.address,
        "id_number": person.id_number,
    }


def both_sides_abreast(facts: Facts) -> Sheet:
    """Both sides beside each other on a copier's sheet that lies on its side, with what the copy is for below."""
    person, folk, start = facts.person(), facts.rng.choice(("汉", "布依", "藏", "汉")), facts.day(2008, 2024)
    sheet = Sheet("id_card_front", (1754, 1240), SEVENTH, facts.rng, "#fafafa")
    _card(sheet, 95, 280, 0.74, "#f0f0f0", "#9a9a9a")
    _front(sheet, 95, 280, 0.74, person, folk, "#7d7d7d")
    _card(sheet, 915, 280, 0.74, "#f0f0f0", "#9a9a9a")
    end = "长期" if start.year - person.born.year > 45 else f"{_until(start, 20):%Y.%m.%d}"
    _back(sheet, 915, 280, 0.74, _authority(facts), f"{start:%Y.%m.%d}-{end}", "#8f8f8f")
    sheet.text(95, 900, "此复印件仅用于办理民事诉讼委托手续，他用无效。", 32, "serif")
    sheet.hand(1130, 1000, f"与原件一致 {person.name}", 44)
    sheet.truth.fields = dict(_told(person, folk))
    return sheet


def front_on_a_desk(facts: Facts) -> Sheet:
    """The card itself on a wooden desk, not quite half of the picture."""
    person, folk = facts.person(), facts.rng.choice(("汉", "汉", "回", "仡佬"))
    sheet = Sheet("id_card_front", (1700, 1275), SEVENTH_TYPED, facts.rng, "#a88a66")
    for y in range(60, 1275, 170):
        sheet.rule(0, y, 1700, y + 14, ink="#9c7f5d", width=5)
    _card(sheet, 270, 270, 1.16, "#e8eef0", "#c9d2d6")
    sheet.draw.rounded_rectangle((620, 300, 1000, 980), 60, fill="#eaebe4")
    _front(sheet, 270, 270, 1.16, person, folk, _BLUE)
    sheet.truth.fields = dict(_told(person, folk))
    return sheet


def back_on_a_desk(facts: Facts) -> Sheet:
    start, authority = facts.day(2006, 2025), _authority(facts)
    end = _until(start, facts.rng.choice((10, 20)))
    sheet = Sheet("id_card_back", (1600, 1200), SEVENTH, facts.rng, "#6d7076")
    _card(sheet, 250, 240, 1.1, "#ece6e8", "#d2ccce")
    _back(sheet, 250, 240, 1.1, authority, f"{start:%Y.%m.%d}-{end:%Y.%m.%d}", "#bd3a31")
    sheet.truth.fields = {
        "issuing_authority": authority,
        "valid_from": start.isoformat(),
        "valid_to": end.isoformat(),
    }
    return sheet


def copy_of_the_back(facts: Facts) -> Sheet:
    """Copied larger than it is, with a bank's words of use stamped beneath."""
    start, authority = facts.day(2005, 2023), _authority(facts)
    sheet = Sheet("id_card_back", (1240, 1100), SEVENTH_TYPED, facts.rng, "#f8f8f7")
    _card(sheet, 130, 120, 0.98, "#ededec", "#8b8b8b")
    _back(sheet, 130, 120, 0.98, authority, f"{start:%Y.%m.%d}-长期", "#8d8d8d")
    sheet.frame(330, 830, 910, 990, "#3d4f9a", 4)
    sheet.text(360, 850, "本复印件与原件核对一致", 40, "sans", "#3d4f9a")
    sheet.text(360, 922, f"经办人 {facts.name()}", 40, "sans", "#3d4f9a")
    sheet.truth.fields = {"issuing_authority": authority, "valid_from": start.isoformat(), "valid_to": "长期"}
    return sheet


def debit_card(facts: Facts) -> Sheet:
    """Printed flat, its English name under the Chinese one, and no term, as debit cards now have none."""
    number, bank = facts.card_number(), facts.bank()
    sheet = Sheet("bank_card", (1016, 640), SEVENTH, facts.rng, "#b8342c")
    sheet.tint("#c23b30", "#8f2420")
    sheet.text(64, 48, bank, 50, "bold", "#fdf3ea")
    sheet.text(66, 116, "CITY COMMERCIAL BANK", 22, "sans", "#f3ddd2")
    sheet.text(800, 60, "ATM", 40, "sans", "#fdf3ea")
    sheet.draw.rounded_rectangle((80, 210, 204, 304), 14, fill="#d9bd6c")
    sheet.text(70, 356, "  ".join(number[i : i + 4] for i in range(0, len(number), 4)), 52, "sans", "#fffaf2")
    sheet.text(70, 470, "仅限电子使用 Electronic Use Only", 24, "sans", "#f3ddd2")
    sheet.text(70, 552, "借记卡 Debit Card", 32, "sans", "#fdf3ea")
    sheet.draw.rounded_rectangle((770, 520, 960, 610), 10, fill="#e7eef2")
    sheet.text(792, 528, "UnionPay", 34, "sans", "#12467c")
    sheet.text(826, 566, "银联", 34, "bold", "#a32027")
    sheet.truth.fields = {"card_number": number, "bank": bank}
    return sheet


def credit_card(facts: Facts) -> Sheet:
    """Raised characters: the member's year, the term and the holder's name under the number."""
    number, bank = facts.card_number(), facts.bank()
    until, silver = f"{facts.number(1, 12):02d}/{facts.number(27, 33)}", "#e6e8ea"
    sheet = Sheet("bank_card", (1016, 640), SEVENTH_TYPED, facts.rng, "#20262d")
    sheet.tint("#2a323b", "#14181d")
    sheet.text(640, 52, bank, 44, "bold", silver)
    sheet.text(640, 112, "信用卡 CREDIT CARD", 24, "sans", silver)
    sheet.draw.rounded_rectangle((84, 196, 206, 290), 14, fill="#bfc3c7")
    sheet.text(84, 332, " ".join(number[i : i + 4] for i in range(0, len(number), 4)), 58, "serif", silver)
    sheet.text(84, 424, "MEMBER SINCE", 17, "sans", silver)
    sheet.text(226, 414, "19", 34, "serif", silver)
    sheet.text(340, 414, "VALID", 15, "sans", silver)
    sheet.text(340, 434, "THRU", 15, "sans", silver)
    sheet.text(402, 414, until, 34, "serif", silver)
    sheet.text(84, 500, facts.rng.choice(("NIE YA NAN", "TONG SHU ZHEN", "CHU HONG BIN")), 36, "serif", silver)
    sheet.text(800, 540, "银联", 50, "bold", silver)
    sheet.truth.fields = {"card_number": number, "bank": bank, "valid_to": until}
    return sheet
