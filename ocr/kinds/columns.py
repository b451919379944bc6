"""Tables whose labels head their columns: what stands below one. Pure."""

import re

from ocr.kinds.labels import is_label
from ocr.kinds.paper import Cell, Paper, Seen

_ROWS = 2  # below a head: the tallest cell of the next row may begin above the others


def under(paper: Paper, label: str, accept: str) -> Seen | None:
    """The cell below the first that reads `label` as a whole, if it holds `accept` and is no label itself.

    Both are regular expressions.
    """
    for place, row in enumerate(paper.rows):
        head = next((cell for cell in row.cells if re.fullmatch(label, cell.text.strip(":"))), None)
        if head is None:
            continue
        for below in paper.rows[place + 1 : place + 1 + _ROWS]:
            value = _nearest(head, below.cells)
            if value is not None and not is_label(value.text) and re.search(accept, value.text):
                return paper.seen(value.start, value.end)
    return None


def _nearest(head: Cell, cells: list[Cell]) -> Cell | None:
    """Of the cells that begin below the label or reach under it, the one that begins nearest to it."""
    near = [
        cell
        for cell in cells
        if cell.item.left < head.item.right + head.item.height and cell.item.right > head.item.left - head.item.height
    ]
    return min(near, key=lambda cell: abs(cell.item.left - head.item.left), default=None)
