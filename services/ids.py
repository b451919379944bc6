"""Identifiers."""

import hashlib
import secrets
from datetime import datetime

from bson import ObjectId

from schemas.api.base import CHINA

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # without I, L, O and U, which people misread
_DIGITS = 12


def new_id() -> str:
    """24 hex digits that begin with the time: unique without asking, and neighbours in an index."""
    return str(ObjectId())


def new_secret(size: int = 32) -> str:
    """A URL-safe secret of ``size`` random bytes."""
    return secrets.token_urlsafe(size)


def readable_number(prefix: str, identity: str, at: datetime) -> str:
    """What people read to each other: prefix + day in China + 12 characters, 60 bits of the id's hash.

    A hash and not the id's own end: the counter in there starts over several times on a busy day.
    """
    value = int.from_bytes(hashlib.sha256(identity.encode()).digest()[:8], "big") >> 4
    letters = []
    for _ in range(_DIGITS):
        value, digit = divmod(value, len(ALPHABET))
        letters.append(ALPHABET[digit])
    return f"{prefix}{at.astimezone(CHINA):%y%m%d}{''.join(reversed(letters))}"
