"""Signing in: by WeChat's code, by phone and code, by staff password and one-time password (B1, B4)."""

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from schemas.api.auth import SignedInView
from schemas.documents.people import IdentityDocument, UserDocument
from schemas.enums import IdentityKind, Role
from schemas.problem_kinds import Kind
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.identity.counters import Counters, Tally, Window
from services.identity.origins import Origin
from services.identity.passwords import Passwords
from services.identity.people import NewClient, People
from services.identity.sessions import Sessions
from services.identity.sms_codes import SmsCodes
from services.identity.totp import matching_step
from services.identity.wechat_codes import WeChatCodes
from services.ids import new_id
from services.storage.database import Database

# Wrong tries only: a try that succeeds is taken back. By login alone the limit is wide, because whoever knows a
# lawyer's login must not be able to lock the lawyer out with a handful of requests.
_LOGIN_AT_ADDRESS = Window(10, 900)
_LOGIN = Window(100, 3600)
_ADDRESS = Window(100, 900)


class SignIn:
    def __init__(
        self,
        database: Database,
        people: People,
        sessions: Sessions,
        wechat: WeChatCodes,
        sms: SmsCodes,
        passwords: Passwords,
        counters: Counters,
        audit: Audit,
        clock: Clock = utc_now,
    ) -> None:
        self._db = database
        self._people = people
        self._sessions = sessions
        self._wechat = wechat
        self._sms = sms
        self._passwords = passwords
        self._counters = counters
        self._audit = audit
        self._clock = clock

    async def by_wechat(self, code: str, origin: Origin) -> SignedInView:
        """Sign in with a code of ``wx.login``; a newcomer gets a client account.

        Raises ``auth.code_invalid``, ``auth.account_disabled``, ``auth.forbidden`` (staff: password and second
        factor), ``auth.too_many_attempts``, ``provider.unavailable``.
        """
        try:
            login = await self._wechat.login(code)
        except Problem as problem:
            await self._failed("wechat", "", problem, origin)
            raise
        new = NewClient(openid=login.openid, unionid=login.unionid, session_key=login.session_key)
        user = await self._find_or_create(IdentityKind.WECHAT, login.openid, new, origin)
        self._refuse_staff(user)
        # Any new login may replace the session key at WeChat, so the last one counts.
        sealed = await self._people.sealed(user["_id"], new.personal())
        return await self._sessions.open(user, origin, IdentityKind.WECHAT, sealed)

    async def send_phone_code(self, phone: str, origin: Origin) -> None:
        """Send a code by SMS. Raises ``auth.too_many_attempts``, ``request.invalid``, ``provider.unavailable``."""
        await self._sms.send(phone, origin.address)

    async def by_phone(self, phone: str, code: str, origin: Origin) -> SignedInView:
        """Sign in with a phone and its code; a newcomer gets a client account.

        Raises ``auth.sms_code_invalid``, ``auth.too_many_attempts``, ``auth.account_disabled``,
        ``auth.forbidden`` (staff).
        """
        try:
            await self._sms.check(phone, code, origin.address)
        except Problem as problem:
            await self._failed("phone", self._people.lookup(IdentityKind.PHONE, phone), problem, origin)
            raise
        user = await self._find_or_create(IdentityKind.PHONE, phone, NewClient(phone=phone), origin)
        self._refuse_staff(user)
        return await self._sessions.open(user, origin, IdentityKind.PHONE)

    async def by_staff(self, login: str, password: str, otp: str | None, origin: Origin) -> SignedInView:
        """Sign in with password and one-time password (TOTP, six digits, each usable once).

        An unknown login and a wrong password are the same answer after the same time. Raises
        ``auth.credentials_invalid``, ``auth.otp_required`` and ``auth.otp_invalid`` (the password was right),
        ``auth.too_many_attempts``, ``auth.account_disabled``.
        """
        who = self._people.lookup(IdentityKind.STAFF, login)
        where = self._people.lookup_address(origin.address)
        taken = await self._counters.take(
            [
                Tally(f"staff:login-address:{who}:{where}", _LOGIN_AT_ADDRESS),
                Tally(f"staff:login:{who}", _LOGIN),
                Tally(f"staff:address:{where}", _ADDRESS),
            ]
        )
        try:
            user = await self._prove_staff(login, password, otp)
        except Problem as problem:
            if problem.code == "auth.otp_required":
                await self._counters.give_back(taken)  # nothing was wrong, something is missing
            else:
                await self._failed("staff", who, problem, origin)
            raise
        await self._counters.give_back(taken)
        return await self._sessions.open(user, origin, IdentityKind.STAFF)

    async def _prove_staff(self, login: str, password: str, otp: str | None) -> UserDocument:
        identity = await self._people.find(IdentityKind.STAFF, login)
        stored = identity.get("password_hash") if identity else None
        fits = await self._passwords.verify(password, stored)
        user = await self._people.load(identity["user_id"]) if identity else None
        if not fits or identity is None or user is None:
            raise Problem("auth.credentials_invalid")
        if not identity.get("password_only"):
            if otp is None:
                raise Problem("auth.otp_required")
            await self._use_otp(user, identity, otp)
        if stored is not None and self._passwords.is_outdated(stored):
            await self._db.identities.update_one(
                {"_id": identity["_id"], "password_hash": stored},
                {"$set": {"password_hash": await self._passwords.hash(password)}},
            )
        return user

    async def _use_otp(self, user: UserDocument, identity: IdentityDocument, otp: str) -> None:
        secret = (await self._people.opened(user, "otp_secret")).get("otp_secret")
        step = matching_step(secret, otp, self._clock()) if secret else None
        if step is None:
            raise Problem("auth.otp_invalid")
        used = await self._db.identities.update_one(
            {
                "_id": identity["_id"],
                "$or": [{"otp_last_step": {"$lt": step}}, {"otp_last_step": {"$exists": False}}],
            },
            {"$set": {"otp_last_step": step}},
        )
        if used.modified_count != 1:
            raise Problem("auth.otp_invalid", "动态验证码已使用过，请等待下一个验证码")

    async def _find_or_create(self, kind: IdentityKind, value: str, new: NewClient, origin: Origin) -> UserDocument:
        user = await self._find(kind, value)
        if user is not None:
            return user
        user_id = new_id()

        async def work(session: AsyncClientSession) -> UserDocument:
            user = await self._people.add_client(session, user_id, new)
            await self._audit.write(origin.nobody(), "account.created", user_id, session, identity=kind)
            return user

        try:
            return await self._db.transaction(work)
        except DuplicateKeyError:  # the same person came in twice at once
            user = await self._find(kind, value)
            if user is None:
                raise
            return user

    async def _find(self, kind: IdentityKind, value: str) -> UserDocument | None:
        identity = await self._people.find(kind, value)
        return await self._people.load(identity["user_id"]) if identity else None

    def _refuse_staff(self, user: UserDocument) -> None:
        """Whoever sees other people's cases needs the second factor (B4); a phone or an openid is none."""
        if set(user["roles"]) - {Role.CLIENT}:
            raise Problem("auth.forbidden", "工作人员请使用工作账号登录")

    async def _failed(self, way: str, lookup: str, problem: Problem, origin: Origin) -> None:
        """Record a wrong proof; not what is nobody's doing, and not every request of a flood."""
        if problem.type.kind in (Kind.UNAVAILABLE, Kind.RATE_LIMITED):
            return
        subject = f"{way}:{lookup}" if lookup else way
        await self._audit.write(origin.nobody(), "sign_in.failed", subject, code=problem.code)
