"""Profiles of lawyers (B5): what they say of themselves, and what ops answer for.

A lawyer's firm is the one that they are settled with. Another licence number is another licence: what was verified
counts no more, and the lawyer verifies anew (B2). What is published about a lawyer is true and no boast (律师业务推广
行为规则 3, 10): so every change is audited with what was changed.
"""

from collections.abc import Awaitable, Callable

from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.api.lawyers import LawyerProfile
from schemas.api.staff import OwnProfileBody, ProfileBody
from schemas.documents.people import UserDocument
from schemas.enums import Role
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.permissions import DESK, Permission, require
from services.storage.database import Database

# ``services.verification.standing.Standing.recheck`` of a lawyer's licence.
Recheck = Callable[[AsyncClientSession, str], Awaitable[None]]


class Profiles:
    def __init__(self, database: Database, recheck: Recheck, audit: Audit, clock: Clock = utc_now) -> None:
        self._db = database
        self._recheck = recheck
        self._audit = audit
        self._clock = clock

    async def set(self, actor: Actor, user_id: str, body: ProfileBody) -> LawyerProfile:
        """Raises ``auth.forbidden``, ``account.not_found``, ``firm.not_found`` for a lawyer of no firm."""
        require(DESK, Permission.STAFF_MANAGE, actor.roles)
        return await self._change(actor, user_id, body.model_dump())

    async def set_own(self, actor: Actor, body: OwnProfileBody) -> LawyerProfile:
        """Raises ``account.not_found`` for somebody who is no lawyer, ``firm.not_found``."""
        return await self._change(actor, actor.user_id, body.model_dump())

    async def _change(self, actor: Actor, user_id: str, values: dict[str, object]) -> LawyerProfile:
        async def work(session: AsyncClientSession) -> LawyerProfile:
            user = await self._db.users.find_one({"_id": user_id, "roles": Role.LAWYER.value}, session=session)
            if user is None:
                raise Problem("account.not_found")
            before = user.get("profile", {})
            after = {**before, "firm": await self._firm(session, user), **values}
            changed = sorted(name for name, value in after.items() if before.get(name) != value)
            profile = LawyerProfile.model_validate(after)
            if changed:
                stored = {"profile": profile.model_dump(), "updated_at": self._clock()}
                await self._db.users.update_one({"_id": user_id}, {"$set": stored}, session=session)
                await self._audit.write(actor, "account.profile_changed", user_id, session, changed=changed)
            if "licence_number" in changed and before.get("licence_number"):
                await self._recheck(session, user_id)
            return profile

        return await self._db.transaction(work)

    async def _firm(self, session: AsyncClientSession, user: UserDocument) -> object:
        firm = await self._db.firms.find_one({"_id": user.get("firm_id", "")}, {"name": 1}, session=session)
        name = firm["name"] if firm else user.get("profile", {}).get("firm")
        if not name:
            raise Problem("firm.not_found")
        return name
