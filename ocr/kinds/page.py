"""Any other paper: what is its heading, and of which day is it."""

from statistics import median

from ocr.kinds import values
from ocr.kinds.kind import Kind
from ocr.kinds.paper import Paper
from ocr.readings import Field


def fields(paper: Paper) -> dict[str, Field]:
    return values.kept(title=_title(paper), dated_on=values.last_date(paper))


def _title(paper: Paper) -> Field | None:
    """A heading is written larger than the text, and above it."""
    if not paper.rows:
        return None
    usual = median(cell.item.height for row in paper.rows for cell in row.cells)
    for row in paper.rows[:3]:
        if min(cell.item.height for cell in row.cells) > 1.15 * usual:
            return values.text(paper.seen(row.start, row.end))
    return None


KIND = Kind("page", {}, fields)
