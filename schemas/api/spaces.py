"""Case spaces as their members see them."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.api.base import Body, Id, Moment, View
from schemas.api.messages import MessageView
from schemas.hearing_enums import HearingState


class MemberView(View):
    user_id: str
    role: str
    display_name: str
    first_seq: int
    read_seq: int
    online: bool
    left: bool = False
    verified: bool = Field(False, description="已实名: whether they have proven who they are (B2)")


class MemberAdd(Body):
    user_id: Id
    role: Literal["lawyer", "support", "reviewer"]
    since: Literal["start", "now"] | Annotated[int, Field(strict=True, ge=1, le=2**53 - 1)] = Field(
        alias="from", description="What they see of the record: from the start, from now, or from a seq on"
    )


class MemberAddedView(View):
    user_id: str
    role: str
    display_name: str
    first_seq: int


class ActionView(View):
    """One entry of the "+" menu, for this viewer now (A4)."""

    code: str
    label: str


class SpaceSummaryView(View):
    id: str
    order_id: str
    title: str
    role: str
    last_seq: int
    read_seq: int
    unread: int
    last_message: MessageView | None
    closed_at: Moment | None = None
    hearing_id: str | None = Field(None, description="The space is this hearing's own")
    client_name: str | None = Field(None, description="Tells spaces of one product apart; none in a hearing's own")
    lawyer_name: str | None = None


class SpaceClosedView(View):
    """``closed_at`` is null while people can write in the space."""

    id: str
    closed_at: Moment | None


class SpaceListView(View):
    items: list[SpaceSummaryView]
    has_more: bool = False


class SpaceView(View):
    id: str
    order_id: str
    title: str
    role: str
    members: list[MemberView]
    actions: list[ActionView]
    last_seq: int
    read_seq: int
    unread: int
    created_at: Moment
    closed_at: Moment | None = None
    hearing_id: str | None = Field(None, description="The space is this hearing's own")
    hearing_state: HearingState | None = None
