"""Applying to be verified (B2): consent, photos, fields, and how far it is."""

from collections.abc import AsyncIterator
from datetime import datetime

from pymongo import DESCENDING
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from miniprogram_api.errors import VendorError
from schemas.api.base import CHINA, Page, PageQuery
from schemas.api.files import UploadView
from schemas.api.verifications import (
    ConsentTextView,
    ConsentView,
    MyVerificationsView,
    PaperBody,
    SubmitBody,
    VerificationBody,
    VerificationView,
)
from schemas.documents.verifications import VerificationDocument
from schemas.enums import Role
from schemas.reading_enums import ReadingKind
from schemas.verification_enums import VerificationKind, VerificationState
from services.actors import Actor
from services.clock import Clock, utc_now
from services.errors import Problem
from services.identity.counters import Counters, Tally, Window
from services.ids import new_id
from services.keys import BlindIndex
from services.outbox import Outbox
from services.storage.database import Database
from services.verification.application_rules import DEMANDS, faults, tidied
from services.verification.checking import DRAFTS_KEPT, SUBMITTED, Checking
from services.verification.consents import Consents
from services.verification.deciding import REVIEW
from services.verification.papers import Papers
from services.verification.standing import Standing
from services.verification.verification_book import DRAFT, FACE, OPEN, PENDING, VerificationBook, kind_of
from services.verification.verification_views import field_views, hints_of, paper_views, view_of
from services.work_items import WorkItems

LISTED = 20
# Each answer of the provider costs money, and guessing at numbers must not pay.
A_DAY = Window(5, 86_400)


