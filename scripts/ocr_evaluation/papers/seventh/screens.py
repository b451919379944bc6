"""Screenshots of chats, as the seventh part draws them: quotes and a message taken back, an office's program."""

from ocr_evaluation.facts import Facts
from ocr_evaluation.sheet import SEVENTH_TYPED, Sheet

_RENT = (
    ("them", "姐，下季度房租{amount}元该交了，合同上写的是每季度头五天", ""),
    ("me", "收到，我上个月报修的热水器还没有修", ""),
    ("them", "师傅说配件缺货", "收到，我上个月报修的热水器还没有修"),
    ("me", "那这个月的房租要扣掉修理费", ""),
    ("them", "可以，你把发票拍给我", ""),
    ("me", "一共350元，发票在物业那里", "可以，你把发票拍给我"),
    ("them", "行，那你转{rest}元就可以了", ""),
)
_WORK = (
    ("them", "你好，你的离职申请已经批了，最后工作日是本月二十号"),
    ("me", "我没有提交过离职申请，是你们通知我走的"),
    ("them", "按协商一致处理，补偿{amount}元"),
    ("me", "我工作了六年，应当按N+1计算，这个数字不对"),
    ("them", "公司最多只能给到这个数"),
    ("me", "请把解除通知书和计算依据书面发给我"),
)


def _lines(sheet: Sheet, text: str, size: int, most: float) -> list[str]:
    font, lines, line = sheet.font(size, "sans"), [], ""
    for character in text:
        if font.getlength(line + character) > most and character not in "，。？":
            lines.append(line)
            line = ""
        line += character
    return [*lines, line]


def _bubble(sheet: Sheet, y: float, mine: bool, text: str, size: int, grounds: tuple[str, str]) -> float:
    """Edges for a face of 2 by 2 letters; returns where the bubble ends."""
    lines, edge = _lines(sheet, text, size, 0.57 * sheet.width), 3.6 * size
    wide = max(sheet.font(size, "sans").getlength(line) for line in lines) + 1.3 * size
    high = 1.45 * size * len(lines) + 0.85 * size
    left = sheet.width - edge - wide if mine else edge
    sheet.draw.rounded_rectangle((left, y, left + wide, y + high), 14, fill=grounds[0 if mine else 1])
    for place, line in enumerate(lines):
        sheet.text(left + 0.65 * size, y + 0.42 * size + 1.45 * size * place, line, size, "sans", "#181818")
    return y + high


def quotes(facts: Facts) -> Sheet:
    """What is answered stands small under the answer; one message was taken back. Neither is said there and then."""
    peer, amount = f"{facts.rng.choice(('房东', '中介', '二房东'))}{facts.name()}", facts.number(40, 200) * 100
    sheet = Sheet("chat_screenshot", (1080, 2400), SEVENTH_TYPED, facts.rng, "#ededed")
    sheet.text(64, 38, f"{facts.number(8, 22)}:{facts.number(10, 59)}", 36, "sans")
    sheet.centre(128, peer, 44, "sans")
    sheet.rule(0, 220, 1080, 220, ink="#d5d5d5")
    y, clock, said_at, messages = 260.0, facts.number(10, 30), "", []
    for place, (who, words, answered) in enumerate(_RENT):
        if place in (0, 3, 5):
            said_at = f"{'星期二' if place < 5 else '昨天'} {facts.number(10, 21)}:{clock + place:02d}"
            sheet.centre(int(y), said_at, 30, "sans", ink="#9c9c9c")
            y += 78
        if place == 5:
            sheet.centre(int(y), f"“{peer}”撤回了一条消息", 30, "sans", ink="#9c9c9c")
            y += 78
        mine, text = who == "me", words.format(amount=amount, rest=amount - 350)
        face = 960 if mine else 36
        sheet.draw.rounded_rectangle((face, y, face + 84, y + 84), 10, fill="#7a9d8c" if mine else "#c09a76")
        y = _bubble(sheet, y, mine, text, 42, ("#95ec69", "#ffffff"))
        if answered:
            told = f"{peer if mine else '山月'}：{answered}"
            wide = sheet.font(28, "sans").getlength(told) + 36
            left = 1080 - 151 - wide if mine else 151
            sheet.draw.rounded_rectangle((left, y + 10, left + wide, y + 68), 8, fill="#e1e1e1")
            sheet.text(left + 18, y + 18, told, 28, "sans", "#8a8a8a")
            y += 68
        y += 46
        messages.append({"speaker": "我" if mine else peer, "time": said_at, "text": text})
    sheet.draw.rectangle((0, 2260, 1080, 2400), fill="#f7f7f7")
    sheet.draw.rounded_rectangle((130, 2285, 820, 2370), 12, fill="#ffffff")
    sheet.truth.fields = {"peer": peer, "messages": messages}
    return sheet


def office_chat(facts: Facts) -> Sheet:
    """An office's program: names written on faces, and under what was said whether it was read."""
    peer, me, amount = facts.name(), facts.name(), facts.number(60, 300) * 100
    sheet = Sheet("chat_screenshot", (1080, 2200), SEVENTH_TYPED, facts.rng, "#f5f6f8")
    sheet.draw.rectangle((0, 0, 1080, 220), fill="#ffffff")
    sheet.text(64, 34, f"{facts.number(9, 20)}:{facts.number(10, 59)}", 34, "sans")
    sheet.centre(118, peer, 46, "sans")
    y, said_at, messages = 270.0, "", []
    day = facts.day(2024, 2026)
    for place, (who, words) in enumerate(_WORK):
        if place in (0, 4):
            said_at = f"{day.month}月{day.day}日 {facts.number(9, 11) + place}:{facts.number(10, 59)}"
            sheet.centre(int(y), said_at, 28, "sans", ink="#9a9ea6")
            y += 72
        mine, text = who == "me", words.format(amount=amount)
        face, name = (952 if mine else 36), (me if mine else peer)[-2:]
        sheet.draw.rounded_rectangle((face, y, face + 90, y + 90), 16, fill="#3296fa" if not mine else "#5a73c8")
        width = sheet.font(30, "sans").getlength(name)
        sheet.text(face + 45 - width / 2, y + 24, name, 30, "sans", "#ffffff")
        y = _bubble(sheet, y, mine, text, 41, ("#d3e8ff", "#ffffff"))
        if mine:
            sheet.text(850, y + 8, "已读", 26, "sans", "#8fa5c4")
            y += 36
        y += 54
        messages.append({"speaker": "我" if mine else peer, "time": said_at, "text": text})
    sheet.draw.rectangle((0, 2070, 1080, 2200), fill="#ffffff")
    sheet.truth.fields = {"peer": peer, "messages": messages}
    return sheet
