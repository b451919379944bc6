"""Money as a whole, for a finance officer: trial balance, an order's ledger, the comparison with the bills."""

from datetime import date

from pydantic import Field

from schemas.api.base import Body, Moment, View


class TrialBalanceQuery(Body):
    until: date | None = Field(None, description="The last day that counts, in China; without it, up to now")
    kind: str | None = Field(
        None, pattern=r"^[a-z]{2,16}$", description="A kind of account, whose single accounts are listed then"
    )


class TrialBalanceRow(View):
    account: str
    title: str
    side: str = Field(description='"debit" or "credit": what a growing balance of this account looks like')
    debit_fen: int
    credit_fen: int
    balance_fen: int = Field(description="On the account's own side; negative when it stands on the other one")


class TrialBalanceView(View):
    until: Moment
    rows: list[TrialBalanceRow]
    debit_fen: int
    credit_fen: int
    balanced: bool


class LineView(View):
    account: str
    title: str
    fen: int = Field(description="Debit positive, credit negative")


class TransactionView(View):
    cause: str
    kind: str
    at: Moment
    recorded_at: Moment
    lines: list[LineView]
    refs: dict[str, str]


class LedgerQuery(Body):
    first: date = Field(description="A day in China")
    last: date = Field(description="Included; at most 31 days in all")


class OrderLedgerView(View):
    order_id: str
    transactions: list[TransactionView]
    held_fen: int = Field(description="What the order's account holds now")


class DifferenceView(View):
    kind: str
    title: str
    advice: str
    subject: str
    ours_fen: int | None
    theirs_fen: int | None
    waiting: bool = Field(description="The next day's bill may explain it; nobody is asked to look yet")
    detail: dict[str, str]


class ReconciliationView(View):
    day: str
    state: str = Field(description='"done", or "waiting" while the bills cannot be had')
    checked_at: Moment
    runs: int
    totals: dict[str, int]
    bills: dict[str, str] = Field(description="Kind of bill → SHA-256 of the file that was compared")
    differences: list[DifferenceView]
    fault: str | None = None


class ReconciliationRow(View):
    day: str
    state: str
    checked_at: Moment
    differences: int


class ReconciliationsQuery(Body):
    cursor: str | None = Field(None, pattern=r"^\d{4}-\d{2}-\d{2}$")
    limit: int = Field(30, ge=1, le=100)


class CompareBody(Body):
    fetch: bool = Field(
        True, strict=True, description="Whether to fetch the bills (again); else those that are here are compared"
    )


class MistakeView(View):
    finding: str
    cause: str
    kind: str
    expected: dict[str, int] = Field(description="Account → fen")
    stored: dict[str, int]
    order_id: str | None


class RebuiltView(View):
    day: str
    mistakes: list[MistakeView]
