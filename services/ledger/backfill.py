"""Postings for payments and refunds that are older than the ledger. Run again, it finds nothing left to do."""

from functools import partial
from typing import Any

from pymongo import ReturnDocument
from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.documents.orders import PaymentDocument, RefundDocument
from schemas.enums import RefundState
from services.ledger import postings
from services.ledger.ledger import Ledger
from services.storage.database import Database


class Backfill:
    def __init__(self, database: Database, ledger: Ledger, merchant: str) -> None:
        """``merchant``: the number (mchid) that has received everything so far."""
        self._db = database
        self._ledger = ledger
        self._merchant = merchant

    async def run(self) -> int:
        """How many payments were posted, each with its refunds in one transaction."""
        older: dict[str, Any] = {"transaction_id": {"$exists": True}, "mchid": {"$exists": False}}
        done = 0
        async for payment in self._db.payments.find(older, {"_id": 1}):
            await self._db.transaction(partial(self._post, payment["_id"]))
            done += 1
        return done

    async def _post(self, payment_id: str, session: AsyncClientSession) -> None:
        payment: PaymentDocument | None = await self._db.payments.find_one_and_update(
            {"_id": payment_id},
            {"$set": {"mchid": self._merchant}},
            session=session,
            return_document=ReturnDocument.AFTER,
        )
        if payment is None:
            return
        await self._ledger.write(session, postings.paid(payment))
        for refund in await self._db.refunds.find({"payment_id": payment_id}, session=session).to_list():
            await self._ledger.write(session, postings.refund_requested(refund, payment))
            if refund["state"] != RefundState.REQUESTED:
                await self._ledger.write(session, postings.refund_ended(await self._dated(session, refund), payment))

    async def _dated(self, session: AsyncClientSession, refund: RefundDocument) -> RefundDocument:
        """When it ended was not kept apart before; nothing changed it since."""
        if "ended_at" in refund:
            return refund
        ended = {"ended_at": refund["updated_at"]}
        await self._db.refunds.update_one({"_id": refund["_id"]}, {"$set": ended}, session=session)
        return {**refund, "ended_at": refund["updated_at"]}
