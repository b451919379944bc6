"""What a payment is for, as a seam: an order, a quote, a tip, a company's top-up.

Payments know money and WeChat; a purpose knows what may be paid and what follows when it is. A new thing that can be
paid for is a new purpose and a value of ``SubjectKind``, and nothing else in this package.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.documents.orders import PaymentDocument
from schemas.documents.pricing import PriceDocument, SubjectDocument
from schemas.enums import PaymentState, SubjectKind
from services.pricing.prices import taken_by_coupons, taken_by_subsidy

# What clients pay for an order; a tip is a gift, and a top-up belongs to no order.
FOR_ORDERS = (SubjectKind.ORDER.value, SubjectKind.QUOTE.value)


def paid_for(order_id: str) -> dict[str, Any]:
    """Finds what was paid for an order: its own payment and those of its quotes."""
    return {"order_id": order_id, "state": PaymentState.SUCCEEDED.value, "subject.kind": {"$in": list(FOR_ORDERS)}}


@dataclass(frozen=True, slots=True)
class Subject:
    """The one thing that a payment pays: at most one payment of it succeeds, ever (unique index)."""

    kind: SubjectKind
    id: str

    def document(self) -> SubjectDocument:
        return {"kind": self.kind.value, "id": self.id}

    def query(self, **more: Any) -> dict[str, Any]:
        """Finds what is stored about this subject; spelt out, so that indexes serve it."""
        return {"subject.kind": self.kind.value, "subject.id": self.id, **more}


def subject_of(payment: PaymentDocument) -> Subject:
    return Subject(SubjectKind(payment["subject"]["kind"]), payment["subject"]["id"])


@dataclass(frozen=True, slots=True)
class Payable:
    """What is to be paid now: fen, what WeChat shows the payer, and the order that it belongs to, if any.

    Of ``price`` the platform pays coupons and subsidy with it. ``owner_id`` names the firm or company whose money it
    will be, where it is not the order's.
    """

    amount_fen: int
    description: str
    order_id: str | None = None
    price: PriceDocument | None = None
    owner_id: str | None = None

    def put_on(self, payment: PaymentDocument) -> PaymentDocument:
        """The payment with what it must remember of this; fields of nothing are left out."""
        payment["amount_fen"] = self.amount_fen
        if self.order_id is not None:
            payment["order_id"] = self.order_id
        if self.owner_id is not None:
            payment["owner_id"] = self.owner_id
        if self.price is not None:
            payment["coupons_fen"] = taken_by_coupons(self.price)
            payment["subsidy_fen"] = taken_by_subsidy(self.price)
        return payment


class Purpose(Protocol):
    async def payable(self, subject_id: str) -> Payable:
        """What is to be paid. Raises the subject's own Problems when nothing is."""

    async def hold(self, session: AsyncClientSession, subject_id: str) -> Payable:
        """As ``payable``, in the transaction that opens a payment.

        It writes to the subject, so that this and whatever ends the waiting for money exclude each other.
        """

    async def received(self, session: AsyncClientSession, payment: PaymentDocument) -> bool:
        """The money is here, in this transaction: go on from there.

        False when none is awaited: then nothing was changed and the money goes back. Raises ``payment.unknown``.
        """


Purposes = Mapping[SubjectKind, Purpose]
