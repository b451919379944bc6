"""Line: a piece of text on a page, and where it stands."""

from dataclasses import dataclass, replace

Point = tuple[float, float]
Polygon = tuple[Point, Point, Point, Point]

UNCERTAIN_BELOW = 0.9  # of the recogniser's mean confidence; below it about one line in three has a wrong character


def box(left: float, top: float, right: float, bottom: float) -> Polygon:
    """An upright rectangle as a polygon."""
    return ((left, top), (right, top), (right, bottom), (left, bottom))


@dataclass(frozen=True, slots=True)
class Line:
    """One line as read.

    `polygon` holds four corners in pixels of its page, clockwise from where reading begins; `page` counts from 0;
    `score` lies between 0 and 1. `handwritten` is a guess, and makes the line uncertain whatever its score.
    """

    text: str
    score: float
    polygon: Polygon
    page: int = 0
    handwritten: bool = False

    @property
    def uncertain(self) -> bool:
        return self.handwritten or self.score < UNCERTAIN_BELOW

    @property
    def left(self) -> float:
        return min(x for x, _ in self.polygon)

    @property
    def right(self) -> float:
        return max(x for x, _ in self.polygon)

    @property
    def top(self) -> float:
        return min(y for _, y in self.polygon)

    @property
    def bottom(self) -> float:
        return max(y for _, y in self.polygon)

    @property
    def middle(self) -> Point:
        return (sum(x for x, _ in self.polygon) / 4, sum(y for _, y in self.polygon) / 4)

    @property
    def height(self) -> float:
        """Of the writing, measured across it, so that a slanted line is not taller than a straight one."""
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = self.polygon
        return float((((x3 - x0) ** 2 + (y3 - y0) ** 2) ** 0.5 + ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5) / 2)

    def moved(self, dx: float, dy: float) -> "Line":
        a, b, c, d = ((x + dx, y + dy) for x, y in self.polygon)
        return replace(self, polygon=(a, b, c, d))
