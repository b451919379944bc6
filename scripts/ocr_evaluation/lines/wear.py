"""What photos and readers do to the boxes of a page."""

import math
from dataclasses import replace
from random import Random

from ocr import Line, PageInfo
from ocr.lines import Point
from ocr_evaluation.lines.canvas import Box, Canvas

_OTHER = "的一是了我不人在他有这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会"
_STRANGE = 0.03  # of the labels


def worn(page: Canvas) -> tuple[list[Line], PageInfo]:
    """The lines of a page with a little slant, edges off, neighbours glued, labels misread or unheard of."""
    boxes = [
        replace(box, text=_strange(page.rng, _misread(page.rng, box.text))) if box.is_label else box
        for box in page.boxes
    ]
    boxes = _glued(page.rng, boxes)
    angle = page.rng.choice((0, 0, page.rng.uniform(-0.02, 0.02)))
    found = [_placed(page.rng, box, math.cos(angle), math.sin(angle)) for box in boxes]
    return found, PageInfo(page.width, int(page.y + 200))


def _strange(rng: Random, text: str) -> str:
    """A label as nobody else has it, of three in a hundred: with a word before or behind it."""
    end = next((place for place, letter in enumerate(text) if letter in ":：（("), len(text))
    if end < 3 or rng.random() >= _STRANGE:
        return text
    before, behind = rng.choice((("本案", ""), ("现", ""), ("", "一栏"), ("", "情况"), ("所涉", ""), ("", "明细")))
    return before + text[:end] + behind + text[end:]


def _misread(rng: Random, text: str) -> str:
    """One character of a label of four or more, of one label in a hundred."""
    end = next((place for place, letter in enumerate(text) if letter in ":：（( "), len(text))
    if end < 4 or rng.random() >= 0.01:
        return text
    place = rng.randrange(end)
    return text[:place] + rng.choice(_OTHER) + text[place + 1 :]


def _glued(rng: Random, boxes: list[Box]) -> list[Box]:
    """A label and what stands close behind it as one line, now and then."""
    found: list[Box] = []
    for box in boxes:
        last = found[-1] if found else None
        close = last is not None and last.is_label and abs(last.top - box.top) < 2 and box.left >= last.right
        if last is not None and close and box.left - last.right < 1.5 * box.size and rng.random() < 0.04:
            found[-1] = replace(last, text=last.text + box.text, width=box.right - last.left)
        else:
            found.append(box)
    return found


def _placed(rng: Random, box: Box, cosine: float, sine: float) -> Line:
    off, high = rng.uniform(-0.08, 0.08) * box.size, box.size * rng.uniform(0.98, 1.12)
    left, top = box.left + rng.uniform(-3, 3), box.top + off

    def turned(x: float, y: float) -> Point:
        return x * cosine - y * sine + 60, x * sine + y * cosine + 60

    right, bottom = left + box.width, top + high
    corners = (turned(left, top), turned(right, top), turned(right, bottom), turned(left, bottom))
    return Line(box.text, 0.99, corners)
