"""The doors of sign-in over HTTP, against the sandbox: contract "Sign in", and every refusal with its code."""

import asyncio
import json
import logging
import secrets
import time
from collections.abc import AsyncIterator, Mapping
from typing import Any

import jwt
import pyotp
import pytest
import pytest_asyncio

from schemas.enums import Role
from server.setting_values import decode_keys
from services.identity.staff import Provisioned
from services.ids import new_id
from tests.handlers.sign_in_app import Doors, open_doors
from tests.parts.databases import SettingsMaker


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def doors(make_settings: SettingsMaker) -> AsyncIterator[Doors]:
    async with open_doors(make_settings()) as doors:
        yield doors


def new_phone() -> str:
    return f"137{secrets.randbelow(100_000_000):08d}"


async def by_wechat(doors: Doors, openid: str | None = None) -> dict[str, Any]:
    code = await doors.login_code(openid or await doors.user(new_phone()))
    answer = await doors.call("POST", "/api/v1/auth/wechat", {"code": code})
    assert answer.status == 200, answer.body
    return dict(answer.body)


async def by_phone(doors: Doors, phone: str) -> dict[str, Any]:
    assert (await doors.call("POST", "/api/v1/auth/phone/code", {"phone": phone})).status == 204
    body = {"phone": phone, "code": await doors.sms_code(phone)}
    answer = await doors.call("POST", "/api/v1/auth/phone", body)
    assert answer.status == 200, answer.body
    return dict(answer.body)


async def new_staff(doors: Doors, *roles: Role) -> Provisioned:
    return await doors.house.staff.create(f"staff-{new_id()}", "李律师", roles or (Role.LAWYER,))


def otp(handed: Provisioned) -> str:
    assert handed.otp_secret is not None
    return pyotp.TOTP(handed.otp_secret).now()


async def by_staff(doors: Doors, handed: Provisioned) -> dict[str, Any]:
    body = {"login": handed.login, "password": handed.password, "otp": otp(handed)}
    answer = await doors.call("POST", "/api/v1/auth/staff", body)
    assert answer.status == 200, answer.body
    return dict(answer.body)


# --- the ways in


async def test_by_wechat(doors: Doors) -> None:
    """B1"""
    phone = new_phone()
    openid = await doors.user(phone)
    signed_in = await by_wechat(doors, openid)
    assert set(signed_in) == {"access_token", "refresh_token", "expires_in", "user"}
    assert signed_in["user"]["roles"] == ["client"]
    me = await doors.call("GET", "/api/v1/me", token=signed_in["access_token"])
    assert (me.status, me.body) == (200, signed_in["user"])
    assert (await by_wechat(doors, openid))["user"]["id"] == signed_in["user"]["id"]
    assert openid not in json.dumps(signed_in)
    claims = jwt.decode(signed_in["access_token"], options={"verify_signature": False})
    assert openid not in json.dumps(claims)


async def test_a_wechat_code_works_once(doors: Doors) -> None:
    code = await doors.login_code(await doors.user(new_phone()))
    first, second = [await doors.call("POST", "/api/v1/auth/wechat", {"code": code}) for _ in range(2)]
    assert (first.status, second.status, second.code) == (200, 401, "auth.code_invalid")


async def test_wechat_out_of_order_is_told(doors: Doors) -> None:
    code = await doors.login_code(await doors.user(new_phone()))
    await doors.control("/faults", {"endpoint": "jscode2session", "errcode": -1, "times": 5})
    try:
        answer = await doors.call("POST", "/api/v1/auth/wechat", {"code": code})
    finally:
        await doors.clear_faults()
    assert (answer.status, answer.code, answer.body["retryable"]) == (503, "provider.unavailable", True)
    assert answer.headers["Retry-After"]


async def test_by_phone(doors: Doors) -> None:
    """B1"""
    phone = new_phone()
    signed_in = await by_phone(doors, phone)
    assert signed_in["user"]["phone_masked"] == f"{phone[:3]}****{phone[-4:]}"
    assert (await by_phone(doors, phone))["user"]["id"] == signed_in["user"]["id"]
    wrong = await doors.call("POST", "/api/v1/auth/phone", {"phone": phone, "code": "000000"})
    assert (wrong.status, wrong.code) == (401, "auth.sms_code_invalid")


