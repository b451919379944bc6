"""Statements (结算单): what is shown and sent. Money in fen; what is taken back is negative."""

from typing import Annotated

from pydantic import Field, model_validator

from schemas.api.base import Body, Id, Moment, View
from schemas.api.orders import PersonView
from schemas.settlement_enums import PayoutKind, PayoutMethod, PayoutState, SettlementState

SignedFen = Annotated[int, Field(description="Money in fen, negative when it is taken back")]
Reason = Annotated[str, Field(min_length=1, max_length=200)]


class SettlementQuery(Body):
    cursor: Id | None = None
    limit: int = Field(20, ge=1, le=100)
    state: SettlementState | None = None
    firm_id: Id | None = None


class SettlementItemView(View):
    """One reason of an amount: ``rule`` of the version, ``rate_bp`` its share or factor in 1/10,000."""

    kind: str
    rule: str
    title: str
    fen: SignedFen
    rate_bp: int | None = None


class SettlementLineView(View):
    """What one order changed in this period."""

    order_id: str
    number: str
    product: str
    lawyer: PersonView
    earned_at: Moment
    stars: int | None = None
    rules: int = Field(description="Version of the rules")
    revenue_fen: SignedFen
    platform_fen: SignedFen
    total_fen: SignedFen
    items: list[SettlementItemView]


class ApprovalView(View):
    by: PersonView
    at: Moment


class RejectionView(ApprovalView):
    reason: str


class PayoutView(View):
    id: str
    kind: PayoutKind
    amount_fen: SignedFen
    state: PayoutState
    order_id: str | None = None
    bank_reference: str | None = None
    reason: str | None = Field(None, description="Why it failed, as WeChat names it")
    updated_at: Moment


class SettlementSummaryView(View):
    """``lawyer`` is missing on a firm's statement. ``state`` of a lawyer's is that of the firm's, which is what is
    paid. ``revision`` is what ``If-Match`` wants, in quotation marks; ``actions`` is what this viewer may do now."""

    id: str
    period: int
    starts_at: Moment
    ends_at: Moment
    firm_id: str
    firm_name: str
    lawyer: PersonView | None = None
    orders: int
    sums: dict[str, SignedFen]
    lines_fen: SignedFen
    brought_forward_fen: SignedFen
    total_fen: SignedFen
    paid_fen: SignedFen
    state: SettlementState
    revision: int
    actions: list[str]
    created_at: Moment


class SettlementView(SettlementSummaryView):
    lines: list[SettlementLineView]
    approvals: list[ApprovalView]
    rejection: RejectionView | None = None
    payouts: list[PayoutView]


class SettlementPage(View):
    items: list[SettlementSummaryView]
    next_cursor: str | None = None
    has_more: bool = False


class RejectBody(Body):
    reason: Reason


class PayoutBody(Body):
    """``bank_reference`` belongs to ``outside``: the bank's own number of the transfer."""

    method: PayoutMethod
    bank_reference: str | None = Field(None, min_length=4, max_length=64, pattern=r"^[0-9A-Za-z_-]+$")

    @model_validator(mode="after")
    def _whole(self) -> "PayoutBody":
        if (self.method is PayoutMethod.OUTSIDE) != (self.bank_reference is not None):
            raise ValueError("银行流水号与线下结算必须同时填写")
        return self


class PenaltyBody(Body):
    """``cause`` is one of the rules', e.g. ``complaint``; promises kept late are counted by themselves."""

    cause: str = Field(pattern=r"^[a-z][a-z_]*$", max_length=60)


class PenaltyView(View):
    id: str
    order_id: str
    cause: str
    imposed_at: Moment
    waived_at: Moment | None = None


class PenaltiesQuery(Body):
    order_id: Id | None = None
    cursor: Id | None = None
    limit: int = Field(20, ge=1, le=100)


class ImposedPenaltyView(PenaltyView):
    """In the list: with the number by which people know the order, and what the rules call the cause."""

    order_number: str
    title: str
    by: PersonView | None = Field(description="None when a decision of a dispute brought it by itself")


class PeriodCheckView(View):
    """A period computed again from the stored facts. ``orders``: whose line is another one than then."""

    period: int
    starts_at: Moment
    ends_at: Moment
    digest: str
    digest_again: str
    same: bool
    orders: list[str]
