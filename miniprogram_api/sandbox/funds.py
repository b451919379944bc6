"""What moves on the merchant's accounts: payments, fees, refunds, shares."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from miniprogram_api.sandbox.credentials import SandboxCredentials
from miniprogram_api.sandbox.sharing import SharingBooks
from miniprogram_api.sandbox.state import Row, State
from miniprogram_api.sandbox.till import Till

# WeChat's fee in hundredths of a per cent.
FEE_RATE = 60


@dataclass(frozen=True)
class Movement:
    """One movement of an account; ``fen`` is negative for an outgoing one."""

    at: str
    reference: str
    name: str
    kind: str
    fen: int
    note: str
    voucher: str


def fee(fen: int) -> int:
    """WeChat's fee for an amount, rounded half up."""
    return (fen * FEE_RATE + 5000) // 10000


def yuan_text(fen: int) -> str:
    """Fen as bills write them: ``299.00``."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


class Funds:
    """Movements by account, out of what the other books hold."""

    def __init__(self, till: Till, sharing: SharingBooks, credentials: SandboxCredentials) -> None:
        self._till = till
        self._sharing = sharing
        self._credentials = credentials

    def returned_fee(self, refund: Row) -> int:
        """WeChat's fee given back with a refund: all of it once everything is refunded."""
        amount = refund["body"]["amount"]
        before = 0
        for other in self._till.refunds(refund["out_trade_no"]):
            if other["out_refund_no"] == refund["out_refund_no"]:
                break
            before += other["body"]["amount"]["refund"] if other["status"] == "SUCCESS" else 0
        return fee(amount["total"] - before) - fee(amount["total"] - before - amount["refund"])

    def movements(self, account: str) -> list[Movement]:
        """All movements of BASIC, in no order; nothing moves on OPERATION and FEES."""
        return [*self._payments(), *self._refunds(), *self._shares()] if account == "BASIC" else []

    def _payments(self) -> list[Movement]:
        found = []
        for order in self._till.orders():
            if not order["success_time"]:
                continue
            at, number, total = order["success_time"], order["transaction_id"], order["body"]["amount"]["total"]
            found.append(Movement(at, number, "交易", "交易", total, "结算总金额", order["out_trade_no"]))
            if fee(total):
                found.append(Movement(at, number, "交易", "扣除交易手续费", -fee(total), "", order["out_trade_no"]))
        return found

    def _refunds(self) -> list[Movement]:
        found = []
        for refund in self._till.refunds():
            if refund["status"] == "SUCCESS":
                amount, back = refund["body"]["amount"]["refund"], self.returned_fee(refund)
                note = f"退款总金额{yuan_text(amount)}元;含手续费{yuan_text(back)}元"
                number, own = refund["refund_id"], refund["out_refund_no"]
                found.append(Movement(refund["success_time"], number, "退款", "退款", back - amount, note, own))
        return found

    def _shares(self) -> list[Movement]:
        found = []
        for row in self._sharing.all():
            for part in row["parts"]:
                if part["result"] == "SUCCESS" and part["account"] != self._credentials.mchid:
                    at, amount = part["finish_time"], -part["amount"]
                    note = part["description"]
                    found.append(Movement(at, row["order_id"], "分账", "分账", amount, note, row["out_order_no"]))
        for row in self._sharing.returns():
            if row["result"] == "SUCCESS":
                at, amount, note = row["finished_at"], row["body"]["amount"], row["body"]["description"]
                found.append(Movement(at, row["return_id"], "分账", "分账回退", amount, note, row["out_return_no"]))
        return found


def funds_of(state: State, sharing: SharingBooks, order: Mapping[str, Any]) -> str:
    """Where a payment's money is: ``none``, ``frozen_shipping``, ``frozen_sharing`` or ``available``."""
    if order["transaction_id"] is None:
        return "none"
    shipping = state.one("select * from shippings where out_trade_no = ?", order["out_trade_no"])
    if shipping is not None and shipping["settled_at"] is None:
        return "frozen_shipping"
    return "frozen_sharing" if sharing.unsplit(dict(order)) else "available"
