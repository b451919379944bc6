"""Amounts in capital characters, against rules of the banks and an independent reader."""

import cn2an
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.receipts.capital_amounts import in_capitals


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "零元整"),
        (1, "壹分"),
        (10, "壹角整"),
        (39_900, "叁佰玖拾玖元整"),
        (140_950, "壹仟肆佰零玖元伍角整"),
        (600_714, "陆仟零柒元壹角肆分"),
        (168_032, "壹仟陆佰捌拾元零叁角贰分"),
        (10_700_053, "壹拾万柒仟元零伍角叁分"),
        (1_640_902, "壹万陆仟肆佰零玖元零贰分"),
        (32_504, "叁佰贰拾伍元零肆分"),
        (10_000_000_000, "壹亿元整"),
        (100_000_001_00, "壹亿零壹元整"),
        (1_0000_0000_0000_00, "壹万亿元整"),
        (1_0002_0000_0000_00, "壹万零贰亿元整"),
        (2_0000_0003_0000_00, "贰万亿零叁万元整"),
    ],
)
def test_amounts_are_written_as_on_bills(fen: int, words: str) -> None:
    assert in_capitals(fen) == words


@given(st.integers(0, 10**14))
def test_an_independent_reader_reads_the_same_amount(fen: int) -> None:
    words = in_capitals(fen)
    yuan, _, rest = words.partition("元") if "元" in words else ("零", "", words)
    small = dict.fromkeys("角分", 0)
    rest = rest.removesuffix("整").lstrip("零")
    for unit in small:
        if unit in rest:
            digit, _, rest = rest.partition(unit)
            small[unit] = "零壹贰叁肆伍陆柒捌玖".index(digit)
    assert cn2an.cn2an(yuan, "normal") * 100 + small["角"] * 10 + small["分"] == fen


@pytest.mark.parametrize("fen", [-1, 10**18])
def test_no_such_amount(fen: int) -> None:
    with pytest.raises(ValueError, match="no such amount"):
        in_capitals(fen)
