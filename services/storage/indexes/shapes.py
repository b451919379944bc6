"""The words in which the tables of this package are written: a collection, its indexes, what its validator demands."""

from dataclasses import dataclass, field
from typing import Any

from pymongo import ASCENDING, IndexModel


@dataclass(frozen=True, slots=True)
class Collection:
    name: str
    indexes: tuple[IndexModel, ...] = ()
    validator: dict[str, Any] = field(default_factory=dict)
    clustered: bool = False  # stored in the order of its keys: reading along them costs less than half


def index(name: str, *keys: tuple[str, int], **options: Any) -> IndexModel:
    return IndexModel(list(keys), name=name, **options)


def up(*names: str) -> tuple[tuple[str, int], ...]:
    return tuple((name, ASCENDING) for name in names)


def needs(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"$jsonSchema": {"bsonType": "object", "required": required, "properties": properties}}


WHOLE = {"bsonType": ["int", "long"]}
FEN = {"bsonType": ["int", "long"], "minimum": 0}
PRICE = {"bsonType": ["int", "long"], "minimum": 1}
DATE = {"bsonType": "date"}
TEXT = {"bsonType": "string"}
HASH = {"bsonType": "binData"}
SEQ = {"bsonType": ["int", "long"], "minimum": 1}
