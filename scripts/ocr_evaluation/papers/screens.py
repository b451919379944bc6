"""Screenshots of chats."""

from ocr_evaluation.facts import Facts
from ocr_evaluation.sheet import HELD_OUT, TUNING, Sheet

_TALK = (
    ("them", "你好，上次说的那笔钱什么时候能还？"), ("me", "最近手头有点紧，月底前一定还给你"), ("them",
    "一共是{amount}元，已经拖了三个月了"),
    ("me", "我知道，真的不好意思"), ("them", "能不能先还一半？"), ("me",
    "可以，周五先转你{half}元，剩下的下个月十五号之前给"),
    ("them", "好的，那我等你消息"), ("me", "嗯，转完截图发给你"), ("them", "说好了，别再拖了"),
)  # fmt: skip


def chat_screenshot(facts: Facts, held_out: bool, times: int = 1) -> Sheet:
    """The held-out one has a dark ground and names above the bubbles. `times` makes it longer than a screen."""
    peer, amount = facts.name(), facts.number(20, 900) * 100
    talk = [(who, text.format(amount=amount, half=amount // 2)) for who, text in _TALK] * times
    height = (2340 if not held_out else 2460) * times
    ground, mine, theirs, ink = (
        ("#ededed", "#95ec69", "#ffffff", "#111111") if not held_out else ("#111111", "#2ba245", "#2c2c2c", "#e8e8e8")
    )
    sheet = Sheet("chat_screenshot", (1080, height), HELD_OUT if held_out else TUNING, facts.rng, ground)
    sheet.text(60, 30, f"{facts.number(8, 22)}:{facts.number(10, 59)}", 38, "sans", ink)
    sheet.centre(110, peer, 50, "bold", ink=ink)
    y, minute, hour = 240, facts.number(10, 40), facts.number(8, 21)
    messages, said_at = [], ""
    for place, (who, text) in enumerate(talk):
        if place % 4 == 0:
            said_at = f"{hour}:{minute:02d}"
            sheet.centre(y, said_at if not held_out else f"昨天 {said_at}", 32, "sans", ink="#8a8a8a")
            y, minute = y + 80, min(59, minute + 3)
        y = _bubble(
            sheet,
            y,
            who == "me",
            text,
            mine if who == "me" else theirs,
            ink,
            peer if held_out and who == "them" else "",
        )
        messages.append(
            {
                "speaker": "我" if who == "me" else peer,
                "time": said_at if not held_out else f"昨天 {said_at}",
                "text": text,
            }
        )
    sheet.truth.fields = {"peer": peer, "messages": messages}
    return sheet


def _bubble(sheet: Sheet, y: int, is_mine: bool, text: str, ground: str, ink: str, name: str) -> int:
    size, most = 44, 640
    font = sheet.font(size, "sans")
    lines, line = [], ""
    for character in text:
        if font.getlength(line + character) > most:
            lines.append(line)
            line = ""
        line += character
    lines.append(line)
    wide = max(font.getlength(line) for line in lines) + 56
    if name:
        sheet.text(170, y, name, 30, "sans", "#8a8a8a")
        y += 48
    high = 64 * len(lines) + 40
    left = 1080 - 150 - wide if is_mine else 150
    sheet.draw.rounded_rectangle(
        (40 if not is_mine else 950, y, 130 if not is_mine else 1040, y + 90), 12, fill="#8fa3b8"
    )
    sheet.draw.rounded_rectangle((left, y, left + wide, y + high), 14, fill=ground)
    at = y + 20
    for line in lines:
        sheet.text(left + 28, at, line, size, "sans", ink if ground != "#95ec69" else "#111111")
        at += 64
    return y + high + 44
