"""Messages that are held for review, as reviewers see them."""

from enum import StrEnum
from typing import Any, Literal

from pydantic import Field

from schemas.api.base import Body, Moment, Page, View
from schemas.enums import ContentState, MessageType


class HoldView(View):
    """What was held and why; the words themselves are read one by one, and that is written down."""

    id: str
    space_id: str
    seq: int
    sender_id: str
    type: MessageType
    state: ContentState
    label: int | None = Field(description="WeChat's label: 10001 advertising, 20001 politics, 20002 pornography …")
    label_text: str
    suggestion: Literal["review", "risky"] | None
    sent_at: Moment
    held_at: Moment | None
    reviewed_by: str | None
    reviewed_at: Moment | None


class HoldPage(Page[HoldView]):
    """Newest first."""


class HeldMessageView(View):
    hold: HoldView
    body: dict[str, Any] = Field(description="As in the message's view, with `url` where there is a file")
    sender_name: str
    space_title: str


class HoldQuery(Body):
    state: Literal["held", "released", "upheld"] = "held"
    cursor: str | None = Field(None, pattern=r"^[0-9a-f]{24}-\d{1,16}$")
    limit: int = Field(50, ge=1, le=200)


class Decision(StrEnum):
    RELEASE = "release"
    UPHOLD = "uphold"


class ContentDecisionBody(Body):
    decision: Decision
    reason: str = Field(min_length=1, max_length=500)
