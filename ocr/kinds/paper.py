"""Paper: the lines of a file as rows of text that remember where every character stands.

What all kinds search in. Pure.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from ocr.checks import plain
from ocr.kinds.labels import is_label, whole
from ocr.lines import Line, Point, Polygon
from ocr.reading_order import Placed, placed, rows
from ocr.readings import Field, PageInfo, Value

CELL = " "  # between two cells of a row; inside a line there is no white space
# What labels go on with: 执业机构名称, 甲方（用人单位）:
_REST_OF_LABEL = r"(?:[^\w\n]?(?:名称|姓名|全称|号码)(?![\u4e00-\u9fff]))?(?:\([^()\n]{1,12}\))?[\s:;]*"
_FAR = 1.2  # heights between lines of one value, at most
_HALF = 0.2  # heights that a label stands below the first line of its value, where it stands between two
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
        self._starts = {cell.start for row in self.rows for cell in row.cells}
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

    def labelled(
        self, labels: Iterable[str], stops: Iterable[str] = (), rows: int = 1, start: int = 0, accept: str = r".+"
    ) -> Seen | None:
        """What stands beside a label: after it on its row, up to the next label of `stops`, and with `rows` on as
        many rows below it.

        `labels` are tried in order; each is a regular expression without spaces. One that begins a cell goes before one
        within, and one with a wrong character comes last. Where nothing stands beside a label, the cell under it
        counts. `accept` is what the value must hold.
        """
        stop, wanted = _any(stops), tuple(labels)
        for pattern in (*map(_spread, wanted), *filter(None, map(_almost, wanted))):
            found = re.compile(pattern + _REST_OF_LABEL).finditer(self.text, start)
            for match in sorted(found, key=lambda match: match.start() not in self._starts):
                seen = self._beside(match.start(), match.end(), stop, rows)
                if seen is not None and re.search(accept, seen.text):
                    return seen
        return None

    def _beside(self, label: int, at: int, stop: re.Pattern[str] | None, most_rows: int) -> Seen | None:
        index = next((place for place, row in enumerate(self.rows) if row.start <= at < row.end), None)
        if index is None:
            return None
        first = self.rows[index]
        end, edge = self._until(at, first, stop)
        label_left, above = self._left_of(label, at), next(cell for cell in first.cells if label < cell.end)
        one_cell = at < above.end  # so the value goes on below its label
        left = self._left_of(label, above.end) if one_cell else self._left_of(at if end > at else at - 2)
        pieces = [self._half_above(label, left, edge), self.seen(at, end)]
        for row in self.rows[index + 1 : index + most_rows]:
            cells = [cell for cell in row.cells if left <= cell.item.left < edge]
            column = [cell for cell in row.cells if label_left <= cell.item.left < edge]
            if not cells or row.page != first.page or self._has(stop, column):
                break
            if any(pieces) and (any(is_label(cell.text) for cell in column) or _begins_anew(cells[0], above)):
                break
            if one_cell and cells[-1].item.right > above.item.right + 2 * above.item.height:
                break
            above = cells[0]
            pieces.append(self.seen(cells[0].start, cells[-1].end))
        seen = [piece for piece in pieces if piece is not None]
        return joined(seen) if seen else None

    def _half_above(self, label: int, left: float, edge: float) -> Seen | None:
        """The first of two lines of a value whose label stands between them, in the middle of its cell."""
        index = next(place for place, row in enumerate(self.rows) if label < row.end)
        cells = self.rows[index - 1].cells if index else []
        named = next(cell for cell in self.rows[index].cells if label < cell.end).item
        between = [cell for cell in cells if _HALF < (named.center - cell.item.center) / cell.item.height < 1 + _HALF]
        if not cells or len(between) < len(cells) or cells[0].item.left < left or cells[-1].item.left >= edge:
            return None
        return self.seen(cells[0].start, cells[-1].end)

    def _until(self, start: int, row: Row, stop: re.Pattern[str] | None) -> tuple[int, float]:
        """Where a value ends on its row, and how far right its column reaches."""
        match = stop.search(self.text, start, row.end) if stop else None
        end = match.start() if match else row.end
        label = next((cell for cell in row.cells if start <= cell.start < end and is_label(cell.text)), None)
        if label is not None:
            return label.start, label.item.left
        if match is None:
            return row.end, float("inf")
        cell = next(cell for cell in row.cells if match.start() < cell.end)
        return match.start(), cell.item.left if cell.start == match.start() else float("inf")

    def _left_of(self, at: int, until: int = 0) -> float:
        """How far left what stands at `at` begins, with some room for a page that is bent; its cell, where that ends
        before `until`.
        """
        cell = next(cell for row in self.rows for cell in row.cells if at < cell.end)
        part = 0.0 if cell.end <= until else max(0, at - cell.start) / max(1, len(cell.text))
        left = cell.item.left + part * (cell.item.right - cell.item.left)
        return left - 1.5 * cell.item.height

    def _has(self, stop: re.Pattern[str] | None, cells: Sequence[Cell]) -> bool:
        """Whether one of the cells begins with a label, which may go on in the next."""
        return stop is not None and any(stop.match(self.text, cell.start) for cell in cells)


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


def _spread(label: str) -> str:
    """A label with the gaps that papers put between its characters, and the specks that recognisers see in them."""
    if re.search(r"[\\\[(|?*+.]", label):
        return label
    return r"[^\w\n]{0,2}".join(re.escape(character) for character in label)


def _begins_anew(cell: Cell, above: Cell) -> bool:
    """What is no second line of the value above: it stands far below, or is a numbered point or has a label."""
    is_far = cell.item.top - above.item.bottom > _FAR * above.item.height
    return is_far or re.match(r"\d[.、]\D|[\u4e00-\u9fff()、/]{2,14}:", cell.text) is not None


def _almost(label: str) -> str | None:
    """A label at the start of a cell with one of its characters read wrong; short ones would fit too much."""
    if len(label) < 4 or re.search(r"[\\\[(|?*+.]", label):
        return None
    holes = (label[:place] + r"[\u4e00-\u9fff]" + label[place + 1 :] for place in range(len(label)))
    return rf"(?<![^\s])(?:{'|'.join(holes)})"


def _any(labels: Iterable[str]) -> re.Pattern[str] | None:
    spread = [_spread(label) for label in labels]
    return re.compile("|".join(spread)) if spread else None
