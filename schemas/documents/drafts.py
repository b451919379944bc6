"""Papers that somebody photographed to fill in a form, before there is a case."""

from datetime import datetime
from typing import TypedDict


class DraftDocument(TypedDict):
    """One for each person. Files and readings lie under its own data key, and go with it, unless a case takes them."""

    _id: str
    schema_version: int
    user_id: str
    file_ids: list[str]
    created_at: datetime
    purge_at: datetime
