"""The evaluation's own scores: labels set downwards are asked for as labels, not as parts of the rows beside them."""

import numpy as np
import pytest
from ocr_evaluation.scoring import character_errors
from ocr_evaluation.sheet import Truth, Written

from ocr import Line
from ocr.lines import box

ROWS = [
    Written("户名张三", [(100, 0), (220, 0), (220, 30), (100, 30)]),
    Written("账号6225", [(100, 60), (220, 60), (220, 90), (100, 90)]),
]
LABEL = Written("付款人", [(10, 0), (44, 0), (44, 96), (10, 96)])


@pytest.mark.parametrize(
    ("label", "errors"),
    [
        ([Line("付款人", 0.9, box(14, 2, 40, 92))], 0),
        (
            [
                Line("付", 0.9, box(14, 2, 40, 30)),
                Line("款", 0.9, box(14, 32, 40, 60)),
                Line("人", 0.9, box(14, 62, 40, 90)),
            ],
            0,
        ),
        ([Line("付软人", 0.9, box(14, 2, 40, 92))], 1),
        ([], 3),
    ],
)
def test_a_label_set_downwards_may_be_read_as_one_line_or_as_many(label: list[Line], errors: int) -> None:
    rows = [Line("户名张三", 0.9, box(100, 0, 220, 30)), Line("账号6225", 0.9, box(100, 60, 220, 90))]
    truth = Truth("page", lines=ROWS, downwards=[LABEL])
    assert character_errors(truth, np.eye(3), [*label, *rows]) == (errors, 13)
