"""Labels of printed forms, and how they are put together again where a form breaks or spreads them. Pure.

Forms set a long label in two rows of a narrow cell (被传唤 / 人姓名), and its value stands beside both or between them.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from ocr.checks import plain
from ocr.kinds.printed_labels import OTHERS, PRINTED
from ocr.kinds.wordings import WORDINGS
from ocr.lines import Line, box
from ocr.reading_order import Placed, placed, rows

LABELS = OTHERS.union(PRINTED)
_OF_SIDES = ("payer", "payer_account", "payee", "payee_account", "buyer", "seller")  # 付款人 may head 户名 below it
_ALL = LABELS.union(
    *(
        words.strong | words.weak
        for table in WORDINGS.values()
        for name, words in table.items()
        if name not in _OF_SIDES
    )
)
EVERYWHERE = _ALL.union(*(words.strong for table in WORDINGS.values() for words in table.values()))
_BY_BEGINNING = {
    beginning: [label for label in PRINTED if label[:-1] == beginning]
    for beginning in {label[:-1] for label in PRINTED if len(label) > 3}
}
_REACH = 3.5  # heights that the characters of one label stand apart at most
_Pair = tuple[Line, Line]  # a line upright, and as it came


def is_label(text: str) -> bool:
    return text.strip(":;") in LABELS


def whole(pairs: list[_Pair]) -> list[_Pair]:
    """The lines of a page with labels in one piece each: two rows of a narrow cell, one under the other, that make one
    label together are one line.
    """
    items = placed([line for line, _ in pairs])
    number_of = {id(item): number for number, item in enumerate(items)}
    chunks = [_chunks(row) for row in rows(items)]
    groups: list[tuple[list[int], str]] = []
    taken: set[int] = set()
    for place, upper_row in enumerate(chunks):
        for upper in upper_row:
            for lower in (chunk for row in chunks[place + 1 : place + 4] for chunk in row):
                if not _is_under(upper[0], lower[0]):
                    continue
                label = _label(_text(upper), _text(lower))
                members = [number_of[id(item)] for item in (*upper, *lower)]
                if label is not None and not taken.intersection(members):
                    taken.update(members)
                    groups.append((members, label))
    return _with_groups(pairs, groups)


def _label(upper: str, lower: str) -> str | None:
    """The label that two texts are together, or the only one of which the last character was lost."""
    text = upper + lower
    if text in _ALL or (text in EVERYWHERE and upper not in EVERYWHERE and lower not in EVERYWHERE):
        return text
    longer = _BY_BEGINNING.get(text, [])
    return longer[0] if len(longer) == 1 else None


def _chunks(row: list[Placed]) -> list[list[Placed]]:
    """Neighbours of a row that may be a piece of a label: longest first."""
    found = []
    for start in range(len(row)):
        for end in range(min(len(row), start + 3), start, -1):
            part = row[start:end]
            close = all(right.left - left.right < _REACH * left.height for left, right in pairwise(part))
            if close and len(_text(part)) <= 8:
                found.append(part)
    return found


def _text(items: Sequence[Placed]) -> str:
    text = plain("".join(item.line.text for item in items)).strip(":;【】[]●")
    return re.sub(r"^(?:\d{1,2}[.、]|\([一二三四五六七八九十]{1,2}\))", "", text)


def _is_under(upper: Placed, lower: Placed) -> bool:
    height = min(upper.height, lower.height)
    return abs(upper.left - lower.left) < 1.5 * height and -0.5 * height < lower.top - upper.bottom < 1.5 * height


def _with_groups(pairs: list[_Pair], groups: Sequence[tuple[list[int], str]]) -> list[_Pair]:
    """Each group as one line, where its first member stood."""
    used = {number for members, _ in groups for number in members}
    kept = [pair for number, pair in enumerate(pairs) if number not in used]
    for members, label in groups:
        upright, original = (_around([pairs[number][side] for number in members], label) for side in (0, 1))
        kept.append((upright, original))
    return kept


def _around(lines: Sequence[Line], text: str) -> Line:
    polygon = box(
        min(line.left for line in lines), min(line.top for line in lines),
        max(line.right for line in lines), max(line.bottom for line in lines),
    )  # fmt: skip
    return Line(text, min(line.score for line in lines), polygon, lines[0].page)
