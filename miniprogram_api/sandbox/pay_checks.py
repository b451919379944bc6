"""WeChat Pay's rules for the fields of requests: tables of checks, each fault naming its field.

Vendor documents: pay.weixin.qq.com/doc/v3, "JSAPI/小程序下单", "退款申请".
"""

import ipaddress
import re
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

# A check returns what is wrong with a value, or "".
Check = Callable[[Any], str]
# Field → (required, check); a nested field is written with a dot.
Rules = Mapping[str, tuple[bool, Check]]

MAX_FEN = 100_000_000_00


def text(most: int, pattern: str | None = None, least: int = 1) -> Check:
    """A string of ``least`` to ``most`` characters, wholly of ``pattern``."""
    compiled = re.compile(pattern) if pattern else None

    def check(value: Any) -> str:
        if not isinstance(value, str):
            return "类型错误，应为字符串"
        if not least <= len(value) <= most:
            return f"长度应为{least}到{most}个字符"
        return "" if compiled is None or compiled.fullmatch(value) else "格式错误"

    return check


def fen(value: Any) -> str:
    if not isinstance(value, int) or isinstance(value, bool):
        return "类型错误，应为整数（分）"
    return "" if 1 <= value <= MAX_FEN else "金额应大于0且不超过上限"


def flag(value: Any) -> str:
    return "" if isinstance(value, bool) else "类型错误，应为布尔"


def one_of(*values: str) -> Check:
    """One of these texts."""
    return lambda value: "" if value in values else "枚举值错误"


def list_of(rules: Rules, most: int) -> Check:
    """An array of 1 to ``most`` objects that each keep ``rules``."""

    def check(value: Any) -> str:
        if not isinstance(value, list) or not 1 <= len(value) <= most:
            return f"应为1到{most}项的数组"
        for item in value:
            fault = first_fault(rules, item) if isinstance(item, dict) else ("", "类型错误，应为对象")
            if fault is not None:
                return f"{fault[0]}{fault[1]}"
        return ""

    return check


def currency(value: Any) -> str:
    return "" if value == "CNY" else "仅支持CNY"


def notify_url(value: Any) -> str:
    """https without a query, as the vendor wants; plain http is let through to this machine only."""
    fault = text(256)(value)
    if fault:
        return fault
    parts = urlsplit(value)
    if parts.query or parts.fragment or not parts.hostname:
        return "通知地址不能携带参数"
    if parts.scheme == "https" or (parts.scheme == "http" and _loopback(parts.hostname)):
        return ""
    return "通知地址必须为https"


def expiry(value: Any) -> str:
    """RFC 3339 with a zone, at least a minute and at most seven days ahead."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or "T" not in value:
        return "格式错误，应为RFC3339"
    ahead = moment.timestamp() - time.time()
    return "" if 55 <= ahead <= 7 * 86400 else "订单失效时间应晚于当前时间1分钟，且不超过7天"


_PREPAY: Rules = {
    "appid": (True, text(32)),
    "mchid": (True, text(32)),
    "description": (True, text(127)),
    "out_trade_no": (True, text(32, r"[0-9A-Za-z_\-|*]+", 6)),
    "time_expire": (False, expiry),
    "attach": (False, text(128)),
    "notify_url": (True, notify_url),
    "goods_tag": (False, text(32)),
    "support_fapiao": (False, flag),
    "amount.total": (True, fen),
    "amount.currency": (False, currency),
    "payer.openid": (True, text(128)),
    "settle_info.profit_sharing": (False, flag),
}
_REFUND: Rules = {
    "transaction_id": (False, text(32, r"\d+")),
    "out_trade_no": (False, text(32, r"[0-9A-Za-z_\-|*]+", 6)),
    "out_refund_no": (True, text(64, r"[0-9A-Za-z_\-|*@]+")),
    "reason": (False, text(80)),
    "notify_url": (False, notify_url),
    "amount.refund": (True, fen),
    "amount.total": (True, fen),
    "amount.currency": (True, currency),
}
_CLOSE: Rules = {"mchid": (True, text(32))}


def prepay_fault(body: Mapping[str, Any]) -> tuple[str, str] | None:
    """The first fault of a JSAPI order as (field, what is wrong), or None."""
    return first_fault(_PREPAY, body)


def close_fault(body: Mapping[str, Any]) -> tuple[str, str] | None:
    return first_fault(_CLOSE, body)


def refund_fault(body: Mapping[str, Any]) -> tuple[str, str] | None:
    fault = first_fault(_REFUND, body)
    if fault is None and ("transaction_id" in body) == ("out_trade_no" in body):
        return "out_trade_no", "transaction_id和out_trade_no二选一"
    if fault is None and body["amount"]["refund"] > body["amount"]["total"]:
        return "amount.refund", "退款金额不能大于原订单金额"
    return fault


def first_fault(rules: Rules, body: Mapping[str, Any]) -> tuple[str, str] | None:
    """The first fault of ``body`` by ``rules``: {field: (required, check)}, nested fields with a dot."""
    values = _flat(body, {name.split(".")[0] for name in rules if "." in name})
    for name, (required, check) in rules.items():
        if name not in values:
            if required:
                return name, "必填"
            continue
        fault = check(values[name])
        if fault:
            return name, fault
    unknown = sorted(set(values) - set(rules))
    return (unknown[0], "请求中含有未在API文档中定义的参数") if unknown else None


def _flat(body: Mapping[str, Any], nested: set[str]) -> dict[str, Any]:
    """One level of nesting written with dots, as the rules name fields."""
    values: dict[str, Any] = {}
    for name, value in body.items():
        if name in nested and isinstance(value, dict):
            values.update({f"{name}.{inner}": part for inner, part in value.items()})
        else:
            values[name] = value
    return values


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
