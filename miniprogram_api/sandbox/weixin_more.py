"""More of ``api.weixin.qq.com``: content safety, customer messages, shipping."""

import re
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from miniprogram_api.sandbox.delivery import MAX_DESCRIPTION
from miniprogram_api.sandbox.pay_checks import Rules, first_fault, text
from miniprogram_api.sandbox.weixin import WeixinHandler

_RFC3339_MS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)")


class TokenHandler(WeixinHandler):
    """An endpoint that wants an access token and a JSON object."""

    async def post(self) -> None:
        if not self.token_ok():
            return
        body = self.json_body()
        if body is None:
            self.fail(47001)
            return
        await self.act(body)

    async def act(self, body: dict[str, Any]) -> None:
        """Answer a request that came in good form."""
        raise NotImplementedError

    def known(self, openid: object) -> bool:
        """Whether a user is known; answers 40003 itself when not."""
        if isinstance(openid, str) and self.world.people.get(openid) is not None:
            return True
        self.fail(40003)
        return False


class TextCheck(TokenHandler):
    endpoint = "msg_sec_check"

    async def act(self, body: dict[str, Any]) -> None:
        content = body.get("content")
        if body.get("version") != 2 or not isinstance(content, str):
            self.fail(40097)
        elif body.get("scene") not in (1, 2, 3, 4):
            self.fail(40129)
        elif not content:
            self.fail(44004)
        elif len(content) > 2500:
            self.fail(45002)
        elif self.known(body.get("openid")):
            if not self.world.content.active(body["openid"]):
                self.fail(61010)
                return
            opinion = self.world.content.text(body["openid"], content)
            self.checks["suggest"] = opinion["result"]["suggest"]
            self.answer(200, {"errcode": 0, "errmsg": "ok", **opinion})


class MediaCheck(TokenHandler):
    endpoint = "media_check_async"

    async def act(self, body: dict[str, Any]) -> None:
        url = body.get("media_url")
        if body.get("version") != 2 or body.get("media_type") not in (1, 2):
            self.fail(40097)
        elif body.get("scene") not in (1, 2, 3, 4):
            self.fail(40129)
        elif not isinstance(url, str) or urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
            self.fail(40066)
        elif self.known(body.get("openid")):
            if not self.world.content.active(body["openid"]):
                self.fail(61010)
                return
            kind = "audio" if body["media_type"] == 1 else "image"
            trace_id = self.world.content.media(body["openid"], url, kind)
            self.answer(200, {"errcode": 0, "errmsg": "ok", "trace_id": trace_id})


class CustomerSend(TokenHandler):
    endpoint = "custom_send"

    async def act(self, body: dict[str, Any]) -> None:
        part = body.get("text")
        if not self.known(body.get("touser")):
            return
        if body.get("msgtype") != "text":
            self.fail(40008)
        elif not isinstance(part, dict) or not isinstance(part.get("content"), str) or not part["content"]:
            self.fail(44004)
        elif len(part["content"].encode()) > 2048:
            self.fail(45002)
        else:
            errcode = self.world.desk.send(body["touser"], part["content"])
            self.checks["window"] = {45015: "closed", 45047: "used_up"}.get(errcode, "open")
            self.fail(errcode) if errcode else self.answer(200, {"errcode": 0, "errmsg": "ok"})


class TradeManaged(TokenHandler):
    endpoint = "is_trade_managed"

    async def act(self, body: dict[str, Any]) -> None:
        if body.get("appid") != self.world.credentials.appid:
            self.fail(40013)
            return
        managed = self.world.till.trading_rules
        self.answer(200, {"errcode": 0, "errmsg": "ok", "is_trade_managed": managed})


_ORDER_KEY: Rules = {
    "order_number_type": (True, lambda value: "" if value in (1, 2) else "订单单号类型非法"),
    "transaction_id": (False, text(32)),
    "mchid": (False, text(32)),
    "out_trade_no": (False, text(32)),
}
_SHIPPING: Rules = {
    "order_key": (True, lambda value: "" if isinstance(value, dict) else "类型错误"),
    "logistics_type": (True, lambda value: "" if value in (1, 2, 3, 4) else "物流类型有误"),
    "delivery_mode": (True, lambda value: "" if value in (1, 2) else "发货模式非法"),
    "is_all_delivered": (False, lambda value: "" if isinstance(value, bool) else "类型错误"),
    "shipping_list": (True, lambda value: "" if isinstance(value, list) else "类型错误，应为数组"),
    "upload_time": (True, text(64)),
    "payer.openid": (True, text(128)),
}
_ITEM: Rules = {"item_desc": (True, text(MAX_DESCRIPTION)), "tracking_no": (False, text(128))}


class UploadShipping(TokenHandler):
    endpoint = "upload_shipping_info"

    async def act(self, body: dict[str, Any]) -> None:
        fault = shipping_fault(body)
        self.checks["fields"] = fault[1] if fault else "ok"
        if fault is not None:
            self.fail(*fault)
            return
        errcode, words = self.world.delivery.upload(body)
        if errcode:
            self.fail(errcode, words)
            return
        self.answer(200, {"errcode": 0, "errmsg": "ok"})


def shipping_fault(body: dict[str, Any]) -> tuple[int, str] | None:
    """The first fault of a report of delivery as (errcode, text), or None."""
    found = first_fault(_SHIPPING, body)
    if found is not None:
        return {"logistics_type": 10060005, "delivery_mode": 268485224}.get(
            found[0], 10060014
        ), f"{found[0]}: {found[1]}"
    key_fault = _key_fault(body["order_key"])
    if key_fault is not None:
        return key_fault
    if body["logistics_type"] != 1 and (body["delivery_mode"] != 1 or len(body["shipping_list"]) > 1):
        return 10060006, "非快递发货时不允许分拆发货"
    if not body["shipping_list"]:
        return 10060014, "shipping_list 不能为空"
    for item in body["shipping_list"]:
        if not isinstance(item, dict) or not item.get("item_desc"):
            return 10060008, "商品描述 item_desc 字段不能为空"
        if first_fault(_ITEM, item) is not None:
            return 10060009, "商品描述 item_desc 字段太长"
    return None if _timely(body["upload_time"]) else (268485216, "上传时间非法，请按照 RFC 3339 格式填写")


def _key_fault(key: dict[str, Any]) -> tuple[int, str] | None:
    fault = first_fault(_ORDER_KEY, key)
    if fault is not None:
        return 268485228 if fault[0] == "order_number_type" else 10060014, f"order_key.{fault[0]}: {fault[1]}"
    if key["order_number_type"] == 2:
        return None if "transaction_id" in key else (268485195, "微信支付单号必填")
    if "mchid" not in key:
        return 268485196, "商户号必填"
    return None if "out_trade_no" in key else (268485194, "商户系统内部订单号必填")


def _timely(value: str) -> bool:
    if not _RFC3339_MS.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True
