"""A guess whether a line was written by hand. Print stands on one line and has one size; a hand does not.

Only a guess, used to make a line uncertain and never to make it sure: recognisers are right in little more than half
of the lines of real handwriting (PaddleOCR's own figure for PP-OCRv6 small: 57.6 %) and their scores do not show it.
"""

import cv2
import numpy as np

from ocr.lines import Line
from ocr.pictures import Picture, cut

_HEIGHT = 48  # pixels that a line is brought to
_FEWEST = 4  # characters; of fewer nothing can be said
_UNEVEN = 0.025  # spread of the characters' middles, in heights of a line; print has up to 0.015
_BLUE = 40  # how much bluer than red the ink of a pen is
_BLUE_INK = 0.5  # of the ink


def looks_handwritten(upright: Picture, line: Line) -> bool:
    """`line` in pixels of `upright`. False where there is too little to judge."""
    if len(line.text) < _FEWEST:
        return False
    crop = cut(upright, np.array(line.polygon, dtype=np.float32))
    if min(crop.shape[:2]) < 12:
        return False
    crop = cv2.resize(crop, (max(1, round(crop.shape[1] * _HEIGHT / crop.shape[0])), _HEIGHT))
    ink = _ink(crop)
    return _is_pen_blue(crop, ink) or _unevenness(ink) > _UNEVEN


def _ink(crop: Picture) -> Picture:
    """255 where ink is, whatever the light: every place is judged by the paper around it."""
    grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
    if np.median(grey) < 110:  # light on dark
        grey = 255 - grey
    paper = cv2.GaussianBlur(cv2.dilate(grey, np.ones((_HEIGHT // 3, _HEIGHT // 3), np.uint8)), (0, 0), _HEIGHT / 6)
    level = cv2.divide(grey, paper, scale=255)
    _, ink = cv2.threshold(level, 0, 255, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)
    return ink


def _is_pen_blue(crop: Picture, ink: Picture) -> bool:
    inside = crop[ink > 0].astype(np.int16)
    paper = crop[ink == 0].astype(np.int16)
    if len(inside) == 0 or len(paper) == 0:
        return False
    tint = np.median(paper[:, 0] - paper[:, 2])  # of the light
    bright = np.median(paper.max(axis=1)) > 128  # white on blue is print
    return bool(bright) and float((inside[:, 0] - inside[:, 2] - tint > _BLUE).mean()) > _BLUE_INK


def _unevenness(ink: Picture) -> float:
    """Spread of the characters' middles about a straight line through them, in heights of the line."""
    middles, centers = [], []
    for left, right in _columns(ink):
        rows = np.flatnonzero(ink[:, left:right].any(axis=1))
        if right - left >= 0.45 * _HEIGHT and rows[-1] - rows[0] >= 0.5 * _HEIGHT:  # punctuation stands where it likes
            middles.append((rows[0] + rows[-1]) / 2)
            centers.append((left + right) / 2)
    if len(middles) < _FEWEST:
        return 0.0
    straight = np.polyval(np.polyfit(centers, middles, 1), centers)
    return float(np.std(np.array(middles) - straight)) / _HEIGHT


def _columns(ink: Picture) -> list[tuple[int, int]]:
    """Runs of columns that hold ink."""
    filled = np.concatenate([[0], ink.any(axis=0).astype(np.int8), [0]])
    edges = np.flatnonzero(np.diff(filled))
    return [(int(start), int(end)) for start, end in zip(edges[::2], edges[1::2], strict=True)]
