"""One page: from a picture to lines in reading order, in the pixels that a viewer shows."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import median

import cv2
import numpy as np

from ocr.downward_lines import in_rows
from ocr.engine import ANY_WAY_UP, OcrEngine
from ocr.gate import PageImage, PageText
from ocr.handwriting import looks_handwritten
from ocr.lines import Line, Polygon
from ocr.pictures import Picture, Quad, dark_on_light, polygon, turned, turned_points
from ocr.reading_order import in_reading_order
from ocr.readings import PageInfo
from ocr.seals import is_of_seal, without_seals

Beat = Callable[[], None]
_OF_A_DATE = re.compile(r"[\d年月日〇]")  # what stamps are put over on purpose
_TALL = 3.5  # times the usual height of lines, above which one character is a portrait or a sign
_SMALLEST_SIDE = 16  # pixels; no writing fits below
_MARGIN = 16  # of white around small pictures, which detectors need
_SLICE = 1600  # pixels of a long screenshot read at a time
_BLANK = 24  # levels between a slice's darkest and brightest, below which nothing is written on it
_OVERLAP = 240  # more than the tallest line, so that each is whole in one slice


@dataclass(frozen=True, slots=True)
class PageReading:
    """`upright` is the picture as it was read, for codes; None where the page brought its own text."""

    lines: list[Line]
    info: PageInfo
    upright: Picture | None


def read_page(engine: OcrEngine, page: PageImage | PageText, number: int, beat: Beat) -> PageReading:
    """`beat` is called whenever a part of a long page is done. Raises RuntimeError when the engine fails."""
    if isinstance(page, PageText):
        info = PageInfo(page.width, page.height, source="text")
        return PageReading(in_reading_order(page.lines), info, None)
    if min(page.picture.shape[:2]) < _SMALLEST_SIDE:
        return PageReading([], PageInfo(page.width, page.height), page.picture)
    picture, seals = without_seals(page.picture)
    turn, lines = _lines(engine, dark_on_light(picture), page.is_long, beat)
    upright = turned(picture, turn)
    if seals:
        lines = _without_rims(lines, seals, turn, page.picture, picture)
    lines = in_rows(_without_pictures(lines))
    ordered = in_reading_order([_judged(upright, line) for line in lines])
    info = PageInfo(page.width, page.height, turn, "image", bool(seals))
    return PageReading([_as_seen(line, page, info, number) for line in ordered], info, upright)


def _lines(engine: OcrEngine, picture: Picture, is_long: bool, beat: Beat) -> tuple[int, list[Line]]:
    if is_long and picture.shape[0] > picture.shape[1]:
        return 0, _in_slices(engine, picture, beat)
    turns: Sequence[int] = ANY_WAY_UP
    smallest = min(picture.shape[:2])
    if smallest >= 4 * _MARGIN:
        sheet = engine.read(picture, turns)
        return sheet.turn, sheet.lines
    edge = _MARGIN
    framed = cv2.copyMakeBorder(picture, edge, edge, edge, edge, cv2.BORDER_CONSTANT, value=(255, 255, 255))
    sheet = engine.read(framed, (0,))
    return 0, [line.moved(-_MARGIN, -_MARGIN) for line in sheet.lines]


def _in_slices(engine: OcrEngine, picture: Picture, beat: Beat) -> list[Line]:
    """A long screenshot from top to bottom.

    A line that a cut may have halved is left to the next slice, which has it whole.
    """
    height = picture.shape[0]
    kept: list[Line] = []
    for start in range(0, max(1, height - _OVERLAP), _SLICE - _OVERLAP):
        end = min(height, start + _SLICE)
        part = np.ascontiguousarray(picture[start:end])
        if int(part.max()) - int(part.min()) < _BLANK:
            continue
        beat()
        for line in engine.read(part, (0,)).lines:
            halved = (start > 0 and line.top <= 2) or (end < height and line.bottom >= end - start - 2)
            if not halved:
                _keep(kept, line.moved(0, start))
    return kept


def _keep(kept: list[Line], line: Line) -> None:
    """Of one line seen in two slices, the reading that scores higher."""
    for index in range(len(kept) - 1, max(-1, len(kept) - 60), -1):
        other = kept[index]
        shared_height = min(other.bottom, line.bottom) - max(other.top, line.top)
        shared_width = min(other.right, line.right) - max(other.left, line.left)
        if shared_width > 0 and shared_height > 0.5 * min(other.bottom - other.top, line.bottom - line.top):
            if line.score > other.score:
                kept[index] = line
            return
    kept.append(line)


def _without_rims(lines: list[Line], seals: list[Polygon], turn: int, before: Picture, after: Picture) -> list[Line]:
    """Without what is left of a stamp's own writing, which runs in a circle and is not read."""
    height, width = before.shape[:2]
    places = [turned_points(np.array(seal, dtype=np.float64), turn, width, height) for seal in seals]
    before, after = turned(before, turn), turned(after, turn)

    def is_rim(line: Line) -> bool:
        if not any(_inside(line, place) for place in places) or _OF_A_DATE.search(line.text):
            return False
        return is_of_seal(before, after, np.array(line.polygon, dtype=np.float32))

    return [line for line in lines if not is_rim(line)]


def _without_pictures(lines: list[Line]) -> list[Line]:
    """Without what a detector takes a portrait or a sign for: a 口 that is many lines high."""
    if not lines:
        return lines
    usual = median(line.bottom - line.top for line in lines)
    return [line for line in lines if len(line.text) > 1 or line.bottom - line.top < _TALL * usual]


def _inside(line: Line, place: Quad) -> bool:
    x, y = line.middle
    return bool((place.min(axis=0) <= (x, y)).all() and ((x, y) <= place.max(axis=0)).all())


def _judged(upright: Picture, line: Line) -> Line:
    return replace(line, handwritten=True) if looks_handwritten(upright, line) else line


def _as_seen(line: Line, page: PageImage, info: PageInfo, number: int) -> Line:
    """From pixels of the turned, scaled picture to those of the page as a viewer shows it."""
    height, width = page.picture.shape[:2]
    if info.turn in (90, 270):
        height, width = width, height
    points = turned_points(np.array(line.polygon, dtype=np.float64), (360 - info.turn) % 360, width, height)
    return replace(line, polygon=polygon(points / page.scale), page=number)
