"""Orders and the steps that people take with them."""

from handlers.base import ApiHandler
from handlers.doors import Call, door
from schemas.api.base import NoBody
from schemas.api.orders import (
    AssignBody,
    CancelBody,
    DeclineBody,
    DeliverBody,
    OrderBody,
    OrderPage,
    OrdersQuery,
    OrderView,
    RefundBody,
    ReviewBody,
)
from schemas.api.refunds import RefundCardBody, RefundCardView
from schemas.enums import Role
from services.permissions import SIGNED_IN, only

STEP = ("order.not_found", "order.wrong_state")


class OrdersHandler(ApiHandler):
    @door(
        "Place an order",
        allow=only(Role.CLIENT),
        body=OrderBody,
        answer=OrderView,
        status=201,
        idempotent=True,
        problems=(
            "product.not_found",
            "order.need_invalid",
            "order.lawyer_unavailable",
            "order.coupon_invalid",
            "order.price_changed",
        ),
    )
    async def post(self, call: Call[OrderBody]) -> OrderView:
        return await self.services.orders.place(call.actor, call.body, call.intent)

    @door(
        "List the caller's orders, newest first; all of them for the desk",
        allow=SIGNED_IN,
        query=OrdersQuery,
        answer=OrderPage,
    )
    async def get(self, call: Call[NoBody]) -> OrderPage:
        return await self.services.orders.list(call.actor, call.query)


class OrderHandler(ApiHandler):
    @door("Show an order", allow=SIGNED_IN, answer=OrderView, problems=("order.not_found",))
    async def get(self, call: Call[NoBody], order_id: str) -> OrderView:
        return await self.services.orders.get(call.actor, order_id)


class OrderCancelHandler(ApiHandler):
    @door("Cancel an order that is not paid", allow=SIGNED_IN, body=CancelBody, answer=OrderView, problems=STEP)
    async def post(self, call: Call[CancelBody], order_id: str) -> OrderView:
        return await self.services.orders.cancel(call.actor, order_id, call.body)


class OrderAssignHandler(ApiHandler):
    @door(
        "Assign a lawyer by hand",
        allow=only(Role.SUPPORT, Role.OPS),
        body=AssignBody,
        answer=OrderView,
        problems=(*STEP, "order.lawyer_unavailable"),
    )
    async def post(self, call: Call[AssignBody], order_id: str) -> OrderView:
        return await self.services.orders.assign(call.actor, order_id, call.body)


class OrderAcceptHandler(ApiHandler):
    @door(
        "Accept an assigned order",
        allow=SIGNED_IN,
        answer=OrderView,
        problems=(*STEP, "order.lawyer_unverified"),
    )
    async def post(self, call: Call[NoBody], order_id: str) -> OrderView:
        return await self.services.orders.accept(call.actor, order_id)


class OrderDeclineHandler(ApiHandler):
    @door("Decline an assigned order", allow=SIGNED_IN, body=DeclineBody, answer=OrderView, problems=STEP)
    async def post(self, call: Call[DeclineBody], order_id: str) -> OrderView:
        return await self.services.orders.decline(call.actor, order_id, call.body)


class OrderDeliverHandler(ApiHandler):
    @door(
        "Deliver the work",
        allow=SIGNED_IN,
        body=DeliverBody,
        answer=OrderView,
        problems=(*STEP, "file.not_found", "file.not_uploaded"),
    )
    async def post(self, call: Call[DeliverBody], order_id: str) -> OrderView:
        return await self.services.orders.deliver(call.actor, order_id, call.body)


class OrderConfirmHandler(ApiHandler):
    @door("Confirm what was delivered", allow=SIGNED_IN, answer=OrderView, problems=STEP)
    async def post(self, call: Call[NoBody], order_id: str) -> OrderView:
        return await self.services.orders.confirm(call.actor, order_id)


class OrderReviewHandler(ApiHandler):
    @door("Rate the service", allow=SIGNED_IN, body=ReviewBody, answer=OrderView, problems=STEP)
    async def post(self, call: Call[ReviewBody], order_id: str) -> OrderView:
        return await self.services.orders.review(call.actor, order_id, call.body)


class OrderRefundsHandler(ApiHandler):
    @door(
        "Ask for money back",
        allow=SIGNED_IN,
        body=RefundBody,
        answer=OrderView,
        status=201,
        idempotent=True,
        problems=(*STEP, "refund.amount_invalid", "refund.needs_review"),
    )
    async def post(self, call: Call[RefundBody], order_id: str) -> OrderView:
        return await self.services.refunds.request(call.actor, order_id, call.body, call.intent)


class OrderRefundCardHandler(ApiHandler):
    @door(
        "Name a bank card for a refund that the payer's own account cannot take",
        allow=only(Role.CLIENT),
        body=RefundCardBody,
        answer=RefundCardView,
        problems=("order.not_found", "refund.not_stuck"),
        description="The refund says so by `card`: `needed` or `named`. `ops` compare the card and send the money.",
    )
    async def put(self, call: Call[RefundCardBody], order_id: str, refund_id: str) -> RefundCardView:
        return await self.services.stuck_refunds.name_card(call.actor, order_id, refund_id, call.body)


_ORDER = "/api/v1/orders/([0-9a-f]{24})"
ROUTES = [
    ("/api/v1/orders", OrdersHandler),
    (_ORDER, OrderHandler),
    (f"{_ORDER}/cancel", OrderCancelHandler),
    (f"{_ORDER}/assign", OrderAssignHandler),
    (f"{_ORDER}/accept", OrderAcceptHandler),
    (f"{_ORDER}/decline", OrderDeclineHandler),
    (f"{_ORDER}/deliver", OrderDeliverHandler),
    (f"{_ORDER}/confirm", OrderConfirmHandler),
    (f"{_ORDER}/review", OrderReviewHandler),
    (f"{_ORDER}/refunds", OrderRefundsHandler),
    (f"{_ORDER}/refunds/([0-9a-f]{{24}})/card", OrderRefundCardHandler),
]
