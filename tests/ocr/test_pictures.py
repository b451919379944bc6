"""Pictures before reading (F2): lines are cut a little longer than they were found, since detectors stop short of the
last full stop or bracket; light letters on a dark ground are turned over.
"""

import numpy as np
import pytest

from ocr.pictures import Picture, Quad, dark_on_light, widened


def quad(left: float, top: float, right: float, bottom: float) -> Quad:
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], dtype=np.float32)


def test_a_line_grows_at_both_ends_by_its_height() -> None:
    (wide,) = widened([quad(100, 50, 300, 90)], 0.25)
    assert wide == pytest.approx(quad(90, 50, 310, 90))


def test_it_does_not_grow_into_its_neighbour() -> None:
    left, right = widened([quad(100, 50, 300, 90), quad(305, 50, 500, 90)], 0.25)
    assert left == pytest.approx(quad(90, 50, 300, 90))
    assert right == pytest.approx(quad(305, 50, 510, 90))


def test_a_line_that_runs_downwards_grows_downwards() -> None:
    (wide,) = widened([quad(100, 50, 140, 450)], 0.25)
    assert wide == pytest.approx(quad(100, 40, 140, 460))


def test_a_slanted_line_grows_along_its_slant() -> None:
    turn = np.array([[0.8, 0.6], [-0.6, 0.8]])
    (wide,) = widened([(quad(0, 0, 200, 40) @ turn).astype(np.float32)], 0.5)
    assert wide == pytest.approx(quad(-20, 0, 220, 40) @ turn, abs=1e-3)


def test_nothing_gives_nothing() -> None:
    assert widened([], 0.25) == []


def scene(ground: int, letters: int, desk: int | None = None) -> Picture:
    """Letters on a ground; with a desk, only in the middle of it."""
    picture = np.full((400, 400, 3), ground if desk is None else desk, np.uint8)
    picture[90:310, 90:310] = ground
    picture[180:220:8, 150:250] = letters
    return picture


@pytest.mark.parametrize(("ground", "letters", "desk"), [(250, 20, None), (80, 15, None), (240, 20, 30)])
def test_dark_letters_stay_dark_in_any_light(ground: int, letters: int, desk: int | None) -> None:
    """On white, on a photo that is too dark, on a sheet that lies on a dark desk."""
    picture = scene(ground, letters, desk)
    assert dark_on_light(picture) is picture


def test_light_letters_on_a_dark_ground_are_turned_over() -> None:
    picture = scene(20, 230)
    assert (dark_on_light(picture) == 255 - picture).all()
