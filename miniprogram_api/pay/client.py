"""The merchant's calls to WeChat Pay API v3.

Every call here is idempotent by its own number (out_trade_no, out_refund_no), so a lost answer is repeated, on the
fail-over host where one is configured. Every answer must carry a signature that holds.
Vendor documents: pay.weixin.qq.com/doc/v3, "JSAPI/小程序下单", "小程序调起支付", "商户订单号查询订单", "关闭订单",
"退款申请", "查询单笔退款".
"""

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import quote

from miniprogram_api.errors import NotificationRejected, PayError, TransportError
from miniprogram_api.http import Answer, Call, HttpClient, read_json, to_json
from miniprogram_api.pay.models import Refund, Transaction, read_refund, read_transaction
from miniprogram_api.pay.signing import MerchantSigner, PlatformKeys, nonce
from miniprogram_api.settings import PayConfig

T = TypeVar("T")

_TRANSACTIONS = "/v3/pay/transactions"
_REFUNDS = "/v3/refund/domestic/refunds"
_RETRYABLE_STATUS = {429, 500, 502, 503, 504}


class PayClient:
    """JSAPI payments and refunds of one merchant. Raises ``PayError`` and ``TransportError``.

    After any error that is not a verified refusal the outcome is unknown: query before acting on it.
    """

    def __init__(self, config: PayConfig, http: HttpClient, clock: Callable[[], float] = time.time) -> None:
        self._config = config
        self._http = http
        self._clock = clock
        self._signer = MerchantSigner(config.mchid, config.merchant_serial, config.merchant_private_key_pem)
        self._keys = PlatformKeys(config.platform_keys)

    async def prepay_jsapi(
        self,
        *,
        out_trade_no: str,
        description: str,
        amount_fen: int,
        openid: str,
        notify_url: str,
        expires_at: datetime | None = None,
        attach: str | None = None,
    ) -> str:
        """Place an order; returns the prepay_id (valid for 2 h). ``expires_at`` must carry a zone.

        The same ``out_trade_no`` with the same values again is the same order; with others, ``number_used``.
        """
        body: dict[str, Any] = {
            "appid": self._config.appid,
            "mchid": self._config.mchid,
            "description": description,
            "out_trade_no": out_trade_no,
            "notify_url": notify_url,
            "amount": {"total": amount_fen, "currency": "CNY"},
            "payer": {"openid": openid},
        }
        if expires_at is not None:
            body["time_expire"] = _rfc3339(expires_at)
        if attach is not None:
            body["attach"] = attach
        return await self._send("pay_jsapi", "POST", f"{_TRANSACTIONS}/jsapi", body, _read_prepay)

    def jsapi_params(self, prepay_id: str) -> dict[str, str]:
        """The parameters of ``wx.requestPayment``, freshly signed. What the client reports back proves nothing."""
        timestamp, nonce_str, package = str(int(self._clock())), nonce(), f"prepay_id={prepay_id}"
        return {
            "timeStamp": timestamp,
            "nonceStr": nonce_str,
            "package": package,
            "signType": "RSA",
            "paySign": self._signer.pay_sign(self._config.appid, timestamp, nonce_str, package),
        }

    async def query(self, out_trade_no: str) -> Transaction:
        """The truth about one order. Raises ``PayError`` ``order_not_found`` when no prepay was ever made."""
        target = f"{_TRANSACTIONS}/out-trade-no/{_quoted(out_trade_no)}?mchid={_quoted(self._config.mchid)}"
        found = await self._send("pay_query", "GET", target, None, _transaction)
        self._same_merchant("pay_query", found)
        return found

    async def close(self, out_trade_no: str) -> None:
        """Close an unpaid order; take a new out_trade_no afterwards. Raises ``order_paid`` when too late."""
        target = f"{_TRANSACTIONS}/out-trade-no/{_quoted(out_trade_no)}/close"
        await self._send("pay_close", "POST", target, {"mchid": self._config.mchid}, lambda _: None)

    async def refund(
        self,
        *,
        out_trade_no: str,
        out_refund_no: str,
        refund_fen: int,
        total_fen: int,
        reason: str,
        notify_url: str | None = None,
    ) -> Refund:
        """Ask for a refund. Accepted is not refunded: wait for the notice or query.

        Retry with the same ``out_refund_no`` only; partial refunds of one order at least a minute apart.
        """
        body: dict[str, Any] = {
            "out_trade_no": out_trade_no,
            "out_refund_no": out_refund_no,
            "reason": reason,
            "amount": {"refund": refund_fen, "total": total_fen, "currency": "CNY"},
        }
        if notify_url is not None:
            body["notify_url"] = notify_url
        return await self._send("refund_create", "POST", _REFUNDS, body, _refund)

    async def query_refund(self, out_refund_no: str) -> Refund:
        """The truth about one refund. Raises ``PayError`` ``refund_not_found``."""
        return await self._send("refund_query", "GET", f"{_REFUNDS}/{_quoted(out_refund_no)}", None, _refund)

    async def _send(
        self,
        api: str,
        method: str,
        target: str,
        body: Mapping[str, Any] | None,
        read: Callable[[Answer], T],
    ) -> T:
        raw = to_json(body) if body is not None else None
        bases = (self._config.base_url, self._config.failover_base_url or self._config.base_url)
        call = Call(
            api=api,
            method=method,
            urls=tuple(base + target for base in bases),
            headers=lambda: self._headers(method, target, raw or b""),
            body=raw,
            idempotent=True,
        )

        def judge(answer: Answer) -> T:
            self._accept(answer)
            try:
                return read(answer)
            except ValueError as error:
                raise TransportError(api, "bad_answer", sent=True) from error

        return await self._http.call(call, judge)

    def _headers(self, method: str, target: str, raw: bytes) -> dict[str, str]:
        authorization = self._signer.authorization(method, target, raw.decode(), int(self._clock()), nonce())
        headers = {
            "Authorization": authorization,
            "Accept": "application/json",
            "Content-Type": "application/json",
            "User-Agent": "casespace/1 (miniprogram_api)",
        }
        if self._keys.public_key_id is not None:
            # In public-key mode this names the key that the answer is to be signed with.
            headers["Wechatpay-Serial"] = self._keys.public_key_id
        return headers

    def _accept(self, answer: Answer) -> None:
        """Verify, then raise for a refusal. Gateways refuse unsigned, so those come as ``verified=False``."""
        rid = answer.headers.get("request-id", "")
        refused = not 200 <= answer.status < 300
        verified = False
        if not refused or answer.headers.get("wechatpay-signature"):
            try:
                self._keys.verify(answer.headers, answer.body, self._clock())
            except NotificationRejected as error:
                raise PayError("SIGNATURE_INVALID", answer.status, error.reason, retryable=True, rid=rid) from error
            verified = True
        if refused:
            code, message = _refusal(answer)
            retryable = answer.status in _RETRYABLE_STATUS
            raise PayError(code, answer.status, message, retryable, verified=verified, rid=rid)

    def _same_merchant(self, api: str, transaction: Transaction) -> None:
        if (transaction.mchid, transaction.appid) != (self._config.mchid, self._config.appid):
            raise TransportError(api, "bad_answer", sent=True)


def _refusal(answer: Answer) -> tuple[str, str]:
    try:
        data = read_json("pay", answer)
    except TransportError:
        return f"HTTP_{answer.status}", ""
    return str(data.get("code") or f"HTTP_{answer.status}"), str(data.get("message") or "")


def _read_prepay(answer: Answer) -> str:
    value = read_json("pay_jsapi", answer).get("prepay_id")
    if not isinstance(value, str) or not value:
        raise ValueError("prepay_id")
    return value


def _transaction(answer: Answer) -> Transaction:
    return read_transaction(read_json("pay_query", answer))


def _refund(answer: Answer) -> Refund:
    return read_refund(read_json("refund", answer))


def _quoted(value: str) -> str:
    return quote(value, safe="")


def _rfc3339(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("expires_at needs a time zone")
    return moment.isoformat(timespec="seconds")
