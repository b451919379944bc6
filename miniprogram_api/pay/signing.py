"""Signatures and the cipher of WeChat Pay API v3.

RSA-SHA256 with PKCS#1 v1.5 throughout; resources are AEAD_AES_256_GCM under the API v3 key.
Vendor documents: pay.weixin.qq.com/doc/v3, "签名生成", "签名验证", "如何解密回调报文", "如何加解密敏感字段".
"""

import base64
import binascii
import logging
import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from cryptography.x509 import load_pem_x509_certificate

from miniprogram_api.errors import NotificationRejected

log = logging.getLogger(__name__)

SCHEME = "WECHATPAY2-SHA256-RSA2048"
# WeChat now and then sends a broken signature on purpose, to see whether merchants check.
_PROBE = "WECHATPAY/SIGNTEST/"
# Seconds by which a signed message may be old (or, with clocks apart, young).
WINDOW = 300
# Seconds between two alarms about keys that are not known.
_ALARM_EVERY = 600.0
_SERIAL = re.compile(r"[0-9A-Za-z_]{1,64}")


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

    def decrypt(self, sealed: str) -> str:
        """A field that WeChat Pay encrypted for this merchant. Raises ``ValueError`` when it was not."""
        return self._key.decrypt(base64.b64decode(sealed, validate=True), _oaep()).decode()


@dataclass(frozen=True)
class _PlatformKey:
    key: RSAPublicKey
    # UTC, None for a bare public key: those do not expire, they are revoked.
    ends: datetime | None


class PlatformKeys:
    """The keys WeChat Pay signs with, by what ``Wechatpay-Serial`` names.

    Holds platform certificates and public keys (``PUB_KEY_ID_…``) at once, because during a switch call-backs
    come under either; ``add`` takes up a new one while requests are served. Raises ``ValueError`` for PEM text
    that is neither.
    """

    def __init__(self, keys: Mapping[str, str]) -> None:
        self._keys = {serial: _load(pem) for serial, pem in keys.items()}
        self._quiet_until = 0.0

    @property
    def public_key_id(self) -> str | None:
        """The public-key id to ask for in requests, if one is held."""
        return next((serial for serial in self._keys if serial.startswith("PUB_KEY_ID_")), None)

    @property
    def serials(self) -> frozenset[str]:
        """Everything that ``Wechatpay-Serial`` may name."""
        return frozenset(self._keys)

    @property
    def ends(self) -> dict[str, datetime]:
        """When each certificate ends (UTC), by serial; public keys have no end."""
        return {serial: held.ends for serial, held in self._keys.items() if held.ends is not None}

    def add(self, serial: str, pem: str) -> None:
        """Trust one more key from now on. Raises ``ValueError``. Keys held before stay in force."""
        self._keys[serial] = _load(pem)

    def extended(self, keys: Mapping[str, str]) -> "PlatformKeys":
        """These keys and ``keys``, for one decision; the held ones win. Raises ``ValueError``."""
        both = PlatformKeys(keys)
        both._keys.update(self._keys)
        return both

    def encrypt(self, text: str) -> tuple[str, str]:
        """``(serial, sealed)``: a field of personal data that only WeChat Pay can read (RSAES-OAEP, SHA-1).

        The serial must go into the request's ``Wechatpay-Serial``. The public key goes first, as the vendor asks;
        else the certificate that lives longest. Raises ``ValueError`` without a key, or for more than 214 bytes.
        """
        serial = self.public_key_id
        if serial is None:
            ends = self.ends
            if not ends:
                raise ValueError("no platform key to encrypt with")
            serial = max(ends, key=lambda name: ends[name])
        sealed = self._keys[serial].key.encrypt(text.encode(), _oaep())
        return serial, base64.b64encode(sealed).decode()

    def verify(self, headers: Mapping[str, str], body: bytes, now: float) -> None:
        """Check a signed message against ``Wechatpay-*`` headers (lower-case names).

        ``now`` is Unix seconds. Raises ``NotificationRejected``: ``missing_header, probe, bad_timestamp, stale,
        unknown_serial, expired_serial, bad_signature``. An unknown serial is refused, never looked up on the
        network: whoever sends a request must not be able to make this server call out.
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
        held = self._keys.get(values["serial"])
        if held is None:
            self._alarm(values["serial"], "no platform key that is held")
            raise NotificationRejected("unknown_serial")
        if held.ends is not None and held.ends.timestamp() < now:
            self._alarm(values["serial"], "a platform certificate that has ended")
            raise NotificationRejected("expired_serial")
        message = f"{values['timestamp']}\n{values['nonce']}\n".encode() + body + b"\n"
        _check(held.key, values["signature"], message)

    def _alarm(self, serial: str, what: str) -> None:
        """Call a person: WeChat may have switched keys. Seldom, for anybody can name a serial."""
        if time.monotonic() < self._quiet_until:
            return
        self._quiet_until = time.monotonic() + _ALARM_EVERY
        shown = serial if _SERIAL.fullmatch(serial) else "malformed"
        log.error("a message of WeChat Pay's names %s", what, extra={"alarm": "pay_platform_key", "serial": shown})


def _oaep() -> OAEP:
    # SHA-1 is the vendor's choice; in OAEP its known weakness does not matter.
    return OAEP(mgf=MGF1(algorithm=SHA1()), algorithm=SHA1(), label=None)  # noqa: S303


def _check(key: RSAPublicKey, signature: str, message: bytes) -> None:
    try:
        key.verify(base64.b64decode(signature, validate=True), message, PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error, ValueError) as error:
        raise NotificationRejected("bad_signature") from error


def _load(pem: str) -> _PlatformKey:
    data = pem.encode()
    key = load_pem_x509_certificate(data).public_key() if b"BEGIN CERTIFICATE" in data else load_pem_public_key(data)
    if not isinstance(key, RSAPublicKey):
        raise ValueError("a platform key must be an RSA key")
    return _PlatformKey(key, certificate_expiry(pem))


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
