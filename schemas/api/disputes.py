"""Disputes (售后): what is sent and what is shown."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.api.base import Body, Fen, Id, Moment, View
from schemas.api.files import FileView
from schemas.enums import DisputeKind, DisputeOutcome, DisputeState

Text = Annotated[str, Field(min_length=1, max_length=1000)]


class DisputeBody(Body):
    """``amount_fen`` is what a client wants back; without it all that is left."""

    kind: Literal[DisputeKind.REFUND, DisputeKind.COMPLAINT]  # low ratings open theirs by themselves
    reason: Text
    amount_fen: int | None = Field(None, strict=True, ge=1, le=100_000_000_00)
    file_ids: list[Id] = Field(default=[], max_length=20)


class StatementBody(Body):
    text: Text


class DisputeDecisionBody(Body):
    """``amount_fen`` goes with ``refund`` (without it: all that is left) and ``compensation`` (required)."""

    outcome: DisputeOutcome
    amount_fen: int | None = Field(None, strict=True, ge=1, le=100_000_000_00)
    reason: Text


class DisputesQuery(Body):
    state: DisputeState = DisputeState.OPEN
    cursor: Id | None = None
    limit: int = Field(20, ge=1, le=100)


class DisputeStatementView(View):
    role: str
    text: str
    at: Moment


class DecisionView(View):
    outcome: DisputeOutcome
    amount_fen: Fen
    reason: str
    at: Moment


class DisputeView(View):
    """``actions`` is what this viewer may do with it now. A proposal is shown to the desk only."""

    id: str
    order_id: str
    order_number: str
    service: str
    space_id: str
    kind: DisputeKind
    state: DisputeState
    reason: str | None = None
    wanted_fen: Fen | None = None
    suggested_fen: Fen | None = None
    file_ids: list[str]
    statements: list[DisputeStatementView]
    decision: DecisionView | None = None
    actions: list[str]
    due_at: Moment
    created_at: Moment


class DisputeFilesView(View):
    """With links that open without a token, for some minutes."""

    items: list[FileView]


class DisputeList(View):
    items: list[DisputeView]
