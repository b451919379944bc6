"""Closing with WeChat what nobody shall pay any more, owed with the step that ends it.

A row of its own subject: WeChat's being away holds up neither the card nor the notices of what has ended.
"""

from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.enums import PaymentState
from services.outbox import Outbox
from services.payments.purposes import Subject
from services.storage.database import Database

CLOSE = "payment.close"  # kind of the outbox row


async def owe_closing(database: Database, outbox: Outbox, session: AsyncClientSession, subject: Subject) -> None:
    """In the transaction of the step; nothing is owed where nothing waits for money."""
    waits = subject.query(state=PaymentState.PENDING.value)
    if await database.payments.find_one(waits, {"_id": 1}, session=session):
        payload = {"kind": subject.kind.value, "id": subject.id}
        await outbox.add(session, CLOSE, f"payment_close:{subject.kind.value}:{subject.id}", payload)
