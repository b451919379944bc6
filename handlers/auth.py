"""Signing in and out."""

from handlers.base import ApiHandler
from handlers.doors import Call, door
from schemas.api.auth import (
    BindPhoneBody,
    PhoneCodeBody,
    PhoneSignInBody,
    RefreshBody,
    SignedInView,
    StaffSignInBody,
    WeChatSignInBody,
)
from schemas.api.base import NoBody
from schemas.api.me import MeView
from services.identity.origins import Origin
from services.permissions import PUBLIC, SIGNED_IN
from services.rate_limits import SIGN_IN


class AuthHandler(ApiHandler):
    def origin(self) -> Origin:
        return Origin(self.client, self.address, self.request_id)


class WeChatSignInHandler(AuthHandler):
    @door(
        "Sign in with a code of wx.login",
        allow=PUBLIC,
        body=WeChatSignInBody,
        answer=SignedInView,
        limit=SIGN_IN,
        problems=(
            "auth.code_invalid",
            "auth.account_disabled",
            "auth.forbidden",
            "auth.too_many_attempts",
            "provider.unavailable",
        ),
    )
    async def post(self, call: Call[WeChatSignInBody]) -> SignedInView:
        return await self.services.sign_in.by_wechat(call.body.code, self.origin())


class PhoneCodeHandler(AuthHandler):
    @door(
        "Send a code by SMS",
        allow=PUBLIC,
        body=PhoneCodeBody,
        limit=SIGN_IN,
        problems=("auth.too_many_attempts", "provider.unavailable"),
    )
    async def post(self, call: Call[PhoneCodeBody]) -> None:
        await self.services.sign_in.send_phone_code(call.body.phone, self.origin())


class PhoneSignInHandler(AuthHandler):
    @door(
        "Sign in with a phone and the code out of the SMS",
        allow=PUBLIC,
        body=PhoneSignInBody,
        answer=SignedInView,
        limit=SIGN_IN,
        problems=("auth.sms_code_invalid", "auth.too_many_attempts", "auth.account_disabled", "auth.forbidden"),
    )
    async def post(self, call: Call[PhoneSignInBody]) -> SignedInView:
        return await self.services.sign_in.by_phone(call.body.phone, call.body.code, self.origin())


class BindPhoneHandler(ApiHandler):
    @door(
        "Bind a phone to the account",
        allow=SIGNED_IN,
        body=BindPhoneBody,
        answer=MeView,
        limit=SIGN_IN,
        problems=(
            "auth.code_invalid",
            "auth.sms_code_invalid",
            "auth.too_many_attempts",
            "auth.identity_exists",
            "auth.account_conflict",
            "provider.unavailable",
        ),
        description=(
            "The answer is the account that has the phone then. When the caller's account was never used and the "
            "phone belongs to another one, that is the other one: the session goes on in it after a refresh."
        ),
    )
    async def post(self, call: Call[BindPhoneBody]) -> MeView:
        return await self.services.accounts.bind_phone(call.actor, call.body)


class StaffSignInHandler(AuthHandler):
    @door(
        "Sign in as staff with password and one-time password",
        allow=PUBLIC,
        body=StaffSignInBody,
        answer=SignedInView,
        limit=SIGN_IN,
        problems=(
            "auth.credentials_invalid",
            "auth.otp_required",
            "auth.otp_invalid",
            "auth.too_many_attempts",
            "auth.account_disabled",
        ),
    )
    async def post(self, call: Call[StaffSignInBody]) -> SignedInView:
        body = call.body
        return await self.services.sign_in.by_staff(body.login, body.password, body.otp, self.origin())


class RefreshHandler(AuthHandler):
    @door(
        "Exchange a refresh token for the next pair of tokens",
        allow=PUBLIC,
        body=RefreshBody,
        answer=SignedInView,
        limit=SIGN_IN,
        problems=(
            "auth.refresh_invalid",
            "auth.refresh_reused",
            "auth.session_revoked",
            "auth.account_disabled",
        ),
        description=(
            "Single use. A second use ends the session, except within 30 seconds from the same client, which gets "
            "the same answer again."
        ),
    )
    async def post(self, call: Call[RefreshBody]) -> SignedInView:
        return await self.services.sessions.refresh(call.body.refresh_token, self.origin())


class LogoutHandler(ApiHandler):
    @door("Sign out; the session's sockets close", allow=SIGNED_IN, before_terms=True)
    async def post(self, call: Call[NoBody]) -> None:
        await self.services.sessions.revoke(call.actor.session_id, "logout", call.actor)


ROUTES = [
    ("/api/v1/auth/wechat", WeChatSignInHandler),
    ("/api/v1/auth/phone/code", PhoneCodeHandler),
    ("/api/v1/auth/phone/bind", BindPhoneHandler),
    ("/api/v1/auth/phone", PhoneSignInHandler),
    ("/api/v1/auth/staff", StaffSignInHandler),
    ("/api/v1/auth/refresh", RefreshHandler),
    ("/api/v1/auth/logout", LogoutHandler),
]
