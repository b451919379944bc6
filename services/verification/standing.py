"""What people have proven, for whoever relies on it: badges, roll-calls, orders, signatures.

The account says until when; a tick takes away what has run out, so that readers need no rule of their own.
"""

from datetime import datetime

from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.api.verifications import StandingView
from schemas.verification_enums import VerificationKind, VerificationState
from services.clock import Clock, utc_now
from services.storage.database import Database
from services.verification.verification_book import VerificationBook


class Standing:
    def __init__(self, database: Database, book: VerificationBook, clock: Clock = utc_now) -> None:
        self._db = database
        self._book = book
        self._clock = clock

    async def of(self, user_id: str) -> list[StandingView]:
        """What somebody has proven that still counts."""
        user = await self._db.users.find_one({"_id": user_id}, {"verified_until": 1})
        until = user.get("verified_until", {}) if user else {}
        now = self._clock()
        return [
            StandingView(kind=VerificationKind(kind), expires_at=moment)
            for kind, moment in sorted(until.items())
            if moment > now
        ]

    async def real_name(self, user_id: str) -> str | None:
        """The verified name of a person, in the clear; for services only. Who shows it to others audits it."""
        where = {"user_id": user_id, "kind": VerificationKind.PERSON.value, "state": VerificationState.VERIFIED.value}
        found = await self._db.verifications.find_one(where)
        return (await self._book.values(found)).get("name") if found else None

    async def grant(self, session: AsyncClientSession, user_id: str, kind: VerificationKind, until: datetime) -> None:
        """Note on the account what was proven. For transactions."""
        change = {f"verified_until.{kind.value}": until, "verified": True, "updated_at": self._clock()}
        await self._db.users.update_one({"_id": user_id}, {"$set": change}, session=session)

    async def revoke(self, session: AsyncClientSession, user_id: str, kind: VerificationKind) -> None:
        """Take it away again. For transactions."""
        user = await self._db.users.find_one({"_id": user_id}, {"verified_until": 1}, session=session)
        proven = user.get("verified_until", {}) if user else {}
        left = {one: until for one, until in proven.items() if one != kind.value}
        change = {"verified_until": left, "verified": bool(left), "updated_at": self._clock()}
        await self._db.users.update_one({"_id": user_id}, {"$set": change}, session=session)

    async def recheck_licence(self, session: AsyncClientSession, user_id: str) -> None:
        """What was verified of a lawyer is no longer so: it counts no more, and the next look of the worker ends the
        verification and asks the lawyer for another. For transactions."""
        await self.revoke(session, user_id, VerificationKind.LAWYER)
        stands = {
            "user_id": user_id,
            "kind": VerificationKind.LAWYER.value,
            "state": VerificationState.VERIFIED.value,
        }
        await self._db.verifications.update_many(stands, {"$set": {"expires_at": self._clock()}}, session=session)
