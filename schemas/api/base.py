"""The two bases, and the types that every resource shares."""

from datetime import UTC, datetime
from typing import Annotated, Generic, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

CHINA = ZoneInfo("Asia/Shanghai")


def rfc3339(moment: datetime) -> str:
    """RFC 3339 with milliseconds, shown in China's time: what users compare with the clock on the wall."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(CHINA).isoformat(timespec="milliseconds")


Moment = Annotated[datetime, PlainSerializer(rfc3339, return_type=str, when_used="json")]
Id = Annotated[str, Field(pattern=r"^[0-9a-f]{24}$")]
Fen = Annotated[int, Field(ge=0, le=100_000_000_00, description="Money in fen (1/100 yuan)")]
# Nought and "yes" are no answers to a yes-or-no question: lax reading would take them, and the description would lie.
Flag = Annotated[bool, Field(strict=True)]
Email = Annotated[
    str,
    # What every mail server takes (RFC 5321, 4.1.2, without quoting); whether it exists a code will show.
    Field(max_length=254, pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+$"),
]
Phone = Annotated[str, Field(pattern=r"^1[3-9][0-9]{9}$", description="A mainland mobile number")]


class Body(BaseModel):
    """Sent by a client: unknown fields are an error, and a faulty value never reaches a log."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, str_strip_whitespace=True)


class PageQuery(Body):
    """Which part of a list, newest first: ``cursor`` is the ``next_cursor`` of the page before."""

    limit: int = Field(50, ge=1, le=100)
    cursor: Id | None = None


class View(BaseModel):
    """Shown to a client: a stored field is private until a view names it."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NoBody(Body):
    """An empty JSON object (or nothing at all)."""


T = TypeVar("T")


class Page(View, Generic[T]):
    """A list, cut where ``limit`` says; ``next_cursor`` goes into the next request."""

    items: list[T]
    next_cursor: str | None = None
    has_more: bool = False
