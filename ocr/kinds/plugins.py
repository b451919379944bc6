"""The one list of kinds, and the choice among them."""

from ocr.lines import Line
from ocr.readings import Field, PageInfo


def extract(
    lines: list[Line], pages: list[PageInfo], kind: str | None, codes: list[str]
) -> tuple[str, float, dict[str, Field]]:
    return kind or "page", 1.0, {}
