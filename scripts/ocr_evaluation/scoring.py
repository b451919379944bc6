"""How much of a paper was read right: character errors by place, and fields exactly."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from ocr.checks import plain
from ocr.lines import Line
from ocr.readings import Field
from ocr_evaluation.sheet import Truth


@dataclass
class Score:
    """Sums over papers."""

    papers: int = 0
    errors: int = 0
    characters: int = 0
    fields: int = 0
    exact: int = 0
    wrong_unflagged: int = 0
    kinds_right: int = 0
    seconds: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)
    misses: list[str] = field(default_factory=list)

    @property
    def error_rate(self) -> float:
        return self.errors / max(1, self.characters)

    @property
    def exact_rate(self) -> float:
        return self.exact / max(1, self.fields)

    def add(self, other: "Score") -> None:
        for name in ("papers", "errors", "characters", "fields", "exact", "wrong_unflagged", "kinds_right"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.seconds += other.seconds
        self.cpu_seconds += other.cpu_seconds
        self.misses += other.misses


def scored(truth: Truth, matrix: NDArray[Any], lines: Sequence[Line], kind: str, fields: dict[str, Field]) -> Score:
    """`matrix` takes points of the sheet to points of the picture that was read."""
    errors, characters = character_errors(truth, matrix, lines)
    score = Score(1, errors, characters, len(truth.fields), kinds_right=int(kind == truth.kind))
    for name, wanted in truth.fields.items():
        found = fields.get(name)
        if found is not None and same(found.value, wanted):
            score.exact += 1
            continue
        score.misses.append(f"{truth.kind}.{name}: {wanted!r} ≠ {None if found is None else found.value!r}")
        if name in ("id_number", "credit_code") or name.endswith("_credit_code"):
            score.wrong_unflagged += int(found is not None and not found.flagged)
    return score


def same(found: Any, wanted: Any) -> bool:
    """Exactly, but for white space and the width of punctuation."""
    if isinstance(wanted, list):
        return isinstance(found, list) and [_plain_entry(e) for e in found] == [_plain_entry(e) for e in wanted]
    return plain(str(found)) == plain(str(wanted))


def _plain_entry(entry: dict[str, str]) -> dict[str, str]:
    return {key: plain(value) for key, value in entry.items()}


def character_errors(truth: Truth, matrix: NDArray[Any], lines: Sequence[Line]) -> tuple[int, int]:
    """Edits that turn what was read into what is written, row by row of the sheet, and the characters written.

    Rows, so that neither the order of lines nor where one is split decides; what was read in no row counts as wrong
    in full.
    """
    back = np.linalg.inv(matrix)
    rows = _rows(truth)
    read: list[list[tuple[float, str]]] = [[] for _ in rows]
    labels = ["" for _ in truth.downwards]
    errors = 0
    for line in lines:
        points = _moved(back, np.array(line.polygon))
        label = _label_of(truth, points)
        if label is not None:
            labels[label] += line.text
            continue
        x, y = points[:, 0].min(), points[:, 1].mean()
        if _is_of_seal(truth, points):
            continue
        home = _row_of(rows, y)
        if home is None:
            errors += len(plain(line.text))
        else:
            read[home].append((float(x), line.text))
    for (_, _, written), found in zip(rows, read, strict=True):
        errors += Levenshtein.distance(_joined(found), _joined(written))
    for one, text in zip(truth.downwards, labels, strict=True):
        errors += Levenshtein.distance(plain(text), plain(one.text))
    asked = [_joined(written) for _, _, written in rows] + [plain(one.text) for one in truth.downwards]
    return errors, sum(map(len, asked))


def _label_of(truth: Truth, points: NDArray[Any]) -> int | None:
    """Which of the labels set downwards a line lies in, whether it was read as one line or as many."""
    x, y = points.mean(axis=0)
    narrow = float(np.ptp(points[:, 0]))
    for place, written in enumerate(truth.downwards):
        (left, top), (right, _), (_, bottom), _ = written.quad
        if left <= x <= right and top <= y <= bottom and narrow < 1.5 * (right - left):
            return place
    return None


def _rows(truth: Truth) -> list[tuple[float, float, list[tuple[float, str]]]]:
    """Top, bottom, and the texts with where they begin."""
    rows: list[tuple[float, float, list[tuple[float, str]]]] = []
    for line in sorted(truth.lines, key=lambda line: line.quad[0][1] + line.quad[2][1]):
        top, bottom = line.quad[0][1], line.quad[2][1]
        if rows and (rows[-1][0] + rows[-1][1]) / 2 > top and (top + bottom) / 2 < rows[-1][1]:
            last = rows[-1]
            rows[-1] = (min(last[0], top), max(last[1], bottom), [*last[2], (line.quad[0][0], line.text)])
        else:
            rows.append((top, bottom, [(line.quad[0][0], line.text)]))
    return rows


def _row_of(rows: list[tuple[float, float, list[tuple[float, str]]]], y: float) -> int | None:
    nearest = min(range(len(rows)), key=lambda index: abs((rows[index][0] + rows[index][1]) / 2 - y))
    top, bottom, _ = rows[nearest]
    reach = bottom - top
    return nearest if top - reach <= y <= bottom + reach else None


def _is_of_seal(truth: Truth, points: NDArray[Any]) -> bool:
    """A stamp's own writing is not asked for: inside its disc, and not over a line that is."""
    x, y = points.mean(axis=0)
    width = float(np.ptp(points[:, 0]))
    inside = any((x - cx) ** 2 + (y - cy) ** 2 < (1.15 * r) ** 2 and width < 2.1 * r for cx, cy, r in truth.seals)
    return inside and not any(
        quad[0][1] - 4 <= y <= quad[2][1] + 4 and quad[0][0] - 8 <= x <= quad[2][0] + 8
        for quad in (line.quad for line in truth.lines)
    )


def _joined(parts: list[tuple[float, str]]) -> str:
    return plain("".join(text for _, text in sorted(parts)))


def _moved(matrix: NDArray[Any], points: NDArray[Any]) -> NDArray[Any]:
    ahead = np.hstack([points, np.ones((len(points), 1))]) @ matrix.T
    moved: NDArray[Any] = ahead[:, :2] / ahead[:, 2:]
    return moved
