"""The catalogue of evidence (F1): numbered, hashed, timed, with who submitted it; originals signed for."""

from typing import Any

from pymongo import ReturnDocument
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from schemas.api.evidence import EvidenceBody, EvidenceChange, EvidenceList, EvidenceView, MovementBody
from schemas.documents.evidence import EvidenceDocument, MovementDocument
from schemas.documents.ledgers import OutboxDocument
from schemas.documents.spaces import FileDocument
from schemas.evidence_enums import MovementKind
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.evidence.evidence_views import actions, evidence_view
from services.evidence.refilling import SAID, Refilling, open_facts, seal_facts
from services.files.files import Files
from services.idempotency import Idempotency, Intent
from services.ids import new_id
from services.keys import DataKey, KeyDestroyedError, Vault
from services.outbox import Effect, Outbox
from services.permissions import Permission
from services.spaces.cards import Cards
from services.spaces.message_views import names_of
from services.spaces.spaces import Membership, Spaces
from services.storage.database import Database
from services.verification.gate import Gate
from services.verification.guarded_acts import GuardedAct

LISTED, MOVED = "evidence.listed", "evidence.moved"  # kinds of outbox rows
MOST = 2_000  # entries of one space that are shown together


class Evidence:
    def __init__(
        self,
        database: Database,
        spaces: Spaces,
        files: Files,
        refilling: Refilling,
        vault: Vault,
        cards: Cards,
        idempotency: Idempotency,
        audit: Audit,
        outbox: Outbox,
        gate: Gate,
        clock: Clock = utc_now,
    ) -> None:
        self._db = database
        self._spaces = spaces
        self._files = files
        self._refilling = refilling
        self._vault = vault
        self._cards = cards
        self._idempotency = idempotency
        self._audit = audit
        self._outbox = outbox
        self._gate = gate
        self._clock = clock

    async def list_file(self, actor: Actor, space_id: str, body: EvidenceBody, intent: Intent) -> EvidenceView:
        """Take a file of the space into its catalogue, under the next number.

        Raises ``space.*``, ``auth.forbidden``, ``file.*``, ``evidence.listed_already``; in the space of a hearing,
        where it is submitted to the court, ``verification.required`` and ``hearing.identity_doubted``.
        """
        place = await self._open_place(actor, space_id, Permission.EVIDENCE_LIST)
        if "hearing_id" in place.space:
            await self._ask(GuardedAct.EVIDENCE_SUBMIT, actor, place)
        file = await self._files.complete_one(actor, body.file_id)
        if file["space_id"] != space_id:
            raise Problem("file.not_found")
        key = await self._key(space_id)
        reading_id, facts = await self._refilling.prefilled(file, key)
        said = body.model_dump(mode="json", exclude={"file_id"}, exclude_none=True)
        facts |= {**said, SAID: sorted(said)}

        async def effect(session: AsyncClientSession) -> EvidenceView:
            if await self._db.evidence.find_one({"file_id": body.file_id}, session=session):
                raise Problem("evidence.listed_already")
            document = self._document(actor, file, await self._next_number(session, space_id), reading_id)
            document["facts"] = seal_facts(document["_id"], facts, key)
            await self._db.evidence.insert_one(document, session=session)
            await self._write(session, actor, document, LISTED, number=document["number"])
            return evidence_view(document, facts, names_of(place.space), self._actions(document, place))

        try:
            view = await self._idempotency.once(intent, EvidenceView, effect)
        except DuplicateKeyError:  # somebody else has listed the same file this very moment
            raise Problem("evidence.listed_already") from None
        self._outbox.nudge()
        return view

    async def catalogue(self, actor: Actor, space_id: str) -> EvidenceList:
        """By number. Raises ``space.not_found``."""
        place = await self._spaces.access(actor, space_id, Permission.FILE_VIEW)
        key = await self._key(space_id)
        found = await self._db.evidence.find({"space_id": space_id}).sort("number", 1).limit(MOST).to_list()
        return EvidenceList(items=[self._view(document, place, key) for document in found])

    async def change(self, actor: Actor, evidence_id: str, body: EvidenceChange) -> EvidenceView:
        """Put an entry right; its number, file, hash and time never change. Raises ``evidence.not_found``."""
        document, place = await self._access(actor, evidence_id, "change")
        key = await self._key(document["space_id"])
        said = body.model_dump(mode="json", exclude_none=True)
        facts = open_facts(document, key) | said
        if SAID in facts:
            facts[SAID] = sorted({*facts[SAID], *said})
        change = {"$set": {"facts": seal_facts(evidence_id, facts, key)}}
        changed = await self._apply(actor, document, change, "evidence.changed", fields=sorted(said))
        return self._view(changed, place, key)

    async def move_original(self, actor: Actor, evidence_id: str, body: MovementBody) -> EvidenceView:
        """The firm received the original, or gave it back; whoever submitted it signs for that.

        Raises ``evidence.not_found``, ``auth.forbidden``, ``evidence.wrong_state``.
        """
        document, place = await self._access(actor, evidence_id, body.kind.value)
        movement: MovementDocument = {"kind": body.kind.value, "by": actor.user_id, "at": self._clock()}
        change = {"$push": {"originals": movement}}
        return await self._moved(actor, document, place, change, "evidence.original", kind=body.kind.value)

    async def sign(self, actor: Actor, evidence_id: str) -> EvidenceView:
        """Whoever submitted it agrees to all that was received and returned.

        Raises as ``move_original``; ``verification.required``, ``hearing.identity_doubted``.
        """
        document, place = await self._access(actor, evidence_id, "sign")
        await self._ask(GuardedAct.EVIDENCE_SIGN, actor, place)
        now = self._clock()
        signed = [{"signed_at": now, **movement} for movement in document["originals"]]
        return await self._moved(actor, document, place, {"$set": {"originals": signed}}, "evidence.signed")

    # --- effects

    def effects(self) -> dict[str, Effect]:
        return {LISTED: self._show, MOVED: self._show}

    async def _show(self, row: OutboxDocument) -> None:
        """A card when it is listed, and the card's later states."""
        document = await self._db.evidence.find_one({"_id": row["payload"]["evidence_id"]})
        if document is None:
            return
        try:
            facts = open_facts(document, await self._vault.key(f"space:{document['space_id']}"))
            if row["kind"] == LISTED:
                title = f"证据 {document['number']}：{facts['name']}"
                ref = {"evidence_id": document["_id"], "file_id": document["file_id"]}
                await self._cards.show(document["space_id"], document["_id"], "evidence", title, "listed", ref)
            else:
                state, text = row["payload"]["state"], row["payload"]["text"]
                await self._cards.update(document["space_id"], row["_id"], document["_id"], state, text=text)
        except KeyDestroyedError:
            return

    # --- loading and storing

    async def _open_place(self, actor: Actor, space_id: str, permission: Permission) -> Membership:
        place = await self._spaces.access(actor, space_id, permission)
        if "closed_at" in place.space:
            raise Problem("space.closed")
        return place

    async def _access(self, actor: Actor, evidence_id: str, action: str) -> tuple[EvidenceDocument, Membership]:
        document = await self._db.evidence.find_one({"_id": evidence_id})
        if document is None:
            raise Problem("evidence.not_found")
        try:
            place = await self._spaces.access(actor, document["space_id"], Permission.FILE_VIEW)
        except Problem as problem:
            raise Problem("evidence.not_found" if problem.code == "space.not_found" else problem.code) from None
        if action not in self._actions(document, place):
            own = document["submitter_id"] == actor.user_id
            keeps = {MovementKind.RECEIVED.value, MovementKind.RETURNED.value} & set(self._actions(document, place))
            raise Problem("evidence.wrong_state" if keeps or (own and action == "sign") else "auth.forbidden")
        return document, place

    async def _ask(self, act: GuardedAct, actor: Actor, place: Membership) -> None:
        """Who they are, where the act asks for it."""
        await self._gate.check_member(act, actor.user_id, place.role, place.space.get("hearing_id"))

    def _actions(self, document: EvidenceDocument, place: Membership) -> list[str]:
        return actions(document, place.member["user_id"], place.role, closed="closed_at" in place.space)

    async def _moved(
        self,
        actor: Actor,
        document: EvidenceDocument,
        place: Membership,
        change: dict[str, Any],
        what: str,
        **said: str,
    ) -> EvidenceView:
        changed = await self._apply(actor, document, change, what, **said)
        return self._view(changed, place, await self._key(document["space_id"]))

    async def _apply(
        self, actor: Actor, document: EvidenceDocument, change: dict[str, Any], what: str, **said: Any
    ) -> EvidenceDocument:
        """By compare-and-set on the revision. Raises ``evidence.wrong_state`` when somebody was faster."""

        async def work(session: AsyncClientSession) -> EvidenceDocument:
            changed = await self._db.evidence.find_one_and_update(
                {"_id": document["_id"], "revision": document["revision"]},
                {**change, "$inc": {"revision": 1}},
                return_document=ReturnDocument.AFTER,
                session=session,
            )
            if changed is None:
                raise Problem("evidence.wrong_state")
            await self._audit.write(
                actor, what, f"evidence:{document['_id']}", session, space_id=document["space_id"], **said
            )
            if what != "evidence.changed":
                await self._owe(session, changed, MOVED)
            return changed

        changed = await self._db.transaction(work)
        self._outbox.nudge()
        return changed

    async def _write(
        self, session: AsyncClientSession, actor: Actor, document: EvidenceDocument, kind: str, **said: Any
    ) -> None:
        subject = f"evidence:{document['_id']}"
        await self._audit.write(actor, kind, subject, session, space_id=document["space_id"], **said)
        await self._owe(session, document, kind)

    async def _owe(self, session: AsyncClientSession, document: EvidenceDocument, kind: str) -> None:
        payload = {"evidence_id": document["_id"]}
        if document["originals"]:
            last = document["originals"][-1]
            received = last["kind"] == MovementKind.RECEIVED
            done = "已签收确认" if "signed_at" in last else "待提交人签字确认"
            payload |= {"state": last["kind"], "text": f"{'原件已收存' if received else '原件已退还'}，{done}"}
        await self._outbox.add(session, kind, f"evidence:{document['_id']}", payload)

    async def _next_number(self, session: AsyncClientSession, space_id: str) -> int:
        """Concurrent ones meet at the space's document: one waits and is tried again."""
        space = await self._db.spaces.find_one_and_update(
            {"_id": space_id},
            {"$inc": {"evidence_count": 1}},
            {"evidence_count": 1},
            return_document=ReturnDocument.AFTER,
            session=session,
        )
        if space is None:
            raise Problem("space.not_found")
        return space["evidence_count"]

    def _document(self, actor: Actor, file: FileDocument, number: int, reading_id: str | None) -> EvidenceDocument:
        document: EvidenceDocument = {
            "_id": new_id(),
            "schema_version": 1,
            "space_id": file["space_id"],
            "number": number,
            "file_id": file["_id"],
            "sha256": file["sha256"],
            "facts": b"",
            "submitter_id": actor.user_id,
            "submitted_at": self._clock(),
            "originals": [],
            "revision": 1,
        }
        if reading_id is not None:
            document["reading_id"] = reading_id
        return document

    def _view(self, document: EvidenceDocument, place: Membership, key: DataKey) -> EvidenceView:
        return evidence_view(document, open_facts(document, key), names_of(place.space), self._actions(document, place))

    async def _key(self, space_id: str) -> DataKey:
        try:
            return await self._vault.key(f"space:{space_id}")
        except KeyDestroyedError:
            raise Problem("file.gone") from None
