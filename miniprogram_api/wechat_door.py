"""One call to ``api.weixin.qq.com``: the access token, the request, WeChat's way of saying no.

WeChat answers business errors with HTTP 200 and ``errcode``; ``errmsg`` ends in ``rid: …``.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from miniprogram_api.access_token import AccessTokens
from miniprogram_api.errors import TransportError, WeChatError
from miniprogram_api.http import Answer, Call, HttpClient, read_json, to_json
from miniprogram_api.settings import WeChatConfig

log = logging.getLogger(__name__)

# Busy, and the several rate limits: the same call may succeed later. Everything else is a fact about the input.
# The last two are the shipping door's own ways of saying busy.
_RETRYABLE = {-1, 45009, 45011, 10060012, 10060019}
_TOKEN_REFUSED = {40001, 40014, 42001}


class WeChatDoor:
    """The mini-program's way out to WeChat, shared by its clients. Raises ``WeChatError`` and ``TransportError``."""

    def __init__(self, config: WeChatConfig, tokens: AccessTokens, http: HttpClient) -> None:
        self.config = config
        self._tokens = tokens
        self._http = http

    async def call(
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
            return await self.send(api, method, target(token), body, idempotent=idempotent)
        except WeChatError as error:
            if error.errcode not in _TOKEN_REFUSED:
                raise
            renewed = await self._tokens.renew(token)
            if renewed is None:
                raise
        try:
            return await self.send(api, method, target(renewed), body, idempotent=idempotent)
        except WeChatError as error:
            if error.errcode in _TOKEN_REFUSED:
                log.exception("wechat refuses a token it has just issued", extra={"alarm": "wechat_token"})
            raise

    async def send(
        self,
        api: str,
        method: str,
        target: str,
        body: Mapping[str, Any] | None = None,
        *,
        idempotent: bool = False,
    ) -> dict[str, Any]:
        """Call ``target`` (path and query) as it is, without an access token."""
        headers = {"Content-Type": "application/json"} if body is not None else {}
        call = Call(
            api=api,
            method=method,
            urls=(self.config.base_url + target,),
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
