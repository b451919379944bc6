"""Where a refund goes that the payer's own account cannot take (退款异常)."""

from typing import Literal

from pydantic import Field

from schemas.api.base import Body, Fen, View

# The banks whose debit cards WeChat Pay sends such refunds to, by its codes ("发起异常退款", bank_type).
Bank = Literal[
    "ICBC_DEBIT",
    "ABC_DEBIT",
    "BOC_DEBIT",
    "CCB_DEBIT",
    "COMM_DEBIT",
    "CMB_DEBIT",
    "PSBC_DEBIT",
    "CITIC_DEBIT",
    "CEB_DEBIT",
    "CMBC_DEBIT",
    "CIB_DEBIT",
    "SPDB_DEBIT",
    "PAB_DEBIT",
    "GDB_DEBIT",
    "NBCB_DEBIT",
]


class RefundCardBody(Body):
    """A debit card of the client's own: a card of somebody else is refused by the bank, by name."""

    bank: Bank
    account: str = Field(pattern=r"^\d{12,19}$", repr=False)
    name: str = Field(min_length=2, max_length=50, repr=False)


class RefundCardView(View):
    """``holder`` and ``account`` are masked; all three are null while no card is named."""

    refund_id: str
    amount_fen: Fen
    bank: Bank | None
    holder: str | None
    account: str | None
