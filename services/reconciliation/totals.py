"""The sums of a day, side by side, as a finance officer reads them first. Pure; fen and counts."""

from collections.abc import Mapping

from schemas.enums import PaymentState, RefundState
from services.reconciliation.days_books import Bills
from services.reconciliation.fund_matching import Booked, flow_of
from services.reconciliation.trade_matching import Ours

_ARRIVED = (PaymentState.SUCCEEDED, PaymentState.STRAY)


def totals_of(bills: Bills, ours: Ours, booked: Mapping[str, Booked]) -> dict[str, int]:
    """``our_*``: payments and refunds by our books; ``trade_*`` and ``fund_*``: by the bills; ``ledger_fen``: what the
    ledger says that the provider's account moved by, fees aside; ``fund_gross_fen``: the same by the bill."""
    fees = bills.fees()
    flows = [flow_of(row, fees) for row in bills.funds]
    paid = [
        one["amount_fen"]
        for one in ours.payments.values()
        if one["state"] in _ARRIVED and one.get("mchid") == ours.merchant and one["paid_at"] in ours.span
    ]
    back = [
        one["amount_fen"]
        for one in ours.refunds.values()
        if one["state"] == RefundState.SUCCEEDED and one["ended_at"] in ours.span
    ]
    return {
        "our_payments": len(paid),
        "our_paid_fen": sum(paid),
        "our_refunds": len(back),
        "our_refunded_fen": sum(back),
        "trade_rows": len(bills.trades),
        "trade_paid_fen": sum(row.total_fen for row in bills.trades if not row.is_refund),
        "trade_refunded_fen": sum(row.asked_refund_fen for row in bills.trades if row.is_refund),
        "fund_rows": len(bills.funds),
        "fund_gross_fen": sum(flow.gross for flow in flows if not flow.bank),
        "fund_bank_fen": sum(flow.gross for flow in flows if flow.bank),
        "fund_fee_fen": sum(flow.fee for flow in flows),
        "fund_balance_fen": bills.funds[-1].balance_fen if bills.funds else 0,
        "ledger_fen": sum(one.fen for one in booked.values() if one.at in ours.span),
    }
