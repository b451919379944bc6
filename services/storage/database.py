"""The database: one client, typed collections, transactions."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import UTC
from typing import Any, TypeVar

from bson.codec_options import CodecOptions
from pymongo import AsyncMongoClient
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import ConnectionFailure, OperationFailure, PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from schemas.documents import (
    content,
    disputes,
    invoices,
    ledgers,
    money,
    orders,
    people,
    pricing,
    receipts,
    record,
    settlements,
    spaces,
)
from schemas.documents import drafts as draft_documents
from schemas.documents import evidence as evidence_documents
from schemas.documents import hearings as hearing_documents
from schemas.documents import minutes as minutes_documents
from schemas.documents import readings as reading_documents
from schemas.documents import verifications as verification_documents

T = TypeVar("T")

# The pool of PyMongo's async client is unfair under overload: late comers overtake, and the starved wait for
# the whole run. A first-in-first-out gate below the pool's size keeps the wait even.
POOL_SIZE = 100
TRANSACTIONS_AT_ONCE = 48
SLICE = 40
MAJORITY = WriteConcern(w="majority", j=True)


class Database:
    """Typed collections of one MongoDB database (replica set, server 6.0 or later).

    Writes are journaled and acknowledged by a majority unless a caller says otherwise.
    """

    def __init__(self, uri: str, name: str) -> None:
        self.client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(
            uri,
            maxPoolSize=POOL_SIZE,
            tz_aware=True,
            tzinfo=UTC,
            w="majority",
            journal=True,
            readConcernLevel="majority",
            serverSelectionTimeoutMS=5_000,
            connectTimeoutMS=3_000,
            # A primary that hangs closes no connection: what waits for it is let go, and tried again on its successor,
            # when it has missed a heartbeat by the time that connecting may take (5 s here; 13 with the default).
            heartbeatFrequencyMS=2_000,
            retryWrites=True,
            appname="casespace",
        )
        options: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=True, tzinfo=UTC)
        self.raw = self.client.get_database(name, codec_options=options)
        self._gate = asyncio.Semaphore(TRANSACTIONS_AT_ONCE)

        self.users: AsyncCollection[people.UserDocument] = self._of("users")
        self.identities: AsyncCollection[people.IdentityDocument] = self._of("identities")
        self.sessions: AsyncCollection[people.SessionDocument] = self._of("sessions")
        self.sms_codes: AsyncCollection[people.SmsCodeDocument] = self._of("sms_codes")
        self.counters: AsyncCollection[people.CounterDocument] = self._of("counters")
        self.products: AsyncCollection[orders.ProductDocument] = self._of("products")
        self.orders: AsyncCollection[orders.OrderDocument] = self._of("orders")
        self.payments: AsyncCollection[orders.PaymentDocument] = self._of("payments")
        self.coupon_definitions: AsyncCollection[pricing.CouponDefinitionDocument] = self._of("coupon_definitions")
        self.coupon_codes: AsyncCollection[pricing.CouponCodeDocument] = self._of("coupon_codes")
        self.coupons: AsyncCollection[pricing.CouponDocument] = self._of("coupons")
        self.subsidies: AsyncCollection[pricing.SubsidyDocument] = self._of("subsidies")
        self.quotes: AsyncCollection[pricing.QuoteDocument] = self._of("quotes")
        self.tips: AsyncCollection[pricing.TipDocument] = self._of("tips")
        self.companies: AsyncCollection[pricing.CompanyDocument] = self._of("companies")
        self.top_ups: AsyncCollection[pricing.TopUpDocument] = self._of("top_ups")
        self.refunds: AsyncCollection[orders.RefundDocument] = self._of("refunds")
        self.ledger: AsyncCollection[money.LedgerDocument] = self._of("ledger")
        self.receipts: AsyncCollection[receipts.ReceiptDocument] = self._of("receipts")
        self.bills: AsyncCollection[money.BillDocument] = self._of("bills")
        self.reconciliations: AsyncCollection[money.ReconciliationDocument] = self._of("reconciliations")
        self.invoices: AsyncCollection[invoices.InvoiceDocument] = self._of("invoices")
        self.disputes: AsyncCollection[disputes.DisputeDocument] = self._of("disputes")
        self.work_items: AsyncCollection[money.WorkItemDocument] = self._of("work_items")
        self.firms: AsyncCollection[settlements.FirmDocument] = self._of("firms")
        self.settlement_rules: AsyncCollection[settlements.SettlementRulesDocument] = self._of("settlement_rules")
        self.penalties: AsyncCollection[settlements.PenaltyDocument] = self._of("penalties")
        self.settlement_periods: AsyncCollection[settlements.PeriodDocument] = self._of("settlement_periods")
        self.settlement_lines: AsyncCollection[settlements.SettlementLineDocument] = self._of("settlement_lines")
        self.settlements: AsyncCollection[settlements.SettlementDocument] = self._of("settlements")
        self.payouts: AsyncCollection[settlements.PayoutDocument] = self._of("payouts")
        self.provider_events: AsyncCollection[orders.ProviderEventDocument] = self._of("provider_events")
        self.spaces: AsyncCollection[spaces.SpaceDocument] = self._of("spaces")
        self.entries: AsyncCollection[spaces.EntryDocument] = self._of("entries")
        self.checkpoints: AsyncCollection[record.CheckpointDocument] = self._of("checkpoints")
        self.anchors: AsyncCollection[record.AnchorDocument] = self._of("anchors")
        self.search: AsyncCollection[spaces.SignatureDocument] = self._of("search")
        self.reads: AsyncCollection[spaces.ReadDocument] = self._of("reads")
        self.calls: AsyncCollection[spaces.CallDocument] = self._of("calls")
        self.files: AsyncCollection[spaces.FileDocument] = self._of("files")
        self.readings: AsyncCollection[reading_documents.ReadingDocument] = self._of("readings")
        self.drafts: AsyncCollection[draft_documents.DraftDocument] = self._of("drafts")
        self.evidence: AsyncCollection[evidence_documents.EvidenceDocument] = self._of("evidence")
        self.case_elements: AsyncCollection[evidence_documents.CaseElementsDocument] = self._of("case_elements")
        self.verifications: AsyncCollection[verification_documents.VerificationDocument] = self._of("verifications")
        self.consents: AsyncCollection[verification_documents.ConsentDocument] = self._of("consents")
        self.consent_texts: AsyncCollection[verification_documents.ConsentTextDocument] = self._of("consent_texts")
        self.hearings: AsyncCollection[hearing_documents.HearingDocument] = self._of("hearings")
        self.minutes: AsyncCollection[minutes_documents.MinutesDocument] = self._of("minutes")
        self.minutes_entries: AsyncCollection[minutes_documents.MinutesEntryDocument] = self._of("minutes_entries")
        self.minutes_texts: AsyncCollection[minutes_documents.MinutesTextDocument] = self._of("minutes_texts")
        self.hearing_turns: AsyncCollection[hearing_documents.TurnDocument] = self._of("hearing_turns")
        self.hearing_tickets: AsyncCollection[hearing_documents.HearingTicketDocument] = self._of("hearing_tickets")
        self.hearing_media: AsyncCollection[hearing_documents.HearingMediaDocument] = self._of("hearing_media")
        self.hearing_offers: AsyncCollection[hearing_documents.HearingOfferDocument] = self._of("hearing_offers")
        self.outbox: AsyncCollection[ledgers.OutboxDocument] = self._of("outbox")
        self.audit: AsyncCollection[ledgers.AuditDocument] = self._of("audit")
        self.idempotency: AsyncCollection[ledgers.IdempotencyDocument] = self._of("idempotency")
        self.data_keys: AsyncCollection[ledgers.DataKeyDocument] = self._of("data_keys")
        self.leases: AsyncCollection[ledgers.LeaseDocument] = self._of("leases")
        self.notices: AsyncCollection[ledgers.NoticeDocument] = self._of("notices")
        self.attention: AsyncCollection[ledgers.AttentionDocument] = self._of("attention")
        self.mentions: AsyncCollection[ledgers.MentionDocument] = self._of("mentions")
        self.credits: AsyncCollection[ledgers.CreditDocument] = self._of("credits")
        self.notice_turns: AsyncCollection[ledgers.NoticeTurnDocument] = self._of("notice_turns")
        self.notice_wishes: AsyncCollection[ledgers.NoticeWishesDocument] = self._of("notice_wishes")
        self.customer_windows: AsyncCollection[ledgers.CustomerWindowDocument] = self._of("customer_windows")
        self.content_checks: AsyncCollection[content.ContentCheckDocument] = self._of("content_checks")
        self.early_verdicts: AsyncCollection[content.EarlyVerdictDocument] = self._of("early_verdicts")
        self.cursors: AsyncCollection[ledgers.CursorDocument] = self._of("cursors")

    def _of(self, name: str) -> AsyncCollection[Any]:
        return self.raw.get_collection(name, write_concern=MAJORITY, read_concern=ReadConcern("majority"))

    async def transaction(self, work: Callable[[AsyncClientSession], Awaitable[T]]) -> T:
        """Run ``work(session)`` in a transaction and commit; repeat it on a transient conflict.

        ``work`` must tolerate being run again: it writes to the database only, through ``session``.
        """
        async with self._gate, self.client.start_session() as session:
            return await session.with_transaction(work, read_concern=ReadConcern("snapshot"), write_concern=MAJORITY)

    async def ping(self) -> bool:
        """Whether the database answers a majority-readable query now."""
        try:
            await asyncio.wait_for(self.client.admin.command("ping"), timeout=2)
        except (PyMongoError, TimeoutError):
            return False
        return True

    async def close(self) -> None:
        await self.client.close()


def in_slices(things: Sequence[T]) -> Iterator[Sequence[T]]:
    """So many at a time as are encoded or decoded in a few milliseconds: nobody else runs meanwhile."""
    for start in range(0, len(things), SLICE):
        yield things[start : start + SLICE]


def is_outage(fault: BaseException | None) -> bool:
    """Whether the database could not be reached or lost its primary: try again later, nothing is known."""
    if isinstance(fault, ConnectionFailure):
        return True
    return isinstance(fault, OperationFailure) and fault.has_error_label("RetryableWriteError")
