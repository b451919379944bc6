"""Receipts (数字凭证): made when first asked for, never changed, checked by number and code.

A receipt says that money has arrived, so only what a provider took has one: what is paid from a company's balance
arrived with the top-up, and what coupons cover wholly never did.

The figures are signed with the record's key (Ed25519) as one statement, which the paper carries as a QR code to the
page that checks it. A refund does not change a receipt: what has gone back is said beside it, as it is now.
"""

import secrets

from pymongo.errors import DuplicateKeyError

from schemas.api.base import rfc3339
from schemas.api.receipts import ReceiptCheckView, ReceiptList, ReceiptView
from schemas.documents.orders import PaymentDocument
from schemas.documents.receipts import ReceiptDocument
from schemas.enums import PaymentState, RefundState, SubjectKind
from services.actors import Actor
from services.clock import Clock, utc_now
from services.errors import Problem
from services.ids import ALPHABET, readable_number
from services.masks import masked_name
from services.permissions import DESK_ROLES
from services.receipts.receipt_papers import ReceiptPapers
from services.record import HeadSigner
from services.storage.database import Database

PURPOSE = "casespace.receipt.v1"
_CODE = 8

# What was paid, where the order's own service does not say it.
ITEMS: dict[SubjectKind, str] = {
    SubjectKind.ORDER: "法律服务费",
    SubjectKind.QUOTE: "法律服务费（报价）",
    SubjectKind.TIP: "打赏",
    SubjectKind.TOP_UP: "企业预付款",
}


