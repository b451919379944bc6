"""The ledger and what people must look at."""

from datetime import datetime
from typing import Any, NotRequired, TypedDict


class LineDocument(TypedDict):
    account: str  # "kind:owner", services/ledger/accounts.py
    fen: int  # debit positive, credit negative; never nought


class LedgerDocument(TypedDict):
    """One balanced transaction. Never changed, never deleted: what was wrong is reversed by another."""

    _id: str  # the cause, e.g. "payment:665f…": one cause, one transaction
    schema_version: int
    kind: str  # what happened: payment, refund, coupon …
    at: datetime  # when it happened, which may be before it was written
    lines: list[LineDocument]
    order_id: NotRequired[str]
    refs: dict[str, str]  # ids of what it is about: payment_id, refund_id, transaction_id …
    recorded_at: datetime


class WorkItemDocument(TypedDict):
    """Something a person must decide or mend; open at most once for a kind and a subject."""

    _id: str
    schema_version: int
    kind: str
    subject: str
    title: str  # Chinese, no personal data
    advice: str  # Chinese: what to do
    detail: dict[str, Any]  # ids, states, amounts
    urgent: bool
    state: str  # open, done
    open_key: NotRequired[str]  # kind and subject while it is open: a unique index
    seen: int  # how often it was found
    created_at: datetime
    updated_at: datetime
    done_by: NotRequired[str]
    done_at: NotRequired[datetime]
    outcome: NotRequired[str]  # what the person did, in their words
