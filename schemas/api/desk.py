"""The desk: what support and ops see of all case spaces."""

from pydantic import Field

from schemas.api.base import Body, Id, Moment, View


class DeskSpaceQuery(Body):
    q: str | None = Field(
        None,
        min_length=1,
        max_length=64,
        description="An order's number, a client's name or phone number (whole), or the beginning of a title",
    )
    cursor: Id | None = None
    limit: int = Field(20, ge=1, le=50)


class DeskMemberView(View):
    user_id: str
    role: str
    display_name: str


class DeskSpaceView(View):
    """A case space in the desk's list: who and what, no word of what was said."""

    id: str
    order_id: str
    order_number: str | None
    order_status: str | None
    title: str
    members: list[DeskMemberView] = Field(description="Those who are in it now")
    created_at: Moment
    closed_at: Moment | None = None


class DeskSummaryView(View):
    """How much waits for somebody, counted up to 1,000; what the caller may not see is missing."""

    work_items: int
    urgent_work_items: int
    disputes: int
    proposed_disputes: int = Field(description="Decided by one, to be looked at by another")
    orders_without_lawyer: int
    content_holds: int
    settlements: int | None = Field(description="To be approved; for ops")
