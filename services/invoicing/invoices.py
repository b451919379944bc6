"""Electronic invoices: asked for by who paid, issued by WeChat Pay or by hand, reversed when the money goes back.

WeChat Pay accepts first and issues later; how far it is, is asked, not waited for. Where the operator has not told what
to write on invoices, each becomes a work item for finance (E1).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
from pymongo import ReturnDocument
from pymongo.asynchronous.client_session import AsyncClientSession

from miniprogram_api.errors import PayError, VendorError
from miniprogram_api.pay import InvoiceItem, IssuedInvoice
from miniprogram_api.pay import Invoices as Vendor
from miniprogram_api.pay import InvoiceTitle as VendorTitle
from schemas.api.invoices import InvoiceBody, InvoiceByHandBody, InvoiceFileView, InvoiceList, InvoiceView
from schemas.documents.invoices import InvoiceDocument
from schemas.documents.ledgers import OutboxDocument
from schemas.enums import InvoiceState, InvoiceTitleKind, NoticeKind, PaymentState, RefundState, Role
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.idempotency import Idempotency, Ticket
from services.ids import new_id
from services.keys import Vault
from services.orders.order_seams import Teller
from services.outbox import Effect, Outbox, last_try
from services.permissions import FINANCE, Permission, require
from services.storage.database import Database
from services.work_items import WorkItems

ISSUE, REVERSE = "invoice.issue", "invoice.reverse"
BY_HAND = "money.invoice_by_hand"
FIRST_LOOK, LONGEST_LOOK = timedelta(seconds=5), timedelta(minutes=30)
AT_ONCE = 50
_DESK = frozenset({Role.SUPPORT, Role.OPS})
_LIVE = (InvoiceState.ASKED, InvoiceState.ACCEPTED, InvoiceState.BY_HAND, InvoiceState.ISSUED)
_UNISSUED = (InvoiceState.ASKED, InvoiceState.BY_HAND)
_WAITING = (InvoiceState.ACCEPTED, InvoiceState.REVERSING)


@dataclass(frozen=True, slots=True)
class Wording:
    """What stands on the invoices of this operator. ``tax_rate`` in hundredths of a per cent (600 = 6 %)."""

    tax_code: str
    goods_name: str
    tax_rate: int


class Invoices:
    def __init__(
        self,
        database: Database,
        vault: Vault,
        vendor: Vendor,
        wording: Wording | None,
        notices: Teller,
        work_items: WorkItems,
        idempotency: Idempotency,
        audit: Audit,
        outbox: Outbox,
        clock: Clock = utc_now,
    ) -> None:
        """``wording`` None: every invoice is issued by hand."""
        self._db = database
        self._vault = vault
        self._vendor = vendor
        self._wording = wording
        self._notices = notices
        self._work_items = work_items
        self._idempotency = idempotency
        self._audit = audit
        self._outbox = outbox
        self._clock = clock

    # --- asking and looking

    async def ask(self, actor: Actor, payment_id: str, body: InvoiceBody, ticket: Ticket) -> InvoiceView:
        """Ask for an invoice over what was paid and has not gone back.

        Raises ``payment.unknown``, ``receipt.not_yet``, ``invoice.exists``, ``invoice.nothing_left``.
        """
        key = await self._vault.key(f"user:{actor.user_id}")

        async def effect(session: AsyncClientSession) -> InvoiceView:
            payment = await self._db.payments.find_one({"_id": payment_id}, session=session)
            if payment is None or payment["payer_id"] != actor.user_id:
                raise Problem("payment.unknown")
            if payment["state"] != PaymentState.SUCCEEDED or "transaction_id" not in payment:
                raise Problem("receipt.not_yet")
            if await self._db.invoices.find_one({"live_key": payment_id}, {"_id": 1}, session=session):
                raise Problem("invoice.exists")
            amount = payment["amount_fen"] - await self._going_back(session, payment_id)
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
                "title": key.seal(orjson.dumps(body.model_dump(mode="json")), f"invoice:{payment_id}"),
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
            return await self._view(invoice)

        view = await self._idempotency.once(ticket, InvoiceView, effect)
        self._outbox.nudge()
        return view

    async def of_payment(self, actor: Actor, payment_id: str) -> InvoiceList:
        """Newest first. Raises ``payment.unknown``."""
        payment = await self._db.payments.find_one({"_id": payment_id}, {"payer_id": 1})
        if payment is None or not (payment["payer_id"] == actor.user_id or actor.roles & _DESK):
            raise Problem("payment.unknown")
        found = await self._db.invoices.find({"payment_id": payment_id}).sort("_id", -1).to_list()
        return InvoiceList(items=[await self._view(one) for one in found])

    async def file(self, actor: Actor, invoice_id: str) -> InvoiceFileView:
        """Where its file lies. Raises ``invoice.not_found``, ``invoice.no_file``, ``provider.unavailable``."""
        invoice = await self._db.invoices.find_one({"_id": invoice_id})
        if invoice is None or not (invoice["payer_id"] == actor.user_id or actor.roles & _DESK):
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
        invoice = await self._move(invoice_id, (InvoiceState.BY_HAND,), InvoiceState.ISSUED, changes, actor)
        if invoice is None:
            raise Problem("invoice.wrong_state")
        await self._work_items.resolve(BY_HAND, f"invoice:{invoice_id}", "发票已人工开具。")
        await self._told(invoice)
        return await self._view(invoice)

    # --- effects

    def effects(self) -> dict[str, Effect]:
        return {ISSUE: self._issue, REVERSE: self._reverse}

    async def tick(self) -> int:
        """Ask WeChat Pay about what it accepted; the number asked. Call every few seconds."""
        now = self._clock()
        due = {"state": {"$in": [state.value for state in _WAITING]}, "query_at": {"$lte": now}}
        found = await self._db.invoices.find(due).sort("query_at").limit(AT_ONCE).to_list()
        for invoice in found:
            pause = min(max(FIRST_LOOK, now - invoice["updated_at"]), LONGEST_LOOK)
            await self._db.invoices.update_one({"_id": invoice["_id"]}, {"$set": {"query_at": now + pause}})
            await self._look(invoice)
        return len(found)

    async def _issue(self, row: OutboxDocument) -> None:
        invoice = await self._db.invoices.find_one({"_id": row["payload"]["invoice_id"]})
        if invoice is None or invoice["state"] != InvoiceState.ASKED:
            return
        if self._wording is None:
            await self._by_hand(invoice, "运营方未配置发票内容")
            return
        title = await self._title(invoice)
        buyer = VendorTitle(
            kind=InvoiceTitleKind(title["kind"]).value.upper(),
            name=title["name"],
            taxpayer_id=title["taxpayer_id"],
            email=title["email"],
        )
        words = self._wording
        item = InvoiceItem(words.tax_code, words.goods_name, invoice["amount_fen"], words.tax_rate)
        try:
            await self._vendor.issue(apply_id=invoice["apply_id"], fapiao_id=invoice["_id"], buyer=buyer, items=[item])
        except VendorError as fault:
            if fault.retryable and not last_try(row, fault, self._clock()):
                raise
            await self._by_hand(invoice, fault.code)
            return
        soon = {"query_at": self._clock() + FIRST_LOOK}
        await self._move(invoice["_id"], (InvoiceState.ASKED,), InvoiceState.ACCEPTED, soon, None)

    async def _reverse(self, row: OutboxDocument) -> None:
        """Money of the payment has gone back: an invoice over it must not stand."""
        invoice = await self._db.invoices.find_one({"live_key": row["payload"]["payment_id"]})
        if invoice is None or not await self._overstated(invoice):
            return
        if invoice["state"] == InvoiceState.ACCEPTED:
            return  # cannot be reversed before it is issued; seen to when it is
        if invoice["state"] in _UNISSUED:
            await self._move(invoice["_id"], _UNISSUED, InvoiceState.CANCELLED, {}, None)
            await self._work_items.resolve(BY_HAND, f"invoice:{invoice['_id']}", "款项已退，无需开票。")
            return
        known = await self._known(invoice)
        if known is None:  # issued by hand, so it is reversed by hand
            await self._ask_finance(invoice, "请在税务系统中红冲该发票。", "退款后需红冲发票")
            await self._move(invoice["_id"], (InvoiceState.ISSUED,), InvoiceState.REVERSED, {}, None)
            return
        await self._vendor.reverse(apply_id=invoice["apply_id"], reason="退款", invoice=known)
        soon = {"query_at": self._clock() + FIRST_LOOK}
        await self._move(invoice["_id"], (InvoiceState.ISSUED,), InvoiceState.REVERSING, soon, None)

    async def _look(self, invoice: InvoiceDocument) -> None:
        try:
            known = await self._known(invoice)
        except VendorError:
            return  # asked again at the next look
        if known is None:
            return
        if known.status == "ISSUED" and invoice["state"] == InvoiceState.ACCEPTED:
            facts = {"number": known.number or "", "issued_at": known.issued_at or self._clock()}
            moved = await self._move(invoice["_id"], (InvoiceState.ACCEPTED,), InvoiceState.ISSUED, facts, None)
            if moved is not None:
                await self._told(moved)
                await self._owe_reversal(moved)
        elif known.status == "REVERSED":
            await self._move(invoice["_id"], (InvoiceState.REVERSING,), InvoiceState.REVERSED, {}, None)

    async def _owe_reversal(self, invoice: InvoiceDocument) -> None:
        """Money may have gone back while the invoice was on its way."""

        async def work(session: AsyncClientSession) -> None:
            await self._outbox.add(session, REVERSE, f"invoice:{invoice['_id']}", {"payment_id": invoice["payment_id"]})

        if await self._overstated(invoice):
            await self._db.transaction(work)
            self._outbox.nudge()

    async def _overstated(self, invoice: InvoiceDocument) -> bool:
        """Whether an invoice names more than has stayed with us."""
        payment = await self._db.payments.find_one({"_id": invoice["payment_id"]}, {"amount_fen": 1})
        back = await self._going_back(None, invoice["payment_id"])
        return payment is None or payment["amount_fen"] - back < invoice["amount_fen"]

    async def _known(self, invoice: InvoiceDocument) -> IssuedInvoice | None:
        """As WeChat Pay knows it; None when it does not."""
        try:
            found = await self._vendor.query(invoice["apply_id"], invoice["_id"])
        except PayError as fault:
            if fault.reason == "not_found":
                return None
            raise
        return next((one for one in found if one.fapiao_id == invoice["_id"]), None)

    # --- moving and telling

    async def _move(
        self,
        invoice_id: str,
        was: tuple[InvoiceState, ...],
        state: InvoiceState,
        changes: Mapping[str, Any],
        actor: Actor | None,
    ) -> InvoiceDocument | None:
        """One step by compare-and-set, with its audit entry; None when it is not where it was."""

        async def work(session: AsyncClientSession) -> InvoiceDocument | None:
            update: dict[str, Any] = {"$set": {"state": state.value, "updated_at": self._clock(), **changes}}
            if state not in _LIVE:
                update["$unset"] = {"live_key": ""}
            moved: InvoiceDocument | None = await self._db.invoices.find_one_and_update(
                {"_id": invoice_id, "state": {"$in": [one.value for one in was]}},
                update,
                session=session,
                return_document=ReturnDocument.AFTER,
            )
            if moved is not None:
                await self._audit.write(actor, f"invoice.{state.value}", invoice_id, session)
            return moved

        return await self._db.transaction(work)

    async def _by_hand(self, invoice: InvoiceDocument, why: str) -> None:
        if await self._move(invoice["_id"], (InvoiceState.ASKED,), InvoiceState.BY_HAND, {}, None):
            await self._ask_finance(
                invoice, "请在税务系统中开具发票，并在本系统登记发票号码。", "发票需人工开具", why=why
            )

    async def _ask_finance(self, invoice: InvoiceDocument, advice: str, title: str, why: str = "") -> None:
        await self._work_items.open(
            BY_HAND,
            f"invoice:{invoice['_id']}",
            title=title,
            advice=advice,
            invoice_id=invoice["_id"],
            payment_id=invoice["payment_id"],
            amount_fen=invoice["amount_fen"],
            why=why,
        )

    async def _told(self, invoice: InvoiceDocument) -> None:
        order = await self._db.orders.find_one({"_id": invoice.get("order_id", "")}, {"number": 1, "product": 1})
        values = {"number": order["number"], "service": order["product"]["name"]} if order else {}
        await self._notices.tell(
            invoice["payer_id"],
            NoticeKind.INVOICE_ISSUED,
            f"invoice:{invoice['_id']}:issued",
            title="发票已开具",
            text="您申请的电子发票已开具，可在订单的凭证中查看。",
            link=f"/orders/{invoice['order_id']}/receipts" if "order_id" in invoice else "/orders",
            values=values,
        )

    async def _going_back(self, session: AsyncClientSession | None, payment_id: str) -> int:
        standing = {"payment_id": payment_id, "state": {"$ne": RefundState.FAILED.value}}
        return sum([one["amount_fen"] async for one in self._db.refunds.find(standing, session=session)])

    async def _title(self, invoice: InvoiceDocument) -> dict[str, Any]:
        key = await self._vault.key(f"user:{invoice['payer_id']}")
        title: dict[str, Any] = orjson.loads(key.open(invoice["title"], f"invoice:{invoice['payment_id']}"))
        return title

    async def _view(self, invoice: InvoiceDocument) -> InvoiceView:
        title = await self._title(invoice)
        return InvoiceView(
            id=invoice["_id"],
            payment_id=invoice["payment_id"],
            kind=InvoiceTitleKind(title["kind"]),
            name=title["name"],
            taxpayer_id=title["taxpayer_id"],
            amount_fen=invoice["amount_fen"],
            state=InvoiceState(invoice["state"]),
            number=invoice.get("number"),
            issued_at=invoice.get("issued_at"),
            created_at=invoice["created_at"],
        )
