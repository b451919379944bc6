"""Form: what stands beside or below the labels of a paper, as candidates for a field, the likeliest first.

A candidate costs more the less says that it is the field's: a word that means the field only sometimes, a value below
its label, a label with a wrong character, nothing that sets the two apart. What it must look like is asked of all.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import takewhile

from ocr.kinds.form_labels import Label, labels_of, looks_like_label, vocabulary
from ocr.kinds.paper import Cell, Paper, Seen, joined
from ocr.kinds.wordings import WORDINGS

_PART, _BELOW, _WEAK, _MISREAD, _GLUED, _LABEL_LIKE = 1, 1, 2, 2, 3, 4  # costs
_FAR = 1.2  # heights between lines of one value, at most
_COLUMNS = 4.0  # heights between two cells of different columns, at least
_ROWS_DOWN = 2  # below a head: the tallest cell of the next row may begin above the others
Accept = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Candidate:
    seen: Seen
    cost: int
    label: Label


class Form:
    def __init__(self, paper: Paper, kind: str) -> None:
        self.paper = paper
        self._table = WORDINGS[kind]
        self._words = vocabulary(kind)
        self.labels = labels_of(paper, self._words)
        self._starts = {label.start for label in self.labels}

    def of(self, field: str) -> list[Label]:
        return [label for label in self.labels if self._words.field(label.text) == field]

    def best(self, field: str, accept: str | Accept = r".", rows: int = 1, most: int = 99) -> Seen | None:
        """The likeliest value, if it costs no more than `most`; `accept` is what it must hold, `rows` how many lines it
        has as a rule.
        """
        found = self.candidates(field, accept, rows)
        return found[0].seen if found and found[0].cost <= most else None

    def candidates(self, field: str, accept: str | Accept = r".", rows: int = 1) -> list[Candidate]:
        found = self._candidates(field, accept, rows)
        return found or (self._candidates(field, accept, 2) if rows == 1 else [])

    def _candidates(self, field: str, accept: str | Accept, rows: int) -> list[Candidate]:
        fits = accept if callable(accept) else lambda text: re.search(accept, text) is not None
        found = [
            Candidate(seen, self._cost(field, label) + cost, label)
            for label in self.of(field)
            for seen, cost in self._values(label, rows)
            if fits(seen.text)
        ]
        return sorted(found, key=lambda candidate: (candidate.cost // _WEAK, candidate.label.start, candidate.cost))

    def lone(self, accept: str) -> Seen | None:
        """The only cell, or rest of a cell behind a label of no table, that looks like `accept` as a whole and stands
        beside no label that says what it is: a guess, for where a field's own label is in no table.
        """
        shape = re.compile(accept)
        known = [label for label in self.labels if label.text]
        taken = {place for label in known for place in self._beside_of(label)}
        found = [
            self.paper.seen(cell.start, cell.end)
            for row in self.paper.rows
            for cell in row.cells
            if cell.start not in taken
        ]
        found += [self._beside(label, 2) for label in self.labels if not label.text]
        fitting = {seen.text: seen for seen in found if seen is not None and shape.fullmatch(seen.text)}
        return next(iter(fitting.values())) if len(fitting) == 1 else None

    def _beside_of(self, label: Label) -> set[int]:
        """Where cells begin that a known label has, its own among them."""
        row = self.paper.rows[label.row].cells
        after = next((cell.start for cell in row if cell.start >= label.end), label.start)
        below = self._column(label.row + 1, label.left, label.last.item.right) if label.alone else []
        return {label.start, label.last.start, after, *(cell.start for cell in below)}

    def _cost(self, field: str, label: Label) -> int:
        is_weak = label.text not in self._table[field].strong
        return is_weak * _WEAK + label.misread * _MISREAD + label.glued * _GLUED

    def _values(self, label: Label, rows: int) -> Iterator[tuple[Seen, int]]:
        beside = self._beside(label, rows)
        if beside is not None:
            yield beside, _LABEL_LIKE * (label.alone and looks_like_label(beside.text))
            first = self._first_beside(label)
            if first is not None and first.text != beside.text:
                yield first, _PART
        if label.alone:
            below = self._below(label, rows)
            if below is not None:
                yield below, _BELOW

    # Beside

    def _first_beside(self, label: Label) -> Seen | None:
        """The next cell alone, or the rest of its own: what follows may be the end of a value above, or a heading."""
        if not label.alone:
            follower = next((other for other in self.labels if label.end <= other.start < label.last.end), None)
            return self.paper.seen(label.end, follower.start if follower else label.last.end)
        cells = [cell for cell in self.paper.rows[label.row].cells if cell.start >= label.end]
        if not cells or self._is_label(cells[0]):
            return None
        return self.paper.seen(cells[0].start, cells[0].end)

    def _beside(self, label: Label, most: int) -> Seen | None:
        row = self.paper.rows[label.row]
        follower = next((other for other in self.labels if other.row == label.row and other.start >= label.end), None)
        end = follower.start if follower else row.end
        edge = follower.left if follower else float("inf")
        first = _together([cell for cell in row.cells if label.end < cell.end and cell.start < end])
        inside = not label.alone  # so the value goes on below its label
        left = label.left if inside else (first[0].item.left if first else label.last.item.right)
        left -= 1.5 * label.first.item.height
        above = [] if inside or most == 1 else self._above(label, left, edge, most)
        here = [*above, *([first] if first else [])]
        below = self._further(label, here[-1] if here else [], left, edge, most - len(here))
        pieces = [self.paper.seen(cells[0].start, cells[-1].end) for cells in above]
        own = self.paper.seen(label.end, min(end, first[-1].end)) if first else None
        pieces += [own, *(self.paper.seen(cells[0].start, cells[-1].end) for cells in below)]
        seen = [piece for piece in pieces if piece is not None]
        return joined(seen) if seen else None

    def _column(self, number: int, left: float, edge: float) -> list[Cell]:
        if not 0 <= number < len(self.paper.rows):
            return []
        cells = (cell for cell in self.paper.rows[number].cells if left <= cell.item.left < edge)
        return _together(list(takewhile(lambda cell: not self._is_label(cell), cells)))

    def _above(self, label: Label, left: float, edge: float, most: int) -> list[list[Cell]]:
        """The lines of a value that stand higher than its label, where that stands in the middle of a cell."""
        found: list[list[Cell]] = []
        lower, number = label.first, label.row - 1
        while number >= 0 and len(found) < most - 1:
            cells = self._column(number, left, edge)
            others = self.paper.rows[number].cells
            if not cells or self._has_label(others, label.left - 1.5 * lower.item.height, left):
                break
            gap, height = _gap(cells[0], lower), cells[0].item.height
            if height > 1.3 * label.first.item.height:
                break  # a heading
            higher = self._column(number - 1, label.left - 1.5 * height, edge)
            if gap > 0.75 * height or (higher and _gap(higher[-1], cells[0]) < gap + 0.15 * height):
                break
            found.insert(0, cells)
            lower, number = cells[0], number - 1
        return found

    def _further(self, label: Label, last: list[Cell], left: float, edge: float, most: int) -> list[list[Cell]]:
        """The lines of a value below its first."""
        found: list[list[Cell]] = []
        number, above = label.row + 1, (last[-1] if last else label.last)
        while len(found) < most and number < len(self.paper.rows):
            cells = self._column(number, left, edge)
            if self.paper.rows[number].page != self.paper.rows[label.row].page:
                break
            if not cells and self._is_of_others(number, left, above):
                number += 1
                continue
            if not cells:
                break
            if self._ends(label, cells, above, number, (left, edge)) or looks_like_label(cells[0].text):
                break
            if not last and not found and _gap(label.last, cells[0]) > 0.3 * cells[0].item.height:
                break  # nothing stands beside the label, and this stands below it
            if (last or found) and cells[-1].item.right > above.item.right + 2 * above.item.height:
                break  # what goes on, goes on because its line is full
            above = cells[-1]
            found.append(cells)
            number += 1
        return found

    def _is_of_others(self, number: int, left: float, above: Cell) -> bool:
        """Whether a row, close below a line of a value, has nothing but what stands in columns to the right or far to
        the left: a page that is bent gives half a row of its cells to the next.
        """
        row, height = self.paper.rows[number].cells, above.item.height
        near = any(left - 12 * height < cell.item.left < left + 4 * height for cell in row)
        return not near and row[0].item.top - above.item.bottom < 0.5 * height

    def _ends(self, label: Label, cells: list[Cell], above: Cell, number: int, column: tuple[float, float]) -> bool:
        """Whether what stands on a row is no part of the value above it: another label's, a point, a new paragraph."""
        height = above.item.height
        gap = _gap(above, cells[0])
        if gap > _FAR * height or re.match(r"\d[.、]\D|[\u4e00-\u9fff()、/]{2,14}:", cells[0].text):
            return True
        row = self.paper.rows[number].cells
        if self._is_label(cells[0]) or any(label.left - 1.5 * height <= cell.item.left < column[0] for cell in row):
            return True  # whatever stands where labels do is one
        following = self._column(number + 1, label.left - 1.5 * height, column[1])
        return bool(following) and _gap(cells[-1], following[0]) < gap - 0.3 * height

    def _has_label(self, cells: list[Cell], left: float, edge: float) -> bool:
        return any(self._is_label(cell) for cell in cells if left <= cell.item.left < edge)

    def _is_label(self, cell: Cell) -> bool:
        return any(label.start in range(cell.start, cell.end) and not label.glued for label in self.labels)

    # Below

    def _below(self, label: Label, most: int) -> Seen | None:
        row = self.paper.rows[label.row]
        heads = row.cells
        for number in range(label.row + 1, min(label.row + 1 + _ROWS_DOWN, len(self.paper.rows))):
            lower = self.paper.rows[number]
            if lower.page != row.page:
                return None
            cell = _under(label, heads, lower.cells)
            if cell is None:
                continue
            if (
                self._is_label(cell)
                or not -0.1 < _gap(label.last, cell) / max(cell.item.height, label.last.item.height) < 3
            ):
                return None
            return self._stacked(cell, number, label, most)
        return None

    def _stacked(self, cell: Cell, number: int, label: Label, most: int) -> Seen | None:
        """A value below its label, with the lines that it goes on over."""
        pieces, above = [self.paper.seen(cell.start, cell.end)], cell
        for lower in range(number + 1, min(number + most, len(self.paper.rows))):
            height = above.item.height
            cells = [one for one in self.paper.rows[lower].cells if abs(one.item.left - above.item.left) < 1.5 * height]
            if not cells or self._ends(label, cells, above, lower, (label.left - 3 * height, cells[0].item.right)):
                break
            if self._is_label(cells[0]) or looks_like_label(cells[0].text):
                break
            if cells[0].item.right > above.item.right + 2 * height:
                break
            above = cells[0]
            pieces.append(self.paper.seen(above.start, above.end))
        seen = [piece for piece in pieces if piece is not None]
        return joined(seen) if seen else None


def _together(cells: list[Cell]) -> list[Cell]:
    """The first cells of a row, up to a gap that sets columns apart."""
    apart = (
        place
        for place in range(1, len(cells))
        if cells[place].item.left - cells[place - 1].item.right > _COLUMNS * cells[place].item.height
    )
    return cells[: next(apart, len(cells))]


def _gap(upper: Cell, lower: Cell) -> float:
    return lower.item.top - upper.item.bottom


def _under(label: Label, heads: list[Cell], cells: list[Cell]) -> Cell | None:
    """By their order, where as many stand below as heads do; else the nearest that begins below the label."""
    if len(heads) == len(cells) and len(cells) > 1:
        return cells[heads.index(label.last)]
    height, (left, right) = label.first.item.height, (label.left, label.last.item.right)
    near = [cell for cell in cells if cell.item.left < right + height and cell.item.right > left - height]
    return min(near, key=lambda cell: abs(cell.item.left - left), default=None)