async def test_staff_with_the_second_factor(doors: Doors) -> None:
    """B4"""
    handed = await new_staff(doors)
    body = {"login": handed.login, "password": handed.password}
    without = await doors.call("POST", "/api/v1/auth/staff", body)
    assert (without.status, without.code) == (401, "auth.otp_required")
    code = otp(handed)
    right = await doors.call("POST", "/api/v1/auth/staff", {**body, "otp": code})
    assert (right.status, right.body["user"]["roles"]) == (200, ["lawyer"])
    again = await doors.call("POST", "/api/v1/auth/staff", {**body, "otp": code})
    assert (again.status, again.code) == (401, "auth.otp_invalid")
    wrong = await doors.call("POST", "/api/v1/auth/staff", {**body, "password": "wrong password"})
    unknown = await doors.call("POST", "/api/v1/auth/staff", {**body, "login": "nobody"})
    assert (wrong.status, wrong.code) == (unknown.status, unknown.code) == (401, "auth.credentials_invalid")


async def test_guessing_is_told_when_to_come_back(doors: Doors) -> None:
    handed = await new_staff(doors)
    body = {"login": handed.login, "password": "wrong password"}
    for _ in range(21):  # ten in a window, and the clock may pass from one window into the next
        answer = await doors.call("POST", "/api/v1/auth/staff", body)
        if answer.status == 429:
            break
    assert (answer.status, answer.code) == (429, "auth.too_many_attempts")
    assert 0 < int(answer.headers["Retry-After"]) <= 900


# --- tokens


async def test_refreshing(doors: Doors) -> None:
    """Ruling 18"""
    signed_in = await by_wechat(doors)
    body = {"refresh_token": signed_in["refresh_token"]}
    first, repeated = [await doors.call("POST", "/api/v1/auth/refresh", body) for _ in range(2)]
    assert first.status == 200
    assert first.body == repeated.body
    assert first.body["refresh_token"] != signed_in["refresh_token"]
    assert first.body["user"] == signed_in["user"]
    stolen = await doors.call("POST", "/api/v1/auth/refresh", body, agent="somebody else's phone")
    assert (stolen.status, stolen.code) == (401, "auth.refresh_reused")
    after = await doors.call("GET", "/api/v1/me", token=first.body["access_token"])
    assert (after.status, after.code) == (401, "auth.session_revoked")
    ended = await doors.call("POST", "/api/v1/auth/refresh", {"refresh_token": first.body["refresh_token"]})
    assert (ended.status, ended.code) == (401, "auth.session_revoked")


async def test_two_tabs_refresh_at_once(doors: Doors) -> None:
    body = {"refresh_token": (await by_wechat(doors))["refresh_token"]}
    answers = await asyncio.gather(*(doors.call("POST", "/api/v1/auth/refresh", body) for _ in range(6)))
    assert [answer.status for answer in answers] == [200] * 6
    assert len({answer.body["refresh_token"] for answer in answers}) == 1


async def test_logging_out(doors: Doors) -> None:
    """Ruling 14"""
    signed_in = await by_wechat(doors)
    token = signed_in["access_token"]
    assert (await doors.call("POST", "/api/v1/auth/logout", token=token)).status == 204
    after = await doors.call("GET", "/api/v1/me", token=token)
    assert (after.status, after.code) == (401, "auth.session_revoked")
    refreshed = await doors.call("POST", "/api/v1/auth/refresh", {"refresh_token": signed_in["refresh_token"]})
    assert (refreshed.status, refreshed.code) == (401, "auth.session_revoked")


async def test_tokens_that_are_none(doors: Doors) -> None:
    key_id = next(iter(doors.house.settings.token_keys))
    missing = await doors.call("GET", "/api/v1/me")
    assert (missing.status, missing.code) == (401, "auth.required")
    assert missing.headers["WWW-Authenticate"] == "Bearer"
    basic = await doors.call("GET", "/api/v1/me", headers={"Authorization": "Basic eDp5"})
    assert basic.code == "auth.required"
    forged = jwt.encode({"sub": new_id()}, secrets.token_bytes(32), headers={"kid": key_id, "typ": "at+jwt"})
    invalid = await doors.call("GET", "/api/v1/me", token=forged)
    assert (invalid.status, invalid.code) == (401, "auth.token_invalid")
    rubbish = await doors.call("POST", "/api/v1/auth/refresh", {"refresh_token": "rubbish"})
    assert (rubbish.status, rubbish.code) == (401, "auth.refresh_invalid")


