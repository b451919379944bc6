"""The ledger of consents (个人信息保护法 14, 15, 29): who agreed to which text, when, and when they took it back."""

from pymongo import DESCENDING
from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.api.verifications import ConsentListView, ConsentTextView, ConsentView
from schemas.verification_enums import VerificationKind
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.ids import new_id
from services.storage.database import Database
from services.verification.verification_texts import CONSENTS

LISTED = 200


class Consents:
    def __init__(self, database: Database, audit: Audit, clock: Clock = utc_now) -> None:
        self._db = database
        self._audit = audit
        self._clock = clock

    def text(self, kind: VerificationKind) -> ConsentTextView:
        """What is to be agreed to now."""
        text = CONSENTS[kind]
        return ConsentTextView(kind=kind, version=text.version, title=text.title, paragraphs=list(text.paragraphs))

    async def give(self, session: AsyncClientSession, actor: Actor, kind: VerificationKind, version: str) -> str:
        """Write it down; its id. Raises ``verification.consent_outdated`` for any version but the one shown now."""
        text = CONSENTS[kind]
        if version != text.version:
            raise Problem("verification.consent_outdated")
        consent_id = new_id()
        await self._db.consents.insert_one(
            {
                "_id": consent_id,
                "schema_version": 1,
                "user_id": actor.user_id,
                "purpose": _purpose(kind),
                "version": text.version,
                "text_sha256": text.sha256,
                "given_at": self._clock(),
            },
            session=session,
        )
        await self._audit.write(actor, "consent.given", consent_id, session, purpose=_purpose(kind), version=version)
        return consent_id

    async def withdraw(self, session: AsyncClientSession, actor: Actor, consent_id: str) -> None:
        """A repeat changes nothing."""
        result = await self._db.consents.update_one(
            {"_id": consent_id, "withdrawn_at": {"$exists": False}},
            {"$set": {"withdrawn_at": self._clock()}},
            session=session,
        )
        if result.modified_count:
            await self._audit.write(actor, "consent.withdrawn", consent_id, session)

    async def mine(self, actor: Actor) -> ConsentListView:
        """Newest first."""
        found = await self._db.consents.find({"user_id": actor.user_id}).sort("_id", DESCENDING).limit(LISTED).to_list()
        return ConsentListView(
            items=[
                ConsentView(
                    purpose=one["purpose"],
                    version=one["version"],
                    given_at=one["given_at"],
                    withdrawn_at=one.get("withdrawn_at"),
                )
                for one in found
            ]
        )


def _purpose(kind: VerificationKind) -> str:
    return f"verification.{kind.value}"
