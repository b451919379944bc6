"""Sessions: one sign-in on one device, a short-lived access token, a family of single-use refresh tokens."""

import hmac
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.api.auth import SignedInView
from schemas.documents.people import SealedPii, SessionDocument, UserDocument
from schemas.enums import IdentityKind, Role
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.identity import refresh_tokens
from services.identity.account_views import me_view
from services.identity.origins import Origin
from services.identity.people import People
from services.identity.session_states import SessionStates, problem_of_ended
from services.identity.tokens import TokenSigner
from services.ids import new_id
from services.keys import BlindIndex, SealBrokenError, Vault
from services.live import Live
from services.storage.database import Database


class Sessions:
    def __init__(
        self,
        database: Database,
        vault: Vault,
        index: BlindIndex,
        people: People,
        signer: TokenSigner,
        audit: Audit,
        live: Live,
        refresh_lifetime: timedelta,
        clock: Clock = utc_now,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        """``refresh_lifetime`` counts from the last refresh. ``ticks`` is the process's own clock, in seconds."""
        self._db = database
        self._vault = vault
        self._index = index
        self._people = people
        self._signer = signer
        self._audit = audit
        self._live = live
        self._lifetime = refresh_lifetime
        self._clock = clock
        self._states = SessionStates(database, ticks)

    async def authenticate(self, token: str, *, request_id: str = "", address: str = "") -> Actor:
        """Who holds this access token. Without I/O for a token and session seen in the last seconds.

        Raises ``auth.token_invalid``, ``auth.token_expired``, ``auth.session_revoked``, ``auth.account_disabled``.
        """
        claims = self._signer.verify(token)
        state = await self._states.of(claims.session_id)
        if state.problem is not None:
            raise Problem(state.problem)
        if state.user_id != claims.user_id:
            # The session moved to the account that two identities met in; a refresh tells the client so.
            raise Problem("auth.token_expired")
        return Actor(claims.user_id, claims.roles, claims.session_id, request_id, address)

    def forget(self, session_ids: Iterable[str]) -> None:
        """Drop what this process remembers of sessions that another process has ended or changed."""
        self._states.forget(session_ids)

    async def open(
        self, user: UserDocument, origin: Origin, method: IdentityKind, sealed: SealedPii | None = None
    ) -> SignedInView:
        """Start a session for somebody whose identity was proven just now. Raises ``auth.account_disabled``.

        ``sealed``: personal data that came with the proof and is to be kept.
        """
        session_id, family, now = new_id(), refresh_tokens.new_family(), self._clock()
        refresh_token = refresh_tokens.issue(session_id, family)
        document: SessionDocument = {
            "_id": session_id,
            "schema_version": 1,
            "user_id": user["_id"],
            "family": family,
            "refresh_hash": refresh_tokens.digest(refresh_token),
            "client": self._fingerprint(origin),
            "created_at": now,
            "expires_at": now + self._lifetime,
        }
        actor = _actor(user, session_id, origin)
        changes: dict[str, object] = {"signed_in_at": now}
        changes |= {f"pii.{name}": value for name, value in (sealed or {}).items()}

        async def work(session: AsyncClientSession) -> None:
            # The write to the user makes this conflict with an account that is being disabled.
            able = {"_id": user["_id"], "disabled": False}
            if (await self._db.users.update_one(able, {"$set": changes}, session=session)).matched_count == 0:
                raise Problem("auth.account_disabled")
            await self._db.sessions.insert_one(document, session=session)
            await self._audit.write(actor, "session.opened", session_id, session, method=method)

        await self._db.transaction(work)
        return await self._answer(user, session_id, refresh_token)

    async def refresh(self, refresh_token: str, origin: Origin) -> SignedInView:
        """Exchange a refresh token for the next pair. It is single use; a second use ends the whole session.

        Within 30 s the same client gets the same answer again, because answers get lost on phones (ruling 18).
        Raises ``auth.refresh_invalid``, ``auth.refresh_reused``, ``auth.session_revoked``,
        ``auth.account_disabled``.
        """
        digest = refresh_tokens.digest(refresh_token)
        document = await self._session_of(refresh_token)
        while document["refresh_hash"] == digest:
            answer = await self._rotate(document, origin)
            if answer is not None:
                return answer
            document = await self._session_of(refresh_token)  # another request was faster with the same token
        repeated = await self._repeat(document, digest, origin)
        if repeated is not None:
            return repeated
        await self._revoke_one(document["_id"], "refresh_reused", origin.nobody())
        raise Problem("auth.refresh_reused")

    async def revoke(self, session_id: str, because: str, actor: Actor | None = None) -> None:
        """End a session and close its sockets. Ending an ended one changes nothing."""
        await self._revoke_one(session_id, because, actor)

    async def revoke_all(
        self, session: AsyncClientSession, user_id: str, because: str, actor: Actor | None
    ) -> list[str]:
        """End all sessions of a person inside a transaction. Hand the result to ``ended`` after the commit."""
        living = {"user_id": user_id, "revoked_at": {"$exists": False}}
        ids = [row["_id"] async for row in self._db.sessions.find(living, {"_id": 1}, session=session)]
        if ids:
            await self._db.sessions.update_many(
                {"_id": {"$in": ids}},
                {"$set": {"revoked_at": self._clock(), "revoked_because": because}},
                session=session,
            )
            await self._audit.write(actor, "session.revoked", user_id, session, because=because, sessions=ids)
        return ids

    async def move_all(self, session: AsyncClientSession, from_user: str, to_user: str) -> list[str]:
        """Let the sessions of one account go on in another. Hand the result to ``ended`` after the commit."""
        living = {"user_id": from_user, "revoked_at": {"$exists": False}}
        ids = [row["_id"] async for row in self._db.sessions.find(living, {"_id": 1}, session=session)]
        await self._db.sessions.update_many(
            {"_id": {"$in": ids}},
            # the repeatable answer is sealed for the old account
            {"$set": {"user_id": to_user}, "$unset": {"answer": ""}},
            session=session,
        )
        return ids

    async def ended(self, session_ids: Sequence[str]) -> None:
        """After the commit of an end: every process forgets the sessions, their sockets close."""
        if session_ids:
            self.forget(session_ids)
            await self._live.sign_out(session_ids)

    async def over(self, session_ids: Sequence[str]) -> set[str]:
        """Which of these sessions have ended. For a socket server that looks after its sockets now and then,
        because the word that closes them is a hint and may get lost."""
        living = {"_id": {"$in": list(session_ids)}, "revoked_at": {"$exists": False}}
        return set(session_ids) - {row["_id"] async for row in self._db.sessions.find(living, {"_id": 1})}

    async def _session_of(self, refresh_token: str) -> SessionDocument:
        session_id = refresh_tokens.session_of(refresh_token)
        document = await self._db.sessions.find_one({"_id": session_id}) if session_id else None
        if document is None or document["expires_at"] <= self._clock():
            raise Problem("auth.refresh_invalid")
        if not refresh_tokens.is_genuine(refresh_token, document["family"]):
            raise Problem("auth.refresh_invalid")
        if "revoked_at" in document:
            raise Problem(await problem_of_ended(self._db, document))
        return document

    async def _rotate(self, document: SessionDocument, origin: Origin) -> SignedInView | None:
        """Replace the token by compare-and-set. None: somebody else has just done it."""
        user = await self._people.load(document["user_id"])
        if user is None:
            raise Problem("auth.refresh_invalid")
        if user["disabled"]:
            raise Problem("auth.account_disabled")
        session_id, now = document["_id"], self._clock()
        fresh = refresh_tokens.issue(session_id, document["family"])
        answer = await self._answer(user, session_id, fresh)
        key = await self._vault.key(f"user:{user['_id']}")
        changed = await self._db.sessions.update_one(
            {
                "_id": session_id,
                "user_id": user["_id"],
                "refresh_hash": document["refresh_hash"],
                "revoked_at": {"$exists": False},
            },
            {
                "$set": {
                    "refresh_hash": refresh_tokens.digest(fresh),
                    "previous_hash": document["refresh_hash"],
                    "rotated_at": now,
                    "answer": key.seal(answer.model_dump_json().encode(), _place(session_id)),
                    "client": self._fingerprint(origin),
                    "expires_at": now + self._lifetime,
                }
            },
        )
        return answer if changed.modified_count == 1 else None

    async def _repeat(self, document: SessionDocument, digest: str, origin: Origin) -> SignedInView | None:
        """The last answer once more, when it may have been lost on its way."""
        if document.get("previous_hash") != digest or "answer" not in document:
            return None
        if not _within_grace(document, self._clock()):
            return None
        if not hmac.compare_digest(document["client"], self._fingerprint(origin)):
            return None
        key = await self._vault.key(f"user:{document['user_id']}")
        try:
            return SignedInView.model_validate_json(key.open(document["answer"], _place(document["_id"])))
        except SealBrokenError:
            return None

    async def _revoke_one(self, session_id: str, because: str, actor: Actor | None) -> None:
        async def work(session: AsyncClientSession) -> bool:
            changed = await self._db.sessions.update_one(
                {"_id": session_id, "revoked_at": {"$exists": False}},
                {"$set": {"revoked_at": self._clock(), "revoked_because": because}},
                session=session,
            )
            if changed.modified_count:
                await self._audit.write(actor, "session.revoked", session_id, session, because=because)
            return bool(changed.modified_count)

        if await self._db.transaction(work):
            await self.ended([session_id])

    async def _answer(self, user: UserDocument, session_id: str, refresh_token: str) -> SignedInView:
        return SignedInView(
            access_token=self._signer.issue(user["_id"], session_id, user["roles"]),
            refresh_token=refresh_token,
            expires_in=int(self._signer.lifetime.total_seconds()),
            user=me_view(user, await self._people.kinds(user["_id"])),
        )

    def _fingerprint(self, origin: Origin) -> str:
        return self._index.lookup("client", origin.client)


def _within_grace(document: SessionDocument, now: datetime) -> bool:
    rotated_at = document.get("rotated_at")
    return rotated_at is not None and now - rotated_at <= refresh_tokens.GRACE


def _actor(user: UserDocument, session_id: str, origin: Origin) -> Actor:
    roles = frozenset(Role(role) for role in user["roles"])
    return Actor(user["_id"], roles, session_id, origin.request_id, origin.address)


def _place(session_id: str) -> str:
    return f"session:{session_id}:answer"
