"""Two sides of a paper, payer and payee or buyer and seller, each with a part of its own where the same labels stand.

Pure.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from ocr.kinds.form import Form
from ocr.kinds.form_labels import Label
from ocr.kinds.paper import Cell, Paper, Seen

_BESIDE = 2.0  # heights between the middles of two heads that stand beside each other, at most
_TAIL = "(?:明细|情况|一栏|栏)?"
Found = tuple[Label, Seen]


def labelled(form: Form, field: str, accept: str | Callable[[str], bool], rows: int = 1) -> list[Found]:
    """What stands beside every label of a field, in the order of the text, each label once."""
    found: dict[int, Found] = {}
    for candidate in form.candidates(field, accept, rows):
        found.setdefault(candidate.label.start, (candidate.label, candidate.seen))
    return [found[start] for start in sorted(found)]


def by_side(found: Sequence[Found], paper: Paper, heads: Mapping[str, str]) -> dict[str, Found]:
    """What was found, by the names of the two sides, in the order in which their heads stand.

    `heads` are regular expressions of two sides' cells. Where the parts stand below each other, the first of each
    counts. Nothing where nobody can tell.
    """
    places: dict[str, Cell] = {}
    inner = {label.first.start: label.start for label, _ in reversed(found)}
    for cell in (cell for row in paper.rows for cell in row.cells):
        head = cell.text[: max(1, inner.get(cell.start, cell.end) - cell.start)] if cell.start in inner else cell.text
        side = next((side for side, pattern in heads.items() if re.fullmatch(pattern + _TAIL, head.strip(":"))), None)
        if side is not None:
            places.setdefault(side, cell)
    order = sorted(places, key=lambda side: places[side].start)
    if len(places) != len(heads):
        return {}
    first, second = (places[side] for side in order)
    beside = _stand_beside(first, second)
    if beside:
        order.sort(key=lambda side: places[side].item.left)
        found = sorted(found, key=lambda one: one[0].left)
    if len(found) == len(heads):
        return dict(zip(order, found, strict=True))
    if beside:  # whose is the third?
        return {}
    parts = (
        [one for one in found if one[0].start < second.start],
        [one for one in found if one[0].start > second.start],
    )
    return {side: part[0] for side, part in zip(order, parts, strict=True) if part}


def _stand_beside(first: Cell, second: Cell) -> bool:
    height = first.item.height
    down, across = abs(second.item.center - first.item.center), abs(second.item.left - first.item.left)
    return down < _BESIDE * height and across > 5 * height


def nearest(label: Label, others: Mapping[str, Label]) -> str | None:
    """The side whose label stands nearest to this one: above it in its column, or beside it."""

    def away(other: Label) -> float:
        down = label.first.item.center - other.first.item.center
        return abs(label.left - other.left) + 2 * abs(down) + (10 * label.first.item.height if down < 0 else 0)

    return min(others, key=lambda side: away(others[side]), default=None)
