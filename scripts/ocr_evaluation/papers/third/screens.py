"""Screenshots of chats, as the third part draws them: other talks, other programs' colours, other clocks."""

from ocr_evaluation.facts import Facts
from ocr_evaluation.sheet import THIRD, Sheet

_TALKS = (
    (
        ("me", "师傅，我家厨房漏水的问题上周就说过了"), ("them", "收到，我安排工人明天上午过去看"),
        ("me", "上次也是这么说的，结果没有人来"), ("them", "这次一定到，材料费{amount}元需要先付"),
        ("me", "合同里写的是包工包料"), ("them", "那是旧合同，现在涨价了"),
        ("me", "那请把涨价的依据发给我，不然我只能投诉"),
    ),
    (
        ("them", "您的工资这个月要晚几天发"), ("me", "已经连续两个月没有发了，一共{amount}元"),
        ("them", "公司最近回款困难，请大家理解"), ("me", "请给一个具体的日期"),
        ("them", "最迟十号，会连同上个月的一起补齐"), ("me", "好，我截图留存了"), ("them", "可以的，说到做到"),
    ),
)  # fmt: skip


def chat_screenshot(facts: Facts) -> Sheet:
    """Half of them blue and white with the talk in smaller letters, half grey and purple with long clocks."""
    peer, amount, blue = facts.name(), facts.number(15, 700) * 100, facts.rng.random() < 0.5
    sheet = Sheet("chat_screenshot", (1170, 2300), THIRD, facts.rng, "#f4f6fa" if blue else "#e4e4e9")
    sheet.draw.rectangle((0, 0, 1170, 230), fill="#ffffff")
    sheet.text(70, 40, f"{facts.number(7, 22)}:{facts.number(10, 59)}", 34, "sans", "#222222")
    sheet.text(990, 40, "5G 81%", 30, "sans", "#222222")
    sheet.centre(140, peer, 46, "sans", ink="#1a1a1a")
    hour, minute, day = facts.number(8, 11), facts.number(10, 30), facts.day(2025, 2026)
    y, said_at, messages = 290.0, "", []
    for place, (who, words) in enumerate(facts.rng.choice(_TALKS)):
        if place % 3 == 0:
            clock = f"{hour}:{minute + 4 * place:02d}"
            said_at = (
                f"{day.month}月{day.day}日 {clock}" if blue else f"{day.year}年{day.month}月{day.day}日 上午{clock}"
            )
            sheet.centre(int(y), said_at, 28, "sans", ink="#9a9aa2")
            y += 76
        text = words.format(amount=amount)
        y = _bubble(sheet, y, who == "me", text, blue)
        messages.append({"speaker": "我" if who == "me" else peer, "time": said_at, "text": text})
    sheet.draw.rectangle((0, 2160, 1170, 2300), fill="#f7f7f9")
    sheet.draw.rounded_rectangle((150, 2190, 880, 2270), 20, fill="#ffffff")
    sheet.truth.fields = {"peer": peer, "messages": messages}
    return sheet


def _bubble(sheet: Sheet, y: float, mine: bool, text: str, blue: bool) -> float:
    size, most, lead = (40, 620, 60) if blue else (46, 660, 68)
    ground, ink = (
        ("#3a7bfd", "#ffffff") if mine and blue else (("#cdb9f5", "#1a1a1a") if mine else ("#ffffff", "#1a1a1a"))
    )
    font, lines, line = sheet.font(size, "sans"), [], ""
    for character in text:
        if font.getlength(line + character) > most and character not in "，。？":
            lines.append(line)
            line = ""
        line += character
    lines.append(line)
    wide = max(font.getlength(part) for part in lines) + 64
    high = lead * len(lines) + 36
    left = 1170 - 170 - wide if mine else 170
    sheet.draw.ellipse((1030 if mine else 40, y, 1130 if mine else 140, y + 100), fill="#b79f8a" if mine else "#7d93a8")
    sheet.draw.rounded_rectangle((left, y, left + wide, y + high), 26, fill=ground)
    for place, part in enumerate(lines):
        sheet.text(left + 32, y + 18 + lead * place, part, size, "sans", ink)
    return y + max(high, 100) + 52
