"""Hiding numbers and addresses from who need not see them (K2). Pure."""

import re
from typing import Any

from services.masks import masked_number

# Longest first: an identity number holds what looks like a telephone's. A machine reads O for 0 and l for 1 now and
# then, and a number of a person with one of them in it is still one.
_NUMBERS = re.compile(
    r"(?<![\dA-Za-z])(?:[\dOoDQIlSBZ][ -]?){13,29}[\dOoDQIlSBZXx](?![A-Za-z])"
    r"|(?<!\d)(?:\d[ -]?){13,29}\d|(?<!\d)\d{17}[\dXx]|(?<!\d)1[3-9]\d{9}(?!\d)"
)
_FEWEST_DIGITS = 9  # fewer are a word in capitals
_DAY = re.compile(r"(?:19|20)\d{2}\s*[年./-]\s*\d{1,2}\s*[月./-]\s*\d{1,2}\s*日?")


def hidden_spans(text: str, hidden: list[str]) -> list[tuple[int, int]]:
    """Which characters of a line ``masked_text`` would change, as ranges that may overlap."""
    spans = [found.span() for found in _NUMBERS.finditer(text) if _is_number(found)]
    for value in hidden:
        if value:
            spans += [found.span() for found in re.finditer(re.escape(value), text)]
    return spans


def masked_text(text: str, hidden: list[str]) -> str:
    """A line without long numbers, and without the values that are hidden as fields."""
    for value in sorted(hidden, key=len, reverse=True):
        if value:
            text = text.replace(value, masked_number(value))
    return _NUMBERS.sub(lambda found: masked_number(found.group()) if _is_number(found) else found.group(), text)


def masked_value(value: Any, hidden: list[str]) -> Any:
    """What is no number of a person by itself, and may hold one: a clause, what was said in a chat."""
    if isinstance(value, str):
        return masked_text(value, hidden)
    if isinstance(value, list):
        return [{name: masked_text(text, hidden) for name, text in said.items()} for said in value]
    return value


def _is_number(found: re.Match[str]) -> bool:
    return sum(char.isdigit() for char in found.group()) >= _FEWEST_DIGITS


def without_days(text: str) -> str:
    """On papers that identify somebody, days are of birth and of validity."""
    return _DAY.sub("****年**月**日", text)
