"""Pages of the records that stand beside a space's own: staff notes, the private line of a hearing's bench."""

from collections.abc import Mapping
from typing import Any

from schemas.api.messages import MessageListQuery
from schemas.documents.spaces import EntryDocument
from services.errors import Problem
from services.storage.database import Database

_END = 2**53


async def side_page(
    database: Database, record_id: str, query: MessageListQuery, narrower: Mapping[str, Any] | None = None
) -> tuple[list[EntryDocument], bool]:
    """Entries in ascending order (after a seq, before a seq, or the newest), and whether there are more that way.

    ``narrower``: what else must hold of them. Raises ``request.invalid`` when both ways are asked for.
    """
    if query.after_seq is not None and query.before_seq is not None:
        raise Problem("request.invalid", "after_seq 与 before_seq 不能同时使用")
    forward, limit = query.after_seq is not None, query.limit
    low, high = query.after_seq or 0, query.before_seq or _END
    place = {"$gt": {"space": record_id, "seq": low}, "$lt": {"space": record_id, "seq": high}}
    found = database.entries.find({"_id": place, **(narrower or {})}).sort("_id", 1 if forward else -1)
    entries = await found.limit(limit + 1).to_list()
    return (entries[:limit] if forward else entries[:limit][::-1]), len(entries) > limit
