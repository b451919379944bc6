"""Signing in: every way, every refusal, and the audit trail of both (B1, B4)."""

import asyncio
import time

import pytest
from argon2 import PasswordHasher

from miniprogram_api.errors import TransportError, VendorError, WeChatError
from schemas.api.auth import BindPhoneBody
from schemas.enums import IdentityKind, Role
from services.identity.passwords import Passwords
from services.identity.sign_in import SignIn
from services.identity.wechat_codes import WeChatCodes
from services.ids import new_id
from tests.services.identity_world import World, refusal

# --- WeChat


async def test_wechat_makes_a_client_once_and_knows_them_again(world: World) -> None:
    """B1"""
    openid = f"openid-{new_id()}"
    first, second = await world.client(openid=openid), await world.client(openid=openid)
    assert first.user.id == second.user.id
    assert first.user.roles == [Role.CLIENT]
    assert first.user.display_name == f"微信用户{first.user.id[-4:]}"
    assert first.user.identities == [IdentityKind.WECHAT]
    assert first.user.phone_masked is None
    assert await world.accounts.openid_of(first.user.id) == openid
    assert await world.accounts.user_of_openid(openid) == first.user.id


async def test_the_same_newcomer_twice_at_once_is_one_account(world: World) -> None:
    openid = f"openid-{new_id()}"
    both = await asyncio.gather(*(world.client(openid=openid) for _ in range(6)))
    assert len({signed_in.user.id for signed_in in both}) == 1
    assert len({signed_in.refresh_token for signed_in in both}) == 6


async def test_the_last_session_key_counts_and_all_is_sealed(world: World) -> None:
    """K2: openid, unionid and session key are stored under the person's data key."""
    openid = f"openid-{new_id()}"
    await world.client(openid=openid)
    code = world.wechat.login_code(openid, "union-1")
    user_id = (await world.sign_in.by_wechat(code, world.origin())).user.id
    user = await world.people.load(user_id)
    assert user is not None
    opened = await world.people.opened(user, "openid", "unionid", "session_key")
    assert opened == {"openid": openid, "unionid": "union-1", "session_key": f"key-{code}"}
    stored = repr(user) + repr([row async for row in world.db.identities.find({"user_id": user_id})])
    assert not any(value in stored for value in opened.values())


async def test_a_wechat_code_works_once(world: World) -> None:
    code = world.wechat.login_code(f"openid-{new_id()}")
    await world.sign_in.by_wechat(code, world.origin())
    assert await refusal(world.sign_in.by_wechat(code, world.origin())) == "auth.code_invalid"


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (WeChatError("jscode2session", 40029, "", retryable=False), "auth.code_invalid"),
        (WeChatError("jscode2session", 40163, "", retryable=False), "auth.code_invalid"),
        (WeChatError("jscode2session", 40226, "", retryable=False), "auth.forbidden"),
        (WeChatError("jscode2session", 45011, "", retryable=True), "auth.too_many_attempts"),
        (WeChatError("jscode2session", -1, "", retryable=True), "provider.unavailable"),
        (WeChatError("jscode2session", 40125, "", retryable=False), "provider.unavailable"),
        (TransportError("jscode2session", "timeout", sent=True), "provider.unavailable"),
    ],
)
async def test_what_wechat_says_is_told(world: World, fault: VendorError, code: str) -> None:
    world.wechat.fault = fault
    origin = world.origin()
    try:
        assert await refusal(world.sign_in.by_wechat("any", origin)) == code
    finally:
        world.wechat.fault = None
    failures = await world.db.audit.find({"request_id": origin.request_id}).to_list()
    blamed = code in ("auth.code_invalid", "auth.forbidden")  # an outage is nobody's failure to sign in
    assert [entry["detail"] for entry in failures] == ([{"code": code}] if blamed else [])


# --- phone


async def test_a_phone_makes_a_client_at_first_use(world: World) -> None:
    """B1"""
    phone = world.phone()
    first = await world.by_phone(phone)
    assert (await world.by_phone(phone)).user.id == first.user.id
    assert first.user.roles == [Role.CLIENT]
    assert first.user.phone_masked == f"{phone[:3]}****{phone[-4:]}"
    assert first.user.identities == [IdentityKind.PHONE]
    assert first.user.display_name == f"手机用户{first.user.id[-4:]}"
    assert await world.accounts.phone_of(first.user.id) == phone
    assert phone not in first.model_dump_json()