class Receipts:
    def __init__(
        self,
        database: Database,
        signer: HeadSigner,
        papers: ReceiptPapers,
        payee: str,
        public_url: str,
        clock: Clock = utc_now,
    ) -> None:
        """``payee``: whom the payer paid, as the paper names them."""
        self._db = database
        self._signer = signer
        self._papers = papers
        self._payee = payee
        self._public_url = public_url
        self._clock = clock

    async def of_payment(self, actor: Actor, payment_id: str) -> ReceiptView:
        """The receipt of a payment, for who paid and for the desk.

        Raises ``payment.unknown``; ``receipt.not_yet`` while no money has arrived by it.
        """
        return await self._view(await self._receipt(actor, payment_id))

    async def of_order(self, actor: Actor, order_id: str) -> ReceiptList:
        """The receipts of everything that this person paid for an order; the desk sees all. Oldest first."""
        query: dict[str, object] = {"order_id": order_id, "state": PaymentState.SUCCEEDED.value}
        query["transaction_id"] = {"$exists": True}
        if not actor.roles & DESK_ROLES:
            query["payer_id"] = actor.user_id
        payments = await self._db.payments.find(query).sort("paid_at", 1).to_list()
        return ReceiptList(items=[await self._view(await self._made(payment)) for payment in payments])

    async def _view(self, receipt: ReceiptDocument) -> ReceiptView:
        return ReceiptView(
            payment_id=receipt["_id"],
            number=receipt["number"],
            payee=receipt["payee"],
            payer=receipt["payer"],
            item=receipt["item"],
            order_number=receipt.get("order_number"),
            amount_fen=receipt["amount_fen"],
            refunded_fen=await self._refunded(receipt["_id"]),
            paid_at=receipt["paid_at"],
            issued_at=receipt["issued_at"],
            transaction_id=receipt["transaction_id"],
            out_trade_no=receipt["out_trade_no"],
            verify_url=self._verify_url(receipt),
            key_id=receipt["key_id"],
            statement=receipt["statement"].decode(),
            signature=receipt["signature"].hex(),
        )

    async def pdf(self, actor: Actor, payment_id: str) -> tuple[str, bytes]:
        """Number and signed PDF. Raises what ``of_payment`` raises, and ``server.unavailable``."""
        receipt = await self._receipt(actor, payment_id)
        return receipt["number"], await self._papers.pdf(receipt, self._verify_url(receipt))

    async def check(self, number: str, code: str) -> ReceiptCheckView:
        """What a receipt says and what has gone back since. Raises ``receipt.not_found`` for a wrong code too."""
        receipt = await self._db.receipts.find_one({"number": number})
        if receipt is None or not secrets.compare_digest(receipt["code"], code.upper()):
            raise Problem("receipt.not_found")
        return ReceiptCheckView(
            number=receipt["number"],
            payee=receipt["payee"],
            payer=receipt["payer"],
            item=receipt["item"],
            amount_fen=receipt["amount_fen"],
            refunded_fen=await self._refunded(receipt["_id"]),
            paid_at=receipt["paid_at"],
            issued_at=receipt["issued_at"],
            key_id=receipt["key_id"],
            statement=receipt["statement"].decode(),
            signature=receipt["signature"].hex(),
        )

    # --- making one

    async def _receipt(self, actor: Actor, payment_id: str) -> ReceiptDocument:
        payment = await self._db.payments.find_one({"_id": payment_id})
        if payment is None or not (payment["payer_id"] == actor.user_id or actor.roles & DESK_ROLES):
            raise Problem("payment.unknown")
        if payment["state"] != PaymentState.SUCCEEDED or "transaction_id" not in payment:
            raise Problem("receipt.not_yet")
        return await self._made(payment)

    async def _made(self, payment: PaymentDocument) -> ReceiptDocument:
        return await self._db.receipts.find_one({"_id": payment["_id"]}) or await self._issue(payment)

    async def _issue(self, payment: PaymentDocument) -> ReceiptDocument:
        receipt = await self._written(payment)
        try:
            await self._db.receipts.insert_one(receipt)
        except DuplicateKeyError:  # two asked at once: the first one's stands
            first = await self._db.receipts.find_one({"_id": payment["_id"]})
            if first is None:
                raise
            return first
        return receipt

    async def _written(self, payment: PaymentDocument) -> ReceiptDocument:
        order = await self._db.orders.find_one({"_id": payment.get("order_id")}) if "order_id" in payment else None
        payer = await self._db.users.find_one({"_id": payment["payer_id"]}, {"display_name": 1})
        item = ITEMS[SubjectKind(payment["subject"]["kind"])]
        receipt: ReceiptDocument = {
            "_id": payment["_id"],
            "schema_version": 1,
            "number": readable_number("RC", payment["_id"], payment["paid_at"]),
            "code": "".join(secrets.choice(ALPHABET) for _ in range(_CODE)),
            "payer_id": payment["payer_id"],
            "payer": masked_name(payer["display_name"] if payer else ""),
            "payee": self._payee,
            "item": f"{item}（{order['product']['name']}）" if order else item,
            "amount_fen": payment["amount_fen"],
            "paid_at": payment["paid_at"],
            "out_trade_no": payment["out_trade_no"],
            "transaction_id": payment["transaction_id"],
            "statement": b"",
            "signature": b"",
            "key_id": self._signer.key_id,
            "issued_at": self._clock(),
        }
        if order is not None:
            receipt["order_number"] = order["number"]
        receipt["statement"], receipt["signature"] = self._signer.sign_fields(_statement(receipt))
        return receipt

    async def _refunded(self, payment_id: str) -> int:
        done = {"payment_id": payment_id, "state": RefundState.SUCCEEDED.value}
        return sum([refund["amount_fen"] async for refund in self._db.refunds.find(done)])

    def _verify_url(self, receipt: ReceiptDocument) -> str:
        return f"{self._public_url}/verify/receipts/{receipt['number']}?code={receipt['code']}"


def _statement(receipt: ReceiptDocument) -> dict[str, object]:
    return {
        "purpose": PURPOSE,
        "number": receipt["number"],
        "payee": receipt["payee"],
        "payer": receipt["payer"],
        "item": receipt["item"],
        "amount_fen": receipt["amount_fen"],
        "currency": "CNY",
        "paid_at": rfc3339(receipt["paid_at"]),
        "transaction_id": receipt["transaction_id"],
        "key_id": receipt["key_id"],
    }
