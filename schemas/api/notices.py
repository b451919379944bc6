"""Notices in the app, subscription templates, and what WeChat's message push sends along."""

from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field

from schemas.api.base import Body, Id, Moment, Page, View
from schemas.enums import NoticeKind


class NoticeView(View):
    id: str
    kind: NoticeKind
    title: str
    text: str
    link: str
    created_at: Moment
    read_at: Moment | None = None


class NoticePage(Page[NoticeView]):
    """Newest first. ``unread`` counts all of the caller's unread notices, not only this page's."""

    unread: int


class NoticeQuery(Body):
    cursor: Id | None = None
    limit: int = Field(50, ge=1, le=200)


class NoticeRead(View):
    notice: NoticeView
    unread: int


class TemplateView(View):
    """A template that the client asks the user about by ``wx.requestSubscribeMessage``."""

    key: str
    template_id: str
    title: str


class TemplateList(View):
    items: list[TemplateView]


class SubscriptionAnswer(StrEnum):
    """What ``wx.requestSubscribeMessage`` reports for a template."""

    ACCEPT = "accept"
    REJECT = "reject"
    BAN = "ban"  # the template was taken down by WeChat
    FILTER = "filter"  # WeChat left the template out, its title being taken twice


TemplateId = Annotated[str, Field(min_length=1, max_length=128)]


class SubscriptionReport(Body):
    """The client's own word on what the user answered; WeChat's push is what counts."""

    results: dict[TemplateId, SubscriptionAnswer] = Field(min_length=1, max_length=20)


class PushQuery(Body):
    """What WeChat adds to the address of a push; it may add more without telling."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    signature: str = ""
    msg_signature: str = ""
    timestamp: str = ""
    nonce: str = ""
    echostr: str = ""
