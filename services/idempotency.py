"""Idempotency-Key: the same request twice has one effect and gets one answer (24 hours long).

The record ``(user, route, key) → body hash, answer`` commits with the effect. Work that talks to an outside
service first takes a lease ("running"), so that two equal requests never talk to it at once; the lease ends
by itself when the process dies.
"""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

from pydantic import BaseModel
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from schemas.documents.ledgers import IdempotencyDocument, IdempotencyKey
from services.clock import Clock, utc_now
from services.errors import Problem
from services.ids import new_id
from services.keys import Vault
from services.storage.database import Database

V = TypeVar("V", bound=BaseModel)

KEPT = timedelta(hours=24)
LEASE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Intent:
    """One request that is to have one effect: an ``Idempotency-Key``, with whose it is and what for."""

    user_id: str
    route: str
    key: str
    body_hash: str
    owner: str = field(default_factory=new_id, compare=False)  # this very attempt: whose lease it is

    @classmethod
    def of(cls, user_id: str, route: str, key: str, body: BaseModel) -> "Intent":
        digest = hashlib.sha256(body.model_dump_json().encode()).hexdigest()
        return cls(user_id, route, key, digest)

    @property
    def id(self) -> IdempotencyKey:
        return {"user": self.user_id, "route": self.route, "key": self.key}

    @property
    def thing_id(self) -> str:
        """An id for the thing that this request makes before it talks to the outside: the same at every repeat."""
        return hashlib.sha256(f"{self.user_id}\0{self.route}\0{self.key}".encode()).hexdigest()[:24]


class Idempotency:
    def __init__(self, database: Database, vault: Vault, clock: Clock = utc_now) -> None:
        self._db = database
        self._vault = vault
        self._clock = clock

    async def once(
        self, intent: Intent, answer_type: type[V], effect: Callable[[AsyncClientSession], Awaitable[V]]
    ) -> V:
        """Run ``effect`` in a transaction that also stores its answer, or give the stored answer.

        For effects that touch the database only: the transaction itself is the lock.
        Raises ``idempotency.key_reused`` (other body).
        """
        stored = await self.answer(intent, answer_type)
        if stored is not None:
            return stored

        async def work(session: AsyncClientSession) -> V:
            answer = await effect(session)
            await self.commit(session, intent, answer)
            return answer

        try:
            return await self._db.transaction(work)
        except DuplicateKeyError:
            stored = await self.answer(intent, answer_type)
            if stored is None:
                raise
            return stored

    async def answer(self, intent: Intent, answer_type: type[V]) -> V | None:
        """The stored answer, or None when there is none yet.

        Raises ``idempotency.key_reused`` for another body, ``idempotency.running`` while the lease lives.
        """
        record = await self._db.idempotency.find_one({"_id": intent.id})
        if record is None:
            return None
        if record["body_hash"] != intent.body_hash:
            raise Problem("idempotency.key_reused")
        if "answer" in record:
            key = await self._vault.key(f"user:{intent.user_id}")
            return answer_type.model_validate_json(key.open(record["answer"], _place(intent)))
        if record["lease_until"] > self._clock():
            raise Problem("idempotency.running", retry_after=1)
        return None

    async def lease(self, intent: Intent) -> None:
        """Claim the request before talking to the outside. Raises ``idempotency.running``."""
        now = self._clock()
        try:
            await self._db.idempotency.update_one(
                {"_id": intent.id, "lease_until": {"$lte": now}, "answer": {"$exists": False}},
                {
                    "$set": {
                        "body_hash": intent.body_hash,
                        "state": "running",
                        "owner": intent.owner,
                        "lease_until": now + LEASE,
                        "expires_at": now + KEPT,
                    }
                },
                upsert=True,
            )
        except DuplicateKeyError:
            raise Problem("idempotency.running", retry_after=1) from None

    async def release(self, intent: Intent) -> None:
        """Give a lease back after a failure that had no effect, so that the caller can try again at once.

        Only this attempt's own: when it ran out meanwhile, another attempt may hold it, and be at work.
        """
        mine = {"_id": intent.id, "owner": intent.owner, "answer": {"$exists": False}}
        await self._db.idempotency.delete_one(mine)

    async def commit(self, session: AsyncClientSession, intent: Intent, answer: BaseModel) -> None:
        """Store the answer in the transaction of the effect. DuplicateKeyError: somebody else was first."""
        record = await self.record(intent, answer)
        leased = await self._db.idempotency.replace_one(
            {"_id": intent.id, "answer": {"$exists": False}}, record, session=session
        )
        if leased.matched_count == 0:
            await self._db.idempotency.insert_one(record, session=session)

    async def record(self, intent: Intent, answer: BaseModel) -> IdempotencyDocument:
        """The record itself, for effects that are written together with others (``GroupCommit``)."""
        key = await self._vault.key(f"user:{intent.user_id}")
        now = self._clock()
        return {
            "_id": intent.id,
            "body_hash": intent.body_hash,
            "state": "done",
            "lease_until": now,
            "answer": key.seal(answer.model_dump_json().encode(), _place(intent)),
            "expires_at": now + KEPT,
        }


def _place(intent: Intent) -> str:
    return f"idempotency:{intent.route}:{intent.key}"
