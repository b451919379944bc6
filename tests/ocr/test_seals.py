"""Stamps (F2): what they cover is read, what they say themselves is not taken for writing."""

import numpy as np
import pytest
from ocr_evaluation.facts import Facts
from ocr_evaluation.sheet import TUNING, Sheet

from ocr.pictures import Picture, Quad
from ocr.seals import is_of_seal, without_seals

COURT = "北京市海淀区人民法院"
BROWN = "#b5894a"


@pytest.fixture(scope="module")
def stamped() -> Sheet:
    """A line of black print under the middle of a stamp that touches the page's brown frame."""
    sheet = Sheet("page", (900, 700), TUNING, Facts("seal").rng)
    sheet.frame(30, 30, 870, 640, BROWN, 10)
    sheet.text(300, 500, "二〇二六年三月十一日", 36)
    sheet.seal(500, 520, 120, COURT)
    return sheet


def picture_of(sheet: Sheet) -> Picture:
    return np.ascontiguousarray(np.asarray(sheet.image)[:, :, ::-1])


def quad(left: float, top: float, right: float, bottom: float) -> Quad:
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], dtype=np.float32)


def test_a_stamp_is_lifted_though_it_touches_a_frame(stamped: Sheet) -> None:
    before = picture_of(stamped)
    after, places = without_seals(before)
    assert any(min(x for x, _ in place) < 390 and max(x for x, _ in place) > 610 for place in places)
    inside = after[400:640, 380:620]
    paper = int(np.median(inside))
    stamp_alone = after[405:480, 385:615]
    assert stamp_alone.min() > 0.8 * paper, "the rim and its writing are paper now"
    assert before[405:480, 385:615, 1].min() < 0.4 * paper
    (line,) = [one for one in stamped.truth.lines if one.text.startswith("二〇")]
    (left, top), _, (right, bottom), _ = line.quad
    ink = [picture[int(top) : int(bottom), int(left) : int(right), 2] < 0.5 * paper for picture in (before, after)]
    assert ink[1].sum() > 0.9 * ink[0].sum(), "black stays black"


def test_writing_is_told_from_a_stamp_by_its_ink(stamped: Sheet) -> None:
    before = picture_of(stamped)
    after, _ = without_seals(before)
    (left, top), _, (right, bottom), _ = stamped.truth.lines[0].quad
    assert not is_of_seal(before, after, quad(left, top, right, bottom))
    # The upper part of the rim, where nothing is printed underneath: as it was, since after lifting nothing is left.
    assert is_of_seal(before, before, quad(430, 405, 570, 450))


def test_brown_is_no_stamp() -> None:
    sheet = Sheet("page", (900, 700), TUNING, Facts("frame").rng)
    sheet.frame(300, 300, 520, 520, BROWN, 10)
    picture = picture_of(sheet)
    after, places = without_seals(picture)
    assert places == []
    assert after is picture


def test_a_large_red_sum_is_no_stamp() -> None:
    """Phones show what is to be paid in red letters as high as a small stamp; its first digits were wiped off."""
    sheet = Sheet("page", (900, 700), TUNING, Facts("sum").rng)
    sheet.text(300, 260, "12,463.00", 90, ink="#c8161d")
    sheet.seal(450, 560, 110, COURT)
    before = picture_of(sheet)
    after, places = without_seals(before)
    assert places
    assert min(y for place in places for _, y in place) > 400
    assert (after[200:400] == before[200:400]).all()
