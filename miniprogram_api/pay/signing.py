"""Signatures and the cipher of WeChat Pay API v3.

RSA-SHA256 with PKCS#1 v1.5 throughout; resources are AEAD_AES_256_GCM under the API v3 key.
Vendor documents: pay.weixin.qq.com/doc/v3, "签名生成", "签名验证", "如何解密回调报文".
"""

import base64
import binascii
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from cryptography.x509 import load_pem_x509_certificate

from miniprogram_api.errors import NotificationRejected

SCHEME = "WECHATPAY2-SHA256-RSA2048"
# WeChat now and then sends a broken signature on purpose, to see whether merchants check.
_PROBE = "WECHATPAY/SIGNTEST/"
# Seconds by which a signed message may be old (or, with clocks apart, young).
WINDOW = 300


def nonce() -> str:
    """32 random characters, as the vendor's documents advise."""
    return secrets.token_hex(16).upper()


class MerchantSigner:
    """Signs as the merchant. Raises ``ValueError`` for a PEM that holds no RSA private key."""

    def __init__(self, mchid: str, serial: str, private_key_pem: str) -> None:
        key = load_pem_private_key(private_key_pem.encode(), password=None)
        if not isinstance(key, RSAPrivateKey):
            raise ValueError("the merchant key must be an RSA private key")
        self._key = key
        self._mchid = mchid
        self._serial = serial

    def authorization(self, method: str, target: str, body: str, timestamp: int, nonce_str: str) -> str:
        """The ``Authorization`` header; ``target`` is path and query exactly as sent."""
        signature = self.sign(f"{method}\n{target}\n{timestamp}\n{nonce_str}\n{body}\n")
        fields = {
            "mchid": self._mchid,
            "nonce_str": nonce_str,
            "signature": signature,
            "timestamp": str(timestamp),
            "serial_no": self._serial,
        }
        return f"{SCHEME} " + ",".join(f'{name}="{value}"' for name, value in fields.items())

    def pay_sign(self, appid: str, timestamp: str, nonce_str: str, package: str) -> str:
        """``paySign`` for ``wx.requestPayment``."""
        return self.sign(f"{appid}\n{timestamp}\n{nonce_str}\n{package}\n")

    def sign(self, text: str) -> str:
        """Base64 of the RSA-SHA256 signature over ``text``."""
        return base64.b64encode(self._key.sign(text.encode(), PKCS1v15(), SHA256())).decode()


class PlatformKeys:
    """The keys WeChat Pay signs with, by what ``Wechatpay-Serial`` names.

    Holds platform certificates and public keys (``PUB_KEY_ID_…``) at once, because during a switch call-backs
    come under either. Raises ``ValueError`` for PEM text that is neither.
    """

    def __init__(self, keys: Mapping[str, str]) -> None:
        self._keys = {serial: _load(pem) for serial, pem in keys.items()}

    @property
    def public_key_id(self) -> str | None:
        """The public-key id to ask for in requests, if one is held."""
        return next((serial for serial in self._keys if serial.startswith("PUB_KEY_ID_")), None)

    def verify(self, headers: Mapping[str, str], body: bytes, now: float) -> None:
        """Check a signed message against ``Wechatpay-*`` headers (lower-case names).

        ``now`` is Unix seconds. Raises ``NotificationRejected``: ``missing_header, probe, bad_timestamp, stale,
        unknown_serial, bad_signature``. An unknown serial is refused, never looked up on the network: whoever
        sends a request must not be able to make this server call out.
        """
        names = ("serial", "timestamp", "nonce", "signature")
        values = {name: headers.get(f"wechatpay-{name}", "") for name in names}
        if not all(values.values()):
            raise NotificationRejected("missing_header")
        if values["signature"].startswith(_PROBE):
            raise NotificationRejected("probe")
        if not (values["timestamp"].isascii() and values["timestamp"].isdigit()):
            raise NotificationRejected("bad_timestamp")
        if abs(now - int(values["timestamp"])) > WINDOW:
            raise NotificationRejected("stale")
        key = self._keys.get(values["serial"])
        if key is None:
            raise NotificationRejected("unknown_serial")
        message = f"{values['timestamp']}\n{values['nonce']}\n".encode() + body + b"\n"
        _check(key, values["signature"], message)


def _check(key: RSAPublicKey, signature: str, message: bytes) -> None:
    try:
        key.verify(base64.b64decode(signature, validate=True), message, PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error, ValueError) as error:
        raise NotificationRejected("bad_signature") from error


def _load(pem: str) -> RSAPublicKey:
    data = pem.encode()
    key = load_pem_x509_certificate(data).public_key() if b"BEGIN CERTIFICATE" in data else load_pem_public_key(data)
    if not isinstance(key, RSAPublicKey):
        raise ValueError("a platform key must be an RSA key")
    return key


def certificate_expiry(pem: str) -> datetime | None:
    """When a platform certificate ends (UTC), for warnings; None for a bare public key."""
    if "BEGIN CERTIFICATE" not in pem:
        return None
    return load_pem_x509_certificate(pem.encode()).not_valid_after_utc.astimezone(UTC)


class ResourceCipher:
    """Decrypts the ``resource`` of call-backs. Raises ``ValueError`` unless the API v3 key has 32 bytes."""

    def __init__(self, api_v3_key: str) -> None:
        key = api_v3_key.encode()
        if len(key) != 32:
            raise ValueError("the API v3 key must have 32 bytes")
        self._decrypt: Callable[[bytes, bytes, bytes | None], bytes] = AESGCM(key).decrypt

    def decrypt(self, resource: Mapping[str, object]) -> bytes:
        """The plain text. Raises ``NotificationRejected``: ``bad_algorithm, undecryptable``."""
        if resource.get("algorithm") != "AEAD_AES_256_GCM":
            raise NotificationRejected("bad_algorithm")
        try:
            data = base64.b64decode(str(resource["ciphertext"]), validate=True)
            associated = str(resource.get("associated_data") or "").encode()
            return self._decrypt(str(resource["nonce"]).encode(), data, associated)
        except (KeyError, ValueError, InvalidTag) as error:
            raise NotificationRejected("undecryptable") from error
