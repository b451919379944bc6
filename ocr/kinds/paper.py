"""Paper: the lines of a file as rows of text that remember where every character stands.

What all kinds search in. Pure.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ocr.checks import plain
from ocr.kinds.labels import whole
from ocr.lines import Line, Point, Polygon
from ocr.reading_order import Placed, placed, rows
from ocr.readings import Field, PageInfo, Value

CELL = " "  # between two cells of a row; inside a line there is no white space
SURE = 0.9  # below this score a field is flagged


@dataclass(frozen=True, slots=True)
class Seen:
    """A piece of text that was found: where, and how well it was read."""

    text: str
    score: float
    polygon: Polygon | None
    page: int
    handwritten: bool = False

    def field(self, value: Value | None = None, *reasons: str) -> Field:
        """As a field; `reasons` are what is wrong with it besides."""
        found = list(reasons)
        if self.score < SURE:
            found.append("low_score")
        if self.handwritten:
            found.append("handwritten")
        return Field(
            self.text if value is None else value,
            round(self.score, 3),
            bool(found),
            self.polygon,
            self.page,
            tuple(found),
        )


@dataclass(frozen=True, slots=True)
class Cell:
    """A line of a row, with its place in the paper's text."""

    item: Placed
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Row:
    cells: list[Cell]
    page: int

    @property
    def start(self) -> int:
        return self.cells[0].start

    @property
    def end(self) -> int:
        return self.cells[-1].end


class Paper:
    """`text` holds the rows, from top to bottom over all pages, one a line, cells apart by a space; `flow` has no
    breaks.
    """

    def __init__(self, lines: Sequence[Line], pages: Sequence[PageInfo], codes: Sequence[str] = ()) -> None:
        self.codes = list(codes)
        self.pages = list(pages)
        self.rows: list[Row] = []
        self._originals: dict[int, Line] = {}
        parts = []
        at = 0
        for number in range(len(pages)):
            upright = whole([_upright(line, pages[number]) for line in lines if line.page == number])
            originals = {id(turned): line for turned, line in upright}
            for row in rows(placed([turned for turned, _ in upright])):
                cells = []
                for item in row:
                    text = plain(item.line.text)
                    if text:
                        cells.append(Cell(item, text, at))
                        self._originals[at] = originals[id(item.line)]
                        parts.append(text + CELL)
                        at += len(text) + 1
                if cells:
                    parts[-1] = parts[-1][:-1] + "\n"
                    self.rows.append(Row(cells, number))
        self.text = "".join(parts)
        self._solid = [place for place, character in enumerate(self.text) if not character.isspace()]
        self.flow = "".join(self.text[place] for place in self._solid)

    def search(self, pattern: str, group: int | str = 0, start: int = 0, end: int | None = None) -> Seen | None:
        """The first match of a regular expression in the text; the group that is wanted, if it holds anything."""
        match = re.compile(pattern).search(self.text, start, len(self.text) if end is None else end)
        return self.seen(match.start(group), match.end(group)) if match and match[group] else None

    def flowing(
        self, pattern: str, group: int | str = 0, accept: Callable[[str], bool] = bool, heads: bool = False
    ) -> Seen | None:
        """As `search`, in the text without any break: for sentences that go over several rows.

        The first match whose group `accept` takes; with `heads`, of those that begin where a row begins.
        """
        for match in re.finditer(pattern, self.flow):
            begins = self._solid[match.start()]
            if accept(match[group]) and (not heads or begins == 0 or self.text[begins - 1] == "\n"):
                return self.seen(self._solid[match.start(group)], self._solid[match.end(group) - 1] + 1)
        return None

    def flowing_all(self, pattern: str, heads: bool = False) -> list[tuple[str, Seen]]:
        """All matches as `flowing` finds them: the group `role` as text, the group `name` with its place."""
        found = []
        for match in re.finditer(pattern, self.flow):
            begins = self._solid[match.start()]
            seen = self.stretch(match.start("name"), match.end("name"))
            if seen is not None and (not heads or begins == 0 or self.text[begins - 1] == "\n"):
                found.append((match["role"], seen))
        return found

    def all(self, pattern: str, group: int | str = 0) -> list[Seen]:
        found = (self.seen(match.start(group), match.end(group)) for match in re.finditer(pattern, self.text))
        return [seen for seen in found if seen is not None]

    def seen(self, start: int, end: int) -> Seen | None:
        """A stretch of the text, without breaks; None for an empty one."""
        parts = [cell for row in self.rows for cell in row.cells if cell.start < end and cell.end > start]
        text = "".join(cell.text[max(0, start - cell.start) : max(0, end - cell.start)] for cell in parts)
        if not text:
            return None
        lines = [self._originals[cell.start] for cell in parts]
        pieces = [_part(line, cell, start, end) for line, cell in zip(lines, parts, strict=True)]
        return Seen(
            text,
            min(line.score for line in lines),
            _around(pieces),
            lines[0].page,
            any(line.handwritten for line in lines),
        )

    def stretch(self, start: int, end: int) -> Seen | None:
        """A stretch of `flow`."""
        return self.seen(self._solid[start], self._solid[end - 1] + 1)


def joined(parts: Sequence[Seen]) -> Seen:
    polygons = [part.polygon for part in parts if part.polygon is not None]
    return Seen(
        "".join(part.text for part in parts),
        min(part.score for part in parts),
        _around(polygons),
        parts[0].page,
        any(part.handwritten for part in parts),
    )


def _upright(line: Line, page: PageInfo) -> tuple[Line, Line]:
    """The line in the coordinates of the page after its turn, and the line as it came."""
    if page.turn == 0:
        return replace(line), line
    moves: dict[int, Callable[[Point], Point]] = {
        90: lambda point: (page.height - point[1], point[0]),
        180: lambda point: (page.width - point[0], page.height - point[1]),
        270: lambda point: (point[1], page.width - point[0]),
    }
    a, b, c, d = (moves[page.turn](point) for point in line.polygon)
    return replace(line, polygon=(a, b, c, d)), line


def _part(line: Line, cell: Cell, start: int, end: int) -> Polygon:
    """The part of a line's place that some of its characters take, as if all were equally wide."""
    length = max(1, len(cell.text))
    low, high = max(0, start - cell.start) / length, min(length, end - cell.start) / length
    a, b, c, d = line.polygon

    def between(one: Point, other: Point, part: float) -> Point:
        return one[0] + (other[0] - one[0]) * part, one[1] + (other[1] - one[1]) * part

    return between(a, b, low), between(a, b, high), between(d, c, high), between(d, c, low)


def _around(polygons: Sequence[Polygon]) -> Polygon | None:
    if len(polygons) <= 1:
        return polygons[0] if polygons else None
    points = [point for polygon in polygons for point in polygon]
    left, top = min(x for x, _ in points), min(y for _, y in points)
    right, bottom = max(x for x, _ in points), max(y for _, y in points)
    return (left, top), (right, top), (right, bottom), (left, bottom)
