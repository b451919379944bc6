"""What is asked of a page's picture. Plain values, which cross a pipe."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ocr.readings import PageInfo

Area = tuple[float, float, float, float]  # left, top, right, bottom
Shape = Sequence[tuple[float, float]]
NO_PICTURE = 3  # exit status of the process that draws: the file holds no such page, or none that can be drawn


@dataclass(frozen=True, slots=True)
class PictureJob:
    """A page, counted from 0, as an upright JPEG of at most `longest` pixels a side, without any metadata.

    Without `page` it is shown as it is. `area` cuts out a part, `painted` are polygons that become black; both in
    pixels of `page`. With `faces`, what looks like one becomes black, too. `covered` paints over all of it. What is
    `marked` says 已遮盖 in its corner.
    """

    number: int
    page: PageInfo | None
    longest: int
    area: Area | None = None
    painted: Sequence[Shape] = ()
    faces: bool = False
    covered: bool = False
    marked: bool = False

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> "PictureJob":
        area = None if told["area"] is None else (*map(float, told["area"]),)
        painted = [[(float(x), float(y)) for x, y in shape] for shape in told["painted"]]
        page = None if told["page"] is None else PageInfo(**told["page"])
        return cls(**{**told, "page": page, "area": area, "painted": painted})


@dataclass(frozen=True, slots=True)
class Drawn:
    """A JPEG of a page, and how many pages its file has."""

    jpeg: bytes
    pages: int
