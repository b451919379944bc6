"""Signatures and ciphers of WeChat Pay, held against wechatpayv3, an implementation that is not ours."""

import base64
import json
import time
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from wechatpayv3 import utils as other

from miniprogram_api.errors import NotificationRejected
from miniprogram_api.pay import Notifications
from miniprogram_api.pay.signing import MerchantSigner, PlatformKeys, ResourceCipher, certificate_expiry, nonce
from miniprogram_api.sandbox import SandboxCredentials
from miniprogram_api.sandbox.crypto import encrypt_resource
from tests.sandbox.playground import pay_config

NOW = 1_795_000_000.0


def signer(credentials: SandboxCredentials) -> MerchantSigner:
    return MerchantSigner(credentials.mchid, credentials.merchant_serial, credentials.merchant_key_pem)


def test_a_request_is_signed_as_the_other_implementation_signs(credentials: SandboxCredentials) -> None:
    target, body = "/v3/pay/transactions/jsapi?x=1", '{"description":"咨询"}'
    key = load_pem_private_key(credentials.merchant_key_pem.encode(), None)
    theirs = other.build_authorization(
        target, "POST", credentials.mchid, credentials.merchant_serial, key, body, nonce_str="N" * 32
    )
    stamp = int(theirs.split('timestamp="')[1].split('"')[0])
    assert signer(credentials).authorization("POST", target, body, stamp, "N" * 32) == theirs


def test_the_client_signature_is_the_other_implementations(credentials: SandboxCredentials) -> None:
    key = load_pem_private_key(credentials.merchant_key_pem.encode(), None)
    ours = signer(credentials).pay_sign(credentials.appid, "1", "n", "prepay_id=wx1")
    assert ours == other.rsa_sign(key, f"{credentials.appid}\n1\nn\nprepay_id=wx1\n")


def platform_headers(
    credentials: SandboxCredentials, body: bytes, stamp: float = NOW, *, public: bool = True
) -> dict[str, str]:
    """A platform's signature made with the other implementation."""
    pem = credentials.public_key_private_pem if public else credentials.platform_key_pem
    key = load_pem_private_key(pem.encode(), None)
    text = f"{int(stamp)}\nnonce\n{body.decode()}\n"
    return {
        "wechatpay-serial": credentials.public_key_id if public else credentials.platform_serial,
        "wechatpay-timestamp": str(int(stamp)),
        "wechatpay-nonce": "nonce",
        "wechatpay-signature": other.rsa_sign(key, text),
    }


def keys(credentials: SandboxCredentials) -> PlatformKeys:
    return PlatformKeys(pay_config(credentials, "http://127.0.0.1:1").platform_keys)


@pytest.mark.parametrize("public", [True, False])
def test_both_modes_verify_at_once(credentials: SandboxCredentials, public: bool) -> None:
    body = '{"中文":1}'.encode()
    keys(credentials).verify(platform_headers(credentials, body, public=public), body, NOW)


def reason(credentials: SandboxCredentials, headers: dict[str, str], body: bytes = b"{}") -> str:
    with pytest.raises(NotificationRejected) as caught:
        keys(credentials).verify(headers, body, NOW)
    return caught.value.reason


def test_every_refusal_has_its_reason(credentials: SandboxCredentials) -> None:
    good = platform_headers(credentials, b"{}")
    keys(credentials).verify(good, b"{}", NOW)
    for name in good:
        assert reason(credentials, {k: v for k, v in good.items() if k != name}) == "missing_header"
    assert reason(credentials, good, b"{ }") == "bad_signature"
    assert reason(credentials, {**good, "wechatpay-nonce": "other"}) == "bad_signature"
    assert reason(credentials, {**good, "wechatpay-signature": "*"}) == "bad_signature"
    assert reason(credentials, {**good, "wechatpay-serial": "AB" * 20}) == "unknown_serial"
    assert reason(credentials, {**good, "wechatpay-serial": credentials.platform_serial}) == "bad_signature"
    probe = {**good, "wechatpay-signature": "WECHATPAY/SIGNTEST/" + good["wechatpay-signature"]}
    assert reason(credentials, probe) == "probe"
    for stamp in ("", "x", "-1", "1.5", "１７"):
        expected = "bad_timestamp" if stamp else "missing_header"
        assert reason(credentials, {**good, "wechatpay-timestamp": stamp}) == expected
    for seconds in (-301, 301):
        assert reason(credentials, platform_headers(credentials, b"{}", NOW + seconds)) == "stale"
    for seconds in (-299, 299):
        keys(credentials).verify(platform_headers(credentials, b"{}", NOW + seconds), b"{}", NOW)


