"""Lines that seem to run downwards and are the first characters of several rows. Pure.

Forms set short labels wide apart (名        称), wider than their rows are: a detector then joins the first characters
of the rows below each other, and the recogniser reads 名类住. Each of them belongs to its row. What is really set
downwards, as 付款人 beside the rows of a table, stands close and has words beside it.
"""

from collections.abc import Sequence
from dataclasses import replace

from ocr.lines import Line, Point, Polygon
from ocr.reading_order import Placed, placed

_TALL = 1.5  # heights to a width, of what runs downwards
_APART = 1.35  # widths between the middles of characters that stand in rows of their own
_NEAR = 4.0  # widths to the other character of a label
_IN_REACH = 12.0  # widths to what stands beside


def in_rows(lines: Sequence[Line]) -> list[Line]:
    """The lines of an upright page, those that only seem to run downwards as one line for each character."""
    items = placed(list(lines))
    across = [item for item in items if not _runs_down(item)]
    found: list[Line] = []
    for item in items:
        found += _characters(item.line) if _runs_down(item) and _is_of_rows(item, across) else [item.line]
    return found


def _runs_down(item: Placed) -> bool:
    return len(item.line.text) > 1 and item.height > _TALL * (item.right - item.left)


def _is_of_rows(item: Placed, across: Sequence[Placed]) -> bool:
    """Whether its characters stand apart, each before a row; or close, before single characters like themselves."""
    count, width = len(item.line.text), item.right - item.left
    step = item.height / count
    beside = [
        [
            other
            for other in across
            if other.top < middle < other.bottom and 0 < other.left - item.left < _IN_REACH * width
        ]
        for middle in (item.top + (place + 0.5) * step for place in range(count))
    ]
    if (item.height - width) / (count - 1) > _APART * width and all(beside):
        return True
    nearest = [min(others, key=lambda other: other.left) for others in beside if others]
    near = [other for other in nearest if other.left - item.right < _NEAR * width]
    return bool(near) and all(len(other.line.text) == 1 for other in near)


def _characters(line: Line) -> list[Line]:
    count = len(line.text)
    return [
        replace(line, text=character, polygon=_part(line.polygon, place / count, (place + 1) / count))
        for place, character in enumerate(line.text)
    ]


def _part(polygon: Polygon, low: float, high: float) -> Polygon:
    """Of a polygon that is read downwards, from one part of its height to another."""
    a, b, c, d = polygon

    def between(one: Point, other: Point, part: float) -> Point:
        return one[0] + (other[0] - one[0]) * part, one[1] + (other[1] - one[1]) * part

    return between(a, d, low), between(b, c, low), between(b, c, high), between(a, d, high)
