"""A WeChat identity and a phone meet in one account (ruling 19).

Whoever proves a phone gets it, unless that would mix two lives: when both the asking account and the one that
holds the phone have been used, a person decides (``auth.account_conflict``). An account that was never used
gives its identity to the other one and is retired; nothing of anybody's is moved.
"""

from collections.abc import Awaitable, Callable

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from schemas.documents.people import IdentityDocument, UserDocument
from schemas.enums import IdentityKind, Role
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.identity.people import People
from services.identity.sessions import Sessions
from services.masks import masked_phone
from services.storage.database import Database

_PERSONAL = ("openid", "unionid", "session_key")


class PhoneBinding:
    def __init__(
        self, database: Database, people: People, sessions: Sessions, audit: Audit, clock: Clock = utc_now
    ) -> None:
        self._db = database
        self._people = people
        self._sessions = sessions
        self._audit = audit
        self._clock = clock

    async def bind(self, actor: Actor, phone: str) -> str:
        """Bind a phone that was proven just now; the id of the account that has it then.

        That is another account than the actor's when the actor's was empty: the actor's session goes on in it
        after the next refresh. Raises ``auth.identity_exists``, ``auth.account_conflict``.
        """

        async def work(session: AsyncClientSession) -> tuple[str, list[str]]:
            return await self._bind(session, actor, phone)

        try:
            user_id, touched = await self._twice(work)
        except Problem as problem:
            # whoever merges the accounts by hand finds both in here
            holder = await self._people.find(IdentityKind.PHONE, phone)
            held_by = holder["user_id"] if holder else None
            await self._audit.write(actor, "account.bind_refused", actor.user_id, code=problem.code, holder=held_by)
            raise
        await self._sessions.ended(touched)
        return user_id

    async def _twice(
        self, work: Callable[[AsyncClientSession], Awaitable[tuple[str, list[str]]]]
    ) -> tuple[str, list[str]]:
        try:
            return await self._db.transaction(work)
        except DuplicateKeyError:  # somebody else bound the same phone at the same time
            return await self._db.transaction(work)

    async def _bind(self, session: AsyncClientSession, actor: Actor, phone: str) -> tuple[str, list[str]]:
        user = await self._people.load(actor.user_id, session)
        if user is None or user["disabled"]:
            raise Problem("auth.account_disabled")
        identity = await self._people.find(IdentityKind.PHONE, phone, session)
        if identity is not None and identity["user_id"] == user["_id"]:
            return user["_id"], []
        if "phone" in user["pii"]:
            raise Problem("auth.identity_exists")
        if identity is None:
            await self._people.add_identity(session, user["_id"], IdentityKind.PHONE, phone)
            await self._give_phone(session, actor, user, phone)
            return user["_id"], []
        holder = await self._people.load(identity["user_id"], session)
        if holder is None or holder["disabled"] or holder["roles"] != [Role.CLIENT]:
            raise Problem("auth.account_conflict")
        if await self._is_empty(session, holder):
            return user["_id"], await self._take_phone(session, actor, user, holder, identity, phone)
        if await self._is_empty(session, user) and "openid" not in holder["pii"]:
            return holder["_id"], await self._join(session, actor, user, holder)
        raise Problem("auth.account_conflict")

    async def _give_phone(self, session: AsyncClientSession, actor: Actor, user: UserDocument, phone: str) -> None:
        sealed = await self._people.sealed(user["_id"], {"phone": phone})
        changes = {"pii.phone": sealed["phone"], "phone_hint": masked_phone(phone), "updated_at": self._clock()}
        await self._db.users.update_one({"_id": user["_id"]}, {"$set": changes}, session=session)
        await self._audit.write(actor, "account.phone_bound", user["_id"], session)

    async def _take_phone(
        self,
        session: AsyncClientSession,
        actor: Actor,
        user: UserDocument,
        holder: UserDocument,
        identity: IdentityDocument,
        phone: str,
    ) -> list[str]:
        """The phone moves here from an account that was never used."""
        await self._db.identities.update_one(
            {"_id": identity["_id"]}, {"$set": {"user_id": user["_id"]}}, session=session
        )
        await self._give_phone(session, actor, user, phone)
        ended = await self._sessions.revoke_all(session, holder["_id"], "account_merged", actor)
        await self._retire(session, actor, holder, user["_id"])
        return ended

    async def _join(
        self, session: AsyncClientSession, actor: Actor, user: UserDocument, holder: UserDocument
    ) -> list[str]:
        """The actor's account was never used: its WeChat identity and its sessions move to the phone's account."""
        await self._db.identities.update_many(
            {"user_id": user["_id"]}, {"$set": {"user_id": holder["_id"]}}, session=session
        )
        personal = await self._people.opened(user, *_PERSONAL)
        sealed = await self._people.sealed(holder["_id"], personal)
        changes = {f"pii.{name}": value for name, value in sealed.items()}
        await self._db.users.update_one(
            {"_id": holder["_id"]}, {"$set": {**changes, "updated_at": self._clock()}}, session=session
        )
        await self._audit.write(actor, "account.wechat_bound", holder["_id"], session)
        moved = await self._sessions.move_all(session, user["_id"], holder["_id"])
        await self._retire(session, actor, user, holder["_id"])
        return moved

    async def _retire(self, session: AsyncClientSession, actor: Actor, user: UserDocument, into: str) -> None:
        changes = {"disabled": True, "merged_into": into, "pii": {}, "updated_at": self._clock()}
        await self._db.users.update_one(
            {"_id": user["_id"]}, {"$set": changes, "$unset": {"phone_hint": ""}}, session=session
        )
        await self._audit.write(actor, "account.retired", user["_id"], session, into=into)

    async def _is_empty(self, session: AsyncClientSession, user: UserDocument) -> bool:
        """A client's account without an order and without a place in any case space, with one identity."""
        if user["roles"] != [Role.CLIENT] or user["disabled"] or user["verified"]:
            return False
        user_id = user["_id"]
        if await self._db.identities.count_documents({"user_id": user_id}, limit=2, session=session) > 1:
            return False
        if await self._db.orders.find_one({"client_id": user_id}, {"_id": 1}, session=session) is not None:
            return False
        space = await self._db.spaces.find_one({"members.user_id": user_id}, {"_id": 1}, session=session)
        return space is None
