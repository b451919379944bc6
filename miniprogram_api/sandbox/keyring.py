"""The platform's keys: what it signs with, what it opens sealed fields with, and a switch from one to the next."""

import base64
import json
import secrets
import time
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, generate_private_key
from cryptography.x509 import load_pem_x509_certificate

from miniprogram_api.sandbox import credentials as making
from miniprogram_api.sandbox.credentials import SandboxCredentials
from miniprogram_api.sandbox.crypto import encrypt_resource, rsa_sign
from miniprogram_api.sandbox.state import State

_ANNOUNCED, _ACTIVE = "announced_certificates", "active_certificate"


class Keyring:
    """Private keys by serial. ``sign_with`` is ``both`` (in turn), ``certificate`` or ``public_key``.

    A key switch goes as at WeChat Pay: ``announce`` lists a new certificate under ``/v3/certificates``, ``switch``
    signs with it from then on. Both survive a restart.
    """

    def __init__(self, state: State, credentials: SandboxCredentials) -> None:
        self._state = state
        self._credentials = credentials
        # Both in turn, as during a switch of modes: a product that holds one key only is found out at once.
        self.sign_with = "both"
        self._turn = 0
        self._certificates = {credentials.platform_serial: credentials.platform_certificate_pem}
        self._keys = {
            credentials.platform_serial: making.load_private(credentials.platform_key_pem),
            credentials.public_key_id: making.load_private(credentials.public_key_private_pem),
        }
        for row in json.loads(state.setting(_ANNOUNCED) or "[]"):
            self._hold(row["serial"], row["certificate"], row["key"])
        self._active = state.setting(_ACTIVE) or credentials.platform_serial

    @property
    def active_serial(self) -> str:
        """The certificate that signs now."""
        return self._active

    @property
    def serials(self) -> list[str]:
        """All that a request may name: certificates, oldest first, and the public key."""
        return [*self._certificates, self._credentials.public_key_id]

    def announce(self) -> str:
        """List a new certificate beside the old one; its serial."""
        key = generate_private_key(65537, 2048)
        certificate = making.new_certificate(key, "Sandbox platform")
        serial, pem = making.serial_of(certificate), making.certificate_pem(certificate)
        rows = json.loads(self._state.setting(_ANNOUNCED) or "[]")
        rows.append({"serial": serial, "certificate": pem, "key": making.private_pem(key)})
        self._state.set_setting(_ANNOUNCED, json.dumps(rows))
        self._hold(serial, pem, rows[-1]["key"])
        return serial

    def switch(self) -> str:
        """Sign with the newest certificate from now on (announced on the spot when there is no newer); its serial."""
        newest = list(self._certificates)[-1]
        self._active = newest if newest != self._active else self.announce()
        self._state.set_setting(_ACTIVE, self._active)
        return self._active

    def headers(self, body: bytes, serial: str | None = None) -> dict[str, str]:
        """Sign an answer (or a notice) with the key ``serial`` names, by default the next in turn."""
        serial = serial or self._next()
        stamp, nonce = str(int(time.time())), secrets.token_hex(16)
        return {
            "Wechatpay-Timestamp": stamp,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Serial": serial,
            "Wechatpay-Signature": self.sign(serial, stamp, nonce, body),
            "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
        }

    def sign(self, serial: str, *lines: str | bytes) -> str:
        """Base64 signature over the lines."""
        return rsa_sign(self._keys[serial], *lines)

    def opened(self, serial: str, sealed: object) -> str | None:
        """A field that was encrypted for the key ``serial`` names; None when it was not."""
        key = self._keys.get(serial)
        if key is None or not isinstance(sealed, str):
            return None
        scheme = padding.OAEP(mgf=padding.MGF1(hashes.SHA1()), algorithm=hashes.SHA1(), label=None)  # noqa: S303
        try:
            return key.decrypt(base64.b64decode(sealed, validate=True), scheme).decode()
        except ValueError:
            return None

    def listed(self) -> list[dict[str, Any]]:
        """The certificates as ``/v3/certificates`` gives them, each encrypted under the API v3 key."""
        return [self._row(serial, pem) for serial, pem in self._certificates.items()]

    def _row(self, serial: str, pem: str) -> dict[str, Any]:
        certificate = load_pem_x509_certificate(pem.encode())
        sealed = encrypt_resource(self._credentials.api_v3_key, pem.encode(), "certificate")
        del sealed["original_type"]
        return {
            "serial_no": serial,
            "effective_time": _written(certificate.not_valid_before_utc),
            "expire_time": _written(certificate.not_valid_after_utc),
            "encrypt_certificate": sealed,
        }

    def _hold(self, serial: str, certificate_pem: str, key_pem: str) -> None:
        self._certificates[serial] = certificate_pem
        self._keys[serial] = making.load_private(key_pem)

    def _next(self) -> str:
        if self.sign_with == "certificate":
            return self._active
        if self.sign_with == "public_key":
            return self._credentials.public_key_id
        self._turn += 1
        return (self._active, self._credentials.public_key_id)[self._turn % 2]


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def seal_for_merchant(key: RSAPublicKey, text: str) -> str:
    """Encrypt a field that only the merchant can read, as WeChat Pay does in its answers."""
    scheme = padding.OAEP(mgf=padding.MGF1(hashes.SHA1()), algorithm=hashes.SHA1(), label=None)  # noqa: S303
    return base64.b64encode(key.encrypt(text.encode(), scheme)).decode()
