"""Unified social credit codes (统一社会信用代码), by GB 32100-2015."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # without I, O, S, V and Z
_LENGTH = 18


def check_character(first_17: str) -> str:
    """The eighteenth character: weights are powers of 3 modulo 31 (GB 32100-2015, 附录 A).

    Raises ValueError for a character that no code has.
    """
    total = sum(_ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(first_17))
    return _ALPHABET[-total % 31]


def is_credit_code(text: str) -> bool:
    """Whether ``text`` is a whole code whose check character is right; lower case is not."""
    if len(text) != _LENGTH or any(character not in _ALPHABET for character in text):
        return False
    return check_character(text[:-1]) == text[-1]


def _checked(text: str) -> str:
    if not is_credit_code(text):
        raise ValueError("不是有效的统一社会信用代码")
    return text


CreditCode = Annotated[str, StringConstraints(to_upper=True), AfterValidator(_checked)]
