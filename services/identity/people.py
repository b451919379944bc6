"""Users and their identities, as stored: finding, making, sealing. For the services of this room only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.documents.people import IdentityDocument, SealedPii, UserDocument
from schemas.enums import IdentityKind, Role
from services.clock import Clock, utc_now
from services.identity.account_views import default_name
from services.ids import new_id
from services.keys import BlindIndex, DataKey, Vault
from services.masks import masked_phone
from services.storage.database import Database


@dataclass(frozen=True, slots=True)
class NewClient:
    """A client to be made, by what is known of them. At least one of openid and phone."""

    openid: str | None = field(default=None, repr=False)
    unionid: str | None = field(default=None, repr=False)
    session_key: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    display_name: str | None = None

    def identities(self) -> list[tuple[IdentityKind, str]]:
        pairs = ((IdentityKind.WECHAT, self.openid), (IdentityKind.PHONE, self.phone))
        return [(kind, value) for kind, value in pairs if value is not None]

    def personal(self) -> dict[str, str]:
        names = ("openid", "unionid", "session_key", "phone")
        return {name: value for name in names if (value := getattr(self, name)) is not None}


@dataclass(frozen=True, slots=True)
class StaffProof:
    """What a staff identity is proven with; ``password_only`` says that there is no second factor, on purpose."""

    password_hash: str = field(repr=False)
    password_only: bool = False


class People:
    def __init__(self, database: Database, vault: Vault, index: BlindIndex, clock: Clock = utc_now) -> None:
        self._db = database
        self._vault = vault
        self._index = index
        self._clock = clock

    def lookup(self, kind: IdentityKind, value: str) -> str:
        """The blind index under which an identity is found. Logins do not care about case."""
        return self._index.lookup(kind, value.casefold() if kind is IdentityKind.STAFF else value)

    def lookup_address(self, address: str) -> str:
        """A network address, as counters name it."""
        return self._index.lookup("address", address)

    async def find(
        self, kind: IdentityKind, value: str, session: AsyncClientSession | None = None
    ) -> IdentityDocument | None:
        return await self._db.identities.find_one({"kind": kind, "lookup": self.lookup(kind, value)}, session=session)

    async def load(self, user_id: str, session: AsyncClientSession | None = None) -> UserDocument | None:
        return await self._db.users.find_one({"_id": user_id}, session=session)

    async def kinds(self, user_id: str) -> list[str]:
        """The ways in which the person can sign in."""
        return [row["kind"] async for row in self._db.identities.find({"user_id": user_id}, {"kind": 1})]

    async def add_user(
        self,
        session: AsyncClientSession,
        user: UserDocument,
        personal: Mapping[str, str],
    ) -> UserDocument:
        """Insert the user with a data key of their own; ``personal`` is sealed under it."""
        key = await self._vault.new_key(_subject(user["_id"]), session)
        user = {**user, "pii": _sealed(key, user["_id"], personal)}
        await self._db.users.insert_one(user, session=session)
        return user

    async def add_identity(
        self,
        session: AsyncClientSession,
        user_id: str,
        kind: IdentityKind,
        value: str,
        proof: StaffProof | None = None,
    ) -> None:
        """DuplicateKeyError: somebody has it already."""
        identity: IdentityDocument = {
            "_id": new_id(),
            "schema_version": 1,
            "user_id": user_id,
            "kind": kind,
            "lookup": self.lookup(kind, value),
            "created_at": self._clock(),
        }
        if proof is not None:
            identity["password_hash"] = proof.password_hash
            identity["password_only"] = proof.password_only
        await self._db.identities.insert_one(identity, session=session)

    async def add_client(self, session: AsyncClientSession, user_id: str, new: NewClient) -> UserDocument:
        """A client account with its identities. DuplicateKeyError: one of them belongs to somebody."""
        identities = new.identities()
        now = self._clock()
        user: UserDocument = {
            "_id": user_id,
            "schema_version": 1,
            "display_name": new.display_name or default_name(identities[0][0], user_id),
            "roles": [Role.CLIENT],
            "disabled": False,
            "verified": False,
            "pii": {},
            "created_at": now,
            "updated_at": now,
        }
        if new.phone is not None:
            user["phone_hint"] = masked_phone(new.phone)
        user = await self.add_user(session, user, new.personal())
        for kind, value in identities:
            await self.add_identity(session, user_id, kind, value)
        return user

    async def sealed(self, user_id: str, personal: Mapping[str, str]) -> SealedPii:
        """The values, sealed for this user's document."""
        return _sealed(await self._vault.key(_subject(user_id)), user_id, personal)

    async def opened(self, user: UserDocument, *names: str) -> dict[str, str]:
        """Those of the named values that the user has, in clear. Whoever shows them to a person writes an audit
        entry first."""
        pii = cast(Mapping[str, bytes], user["pii"])
        wanted = [name for name in names if name in pii]
        if not wanted:
            return {}
        key = await self._vault.key(_subject(user["_id"]))
        return {name: key.open_text(pii[name], _place(user["_id"], name)) for name in wanted}


def _subject(user_id: str) -> str:
    return f"user:{user_id}"


def _place(user_id: str, name: str) -> str:
    return f"user:{user_id}:{name}"


def _sealed(key: DataKey, user_id: str, personal: Mapping[str, str]) -> SealedPii:
    values = {name: key.seal_text(value, _place(user_id, name)) for name, value in personal.items()}
    return cast(SealedPii, values)
