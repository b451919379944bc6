"""Any other paper: what is its heading, and of which day is it."""

import re
from statistics import median

from ocr.kinds import values
from ocr.kinds.kind import Kind
from ocr.kinds.paper import Paper, Row
from ocr.readings import Field

# Papers that are no other kind, and name other kinds as what is enclosed or asked for.
_NAMES = (
    r".{0,16}(?:律师(?:事务所)?|公)函|.{0,8}(?:起诉|上诉|答辩|反诉|申诉)状|.{0,12}申请书|"
    r"代理词|(?:质证|代理|辩护)意见|证据(?:目录|清单)|情况说明|(?:受案|报警|接警)回执"
)
_TOP = 6  # rows, of which the heading is one
_SHORT = 0.7  # of the text's width, that a heading stays below
_OFF_CENTRE = 0.1  # of the text's width, by which its two margins may differ


def fields(paper: Paper) -> dict[str, Field]:
    return values.kept(title=_title(paper), dated_on=values.last_date(paper))


def _title(paper: Paper) -> Field | None:
    """A heading is what such papers are called, else written larger than the text, or stands short and alone in its
    middle, and above it.
    """
    if not paper.rows:
        return None
    for row in paper.rows[:_TOP]:
        if re.fullmatch(_NAMES, "".join(cell.text for cell in row.cells)):
            return values.text(paper.seen(row.start, row.end))
    cells = [cell for row in paper.rows for cell in row.cells]
    usual = median(cell.item.height for cell in cells)
    left, right = min(cell.item.left for cell in cells), max(cell.item.right for cell in cells)
    for row in paper.rows[:3]:
        if min(cell.item.height for cell in row.cells) > 1.15 * usual or _is_centred(row, left, right):
            return values.text(paper.seen(row.start, row.end))
    return None


def _is_centred(row: Row, left: float, right: float) -> bool:
    start, end = row.cells[0].item.left, row.cells[-1].item.right
    in_the_middle = abs((start - left) - (right - end)) < _OFF_CENTRE * (right - left)
    words = all(not re.search(r"[,。;:!?]", cell.text) for cell in row.cells)
    return in_the_middle and end - start < _SHORT * (right - left) and words


KIND = Kind(
    "page",
    {},
    fields,
    heading=_NAMES,
    heading_votes=16,
)
