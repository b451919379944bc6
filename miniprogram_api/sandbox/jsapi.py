"""What WeChat checks when a mini-program calls ``wx.requestPayment``.

Vendor document: pay.weixin.qq.com/doc/v3, "小程序调起支付".
"""

from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import load_pem_x509_certificate

from miniprogram_api.sandbox.credentials import SandboxCredentials
from miniprogram_api.sandbox.crypto import rsa_holds
from miniprogram_api.sandbox.state import Row

PARAMETERS = ("timeStamp", "nonceStr", "package", "signType", "paySign")


def merchant_key(credentials: SandboxCredentials) -> RSAPublicKey:
    """The merchant's public key, out of its certificate."""
    key = load_pem_x509_certificate(credentials.merchant_certificate_pem.encode()).public_key()
    if not isinstance(key, RSAPublicKey):
        raise TypeError("the merchant certificate must hold an RSA key")
    return key


def jsapi_fault(credentials: SandboxCredentials, order: Row, given: Mapping[str, str]) -> str | None:
    """Why WeChat would not open its cashier with these parameters for this order, or None."""
    missing = [name for name in PARAMETERS if not given.get(name)]
    if missing:
        return f"缺少参数 {missing[0]}"
    if given["signType"] != "RSA":
        return "signType 应为 RSA"
    if given["package"] != f"prepay_id={order['prepay_id']}":
        return "prepay_id 与订单不符"
    signed = (credentials.appid, given["timeStamp"], given["nonceStr"], given["package"])
    return None if rsa_holds(merchant_key(credentials), given["paySign"], *signed) else "支付验证签名失败"
