"""What a verdict changes: the application, the account, the company, and what is owed then. For the machine and ops."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from schemas.api.base import CHINA
from schemas.documents.pricing import CompanyDocument
from schemas.documents.verifications import VerificationDocument
from schemas.verification_enums import RefusalReason, VerificationKind, VerificationState
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.ids import new_id
from services.keys import BlindIndex
from services.outbox import Outbox
from services.storage.database import Database
from services.verification.application_rules import DEMANDS, day_of
from services.verification.standing import Standing
from services.verification.verification_book import FACE, IN_REVIEW, PENDING, VERIFIED, VerificationBook, kind_of
from services.verification.verification_texts import NAMES
from services.verification.verification_views import hints_of
from services.work_items import WorkItems

DECIDED = "verification.decided"  # kind of the outbox row
REVIEW = "verification.review"  # kind of the work item
YEAR = timedelta(days=365)  # lawyers are checked every year (律师执业年度考核规则)
_UNDECIDED = (PENDING, FACE, IN_REVIEW)


class CompanyTakenError(Exception):
    """The company has admins already, and the applicant is none of them."""


class Deciding:
    def __init__(
        self,
        database: Database,
        book: VerificationBook,
        standing: Standing,
        index: BlindIndex,
        work_items: WorkItems,
        audit: Audit,
        outbox: Outbox,
        *,
        recheck: timedelta,
        keep_photos: timedelta,
        clock: Clock = utc_now,
    ) -> None:
        self._db = database
        self._book = book
        self._standing = standing
        self._index = index
        self._work_items = work_items
        self._audit = audit
        self._outbox = outbox
        self._recheck = recheck
        self._keep_photos = keep_photos
        self._clock = clock

    async def approve(self, document: VerificationDocument, actor: Actor | None = None) -> None:
        """It is true. When the number or the company is somebody else's already, it is refused instead: that is told
        only to who has proven the number, so nobody can ask whose numbers are known here."""
        values = await self._book.values(document)

        async def work(session: AsyncClientSession) -> None:
            await self._approve(session, document, values, actor)

        try:
            await self._db.transaction(work)
        except DuplicateKeyError:
            await self.refuse(document, RefusalReason.NUMBER_TAKEN, actor)
        except CompanyTakenError:
            await self.refuse(document, RefusalReason.COMPANY_TAKEN, actor)
        else:
            self._outbox.nudge()

    async def vouch(self, user_id: str, kind: VerificationKind, values: Mapping[str, str]) -> None:
        """The operator has seen the papers elsewhere: what the person proves is true. A repeat with a number that
        counts already changes nothing. For the operator's shell and the demo office; there is no door to it."""
        number = DEMANDS[kind].number
        if number is not None:
            held = {"holder_key": self._holder(number, values[number])}
            if await self._db.verifications.find_one(held, {"_id": 1}) is not None:
                return
        now = self._clock()
        document: VerificationDocument = {
            "_id": new_id(),
            "schema_version": 1,
            "user_id": user_id,
            "kind": kind.value,
            "state": IN_REVIEW.value,
            "consent_id": "",
            "papers": {},
            "hints": hints_of(values),
            "submitted_at": now,
            "created_at": now,
            "updated_at": now,
        }
        document["confirmed"] = await self._book.seal(document, "confirmed", values)
        await self._db.verifications.insert_one(document)
        await self.approve(document)

    async def refuse(self, document: VerificationDocument, reason: RefusalReason, actor: Actor | None = None) -> None:
        async def work(session: AsyncClientSession) -> None:
            await self._book.move(
                session,
                document,
                _UNDECIDED,
                VerificationState.REFUSED,
                actor=actor,
                unset=("face",),
                reason=reason.value,
                **self._decided(actor),
            )
            await self._owe(session, document, reason.value)

        await self._db.transaction(work)
        self._outbox.nudge()

    async def to_review(self, document: VerificationDocument) -> None:
        """A person must look at it: nobody can be asked, or the law wants eyes."""

        async def work(session: AsyncClientSession) -> None:
            await self._book.move(session, document, (PENDING, FACE), IN_REVIEW)
            await self._work_items.open(
                REVIEW,
                _subject(document),
                title=f"{NAMES[kind_of(document)]}待人工审核",
                advice="请在“认证审核”中对照照片核对后通过或驳回",
                session=session,
                verification_id=document["_id"],
            )

        await self._db.transaction(work)

    async def _approve(
        self,
        session: AsyncClientSession,
        document: VerificationDocument,
        values: Mapping[str, str],
        actor: Actor | None,
    ) -> None:
        kind, until = kind_of(document), self._until(kind_of(document), values)
        changes: dict[str, Any] = {"expires_at": until, **self._decided(actor)}
        await self._replace_earlier(session, document, kind, values)
        if kind is VerificationKind.COMPANY:
            changes["company_id"] = await self._company(session, document, values, until)
        else:
            await self._standing.grant(session, document["user_id"], kind, until)
        number = DEMANDS[kind].number
        if number is not None:
            changes["holder_key"] = self._holder(number, values[number])
        await self._book.move(session, document, _UNDECIDED, VERIFIED, actor=actor, unset=("face",), **changes)
        await self._owe(session, document, "verified")

    async def _replace_earlier(
        self,
        session: AsyncClientSession,
        document: VerificationDocument,
        kind: VerificationKind,
        values: Mapping[str, str],
    ) -> None:
        """What the person proved before makes room; so their own number is no stranger's."""
        counted = [VERIFIED.value, VerificationState.EXPIRED.value]
        where: dict[str, Any] = {"user_id": document["user_id"], "kind": kind.value, "state": {"$in": counted}}
        if kind is VerificationKind.COMPANY:  # somebody may act for several
            where["hints.credit_code"] = values["credit_code"]
        async for earlier in self._db.verifications.find(where, session=session):
            await self._db.verifications.update_one(
                {"_id": earlier["_id"]},
                {"$set": {"state": VerificationState.REPLACED.value}, "$unset": {"holder_key": ""}},
                session=session,
            )

    async def _company(
        self, session: AsyncClientSession, document: VerificationDocument, values: Mapping[str, str], until: datetime
    ) -> str:
        """The company of that code, made if there is none; its id. Raises CompanyTakenError."""
        now, user_id = self._clock(), document["user_id"]
        proven = {"name": values["company_name"], "verified_until": until, "updated_at": now}
        known = await self._db.companies.find_one({"credit_code": values["credit_code"]}, session=session)
        if known is not None:
            if not any(one["user_id"] == user_id and one["admin"] for one in known["members"]):
                raise CompanyTakenError
            await self._db.companies.update_one({"_id": known["_id"]}, {"$set": proven}, session=session)
            await self._audit.write(None, "company.verified", known["_id"], session, by=user_id)
            return known["_id"]
        company: CompanyDocument = {
            "_id": new_id(),
            "schema_version": 1,
            "name": values["company_name"],
            "credit_code": values["credit_code"],
            "members": [{"user_id": user_id, "admin": True, "added_at": now}],
            "movements": 0,
            "verified_until": until,
            "created_by": user_id,
            "created_at": now,
            "updated_at": now,
        }
        await self._db.companies.insert_one(company, session=session)
        await self._audit.write(None, "company.created", company["_id"], session, admin=user_id)
        return company["_id"]

    async def _owe(self, session: AsyncClientSession, document: VerificationDocument, outcome: str) -> None:
        await self._work_items.resolve(REVIEW, _subject(document), outcome, session)
        await self._outbox.add(session, DECIDED, _subject(document), {"verification_id": document["_id"]})

    def _holder(self, name: str, number: str) -> str:
        return f"{name}:{self._index.lookup(name, number)}"

    def _decided(self, actor: Actor | None) -> dict[str, Any]:
        now = self._clock()
        by = {"decided_by": actor.user_id} if actor else {}
        return {"decided_at": now, "purge_at": now + self._keep_photos, **by}

    def _until(self, kind: VerificationKind, values: Mapping[str, str]) -> datetime:
        """When it has to be proven again: at the end of the paper's own term, if that comes first."""
        if kind is VerificationKind.LAWYER:
            return self._clock() + YEAR
        again = self._clock() + self._recheck
        last = day_of(values.get("valid_to", ""))
        if last is None:
            return again
        return min(again, datetime.combine(last + timedelta(days=1), time(), CHINA).astimezone(UTC))


def _subject(document: VerificationDocument) -> str:
    return f"verification:{document['_id']}"