async def test_a_wrong_code_signs_nobody_in_and_makes_nobody(world: World) -> None:
    phone, origin = world.phone(), world.origin()
    assert await refusal(world.sign_in.by_phone(phone, "000000", origin)) == "auth.sms_code_invalid"
    assert await world.people.find(IdentityKind.PHONE, phone) is None
    (entry,) = await world.audited(f"phone:{world.people.lookup(IdentityKind.PHONE, phone)}")
    assert (entry["action"], entry["detail"]) == ("sign_in.failed", {"code": "auth.sms_code_invalid"})
    assert (entry["actor"], entry["address"], entry["request_id"]) == ("anonymous", origin.address, origin.request_id)


# --- staff


async def test_staff_sign_in_with_two_factors(world: World) -> None:
    """B4"""
    handed = await world.lawyer(Role.LAWYER, Role.REVIEWER)
    origin = world.origin()
    first = world.sign_in.by_staff(handed.login, handed.password, None, origin)
    assert await refusal(first) == "auth.otp_required"
    signed_in = await world.sign_in.by_staff(handed.login, handed.password, world.otp(handed), origin)
    assert signed_in.user.roles == [Role.LAWYER, Role.REVIEWER]
    assert (await world.actor(signed_in)).is_staff


async def test_logins_do_not_care_about_case(world: World) -> None:
    handed = await world.lawyer()
    code = world.otp(handed)
    signed_in = await world.sign_in.by_staff(handed.login.upper(), handed.password, code, world.origin())
    assert signed_in.user.id == handed.user_id


async def test_a_one_time_password_works_once(world: World) -> None:
    """B4; RFC 6238, 5.2"""
    handed, origin = await world.lawyer(), world.origin()
    code = world.otp(handed)
    await world.sign_in.by_staff(handed.login, handed.password, code, origin)
    again = world.sign_in.by_staff(handed.login, handed.password, code, origin)
    assert await refusal(again) == "auth.otp_invalid"
    before = world.sign_in.by_staff(handed.login, handed.password, world.otp(handed, -1), origin)
    assert await refusal(before) == "auth.otp_invalid"
    world.clock.forward(30)
    await world.sign_in.by_staff(handed.login, handed.password, world.otp(handed), origin)


async def test_a_one_time_password_used_twice_at_once_works_once(world: World) -> None:
    handed, origin = await world.lawyer(), world.origin()
    code = world.otp(handed)
    tries = await asyncio.gather(
        *(world.sign_in.by_staff(handed.login, handed.password, code, origin) for _ in range(4)),
        return_exceptions=True,
    )
    assert sum(not isinstance(outcome, BaseException) for outcome in tries) == 1


@pytest.mark.parametrize("steps", [-1, 1])
async def test_clocks_may_differ_by_one_step(world: World, steps: int) -> None:
    handed = await world.lawyer()
    code = world.otp(handed, steps)
    await world.sign_in.by_staff(handed.login, handed.password, code, world.origin())


@pytest.mark.parametrize("steps", [-2, 2])
async def test_clocks_may_not_differ_by_more(world: World, steps: int) -> None:
    handed = await world.lawyer()
    tried = world.sign_in.by_staff(handed.login, handed.password, world.otp(handed, steps), world.origin())
    assert await refusal(tried) == "auth.otp_invalid"


async def test_unknown_login_and_wrong_password_are_one_answer(world: World) -> None:
    handed = await world.lawyer()
    wrong = world.sign_in.by_staff(handed.login, "wrong password", world.otp(handed), world.origin())
    unknown = world.sign_in.by_staff("nobody", handed.password, world.otp(handed), world.origin())
    assert await refusal(wrong) == await refusal(unknown) == "auth.credentials_invalid"


async def test_unknown_login_and_wrong_password_take_one_time(world: World) -> None:
    """Argon2 at a cost that dwarfs the queries, so that leaving it out would show."""
    passwords = Passwords(PasswordHasher(2, 32 * 1024, 1))
    sign_in = SignIn(
        world.db,
        world.people,
        world.sessions,
        WeChatCodes(world.wechat),
        world.sms,
        passwords,
        world.counters,
        world.audit,
        world.clock,
    )
    handed = await world.lawyer()
    await world.db.identities.update_one(
        {"user_id": handed.user_id}, {"$set": {"password_hash": await passwords.hash(handed.password)}}
    )

    async def seconds(login: str) -> float:
        started = time.perf_counter()
        assert await refusal(sign_in.by_staff(login, "wrong password", None, world.origin()))
        return time.perf_counter() - started

    known, unknown = [], []
    for _ in range(7):
        known.append(await seconds(handed.login))
        unknown.append(await seconds(new_id()))
    assert 0.5 < min(known) / min(unknown) < 2


