"""Searching messages."""

from typing import Annotated

from pydantic import Field

from schemas.api.base import Body, View
from schemas.api.messages import MessageView, Seq

Words = Annotated[
    str,
    Field(
        min_length=1, max_length=64, description="Each piece between spaces must occur; case and width do not matter"
    ),
]
Limit = Annotated[int, Field(ge=1, le=50)]


class SearchQuery(Body):
    q: Words
    before_seq: Seq | None = None
    limit: Limit = 20


class SearchEverywhereQuery(Body):
    q: Words
    cursor: str | None = Field(
        None, pattern=r"^[0-9a-f]{24}-[0-9]{1,16}$", description="next_cursor of the last answer"
    )
    limit: Limit = 20


class HighlightView(View):
    """Where a term stands in a text of the body. Units are UTF-16, as JavaScript's ``slice`` counts."""

    field: str = Field(description="The name of the text in the body: text, name, title, address, display_name")
    start: int
    length: int


class SearchHit(View):
    message: MessageView
    highlights: list[HighlightView]
    excerpt: str | None = Field(None, description="What the paper behind a card says, around the first term")


class SpaceSearchPage(View):
    """Newest first. ``items`` can be fewer than asked for, even none, while ``has_more`` is true."""

    items: list[SearchHit]
    next_before_seq: int | None = None
    has_more: bool = False


class SearchPage(View):
    """Newest space first, in each the newest message first. ``items`` can be few while ``has_more`` is true."""

    items: list[SearchHit]
    next_cursor: str | None = None
    has_more: bool = False
