"""Reading order (F2): rows of forms stay rows, columns of text are read one after the other, slant does not matter."""

from math import cos, radians, sin

import pytest

from ocr.lines import Line, Point, box
from ocr.reading_order import in_reading_order, slant


def line(text: str, x: float, y: float, width: float, angle: float = 0) -> Line:
    a, b, c, d = (_spun(point, angle) for point in box(x, y, x + width, y + 30))
    return Line(text, 1.0, (a, b, c, d))


def _spun(point: Point, degrees: float) -> Point:
    angle = radians(degrees)
    return point[0] * cos(angle) - point[1] * sin(angle), point[0] * sin(angle) + point[1] * cos(angle)


@pytest.mark.parametrize("angle", [-8, -3, 0, 4, 8])
def test_a_form_is_read_row_by_row(angle: float) -> None:
    cells = [
        line(f"{row}{column}", 100 + 400 * column, 100 + 60 * row, 200, angle)
        for row in range(8)
        for column in range(2)
    ]
    shuffled = cells[::3] + cells[1::3] + cells[2::3]
    assert [cell.text for cell in in_reading_order(shuffled)] == [cell.text for cell in cells]
    assert abs(slant(cells) - radians(angle)) < 0.01


@pytest.mark.parametrize("angle", [-5, 0, 5])
def test_columns_of_text_are_read_one_after_the_other(angle: float) -> None:
    head = line("标题", 300, 20, 500, angle)
    left = [line(f"左{row}", 100, 100 + 45 * row, 420 if row < 9 else 200, angle) for row in range(10)]
    right = [line(f"右{row}", 600, 110 + 45 * row, 410, angle) for row in range(10)]
    foot = line("落款日期", 350, 600, 500, angle)
    mixed = [cell for pair in zip(left, right, strict=True) for cell in pair]
    order = [cell.text for cell in in_reading_order([foot, *mixed, head])]
    assert order == ["标题", *(cell.text for cell in left), *(cell.text for cell in right), "落款日期"]


def test_short_cells_side_by_side_are_no_columns() -> None:
    """A list of labels and values is as tall as a column, but its lines do not fill one."""
    labels = [line(f"名{row}", 100, 100 + 60 * row, 80 + 9 * row) for row in range(8)]
    values = [line(f"值{row}", 400, 100 + 60 * row, 90 if row % 2 else 400) for row in range(8)]
    order = [cell.text for cell in in_reading_order([*values, *labels])]
    assert order == [name for row in range(8) for name in (f"名{row}", f"值{row}")]


def test_nothing_and_one() -> None:
    assert in_reading_order([]) == []
    assert [one.text for one in in_reading_order([line("一", 0, 0, 10)])] == ["一"]
