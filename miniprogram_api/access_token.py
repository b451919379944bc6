"""WeChat's access token: one for all processes, renewed by one of them.

``POST /cgi-bin/stable_token`` returns the same token while it lives (at most 7200 s). The legacy
``/cgi-bin/token`` is not used: there several processes invalidate each other's tokens.
Vendor document: developers.weixin.qq.com, "getStableAccessToken".
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from miniprogram_api.errors import TransportError, VendorError, WeChatError
from miniprogram_api.http import Answer, Call, HttpClient, read_json, to_json
from miniprogram_api.settings import WeChatConfig

log = logging.getLogger(__name__)

# WeChat asks for room for at least 512 characters; anything longer than this is not a token.
_MAX_TOKEN = 4096
# Renew this many seconds before the end; WeChat itself hands out the next token in the last five minutes.
_MARGIN = 300.0
# A forced refresh is limited to 20 a day, so this far apart (seconds) they can never run out.
_FORCE_GAP = 4500.0
# Longer than two attempts of the HTTP client may take, so that a slow holder is not overtaken.
_LEASE = 20.0
_POLL = 0.1
# After a failed renewal the old token is used this long (seconds) before the next attempt.
_QUIET = 30.0
# A token fetched so recently (seconds) is what a normal request would bring again: nobody has replaced it meanwhile.
_JUST_NOW = 5.0


@dataclass(frozen=True)
class StoredToken:
    """``value`` is secret. ``expires_at`` and ``forced_at`` (last forced refresh, 0 = never) are Unix seconds."""

    value: str = field(repr=False)
    expires_at: float
    forced_at: float = 0.0


class TokenStore(Protocol):
    """Where all processes of a deployment keep the token of one appid. Room for 4,096 characters, please."""

    async def load(self) -> StoredToken | None:
        """The token saved last, even an expired one (its ``forced_at`` still counts), or None."""
        ...

    async def try_lease(self, seconds: float) -> bool:
        """Take the right to renew for at most ``seconds``, atomically. False when somebody holds it."""
        ...

    async def save(self, token: StoredToken) -> None:
        """Store the token for everybody."""
        ...

    async def release(self) -> None:
        """Give the lease back, if this store's process still holds it. Never fails when it does not."""
        ...


