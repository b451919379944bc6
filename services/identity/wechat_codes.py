"""WeChat's one-time codes, exchanged; its errors told in our words."""

import logging
import re
from typing import Protocol

from miniprogram_api.errors import TransportError, VendorError, WeChatError
from miniprogram_api.wechat import LoginSession, PhoneNumber
from services.errors import Problem

log = logging.getLogger("casespace.sign_in")

_MAINLAND = re.compile(r"^1[3-9]\d{9}$")
_BAD_CODE = frozenset({40029, 40163})  # unknown or expired; used already
_TOO_OFTEN = frozenset({45009, 45011})
_HIGH_RISK = 40226


class WeChatCalls(Protocol):
    """What is needed of ``miniprogram_api.wechat.WeChatClient``."""

    async def code_to_session(self, code: str) -> LoginSession: ...

    async def phone_number(self, code: str) -> PhoneNumber: ...


class WeChatCodes:
    def __init__(self, wechat: WeChatCalls) -> None:
        self._wechat = wechat

    async def login(self, code: str) -> LoginSession:
        """Who holds the code of ``wx.login``.

        Raises ``auth.code_invalid``, ``auth.forbidden`` (WeChat calls the user a high risk),
        ``auth.too_many_attempts``, ``provider.unavailable``.
        """
        try:
            return await self._wechat.code_to_session(code)
        except VendorError as fault:
            raise _problem(fault) from None

    async def phone(self, code: str) -> str:
        """The mainland number that the code of the phone button stands for: 11 digits.

        Raises the same problems, and ``request.invalid`` for a number of another country.
        """
        try:
            number = await self._wechat.phone_number(code)
        except VendorError as fault:
            raise _problem(fault) from None
        if number.country_code != "86" or not _MAINLAND.match(number.number):
            message = "目前只支持中国大陆的手机号"
            raise Problem("request.invalid", message, errors=[{"field": "code", "message": message}])
        return number.number


def _problem(fault: VendorError) -> Problem:
    if isinstance(fault, WeChatError):
        if fault.errcode in _BAD_CODE:
            return Problem("auth.code_invalid")
        if fault.errcode == _HIGH_RISK:
            return Problem("auth.forbidden", "微信提示该账号存在风险，暂时不能登录")
        if fault.errcode in _TOO_OFTEN:
            return Problem("auth.too_many_attempts", retry_after=60)
    if not isinstance(fault, TransportError) and not fault.retryable:
        # A wrong app secret and the like: nobody can sign in until an operator looks.
        log.error("wechat refuses a sign-in call", extra={"alarm": "wechat_sign_in", "code": fault.code})
    return Problem("provider.unavailable", retry_after=3)
