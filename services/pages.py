"""A list in pages, newest first: ids grow with time, so the last one shown is where the next page begins."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from pymongo import DESCENDING
from pymongo.asynchronous.collection import AsyncCollection

from schemas.api.base import Page, PageQuery, View

Stored = TypeVar("Stored", bound=Mapping[str, Any])
Shown = TypeVar("Shown", bound=View)


async def newest(
    collection: AsyncCollection[Stored], wanted: Mapping[str, Any], query: PageQuery
) -> tuple[Sequence[Stored], str | None]:
    """At most ``query.limit`` documents that are ``wanted``, and the cursor of what follows (None: nothing does)."""
    before = {} if query.cursor is None else {"_id": {"$lt": query.cursor}}
    found = await collection.find({**wanted, **before}).sort("_id", DESCENDING).limit(query.limit + 1).to_list()
    shown = found[: query.limit]
    return shown, shown[-1]["_id"] if len(found) > query.limit else None


async def page_of(
    collection: AsyncCollection[Stored],
    wanted: Mapping[str, Any],
    query: PageQuery,
    view: Callable[[Stored], Shown],
) -> Page[Shown]:
    """The same, as it is answered."""
    shown, following = await newest(collection, wanted, query)
    return Page(items=[view(one) for one in shown], next_cursor=following, has_more=following is not None)