def test_resources_are_decrypted_by_both(credentials: SandboxCredentials) -> None:
    plain = '{"out_trade_no":"订单"}'.encode()
    resource = encrypt_resource(credentials.api_v3_key, plain, "transaction")
    assert ResourceCipher(credentials.api_v3_key).decrypt(resource) == plain
    theirs = other.aes_decrypt(
        resource["nonce"], resource["ciphertext"], resource["associated_data"], credentials.api_v3_key
    )
    assert theirs.encode() == plain


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"algorithm": "AES"}, "bad_algorithm"),
        ({"ciphertext": "?"}, "undecryptable"),
        ({"ciphertext": base64.b64encode(b"short").decode()}, "undecryptable"),
        ({"nonce": "000000000000"}, "undecryptable"),
        ({"nonce": ""}, "undecryptable"),
        ({"associated_data": "other"}, "undecryptable"),
        ({"ciphertext": None}, "undecryptable"),
    ],
)
def test_damaged_resources(credentials: SandboxCredentials, change: dict[str, Any], expected: str) -> None:
    resource = {**encrypt_resource(credentials.api_v3_key, b"{}", "transaction"), **change}
    with pytest.raises(NotificationRejected, match=expected):
        ResourceCipher(credentials.api_v3_key).decrypt(resource)


def notice(credentials: SandboxCredentials, content: Any, **envelope: Any) -> tuple[dict[str, str], bytes]:
    plain = content if isinstance(content, bytes) else json.dumps(content).encode()
    sealed = encrypt_resource(credentials.api_v3_key, plain, "transaction")
    body = {"id": "e1", "event_type": "TRANSACTION.SUCCESS", "resource": sealed, **envelope}
    raw = json.dumps(body).encode()
    return platform_headers(credentials, raw), raw


def transaction(credentials: SandboxCredentials, **changes: Any) -> dict[str, Any]:
    return {
        "appid": credentials.appid,
        "mchid": credentials.mchid,
        "out_trade_no": "order00001",
        "transaction_id": "4200",
        "trade_state": "SUCCESS",
        "success_time": "2026-11-21T19:16:00+08:00",
        "payer": {"openid": "o-person"},
        "amount": {"total": 100, "payer_total": 90, "currency": "CNY"},
        **changes,
    }


def parser(credentials: SandboxCredentials) -> Notifications:
    return Notifications(pay_config(credentials, "http://127.0.0.1:1"), clock=lambda: NOW)


def test_a_notice_is_read(credentials: SandboxCredentials) -> None:
    headers, raw = notice(credentials, transaction(credentials))
    got = parser(credentials).payment({name.title(): value for name, value in headers.items()}, raw)
    assert got.event_id == "e1"
    assert (got.transaction.total_fen, got.transaction.payer_total_fen) == (100, 90)
    assert got.transaction.openid == "o-person"
    assert "o-person" not in repr(got)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"mchid": "1"}, "wrong_mchid"),
        ({"appid": "wx1"}, "wrong_appid"),
        ({"amount": {"total": "100"}}, "bad_resource"),
        ({"amount": {"total": 1.5}}, "bad_resource"),
        ({"amount": {"total": True}}, "bad_resource"),
        ({"amount": {"total": -1}}, "bad_resource"),
        ({"out_trade_no": None}, "bad_resource"),
        ({"trade_state": 1}, "bad_resource"),
        ({"success_time": "yesterday"}, "bad_resource"),
        ({"success_time": "2026-11-21T19:16:00"}, "bad_resource"),
    ],
)
def test_odd_resources_are_refused(credentials: SandboxCredentials, changes: dict[str, Any], expected: str) -> None:
    with pytest.raises(NotificationRejected, match=expected):
        parser(credentials).payment(*notice(credentials, transaction(credentials, **changes)))


def test_odd_envelopes_are_refused(credentials: SandboxCredentials) -> None:
    fine = transaction(credentials)
    cases: list[tuple[tuple[dict[str, str], bytes], str]] = [
        (notice(credentials, fine, id=""), "bad_json"),
        (notice(credentials, fine, resource=[]), "bad_json"),
        (notice(credentials, fine, event_type="REFUND.SUCCESS"), "unexpected_event"),
        (notice(credentials, fine, event_type=None), "unexpected_event"),
        (notice(credentials, b"[]"), "bad_resource"),
        (notice(credentials, b"\xff"), "bad_resource"),
        ((platform_headers(credentials, b"not json"), b"not json"), "bad_json"),
        ((platform_headers(credentials, b"[]"), b"[]"), "bad_json"),
    ]
    for (headers, raw), expected in cases:
        with pytest.raises(NotificationRejected, match=expected):
            parser(credentials).payment(headers, raw)


def test_unusable_keys_are_refused_at_start(credentials: SandboxCredentials) -> None:
    with pytest.raises(ValueError):
        MerchantSigner("1", "2", credentials.public_key_pem)
    with pytest.raises(ValueError):
        PlatformKeys({"AB": "not pem"})
    with pytest.raises(ValueError):
        ResourceCipher("short")
    curve = ec.generate_private_key(ec.SECP256R1())
    pem = curve.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    with pytest.raises(ValueError, match="RSA"):
        MerchantSigner("1", "2", pem)
    public = curve.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    with pytest.raises(ValueError, match="RSA"):
        PlatformKeys({"AB": public})


def test_a_certificates_end_is_known(credentials: SandboxCredentials) -> None:
    end = certificate_expiry(credentials.platform_certificate_pem)
    assert end is not None
    assert end.timestamp() > time.time()
    assert certificate_expiry(credentials.public_key_pem) is None


def test_nonces_differ() -> None:
    assert len({nonce() for _ in range(100)}) == 100
    assert len(nonce()) == 32
