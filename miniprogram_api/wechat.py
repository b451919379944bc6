"""Calls to ``api.weixin.qq.com`` for sign-in, phone numbers and subscription messages.

WeChat answers business errors with HTTP 200 and ``errcode``; ``errmsg`` ends in ``rid: …``.
Vendor documents: developers.weixin.qq.com, "code2Session", "getPhoneNumber", "checkSessionKey",
"sendMessage (subscribe message)".
"""

import hashlib
import hmac
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from miniprogram_api.access_token import AccessTokens
from miniprogram_api.errors import TransportError, WeChatError
from miniprogram_api.http import Answer, Call, HttpClient, read_json, to_json
from miniprogram_api.settings import MiniprogramState, WeChatConfig

log = logging.getLogger(__name__)

# Busy, and the several rate limits: the same call may succeed later. Everything else is a fact about the input.
_RETRYABLE = {-1, 45009, 45011, 45047}
_TOKEN_REFUSED = {40001, 40014, 42001}


@dataclass(frozen=True)
class LoginSession:
    """Who signed in. Neither field may leave the server; ``session_key`` is base64 text as WeChat sends it."""

    openid: str = field(repr=False)
    session_key: str = field(repr=False)
    unionid: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class PhoneNumber:
    """A phone that WeChat vouches for: ``number`` without, ``full_number`` with the country code."""

    number: str = field(repr=False)
    country_code: str
    full_number: str = field(repr=False)


class WeChatClient:
    """The mini-program's server-side calls. Raises ``WeChatError`` and ``TransportError``."""

    def __init__(self, config: WeChatConfig, tokens: AccessTokens, http: HttpClient) -> None:
        self._config = config
        self._tokens = tokens
        self._http = http

    async def code_to_session(self, code: str) -> LoginSession:
        """Exchange a code of ``wx.login`` (single use, 5 minutes).

        Errors that a user meets: 40029 bad code, 40163 used code, 45011 too often, 40226 high-risk user, -1 busy.
        """
        query = urlencode(
            {
                "appid": self._config.appid,
                "secret": self._config.secret,
                "js_code": code,
                "grant_type": "authorization_code",
            }
        )
        # Not idempotent: a code that WeChat has seen is used, even when its answer was lost.
        data = await self._send("jscode2session", "GET", f"/sns/jscode2session?{query}")
        openid, session_key = data.get("openid"), data.get("session_key")
        if not isinstance(openid, str) or not isinstance(session_key, str) or not openid:
            raise TransportError("jscode2session", "bad_answer", sent=True)
        return LoginSession(openid, session_key, data.get("unionid"))

    async def check_session(self, openid: str, session_key: str) -> bool:
        """Whether ``session_key`` is still the one WeChat holds for ``openid``.

        The HMAC key is the session key's text, not its base64-decoded bytes.
        """
        signature = hmac.new(session_key.encode(), b"", hashlib.sha256).hexdigest()
        query = {"openid": openid, "signature": signature, "sig_method": "hmac_sha256"}
        try:
            await self._with_token("checksession", "GET", "/wxa/checksession", query=query, idempotent=True)
        except WeChatError as error:
            if error.errcode == 87009:
                return False
            raise
        return True

    async def phone_number(self, code: str) -> PhoneNumber:
        """Exchange a code of the getPhoneNumber button (its own code, single use, 5 minutes)."""
        api = "getuserphonenumber"
        data = await self._with_token(api, "POST", "/wxa/business/getuserphonenumber", body={"code": code})
        info = data.get("phone_info")
        if not isinstance(info, dict) or not info.get("purePhoneNumber"):
            raise TransportError(api, "bad_answer", sent=True)
        watermark = info.get("watermark")
        if not isinstance(watermark, dict) or watermark.get("appid") != self._config.appid:
            # A number given to another mini-program is not consent given to this one.
            raise WeChatError(api, 40013, "watermark names another appid", retryable=False)
        return PhoneNumber(
            number=str(info["purePhoneNumber"]),
            country_code=str(info.get("countryCode", "86")),
            full_number=str(info.get("phoneNumber", info["purePhoneNumber"])),
        )

    async def send_subscribe_message(
        self,
        openid: str,
        template_id: str,
        page: str,
        data: Mapping[str, str],
        state: MiniprogramState | None = None,
    ) -> str | None:
        """Send one subscription message; returns WeChat's message id when it gives one.

        ``page`` is a path of the mini-program without a leading slash; ``data`` maps field names (``thing1``) to
        text that ``template_fields`` made lawful. Refusals: 43101 no credit (never retry), 47003 bad field
        (``error.field``), 41030 page, 40037 template, 40003 openid.
        Never repeated on its own after it may have arrived: a repetition would spend a second credit.
        """
        body = {
            "touser": openid,
            "template_id": template_id,
            "page": page,
            "miniprogram_state": state or self._config.state,
            "lang": "zh_CN",
            "data": {name: {"value": value} for name, value in data.items()},
        }
        answer = await self._with_token("subscribe_send", "POST", "/cgi-bin/message/subscribe/send", body=body)
        msgid = answer.get("msgid")
        return str(msgid) if msgid else None

    async def _with_token(
        self,
        api: str,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        idempotent: bool = False,
    ) -> dict[str, Any]:
        """Call with an access token; a refused token is replaced once, so a call costs two requests at most."""
        token = await self._tokens.get()

        def target(value: str) -> str:
            return f"{path}?{urlencode({'access_token': value, **(query or {})})}"

        try:
            return await self._send(api, method, target(token), body, idempotent=idempotent)
        except WeChatError as error:
            if error.errcode not in _TOKEN_REFUSED:
                raise
            renewed = await self._tokens.renew(token)
            if renewed is None:
                raise
        try:
            return await self._send(api, method, target(renewed), body, idempotent=idempotent)
        except WeChatError as error:
            if error.errcode in _TOKEN_REFUSED:
                log.exception("wechat refuses a token it has just issued", extra={"alarm": "wechat_token"})
            raise

    async def _send(
        self,
        api: str,
        method: str,
        target: str,
        body: Mapping[str, Any] | None = None,
        *,
        idempotent: bool = False,
    ) -> dict[str, Any]:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        call = Call(
            api=api,
            method=method,
            urls=(self._config.base_url + target,),
            headers=lambda: headers,
            body=to_json(body) if body is not None else None,
            idempotent=idempotent,
        )
        return await self._http.call(call, _reader(api))


def _reader(api: str) -> Callable[[Answer], dict[str, Any]]:
    def read(answer: Answer) -> dict[str, Any]:
        if answer.status != 200:
            raise TransportError(api, "bad_answer", sent=True)
        data = read_json(api, answer)
        errcode = int(data.get("errcode") or 0)
        if errcode:
            raise WeChatError(api, errcode, str(data.get("errmsg", "")), errcode in _RETRYABLE)
        return data

    return read
