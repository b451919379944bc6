"""Characters that recognisers mix up, put right where only a check digit can tell. Pure.

A repair is tried only in a slot that must hold a number or code, and taken only when the check digit then fits; the
field says that it was repaired.
"""

import re
from collections.abc import Callable

_LOOK_ALIKE = dict(zip("OoQDIli|SsBZzG", "00001111558226", strict=True))
_AS_DIGITS = str.maketrans(_LOOK_ALIKE)
_IN_CREDIT_CODE = {"O": "0", "I": "1", "S": "5", "Z": "2", "V": "U", "o": "0", "l": "1", "|": "1"}
_DOUBTFUL = {"0": "D", "D": "0", "8": "B", "B": "8", "1": "L", "2": "Z", "6": "G", "G": "6", "Q": "0"}


def id_number(text: str, sound: Callable[[str], bool]) -> tuple[str, bool] | None:
    """The ID number in `text` and whether it had to be repaired; the first sound one, else what looks most like one."""
    return _first(re.findall(r"[0-9OoQDIliSsBZzG|]{17}[0-9XxOoIlSBZ|×*]", text), sound, _id_candidates)


def _id_candidates(raw: str) -> list[str]:
    head, last = raw[:17].translate(_AS_DIGITS), raw[17]
    return [head + ("X" if last in "Xx×*" else last.translate(_AS_DIGITS))]


def credit_code(text: str, sound: Callable[[str], bool]) -> tuple[str, bool] | None:
    """The unified social credit code in `text`, as for `id_number`."""
    return _first(re.findall(r"(?<![0-9A-Za-z])[0-9A-Za-z|]{18}(?![0-9A-Za-z])", text), sound, _credit_candidates)


def _credit_candidates(raw: str) -> list[str]:
    """Registration organs write digits first: two characters, six digits of the place, then nine of either sort
    and the check.
    """
    upper = "".join(_IN_CREDIT_CODE.get(character, character) for character in raw).upper()
    upper = upper[:2] + upper[2:8].translate(_AS_DIGITS) + upper[8:]
    doubts = [place for place in range(18) if upper[place] in _DOUBTFUL and not 2 <= place < 8]
    return [upper, *(upper[:place] + _DOUBTFUL[upper[place]] + upper[place + 1 :] for place in doubts)]


def _first(
    found: list[str], sound: Callable[[str], bool], candidates: Callable[[str], list[str]]
) -> tuple[str, bool] | None:
    for raw in found:
        if sound(raw.upper()):
            return raw.upper(), False
    for raw in found:
        fitting = {candidate for candidate in candidates(raw) if sound(candidate)}
        if len(fitting) == 1:  # two that fit are no better than none
            return fitting.pop(), True
    return (found[0].upper(), False) if found else None
