"""The services of sign-in on a database of their own: time held still, WeChat and SMS scripted, sockets recorded."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pyotp
from argon2 import PasswordHasher

from miniprogram_api.errors import VendorError, WeChatError
from miniprogram_api.sms import SmsReceipt
from miniprogram_api.wechat import LoginSession, PhoneNumber
from schemas.api.auth import SignedInView
from schemas.documents.ledgers import AuditDocument
from schemas.enums import Role
from server.setting_values import decode_key
from server.settings import Settings
from services.actors import Actor
from services.audit import Audit
from services.errors import Problem
from services.identity.accounts import Accounts
from services.identity.counters import Counters
from services.identity.origins import Origin
from services.identity.passwords import Passwords
from services.identity.people import People
from services.identity.phone_binding import PhoneBinding
from services.identity.sessions import Sessions
from services.identity.sign_in import SignIn
from services.identity.sms_codes import SmsCodes
from services.identity.staff import Provisioned, Staff
from services.identity.tokens import TokenSigner
from services.identity.wechat_codes import WeChatCodes
from services.ids import new_id
from services.keys import BlindIndex, Vault
from services.outbox import Outbox
from services.storage.database import Database
from services.storage.indexes import apply
from tests.recorded_live import RecordedLive

ACCESS_LIFETIME = timedelta(minutes=15)
REFRESH_LIFETIME = timedelta(days=30)

T = TypeVar("T")


class HeldClock:
    """Time that moves only when a test says so; ``ticks`` is the same for a process's own clock."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC).replace(microsecond=0)

    def __call__(self) -> datetime:
        return self.now

    def ticks(self) -> float:
        return self.now.timestamp()

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class ScriptedWeChat:
    """WeChat as scripted: single-use codes, and a fault for everything when one is set."""

    def __init__(self) -> None:
        self.logins: dict[str, LoginSession] = {}
        self.phones: dict[str, PhoneNumber] = {}
        self.fault: VendorError | None = None

    def login_code(self, openid: str, unionid: str | None = None) -> str:
        code = secrets.token_hex(8)
        self.logins[code] = LoginSession(openid, f"key-{code}", unionid)
        return code

    def phone_code(self, phone: str, country: str = "86") -> str:
        code = secrets.token_hex(8)
        self.phones[code] = PhoneNumber(phone, country, f"+{country}{phone}")
        return code

    async def code_to_session(self, code: str) -> LoginSession:
        return self._take(self.logins, code)

    async def phone_number(self, code: str) -> PhoneNumber:
        return self._take(self.phones, code)

    def _take(self, codes: dict[str, T], code: str) -> T:
        if self.fault is not None:
            raise self.fault
        if code not in codes:
            raise WeChatError("scripted", 40029, "invalid code rid: 0", retryable=False)
        return codes.pop(code)


