"""Every index and validator that the product needs, as data by theme; ``apply`` makes a database match.

A test compares these tables with what a real server reports, so that an index is never only in somebody's shell.
"""

from typing import Any

from pymongo.errors import CollectionInvalid

from services.storage.database import Database
from services.storage.indexes.books import BOOKS
from services.storage.indexes.ground import GROUND
from services.storage.indexes.hearings import HEARINGS
from services.storage.indexes.orders import ORDERS
from services.storage.indexes.people import PEOPLE
from services.storage.indexes.pricing import PRICING
from services.storage.indexes.shapes import Collection
from services.storage.indexes.spaces import SPACES
from services.storage.indexes.telling import TELLING

__all__ = ["COLLECTIONS", "Collection", "apply"]

COLLECTIONS: tuple[Collection, ...] = (*PEOPLE, *ORDERS, *PRICING, *BOOKS, *SPACES, *HEARINGS, *TELLING, *GROUND)

_CLUSTERED = {"key": {"_id": 1}, "unique": True}


async def apply(database: Database) -> None:
    """Create what is missing: collections, validators, indexes. Safe to run again, and while serving.

    An index whose definition changed raises OperationFailure (IndexOptionsConflict): the change then belongs
    into a migration of its own, because dropping a unique index is a decision.
    """
    there = {
        found["name"]: found["options"].get("validator", {}) async for found in await database.raw.list_collections()
    }
    for spec in COLLECTIONS:
        if spec.name not in there and await _create(database, spec):
            there[spec.name] = spec.validator
        if there.get(spec.name) != spec.validator:
            await database.raw.command("collMod", spec.name, validator=spec.validator)
        if spec.indexes:
            await database.raw[spec.name].create_indexes(list(spec.indexes))


async def _create(database: Database, spec: Collection) -> bool:
    """Whether this process was the one to make it."""
    options: dict[str, Any] = {"clusteredIndex": _CLUSTERED} if spec.clustered else {}
    if spec.validator:
        options["validator"] = spec.validator
    try:
        await database.raw.create_collection(spec.name, **options)
    except CollectionInvalid:
        return False
    return True
