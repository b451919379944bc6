"""What search compares: folded text, the n-grams of it, and where a term stands in the original. Pure.

Chinese is written without spaces, so words are not looked for: every run of letters and digits is cut into pairs.
Whatever part of a text somebody remembers is then made of pairs that were noted; a single character is made of
none, and is looked for everywhere. ``services/search/search_index.py`` keeps the pairs; what it finds is always
checked here.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from schemas.enums import MessageType

# What of a body is text that people look for.
FIELDS: dict[MessageType, tuple[str, ...]] = {
    MessageType.TEXT: ("text",),
    MessageType.FILE: ("name",),
    MessageType.CARD: ("title", "text"),
    MessageType.LOCATION: ("name", "address"),
    MessageType.CONTACT: ("display_name",),
}
MOST_HIGHLIGHTS = 50


@dataclass(frozen=True, slots=True)
class Folded:
    """Text as it is compared. ``starts[i]`` and ``ends[i]``: what of the original the i-th character comes from."""

    text: str
    starts: list[int]
    ends: list[int]


@dataclass(frozen=True, slots=True)
class Mark:
    """Where something stands in a field, in UTF-16 units: what JavaScript counts."""

    field: str
    start: int
    length: int


class _FoldedLetters(dict[int, str]):
    """What each single character folds to, noted when it is first met."""

    def __missing__(self, code: int) -> str:
        folded = unicodedata.normalize("NFKC", chr(code)).casefold()
        self[code] = "".join(char for char in folded if unicodedata.category(char) != "Cf")
        return self[code]


_LETTERS = _FoldedLetters()


def folded(text: str) -> str:
    """``fold(text).text``, without saying where it comes from: ten times as fast."""
    if any(map(unicodedata.combining, text)):
        return fold(text).text
    return text.translate(_LETTERS)


def fold(text: str) -> Folded:
    """One form for what looks the same: NFKC, no case, nothing invisible. A letter goes with its accents."""
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    while at < len(text):
        end = at + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        for char in unicodedata.normalize("NFKC", text[at:end]).casefold():
            if unicodedata.category(char) != "Cf":
                chars.append(char)
                starts.append(at)
                ends.append(end)
        at = end
    return Folded("".join(chars), starts, ends)


def terms(query: str) -> list[str]:
    """What has to occur, each piece between spaces somewhere. Empty when there is no letter or digit in it."""
    found = folded(query).split()
    return list(dict.fromkeys(found)) if any(map(str.isalnum, "".join(found))) else []


def pairs(text: str) -> set[str]:
    """The pairs of a folded text, or of a term: a term that occurs in a text has no pair that the text lacks."""
    runs = "".join(char if char.isalnum() else " " for char in text).split()
    return {run[at : at + 2] for run in runs for at in range(len(run) - 1)}


def searchable(kind: MessageType, body: Mapping[str, Any]) -> dict[str, str]:
    """Field → text of a body that can be found; empty for what has none."""
    return {name: body[name] for name in FIELDS.get(kind, ()) if body.get(name)}


def marks(fields: Mapping[str, str], wanted: Iterable[str]) -> list[Mark] | None:
    """Where the terms stand; None unless each of them occurs in one of the fields."""
    sources = {name: fold(text) for name, text in fields.items()}
    spans: dict[str, list[tuple[int, int]]] = {}
    for term in wanted:
        places = [(name, at) for name, field in sources.items() for at in _occurrences(field.text, term)]
        if not places:
            return None
        for name, at in places:
            field = sources[name]
            spans.setdefault(name, []).append((field.starts[at], field.ends[at + len(term) - 1]))
    return [mark for name, found in spans.items() for mark in _as_marks(name, fields[name], found)][:MOST_HIGHLIGHTS]


def _occurrences(text: str, term: str) -> list[int]:
    found: list[int] = []
    at = text.find(term)
    while at >= 0 and len(found) < MOST_HIGHLIGHTS:
        found.append(at)
        at = text.find(term, at + len(term))
    return found


def _as_marks(name: str, text: str, spans: list[tuple[int, int]]) -> list[Mark]:
    """Overlapping spans become one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return [Mark(name, _utf16(text[:start]), _utf16(text[start:end])) for start, end in merged]


def _utf16(text: str) -> int:
    return len(text) + sum(char > "\uffff" for char in text)
