"""Screenshots of chats, as the eighth part draws them: a talk that was forwarded, and a market's program."""

from ocr_evaluation.facts import Facts
from ocr_evaluation.sheet import EIGHTH, EIGHTH_TYPED, Sheet

_FORWARDED = (
    (0, "您好，七月的货款{amount}元对过账了吧"),
    (1, "对过了，数量没问题"),
    (0, "那什么时候安排付款"),
    (1, "最近账上紧张，下个月十号之前先付一半"),
    (0, "麻烦您给个准话，供应商那边也在催我"),
    (1, "十号一定付，这个你放心"),
    (0, "好的，以这条消息为准"),
)
_MARKET = (
    ("them", "在吗，相机还在不在"),
    ("me", "在的，成色很好，没有拆修过"),
    ("them", "{amount}元包邮可以的话我现在拍"),
    ("me", "可以，今天下午发顺丰"),
    ("them", "收到了，镜头里面有霉斑，你说的没有问题"),
    ("me", "发货前拍了视频，当时没有霉"),
    ("them", "那我申请退货退款，请你同意"),
)


def _lines(sheet: Sheet, text: str, size: int, most: float) -> list[str]:
    font, lines, line = sheet.font(size, "sans"), [], ""
    for character in text:
        if font.getlength(line + character) > most and character not in "，。？":
            lines.append(line)
            line = ""
        line += character
    return [*lines, line]


def forwarded_talk(facts: Facts) -> Sheet:
    """A talk that somebody forwarded: no bubbles, everybody at the left with name and clock above what he said."""
    names, amount = (facts.name(), facts.name()), facts.number(50, 900) * 100
    day, hour, minute = facts.day(2023, 2026), facts.number(9, 20), facts.number(10, 30)
    sheet = Sheet("chat_screenshot", (1080, 2160), EIGHTH, facts.rng, "#ffffff")
    sheet.text(64, 38, f"{facts.number(8, 22)}:{facts.number(10, 59)}", 36, "sans")
    sheet.centre(124, f"{names[0]}和{names[1]}的聊天记录", 42, "sans")
    sheet.rule(0, 210, 1080, 210, ink="#e2e2e2")
    y, messages = 260.0, []
    for place, (who, words) in enumerate(_FORWARDED):
        text, said_at = words.format(amount=amount), f"{day.month}月{day.day}日 {hour}:{minute + 3 * place:02d}"
        sheet.draw.rounded_rectangle((44, y, 128, y + 84), 10, fill="#6f8fb3" if who else "#b58a6f")
        sheet.text(160, y, names[who], 30, "sans", "#a3a3a3")
        width = sheet.font(28, "sans").getlength(said_at)
        sheet.text(1040 - width, y + 2, said_at, 28, "sans", "#a3a3a3")
        lines = _lines(sheet, text, 42, 840)
        for row, line in enumerate(lines):
            sheet.text(160, y + 50 + 60 * row, line, 42, "sans", "#1a1a1a")
        y += 50 + 60 * len(lines) + 34
        sheet.rule(160, y, 1080, y, ink="#ececec")
        y += 30
        messages.append({"speaker": names[who], "time": said_at, "text": text})
    sheet.truth.fields = {"messages": messages}
    return sheet


def _bubble(sheet: Sheet, y: float, mine: bool, text: str) -> float:
    """Round faces, a yellow bubble for one's own words; returns where the bubble ends."""
    lines, size = _lines(sheet, text, 40, 620), 40
    wide = max(sheet.font(size, "sans").getlength(line) for line in lines) + 60
    high = 58 * len(lines) + 36
    left = 1080 - 150 - wide if mine else 150
    face = 970 if mine else 36
    sheet.draw.ellipse((face, y, face + 78, y + 78), fill="#c98d73" if mine else "#6b93a8")
    sheet.draw.rounded_rectangle((left, y, left + wide, y + high), 24, fill="#ffe14d" if mine else "#ffffff")
    for row, line in enumerate(lines):
        sheet.text(left + 30, y + 16 + 58 * row, line, size, "sans", "#1c1c1c")
    return y + high


def marketplace(facts: Facts) -> Sheet:
    """Where people sell what they no longer use: the thing and its price above the talk, 已读 under one's own words."""
    peer = facts.rng.choice(("柠檬不酸", "老街二手铺", "清风明月", "北岸的猫"))
    price = facts.number(8, 60) * 100
    day, hour, minute = facts.day(2024, 2026), facts.number(8, 11), facts.number(10, 59)
    sheet = Sheet("chat_screenshot", (1080, 2280), EIGHTH_TYPED, facts.rng, "#f4f4f4")
    sheet.draw.rectangle((0, 0, 1080, 420), fill="#ffffff")
    sheet.text(64, 36, f"{facts.number(8, 22)}:{facts.number(10, 59)}", 34, "sans")
    sheet.centre(116, peer, 44, "sans")
    sheet.draw.rounded_rectangle((40, 236, 190, 386), 12, fill="#4b5158")
    sheet.text(220, 246, f"¥{price}.00", 42, "sans", "#e3412f")
    sheet.text(220, 316, "交易关闭前请勿在平台外付款", 28, "sans", "#9b9b9b")
    sheet.draw.rounded_rectangle((830, 262, 1040, 352), 44, fill="#ffe14d")
    sheet.text(864, 284, "查看订单", 34, "sans")
    y, said_at, messages = 460.0, "", []
    for place, (who, words) in enumerate(_MARKET):
        if place in (0, 4):
            when = day.replace(day=min(28, day.day + place))
            said_at = f"{when:%Y-%m-%d} {hour + place}:{minute}"
            sheet.centre(int(y), said_at, 28, "sans", ink="#a5a5a5")
            y += 74
        mine, text = who == "me", words.format(amount=price)
        y = _bubble(sheet, y, mine, text)
        if mine:
            sheet.text(866, y + 8, "已读", 25, "sans", "#a5a5a5")
            y += 36
        y += 44
        if place == 1:
            sheet.draw.rounded_rectangle((590, y, 930, y + 240), 20, fill="#77818a")
            sheet.draw.ellipse((970, y, 1048, y + 78), fill="#c98d73")
            y += 284
        messages.append({"speaker": "我" if mine else peer, "time": said_at, "text": text})
    sheet.draw.rectangle((0, 2150, 1080, 2280), fill="#ffffff")
    sheet.draw.rounded_rectangle((110, 2174, 860, 2256), 40, fill="#f2f2f2")
    sheet.truth.fields = {"peer": peer, "messages": messages}
    return sheet
