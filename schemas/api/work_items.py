"""Work items (工单): what a person must look at."""

from typing import Any, Literal

from pydantic import Field

from schemas.api.base import Body, Id, Moment, View


class WorkItemsQuery(Body):
    state: Literal["open", "done"] = "open"
    kind: str | None = Field(
        None, pattern=r"^[a-z_]{2,40}(\.[a-z_]{2,40})?$", description="A kind, or what kinds begin with: `money`"
    )
    only: Literal["urgent"] | None = None
    cursor: Id | None = None
    limit: int = Field(50, ge=1, le=100)


class CloseBody(Body):
    outcome: str = Field(min_length=2, max_length=500, description="What was done, in the person's own words")


class WorkItemView(View):
    id: str
    kind: str = Field(description="What sort of matter; new kinds may come")
    subject: str
    title: str
    advice: str = Field(description="What to do, in Chinese")
    detail: dict[str, Any] = Field(description="Ids, states and amounts in fen; no personal data")
    urgent: bool
    state: Literal["open", "done"]
    seen: int = Field(description="How often it was found")
    can_close: bool
    can_reopen: bool = Field(description="Whether a person closed it, and POST …/reopen takes that back")
    can_retry: bool = Field(description="Whether POST …/retry starts the failed effect again")
    created_at: Moment
    updated_at: Moment
    done_by: str | None = Field(None, description='A user\'s id, or "system" when the reason went away by itself')
    done_at: Moment | None = None
    outcome: str | None = None
