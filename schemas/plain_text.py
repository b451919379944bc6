"""Text of strangers that ends up on papers of others: without what is not seen but changes what is."""

import unicodedata

# Marks that turn the direction in which what follows is shown (Unicode Technical Report 36, 2.3): with them an amount
# or a name reads backwards on the catalogue that goes to court.
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def plain_if_text(value: object) -> object:
    """For validators that run before the type is known."""
    return plain(value) if isinstance(value, str) else value


def plain(text: str) -> str:
    """Without controls (line breaks and tabs stay) and turning marks."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(char for char in text if char in "\n\t" or not _hidden(char))


def _hidden(char: str) -> bool:
    return char in _TURNING or unicodedata.category(char) == "Cc"
