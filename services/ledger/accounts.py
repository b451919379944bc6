"""The chart of accounts (科目表), as data. An account is ``kind:owner``, e.g. ``order:665f…`` or ``expense:coupons``.

Debits are positive, credits negative, in integer fen, so that the lines of a transaction add up to nought. What an
account holds is the sum of its lines and is stored nowhere.
"""

from dataclasses import dataclass
from enum import StrEnum


class Side(StrEnum):
    """What a growing balance of the account looks like."""

    DEBIT = "debit"  # assets 资产, expenses 费用
    CREDIT = "credit"  # liabilities 负债, income 收入


class Kind(StrEnum):
    PROVIDER = "provider"  # money that a payment provider holds for us; owner: e.g. the merchant number
    BANK = "bank"  # money that went or came outside the provider, by statement; owner: whose books show it
    ORDER = "order"  # received for an order, not earned yet; owner: order id
    REFUND = "refund"  # promised back to a payer, not yet sent; owner: refund id
    STRAY = "stray"  # money that belongs to no order; owner: payment id
    PREPAID = "prepaid"  # what a company has paid ahead; owner: company (account) id
    FIRM = "firm"  # owed to a law firm (ruling: fees go to the firm, never to a person); owner: firm id
    INCOME = "income"  # owner: what for, e.g. platform, penalties
    EXPENSE = "expense"  # owner: what for, e.g. coupons, subsidy, fees, compensation


@dataclass(frozen=True, slots=True)
class Meaning:
    side: Side
    title: str  # Chinese, as on statements


CHART: dict[Kind, Meaning] = {
    Kind.PROVIDER: Meaning(Side.DEBIT, "支付机构余额"),
    Kind.BANK: Meaning(Side.DEBIT, "银行存款"),
    Kind.ORDER: Meaning(Side.CREDIT, "订单预收款"),
    Kind.REFUND: Meaning(Side.CREDIT, "应退款"),
    Kind.STRAY: Meaning(Side.CREDIT, "待退错收款"),
    Kind.PREPAID: Meaning(Side.CREDIT, "企业预付余额"),
    Kind.FIRM: Meaning(Side.CREDIT, "应付律所"),
    Kind.INCOME: Meaning(Side.CREDIT, "收入"),
    Kind.EXPENSE: Meaning(Side.DEBIT, "费用"),
}


def account(kind: Kind, owner: str) -> str:
    return f"{kind.value}:{owner}"


def kind_of(name: str) -> Kind:
    """Raises ValueError for an account that the chart does not know."""
    return Kind(name.partition(":")[0])


# Owner of tips for a lawyer who belongs to no firm: they wait until the lawyer joins one, and are settled then.
NO_FIRM = "unassigned"

TRANSFERS = account(Kind.BANK, "transfers")  # what companies transferred to the platform's bank account
COUPONS = account(Kind.EXPENSE, "coupons")
SUBSIDY = account(Kind.EXPENSE, "subsidy")
FEES = account(Kind.EXPENSE, "fees")
COMPENSATION = account(Kind.EXPENSE, "compensation")
PLATFORM = account(Kind.INCOME, "platform")
PENALTIES = account(Kind.INCOME, "penalties")
