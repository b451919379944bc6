"""Reading: what was found in a file. Plain values, so that it can be stored as JSON and read back."""

from dataclasses import asdict, dataclass, field
from typing import Any

from ocr.lines import Line, Polygon

Value = str | int | list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Field:
    """One value out of a paper.

    `confidence` lies between 0 and 1. A `flagged` value must be looked at by a person before it counts for anything;
    `reasons` says why, as stable words: low_score, check_digit, mismatch, unlikely, handwritten, seal, grammar,
    repaired.
    `polygon` is the place on its page (pixels), or None where the value comes from a code (QR) or from several places.
    """

    value: Value
    confidence: float
    flagged: bool
    polygon: Polygon | None
    page: int
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PageInfo:
    """Size in pixels of a page as a viewer shows it (after EXIF); polygons are in these pixels.

    `turn` is by how many degrees, clockwise, it was turned for reading: 0, 90, 180 or 270. `source` is "image" or
    "text" (a PDF's own text). `seal` tells that a red stamp was seen.
    """

    width: int
    height: int
    turn: int = 0
    source: str = "image"
    seal: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says: its kind (see `ocr.kinds.KINDS`), the fields of that kind, all lines in reading order."""

    kind: str
    kind_confidence: float
    fields: dict[str, Field]
    lines: list[Line]
    pages: list[PageInfo]
    engine: str = ""
    codes: list[str] = field(default_factory=list)  # texts of QR codes

    @property
    def text(self) -> str:
        """All lines in reading order, for search."""
        return "\n".join(line.text for line in self.lines)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Reading":
        fields = {name: Field(**{**value, **_shaped(value)}) for name, value in stored["fields"].items()}
        lines = [Line(**{**value, "polygon": _polygon(value["polygon"])}) for value in stored["lines"]]
        pages = [PageInfo(**value) for value in stored["pages"]]
        return cls(**{**stored, "fields": fields, "lines": lines, "pages": pages})


def _shaped(stored: dict[str, Any]) -> dict[str, Any]:
    """JSON knows no tuples."""
    polygon = stored["polygon"]
    return {"polygon": None if polygon is None else _polygon(polygon), "reasons": tuple(stored["reasons"])}


def _polygon(stored: Any) -> Polygon:
    a, b, c, d = ((float(x), float(y)) for x, y in stored)
    return (a, b, c, d)
