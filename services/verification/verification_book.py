"""Applications as stored: loading one's own, moving them from state to state, sealing what they say."""

from collections.abc import Collection, Mapping
from typing import Any

import orjson
from pymongo import ReturnDocument
from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.documents.verifications import VerificationDocument
from schemas.verification_enums import VerificationKind, VerificationState
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.keys import Vault
from services.storage.database import Database

DRAFT, PENDING, FACE = VerificationState.DRAFT, VerificationState.PENDING, VerificationState.FACE
IN_REVIEW, VERIFIED = VerificationState.IN_REVIEW, VerificationState.VERIFIED
OPEN = frozenset({DRAFT, PENDING, FACE, IN_REVIEW})


class VerificationBook:
    def __init__(self, database: Database, vault: Vault, audit: Audit, clock: Clock = utc_now) -> None:
        self._db = database
        self._vault = vault
        self._audit = audit
        self._clock = clock

    async def load(self, verification_id: str) -> VerificationDocument:
        """Raises ``verification.not_found``."""
        found = await self._db.verifications.find_one({"_id": verification_id})
        if found is None:
            raise Problem("verification.not_found")
        return found

    async def own(self, actor: Actor, verification_id: str) -> VerificationDocument:
        """The caller's own. Raises ``verification.not_found``."""
        found = await self.load(verification_id)
        if found["user_id"] != actor.user_id:
            raise Problem("verification.not_found")
        return found

    async def move(
        self,
        session: AsyncClientSession,
        document: VerificationDocument,
        before: Collection[VerificationState],
        state: VerificationState,
        *,
        actor: Actor | None = None,
        unset: Collection[str] = (),
        **changes: Any,
    ) -> VerificationDocument:
        """Raises ``verification.wrong_state`` when somebody was faster. Leaving the open states frees the place for the
        next application."""
        gone = {*unset} | (set() if state in OPEN else {"open_key"})
        update: dict[str, Any] = {"$set": {**changes, "state": state.value, "updated_at": self._clock()}}
        if gone:
            update["$unset"] = dict.fromkeys(gone, "")
        moved = await self._db.verifications.find_one_and_update(
            {"_id": document["_id"], "state": {"$in": [one.value for one in before]}},
            update,
            return_document=ReturnDocument.AFTER,
            session=session,
        )
        if moved is None:
            raise Problem("verification.wrong_state")
        await self._audit.write(
            actor,
            f"verification.{state.value}",
            f"verification:{document['_id']}",
            session,
            user_id=document["user_id"],
            kind=document["kind"],
            reason=changes.get("reason", ""),
        )
        return moved

    # --- what it says

    async def seal(self, document: VerificationDocument, what: str, values: Mapping[str, str]) -> bytes:
        key = await self._vault.key(f"user:{document['user_id']}")
        return key.seal(orjson.dumps(dict(values)), _place(document, what))

    async def values(self, document: VerificationDocument) -> dict[str, str]:
        """What was confirmed, in the clear. Whoever shows it to a person writes an audit entry first."""
        return await self._opened(document, "confirmed", document.get("confirmed"))

    async def face(self, document: VerificationDocument) -> dict[str, str]:
        """The provider's ``token`` and ``url``; empty when no face was asked for."""
        return await self._opened(document, "face", document.get("face"))

    async def _opened(self, document: VerificationDocument, what: str, sealed: bytes | None) -> dict[str, str]:
        if sealed is None:
            return {}
        key = await self._vault.key(f"user:{document['user_id']}")
        values: dict[str, str] = orjson.loads(key.open(sealed, _place(document, what)))
        return values


def kind_of(document: VerificationDocument) -> VerificationKind:
    return VerificationKind(document["kind"])


def _place(document: VerificationDocument, what: str) -> str:
    return f"verification:{document['_id']}:{what}"
