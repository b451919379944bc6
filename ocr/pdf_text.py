"""The text that a page of a PDF holds itself, as lines with places."""

import unicodedata
from typing import Any

from ocr.lines import Line, box
from schemas.plain_text import plain

_FEWEST = 20  # characters; fewer are a page number or a scanner's mark on a picture
_Rectangle = tuple[float, float, float, float]  # left, bottom, right, top in points


def text_lines(page: Any, scale: float, number: int) -> list[Line]:
    """Lines in pixels at `scale` pixels a point, or nothing when the page has no text worth trusting."""
    text = page.get_textpage()
    try:
        if text.count_chars() <= _FEWEST:
            return []
        pieces = [text.get_rect(index) for index in range(text.count_rects())]
        rows = [(row, " ".join(plain(text.get_text_bounded(*row)).split())) for row in _rows(pieces)]
    finally:
        text.close()
    if not _is_writing("".join(words for _, words in rows)):
        return []
    height = page.get_height()
    return [_line(row, words, height, scale, number) for row, words in rows if words]


def _line(row: _Rectangle, words: str, height: float, scale: float, number: int) -> Line:
    left, bottom, right, top = row
    place = box(left * scale, (height - top) * scale, right * scale, (height - bottom) * scale)
    return Line(words, 1.0, place, number)


def _rows(pieces: list[_Rectangle]) -> list[_Rectangle]:
    """A rectangle holds what has one font; pieces of one line that nearly touch belong together."""
    rows: list[_Rectangle] = []
    for piece in pieces:
        if rows and _touch(rows[-1], piece):
            last = rows[-1]
            rows[-1] = (
                min(last[0], piece[0]), min(last[1], piece[1]), max(last[2], piece[2]), max(last[3], piece[3])
            )  # fmt: skip
        else:
            rows.append(piece)
    return rows


def _touch(one: _Rectangle, other: _Rectangle) -> bool:
    height = min(one[3] - one[1], other[3] - other[1])
    shared = min(one[3], other[3]) - max(one[1], other[1])
    gap = max(one[0], other[0]) - min(one[2], other[2])
    return shared > 0.5 * height and gap < height


def _is_writing(text: str) -> bool:
    """Fonts without a table of characters give private or unknown ones: then the picture is the better source."""
    seen = [unicodedata.category(character) for character in text if not character.isspace()]
    odd = sum(category in ("Co", "Cn", "Cc", "Cs") for category in seen) + text.count("\ufffd")
    return len(seen) > _FEWEST and odd < 0.05 * len(seen)
