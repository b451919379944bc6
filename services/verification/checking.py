"""The worker's part: ask the provider, tell the person, take away what has run out, destroy photos in time."""

import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

from pymongo.asynchronous.client_session import AsyncClientSession

from miniprogram_api.identity_checks import Match
from schemas.documents.ledgers import OutboxDocument
from schemas.documents.verifications import VerificationDocument
from schemas.enums import NoticeKind
from schemas.verification_enums import RefusalReason, VerificationKind, VerificationState
from services.clock import Clock, utc_now
from services.errors import Problem
from services.notices.notices import Notices
from services.outbox import Effect
from services.storage.database import Database
from services.verification.consents import Consents
from services.verification.deciding import DECIDED, Deciding
from services.verification.identity_provider import IdentityProvider
from services.verification.papers import Papers
from services.verification.standing import Standing
from services.verification.verification_book import DRAFT, FACE, OPEN, PENDING, VERIFIED, VerificationBook, kind_of
from services.verification.verification_texts import NAMES, REASONS

log = logging.getLogger("casespace.verification")

SUBMITTED = "verification.submitted"  # kind of the outbox row
REMIND_BEFORE = timedelta(days=30)
DRAFTS_KEPT = timedelta(days=1)  # photos of somebody who never went on
FACE_WITHIN = timedelta(days=3)  # the provider keeps a flow so long (GetDetectInfoEnhanced)
AT_ONCE = 50
Changed = Callable[[str], Awaitable[None]]
PAGE = "/me/verification"
_REFUSED = {
    Match.MISMATCH: RefusalReason.MISMATCH,
    Match.NO_RECORD: RefusalReason.NO_RECORD,
    Match.MALFORMED: RefusalReason.MALFORMED,
    Match.TOO_OFTEN: RefusalReason.TOO_OFTEN,
    Match.NOT_TRADING: RefusalReason.NOT_TRADING,
}


