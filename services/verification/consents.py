"""The ledger of consents (个人信息保护法 14, 15, 29): who agreed to which text, when, and when they took it back."""

import contextlib
from collections.abc import Mapping

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from schemas.api.base import Page, PageQuery
from schemas.api.verifications import ConsentTextView, ConsentView
from schemas.documents.verifications import ConsentDocument, ConsentTextDocument
from schemas.verification_enums import VerificationKind
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.ids import new_id
from services.pages import newest
from services.storage.database import Database
from services.verification.consent_texts import ConsentText


class Consents:
    def __init__(
        self,
        database: Database,
        audit: Audit,
        texts: Mapping[VerificationKind, ConsentText],
        clock: Clock = utc_now,
    ) -> None:
        self._db = database
        self._audit = audit
        self._texts = texts
        self._clock = clock

    def text(self, kind: VerificationKind) -> ConsentTextView:
        """What is to be agreed to now."""
        text = self._texts[kind]
        return ConsentTextView(kind=kind, version=text.version, title=text.title, paragraphs=list(text.paragraphs))

    async def give(self, session: AsyncClientSession, actor: Actor, kind: VerificationKind, version: str) -> str:
        """Write it down; its id. Raises ``verification.consent_outdated`` for any version but the one shown now."""
        text = self._texts[kind]
        if version != text.version:
            raise Problem("verification.consent_outdated")
        return await self.record(session, actor, actor.user_id, _purpose(kind), text)

    async def record(
        self, session: AsyncClientSession, actor: Actor | None, user_id: str, purpose: str, text: ConsentText
    ) -> str:
        """Write down that somebody agreed to these words for this purpose; the consent's id."""
        await self._keep(text)
        consent_id = new_id()
        await self._db.consents.insert_one(
            {
                "_id": consent_id,
                "schema_version": 1,
                "user_id": user_id,
                "purpose": purpose,
                "version": text.version,
                "text_sha256": text.sha256,
                "given_at": self._clock(),
            },
            session=session,
        )
        await self._audit.write(actor, "consent.given", consent_id, session, purpose=purpose, version=text.version)
        return consent_id

    async def covers(self, consent_id: str, kind: VerificationKind) -> bool:
        """Whether what somebody agreed to is what is done here now; who agreed to less is not sent anywhere."""
        found = await self._db.consents.find_one({"_id": consent_id}, {"text_sha256": 1})
        return found is not None and found["text_sha256"] == self._texts[kind].sha256

    async def _keep(self, text: ConsentText) -> None:
        """The words themselves, under their hash: what was agreed to can be shown when no code says it any more."""
        kept = {"version": text.version, "title": text.title, "paragraphs": list(text.paragraphs)}
        with contextlib.suppress(DuplicateKeyError):  # its twin kept them this very moment
            await self._db.consent_texts.update_one(
                {"_id": text.sha256}, {"$setOnInsert": {**kept, "first_used_at": self._clock()}}, upsert=True
            )

    async def withdraw(self, session: AsyncClientSession, actor: Actor, consent_id: str) -> None:
        """A repeat changes nothing."""
        result = await self._db.consents.update_one(
            {"_id": consent_id, "withdrawn_at": {"$exists": False}},
            {"$set": {"withdrawn_at": self._clock()}},
            session=session,
        )
        if result.modified_count:
            await self._audit.write(actor, "consent.withdrawn", consent_id, session)

    async def mine(self, actor: Actor, query: PageQuery) -> Page[ConsentView]:
        """Newest first, each with the words that were agreed to."""
        found, following = await newest(self._db.consents, {"user_id": actor.user_id}, query)
        hashes = sorted({one["text_sha256"] for one in found})
        texts = {one["_id"]: one async for one in self._db.consent_texts.find({"_id": {"$in": hashes}})}
        items = [_view(one, texts.get(one["text_sha256"])) for one in found]
        return Page(items=items, next_cursor=following, has_more=following is not None)


def _view(consent: ConsentDocument, text: ConsentTextDocument | None) -> ConsentView:
    return ConsentView(
        purpose=consent["purpose"],
        version=consent["version"],
        title=text["title"] if text else "",
        paragraphs=text["paragraphs"] if text else [],
        given_at=consent["given_at"],
        withdrawn_at=consent.get("withdrawn_at"),
    )


def _purpose(kind: VerificationKind) -> str:
    return f"verification.{kind.value}"
