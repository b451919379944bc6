"""Signing in and out."""

from typing import Annotated

from pydantic import Field, StringConstraints

from schemas.api.base import Body, Phone, View
from schemas.api.me import MeView

SmsCode = Annotated[str, Field(pattern=r"^[0-9]{6}$", description="The six digits out of the SMS")]
WeChatCode = Annotated[str, Field(min_length=1, max_length=256, repr=False)]


class WeChatSignInBody(Body):
    code: WeChatCode = Field(description="From wx.login")


class PhoneCodeBody(Body):
    phone: Phone


class PhoneSignInBody(Body):
    phone: Phone
    code: SmsCode


class BindPhoneBody(Body):
    """``{code}`` from WeChat's phone button, or ``{phone, code}`` with the code out of an SMS."""

    code: WeChatCode
    phone: Phone | None = None


class StaffSignInBody(Body):
    login: str = Field(min_length=1, max_length=64)
    # Spaces at the ends of a password belong to it.
    password: Annotated[str, StringConstraints(strip_whitespace=False, min_length=1, max_length=256)] = Field(
        repr=False
    )
    otp: Annotated[str, Field(pattern=r"^[0-9]{6}$")] | None = Field(None, repr=False)


class RefreshBody(Body):
    refresh_token: str = Field(min_length=1, max_length=512, repr=False)


class SignedInView(View):
    access_token: str = Field(repr=False, description="Send it as Authorization: Bearer …")
    refresh_token: str = Field(repr=False, description="Single use; each refresh answers the next one")
    expires_in: int = Field(description="Seconds that the access token lives")
    user: MeView
