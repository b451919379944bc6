"""Disputes about an order."""

from datetime import datetime
from typing import NotRequired, TypedDict


class StatementDocument(TypedDict):
    by: str
    role: str
    text: bytes  # sealed under the space's key
    at: datetime


class DecisionDocument(TypedDict):
    outcome: str
    amount_fen: int  # 0 where the outcome moves no money
    reason: bytes  # sealed under the space's key
    by: str
    at: datetime
    second_by: NotRequired[str]  # who approved what one person alone may not decide


class DisputeDocument(TypedDict):
    _id: str
    schema_version: int
    order_id: str
    space_id: str
    client_id: str
    kind: str
    state: str
    open_key: NotRequired[str]  # order and kind while it is open: at most one of a kind at a time
    reason: NotRequired[bytes]  # sealed; missing where a low rating opened it
    wanted_fen: NotRequired[int]
    suggested_fen: NotRequired[int]  # by rule, for a low rating
    file_ids: list[str]
    statements: list[StatementDocument]
    decision: NotRequired[DecisionDocument]  # proposed while it waits for a second person
    refund_id: NotRequired[str]
    card_id: str  # the event that showed its card
    due_at: datetime
    opened_by: str
    on_behalf: NotRequired[bool]  # by ops, for the client
    revision: int
    created_at: datetime
    updated_at: datetime
