"""Taking what is due, one thing after another, each put off for everybody else in the same step.

The pause is as long as the thing has waited already, within bounds: what is young is looked at often, what is old
seldom, and whoever dies after the claim holds it up by one pause only.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from pymongo import ASCENDING
from pymongo.asynchronous.collection import AsyncCollection

from services.clock import Clock

Document = TypeVar("Document", bound=Mapping[str, Any])

AT_ONCE = 50  # then the other rounds have their turn


@dataclass(frozen=True, slots=True)
class Pauses:
    """How long something that was looked at is left alone, at least and at most."""

    first: timedelta
    longest: timedelta


async def claimed(
    collection: AsyncCollection[Document],
    waiting: Mapping[str, Any],
    field: str,
    clock: Clock,
    pauses: Pauses,
    *,
    since: str = "created_at",
    unset_is_due: bool = False,
) -> AsyncIterator[Document]:
    """Those of ``waiting`` whose time ``field`` has come, longest due first, as they were; ``AT_ONCE`` at most.

    ``field`` is moved on by what has passed ``since``, within ``pauses``.
    ``unset_is_due``: what has no ``field`` yet is due, too.
    """
    for _ in range(AT_ONCE):
        now = clock()
        come: dict[str, Any] = {field: {"$lte": now}}
        due = {"$or": [{field: {"$exists": False}}, come]} if unset_is_due else come
        waited = {"$subtract": [now, f"${since}"]}
        pause = {"$min": [{"$max": [waited, _milliseconds(pauses.first)]}, _milliseconds(pauses.longest)]}
        taken = await collection.find_one_and_update(
            {**waiting, **due}, [{"$set": {field: {"$add": [now, pause]}}}], sort=[(field, ASCENDING)]
        )
        if taken is None:
            return
        yield taken


def _milliseconds(span: timedelta) -> int:
    return int(span.total_seconds() * 1000)