async def test_an_expired_token(doors: Doors) -> None:
    signed_in = await by_wechat(doors)
    claims = jwt.decode(signed_in["access_token"], options={"verify_signature": False})
    key_id, key = next(iter(decode_keys(doors.house.settings.token_keys).items()))
    past = {**claims, "exp": int(time.time()) - 1}
    expired = jwt.encode(past, key, algorithm="HS256", headers={"kid": key_id, "typ": "at+jwt"})
    answer = await doors.call("GET", "/api/v1/me", token=expired)
    assert (answer.status, answer.code) == (401, "auth.token_expired")


async def test_a_disabled_account(doors: Doors) -> None:
    openid = await doors.user(new_phone())
    signed_in = await by_wechat(doors, openid)
    await doors.house.staff.disable(None, signed_in["user"]["id"], "abuse")
    answer = await doors.call("GET", "/api/v1/me", token=signed_in["access_token"])
    assert (answer.status, answer.code) == (403, "auth.account_disabled")
    again = await doors.call("POST", "/api/v1/auth/wechat", {"code": await doors.login_code(openid)})
    assert (again.status, again.code) == (403, "auth.account_disabled")


# --- one's own account


async def test_binding_a_phone_by_wechats_button_and_by_sms(doors: Doors) -> None:
    """B1, ruling 19"""
    phone = new_phone()
    openid = await doors.user(phone)
    token = (await by_wechat(doors, openid))["access_token"]
    code = await doors.phone_code(openid)
    bound = await doors.call("POST", "/api/v1/auth/phone/bind", {"code": code}, token=token)
    assert (bound.status, bound.body["phone_masked"]) == (200, f"{phone[:3]}****{phone[-4:]}")
    assert (await by_phone(doors, phone))["user"]["id"] == bound.body["id"]
    used = await doors.call("POST", "/api/v1/auth/phone/bind", {"code": code}, token=token)
    assert (used.status, used.code) == (401, "auth.code_invalid")

    other = new_phone()
    await doors.call("POST", "/api/v1/auth/phone/code", {"phone": other})
    body = {"phone": other, "code": await doors.sms_code(other)}
    second = await doors.call("POST", "/api/v1/auth/phone/bind", body, token=token)
    assert (second.status, second.code) == (409, "auth.identity_exists")


async def test_a_phone_of_somebody_else_is_a_conflict(doors: Doors) -> None:
    """Ruling 19"""
    phone = new_phone()
    owner = await doors.user(phone)
    token = (await by_wechat(doors, owner))["access_token"]
    await doors.call("POST", "/api/v1/auth/phone/bind", {"code": await doors.phone_code(owner)}, token=token)
    other = (await by_wechat(doors))["access_token"]
    await doors.call("POST", "/api/v1/auth/phone/code", {"phone": phone})
    body = {"phone": phone, "code": await doors.sms_code(phone)}
    answer = await doors.call("POST", "/api/v1/auth/phone/bind", body, token=other)
    assert (answer.status, answer.code) == (409, "auth.account_conflict")


async def test_renaming(doors: Doors) -> None:
    token = (await by_wechat(doors))["access_token"]
    renamed = await doors.call("PATCH", "/api/v1/me", {"display_name": " 王先生 "}, token=token)
    assert (renamed.status, renamed.body["display_name"]) == (200, "王先生")
    refused = await doors.call("PATCH", "/api/v1/me", {"display_name": "客服小李"}, token=token)
    assert (refused.status, refused.code) == (422, "request.invalid")
    assert refused.body["errors"][0]["field"] == "display_name"


# --- others


async def test_a_whole_phone_is_for_the_desk(doors: Doors) -> None:
    """K2"""
    phone = new_phone()
    client = await by_phone(doors, phone)
    path = f"/api/v1/users/{client['user']['id']}/phone"
    desk = (await by_staff(doors, await new_staff(doors, Role.SUPPORT)))["access_token"]
    assert (await doors.call("GET", path, token=desk)).body["phone"] == phone
    lawyer = (await by_staff(doors, await new_staff(doors)))["access_token"]
    for token in (lawyer, client["access_token"]):
        refused = await doors.call("GET", path, token=token)
        assert (refused.status, refused.code) == (403, "auth.forbidden")
    missing = await doors.call("GET", f"/api/v1/users/{new_id()}/phone", token=desk)
    assert (missing.status, missing.code) == (404, "account.not_found")


