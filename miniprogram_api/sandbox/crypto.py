"""The vendors' side of every signature and cipher, written apart from the client's."""

import base64
import hashlib
import hmac
import os
import re
import struct
from collections.abc import Mapping
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


def rsa_sign(key: RSAPrivateKey, *lines: str | bytes) -> str:
    """Base64 RSA-SHA256 signature over the lines, each ended by a line feed."""
    return base64.b64encode(key.sign(_lines(lines), rsa_padding.PKCS1v15(), hashes.SHA256())).decode()


def rsa_holds(key: RSAPublicKey, signature: str, *lines: str | bytes) -> bool:
    """Whether ``signature`` (base64) is the key's over the lines."""
    try:
        key.verify(
            base64.b64decode(signature, validate=True),
            _lines(lines),
            rsa_padding.PKCS1v15(),
            hashes.SHA256(),
        )
    except (InvalidSignature, ValueError):
        return False
    return True


def _lines(lines: tuple[str | bytes, ...]) -> bytes:
    return b"".join((line.encode() if isinstance(line, str) else line) + b"\n" for line in lines)


def encrypt_resource(api_v3_key: str, plain: bytes, original_type: str) -> dict[str, str]:
    """The ``resource`` of a payment call-back."""
    nonce = base64.b32encode(os.urandom(10)).decode()[:12]
    sealed = AESGCM(api_v3_key.encode()).encrypt(nonce.encode(), plain, original_type.encode())
    return {
        "original_type": original_type,
        "algorithm": "AEAD_AES_256_GCM",
        "ciphertext": base64.b64encode(sealed).decode(),
        "associated_data": original_type,
        "nonce": nonce,
    }


def push_encrypt(aes_key: str, appid: str, plain: bytes) -> str:
    """Encrypt a message push: 16 random bytes, length, message, appid; PKCS#7 to 32 bytes; AES-256-CBC."""
    key = base64.b64decode(aes_key + "=")
    text = os.urandom(16) + struct.pack(">I", len(plain)) + plain + appid.encode()
    padder = padding.PKCS7(256).padder()
    padded = padder.update(text) + padder.finalize()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


def push_signature(*parts: str) -> str:
    """SHA-1 over the sorted parts: the vendor's choice."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


_AUTHORIZATION = re.compile(
    r"TC3-HMAC-SHA256 Credential=(?P<id>[^/,\s]+)/(?P<day>\d{4}-\d\d-\d\d)/(?P<service>[a-z]+)/tc3_request, ?"
    r"SignedHeaders=(?P<headers>[a-z0-9;-]+), ?Signature=(?P<signature>[0-9a-f]{64})"
)


def tc3_fault(
    headers: Mapping[str, str], body: bytes, secret_id: str, secret_key: str, now: float, service: str = "sms"
) -> str | None:
    """The provider's error code for a badly signed request, or None. ``headers`` have lower-case names."""
    found = _AUTHORIZATION.fullmatch(headers.get("authorization", ""))
    stamp = headers.get("x-tc-timestamp", "")
    if found is None or not stamp.isdigit():
        return "AuthFailure.InvalidAuthorization"
    if found["id"] != secret_id:
        return "AuthFailure.SecretIdNotFound"
    day = datetime.fromtimestamp(int(stamp), UTC).strftime("%Y-%m-%d")
    if abs(now - int(stamp)) > 300 or found["day"] != day:
        return "AuthFailure.SignatureExpire"
    names = found["headers"].split(";")
    if "content-type" not in names or "host" not in names or found["service"] != service:
        return "AuthFailure.SignatureFailure"
    canonical = "".join(f"{name}:{headers.get(name, '').strip().lower()}\n" for name in names)
    request = f"POST\n/\n\n{canonical}\n{found['headers']}\n{hashlib.sha256(body).hexdigest()}"
    text = f"TC3-HMAC-SHA256\n{stamp}\n{day}/{service}/tc3_request\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = _hmac(_hmac(_hmac(b"TC3" + secret_key.encode(), day), service), "tc3_request")
    if not hmac.compare_digest(_hmac(key, text).hex(), found["signature"]):
        return "AuthFailure.SignatureFailure"
    return None


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
