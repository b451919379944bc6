"""Canvas: a page of text boxes without a picture, as a perfect reader would find them; how they are set is drawn by
lot.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

Pairs = Sequence[tuple[str, str]]
STYLES = ("colon", "colon", "cells", "cells", "grid", "heads", "stacked", "far", "gap")
_COUNT = "一二三四五六七八九十"
_PAD = 14


@dataclass(frozen=True, slots=True)
class Box:
    text: str
    left: float
    top: float
    size: float
    width: float
    is_label: bool = False

    @property
    def right(self) -> float:
        return self.left + self.width


def wide(text: str, size: float) -> float:
    return sum(size if ord(character) > 0x2E80 else 0.54 * size for character in text)


class Canvas:
    """`rng` decides on everything; `y` is where the next line goes. Lengths are in pixels."""

    def __init__(self, rng: Random, width: int = 1240) -> None:
        self.rng = rng
        self.width = width
        self.left, self.right = 110.0, width - 110.0
        self.y, self.size = 90.0, float(rng.choice((26, 29, 32)))
        self.boxes: list[Box] = []
        self.colon = rng.choice(("：", "：", ":", "： "))

    def chance(self, part: float) -> bool:
        return self.rng.random() < part

    def put(self, x: float, y: float, text: str, size: float = 0, is_label: bool = False, spread: float = 0) -> float:
        """One line; `spread` sets its characters apart without white space. Returns where it ends."""
        size = size or self.size
        width = wide(text, size) + spread * (len(text) - 1)
        if text.strip():
            self.boxes.append(Box(text, x, y, size, width, is_label))
        return x + width

    def step(self, lines: float = 1.7) -> None:
        self.y += lines * self.size

    def heading(self, text: str, scale: float = 1.6) -> None:
        """In the middle; set apart as headings are, now and then so far that every character is a line."""
        size, spread = scale * self.size, self.rng.choice((0, 0, 0.3, 1.0)) * self.size
        x = (self.width - wide(text, size) - spread * (len(text) - 1)) / 2
        if len(text) < 4 and self.chance(0.1):
            for character in text:
                x = self.put(x, self.y, character, size) + 2.2 * size
        else:
            self.put(x, self.y, text, size, spread=spread)
        self.y += 2 * size

    def at_right(self, text: str) -> None:
        self.put(self.right - wide(text, self.size), self.y, text)
        self.step()

    def prose(self, *texts: str, indent: bool = True) -> None:
        for text in texts:
            start = self.left + (2 * self.size if indent else 0)
            for place, line in enumerate(_broken(text, self.right - self.left, self.size, start - self.left)):
                self.put(start if place == 0 else self.left, self.y, line)
                self.step(1.6)

    def form(self, pairs: Pairs, style: str = "") -> None:
        """Labels and their values in one of the ways that forms have."""
        style = style or self.rng.choice(STYLES)
        getattr(self, f"_{style}")(self._decorated(list(pairs)))
        self.step(0.6)

    def _decorated(self, pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Labels with numbers, brackets, marks or English, on some papers."""
        way = self.rng.choice(("", "", "", "", "", "", "", "", "number", "count", "bracket", "mark", "english"))
        return [(_marked(way, place, label), value) for place, (label, value) in enumerate(pairs)]

    def signed(self, *texts: str) -> None:
        """At the right or the left, each on a line of its own."""
        x = self.rng.choice((self.left, 0.55 * self.width, 0.55 * self.width))
        self.step(0.8)
        for text in texts:
            self.put(x, self.y, text)
            self.step(2)

    def _label(self, x: float, y: float, label: str, room: float = 0) -> float:
        """A short one may be set wide apart, a long one in two rows of a narrow cell."""
        if room and len(label) > 5 and "（" not in label and wide(label, self.size) > room:
            half = (len(label) + 1) // 2
            for place, part in enumerate((label[:half], label[half:])):
                self.put(x, y + (place - 0.5) * 1.2 * self.size, part, is_label=True)
            return x + room
        if 2 <= len(label) <= 3 and self.chance(0.3):
            spread = self.rng.choice((0.5, 1, 2)) * self.size
            if self.chance(0.2):
                for character in label:
                    x = self.put(x, y, character, is_label=True) + spread
                return x - spread
            return self.put(x, y, label, is_label=True, spread=spread)
        return self.put(x, y, label, is_label=True)

    def _colon(self, pairs: Pairs) -> None:
        """On one line; two short ones side by side now and then."""
        beside = self.chance(0.25)
        at = self.left
        for label, value in pairs:
            text = f"{label}{self.colon}{value}"
            if at > self.left and (wide(text, self.size) > self.right - at or not self.chance(0.5)):
                at = self.left
                self.step(1.9)
            lines = _broken(text, self.right - at, self.size, 0)
            for line in lines[:-1]:
                self.put(at, self.y, line, is_label=True)
                self.step(1.4)
            end = self.put(at, self.y, lines[-1], is_label=True)
            if beside and len(lines) == 1 and end < 0.55 * self.width and at == self.left:
                at = max(end + 3 * self.size, 0.52 * self.width)
            else:
                at = self.left
                self.step(1.9)
        if at > self.left:
            self.step(1.9)

    def _gap(self, pairs: Pairs) -> None:
        """The value after its label with a gap, values in one column, no lines around them."""
        column = self.left + max(wide(label, self.size) for label, _ in pairs) + 2 * self.size
        colon = self.rng.choice(("", "", "："))
        for label, value in pairs:
            self._label(self.left, self.y, label + colon)
            for line in _broken(value, self.right - column, self.size, 0):
                self.put(column, self.y, line)
                self.step(1.5)
            self.step(0.4)

    def _far(self, pairs: Pairs) -> None:
        """Labels left, values at the right edge, as phones have it."""
        for label, value in pairs:
            self.put(self.left, self.y, label, is_label=True)
            for line in _broken(value, 0.6 * (self.right - self.left), self.size, 0):
                self.put(self.right - wide(line, self.size), self.y, line)
                self.step(1.4)
            self.step(1)

    def _stacked(self, pairs: Pairs) -> None:
        for label, value in pairs:
            small = self.rng.choice((0.8, 1.0)) * self.size
            self.put(self.left, self.y, label, small, is_label=True)
            self.y += 1.6 * small
            for line in _broken(value, self.right - self.left, self.size, 0):
                self.put(self.left, self.y, line)
                self.step(1.4)
            self.step(0.8)

    def _cells(self, pairs: Pairs) -> None:
        room = self.rng.choice((5.4, 7.0, 9.0)) * self.size
        for label, value in pairs:
            self._cell_row([(label, value, self.left, self.right)], room)

    def _grid(self, pairs: Pairs) -> None:
        """Two of them in a row, where they have room."""
        room, middle = self.rng.choice((5.4, 7.0)) * self.size, (self.left + self.right) / 2
        waiting: list[tuple[str, str]] = []
        for label, value in pairs:
            if wide(value, self.size) > 1.8 * (middle - self.left - room):
                for one in waiting:
                    self._cell_row([(*one, self.left, self.right)], room)
                waiting = []
                self._cell_row([(label, value, self.left, self.right)], room)
                continue
            waiting.append((label, value))
            if len(waiting) == 2:
                self._cell_row([(*waiting[0], self.left, middle), (*waiting[1], middle, self.right)], room)
                waiting = []
        for one in waiting:
            self._cell_row([(*one, self.left, self.right)], room)

    def _cell_row(self, cells: Sequence[tuple[str, str, float, float]], room: float) -> None:
        """Values are broken where their cell ends, and stand in the middle of its height."""
        broken = [_broken(value, right - left - room - 2 * _PAD, self.size, 0) for _, value, left, right in cells]
        high = max(2.6, max(1.3 * len(lines) + 0.8 for lines in broken)) * self.size
        middle = self.y + high / 2 - self.size / 2
        for (label, _, left, _), lines in zip(cells, broken, strict=True):
            end = self._label(left + _PAD, middle, label, room)
            for place, line in enumerate(lines):
                x = max(left + room + _PAD, end + _PAD)
                self.put(x, middle + (place - (len(lines) - 1) / 2) * 1.3 * self.size, line)
        self.y += high

    def _heads(self, pairs: Pairs) -> None:
        """Labels head the columns, values stand below; what is long has a row of its own."""
        waiting: list[tuple[str, str]] = []
        for label, value in pairs:
            if wide(value, self.size) > 0.42 * (self.right - self.left):
                self._head_rows(waiting)
                waiting = []
                self._cell_row([(label, value, self.left, self.right)], 7 * self.size)
                continue
            taken = sum(max(wide(name, self.size), wide(text, self.size)) + 2 * _PAD for name, text in waiting)
            if waiting and taken + max(wide(label, self.size), wide(value, self.size)) > self.right - self.left:
                self._head_rows(waiting)
                waiting = []
            waiting.append((label, value))
        self._head_rows(waiting)

    def _head_rows(self, pairs: Pairs) -> None:
        if not pairs:
            return
        spare = self.right - self.left - sum(max(wide(a, self.size), wide(b, self.size)) for a, b in pairs)
        is_centred, at = self.chance(0.5), self.left
        for label, value in pairs:
            width = max(wide(label, self.size), wide(value, self.size)) + spare / len(pairs)
            for place, text in enumerate((label, value)):
                off = (width - wide(text, self.size)) / 2 if is_centred else _PAD
                self.put(at + off, self.y + 2.2 * place * self.size, text, is_label=place == 0)
            at += width
        self.step(4.6)


def _broken(text: str, width: float, size: float, indent: float) -> list[str]:
    """At the end of the line, but never before a full stop or a comma."""
    lines, line, room = [], "", width - indent
    for character in text:
        if line and wide(line + character, size) > room and character not in "，。；：、）":
            lines.append(line)
            line, room = "", width
        line += character
    return [*lines, line]


def _marked(way: str, place: int, label: str) -> str:
    marks = {
        "number": f"{place + 1}.{label}",
        "count": f"（{_COUNT[place % 10]}）{label}",
        "bracket": f"【{label}】",
        "mark": f"●{label}",
        "english": label + (" Name", " No.", "/Date")[place % 3],
    }
    return marks.get(way, label)
