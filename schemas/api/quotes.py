"""Quotes in a space, and tips (E2, A3)."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from schemas.api.base import Body, Fen, Moment, View
from schemas.api.payments import PaymentBody
from schemas.api.pricing import CouponIds, PriceView
from schemas.enums import PaymentMethod, QuoteState

LONGEST = timedelta(days=30)
HIGHEST_TIP_FEN = 2_000_00


class QuoteItem(Body):
    title: str = Field(min_length=1, max_length=60)
    amount_fen: int = Field(strict=True, ge=1, le=10_000_000_00)


class QuoteBody(Body):
    """The sum of the items is what it costs."""

    items: list[QuoteItem] = Field(min_length=1, max_length=20)
    scope: str = Field(min_length=1, max_length=1000, description="What is done for it, and what is not")
    valid_hours: int = Field(72, strict=True, ge=1, le=LONGEST // timedelta(hours=1))


class QuoteAcceptBody(Body):
    """``amount_fen`` is what the client saw: a quote is accepted as it was read, or not at all."""

    amount_fen: int = Field(strict=True, ge=1)
    coupon_ids: CouponIds = []


class QuoteDeclineBody(Body):
    reason: str | None = Field(None, min_length=1, max_length=500)


class QuoteItemView(View):
    title: str
    amount_fen: Fen


class QuoteView(View):
    """``actions`` is what this viewer may do with it now: accept, decline, withdraw, pay."""

    id: str
    order_id: str
    space_id: str
    state: QuoteState
    items: list[QuoteItemView]
    scope: str
    price: PriceView
    offered_by: str
    valid_until: Moment
    decline_reason: str | None = None
    actions: list[str]
    created_at: Moment


class TipBody(PaymentBody):
    """The client's thanks after the service. It goes to the lawyer's firm and is not refunded."""

    method: Literal[PaymentMethod.WECHAT_JSAPI]
    company_id: None = None
    amount_fen: Annotated[int, Field(strict=True, ge=1, le=HIGHEST_TIP_FEN)]
