"""What a new version must change in stored data before it can run; ``run`` brings any older database up to date.

Steps bear being run again and being run while an older version still serves. They come before the indexes: a validator
refuses changes to documents that it does not know.
"""

from collections.abc import Awaitable, Callable

from pymongo.errors import OperationFailure

from services.storage import indexes
from services.storage.database import Database

_NO_SUCH = frozenset({26, 27})  # NamespaceNotFound, IndexNotFound


async def payments_have_subjects(database: Database) -> None:
    """Until then a payment was always for an order."""
    await database.raw.payments.update_many(
        {"subject": {"$exists": False}}, [{"$set": {"subject": {"kind": "order", "id": "$order_id"}}}]
    )


# Replaced by others of another name: a second payment of one order (a quote, a tip) would break the old ones.
GONE = (("payments", "paid_once"), ("payments", "pending_once"))
STEPS: tuple[Callable[[Database], Awaitable[None]], ...] = (payments_have_subjects,)


async def run(database: Database) -> None:
    """Change what is stored, then what guards it. Raises what ``indexes.apply`` raises."""
    for step in STEPS:
        await step(database)
    await indexes.apply(database)
    for collection, index in GONE:
        await _drop(database, collection, index)
    for step in STEPS:  # once more: an older process may have written meanwhile
        await step(database)


async def _drop(database: Database, collection: str, index: str) -> None:
    try:
        await database.raw[collection].drop_index(index)
    except OperationFailure as fault:
        if fault.code not in _NO_SUCH:
            raise
