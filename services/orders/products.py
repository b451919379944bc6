"""The catalogue: products are data (C1)."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pymongo import ASCENDING, ReturnDocument

from schemas.api.products import FieldKind, FormFieldView, ProductListView, ProductView
from schemas.documents.orders import ProductDocument
from schemas.enums import OrderStatus
from services.clock import Clock, utc_now
from services.errors import Problem
from services.ids import new_id
from services.storage.database import Database

# A changed price shows this late at most; an order keeps the price it was placed with.
REMEMBERED_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class FormField:
    name: str
    label: str
    kind: FieldKind = "text"
    required: bool = False
    max_length: int = 200
    choices: tuple[str, ...] = ()
    hint: str = ""
    filled_by: tuple[str, ...] = ()  # fields of papers that may say it, the likeliest first


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise of time: it runs from entering one status until entering another (C4)."""

    code: str
    title: str
    begins: OrderStatus
    until: OrderStatus
    minutes: int


@dataclass(frozen=True, slots=True)
class ProductSpec:
    """A product as its author writes it down. ``code`` names it for ever."""

    code: str
    name: str
    kind: str
    summary: str
    description: str
    price_fen: int
    promises: dict[str, str]
    steps: tuple[str, ...]
    form: tuple[FormField, ...] = ()
    deadlines: tuple[Promise, ...] = ()
    unpaid_minutes: int | None = 24 * 60
    published: bool = field(default=True)


class Products:
    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._db = database
        self._clock = clock
        self._known: dict[str, tuple[float, ProductDocument]] = {}

    async def list(self) -> ProductListView:
        """Everything published, in the order of the catalogue."""
        documents = await self._db.products.find({"published": True}).sort("position", ASCENDING).to_list()
        return ProductListView(items=[_view(document) for document in documents])

    async def get(self, product_id: str) -> ProductView:
        """One published product. Raises ``product.not_found``."""
        return _view(await self.offered(product_id))

    async def offered(self, product_id: str) -> ProductDocument:
        """The stored product, for placing an order. Raises ``product.not_found`` unless it is published."""
        now = time.monotonic()
        known = self._known.get(product_id)
        if known is not None and known[0] > now:
            return known[1]
        document = await self._db.products.find_one({"_id": product_id, "published": True})
        if document is None:
            self._known.pop(product_id, None)
            raise Problem("product.not_found")
        self._known[product_id] = (now + REMEMBERED_SECONDS, document)
        return document

    async def put(self, specs: Sequence[ProductSpec]) -> dict[str, str]:
        """Store products by their codes, in this order; code → id. Placed orders keep what they were."""
        ids: dict[str, str] = {}
        for position, spec in enumerate(specs):
            if spec.price_fen < 1:
                raise ValueError(f"{spec.code}: the price must be at least one fen")
            stored = await self._db.products.find_one_and_update(
                {"code": spec.code},
                {"$set": {**_stored(spec, position), "updated_at": self._clock()}, "$setOnInsert": {"_id": new_id()}},
                upsert=True,
                return_document=ReturnDocument.AFTER,
            )
            assert stored is not None  # an upsert returns what it stored
            ids[spec.code] = stored["_id"]
        self._known.clear()
        return ids


def _stored(spec: ProductSpec, position: int) -> dict[str, Any]:
    return {
        "schema_version": 1,
        "code": spec.code,
        "name": spec.name,
        "kind": spec.kind,
        "summary": spec.summary,
        "description": spec.description,
        "price_fen": spec.price_fen,
        "promises": dict(spec.promises),
        "steps": list(spec.steps),
        "form": [
            {
                "name": one.name,
                "label": one.label,
                "kind": one.kind,
                "required": one.required,
                "max_length": one.max_length,
                "choices": list(one.choices),
                "hint": one.hint,
                "filled_by": list(one.filled_by),
            }
            for one in spec.form
        ],
        "deadlines": [
            {
                "code": one.code,
                "title": one.title,
                "from": one.begins.value,
                "until": one.until.value,
                "minutes": one.minutes,
            }
            for one in spec.deadlines
        ],
        "unpaid_minutes": spec.unpaid_minutes,
        "position": position,
        "published": spec.published,
    }


def _view(document: ProductDocument) -> ProductView:
    return ProductView(
        id=document["_id"],
        code=document["code"],
        name=document["name"],
        kind=document["kind"],
        summary=document["summary"],
        description=document["description"],
        price_fen=document["price_fen"],
        promises=document["promises"],
        steps=document["steps"],
        form=[FormFieldView(**field) for field in document["form"]],
    )
