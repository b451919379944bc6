"""Paying, and the doors that WeChat Pay knocks at."""

import logging
from collections.abc import Awaitable, Callable, Mapping

import orjson

from handlers.base import ApiHandler
from handlers.doors import Call, door
from handlers.problems import status_of
from schemas.api.base import NoBody
from schemas.api.payments import PaymentBody, PaymentView
from services.errors import Problem
from services.permissions import PUBLIC, SIGNED_IN
from services.rate_limits import Limit

log = logging.getLogger("casespace.http")

# WeChat's servers are few and send in bursts; a forger must not be able to shut them out.
NOTICES = Limit(6000, 60)
Take = Callable[[Mapping[str, str], bytes], Awaitable[None]]


class OrderPaymentsHandler(ApiHandler):
    @door(
        "Start paying an order",
        allow=SIGNED_IN,
        body=PaymentBody,
        answer=PaymentView,
        status=201,
        idempotent=True,
        problems=(
            "order.not_found",
            "order.already_paid",
            "order.wrong_state",
            "payment.wechat_required",
            "payment.refused",
            "idempotency.answer_expired",
            "provider.unavailable",
        ),
    )
    async def post(self, call: Call[PaymentBody], order_id: str) -> PaymentView:
        return await self.services.payments.start(call.actor, order_id, call.body, call.ticket)


class NoticeHandler(ApiHandler):
    """WeChat Pay wants 2xx for "taken", and ``{code, message}`` with any other status for "send it again"."""

    async def take(self, service: Take) -> None:
        try:
            await service(dict(self.request.headers.get_all()), self.request.body)
        except Problem as fault:
            self.problem_code = fault.code
            self._refuse(status_of(fault.type), fault.code)
        except Exception as fault:  # noqa: BLE001 - WeChat reads nothing but its own format
            if not self.services.is_outage(fault):
                self.log_exception(type(fault), fault, fault.__traceback__)
            self._refuse(500, "server.internal")
        else:
            self.set_status(204)
            self.finish()

    def _refuse(self, status: int, message: str) -> None:
        self.set_status(status)
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(orjson.dumps({"code": "FAIL", "message": message}))


class PaymentNoticeHandler(NoticeHandler):
    @door("WeChat Pay tells of a payment", allow=PUBLIC, raw=True, limit=NOTICES)
    async def post(self, call: Call[NoBody]) -> None:
        await self.take(self.services.payments.notify)


class RefundNoticeHandler(NoticeHandler):
    @door("WeChat Pay tells of a refund", allow=PUBLIC, raw=True, limit=NOTICES)
    async def post(self, call: Call[NoBody]) -> None:
        await self.take(self.services.refunds.notify)


ROUTES = [
    ("/api/v1/orders/([0-9a-f]{24})/payments", OrderPaymentsHandler),
    ("/api/v1/wechat/pay/notify", PaymentNoticeHandler),
    ("/api/v1/wechat/refund/notify", RefundNoticeHandler),
]
