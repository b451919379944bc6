"""Staff accounts: made, changed and stopped by ops, never by signing up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from schemas.api.lawyers import LawyerProfile
from schemas.documents.people import UserDocument
from schemas.enums import IdentityKind, Role
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.identity.account_views import clean_name, name_fault
from services.identity.passwords import Passwords
from services.identity.people import People, StaffProof
from services.identity.session_states import REVOKED_DISABLED
from services.identity.sessions import Sessions
from services.identity.staff_rules import StaffRules
from services.identity.totp import new_otp_secret, otpauth_uri
from services.ids import new_id, new_secret
from services.outbox import Outbox
from services.storage.database import Database


@dataclass(frozen=True, slots=True)
class Provisioned:
    """What the person is handed once; nothing of it can be read back later."""

    user_id: str
    login: str
    roles: tuple[Role, ...]
    password: str = field(repr=False)
    otp_secret: str | None = field(repr=False)
    otpauth_uri: str | None = field(repr=False)

    @property
    def personal(self) -> dict[str, str]:
        """What is sealed with the account."""
        return {} if self.otp_secret is None else {"otp_secret": self.otp_secret}


class Staff:
    def __init__(
        self,
        database: Database,
        people: People,
        passwords: Passwords,
        sessions: Sessions,
        audit: Audit,
        outbox: Outbox,
        clock: Clock = utc_now,
    ) -> None:
        self._db = database
        self._people = people
        self._passwords = passwords
        self._sessions = sessions
        self._audit = audit
        self._outbox = outbox
        self._rules = StaffRules(database)
        self._clock = clock

    async def create(
        self,
        login: str,
        display_name: str,
        roles: Iterable[Role],
        *,
        password: str | None = None,
        otp_secret: str | None = None,
        profile: LawyerProfile | None = None,
        on_duty: bool = False,
        second_factor: bool = True,
        actor: Actor | None = None,
    ) -> Provisioned:
        """Make an account with a password and a second factor, both generated unless given.

        ``second_factor`` False is for demonstrations only: such an account signs in with the password alone (B4).
        ``profile`` is a lawyer's public one; ``on_duty`` lets support join new spaces; ``actor`` None is the
        operator's shell. Raises ``account.login_taken``, ``request.invalid`` (name, roles, login), ValueError for
        a short password.
        """
        name, chosen = clean_name(display_name), _staff_roles(roles)
        _check("login", None if 2 <= len(login.strip()) <= 64 else "登录名需要 2–64 个字符")
        _check("display_name", name_fault(name, staff=True))
        secret = (otp_secret or new_otp_secret()) if second_factor else None
        handed = _provision(new_id(), login.strip(), chosen, password, secret)
        password_hash = await self._passwords.hash(handed.password)
        user = self._document(handed, name, profile, on_duty)

        async def work(session: AsyncClientSession) -> None:
            await self._people.add_user(session, user, handed.personal)
            proof = StaffProof(password_hash, password_only=not second_factor)
            await self._people.add_identity(session, handed.user_id, IdentityKind.STAFF, handed.login, proof)
            await self._audit.write(actor, "staff.created", handed.user_id, session, roles=sorted(chosen))

        try:
            await self._db.transaction(work)
        except DuplicateKeyError:
            raise Problem("account.login_taken") from None
        return handed

    async def find(self, login: str) -> str | None:
        """The user id behind a login."""
        identity = await self._people.find(IdentityKind.STAFF, login.strip())
        return identity["user_id"] if identity else None

    async def reset(
        self,
        login: str,
        *,
        password: str | None = None,
        otp_secret: str | None = None,
        actor: Actor | None = None,
    ) -> Provisioned:
        """Hand out a new password and a new secret of the second factor, if the account has one; all sessions end.

        Raises ``account.not_found``.
        """
        identity = await self._people.find(IdentityKind.STAFF, login.strip())
        user = await self._people.load(identity["user_id"]) if identity else None
        if identity is None or user is None:
            raise Problem("account.not_found")
        roles = tuple(Role(role) for role in user["roles"])
        secret = None if identity.get("password_only") else otp_secret or new_otp_secret()
        handed = _provision(user["_id"], login.strip(), roles, password, secret)
        password_hash = await self._passwords.hash(handed.password)
        sealed = await self._people.sealed(user["_id"], handed.personal)

        async def work(session: AsyncClientSession) -> list[str]:
            await self._db.identities.update_one(
                {"_id": identity["_id"]},
                {"$set": {"password_hash": password_hash}, "$unset": {"otp_last_step": ""}},
                session=session,
            )
            await self._change(session, user["_id"], {f"pii.{name}": value for name, value in sealed.items()})
            await self._audit.write(actor, "staff.credentials_reset", user["_id"], session)
            return await self._sessions.revoke_all(session, user["_id"], "credentials_reset", actor)

        await self._sessions.ended(await self._db.transaction(work))
        return handed

    async def set_roles(
        self, actor: Actor | None, user_id: str, roles: Iterable[Role | str], *, on_duty: bool | None = None
    ) -> None:
        """Give a staff account other roles; its sessions end at once, for tokens bear the old ones.

        What a lost role allowed in case spaces ends by an effect. ``on_duty`` None leaves duty as it is; without the
        role of support nobody is on duty. Raises ``account.not_found``, ``request.invalid``, and what ``StaffRules``
        raises.
        """
        chosen = sorted(_staff_roles(Role(role) for role in roles))
        await self._require_staff(user_id)

        async def work(session: AsyncClientSession) -> list[str]:
            await self._rules.may_change(session, actor, user_id)
            user = await self._people.load(user_id, session)
            if user is None:
                raise Problem("account.not_found")
            had, own = {Role(role) for role in user["roles"]}, {Role.CLIENT}.intersection(user["roles"])
            lost = had - {*chosen} - own
            await self._rules.may_lose(session, user, lost)
            duty = Role.SUPPORT in chosen and (user.get("on_duty", False) if on_duty is None else on_duty)
            await self._change(session, user_id, {"roles": sorted({*chosen, *own}), "on_duty": duty})
            if had == {*chosen, *own}:
                await self._audit.write(actor, "account.duty_changed", user_id, session, on_duty=duty)
                return []
            await self._audit.write(actor, "account.roles_changed", user_id, session, roles=chosen)
            if lost:
                await self._outbox.add(session, "staff.roles_taken", f"user:{user_id}", {"user_id": user_id})
            return await self._sessions.revoke_all(session, user_id, "roles_changed", actor)

        await self._sessions.ended(await self._db.transaction(work))
        self._outbox.nudge()

    async def disable(self, actor: Actor | None, user_id: str, reason: str, *, staff_only: bool = False) -> None:
        """Stop an account, a client's too; its sessions end at once. ``reason`` is a short code, no free text.

        Raises ``account.not_found``, ``staff.own_account``, ``staff.last_ops``.
        """
        if staff_only:
            await self._require_staff(user_id)

        async def work(session: AsyncClientSession) -> list[str]:
            await self._rules.may_change(session, actor, user_id)
            user = await self._people.load(user_id, session)
            if user is not None and Role.OPS in user["roles"]:
                await self._rules.not_the_last(session, user_id)
            await self._change(session, user_id, {"disabled": True})
            await self._audit.write(actor, "account.disabled", user_id, session, reason=reason)
            if user is not None and Role.LAWYER in user["roles"]:
                await self._outbox.add(session, "staff.stopped", f"user:{user_id}", {"user_id": user_id})
            return await self._sessions.revoke_all(session, user_id, REVOKED_DISABLED, actor)

        await self._sessions.ended(await self._db.transaction(work))
        self._outbox.nudge()

    async def enable(self, actor: Actor | None, user_id: str) -> None:
        """Let a disabled account sign in again. Raises ``account.not_found``, also for a retired one."""

        async def work(session: AsyncClientSession) -> None:
            await self._change(session, user_id, {"disabled": False})
            await self._audit.write(actor, "account.enabled", user_id, session)

        await self._db.transaction(work)

    async def _change(self, session: AsyncClientSession, user_id: str, changes: Mapping[str, object]) -> None:
        changed = await self._db.users.update_one(
            {"_id": user_id, "merged_into": {"$exists": False}},
            {"$set": {**changes, "updated_at": self._clock()}},
            session=session,
        )
        if changed.matched_count == 0:
            raise Problem("account.not_found")

    async def _require_staff(self, user_id: str) -> None:
        if IdentityKind.STAFF not in await self._people.kinds(user_id):
            raise Problem("account.not_found")

    def _document(self, handed: Provisioned, name: str, profile: LawyerProfile | None, on_duty: bool) -> UserDocument:
        now = self._clock()
        user: UserDocument = {
            "_id": handed.user_id,
            "schema_version": 1,
            "display_name": name,
            "roles": sorted(handed.roles),
            "disabled": False,
            "verified": False,
            "pii": {},
            "on_duty": on_duty,
            "created_at": now,
            "updated_at": now,
        }
        if profile is not None:
            user["profile"] = profile.model_dump()
        return user


def _provision(
    user_id: str, login: str, roles: Iterable[Role], password: str | None, secret: str | None
) -> Provisioned:
    uri = otpauth_uri(secret, login) if secret is not None else None
    return Provisioned(user_id, login, tuple(roles), password or new_secret(12), secret, uri)


def _staff_roles(roles: Iterable[Role]) -> frozenset[Role]:
    chosen = frozenset(roles)
    _check("roles", None if chosen and Role.CLIENT not in chosen else "请选择工作人员的角色")
    return chosen


def _check(name: str, fault: str | None) -> None:
    if fault is not None:
        raise Problem("request.invalid", fault, errors=[{"field": name, "message": fault}])
