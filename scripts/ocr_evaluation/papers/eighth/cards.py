"""Identity and bank cards, as the eighth part draws them: in a viewer of pictures, with a watermark, in a sleeve."""

from datetime import date

from PIL import Image, ImageDraw

from ocr_evaluation.facts import Facts, Person
from ocr_evaluation.sheet import EIGHTH, EIGHTH_TYPED, Sheet

_BLUE = "#2f6fa0"
_BLACK = "#171717"


def _front(sheet: Sheet, left: float, top: float, unit: float, person: Person, folk: str) -> None:
    """The front at its place: 85.6 mm by 54 mm (GA 461), one `unit` of pixels for 0.1 mm."""

    def put(x: float, y: float, text: str, size: float, ink: str = _BLACK, gap: float = 0) -> None:
        sheet.text(left + x * unit, top + y * unit, text, round(size * unit), "sans", ink, round(gap * unit))

    sheet.draw.rounded_rectangle((left, top, left + 856 * unit, top + 540 * unit), 32 * unit, fill="#e9eff2")
    for line, label in ((58, "姓名"), (122, "性别"), (186, "出生"), (250, "住址")):
        put(58, line, label, 25, _BLUE, 8)
    put(148, 54, person.name, 31, gap=2)
    put(148, 119, person.sex, 28)
    put(238, 122, "民族", 25, _BLUE, 8)
    put(322, 119, folk, 28)
    for at, number in ((148, person.born.year), (272, person.born.month), (352, person.born.day)):
        put(at, 183, str(number), 28)
    for at, word in ((228, "年"), (312, "月"), (392, "日")):
        put(at, 186, word, 25, _BLUE)
    sheet.paragraph(
        left + 148 * unit, top + 247 * unit, 340 * unit, person.address, round(28 * unit), "sans",
        indent=False, lead=1.36, ink=_BLACK,
    )  # fmt: skip
    put(58, 470, "公民身份号码", 25, _BLUE, 4)
    put(290, 464, person.id_number, 33, gap=5)
    x, y = left + 562 * unit, top + 70 * unit
    sheet.draw.rectangle((x, y, x + 220 * unit, y + 290 * unit), fill="#d3d9dd")
    sheet.draw.ellipse((x + 62 * unit, y + 46 * unit, x + 158 * unit, y + 170 * unit), fill="#c2a189")
    sheet.draw.pieslice((x + 14 * unit, y + 186 * unit, x + 206 * unit, y + 394 * unit), 180, 360, fill="#33373d")


def _back(sheet: Sheet, left: float, top: float, unit: float, authority: str, term: str, red: str) -> None:
    def put(x: float, y: float, text: str, size: float, face: str, gap: float = 0) -> None:
        sheet.text(left + x * unit, top + y * unit, text, round(size * unit), face, _BLACK, round(gap * unit))

    box = (left + 50 * unit, top + 44 * unit, left + 184 * unit, top + 178 * unit)
    sheet.draw.ellipse(box, outline=red, width=round(12 * unit))
    sheet.draw.pieslice((box[0] + 30, box[1] + 30, box[2] - 30, box[3] - 30), 20, 340, fill=red)
    put(252, 60, "中华人民共和国", 45, "serif", 20)
    put(258, 130, "居民身份证", 62, "serif", 30)
    put(218, 396, "签发机关", 24, "sans", 2)
    put(348, 393, authority, 26, "sans")
    put(218, 458, "有效期限", 24, "sans", 2)
    put(348, 455, term, 26, "sans")


def _authority(facts: Facts) -> str:
    place = facts.rng.choice(facts.places)
    if place[1].endswith("省"):
        return f"{place[2]}公安局"
    city = place[1].split("省")[-1].split("自治区")[-1]
    return f"{city}公安局{place[2] if place[2].endswith('新区') else place[2].removesuffix('区')}分局"


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