class Checking:
    def __init__(
        self,
        database: Database,
        book: VerificationBook,
        papers: Papers,
        standing: Standing,
        deciding: Deciding,
        provider: IdentityProvider | None,
        consents: Consents,
        notices: Notices,
        changed: Changed,
        *,
        public_url: str,
        clock: Clock = utc_now,
    ) -> None:
        """``provider`` None: a person decides everything. ``changed(user_id)`` hears that somebody has proven
        something, or that it has run out; it may be told twice."""
        self._db = database
        self._book = book
        self._papers = papers
        self._standing = standing
        self._deciding = deciding
        self._provider = provider
        self._consents = consents
        self._notices = notices
        self._changed = changed
        self._public_url = public_url
        self._clock = clock

    def effects(self) -> dict[str, Effect]:
        return {SUBMITTED: self._submitted, DECIDED: self._decided}

    # --- asking

    async def _submitted(self, event: OutboxDocument) -> None:
        """Run twice, the provider may be asked twice; decided it is once. Raises VendorError, to be tried again."""
        document = await self._book.load(event["payload"]["verification_id"])
        if document["state"] != PENDING:
            return
        kind = kind_of(document)
        try:
            provider = await self._asked(document, kind)
            if provider is None:
                await self._deciding.to_review(document)
            elif kind is VerificationKind.PERSON:
                await self._person(provider, document)
            else:
                await self._company(provider, document)
        except Problem as problem:
            if problem.code != "verification.wrong_state":  # withdrawn meanwhile
                raise

    async def _asked(self, document: VerificationDocument, kind: VerificationKind) -> IdentityProvider | None:
        """Whom to ask; None: a person decides. Nobody's data go to a provider that their consent does not name."""
        if kind is VerificationKind.LAWYER or not await self._consents.covers(document["consent_id"], kind):
            return None
        return self._provider

    async def _person(self, provider: IdentityProvider, document: VerificationDocument) -> None:
        values = await self._book.values(document)
        answer = await provider.match_person(values["name"], values["id_number"])
        if answer is not Match.MATCH:
            await self._deciding.refuse(document, _REFUSED[answer])
        elif document.get("wants_face", False):
            await self._ask_face(provider, document, values)
        else:
            await self._deciding.approve(document)

    async def _ask_face(
        self, provider: IdentityProvider, document: VerificationDocument, values: dict[str, str]
    ) -> None:
        flow = await provider.begin_face(values["name"], values["id_number"], self._public_url + PAGE)
        sealed = await self._book.seal(document, "face", {"token": flow.token, "url": flow.url})

        async def work(session: AsyncClientSession) -> None:
            until = self._clock() + FACE_WITHIN
            await self._book.move(session, document, (PENDING,), FACE, face=sealed, purge_at=until)

        await self._db.transaction(work)

    async def _company(self, provider: IdentityProvider, document: VerificationDocument) -> None:
        """Name, code and legal representative are public: that they agree says nothing of who sends them. Only the
        legal representative's own verified name does; for everybody else a person looks."""
        values = await self._book.values(document)
        person = values["legal_representative"]
        answer = await provider.match_company(values["company_name"], values["credit_code"], person)
        if answer is not Match.MATCH:
            await self._deciding.refuse(document, _REFUSED[answer])
        elif await self._standing.real_name(document["user_id"]) == person:
            await self._deciding.approve(document)
        else:
            await self._deciding.to_review(document)

    async def look_at_face(self, document: VerificationDocument) -> None:
        """Ask how it went; decides when the person has been there. Raises VendorError."""
        flow = await self._book.face(document)
        if self._provider is None or not flow:
            return
        passed = await self._provider.face_result(flow["token"])
        if passed:
            await self._deciding.approve(document)
        elif passed is not None:
            await self._deciding.refuse(document, RefusalReason.FACE_FAILED)

    # --- telling

    async def _decided(self, event: OutboxDocument) -> None:
        document = await self._book.load(event["payload"]["verification_id"])
        await self._changed(document["user_id"])
        if not document["consent_id"]:
            return  # the operator vouched for it: nobody waits to hear of it
        name = NAMES[kind_of(document)]
        verified = document["state"] == VERIFIED
        text = f"{name}已通过" if verified else REASONS[RefusalReason(document.get("reason", "other"))]
        await self._notices.tell(
            document["user_id"],
            NoticeKind.VERIFICATION_DECIDED,
            f"verification:{document['_id']}:decided",
            title=f"{name}{'已通过' if verified else '未通过'}",
            text=text,
            link=PAGE,
            values={"case": name, "sender": "系统"},
        )

    # --- what time brings

    async def tick(self) -> None:
        """To be called every minute or so; each part does a batch."""
        await self._expire()
        await self._remind()
        await self._purge()

    async def _expire(self) -> None:
        where = {"state": VERIFIED.value, "expires_at": {"$lte": self._clock()}}
        for document in await self._db.verifications.find(where).limit(AT_ONCE).to_list():
            await self._db.transaction(partial(self._run_out, document=document))
            await self._changed(document["user_id"])
            await self._tell_time(document, "已过期", "请重新提交证件，以便继续办理需要实名的事项")

    async def _run_out(self, session: AsyncClientSession, document: VerificationDocument) -> None:
        await self._book.move(session, document, (VERIFIED,), VerificationState.EXPIRED)
        if kind_of(document) is not VerificationKind.COMPANY:
            await self._standing.revoke(session, document["user_id"], kind_of(document))
        else:
            await self._db.companies.update_one(
                {"_id": document.get("company_id")}, {"$unset": {"verified_until": ""}}, session=session
            )

    async def _remind(self) -> None:
        soon = self._clock() + REMIND_BEFORE
        where = {"state": VERIFIED.value, "expires_at": {"$lte": soon}, "reminded_at": {"$exists": False}}
        for document in await self._db.verifications.find(where).limit(AT_ONCE).to_list():
            await self._tell_time(document, "即将到期", "请在到期前重新提交证件")
            await self._db.verifications.update_one({"_id": document["_id"]}, {"$set": {"reminded_at": self._clock()}})

    async def _tell_time(self, document: VerificationDocument, what: str, text: str) -> None:
        name = NAMES[kind_of(document)]
        await self._notices.tell(
            document["user_id"],
            NoticeKind.VERIFICATION_EXPIRING,
            f"verification:{document['_id']}:{what}",
            title=f"{name}{what}",
            text=text,
            link=PAGE,
            values={"case": name, "sender": "系统"},
        )

    async def _purge(self) -> None:
        due = {"purge_at": {"$lte": self._clock()}}
        for document in await self._db.verifications.find(due).limit(AT_ONCE).to_list():
            if document["state"] not in OPEN or await self._given_up(document):
                await self._papers.purge(document)

    async def _given_up(self, document: VerificationDocument) -> bool:
        """Somebody began and never went on; False when they do at this very moment."""

        async def work(session: AsyncClientSession) -> None:
            await self._book.move(session, document, (DRAFT, FACE), VerificationState.WITHDRAWN, unset=("face",))

        try:
            await self._db.transaction(work)
        except Problem:
            return False
        return True