class Verifications:
    def __init__(
        self,
        database: Database,
        book: VerificationBook,
        papers: Papers,
        consents: Consents,
        standing: Standing,
        checking: Checking,
        counters: Counters,
        index: BlindIndex,
        work_items: WorkItems,
        outbox: Outbox,
        *,
        face_offered: bool,
        clock: Clock = utc_now,
    ) -> None:
        self._db = database
        self._book = book
        self._papers = papers
        self._consents = consents
        self._standing = standing
        self._checking = checking
        self._counters = counters
        self._index = index
        self._work_items = work_items
        self._outbox = outbox
        self._face_offered = face_offered
        self._clock = clock

    # --- looking

    def consent_text(self, kind: VerificationKind) -> ConsentTextView:
        return self._consents.text(kind)

    async def my_consents(self, actor: Actor, query: PageQuery) -> Page[ConsentView]:
        return await self._consents.mine(actor, query)

    async def mine(self, actor: Actor) -> MyVerificationsView:
        """What the caller has proven, and their applications, newest first."""
        where = {"user_id": actor.user_id}
        found = await self._db.verifications.find(where).sort("_id", DESCENDING).limit(LISTED).to_list()
        return MyVerificationsView(
            standing=await self._standing.of(actor.user_id), items=[await self._view(one) for one in found]
        )

    async def get(self, actor: Actor, verification_id: str) -> VerificationView:
        """Raises ``verification.not_found``."""
        return await self._view(await self._book.own(actor, verification_id))

    async def photo(self, actor: Actor, verification_id: str, paper: ReadingKind) -> tuple[str, AsyncIterator[bytes]]:
        """Content type and bytes. Raises ``verification.not_found``, ``file.not_found``, ``file.gone``."""
        return await self._papers.content(await self._book.own(actor, verification_id), paper)

    # --- applying

    async def begin(self, actor: Actor, body: VerificationBody) -> VerificationView:
        """Consent, and open an application. One of a kind is open at a time: a repeat answers that one.

        Raises ``verification.consent_outdated``, ``auth.forbidden`` (who is no lawyer), ``verification.person_first``.
        """
        await self._check_entitled(actor, body.kind)
        document = self._new(actor, body.kind, self._clock())

        async def work(session: AsyncClientSession) -> None:
            document["consent_id"] = await self._consents.give(session, actor, body.kind, body.consent_version)
            await self._db.verifications.insert_one(document, session=session)

        try:
            await self._db.transaction(work)
        except DuplicateKeyError:
            known = await self._db.verifications.find_one({"open_key": document["open_key"]})
            return await self._view(known) if known else await self.begin(actor, body)
        return await self._view(document)

    async def _check_entitled(self, actor: Actor, kind: VerificationKind) -> None:
        if kind is VerificationKind.LAWYER and not actor.has(Role.LAWYER):
            raise Problem("auth.forbidden")
        if kind is VerificationKind.COMPANY:
            proven = {one.kind for one in await self._standing.of(actor.user_id)}
            if VerificationKind.PERSON not in proven:
                raise Problem("verification.person_first")

    def _new(self, actor: Actor, kind: VerificationKind, now: datetime) -> VerificationDocument:
        return {
            "_id": new_id(),
            "schema_version": 1,
            "user_id": actor.user_id,
            "kind": kind.value,
            "state": VerificationState.DRAFT.value,
            "open_key": f"{actor.user_id}:{kind.value}",
            "consent_id": "",
            "papers": {},
            "purge_at": now + DRAFTS_KEPT,
            "created_at": now,
            "updated_at": now,
        }

    async def add_paper(self, actor: Actor, verification_id: str, body: PaperBody) -> UploadView:
        """The form that uploads a photo. Raises ``verification.not_found``, ``….wrong_state``, ``file.*``."""
        document = await self._draft(actor, verification_id, body.paper)
        return await self._papers.begin(actor, document, body)

    async def complete_paper(
        self, actor: Actor, verification_id: str, paper: ReadingKind, file_id: str
    ) -> VerificationView:
        """The photo is there: check it, keep it, have it read. Raises as ``add_paper``."""
        document = await self._draft(actor, verification_id, paper)
        await self._papers.complete(actor, document, paper, file_id)
        return await self.get(actor, verification_id)

    async def _draft(self, actor: Actor, verification_id: str, paper: ReadingKind) -> VerificationDocument:
        document = await self._book.own(actor, verification_id)
        demands = DEMANDS[kind_of(document)]
        if document["state"] != DRAFT:
            raise Problem("verification.wrong_state")
        if paper not in (*demands.papers, *demands.further_papers):
            raise Problem("verification.fields_invalid", "这项认证不需要这种证件")
        return document

    async def submit(self, actor: Actor, verification_id: str, body: SubmitBody) -> VerificationView:
        """What the person confirmed goes to be checked. A repeat after a lost answer shows how far it is.

        Raises ``verification.not_found``, ``verification.wrong_state``, ``verification.papers_missing``,
        ``verification.fields_invalid`` (with what is wrong field by field), ``auth.too_many_attempts``.
        """
        document = await self._book.own(actor, verification_id)
        values = tidied(body.fields)
        if document["state"] != DRAFT:
            if document["state"] not in OPEN or await self._book.values(document) != values:
                raise Problem("verification.wrong_state")
            return await self._view(document)
        self._check(document, values)
        await self._count(document, values)
        await self._store(actor, document, values, wants_face=body.face and self._face_offered)
        return await self.get(actor, verification_id)

    def _check(self, document: VerificationDocument, values: dict[str, str]) -> None:
        kind = kind_of(document)
        found = faults(kind, values, self._clock().astimezone(CHINA).date())
        if found:
            errors = [{"field": f"fields.{name}", "message": message} for name, message in found.items()]
            raise Problem("verification.fields_invalid", errors=errors)
        if any(paper.value not in document["papers"] for paper in DEMANDS[kind].papers):
            raise Problem("verification.papers_missing")

    async def _count(self, document: VerificationDocument, values: dict[str, str]) -> None:
        tallies = [Tally(f"verification:{document['user_id']}:{document['kind']}", A_DAY)]
        number = DEMANDS[kind_of(document)].number
        if number is not None:
            tallies.append(Tally(f"verification:{number}:{self._index.lookup(number, values[number])}", A_DAY))
        await self._counters.take(tallies)

    async def _store(
        self, actor: Actor, document: VerificationDocument, values: dict[str, str], *, wants_face: bool
    ) -> None:
        sealed = await self._book.seal(document, "confirmed", values)
        wants_face = wants_face and kind_of(document) is VerificationKind.PERSON

        async def work(session: AsyncClientSession) -> None:
            await self._book.move(
                session,
                document,
                (DRAFT,),
                PENDING,
                actor=actor,
                unset=("purge_at",),
                confirmed=sealed,
                hints=hints_of(values),
                wants_face=wants_face,
                submitted_at=self._clock(),
            )
            subject, owed = f"verification:{document['_id']}", {"verification_id": document["_id"]}
            await self._outbox.add(session, SUBMITTED, subject, owed)

        await self._db.transaction(work)
        self._outbox.nudge()

    async def face(self, actor: Actor, verification_id: str) -> VerificationView:
        """The person comes back from the provider's page. Raises ``verification.not_found``,
        ``provider.unavailable``."""
        document = await self._book.own(actor, verification_id)
        if document["state"] == FACE:
            try:
                await self._checking.look_at_face(document)
            except VendorError:
                raise Problem("provider.unavailable", retry_after=5) from None
        return await self.get(actor, verification_id)

    async def withdraw(self, actor: Actor, verification_id: str) -> VerificationView:
        """Take the consent back: an open application ends, and photos go at once. What was verified stays verified.

        Raises ``verification.not_found``. A repeat changes nothing.
        """
        document = await self._book.own(actor, verification_id)

        async def work(session: AsyncClientSession) -> None:
            await self._consents.withdraw(session, actor, document["consent_id"])
            if document["state"] in OPEN:
                await self._book.move(
                    session, document, OPEN, VerificationState.WITHDRAWN, actor=actor, unset=("face", "confirmed")
                )
                subject = f"verification:{document['_id']}"
                await self._work_items.resolve(REVIEW, subject, "withdrawn", session)

        await self._db.transaction(work)
        if "purged_at" not in document:
            await self._papers.purge(document)
        return await self.get(actor, verification_id)

    async def _view(self, document: VerificationDocument) -> VerificationView:
        states, readings, errors = await self._papers.states(document)
        face = await self._book.face(document) if document["state"] == FACE else {}
        return view_of(
            document,
            paper_views(document, states, errors),
            field_views(kind_of(document), readings) if document["state"] == DRAFT else [],
            face_offered=self._face_offered and document["kind"] == VerificationKind.PERSON,
            face_url=face.get("url"),
        )