async def test_a_disabled_account_is_told_only_to_who_proves_to_be_its_owner(world: World) -> None:
    handed, origin = await world.lawyer(), world.origin()
    await world.staff.disable(None, handed.user_id, "left")
    wrong = world.sign_in.by_staff(handed.login, "wrong password", None, origin)
    assert await refusal(wrong) == "auth.credentials_invalid"
    right = world.sign_in.by_staff(handed.login, handed.password, world.otp(handed), origin)
    assert await refusal(right) == "auth.account_disabled"


async def test_guessing_is_stopped_for_one_address_and_the_owner_still_gets_in(world: World) -> None:
    handed, thief = await world.lawyer(), world.origin("thief")
    codes = [await refusal(world.sign_in.by_staff(handed.login, "wrong password", None, thief)) for _ in range(11)]
    assert codes[:10] == ["auth.credentials_invalid"] * 10
    assert codes[10] == "auth.too_many_attempts"
    right = world.sign_in.by_staff(handed.login, handed.password, world.otp(handed), thief)
    assert await refusal(right) == "auth.too_many_attempts"
    assert (await world.by_staff(handed)).user.id == handed.user_id
    world.clock.forward(900)
    await world.sign_in.by_staff(handed.login, handed.password, world.otp(handed), thief)


async def test_guessing_the_one_time_password_is_stopped_too(world: World) -> None:
    handed, origin = await world.lawyer(), world.origin()
    codes = [await refusal(world.sign_in.by_staff(handed.login, handed.password, "000000", origin)) for _ in range(11)]
    assert codes == ["auth.otp_invalid"] * 10 + ["auth.too_many_attempts"]


async def test_signing_in_often_is_no_attack(world: World) -> None:
    handed, origin = await world.lawyer(), world.origin()
    for _ in range(15):
        assert (await world.by_staff(handed, origin)).user.id == handed.user_id
        without = world.sign_in.by_staff(handed.login, handed.password, None, origin)
        assert await refusal(without) == "auth.otp_required"


async def test_an_outdated_hash_is_replaced_at_the_next_sign_in(world: World) -> None:
    handed = await world.lawyer()
    old = PasswordHasher(2, 64, 1).hash(handed.password)
    await world.db.identities.update_one({"user_id": handed.user_id}, {"$set": {"password_hash": old}})
    await world.by_staff(handed)
    identity = await world.people.find(IdentityKind.STAFF, handed.login)
    assert identity is not None
    assert identity["password_hash"] != old
    assert (await world.by_staff(handed)).user.id == handed.user_id


async def test_staff_cannot_sign_in_without_the_second_factor(world: World) -> None:
    """B4: a phone bound to a lawyer's account is a way to reach the lawyer, not a way in."""
    handed, phone = await world.lawyer(), world.phone()
    actor = await world.actor(await world.by_staff(handed))
    origin = world.origin()
    await world.sign_in.send_phone_code(phone, origin)
    body = {"phone": phone, "code": world.texts.code_for(phone)}
    bound = await world.accounts.bind_phone(actor, bind_body(**body))
    assert bound.phone_masked
    assert await refusal(world.by_phone(phone)) == "auth.forbidden"


def bind_body(**fields: str) -> BindPhoneBody:
    return BindPhoneBody.model_validate(fields)


async def test_signing_in_is_audited_and_failures_are(world: World) -> None:
    """K2: with blind indexes for subjects, never the login or phone itself."""
    handed, origin = await world.lawyer(), world.origin()
    signed_in = await world.by_staff(handed, origin)
    (opened,) = await world.audited((await world.actor(signed_in)).session_id)
    assert (opened["action"], opened["actor"], opened["detail"]) == (
        "session.opened",
        handed.user_id,
        {"method": "staff"},
    )
    assert (opened["address"], opened["request_id"]) == (origin.address, origin.request_id)
    await refusal(world.sign_in.by_staff(handed.login, "wrong password", None, origin))
    (failed,) = await world.audited(f"staff:{world.people.lookup(IdentityKind.STAFF, handed.login)}")
    assert failed["detail"] == {"code": "auth.credentials_invalid"}
    trail = str([entry async for entry in world.db.audit.find()])
    assert handed.login not in trail
    assert handed.password not in trail
