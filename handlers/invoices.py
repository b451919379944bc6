"""Electronic invoices (电子发票) for what somebody paid (E1)."""

from handlers.base import ApiHandler
from handlers.doors import Call, door
from schemas.api.base import NoBody
from schemas.api.invoices import InvoiceBody, InvoiceByHandBody, InvoiceFileView, InvoiceList, InvoiceView
from schemas.enums import Role
from services.permissions import only

READERS = only(Role.CLIENT, Role.SUPPORT, Role.OPS)


class PaymentInvoicesHandler(ApiHandler):
    @door(
        "Ask for an invoice of a payment",
        allow=only(Role.CLIENT),
        body=InvoiceBody,
        answer=InvoiceView,
        status=201,
        idempotent=True,
        problems=("payment.unknown", "receipt.not_yet", "invoice.exists", "invoice.nothing_left"),
    )
    async def post(self, call: Call[InvoiceBody], payment_id: str) -> InvoiceView:
        return await self.services.invoices.ask(call.actor, payment_id, call.body, call.intent)

    @door("The invoices of a payment, newest first", allow=READERS, answer=InvoiceList, problems=("payment.unknown",))
    async def get(self, call: Call[NoBody], payment_id: str) -> InvoiceList:
        return await self.services.invoices.of_payment(call.actor, payment_id)


class InvoiceFileHandler(ApiHandler):
    @door(
        "Where the file of an issued invoice lies, for a short time",
        allow=READERS,
        answer=InvoiceFileView,
        problems=("invoice.not_found", "invoice.no_file", "provider.unavailable"),
    )
    async def get(self, call: Call[NoBody], invoice_id: str) -> InvoiceFileView:
        return await self.services.invoices.file(call.actor, invoice_id)


class InvoiceByHandHandler(ApiHandler):
    @door(
        "Note an invoice that finance has issued by hand",
        allow=only(Role.OPS),
        body=InvoiceByHandBody,
        answer=InvoiceView,
        problems=("invoice.not_found", "invoice.wrong_state"),
    )
    async def post(self, call: Call[InvoiceByHandBody], invoice_id: str) -> InvoiceView:
        return await self.services.invoices.issued_by_hand(call.actor, invoice_id, call.body)


_INVOICE = "/api/v1/invoices/([0-9a-f]{24})"
ROUTES = [
    ("/api/v1/payments/([0-9a-f]{24})/invoices", PaymentInvoicesHandler),
    (f"{_INVOICE}/file", InvoiceFileHandler),
    (f"{_INVOICE}/issued", InvoiceByHandHandler),
]
