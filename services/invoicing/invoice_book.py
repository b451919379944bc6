"""The invoices themselves: what is written on them, how they are shown, and the one way to move one."""

from collections.abc import Mapping
from typing import Any

import orjson
from pymongo import ReturnDocument
from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.api.invoices import InvoiceBody, InvoiceView
from schemas.documents.invoices import InvoiceDocument
from schemas.enums import InvoiceState, InvoiceTitleKind, NoticeKind, RefundState
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.keys import Vault
from services.orders.order_seams import Teller
from services.storage.database import Database
from services.work_items import WorkItems

ISSUE, REVERSE = "invoice.issue", "invoice.reverse"  # kinds of the outbox rows
BY_HAND = "money.invoice_by_hand"  # kind of the work item
_LIVE = (InvoiceState.ASKED, InvoiceState.ACCEPTED, InvoiceState.BY_HAND, InvoiceState.ISSUED)


class InvoiceBook:
    def __init__(
        self,
        database: Database,
        vault: Vault,
        notices: Teller,
        work_items: WorkItems,
        audit: Audit,
        clock: Clock = utc_now,
    ) -> None:
        self._db = database
        self._vault = vault
        self._notices = notices
        self._work_items = work_items
        self._audit = audit
        self._clock = clock

    async def seal(self, payer_id: str, payment_id: str, body: InvoiceBody) -> bytes:
        """What is to stand on it, under the payer's key."""
        key = await self._vault.key(f"user:{payer_id}")
        return key.seal(orjson.dumps(body.model_dump(mode="json")), f"invoice:{payment_id}")

    async def title(self, invoice: InvoiceDocument) -> dict[str, Any]:
        key = await self._vault.key(f"user:{invoice['payer_id']}")
        title: dict[str, Any] = orjson.loads(key.open(invoice["title"], f"invoice:{invoice['payment_id']}"))
        return title

    async def view(self, invoice: InvoiceDocument) -> InvoiceView:
        title = await self.title(invoice)
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

    async def move(
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

    async def going_back(self, session: AsyncClientSession | None, payment_id: str) -> int:
        standing = {"payment_id": payment_id, "state": {"$ne": RefundState.FAILED.value}}
        return sum([one["amount_fen"] async for one in self._db.refunds.find(standing, session=session)])

    async def overstated(self, invoice: InvoiceDocument) -> bool:
        """Whether an invoice names more than has stayed with us."""
        payment = await self._db.payments.find_one({"_id": invoice["payment_id"]}, {"amount_fen": 1})
        back = await self.going_back(None, invoice["payment_id"])
        return payment is None or payment["amount_fen"] - back < invoice["amount_fen"]

    async def ask_finance(self, invoice: InvoiceDocument, advice: str, title: str, why: str = "") -> None:
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

    async def told(self, invoice: InvoiceDocument) -> None:
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
