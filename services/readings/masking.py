"""Hiding numbers and addresses from who need not see them (K2). Pure."""

import re

from services.masks import masked_number

# Longest first: an identity number holds what looks like a telephone's.
_NUMBERS = re.compile(r"(?<!\d)(?:\d[ -]?){13,29}\d|(?<!\d)\d{17}[\dXx]|(?<!\d)1[3-9]\d{9}(?!\d)")
_DAY = re.compile(r"(?:19|20)\d{2}\s*[年./-]\s*\d{1,2}\s*[月./-]\s*\d{1,2}\s*日?")


def hidden_spans(text: str, hidden: list[str]) -> list[tuple[int, int]]:
    """Which characters of a line ``masked_text`` would change, as ranges that may overlap."""
    spans = [found.span() for found in _NUMBERS.finditer(text)]
    for value in hidden:
        if value:
            spans += [found.span() for found in re.finditer(re.escape(value), text)]
    return spans


def masked_text(text: str, hidden: list[str]) -> str:
    """A line without long numbers, and without the values that are hidden as fields."""
    for value in sorted(hidden, key=len, reverse=True):
        if value:
            text = text.replace(value, masked_number(value))
    return _NUMBERS.sub(lambda found: masked_number(found.group()), text)


def without_days(text: str) -> str:
    """On papers that identify somebody, days are of birth and of validity."""
    return _DAY.sub("****年**月**日", text)
