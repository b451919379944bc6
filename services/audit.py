"""The audit trail: who did what to whom, written in the transaction of the change. Append-only."""

from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.documents.ledgers import AuditDocument
from services.actors import Actor
from services.clock import Clock, utc_now
from services.ids import new_id
from services.storage.database import Database

SYSTEM = "system"


class Audit:
    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._db = database
        self._clock = clock

    async def write(
        self,
        actor: Actor | None,
        action: str,
        subject: str,
        session: AsyncClientSession | None = None,
        **detail: Any,
    ) -> None:
        """``actor`` None is the system itself. ``detail`` holds ids, states and amounts, never personal data."""
        await self._db.audit.insert_one(self.entry(actor, action, subject, **detail), session=session)

    def entry(self, actor: Actor | None, action: str, subject: str, **detail: Any) -> AuditDocument:
        """The entry itself, for changes that are written together with others (``GroupCommit``)."""
        return {
            "_id": new_id(),
            "schema_version": 1,
            "at": self._clock(),
            "action": action,
            "subject": subject,
            "actor": actor.user_id if actor else SYSTEM,
            "roles": sorted(actor.roles) if actor else [SYSTEM],
            "request_id": actor.request_id if actor else "",
            "address": actor.address if actor else "",
            "detail": detail,
        }
