"""What each change of money writes into the ledger: pure functions from stored documents to postings.

The services post these in the transaction of the change, and the rebuilding of a day makes them once more from what
is stored: a posting that differs was altered, or its change was. So nothing here reads a clock or a counter.
Debits are positive, credits negative, in integer fen.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from schemas.documents.orders import PaymentDocument, RefundDocument
from schemas.documents.pricing import TopUpDocument
from schemas.enums import PaymentState, RefundState, SubjectKind
from services.ledger.accounts import COMPENSATION, COUPONS, SUBSIDY, TRANSFERS, Kind, account
from services.ledger.entries import Posting, lines


def source(payment: PaymentDocument) -> str:
    """Where a payment's money came from, and goes back to: a merchant account (the number that received it, not the one
    of today's settings), or a company's prepaid balance."""
    if "company_id" in payment:
        return account(Kind.PREPAID, payment["company_id"])
    return account(Kind.PROVIDER, payment.get("mchid", ""))


def holder(payment: PaymentDocument) -> str:
    """The account that holds what a payment brought: its order's, or one of its own for money nobody asked for."""
    if payment["state"] == PaymentState.STRAY:
        return account(Kind.STRAY, payment["_id"])
    return _HOLDERS[SubjectKind(payment["subject"]["kind"])](payment)


# What a payment of this kind is credited to.
_HOLDERS: dict[SubjectKind, Callable[[PaymentDocument], str]] = {
    SubjectKind.ORDER: lambda payment: account(Kind.ORDER, payment["order_id"]),
    SubjectKind.QUOTE: lambda payment: account(Kind.ORDER, payment["order_id"]),
    SubjectKind.TIP: lambda payment: account(Kind.FIRM, payment["owner_id"]),
    SubjectKind.TOP_UP: lambda payment: account(Kind.PREPAID, payment["owner_id"]),
}


def paid(payment: PaymentDocument) -> Posting:
    """Money that arrived, for what it was meant to pay or astray; coupons and subsidy pay their part with it, so that
    an order holds its full price."""
    stray = payment["state"] == PaymentState.STRAY
    coupons, subsidy = (0, 0) if stray else (payment.get("coupons_fen", 0), payment.get("subsidy_fen", 0))
    whole = payment["amount_fen"] + coupons + subsidy
    refs = {"payment_id": payment["_id"]}
    if "transaction_id" in payment:
        refs |= {"transaction_id": payment["transaction_id"], "voucher": payment["out_trade_no"]}
    return Posting(
        cause=f"payment:{payment['_id']}",
        kind="stray" if stray else "payment",
        at=payment["paid_at"],
        lines=lines(
            (source(payment), payment["amount_fen"]), (COUPONS, coupons), (SUBSIDY, subsidy), (holder(payment), -whole)
        ),
        order_id=payment.get("order_id"),
        refs=refs,
    )


def topped_up(top_up: TopUpDocument) -> Posting:
    """A company's bank transfer, approved."""
    return Posting(
        cause=f"top_up:{top_up['_id']}",
        kind="top_up",
        at=top_up["done_at"],
        lines=lines(
            (TRANSFERS, top_up["amount_fen"]), (account(Kind.PREPAID, top_up["company_id"]), -top_up["amount_fen"])
        ),
        refs={"top_up_id": top_up["_id"], "bank_reference": top_up["bank_reference"]},
    )


def bearer(refund: RefundDocument, payment: PaymentDocument) -> str:
    """Who bears a refund: whatever holds the payment; the house, where it compensates for a bad service."""
    return COMPENSATION if "dispute_id" in refund else holder(payment)


def refund_requested(refund: RefundDocument, payment: PaymentDocument) -> Posting:
    """Promised back: the order (or the stray payment) no longer holds it."""
    promised = account(Kind.REFUND, refund["_id"])
    return _refund(refund, "requested", refund["created_at"], bearer(refund, payment), promised, voucher=False)


def refund_ended(refund: RefundDocument, payment: PaymentDocument) -> Posting:
    """Sent back, or, when it failed, held again where it came from.

    Refunds take the payer's own money first. With the last of it the part that coupons and subsidy paid goes back, too,
    to the expense that bore it: nothing was served for it. So does what the house had paid as compensation: it was a
    part of the refund all along.
    """
    promised = account(Kind.REFUND, refund["_id"])
    at = refund["ended_at"] if "ended_at" in refund else refund["updated_at"]
    if refund["state"] != RefundState.SUCCEEDED:
        return _refund(refund, "failed", at, promised, bearer(refund, payment), voucher=False)
    sent = _refund(refund, "succeeded", at, promised, source(payment), voucher="company_id" not in payment)
    if not refund.get("completes"):
        return sent
    coupons, subsidy = payment.get("coupons_fen", 0), payment.get("subsidy_fen", 0)
    paid = refund.get("compensated_fen", 0)
    back = lines(
        (holder(payment), coupons + subsidy + paid), (COUPONS, -coupons), (SUBSIDY, -subsidy), (COMPENSATION, -paid)
    )
    return replace(sent, lines=[*sent.lines, *back])


def _refund(refund: RefundDocument, step: str, at: datetime, debit: str, credit: str, *, voucher: bool) -> Posting:
    refs = {"payment_id": refund["payment_id"], "refund_id": refund["_id"]}
    if voucher:
        refs["voucher"] = refund["out_refund_no"]
    return Posting(
        cause=f"refund:{refund['_id']}:{step}",
        kind=f"refund_{step}",
        at=at,
        lines=lines((debit, refund["amount_fen"]), (credit, -refund["amount_fen"])),
        order_id=refund.get("order_id"),
        refs=refs,
    )