async def test_lawyers_are_public(doors: Doors) -> None:
    """B5"""
    handed = await new_staff(doors)
    listed = await doors.call("GET", "/api/v1/lawyers?limit=100")
    assert handed.user_id in [row["id"] for row in listed.body["items"]]
    one = await doors.call("GET", f"/api/v1/lawyers/{handed.user_id}")
    assert (one.status, one.body["display_name"]) == (200, "李律师")
    missing = await doors.call("GET", f"/api/v1/lawyers/{new_id()}")
    assert (missing.status, missing.code) == (404, "account.not_found")
    bad = await doors.call("GET", "/api/v1/lawyers?limit=1000")
    assert (bad.status, bad.code) == (422, "request.invalid")


# --- what is no request


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/auth/wechat", {}),
        ("/api/v1/auth/wechat", {"code": ""}),
        ("/api/v1/auth/wechat", {"code": 7}),
        ("/api/v1/auth/wechat", {"code": "x", "openid": "forged"}),
        ("/api/v1/auth/phone/code", {"phone": "12345"}),
        ("/api/v1/auth/phone/code", {"phone": "+8613800000001"}),
        ("/api/v1/auth/phone", {"phone": "13800000001", "code": "12345"}),
        ("/api/v1/auth/phone", {"phone": "13800000001", "code": "１２３４５６"}),
        ("/api/v1/auth/staff", {"login": "x"}),
        ("/api/v1/auth/staff", {"login": "x", "password": "y" * 257}),
        ("/api/v1/auth/staff", {"login": "x", "password": "y", "otp": "12"}),
        ("/api/v1/auth/refresh", {"refresh_token": "x" * 513}),
    ],
)
async def test_faulty_bodies_are_refused_before_anything_happens(
    doors: Doors, path: str, body: Mapping[str, Any]
) -> None:
    answer = await doors.call("POST", path, body)
    assert (answer.status, answer.code) == (422, "request.invalid")
    assert answer.body["errors"]


async def test_bad_json_wrong_type_and_wrong_method(doors: Doors) -> None:
    bad = await doors.call("POST", "/api/v1/auth/wechat", b"{code:")
    assert (bad.status, bad.code) == (400, "request.bad_json")
    form = await doors.call(
        "POST", "/api/v1/auth/wechat", b"code=x", headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert (form.status, form.code) == (415, "request.content_type")
    method = await doors.call("GET", "/api/v1/auth/wechat")
    assert (method.status, method.code) == (405, "request.method")


async def test_nothing_personal_reaches_a_log_or_the_audit_trail(doors: Doors) -> None:
    """K2: phones, openids, codes, passwords and tokens of a whole round of sign-ins, right and wrong."""
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.DEBUG)
    try:
        doors.log.lines.clear()
        phone = new_phone()
        openid = await doors.user(phone)
        first = await by_wechat(doors, openid)
        await by_phone(doors, phone)
        handed = await new_staff(doors)
        staff = await by_staff(doors, handed)
        wrong = {"login": handed.login, "password": "a-wrong-password"}
        await doors.call("POST", "/api/v1/auth/staff", wrong)
        await doors.call("POST", "/api/v1/auth/phone", {"phone": phone, "code": "987654"})
        await doors.call("POST", "/api/v1/auth/phone", {"phone": phone + "9", "code": "987654"})
        await doors.call("POST", "/api/v1/auth/refresh", {"refresh_token": first["refresh_token"]})
        await doors.call("GET", "/api/v1/me", token=first["access_token"])
    finally:
        root.setLevel(level)
    ours = [line for line in doors.log.lines if "casespace" in line or "miniprogram_api" in line]
    assert ours
    trail = [str(entry) async for entry in doors.house.database.audit.find()]
    told = "\n".join(ours + trail)
    secret = (phone, openid, handed.login, handed.password, "a-wrong-password", "987654")
    tokens = [signed_in[name] for signed_in in (first, staff) for name in ("access_token", "refresh_token")]
    assert [value for value in (*secret, *tokens) if value in told] == []
