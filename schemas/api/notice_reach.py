"""How people can be reached, what became of their notices, and the sums of it: for staff."""

from datetime import date

from pydantic import Field

from schemas.api.base import Body, Moment, View
from schemas.enums import ChannelState, NoticeChannel, NoticeKind


class CreditView(View):
    """A subscription template: how many messages the person has accepted, by our count, and whether to try."""

    key: str
    title: str
    credits: int
    may_send: bool = Field(description="False when WeChat has refused since the last accept that we heard of")


class WindowView(View):
    """The customer-service window that stays open longest."""

    ends_at: Moment
    left: int


class PersonReachView(View):
    user_id: str
    wechat: bool
    templates: list[CreditView]
    customer_window: WindowView | None
    phone: bool
    email: bool
    wants: list[NoticeChannel]


class SpaceReachView(View):
    items: list[PersonReachView]


class TrackView(View):
    """How far a notice got on one channel, and why not further."""

    channel: NoticeChannel
    state: ChannelState
    cause: str | None
    attempts: int
    at: Moment


class SentNoticeView(View):
    id: str
    kind: NoticeKind
    title: str
    created_at: Moment
    read_at: Moment | None
    told_with: str | None = Field(description="The notice that told this one too, in one message")
    channels: list[TrackView]


class DeskReachView(View):
    person: PersonReachView
    notices: list[SentNoticeView]


class StatisticsQuery(Body):
    """Days in China's calendar, both included; the last seven when left out."""

    first: date | None = None
    last: date | None = None


class ChannelCountView(View):
    channel: NoticeChannel
    state: ChannelState
    cause: str | None
    count: int


class KindStatisticsView(View):
    kind: NoticeKind
    told: int
    read: int
    median_seconds_to_read: int | None
    channels: list[ChannelCountView]


class NoticeStatisticsView(View):
    first: date
    last: date
    told: int
    read: int
    kinds: list[KindStatisticsView]
