"""Taking one thing that is due, and putting it off for everybody else in the same step.

The pause is as long as the thing has waited already, within bounds: what is young is looked at often, what is old
seldom, and whoever dies after the claim holds it up by one pause only.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

from pymongo import ASCENDING
from pymongo.asynchronous.collection import AsyncCollection

Document = TypeVar("Document", bound=Mapping[str, Any])


async def claim(
    collection: AsyncCollection[Document],
    due: Mapping[str, Any],
    field: str,
    now: datetime,
    *,
    first: timedelta,
    longest: timedelta,
    since: str = "created_at",
) -> Document | None:
    """What waits longest of ``due``, as it was, with ``field`` moved on by what has passed ``since``; None: nothing is.

    The pause is ``first`` at least and ``longest`` at most.
    """
    waited = {"$subtract": [now, f"${since}"]}
    pause = {"$min": [{"$max": [waited, _milliseconds(first)]}, _milliseconds(longest)]}
    return await collection.find_one_and_update(
        dict(due), [{"$set": {field: {"$add": [now, pause]}}}], sort=[(field, ASCENDING)]
    )


def _milliseconds(span: timedelta) -> int:
    return int(span.total_seconds() * 1000)
