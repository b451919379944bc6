"""Orders: what is sent and what is shown."""

from typing import Annotated, Any, Literal

from pydantic import Field

from schemas.api.base import Body, Fen, Id, Moment, View
from schemas.api.pricing import CouponIds, PriceView
from schemas.enums import OrderStatus, RefundState

Reason = Annotated[str, Field(min_length=1, max_length=500)]


class OrderBody(Body):
    """``need`` holds ``description`` and the fields of the product's own form.

    ``payable_fen`` is what the client was shown: when it costs something else by now, nothing is ordered.
    """

    product_id: Id
    need: dict[str, Any]
    lawyer_id: Id | None = None
    coupon_id: Id | None = Field(None, description="One coupon; the same as coupon_ids with one")
    coupon_ids: CouponIds = []
    payable_fen: Fen | None = None

    @property
    def coupons(self) -> list[str]:
        """All coupons that it names, each once."""
        named = [*self.coupon_ids, *([self.coupon_id] if self.coupon_id else [])]
        return list(dict.fromkeys(named))


class OrdersQuery(Body):
    cursor: Id | None = None
    limit: int = Field(20, ge=1, le=100)
    status: OrderStatus | None = None
    number: str | None = Field(None, min_length=1, max_length=40, description="The whole number, as people read it")


class CancelBody(Body):
    reason: Reason | None = None


class AssignBody(Body):
    lawyer_id: Id


class DeclineBody(Body):
    reason: Reason


class DeliverBody(Body):
    summary: str = Field(min_length=1, max_length=2000)
    file_ids: list[Id] = Field(default=[], max_length=50)


class ReviewBody(Body):
    stars: int = Field(strict=True, ge=1, le=5)
    text: str | None = Field(None, max_length=1000)


class RefundBody(Body):
    """Without ``amount_fen`` everything that is left is asked back."""

    amount_fen: int | None = Field(None, strict=True, ge=1, le=100_000_000_00)
    reason: Reason


class OrderedProductView(View):
    """The product as it was when the order was placed."""

    id: str
    name: str
    kind: str
    price_fen: Fen


class PersonView(View):
    user_id: str
    display_name: str


class StepView(View):
    """A status that was entered; ``by`` is the role that did it, or "system"."""

    status: OrderStatus
    title: str
    at: Moment
    by: str


class DeadlineView(View):
    """A promise of time (C4); ``met_at`` is missing while it runs."""

    code: str
    title: str
    due_at: Moment
    met_at: Moment | None = None


class DeliveryView(View):
    summary: str
    file_ids: list[str]
    at: Moment


class ReviewView(View):
    stars: int
    text: str | None
    at: Moment


class RefundView(View):
    id: str
    amount_fen: Fen
    reason: str | None = Field(None, description="Shown to the client and the desk, not to the lawyer")
    state: RefundState
    card: Literal["needed", "named"] | None = Field(
        None, description="The payer's account cannot take it: whether the client has named a bank card"
    )
    created_at: Moment


class TipView(View):
    id: str
    amount_fen: Fen
    paid_at: Moment


class OrderView(View):
    """``need``, ``delivery``, ``review``, ``refunds`` and ``tips`` are filled in for one order, not in lists.

    ``actions`` is what this viewer may do with it now.
    """

    id: str
    number: str
    status: OrderStatus
    product: OrderedProductView
    amount_fen: Fen
    payable_fen: Fen
    price: PriceView
    space_id: str | None = None
    client: PersonView | None = None
    lawyer: PersonView | None = None
    steps: list[StepView]
    deadlines: list[DeadlineView]
    actions: list[str]
    need: dict[str, Any] | None = None
    delivery: DeliveryView | None = None
    review: ReviewView | None = None
    refunds: list[RefundView] = []
    refundable_fen: Fen = 0
    tips: list[TipView] = []
    cancel_reason: str | None = None
    unpaid_until: Moment | None = Field(None, description="While it waits for payment: when it closes by itself")
    created_at: Moment
    updated_at: Moment


class OrderPage(View):
    items: list[OrderView]
    next_cursor: str | None = None
    has_more: bool = False
