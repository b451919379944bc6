"""Companies and their prepaid balance (B6, E2): what is sent and what is shown."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from schemas.api.base import Body, Fen, Flag, Id, Moment, Phone, View
from schemas.credit_codes import CreditCode
from schemas.enums import PaymentMethod, TopUpState

TopUpFen = Annotated[int, Field(strict=True, ge=100, le=100_000_000_00, description="Fen, one yuan at least")]

AllowanceFen = Annotated[
    int,
    Field(strict=True, ge=0, le=100_000_000_00, description="What a member who is no admin may spend of the balance"),
]


class CompanyBody(Body):
    """``admin_phone`` is of somebody who has signed in before."""

    name: str = Field(min_length=2, max_length=100)
    credit_code: CreditCode
    admin_phone: Phone


class CompanyMemberBody(Body):
    """Said again of a member it replaces what was said before, and the allowance begins anew."""

    phone: Phone
    admin: Flag = False
    allowance_fen: AllowanceFen = 0


class CompanyMemberChangeBody(Body):
    """Of somebody who is a member; the allowance begins anew."""

    admin: Flag = False
    allowance_fen: AllowanceFen = 0


class TopUpBody(Body):
    amount_fen: TopUpFen
    method: Literal[PaymentMethod.WECHAT_JSAPI]


class BankTopUpBody(Body):
    """A line of the bank's statement. It counts when a second person has approved it."""

    amount_fen: TopUpFen
    bank_reference: str = Field(min_length=4, max_length=64, pattern=r"^[A-Za-z0-9-]+$")


class StatementQuery(Body):
    since: datetime | None = Field(None, alias="from")
    until: datetime | None = None
    limit: int = Field(500, ge=1, le=1_000)
    cursor: str | None = Field(None, max_length=100, description="Where the page before ended")


class CompanyMemberView(View):
    user_id: str
    display_name: str
    admin: bool
    allowance_fen: Fen | None = Field(
        None, description="To admins and the member; admins have none: they may spend all"
    )
    left_fen: int | None = Field(None, description="Of the allowance; negative after it was lessened")


class CompanyView(View):
    id: str
    name: str
    credit_code: str
    verified: bool = Field(description="Whether its business licence was verified")
    balance_fen: Fen
    admin: bool = Field(description="Whether the caller may change its members and top it up")
    members: list[CompanyMemberView]


class TopUpView(View):
    id: str
    company_id: str
    method: str
    amount_fen: Fen
    state: TopUpState
    bank_reference: str | None = None
    created_at: Moment
    done_at: Moment | None = None


class StatementLineView(View):
    """``amount_fen`` is positive for what came in."""

    at: Moment
    what: str
    amount_fen: int
    balance_fen: int
    order_id: Id | None = None


class StatementView(View):
    company_id: str
    opening_fen: int
    closing_fen: int = Field(description="After the last line shown")
    items: list[StatementLineView]
    next_cursor: str | None = None
    has_more: bool = False


class InvoiceTitleView(View):
    """Of a company that was verified, for invoices to be filled in from."""

    company_id: str
    name: str
    taxpayer_id: str


class InvoiceTitleListView(View):
    items: list[InvoiceTitleView]
