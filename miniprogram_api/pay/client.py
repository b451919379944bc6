"""Payments and refunds of one merchant at WeChat Pay API v3.

Every call here is idempotent by its own number (out_trade_no, out_refund_no); see ``door`` for what that allows.
Vendor documents: pay.weixin.qq.com/doc/v3, "JSAPI/小程序下单", "小程序调起支付", "商户订单号查询订单", "关闭订单",
"退款申请", "查询单笔退款", "发起异常退款".
"""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from miniprogram_api.errors import TransportError
from miniprogram_api.http import Answer, HttpClient, read_json
from miniprogram_api.pay.door import PayDoor, json_of, quoted
from miniprogram_api.pay.models import BankCard, Refund, Transaction, read_refund, read_transaction
from miniprogram_api.pay.signing import nonce
from miniprogram_api.settings import PayConfig

_TRANSACTIONS = "/v3/pay/transactions"
_REFUNDS = "/v3/refund/domestic/refunds"


class PayClient:
    """JSAPI payments and refunds of one merchant. Raises ``PayError`` and ``TransportError``.

    After any error that is not a verified refusal the outcome is unknown: query before acting on it.
    """

    def __init__(
        self,
        config: PayConfig,
        http: HttpClient,
        clock: Callable[[], float] = time.time,
        door: PayDoor | None = None,
    ) -> None:
        self._config = config
        self._clock = clock
        # The other clients of this merchant (bills, sharing, invoices) are built over the same door.
        self.door = door or PayDoor(config, http, clock)

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
        profit_sharing: bool = False,
        support_fapiao: bool = False,
    ) -> str:
        """Place an order; returns the prepay_id (valid for 2 h). ``expires_at`` must carry a zone.

        ``profit_sharing`` freezes the money for up to 30 days, to be shared out or unfrozen: it cannot be said
        later. ``support_fapiao`` shows the payer WeChat's own way to an electronic invoice.
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
        if profit_sharing:
            body["settle_info"] = {"profit_sharing": True}
        if support_fapiao:
            body["support_fapiao"] = True
        return await self.door.call("pay_jsapi", "POST", f"{_TRANSACTIONS}/jsapi", body, _read_prepay)

    def jsapi_params(self, prepay_id: str) -> dict[str, str]:
        """The parameters of ``wx.requestPayment``, freshly signed. What the client reports back proves nothing."""
        timestamp, nonce_str, package = str(int(self._clock())), nonce(), f"prepay_id={prepay_id}"
        return {
            "timeStamp": timestamp,
            "nonceStr": nonce_str,
            "package": package,
            "signType": "RSA",
            "paySign": self.door.signer.pay_sign(self._config.appid, timestamp, nonce_str, package),
        }

    async def query(self, out_trade_no: str) -> Transaction:
        """The truth about one order. Raises ``PayError`` ``order_not_found`` when no prepay was ever made."""
        target = f"{_TRANSACTIONS}/out-trade-no/{quoted(out_trade_no)}?mchid={quoted(self._config.mchid)}"
        found = await self.door.call("pay_query", "GET", target, None, _transaction)
        self._same_merchant("pay_query", found)
        return found

    async def close(self, out_trade_no: str) -> None:
        """Close an unpaid order; take a new out_trade_no afterwards. Raises ``order_paid`` when too late."""
        target = f"{_TRANSACTIONS}/out-trade-no/{quoted(out_trade_no)}/close"
        await self.door.call("pay_close", "POST", target, {"mchid": self._config.mchid}, lambda _: None)

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
        return await self.door.call("refund_create", "POST", _REFUNDS, body, _refund)

    async def query_refund(self, out_refund_no: str) -> Refund:
        """The truth about one refund. Raises ``PayError`` ``refund_not_found``."""
        return await self.door.call("refund_query", "GET", f"{_REFUNDS}/{quoted(out_refund_no)}", None, _refund)

    async def apply_abnormal_refund(self, refund_id: str, out_refund_no: str, card: BankCard) -> Refund:
        """Send the money of an ABNORMAL refund to the payer's ``card``.

        ``refund_id`` is WeChat's number. The refund is PROCESSING again afterwards; the same notices follow.
        """
        serial, account = self.door.seal(card.account)
        _, name = self.door.seal(card.name)
        body = {
            "out_refund_no": out_refund_no,
            "type": "USER_BANK_CARD",
            "bank_type": card.bank,
            "bank_account": account,
            "real_name": name,
        }
        target = f"{_REFUNDS}/{quoted(refund_id)}/apply-abnormal-refund"
        return await self.door.call("refund_abnormal", "POST", target, body, _refund, serial=serial)

    def _same_merchant(self, api: str, transaction: Transaction) -> None:
        if (transaction.mchid, transaction.appid) != (self._config.mchid, self._config.appid):
            raise TransportError(api, "bad_answer", sent=True)


def _read_prepay(answer: Answer) -> str:
    value = read_json("pay_jsapi", answer).get("prepay_id")
    if not isinstance(value, str) or not value:
        raise ValueError("prepay_id")
    return value


_transaction = json_of(read_transaction)
_refund = json_of(read_refund)


def _rfc3339(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("expires_at needs a time zone")
    return moment.isoformat(timespec="seconds")