class AccessTokens:
    """Hands out the access token of ``config.appid``.

    However many processes and tasks ask at once, one request goes to WeChat: tasks of a process share a lock,
    processes share the store's lease.
    """

    def __init__(
        self,
        config: WeChatConfig,
        http: HttpClient,
        store: TokenStore,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._config = config
        self._http = http
        self._store = store
        self._clock = clock
        self._lock = asyncio.Lock()
        self._current: StoredToken | None = None
        self._quiet_until = 0.0
        self._confirmed: tuple[str, float] = ("", 0.0)
        self._fetched: tuple[str, float] = ("", 0.0)

    async def get(self) -> str:
        """The token to use now. Raises ``WeChatError`` or ``TransportError`` when none can be had."""
        current = self._current
        if current is not None and self._fresh(current):
            return current.value
        async with self._lock:
            current = self._current
            if current is None or not self._fresh(current):
                current = self._current = await self._obtain()
            return current.value

    async def renew(self, rejected: str) -> str | None:
        """Another token than ``rejected``, which WeChat refused with 40001 or 42001, or None.

        None means that WeChat keeps handing out the very token it refuses and that forcing a new one has been
        tried a short while ago: repeating the call would only burn requests. An alarm is logged then.
        """
        async with self._lock:
            stored = await self._store.load()
            if stored is not None and stored.value != rejected and self._alive(stored):
                self._current = stored
                return stored.value
            if self._confirmed[0] == rejected and self._clock() - self._confirmed[1] < _MARGIN:
                return None
            token = await self._leased(lambda: self._replace(rejected))
            if token.value == rejected:
                self._confirmed = (rejected, self._clock())
                log.error("wechat access token refused again and again", extra={"alarm": "wechat_token"})
                return None
            self._current = token
            return token.value

    def _fresh(self, token: StoredToken) -> bool:
        return token.expires_at - _MARGIN > self._clock()

    def _alive(self, token: StoredToken) -> bool:
        return token.expires_at > self._clock()

    async def _obtain(self) -> StoredToken:
        stored = await self._store.load()
        if stored is not None and self._fresh(stored):
            return stored
        usable = stored is not None and self._alive(stored)
        if stored is not None and usable and self._clock() < self._quiet_until:
            return stored
        try:
            return await self._leased(self._refresh)
        except VendorError:
            if stored is None or not usable:
                raise
            # WeChat is in trouble, but the old token has minutes left: go on with it, and ask again later.
            self._quiet_until = self._clock() + _QUIET
            return stored

    async def _leased(self, action: Callable[[], Awaitable[StoredToken]]) -> StoredToken:
        """Run ``action`` under the lease; whoever does not get it waits for the holder's result."""
        before = await self._store.load()
        deadline = time.monotonic() + 2 * _LEASE
        while time.monotonic() < deadline:
            if await self._store.try_lease(_LEASE):
                try:
                    return await action()
                finally:
                    await self._store.release()
            await asyncio.sleep(_POLL)
            now = await self._store.load()
            if now is not None and now != before and self._alive(now):
                return now
        raise TransportError("stable_token", "timeout", sent=False)

    async def _refresh(self) -> StoredToken:
        # Between looking and leasing another process may have finished.
        stored = await self._store.load()
        if stored is not None and self._fresh(stored):
            return stored
        return await self._fetch(stored, force=False)

    async def _replace(self, rejected: str) -> StoredToken:
        """Ask normally first: forcing would invalidate the token of another deployment that shares the appid."""
        stored = await self._store.load()
        if stored is not None and stored.value != rejected and self._alive(stored):
            return stored
        if stored is not None and self._just_fetched(rejected):
            token = stored
        else:
            token = await self._fetch(stored, force=False)
        if token.value != rejected or self._clock() - token.forced_at <= _FORCE_GAP:
            return token
        return await self._fetch(token, force=True)

    async def _fetch(self, stored: StoredToken | None, *, force: bool) -> StoredToken:
        config, asked_at = self._config, self._clock()
        body = {
            "grant_type": "client_credential",
            "appid": config.appid,
            "secret": config.secret,
            "force_refresh": force,
        }
        call = Call(
            api="stable_token",
            method="POST",
            urls=(f"{config.base_url}/cgi-bin/stable_token",),
            headers=lambda: {"Content-Type": "application/json"},
            body=to_json(body),
            idempotent=not force,
        )
        try:
            token = await self._http.call(call, lambda answer: _read_token(answer, asked_at))
        except WeChatError:
            log.exception("wechat refuses to issue an access token", extra={"alarm": "wechat_token"})
            raise
        forced_at = asked_at if force else (stored.forced_at if stored else 0.0)
        token = replace(token, forced_at=forced_at)
        await self._store.save(token)
        self._fetched = (token.value, asked_at)
        return token

    def _just_fetched(self, value: str) -> bool:
        return self._fetched[0] == value and self._clock() - self._fetched[1] < _JUST_NOW


def _read_token(answer: Answer, asked_at: float) -> StoredToken:
    data = read_json("stable_token", answer)
    errcode = int(data.get("errcode") or 0)
    if errcode:
        raise WeChatError("stable_token", errcode, str(data.get("errmsg", "")), errcode in (-1, 45009, 45011))
    value, seconds = data.get("access_token"), data.get("expires_in")
    if not isinstance(value, str) or not 0 < len(value) <= _MAX_TOKEN or not isinstance(seconds, int):
        raise TransportError("stable_token", "bad_answer", sent=True)
    return StoredToken(value, asked_at + seconds)
