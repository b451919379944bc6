"""Issuing what was asked for, and reversing what stands over money that went back.

WeChat Pay accepts first and issues later; how far it is, is asked, not waited for. What it accepted and has not
finished in a day is a matter for finance (E1).
"""

from dataclasses import dataclass
from datetime import timedelta

from pymongo.asynchronous.client_session import AsyncClientSession

from miniprogram_api.errors import PayError, VendorError
from miniprogram_api.pay import InvoiceItem, IssuedInvoice
from miniprogram_api.pay import Invoices as Vendor
from miniprogram_api.pay import InvoiceTitle as VendorTitle
from schemas.documents.invoices import InvoiceDocument
from schemas.documents.ledgers import OutboxDocument
from schemas.enums import InvoiceState, InvoiceTitleKind
from services.clock import Clock, utc_now
from services.invoicing.invoice_book import BY_HAND, ISSUE, REVERSE, InvoiceBook
from services.outbox import Effect, Outbox, last_try
from services.storage.claims import Pauses, claimed
from services.storage.database import Database
from services.work_items import WorkItems

LATE = "money.invoice_late"  # kind of the work item
LATE_AFTER = timedelta(days=1)
FIRST_LOOK, LONGEST_LOOK = timedelta(seconds=5), timedelta(minutes=30)
_UNISSUED = (InvoiceState.ASKED, InvoiceState.BY_HAND)
_WAITING = (InvoiceState.ACCEPTED, InvoiceState.REVERSING)


@dataclass(frozen=True, slots=True)
class Wording:
    """What stands on the invoices of this operator. ``tax_rate`` in hundredths of a per cent (600 = 6 %)."""

    tax_code: str
    goods_name: str
    tax_rate: int


class InvoiceIssuing:
    def __init__(
        self,
        database: Database,
        book: InvoiceBook,
        vendor: Vendor,
        wording: Wording | None,
        work_items: WorkItems,
        outbox: Outbox,
        clock: Clock = utc_now,
    ) -> None:
        """``wording`` None: every invoice is issued by hand."""
        self._db = database
        self._book = book
        self._vendor = vendor
        self._wording = wording
        self._work_items = work_items
        self._outbox = outbox
        self._clock = clock

    def effects(self) -> dict[str, Effect]:
        return {ISSUE: self._issue, REVERSE: self._reverse}

    async def tick(self) -> int:
        """Ask WeChat Pay about what it accepted; the number asked. Call every few seconds."""
        asked = 0
        waiting = {"state": {"$in": [state.value for state in _WAITING]}}
        pauses = Pauses(FIRST_LOOK, LONGEST_LOOK)
        async for invoice in claimed(self._db.invoices, waiting, "query_at", self._clock, pauses, since="updated_at"):
            asked += 1
            if not await self._look(invoice) and self._clock() - invoice["updated_at"] >= LATE_AFTER:
                await self._call_for_help(invoice)
        return asked

    async def _issue(self, row: OutboxDocument) -> None:
        invoice = await self._db.invoices.find_one({"_id": row["payload"]["invoice_id"]})
        if invoice is None or invoice["state"] != InvoiceState.ASKED:
            return
        if self._wording is None:
            await self._by_hand(invoice, "运营方未配置发票内容")
            return
        title = await self._book.title(invoice)
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
        await self._book.move(invoice["_id"], (InvoiceState.ASKED,), InvoiceState.ACCEPTED, soon, None)

    async def _reverse(self, row: OutboxDocument) -> None:
        """Money of the payment has gone back: an invoice over it must not stand."""
        invoice = await self._db.invoices.find_one({"live_key": row["payload"]["payment_id"]})
        if invoice is None or not await self._book.overstated(invoice):
            return
        if invoice["state"] == InvoiceState.ACCEPTED:
            return  # cannot be reversed before it is issued; seen to when it is
        if invoice["state"] in _UNISSUED:
            await self._book.move(invoice["_id"], _UNISSUED, InvoiceState.CANCELLED, {}, None)
            await self._work_items.resolve(BY_HAND, f"invoice:{invoice['_id']}", "款项已退，无需开票。")
            return
        known = await self._known(invoice)
        if known is None:  # issued by hand, so it is reversed by hand
            await self._book.ask_finance(invoice, "请在税务系统中红冲该发票。", "退款后需红冲发票")
            await self._book.move(invoice["_id"], (InvoiceState.ISSUED,), InvoiceState.REVERSED, {}, None)
            return
        await self._vendor.reverse(apply_id=invoice["apply_id"], reason="退款", invoice=known)
        soon = {"query_at": self._clock() + FIRST_LOOK}
        await self._book.move(invoice["_id"], (InvoiceState.ISSUED,), InvoiceState.REVERSING, soon, None)

    async def _look(self, invoice: InvoiceDocument) -> bool:
        """Whether it has come to an end."""
        try:
            known = await self._known(invoice)
        except VendorError:
            return False  # asked again at the next look
        if known is None:
            return False
        if known.status == "ISSUED" and invoice["state"] == InvoiceState.ACCEPTED:
            facts = {"number": known.number or "", "issued_at": known.issued_at or self._clock()}
            moved = await self._book.move(invoice["_id"], (InvoiceState.ACCEPTED,), InvoiceState.ISSUED, facts, None)
            if moved is not None:
                await self._book.told(moved)
                await self._owe_reversal(moved)
        elif known.status == "REVERSED" and invoice["state"] == InvoiceState.REVERSING:
            await self._book.move(invoice["_id"], (InvoiceState.REVERSING,), InvoiceState.REVERSED, {}, None)
        else:
            return False
        await self._work_items.resolve(LATE, f"invoice:{invoice['_id']}", "微信支付已处理完成")
        return True

    async def _call_for_help(self, invoice: InvoiceDocument) -> None:
        what = "红冲" if invoice["state"] == InvoiceState.REVERSING else "开具"
        await self._work_items.open(
            LATE,
            f"invoice:{invoice['_id']}",
            title=f"电子发票受理后一天仍未{what}完成",
            advice="请在微信支付商户平台“电子发票”中按发票单号查看：仍在处理的，继续等待，系统会自动查询；"
            "查无此单或已失败的，请联系微信支付客服，并告知客户进度。",
            invoice_id=invoice["_id"],
            payment_id=invoice["payment_id"],
            amount_fen=invoice["amount_fen"],
        )

    async def _owe_reversal(self, invoice: InvoiceDocument) -> None:
        """Money may have gone back while the invoice was on its way."""

        async def work(session: AsyncClientSession) -> None:
            await self._outbox.add(session, REVERSE, f"invoice:{invoice['_id']}", {"payment_id": invoice["payment_id"]})

        if await self._book.overstated(invoice):
            await self._db.transaction(work)
            self._outbox.nudge()

    async def _known(self, invoice: InvoiceDocument) -> IssuedInvoice | None:
        """As WeChat Pay knows it; None when it does not."""
        try:
            found = await self._vendor.query(invoice["apply_id"], invoice["_id"])
        except PayError as fault:
            if fault.reason == "not_found":
                return None
            raise
        return next((one for one in found if one.fapiao_id == invoice["_id"]), None)

    async def _by_hand(self, invoice: InvoiceDocument, why: str) -> None:
        if await self._book.move(invoice["_id"], (InvoiceState.ASKED,), InvoiceState.BY_HAND, {}, None):
            await self._book.ask_finance(
                invoice, "请在税务系统中开具发票，并在本系统登记发票号码。", "发票需人工开具", why=why
            )
