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


class BillVersionDocument(TypedDict):
    """A bill's file as the provider gave it at one time."""

    sha1: str  # as the provider stated and proved it; "" for a day without traffic, which has no file
    sha256: str
    size: int
    rows: int
    blob: str  # where its sealed original lies; "" without a file
    fetched_at: datetime


class BillDocument(TypedDict):
    """A provider's bill of one day; the last version counts, the others are kept."""

    _id: str  # provider:merchant:kind:day
    schema_version: int
    provider: str
    merchant: str
    kind: str  # trades, funds
    day: str  # in China, YYYY-MM-DD
    versions: list[BillVersionDocument]


class DifferenceDocument(TypedDict):
    kind: str
    subject: str
    ours_fen: int | None
    theirs_fen: int | None
    waiting: bool
    detail: dict[str, str]


class ReconciliationDocument(TypedDict):
    """What comparing one day brought, the last time it was done."""

    _id: str  # the day in China, YYYY-MM-DD
    schema_version: int
    state: str  # done; waiting, while its bills cannot be had
    differences: list[DifferenceDocument]
    totals: dict[str, int]  # fen and counts, named in services/reconciliation/totals.py
    bills: dict[str, str]  # kind → SHA-256 of the file that was compared
    runs: int
    checked_at: datetime
    retry_at: NotRequired[datetime]
    fault: NotRequired[str]