def front_in_a_viewer(facts: Facts) -> Sheet:
    """A telephone's picture of its own screen: the photo of the card as wide as the screen, black above and below."""
    person, folk = facts.person(), facts.rng.choice(("汉", "白", "壮", "汉"))
    sheet = Sheet("id_card_front", (1080, 1900), EIGHTH_TYPED, facts.rng, "#000000")
    sheet.text(70, 40, f"{facts.number(7, 22)}:{facts.number(10, 59)}", 34, "sans", "#e8e8e8")
    sheet.text(900, 44, f"{facts.number(21, 96)}%", 30, "sans", "#e8e8e8")
    sheet.draw.rectangle((0, 500, 1080, 1290), fill="#8f8375")
    _front(sheet, 62, 600, 1.12, person, folk)
    sheet.draw.ellipse((70, 1760, 140, 1830), outline="#c8c8c8", width=4)
    sheet.draw.ellipse((940, 1760, 1010, 1830), outline="#c8c8c8", width=4)
    sheet.truth.fields = dict(_told(person, folk))
    return sheet


def _watermark(sheet: Sheet, text: str) -> None:
    """Aslant over the whole card, pale, as programs that guard copies print it; its writing is not asked for."""
    font = sheet.font(40, "sans")
    tile = Image.new("RGBA", (round(font.getlength(text)) + 20, 60), (0, 0, 0, 0))
    ImageDraw.Draw(tile).text((10, 4), text, font=font, fill=(120, 120, 120, 70))
    tile = tile.rotate(24, expand=True)
    for x, y in ((40, 60), (420, 250), (-160, 400), (600, -60)):
        sheet.image.paste(tile, (x, y), tile)
    sheet.truth.seals.append((sheet.width / 2, sheet.height / 2, 0.62 * sheet.width))


def front_with_a_watermark(facts: Facts) -> Sheet:
    """What a scanning program keeps of a card: cut along its edges, with what the copy is for printed over it."""
    person, folk = facts.person(), facts.rng.choice(("汉", "土家", "彝", "汉"))
    sheet = Sheet("id_card_front", (1113, 702), EIGHTH, facts.rng, "#e9eff2")
    _front(sheet, 0, 0, 1.3, person, folk)
    _watermark(sheet, "仅供办理诉讼立案使用")
    sheet.truth.fields = dict(_told(person, folk))
    return sheet


def back_on_a_copy(facts: Facts) -> Sheet:
    """On a copier's sheet, with the words that the office's stamp leaves and a clerk's hand below."""
    start, authority = facts.day(2007, 2024), _authority(facts)
    end = _until(start, facts.rng.choice((10, 20)))
    sheet = Sheet("id_card_back", (1240, 1400), EIGHTH, facts.rng, "#f7f7f6")
    sheet.draw.rounded_rectangle((190, 170, 1046, 710), 30, fill="#e6e6e5", outline="#9d9d9d", width=2)
    _back(sheet, 190, 170, 1.0, authority, f"{start:%Y.%m.%d}-{end:%Y.%m.%d}", "#7b7b7b")
    sheet.frame(300, 850, 930, 1010, "#b5303a", 4)
    sheet.text(340, 868, "与原件核对无误", 44, "sans", "#b5303a")
    sheet.text(340, 940, "再次复印无效", 44, "sans", "#b5303a")
    sheet.hand(620, 1080, f"核对人：{facts.name()}", 46)
    sheet.truth.fields = {
        "issuing_authority": authority,
        "valid_from": start.isoformat(),
        "valid_to": end.isoformat(),
    }
    return sheet


