"""Quotes in a space, and tips (E2, A3)."""

from handlers.base import ApiHandler
from handlers.doors import Call, door
from schemas.api.base import NoBody, Page, PageQuery
from schemas.api.payments import PaymentBody, PaymentView
from schemas.api.quotes import QuoteAcceptBody, QuoteBody, QuoteDeclineBody, QuoteView, TipBody
from services.permissions import SIGNED_IN

STEP = ("quote.not_found", "quote.wrong_state")
BALANCE = ("company.not_found", "company.allowance_short", "company.balance_short")
PAY = (
    "payment.not_needed",
    "payment.wechat_required",
    "payment.refused",
    "idempotency.answer_expired",
    "provider.unavailable",
)


class SpaceQuotesHandler(ApiHandler):
    @door(
        "Offer more work in a space",
        allow=SIGNED_IN,
        body=QuoteBody,
        answer=QuoteView,
        status=201,
        idempotent=True,
        problems=("space.not_found", "space.closed", "order.wrong_state"),
    )
    async def post(self, call: Call[QuoteBody], space_id: str) -> QuoteView:
        return await self.services.quotes.offer(call.actor, space_id, call.body, call.intent)

    @door(
        "List the quotes of a space",
        allow=SIGNED_IN,
        query=PageQuery,
        answer=Page[QuoteView],
        problems=("space.not_found",),
    )
    async def get(self, call: Call[NoBody], space_id: str) -> Page[QuoteView]:
        return await self.services.quotes.of_space(call.actor, space_id, call.query)


class QuoteHandler(ApiHandler):
    @door("Show a quote", allow=SIGNED_IN, answer=QuoteView, problems=("quote.not_found",))
    async def get(self, call: Call[NoBody], quote_id: str) -> QuoteView:
        return await self.services.quotes.get(call.actor, quote_id)


class QuoteAcceptHandler(ApiHandler):
    @door(
        "Accept a quote as it was read, with coupons or without",
        allow=SIGNED_IN,
        body=QuoteAcceptBody,
        answer=QuoteView,
        problems=(*STEP, "order.wrong_state", "order.price_changed", "order.coupon_invalid"),
    )
    async def post(self, call: Call[QuoteAcceptBody], quote_id: str) -> QuoteView:
        return await self.services.quotes.accept(call.actor, quote_id, call.body)


class QuoteDeclineHandler(ApiHandler):
    @door("Decline a quote", allow=SIGNED_IN, body=QuoteDeclineBody, answer=QuoteView, problems=STEP)
    async def post(self, call: Call[QuoteDeclineBody], quote_id: str) -> QuoteView:
        return await self.services.quotes.decline(call.actor, quote_id, call.body)


class QuoteWithdrawHandler(ApiHandler):
    @door("Take a quote back", allow=SIGNED_IN, answer=QuoteView, problems=STEP)
    async def post(self, call: Call[NoBody], quote_id: str) -> QuoteView:
        return await self.services.quotes.withdraw(call.actor, quote_id)


class QuotePaymentsHandler(ApiHandler):
    @door(
        "Start paying an accepted quote",
        allow=SIGNED_IN,
        body=PaymentBody,
        answer=PaymentView,
        status=201,
        idempotent=True,
        problems=(
            *STEP,
            "quote.already_paid",
            "company.not_found",
            "company.allowance_short",
            "company.balance_short",
            *PAY,
        ),
    )
    async def post(self, call: Call[PaymentBody], quote_id: str) -> PaymentView:
        return await self.services.quotes.pay(call.actor, quote_id, call.body, call.intent)


class OrderTipsHandler(ApiHandler):
    @door(
        "Start tipping for a confirmed service; tips go to the lawyer's firm and are not refunded",
        allow=SIGNED_IN,
        body=TipBody,
        answer=PaymentView,
        status=201,
        idempotent=True,
        problems=("order.not_found", "tip.not_possible", "tip.already_paid", *BALANCE, *PAY),
    )
    async def post(self, call: Call[TipBody], order_id: str) -> PaymentView:
        return await self.services.tips.start(call.actor, order_id, call.body, call.intent)


_QUOTE = "/api/v1/quotes/([0-9a-f]{24})"
ROUTES = [
    ("/api/v1/spaces/([0-9a-f]{24})/quotes", SpaceQuotesHandler),
    (_QUOTE, QuoteHandler),
    (f"{_QUOTE}/accept", QuoteAcceptHandler),
    (f"{_QUOTE}/decline", QuoteDeclineHandler),
    (f"{_QUOTE}/withdraw", QuoteWithdrawHandler),
    (f"{_QUOTE}/payments", QuotePaymentsHandler),
    ("/api/v1/orders/([0-9a-f]{24})/tips", OrderTipsHandler),
]
