"""What a client's own papers suggest for the form of a product (F2): they fill it in, never the machine."""

from collections.abc import Mapping
from typing import Any

from schemas.api.suggestions import SuggestionListView
from schemas.enums import Role
from services.actors import Actor
from services.keys import KeyDestroyedError
from services.orders.products import Products
from services.readings.confirmed_papers import ConfirmedPaper, ConfirmedPapers
from services.readings.suggesting import Entry, suggestions
from services.spaces.spaces import Spaces
from services.storage.database import Database

SPACES = 10  # cases that are looked through, newest first


class FormSuggestions:
    def __init__(self, database: Database, products: Products, spaces: Spaces, papers: ConfirmedPapers) -> None:
        self._db = database
        self._products = products
        self._spaces = spaces
        self._papers = papers

    async def of_product(self, actor: Actor, product_id: str) -> SuggestionListView:
        """From papers photographed for it, then from those that somebody confirmed in the caller's own cases.

        Raises ``product.not_found``.
        """
        product = await self._products.offered(product_id)
        entries = [entry for entry in map(_entry, product["form"]) if entry.filled_by]
        return SuggestionListView(items=suggestions(entries, await self._of(actor) if entries else []))

    async def _of(self, actor: Actor) -> list[ConfirmedPaper]:
        cases = [space for space in await self._spaces.of(actor.user_id) if _is_client(space, actor.user_id)]
        papers: list[ConfirmedPaper] = []
        for space in sorted(cases, key=lambda space: space["_id"], reverse=True)[:SPACES]:
            try:
                papers += await self._papers.of_space(space["_id"], seen_by=actor.user_id)
            except KeyDestroyedError:
                continue  # purged: nothing of it fills in anything
        return await self._drafted(actor) + sorted(papers, key=lambda paper: paper.reading_id, reverse=True)

    async def _drafted(self, actor: Actor) -> list[ConfirmedPaper]:
        draft = await self._db.drafts.find_one({"user_id": actor.user_id})
        if draft is None:
            return []
        try:
            return await self._papers.of_draft(draft["_id"])
        except KeyDestroyedError:
            return []


def _entry(field: Mapping[str, Any]) -> Entry:
    filled_by = field.get("filled_by", [])
    return Entry(field["name"], filled_by, longest=field["max_length"], choices=field["choices"])


def _is_client(space: Mapping[str, Any], user_id: str) -> bool:
    """Of the case itself: what a hearing showed is for the hearing."""
    return "hearing_id" not in space and any(
        member["user_id"] == user_id and member["role"] == Role.CLIENT and "left_at" not in member
        for member in space["members"]
    )
