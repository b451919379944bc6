"""Electronic invoices: asked for by who paid, issued by WeChat Pay or by hand, reversed when the money goes back.

Where the operator has not told what to write on invoices, each becomes a work item for finance (E1).
"""

from pymongo.asynchronous.client_session import AsyncClientSession

from miniprogram_api.errors import PayError, VendorError
from miniprogram_api.pay import Invoices as Vendor
from schemas.api.invoices import InvoiceBody, InvoiceByHandBody, InvoiceFileView, InvoiceList, InvoiceView
from schemas.documents.invoices import InvoiceDocument
from schemas.enums import InvoiceState, PaymentState
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.idempotency import Idempotency, Intent
from services.ids import new_id
from services.invoicing.invoice_book import BY_HAND, ISSUE, InvoiceBook
from services.outbox import Outbox
from services.permissions import DESK_ROLES, FINANCE, Permission, require
from services.storage.database import Database
from services.work_items import WorkItems


class Invoices:
    def __init__(
        self,
        database: Database,
        book: InvoiceBook,
        vendor: Vendor,
        work_items: WorkItems,
        idempotency: Idempotency,
        audit: Audit,
        outbox: Outbox,
        clock: Clock = utc_now,
    ) -> None:
        self._db = database
        self._book = book
        self._vendor = vendor
        self._work_items = work_items
        self._idempotency = idempotency
        self._audit = audit
        self._outbox = outbox
        self._clock = clock

    # --- asking and looking

    async def ask(self, actor: Actor, payment_id: str, body: InvoiceBody, intent: Intent) -> InvoiceView:
        """Ask for an invoice over what was paid and has not gone back.

        Raises ``payment.unknown``, ``receipt.not_yet``, ``invoice.exists``, ``invoice.nothing_left``.
        """
        title = await self._book.seal(actor.user_id, payment_id, body)  # before the transaction: it may write a key

        async def effect(session: AsyncClientSession) -> InvoiceView:
            payment = await self._db.payments.find_one({"_id": payment_id}, session=session)
            if payment is None or payment["payer_id"] != actor.user_id:
                raise Problem("payment.unknown")
            if payment["state"] != PaymentState.SUCCEEDED or "transaction_id" not in payment:
                raise Problem("receipt.not_yet")
            if await self._db.invoices.find_one({"live_key": payment_id}, {"_id": 1}, session=session):
                raise Problem("invoice.exists")
            amount = payment["amount_fen"] - await self._book.going_back(session, payment_id)
            if amount <= 0:
                raise Problem("invoice.nothing_left")
            now = self._clock()
            invoice: InvoiceDocument = {
                "_id": new_id(),
                "schema_version": 1,
                "payment_id": payment_id,
                "payer_id": actor.user_id,
                "apply_id": payment["transaction_id"],
                "amount_fen": amount,
                "title": title,
                "state": InvoiceState.ASKED.value,
                "live_key": payment_id,
                "query_at": now,
                "created_at": now,
                "updated_at": now,
            }
            if "order_id" in payment:
                invoice["order_id"] = payment["order_id"]
            await self._db.invoices.insert_one(invoice, session=session)
            await self._outbox.add(session, ISSUE, f"invoice:{invoice['_id']}", {"invoice_id": invoice["_id"]})
            await self._audit.write(actor, "invoice.asked", invoice["_id"], session, payment=payment_id)
            return await self._book.view(invoice)

        view = await self._idempotency.once(intent, InvoiceView, effect)
        self._outbox.nudge()
        return view

    async def of_payment(self, actor: Actor, payment_id: str) -> InvoiceList:
        """Newest first. Raises ``payment.unknown``."""
        payment = await self._db.payments.find_one({"_id": payment_id}, {"payer_id": 1})
        if payment is None or not (payment["payer_id"] == actor.user_id or actor.roles & DESK_ROLES):
            raise Problem("payment.unknown")
        found = await self._db.invoices.find({"payment_id": payment_id}).sort("_id", -1).to_list()
        if found and payment["payer_id"] != actor.user_id:  # a title names a person, and where they get their mail
            await self._audit.write(actor, "invoice.read", payment_id, invoices=len(found))
        return InvoiceList(items=[await self._book.view(one) for one in found])

    async def file(self, actor: Actor, invoice_id: str) -> InvoiceFileView:
        """Where its file lies. Raises ``invoice.not_found``, ``invoice.no_file``, ``provider.unavailable``."""
        invoice = await self._db.invoices.find_one({"_id": invoice_id})
        if invoice is None or not (invoice["payer_id"] == actor.user_id or actor.roles & DESK_ROLES):
            raise Problem("invoice.not_found")
        if invoice["state"] != InvoiceState.ISSUED:
            raise Problem("invoice.no_file")
        try:
            files = await self._vendor.files(invoice["apply_id"], invoice_id)
        except PayError as fault:
            raise Problem("invoice.no_file" if fault.reason == "not_found" else "provider.unavailable") from fault
        except VendorError as fault:
            raise Problem("provider.unavailable") from fault
        if not files:
            raise Problem("invoice.no_file")
        if invoice["payer_id"] != actor.user_id:
            await self._audit.write(actor, "invoice.file_read", invoice_id)
        return InvoiceFileView(url=files[0].url)

    async def issued_by_hand(self, actor: Actor, invoice_id: str, body: InvoiceByHandBody) -> InvoiceView:
        """Finance has issued it elsewhere.

        Raises ``auth.forbidden``, ``invoice.not_found``, ``invoice.wrong_state``.
        """
        require(FINANCE, Permission.FINANCE_DECIDE, actor.roles)
        if await self._db.invoices.find_one({"_id": invoice_id}, {"_id": 1}) is None:
            raise Problem("invoice.not_found")
        now = self._clock()
        changes = {"number": body.number, "issued_at": now}
        invoice = await self._book.move(invoice_id, (InvoiceState.BY_HAND,), InvoiceState.ISSUED, changes, actor)
        if invoice is None:
            raise Problem("invoice.wrong_state")
        await self._work_items.resolve(BY_HAND, f"invoice:{invoice_id}", "发票已人工开具。")
        await self._book.told(invoice)
        return await self._book.view(invoice)
