"""Credit codes are checked by their digits (GB 32100-2015)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.credit_codes import check_character, is_credit_code

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


# Published codes of public bodies and listed companies.
@pytest.mark.parametrize("code", ["91440300708461136T", "9111000071093465XC", "12100000400014276N"])
def test_known_codes_are_right(code: str) -> None:
    assert is_credit_code(code)


@pytest.mark.parametrize(
    "code", ["", "91440300708461136S", "91440300708461136t", "9144030070846113", "I" * 18, "汉" * 18]
)
def test_others_are_not(code: str) -> None:
    assert not is_credit_code(code)


@given(st.text(ALPHABET, min_size=17, max_size=17), st.integers(0, 16), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_noticed(first: str, place: int, other: str) -> None:
    code = first + check_character(first)
    assert is_credit_code(code)
    wrong = code[:place] + other + code[place + 1 :]
    assert is_credit_code(wrong) is (wrong == code)