class ScriptedSms:
    """Keeps the messages instead of sending them, or raises the fault that is set."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, tuple[str, ...]]] = []
        self.fault: VendorError | None = None

    async def send(self, phone: str, template_id: str, params: Sequence[str]) -> SmsReceipt:
        if self.fault is not None:
            raise self.fault
        self.sent.append((phone, template_id, tuple(params)))
        return SmsReceipt("1", 1)

    def code_for(self, phone: str) -> str:
        """The last code that went to the number."""
        return next(params[0] for number, _, params in reversed(self.sent) if number == f"+86{phone}")


@dataclass
class World:
    db: Database
    vault: Vault
    index: BlindIndex
    clock: HeldClock
    live: RecordedLive
    wechat: ScriptedWeChat
    texts: ScriptedSms
    audit: Audit
    people: People
    counters: Counters
    signer: TokenSigner
    sessions: Sessions
    sms: SmsCodes
    passwords: Passwords
    sign_in: SignIn
    accounts: Accounts
    staff: Staff

    def origin(self, client: str = "phone") -> Origin:
        """A device at an address that nobody else has, so that tests do not use up each other's tries."""
        address = f"2001:db8::{secrets.token_hex(2)}:{secrets.token_hex(2)}"
        return Origin(f"{address} {client}", address, "req-" + secrets.token_hex(6))

    def phone(self) -> str:
        return f"139{secrets.randbelow(100_000_000):08d}"

    async def client(self, *, openid: str | None = None, origin: Origin | None = None) -> SignedInView:
        """Somebody new, signed in by WeChat."""
        code = self.wechat.login_code(openid or f"openid-{new_id()}")
        return await self.sign_in.by_wechat(code, origin or self.origin())

    async def by_phone(self, phone: str, origin: Origin | None = None) -> SignedInView:
        origin = origin or self.origin()
        await self.sign_in.send_phone_code(phone, origin)
        return await self.sign_in.by_phone(phone, self.texts.code_for(phone), origin)

    async def lawyer(self, *roles: Role) -> Provisioned:
        return await self.staff.create(f"staff-{new_id()}", "陈律师", roles or (Role.LAWYER,))

    def otp(self, handed: Provisioned, steps: int = 0) -> str:
        """The one-time password that the person's app shows now, or some steps from now."""
        assert handed.otp_secret is not None
        return str(pyotp.TOTP(handed.otp_secret).at(self.clock.now, counter_offset=steps))

    async def by_staff(self, handed: Provisioned, origin: Origin | None = None) -> SignedInView:
        self.clock.forward(30)  # every code is used once
        return await self.sign_in.by_staff(handed.login, handed.password, self.otp(handed), origin or self.origin())

    async def actor(self, signed_in: SignedInView) -> Actor:
        return await self.sessions.authenticate(signed_in.access_token, request_id="req-test", address="192.0.2.7")

    async def audited(self, subject: str, action: str | None = None) -> list[AuditDocument]:
        query = {"subject": subject} | ({"action": action} if action else {})
        return await self.db.audit.find(query).sort("_id", 1).to_list()

    def another_process(self) -> Sessions:
        """Sessions as another process of the product has them."""
        return Sessions(
            self.db,
            self.vault,
            self.index,
            self.people,
            self.signer,
            self.audit,
            RecordedLive(),
            REFRESH_LIFETIME,
            self.clock,
            self.clock.ticks,
        )


async def refusal(awaitable: Awaitable[object]) -> str:
    """The code of the problem that this ends in."""
    try:
        await awaitable
    except Problem as problem:
        return problem.code
    raise AssertionError("it was not refused")


def _build(settings: Settings, database: Database) -> World:
    clock, live, wechat, texts = HeldClock(), RecordedLive(), ScriptedWeChat(), ScriptedSms()
    vault = Vault(database, {name: decode_key(key) for name, key in settings.master_keys.items()}, clock)
    index, audit = BlindIndex(decode_key(settings.index_key)), Audit(database, clock)
    people, counters = People(database, vault, index, clock), Counters(database, clock)
    keys = {name: decode_key(key) for name, key in settings.token_keys.items()}
    signer = TokenSigner(keys, ACCESS_LIFETIME, clock)
    sessions = Sessions(database, vault, index, people, signer, audit, live, REFRESH_LIFETIME, clock, clock.ticks)
    sms = SmsCodes(database, texts, settings.sms_templates["login"], index, counters, None, clock)
    passwords, codes = Passwords(PasswordHasher(1, 64, 1)), WeChatCodes(wechat)
    binding = PhoneBinding(database, people, sessions, audit, clock)
    outbox = Outbox(database, lambda: None, clock)
    return World(
        db=database,
        vault=vault,
        index=index,
        clock=clock,
        live=live,
        wechat=wechat,
        texts=texts,
        audit=audit,
        people=people,
        counters=counters,
        signer=signer,
        sessions=sessions,
        sms=sms,
        passwords=passwords,
        sign_in=SignIn(database, people, sessions, codes, sms, passwords, counters, audit, clock),
        accounts=Accounts(database, people, binding, codes, sms, audit, outbox, clock),
        staff=Staff(database, people, passwords, sessions, audit, outbox, clock),
    )


@asynccontextmanager
async def identity_world(settings: Settings) -> AsyncIterator[World]:
    database = Database(settings.mongo_uri.get_secret_value(), settings.mongo_database)
    await apply(database)
    try:
        yield _build(settings, database)
    finally:
        await database.close()
