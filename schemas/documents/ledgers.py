"""What keeps changes honest: outbox, audit, idempotency, data keys, leases, notices."""

from datetime import datetime
from typing import Any, NotRequired, TypedDict


class OutboxDocument(TypedDict):
    """An effect that is owed. Written in the transaction of the change; ids only, never content."""

    _id: str
    schema_version: int
    kind: str
    subject: str  # effects of one subject run in order
    payload: dict[str, Any]
    state: str
    attempts: int
    due_at: datetime
    created_at: datetime
    done_at: NotRequired[datetime]
    fault: NotRequired[str]
    outside_since: NotRequired[datetime]  # since when a service outside has kept it from being done


class AuditDocument(TypedDict):
    """Who did what to whom. Append-only."""

    _id: str
    schema_version: int
    at: datetime
    action: str
    subject: str
    actor: str
    roles: list[str]
    request_id: str
    address: str
    detail: dict[str, Any]


class IdempotencyKey(TypedDict):
    user: str
    route: str
    key: str


class IdempotencyDocument(TypedDict):
    _id: IdempotencyKey
    body_hash: str
    state: str  # running, done
    owner: NotRequired[str]  # the attempt that holds the lease
    lease_until: datetime
    subject: NotRequired[str]
    status: NotRequired[int]
    answer: NotRequired[bytes]  # JSON, sealed under the user's data key
    expires_at: datetime


class DataKeyDocument(TypedDict):
    """A data key, wrapped by a master key. Without ``wrapped`` the data under it is gone for good."""

    _id: str  # e.g. "space:665f…"
    schema_version: int
    master: NotRequired[str]
    wrapped: NotRequired[bytes]
    created_at: datetime
    destroyed_at: NotRequired[datetime]


class LeaseDocument(TypedDict):
    _id: str
    owner: str
    until: datetime
    value: NotRequired[bytes]


class ChannelDocument(TypedDict):
    """A notice on its way outside."""

    state: str
    attempts: int
    started_at: NotRequired[datetime]  # of the attempt that runs, or whose outcome is unknown
    message_id: NotRequired[str]  # the provider's
    fault: NotRequired[str]
    updated_at: datetime


class WeChatChannel(ChannelDocument):
    """The same as a subscription message."""

    template_id: str
    data: dict[str, str]  # the template's fields, lawful already


class ChannelsDocument(TypedDict, total=False):
    wechat: WeChatChannel
    customer: ChannelDocument
    sms: ChannelDocument
    email: ChannelDocument
    call: ChannelDocument


class NoticeDocument(TypedDict):
    """One fact told to one person, and how it got there. Title, text and link name no content."""

    _id: str
    schema_version: int
    user_id: str
    kind: str
    fact: str  # unique with user: one fact, one notice
    title: str
    text: str
    link: str
    channels: ChannelsDocument
    created_at: datetime
    read_at: NotRequired[datetime]
    outside_at: NotRequired[datetime]  # when it was first due outside: later channels wait from here
    waiting: NotRequired[bool]  # for others of its kind, to be told together
    gathered_into: NotRequired[str]  # the notice that told it too
    gathers: NotRequired[int]  # how many it tells, itself included


class NoticeTurnDocument(TypedDict):
    """How many notices of a kind went out to a person in the window that runs."""

    _id: str  # user id + ":" + kind
    ends_at: datetime
    used: int


class QuietDocument(TypedDict):
    """Minutes after midnight in China; ``end`` before ``start`` means over midnight."""

    start: int
    end: int


class PendingMailDocument(TypedDict):
    """An address that somebody says is theirs, until they have shown that they read it."""

    address: bytes  # sealed
    code: str  # HMAC of the code
    tries: int
    expires_at: datetime


class NoticeWishesDocument(TypedDict):
    """How a person wants to be told."""

    _id: str  # user id
    schema_version: int
    channels: NotRequired[dict[str, bool]]
    muted: NotRequired[list[str]]
    quiet: NotRequired[QuietDocument | None]
    email: NotRequired[bytes]  # sealed
    email_hint: NotRequired[str]
    pending: NotRequired[PendingMailDocument]
    updated_at: datetime


class WindowDocument(TypedDict):
    ends_at: datetime
    left: int


class CustomerWindowDocument(TypedDict):
    """The customer-service windows that a person has opened at WeChat."""

    _id: str  # user id
    windows: dict[str, WindowDocument]  # what opened it → what is left of it
    updated_at: datetime


class AttentionKey(TypedDict):
    space: str
    user: str


class AttentionDocument(TypedDict):
    """Somebody has something unread in a space: looked at again when due."""

    _id: AttentionKey
    seq: int
    since: datetime
    due_at: datetime


class MentionKey(TypedDict):
    space: str
    seq: int
    user: str


class MentionDocument(TypedDict):
    """Somebody was mentioned: looked at when due, then gone."""

    _id: MentionKey
    due_at: datetime


class CreditDocument(TypedDict):
    """How many subscription messages a user has accepted of a template and not yet been sent."""

    _id: str  # user id + ":" + template id
    user_id: str
    template_id: str
    credits: int
    exhausted: bool  # WeChat said "no credit" after the last accept that we know of
    accepts: int  # how often we heard of an accept, by push or report
    updated_at: datetime


class CursorDocument(TypedDict):
    """How far an effect has followed a space's record, or a change stream its log."""

    _id: str
    seq: NotRequired[int]
    token: NotRequired[dict[str, Any]]
    fault: NotRequired[str]
    parked: NotRequired[list[int]]  # seqs whose effect kept failing
    again: NotRequired[list[int]]  # seqs that an operator has released
    updated_at: datetime
