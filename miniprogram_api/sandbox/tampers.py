"""How a payment notice can be damaged on its way, so that a product shows what it refuses."""

import secrets
from typing import Any, Literal

Tamper = Literal[
    "signature",
    "amount",
    "mchid",
    "appid",
    "openid",
    "timestamp",
    "serial",
    "key",
    "ciphertext",
    "api_v3_key",
    "probe",
]
# What a page calls each of them.
TAMPERS = {
    "signature": "签名被改",
    "amount": "金额不符",
    "mchid": "商户号不符",
    "appid": "小程序不符",
    "openid": "付款人不符",
    "timestamp": "一小时前的通知（重放）",
    "serial": "未知的证书序列号",
    "key": "另一把密钥签名",
    "ciphertext": "密文被改",
    "api_v3_key": "另一把APIv3密钥加密",
    "probe": "微信的探测流量",
}


def damaged(resource: dict[str, Any], tamper: str | None) -> dict[str, Any]:
    """What a notice tells, falsified where the damage is in its content."""
    if tamper == "amount":
        # One fen more or less would be caught as well; a hundredth is what a forger would want to pay.
        amount = resource["amount"]
        part = max(1, amount["total"] // 100)
        total = part if part != amount["total"] else amount["total"] + 1
        resource["amount"] = {**amount, "total": total, "payer_total": total}
    elif tamper == "mchid":
        resource["mchid"] = str(int(resource["mchid"]) + 1)
    elif tamper == "appid":
        resource["appid"] = "wx" + secrets.token_hex(8)
    elif tamper == "openid":
        resource["payer"] = {"openid": "o" + secrets.token_hex(13)}
    return resource


def flipped(text: str) -> str:
    """Valid base64 that says something else."""
    middle = len(text) // 2
    return text[:middle] + ("A" if text[middle] != "A" else "B") + text[middle + 1 :]
