"""What the ledger must hold, told by everything else that is stored: one source a theme.

A source reads stored changes of a span of time and makes their postings once more, by the same pure functions that the
services used. Whoever posts a new kind adds a source, or the nightly check reports it as posted without a cause.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence

from schemas.documents.orders import PaymentDocument
from schemas.enums import TopUpState
from schemas.settlement_enums import PayoutKind, PayoutState
from services.days import Span
from services.ledger import postings, settlement_postings
from services.ledger.entries import Posting
from services.storage.database import Database

Source = Callable[[Database, Span], AsyncIterator[Posting]]


async def payments(database: Database, span: Span) -> AsyncIterator[Posting]:
    """Money that arrived at a provider, out of a prepaid balance, or wholly by coupons."""
    async for payment in database.payments.find({"paid_at": span.query()}):
        yield postings.paid(payment)


async def top_ups(database: Database, span: Span) -> AsyncIterator[Posting]:
    """Bank transfers of companies; what they paid by WeChat is a payment."""
    done = {"done_at": span.query(), "bank_reference": {"$exists": True}, "state": TopUpState.DONE.value}
    async for top_up in database.top_ups.find(done):
        yield postings.topped_up(top_up)


async def refunds_requested(database: Database, span: Span) -> AsyncIterator[Posting]:
    found = await database.refunds.find({"created_at": span.query()}).to_list()
    known = await payments_by_id(database, (refund["payment_id"] for refund in found))
    for refund in found:
        yield postings.refund_requested(refund, known[refund["payment_id"]])


async def refunds_ended(database: Database, span: Span) -> AsyncIterator[Posting]:
    found = await database.refunds.find({"ended_at": span.query()}).to_list()
    known = await payments_by_id(database, (refund["payment_id"] for refund in found))
    for refund in found:
        yield postings.refund_ended(refund, known[refund["payment_id"]])


async def settled(database: Database, span: Span) -> AsyncIterator[Posting]:
    """What orders brought, divided between firms and the platform."""
    async for line in database.settlement_lines.find({"created_at": span.query()}):
        yield settlement_postings.settled(line)


async def paid_out(database: Database, span: Span) -> AsyncIterator[Posting]:
    """Money that went to firms or came back; freeing the rest of a payment moves none."""
    done = {
        "finished_at": span.query(),
        "state": PayoutState.SUCCEEDED.value,
        "kind": {"$ne": PayoutKind.UNFREEZE.value},
    }
    async for payout in database.payouts.find(done):
        yield settlement_postings.paid_out(payout)


async def payments_by_id(database: Database, ids: Iterable[str]) -> Mapping[str, PaymentDocument]:
    """Payments by id."""
    wanted = sorted(set(ids))
    return {payment["_id"]: payment async for payment in database.payments.find({"_id": {"$in": wanted}})}


SOURCES: tuple[Source, ...] = (payments, top_ups, refunds_requested, refunds_ended, settled, paid_out)


async def expected(database: Database, span: Span, sources: Sequence[Source] = SOURCES) -> list[Posting]:
    """All postings of a span, in order of time."""
    found = [posting for source in sources async for posting in source(database, span) if posting.lines]
    return sorted(found, key=lambda posting: (posting.at, posting.cause))
