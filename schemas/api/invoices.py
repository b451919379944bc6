"""Invoices: what is asked and what is shown."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from schemas.api.base import Body, Email, Fen, Moment, View
from schemas.credit_codes import is_credit_code
from schemas.enums import InvoiceState, InvoiceTitleKind

Name = Annotated[str, StringConstraints(min_length=2, max_length=100)]


class InvoiceBody(Body):
    """Who gets the invoice. A company names its taxpayer's number (纳税人识别号), which is its credit code."""

    kind: InvoiceTitleKind
    name: Name
    taxpayer_id: str | None = Field(None, max_length=20)
    email: Email | None = None

    @model_validator(mode="after")
    def _number_fits(self) -> Self:
        if (self.kind is InvoiceTitleKind.ORGANIZATION) != (self.taxpayer_id is not None):
            raise ValueError("单位抬头须填写纳税人识别号，个人抬头不填")
        if self.taxpayer_id is not None and not is_credit_code(self.taxpayer_id):
            raise ValueError("纳税人识别号有误")
        return self


class InvoiceByHandBody(Body):
    """What was issued in the tax office's own system."""

    number: str = Field(pattern=r"^[0-9]{8,20}$")


class InvoiceView(View):
    """``name`` and ``taxpayer_id`` are as the payer wrote them; only they and the desk see an invoice."""

    id: str
    payment_id: str
    kind: InvoiceTitleKind
    name: str
    taxpayer_id: str | None = None
    amount_fen: Fen
    state: InvoiceState
    number: str | None = None
    issued_at: Moment | None = None
    created_at: Moment


class InvoiceList(View):
    items: list[InvoiceView]


class InvoiceFileView(View):
    """``url`` works for a short time only."""

    url: str
