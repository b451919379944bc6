"""Paying, and the doors that WeChat Pay knocks at."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

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
Take = Callable[[Mapping[str, str], bytes], Coroutine[Any, Any, None]]
# WeChat Pay waits 5 s for an answer and takes none for a refusal; ours shall leave in time.
ANSWER_WITHIN = 4.0


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
            "company.not_found",
            "company.allowance_short",
            "company.balance_short",
            "payment.not_needed",
            "payment.wechat_required",
            "payment.refused",
            "idempotency.answer_expired",
            "provider.unavailable",
        ),
    )
    async def post(self, call: Call[PaymentBody], order_id: str) -> PaymentView:
        return await self.services.payments.start(call.actor, order_id, call.body, call.intent)


# Held here, for a task that nobody holds may be collected while it runs.
_under_way: set["asyncio.Task[None]"] = set()


class NoticeHandler(ApiHandler):
    """WeChat Pay wants 2xx for "taken", and ``{code, message}`` with any other status for "send it again"."""

    async def take(self, service: Take) -> None:
        """Answer in time, whatever the database does.

        What is not done by then goes on, unless the process ends: it bears being done twice, and WeChat's
        repetition finds it done. Cutting it off would leave a transaction to be undone by the slow database.
        """
        work = asyncio.create_task(service(dict(self.request.headers.get_all()), self.request.body))
        _under_way.add(work)
        work.add_done_callback(_under_way.discard)
        done, _ = await asyncio.wait({work}, timeout=ANSWER_WITHIN)
        if done:
            self._answer(work.exception())
            return
        work.add_done_callback(self._ended_late)
        self._refuse(503, "server.unavailable")

    def _answer(self, fault: BaseException | None) -> None:
        if fault is None:
            self.set_status(204)
            self.finish()
        elif isinstance(fault, Problem):
            self.problem_code = fault.code
            self._refuse(status_of(fault.type), fault.code)
        else:
            self._note(fault)
            self._refuse(500, "server.internal")

    def _ended_late(self, work: "asyncio.Task[None]") -> None:
        if not work.cancelled() and (fault := work.exception()) is not None and not isinstance(fault, Problem):
            self._note(fault)

    def _note(self, fault: BaseException) -> None:
        """An outage of the database is known by other means; everything else is a fault of ours."""
        if not self.services.is_outage(fault):
            self.log_exception(type(fault), fault, fault.__traceback__)

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
