"""聊天截图: who said what when, from where the bubbles stand. The owner of the phone speaks from the right."""

import re
from dataclasses import dataclass
from statistics import median

from ocr.checks import plain
from ocr.kinds import values
from ocr.kinds.kind import Kind
from ocr.kinds.paper import Cell, Paper, Seen, joined
from ocr.readings import Field

_CLOCK = re.compile(
    r"(?:\d{4}年)?(?:\d{1,2}月\d{1,2}日|昨天|前天|今天)?(?:星期[一二三四五六日天]|周[一二三四五六日])?(?:凌晨|早上|"
    r"上午|中午|下午|晚上)?\d{1,2}:\d{2}"
)
_RECEIPT = re.compile(r"(?:已|未|全部已|\d+人?(?:已|未))读|(?:已)?送达|发送中|对方已读")
_QUOTE = re.compile(r"[^:]{1,16}:(.{2,})")
_ON_A_FACE = 4  # characters of a name that programs write on a face, at most
ME = "我"
_SMALL = 0.82  # of the usual height of a line


@dataclass
class _Bubble:
    cells: list[Cell]

    @property
    def left(self) -> float:
        return min(cell.item.left for cell in self.cells)

    @property
    def right(self) -> float:
        return max(cell.item.right for cell in self.cells)


def fields(paper: Paper) -> dict[str, Field]:
    cells = [cell for row in paper.rows for cell in row.cells]
    if not cells:
        return {}
    left, right = min(cell.item.left for cell in cells), max(cell.item.right for cell in cells)
    title = _title(cells, left, right)
    peer = paper.seen(title.start, title.end) if title else None
    body = [cell for cell in cells if title is None or cell.item.top > title.item.bottom]
    name = peer.text if peer else "对方"
    return values.kept(peer=values.text(peer), messages=_messages(paper, body, name))


def looks_like_chat(paper: Paper) -> bool:
    """A page with a clock or two in its middle, and lines that hang to the left and to the right of it.

    What the talk is about says nothing: people write of courts and invoices.
    """
    cells = [cell for row in paper.rows for cell in row.cells]
    if len(paper.pages) != 1 or not cells:
        return False
    left, right = min(cell.item.left for cell in cells), max(cell.item.right for cell in cells)
    clocks = [cell for cell in cells if _CLOCK.fullmatch(cell.text)]
    central = [cell for cell in clocks if _off_centre(cell, left, right) < 0.25]
    is_form = re.search(r"[甲乙]方[:(]|人民法院\n|发票[号代]码", paper.text)
    return bool(central) and len(clocks) >= 2 and len(cells) < 20 * len(clocks) and not is_form


def _off_centre(cell: Cell, left: float, right: float) -> float:
    """Of the width between `left` and `right`."""
    return abs((cell.item.left + cell.item.right) / 2 - (left + right) / 2) / max(1.0, right - left)


def _title(cells: list[Cell], left: float, right: float) -> Cell | None:
    """The peer's name: the first thing in the middle that is not a clock, else what stands alone above the first clock
    at the left, as on a computer.
    """
    first = sorted(cells, key=lambda cell: cell.item.top)[:5]
    for cell in first:
        if _off_centre(cell, left, right) < 0.2 and not _CLOCK.fullmatch(cell.text):
            return cell
        if _CLOCK.fullmatch(cell.text) and _off_centre(cell, left, right) < 0.15:
            break
    above = first[0]
    alone = _CLOCK.fullmatch(above.text) is None and above.item.left < left + 0.1 * (right - left)
    return above if alone else None


