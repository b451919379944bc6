"""Receipts: for who paid, and for whoever holds one and wants to know whether it is true."""

from handlers.base import ApiHandler
from handlers.doors import Call, door
from schemas.api.base import NoBody
from schemas.api.receipts import ReceiptCheckView, ReceiptList, ReceiptQuery, ReceiptView
from schemas.enums import Role
from services.permissions import PUBLIC, only
from services.rate_limits import Limit

# Setting a page costs a second of CPU; guessing codes must cost more than it brings.
PAPERS = Limit(20, 600)
CHECKS = Limit(30, 60)
READERS = only(Role.CLIENT, Role.SUPPORT, Role.OPS)
PROBLEMS = ("payment.unknown", "receipt.not_yet")


class OrderReceiptsHandler(ApiHandler):
    @door("The receipts of what the caller paid for an order", allow=READERS, answer=ReceiptList)
    async def get(self, call: Call[NoBody], order_id: str) -> ReceiptList:
        return await self.services.receipts.of_order(call.actor, order_id)


class ReceiptHandler(ApiHandler):
    @door("The receipt (数字凭证) of a payment", allow=READERS, answer=ReceiptView, problems=PROBLEMS)
    async def get(self, call: Call[NoBody], payment_id: str) -> ReceiptView:
        return await self.services.receipts.of_payment(call.actor, payment_id)


class ReceiptPaperHandler(ApiHandler):
    @door("The receipt of a payment as a signed PDF", allow=READERS, raw=True, limit=PAPERS, problems=PROBLEMS)
    async def get(self, call: Call[NoBody], payment_id: str) -> None:
        number, paper = await self.services.receipts.pdf(call.actor, payment_id)
        self.set_header("Content-Type", "application/pdf")
        self.set_header("Content-Disposition", f'attachment; filename="receipt-{number}.pdf"')
        self.finish(paper)


class ReceiptCheckHandler(ApiHandler):
    @door(
        "Check a receipt that somebody shows",
        allow=PUBLIC,
        query=ReceiptQuery,
        answer=ReceiptCheckView,
        limit=CHECKS,
        problems=("receipt.not_found",),
    )
    async def get(self, call: Call[NoBody], number: str) -> ReceiptCheckView:
        return await self.services.receipts.check(number, call.query.code)


_PAYMENT = "/api/v1/payments/([0-9a-f]{24})"
ROUTES = [
    ("/api/v1/orders/([0-9a-f]{24})/receipts", OrderReceiptsHandler),
    (f"{_PAYMENT}/receipt", ReceiptHandler),
    (f"{_PAYMENT}/receipt.pdf", ReceiptPaperHandler),
    ("/api/v1/receipts/(RC[0-9A-Z]{18})", ReceiptCheckHandler),
]
