"""One signed call to WeChat Pay API v3: sign, send, prove the answer, read it.

Every client of this package goes through here. A lost answer is repeated, on the fail-over host where one is
configured, because every request of API v3 is idempotent by the merchant's own number in it.
Vendor documents: pay.weixin.qq.com/doc/v3, "签名生成", "签名验证", "跨城容灾".
"""

import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from miniprogram_api.errors import NotificationRejected, PayError, TransportError
from miniprogram_api.http import Answer, Call, HttpClient, read_json, to_json
from miniprogram_api.pay.signing import MerchantSigner, PlatformKeys, ResourceCipher, nonce
from miniprogram_api.settings import PayConfig

T = TypeVar("T")

_RETRYABLE_STATUS = {429, 500, 502, 503, 504}
_RETRYABLE_CODES = {"STATEMENT_CREATING"}


class PayDoor:
    """The merchant's way out. ``keys`` are shared: what is added to them counts for every client at once."""

    def __init__(
        self,
        config: PayConfig,
        http: HttpClient,
        clock: Callable[[], float] = time.time,
        keys: PlatformKeys | None = None,
    ) -> None:
        self.config = config
        self.keys = keys or PlatformKeys(config.platform_keys)
        self.signer = MerchantSigner(config.mchid, config.merchant_serial, config.merchant_private_key_pem)
        self.cipher = ResourceCipher(config.api_v3_key)
        self.clock = clock
        self._http = http

    async def call(
        self,
        api: str,
        method: str,
        target: str,
        body: Mapping[str, Any] | None,
        read: Callable[[Answer], T],
        *,
        serial: str | None = None,
        prove_with: Callable[[Answer], PlatformKeys] | None = None,
    ) -> T:
        """Send ``body`` to ``target`` (path and query) and ``read`` the proven answer.

        ``serial`` names the platform key that fields of the body are encrypted for. ``prove_with`` chooses other
        keys than the held ones. Raises ``PayError``, or ``TransportError``; ``read`` says with ``ValueError`` that
        an answer lacks something.
        """
        raw = to_json(body) if body is not None else None
        call = self._call(api, method, target, raw, serial)

        def judge(answer: Answer) -> T:
            self._accept(api, answer, prove_with)
            try:
                return read(answer)
            except ValueError as error:
                raise TransportError(api, "bad_answer", sent=True) from error

        return await self._http.call(call, judge)

    async def download(self, api: str, url: str) -> bytes:
        """The file behind a ``download_url`` of a proven answer. The request is signed; the file is not.

        The merchant's own hosts are asked, whatever host ``url`` names: nobody else gets a signature of ours.
        Raises ``PayError`` (never ``verified``) and ``TransportError``.
        """
        parts = urlsplit(url)
        if not parts.path.startswith("/v3/"):
            raise TransportError(api, "bad_answer", sent=False)
        target = parts.path + (f"?{parts.query}" if parts.query else "")

        def judge(answer: Answer) -> bytes:
            if answer.status != 200:
                raise _error(api, answer, verified=False)
            return answer.body

        return await self._http.call(self._call(api, "GET", target, None, None), judge)

    def seal(self, text: str) -> tuple[str, str]:
        """``(serial, sealed)`` for a field of personal data; give the serial to ``call``."""
        return self.keys.encrypt(text)

    def _call(self, api: str, method: str, target: str, raw: bytes | None, serial: str | None) -> Call:
        bases = (self.config.base_url, self.config.failover_base_url or self.config.base_url)
        return Call(
            api=api,
            method=method,
            urls=tuple(base + target for base in bases),
            headers=lambda: self._headers(method, target, raw or b"", serial),
            body=raw,
            idempotent=True,
        )

    def _headers(self, method: str, target: str, raw: bytes, serial: str | None) -> dict[str, str]:
        authorization = self.signer.authorization(method, target, raw.decode(), int(self.clock()), nonce())
        headers = {
            "Authorization": authorization,
            "Accept": "application/json",
            "Content-Type": "application/json",
            "User-Agent": "casespace/1 (miniprogram_api)",
        }
        # In public-key mode this names the key that the answer is to be signed with.
        serial = serial or self.keys.public_key_id
        if serial is not None:
            headers["Wechatpay-Serial"] = serial
        return headers

    def _accept(self, api: str, answer: Answer, prove_with: Callable[[Answer], PlatformKeys] | None) -> None:
        """Verify, then raise for a refusal. Gateways refuse unsigned, so those come as ``verified=False``."""
        rid = answer.headers.get("request-id", "")
        refused = not 200 <= answer.status < 300
        verified = False
        if not refused or answer.headers.get("wechatpay-signature"):
            keys = self.keys if refused or prove_with is None else prove_with(answer)
            try:
                keys.verify(answer.headers, answer.body, self.clock())
            except NotificationRejected as error:
                fault = ("SIGNATURE_INVALID", answer.status, error.reason)
                raise PayError(*fault, retryable=True, rid=rid, api=api) from error
            verified = True
        if refused:
            raise _error(api, answer, verified=verified)


def json_of(read: Callable[[Mapping[str, Any]], T]) -> Callable[[Answer], T]:
    """A reader of answers out of a reader of their JSON object."""
    return lambda answer: read(read_json("pay", answer))


def quoted(value: str) -> str:
    """A number as a part of a path or a query."""
    return quote(value, safe="")


def _error(api: str, answer: Answer, *, verified: bool) -> PayError:
    code, message = _refusal(answer)
    retryable = answer.status in _RETRYABLE_STATUS or code in _RETRYABLE_CODES
    rid = answer.headers.get("request-id", "")
    return PayError(code, answer.status, message, retryable, verified=verified, rid=rid, api=api)


def _refusal(answer: Answer) -> tuple[str, str]:
    try:
        data = read_json("pay", answer)
    except TransportError:
        return f"HTTP_{answer.status}", ""
    return str(data.get("code") or f"HTTP_{answer.status}"), str(data.get("message") or "")