def _messages(paper: Paper, cells: list[Cell], peer: str) -> Field | None:
    said_at, name, seen = "", "", []
    messages: list[dict[str, str]] = []
    left, right = (
        min((cell.item.left for cell in cells), default=0),
        max((cell.item.right for cell in cells), default=0),
    )
    usual = median([cell.item.height for cell in cells]) if cells else 0
    bubbles = _bubbles([cell for cell in cells if not _is_beside_what_was_said(cell, cells)])
    for place, bubble in enumerate(bubbles):
        text = _said(paper, bubble.cells)
        if _CLOCK.fullmatch(text.text):
            said_at = text.text
            continue
        mine = right - bubble.right < bubble.left - left
        first, *others = bubble.cells
        below = (*others, *(bubbles[place + 1].cells if place + 1 < len(bubbles) else ()))
        small = first.item.height < _SMALL * usual or (bool(below) and _is_name_above(first, below[0]))
        if not mine and (small or first.text == peer):
            name = _speaker(first, peer)  # who speaks stands above the bubble, in small letters
            if not others:
                continue
            text = _said(paper, others)
        if small and _quotes(text.text, messages):
            continue
        speaker = ME if mine else name or peer
        messages.append({"speaker": speaker, "time": said_at, "text": values.as_written(text.text)})
        seen.append(text)
        name = ""
    if not messages:
        return None
    whole = joined(seen)
    return Seen("", sum(part.score for part in seen) / len(seen), None, whole.page).field(messages)


def _is_beside_what_was_said(cell: Cell, cells: list[Cell]) -> bool:
    """Whether somebody has read it, or a name on a face: in small letters level with a bubble."""
    if _RECEIPT.fullmatch(cell.text):
        return True
    return len(cell.text) <= _ON_A_FACE and any(
        other.item.top < cell.item.center < other.item.bottom
        and (other.item.left > cell.item.right or other.item.right < cell.item.left)
        and _letter(cell) < _SMALL * _letter(other)
        for other in cells
    )


def _quotes(text: str, messages: list[dict[str, str]]) -> bool:
    """Whether it only says again, below an answer, who said what before."""
    quoted = _QUOTE.fullmatch(text)
    said = quoted[1].rstrip(".…") if quoted else ""
    return bool(said) and any(plain(message["text"]).startswith(said) for message in messages)


def _is_name_above(cell: Cell, text: Cell) -> bool:
    """Set smaller than the words right below it and further left than they are, since those stand in a bubble.

    Against those alone, for a photo makes the upper lines of a screen smaller.
    """
    height = text.item.height
    close = -0.3 * height < text.item.top - cell.item.bottom < 1.5 * height
    smaller = _letter(cell) < _SMALL * _letter(text)
    return close and smaller and -1.5 * height < cell.item.left - text.item.left < -0.2 * height


def _letter(cell: Cell) -> float:
    """Width of a letter of Chinese."""
    return (cell.item.right - cell.item.left) / sum(1.0 if ord(letter) > 0x2E80 else 0.5 for letter in cell.text)


def _speaker(cell: Cell, peer: str) -> str:
    """The name as read; one that was read badly and is as long as the peer's is taken for it."""
    return peer if cell.item.line.uncertain and len(cell.text) == len(peer) else cell.text


def _said(paper: Paper, cells: list[Cell]) -> Seen:
    return joined([part for part in (paper.seen(cell.start, cell.end) for cell in cells) if part is not None])


def _bubbles(cells: list[Cell]) -> list[_Bubble]:
    """Lines that stand close under each other and begin at the same height of the column are one bubble."""
    found: list[_Bubble] = []
    for cell in sorted(cells, key=lambda cell: cell.item.top):
        home = next((bubble for bubble in reversed(found[-3:]) if _continues(bubble.cells[-1], cell)), None)
        if home is None:
            found.append(_Bubble([cell]))
        else:
            home.cells.append(cell)
    return found


def _continues(above: Cell, cell: Cell) -> bool:
    height = above.item.height
    gap = cell.item.top - above.item.bottom
    like = 0.75 < cell.item.height / max(1.0, height) < 1.35
    if _CLOCK.fullmatch(above.text) or _CLOCK.fullmatch(cell.text):
        return False
    return -0.3 * height < gap < 0.9 * height and abs(cell.item.left - above.item.left) < 0.9 * height and like


KIND = Kind("chat_screenshot", {"微信": 1, "按住说话": 3, "对方正在输入": 3, "撤回了一条消息": 3}, fields)
