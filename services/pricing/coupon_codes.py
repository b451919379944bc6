"""Codes on paper that give a coupon: 12 characters, 60 random bits, in an alphabet that people do not misread. Pure."""

import secrets

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
_MISREAD = str.maketrans("ILO", "110")
_GROUP, _GROUPS = 4, 3


def new_code() -> str:
    """Such as ``7KQ2-M0XV-9D3A``."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))


def normal(code: str) -> str:
    """As it was made, whatever somebody typed: small letters, blanks, no dashes, O for 0."""
    return "".join(code.upper().replace("-", "").split()).translate(_MISREAD)
