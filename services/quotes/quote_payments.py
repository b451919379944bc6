"""Paying an accepted quote, and what ends one that nobody pays."""

import logging

from pymongo.asynchronous.client_session import AsyncClientSession

from miniprogram_api.errors import VendorError
from schemas.documents.orders import PaymentDocument
from schemas.documents.pricing import QuoteDocument
from schemas.enums import OrderStatus, QuoteState, SubjectKind
from services.clock import Clock, utc_now
from services.errors import Problem
from services.outbox import Outbox
from services.payments.payment_watch import PaymentWatch
from services.payments.purposes import Payable, Subject
from services.quotes.quote_book import QuoteBook
from services.quotes.quote_rules import STANDING, Step, card_title
from services.storage.database import Database

log = logging.getLogger("casespace.payments")

AT_ONCE = 50


class QuotePayments:
    """The purpose ``quote``."""

    def __init__(self, database: Database, book: QuoteBook, clock: Clock = utc_now) -> None:
        self._db = database
        self._book = book
        self._clock = clock

    async def payable(self, subject_id: str) -> Payable:
        """Raises ``quote.already_paid``, ``quote.wrong_state``."""
        return await self._payable(await self._book.load(subject_id), None)

    async def hold(self, session: AsyncClientSession, subject_id: str) -> Payable:
        await self._db.quotes.update_one({"_id": subject_id}, {"$set": {"updated_at": self._clock()}}, session=session)
        return await self._payable(await self._book.load(subject_id, session), session)

    async def received(self, session: AsyncClientSession, payment: PaymentDocument) -> bool:
        quote = await self._book.load(payment["subject"]["id"], session)
        if quote is None:
            raise Problem("payment.unknown")
        if quote["state"] != QuoteState.ACCEPTED or not await self._stands(quote, session):
            return False
        # the order is written to, so that this and a refund that ends it exclude each other
        touched = {"updated_at": self._clock()}
        await self._db.orders.update_one({"_id": quote["order_id"]}, {"$set": touched}, session=session)
        await self._book.move(session, quote, Step.PAY, payload={"payment_id": payment["_id"]})
        return True

    async def _stands(self, quote: QuoteDocument, session: AsyncClientSession | None) -> bool:
        """Whether there still is an order for which money could be kept."""
        order = await self._db.orders.find_one({"_id": quote["order_id"]}, {"status": 1}, session=session)
        return order is not None and OrderStatus(order["status"]) in STANDING

    async def _payable(self, quote: QuoteDocument | None, session: AsyncClientSession | None) -> Payable:
        if quote is not None and quote["state"] == QuoteState.PAID:
            raise Problem("quote.already_paid")
        if quote is None or quote["state"] != QuoteState.ACCEPTED or "price" not in quote:
            raise Problem("quote.wrong_state")
        if not await self._stands(quote, session):
            raise Problem("quote.wrong_state")  # the order has ended: what is paid now would only go back
        title = card_title(await self._book.titles(quote))
        return Payable(quote["price"]["payable_fen"], title, quote["order_id"], quote["price"])


class QuoteWatch:
    """Quotes whose time has come."""

    def __init__(
        self, database: Database, book: QuoteBook, watch: PaymentWatch, outbox: Outbox, clock: Clock = utc_now
    ) -> None:
        self._db = database
        self._book = book
        self._watch = watch
        self._outbox = outbox
        self._clock = clock

    async def tick(self) -> int:
        """Let lapse what nobody accepted or paid in time; the number looked at. Call every minute."""
        open_ = {"state": {"$in": [QuoteState.OFFERED.value, QuoteState.ACCEPTED.value]}}
        due = await self._db.quotes.find({**open_, "valid_until": {"$lte": self._clock()}}).limit(AT_ONCE).to_list()
        for quote in due:
            try:
                await self._lapse(quote["_id"])
            except (VendorError, Problem) as fault:
                log.warning("quote %s could not lapse: %s", quote["_id"], fault)  # looked at again next time
        if due:
            self._outbox.nudge()
        return len(due)

    async def _lapse(self, quote_id: str) -> None:
        await self._watch.close_all(Subject(SubjectKind.QUOTE, quote_id))  # or find out that it is paid after all

        async def work(session: AsyncClientSession) -> None:
            quote = await self._book.load(quote_id, session)
            if quote is not None and quote["state"] in (QuoteState.OFFERED, QuoteState.ACCEPTED):
                await self._book.move(session, quote, Step.LAPSE)

        await self._db.transaction(work)
