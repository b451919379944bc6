"""Identifiers."""

import secrets

from bson import ObjectId


def new_id() -> str:
    """24 hex digits that begin with the time: unique without asking, and neighbours in an index."""
    return str(ObjectId())


def new_secret(size: int = 32) -> str:
    """A URL-safe secret of ``size`` random bytes."""
    return secrets.token_urlsafe(size)