def back_in_a_sleeve(facts: Facts) -> Sheet:
    """In a clear sleeve on a table cloth; the lamp shines back from where nothing is written."""
    start, authority = facts.day(2004, 2025), _authority(facts)
    forever = facts.rng.random() < 0.4
    end = _until(start, 20)
    sheet = Sheet("id_card_back", (1440, 1080), EIGHTH_TYPED, facts.rng, "#5b7a6a")
    for x in range(0, 1440, 90):
        sheet.rule(x, 0, x, 1080, ink="#6c8d7b", width=26)
    sheet.draw.rounded_rectangle((200, 190, 1250, 890), 24, fill="#d9dfdf")
    sheet.draw.rounded_rectangle((240, 230, 1210, 842), 36, fill="#ebe7e4")
    sheet.draw.polygon([(300, 480), (560, 470), (470, 600), (280, 620)], fill="#fbfbfa")
    term = f"{start:%Y.%m.%d}-{'长期' if forever else f'{end:%Y.%m.%d}'}"
    _back(sheet, 240, 230, 1.133, authority, term, "#c23b33")
    sheet.truth.fields = {
        "issuing_authority": authority,
        "valid_from": start.isoformat(),
        "valid_to": "长期" if forever else end.isoformat(),
    }
    return sheet


def upright_front(facts: Facts) -> Sheet:
    """An upright card: the number in rows of four, one under the other."""
    number, bank = facts.card_number(), facts.bank()
    pale = "#f4efe2"
    sheet = Sheet("bank_card", (640, 1016), EIGHTH, facts.rng, "#1c4e80")
    sheet.tint("#1f5a91", "#17335c")
    sheet.text(52, 54, bank, 46, "bold", pale)
    sheet.text(54, 118, "RURAL & CITY BANK", 20, "sans", "#cfd9e4")
    sheet.draw.rounded_rectangle((270, 210, 370, 330), 12, fill="#d6bd72")
    for row, place in enumerate(range(0, len(number), 4)):
        sheet.text(60, 420 + 82 * row, number[place : place + 4], 60, "sans", "#ffffff", gap=8)
    sheet.text(60, 866, "借记卡", 34, "sans", pale)
    sheet.text(60, 914, "Debit", 26, "sans", "#cfd9e4")
    sheet.draw.rounded_rectangle((420, 850, 600, 960), 10, fill="#f2f5f7")
    sheet.text(440, 862, "UnionPay", 32, "sans", "#14417a")
    sheet.text(470, 906, "银联", 36, "bold", "#b0232a")
    sheet.truth.fields = {"card_number": number, "bank": bank}
    return sheet


def number_on_the_back(facts: Facts) -> Sheet:
    """The front bears a picture only; number, term and code of a credit card are printed flat behind it."""
    number, bank = facts.card_number(), facts.bank()
    until = f"{facts.number(1, 12):02d}/{facts.number(26, 34)}"
    sheet = Sheet("bank_card", (1016, 640), EIGHTH_TYPED, facts.rng, "#d8dde2")
    sheet.tint("#dfe3e6", "#c3ccd3")
    sheet.draw.rectangle((0, 46, 1016, 150), fill="#1d1d1f")
    sheet.text(60, 172, f"客服热线 24-Hour Hotline  40088{facts.digits(5)}", 21, "sans", "#333a42")
    sheet.draw.rectangle((60, 212, 560, 276), fill="#fbfbfb")
    sheet.text(70, 284, "授权签名 AUTHORIZED SIGNATURE", 17, "sans", "#4a525b")
    sheet.text(590, 226, facts.digits(3), 32, "sans", "#222222")
    sheet.text(60, 340, " ".join(number[i : i + 4] for i in range(0, len(number), 4)), 48, "sans", "#1c2229")
    sheet.text(60, 424, "有效期至", 22, "sans", "#333a42")
    sheet.text(60, 452, "VALID THRU", 15, "sans", "#333a42")
    sheet.text(180, 426, until, 34, "sans", "#1c2229")
    sheet.text(60, 504, "GU SI QI", 32, "sans", "#1c2229")
    sheet.text(60, 572, f"本卡由{bank}发行，拾获请交还任一网点。", 22, "sans", "#333a42")
    sheet.text(800, 480, "信用卡", 34, "bold", "#333a42")
    sheet.text(790, 560, "银联", 46, "bold", "#a5222b")
    sheet.truth.fields = {"card_number": number, "bank": bank, "valid_to": until}
    return sheet
