"""What the ledger must hold, told by everything else that is stored: one source a theme.

A source reads stored changes of a span of time and makes their postings once more, by the same pure functions that the
services used. Whoever posts a new kind adds a source, or the nightly check reports it as posted without a cause.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence

from schemas.documents.orders import PaymentDocument
from services.days import Span
from services.ledger import postings
from services.ledger.entries import Posting
from services.storage.database import Database

Source = Callable[[Database, Span], AsyncIterator[Posting]]


async def payments(database: Database, span: Span) -> AsyncIterator[Posting]:
    """Money that arrived at a provider."""
    async for payment in database.payments.find({"paid_at": span.query(), "mchid": {"$exists": True}}):
        yield postings.paid(payment)


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


async def payments_by_id(database: Database, ids: Iterable[str]) -> Mapping[str, PaymentDocument]:
    """Payments by id."""
    wanted = sorted(set(ids))
    return {payment["_id"]: payment async for payment in database.payments.find({"_id": {"$in": wanted}})}


SOURCES: tuple[Source, ...] = (payments, refunds_requested, refunds_ended)


async def expected(database: Database, span: Span, sources: Sequence[Source] = SOURCES) -> list[Posting]:
    """All postings of a span, in order of time."""
    found = [posting for source in sources async for posting in source(database, span)]
    return sorted(found, key=lambda posting: (posting.at, posting.cause))
