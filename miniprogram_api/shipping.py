"""Shipping information (发货信息): telling WeChat that a paid service was delivered.

A mini-program under the trading rules (交易组件) gets its money only after this: frozen until delivery is reported
and the payer has confirmed, or two days have passed for virtual goods. Legal services are virtual goods.
Vendor documents: developers.weixin.qq.com, "发货信息录入接口", "查询小程序是否已开通发货信息管理服务".
"""

from datetime import datetime
from typing import Any

from miniprogram_api.errors import WeChatError
from miniprogram_api.wechat_door import WeChatDoor

_VIRTUAL = 3
_UNIFIED = 1
MAX_DESCRIPTION = 120
# Delivered before, and delivered again with nothing new: what was wanted is so.
_DONE = {10060002, 10060003, 10060023}


class Shipping:
    """Raises ``WeChatError`` and ``TransportError``.

    Refusals worth knowing: 10060001 no such payment (it may be seconds old: retry), 10060004 not in a state to be
    shipped, 10060031 not this payer's, 268485216 bad time.
    """

    def __init__(self, door: WeChatDoor) -> None:
        self._door = door

    async def upload(self, *, transaction_id: str, openid: str, description: str, delivered_at: datetime) -> bool:
        """Report a payment's service as delivered; True when WeChat took it, False when it knew already.

        ``description`` (at most 120 characters) is shown to the payer; ``delivered_at`` must carry a zone.
        """
        body: dict[str, Any] = {
            "order_key": {"order_number_type": 2, "transaction_id": transaction_id},
            "logistics_type": _VIRTUAL,
            "delivery_mode": _UNIFIED,
            "shipping_list": [{"item_desc": description}],
            "upload_time": upload_time(delivered_at),
            "payer": {"openid": openid},
        }
        api = "upload_shipping_info"
        try:
            # Safe to repeat: the second report of the same delivery is refused as known, which counts as done.
            await self._door.call(api, "POST", f"/wxa/sec/order/{api}", body=body, idempotent=True)
        except WeChatError as error:
            if error.errcode in _DONE:
                return False
            raise
        return True

    async def is_managed(self) -> bool:
        """Whether this mini-program is under the trading rules at all."""
        api, body = "is_trade_managed", {"appid": self._door.config.appid}
        data = await self._door.call(api, "POST", f"/wxa/sec/order/{api}", body=body, idempotent=True)
        return bool(data.get("is_trade_managed"))


def upload_time(moment: datetime) -> str:
    """RFC 3339 with milliseconds and a zone, as WeChat insists. Raises ``ValueError`` without a zone."""
    if moment.tzinfo is None:
        raise ValueError("delivered_at needs a time zone")
    return moment.isoformat(timespec="milliseconds")
