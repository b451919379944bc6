"""Screenshots of chats, as the fourth part draws them: a transfer among the bubbles, and the program on a computer."""

from ocr_evaluation.facts import Facts
from ocr_evaluation.sheet import FOURTH, Sheet

_TALK = (
    ("them", "房子漏水把楼下泡了，你看怎么赔"),
    ("me", "我先找人来修，费用我出一半可以吗"),
    ("them", "不行，全部要你承担，一共{amount}元"),
    ("me", "太多了，我这边只能先给三千"),
    ("them", "那就法院见吧"),
    ("me", "别急，我们明天当面谈，地点你定"),
    ("them", "明天下午三点，物业办公室"),
)
_SHORT = (
    ("me", "在吗？"),
    ("them", "在的"),
    ("me", "上个月的货款{amount}元什么时候打给我"),
    ("them", "财务说这周五统一付款，到时候我把回单发给你"),
    ("me", "好"),
    ("them", "放心，不会拖的"),
)


def _bubble(
    sheet: Sheet, y: float, mine: bool, text: str, size: int, edge: int, most: int, colours: tuple[str, str]
) -> float:
    font, lines, line = sheet.font(size, "sans"), [], ""
    for character in text:
        if font.getlength(line + character) > most and character not in "，。？":
            lines.append(line)
            line = ""
        line += character
    lines.append(line)
    lead = 1.45 * size
    wide, high = max(font.getlength(part) for part in lines) + 1.3 * size, lead * len(lines) + 0.8 * size
    left = sheet.width - edge - wide if mine else edge
    side = 2.1 * size
    at = sheet.width - edge + 20 if mine else edge - side - 20
    sheet.draw.rectangle((at, y, at + side, y + side), fill="#8c9bb0" if mine else "#b08c8c")
    sheet.draw.rounded_rectangle((left, y, left + wide, y + high), 12, fill=colours[0 if mine else 1])
    for place, part in enumerate(lines):
        sheet.text(left + 0.65 * size, y + 0.45 * size + lead * place, part, size, "sans", "#161616")
    return y + max(high, side) + 0.9 * size


def phone(facts: Facts) -> Sheet:
    peer, amount = f"{facts.name()}（{facts.rng.choice(('房东', '楼下邻居', '表哥'))}）", facts.number(30, 400) * 100
    sheet = Sheet("chat_screenshot", (1080, 2280), FOURTH, facts.rng, "#f0f0f0")
    sheet.text(50, 34, f"{facts.number(10, 22)}:{facts.number(10, 59)}", 36, "sans")
    sheet.centre(120, peer, 46, "sans")
    clock, y, said_at, messages = (facts.number(1, 5), facts.number(10, 40)), 240.0, "", []
    for place, (who, words) in enumerate(_TALK):
        if place in (0, 3, 5):
            said_at = f"{'下午' if place < 5 else '晚上'} {clock[0] + place}:{clock[1] + place:02d}"
            sheet.centre(int(y), said_at, 30, "sans", ink="#9b9b9b")
            y += 76
        text = words.format(amount=amount)
        y = _bubble(sheet, y, who == "me", text, 45, 150, 640, ("#a0ea75", "#ffffff"))
        messages.append({"speaker": "我" if who == "me" else peer, "time": said_at, "text": text})
    sheet.truth.fields = {"peer": peer, "messages": messages}
    return sheet


def computer(facts: Facts) -> Sheet:
    """The program's window on a computer: wide, the peer's name at the upper left."""
    peer, amount = facts.name(), facts.number(30, 900) * 100
    sheet = Sheet("chat_screenshot", (1400, 1300), FOURTH, facts.rng, "#f5f5f5")
    sheet.text(40, 30, peer, 34, "sans")
    sheet.rule(0, 96, 1400, 96, ink="#dddddd")
    y, said_at, messages = 130.0, "", []
    for place, (who, words) in enumerate(_SHORT):
        if place in (0, 2):
            said_at = f"星期{'三' if place == 0 else '四'} {facts.number(9, 21)}:{facts.number(10, 59)}"
            sheet.centre(int(y), said_at, 24, "sans", ink="#a2a2a2")
            y += 64
        text = words.format(amount=amount)
        y = _bubble(sheet, y, who == "me", text, 32, 130, 700, ("#95ec69", "#ffffff"))
        messages.append({"speaker": "我" if who == "me" else peer, "time": said_at, "text": text})
    sheet.truth.fields = {"peer": peer, "messages": messages}
    return sheet
