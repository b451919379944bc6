"""The order in which a person would read the lines of a page. Pure.

Rows from top to bottom, and in a row from left to right, is right for forms and tables, whose cells stand beside
their labels. A page set in columns is read column by column: there a gap runs down through many lines that each fill
their column.
"""

from dataclasses import dataclass
from math import atan2, cos, sin
from statistics import median

from ocr.lines import Line, Point

_COLUMN_LINES = 5  # on either side; fewer are cells of a form
_FILLED = 0.7  # part of its column that a line of running text fills
_LONG = 9.0  # heights of a line, that running text has and the cells of most forms have not
_SAME_ROW = 0.5  # of the smaller height, shared


@dataclass(frozen=True, slots=True)
class Placed:
    """A line with its upright rectangle after the page's slant was taken out."""

    line: Line
    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def center(self) -> float:
        return (self.top + self.bottom) / 2


def slant(lines: list[Line]) -> float:
    """The page's, in radians: the median of its longer lines, which say it best."""
    angles = []
    for line in lines:
        (x0, y0), (x1, y1), _, _ = line.polygon
        if x1 - x0 > 3 * line.height:
            angles.append(atan2(y1 - y0, x1 - x0))
    return median(angles) if angles else 0.0


def placed(lines: list[Line]) -> list[Placed]:
    """The lines straightened, in the order given."""
    angle = slant(lines)
    return [_straight(line, cos(-angle), sin(-angle)) for line in lines]


def _straight(line: Line, cosine: float, sine: float) -> Placed:
    def spin(point: Point) -> Point:
        return point[0] * cosine - point[1] * sine, point[0] * sine + point[1] * cosine

    corners = [spin(point) for point in line.polygon]
    left = (corners[0][0] + corners[3][0]) / 2
    right = (corners[1][0] + corners[2][0]) / 2
    middle = sum(y for _, y in corners) / 4
    half = line.height / 2
    return Placed(line, left, middle - half, right, middle + half)


def rows(items: list[Placed]) -> list[list[Placed]]:
    """Rows from top to bottom, each from left to right."""
    found: list[list[Placed]] = []
    for item in sorted(items, key=lambda item: item.center):
        near = [row for row in reversed(found[-4:]) if _beside(row, item)]
        home = max(near, key=lambda row: _shared(_nearest(row, item), item), default=None)
        if home is None:
            found.append([item])
        else:
            home.append(item)
    return [sorted(row, key=lambda item: item.left) for row in found]


def _beside(row: list[Placed], item: Placed) -> bool:
    """Next to the nearest of the row, not to its mean: what perspective bends is straight from neighbour to
    neighbour.
    """
    nearest = _nearest(row, item)
    if min(nearest.right, item.right) - max(nearest.left, item.left) > 0.3 * min(
        nearest.right - nearest.left, item.right - item.left
    ):
        return False
    return _shared(nearest, item) > _SAME_ROW * min(nearest.height, item.height)


def _nearest(row: list[Placed], item: Placed) -> Placed:
    return min(row, key=lambda other: max(other.left - item.right, item.left - other.right))


def _shared(one: Placed, other: Placed) -> float:
    """Of the height that two lines take."""
    return min(one.bottom, other.bottom) - max(one.top, other.top)


def in_reading_order(lines: list[Line]) -> list[Line]:
    """The same lines of one page, as they would be read."""
    return [item.line for item in _ordered(placed(lines))]


def _ordered(items: list[Placed]) -> list[Placed]:
    block = _column_block(items)
    if block is None:
        return [item for row in rows(items) for item in row]
    above, left, right, below = block
    return [*_ordered(above), *_ordered(left), *_ordered(right), *_ordered(below)]


def _column_block(
    items: list[Placed],
) -> tuple[list[Placed], list[Placed], list[Placed], list[Placed]] | None:
    """What stands above two columns, in each of them, and below; None when there are none."""
    if len(items) < 2 * _COLUMN_LINES:
        return None
    start, end = min(item.left for item in items), max(item.right for item in items)
    for part in (0.5, 0.45, 0.55, 0.4, 0.6):
        gutter = start + part * (end - start)
        crossing = [item for item in items if item.left < gutter < item.right]
        block = _between(items, crossing, gutter)
        if block is not None:
            return block
    return None


def _between(
    items: list[Placed], crossing: list[Placed], gutter: float
) -> tuple[list[Placed], list[Placed], list[Placed], list[Placed]] | None:
    """The tallest stretch that nothing crosses, if it holds two columns of running text."""
    edges = sorted(item.center for item in crossing)
    spans = list(zip([float("-inf"), *edges], [*edges, float("inf")], strict=True))
    inside = [[item for item in items if low < item.center < high] for low, high in spans]
    index = max(range(len(spans)), key=lambda position: len(inside[position]))
    low, high = spans[index]
    left = [item for item in inside[index] if item.right <= gutter]
    right = [item for item in inside[index] if item.left >= gutter]
    if not (_is_column(left) and _is_column(right)):
        return None
    return [item for item in items if item.center <= low], left, right, [item for item in items if item.center >= high]


def _is_column(items: list[Placed]) -> bool:
    if len(items) < _COLUMN_LINES:
        return False
    width = max(item.right for item in items) - min(item.left for item in items)
    filled = sum(item.right - item.left >= _FILLED * width for item in items)
    long = median((item.right - item.left) / item.height for item in items) >= _LONG
    return long and filled >= 0.6 * len(items)
