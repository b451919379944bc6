"""What a client tells, held against the product's form."""

from typing import Any

import pytest

from services.errors import Problem
from services.orders.need_forms import DESCRIPTION_MAX, checked_need

FORM = [
    {
        "name": "topic",
        "label": "问题类型",
        "kind": "choice",
        "required": True,
        "max_length": 50,
        "choices": ["劳动", "房产"],
    },
    {"name": "phone", "label": "联系电话", "kind": "phone", "required": False, "max_length": 11, "choices": []},
    {"name": "wish", "label": "希望", "kind": "text", "required": False, "max_length": 5, "choices": []},
]
GOOD: dict[str, Any] = {"description": " 押金不退 ", "topic": "房产", "phone": "", "wish": "退钱"}


def test_answers_are_trimmed_and_empty_ones_left_out() -> None:
    """C2: the need is filled in."""
    assert checked_need(FORM, GOOD) == {"description": "押金不退", "topic": "房产", "wish": "退钱"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"description": "  "}, "need.description"),
        ({"description": None}, "need.description"),
        ({"description": "长" * (DESCRIPTION_MAX + 1)}, "need.description"),
        ({"description": 7}, "need.description"),
        ({"topic": ""}, "need.topic"),
        ({"topic": "天文"}, "need.topic"),
        ({"phone": "12345678901"}, "need.phone"),
        ({"phone": "138000000001"}, "need.phone"),
        ({"wish": "六个字太长了"}, "need.wish"),
        ({"wish": ["a"]}, "need.wish"),
        ({"rubbish": "x"}, "need.rubbish"),
    ],
)
def test_every_fault_is_named(change: dict[str, Any], field: str) -> None:
    with pytest.raises(Problem) as caught:
        checked_need(FORM, {**GOOD, **change})
    assert caught.value.code == "order.need_invalid"
    assert [fault["field"] for fault in caught.value.errors] == [field]


def test_all_faults_come_at_once_and_repeat_no_input() -> None:
    """K2: a faulty value is never shown back."""
    with pytest.raises(Problem) as caught:
        checked_need(FORM, {"topic": "秘密", "phone": "秘密"})
    assert {fault["field"] for fault in caught.value.errors} == {"need.description", "need.topic", "need.phone"}
    assert "秘密" not in str(caught.value.errors)
