"""What WeChat was asked about people's messages, and what became of it."""

from datetime import datetime
from typing import NotRequired, TypedDict


class ContentCheckDocument(TypedDict):
    """One message under WeChat's eyes. Says what was thought of it, never what it says."""

    _id: str  # "<space>-<seq>", as the message's own id
    schema_version: int
    space_id: str
    seq: int
    sender_id: str
    type: str  # of the message
    state: str
    tries: int
    due_at: NotRequired[datetime]  # when it is looked at next; absent when there is nothing to wait for
    trace_id: NotRequired[str]  # WeChat's, of a medium that it is looking at
    file_id: NotRequired[str]
    suggestion: NotRequired[str]
    label: NotRequired[int]
    cause: NotRequired[str]  # why there is no opinion
    sent_at: datetime  # of the message
    held_at: NotRequired[datetime]
    work_item: NotRequired[str]
    reviewed_by: NotRequired[str]
    reviewed_at: NotRequired[datetime]
    reason: NotRequired[str]  # the reviewer's
    updated_at: datetime


class EarlyVerdictDocument(TypedDict):
    """A verdict that came before its trace id was stored."""

    _id: str  # trace id
    errcode: int
    suggestion: NotRequired[str]
    label: NotRequired[int]
    at: datetime
