"""The files that settings name, looked into at start: a broken key must not first be noticed when money moves."""

from collections.abc import Callable
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from schemas.enums import TermsKind
from services.terms.term_texts import terms_text


def record_key(path: Path) -> None:
    """Raises ValueError unless the file holds an Ed25519 private key without a passphrase (PEM)."""
    if not isinstance(_private(path), Ed25519PrivateKey):
        raise ValueError("must hold an Ed25519 private key (openssl genpkey -algorithm ed25519)")


def merchant_key(path: Path) -> None:
    """Raises ValueError unless the file holds an RSA private key without a passphrase (PEM, apiclient_key.pem)."""
    if not isinstance(_private(path), RSAPrivateKey):
        raise ValueError("must hold the merchant's RSA private key (apiclient_key.pem)")


def private_key(path: Path) -> None:
    """Raises ValueError unless the file holds a private key without a passphrase (PEM)."""
    _private(path)


def platform_key(path: Path) -> None:
    """Raises ValueError unless the file holds an RSA certificate or public key (PEM)."""
    data = _read(path)
    try:
        if b"BEGIN CERTIFICATE" in data:
            key = x509.load_pem_x509_certificate(data).public_key()
        else:
            key = serialization.load_pem_public_key(data)  # type: ignore[assignment]
    except ValueError as fault:
        raise ValueError(f"{path} holds no certificate or public key (PEM)") from fault
    if not isinstance(key, RSAPublicKey):
        raise ValueError(f"{path} must hold an RSA key")


def certificates(path: Path) -> None:
    """Raises ValueError unless the file holds at least one certificate (PEM)."""
    try:
        x509.load_pem_x509_certificates(_read(path))
    except ValueError as fault:
        raise ValueError("holds no certificate (PEM)") from fault


def sound(path: Path) -> None:
    """Raises ValueError unless the file is a WAV or an Ogg file."""
    if not _read(path).startswith((b"RIFF", b"OggS")):
        raise ValueError("must be a WAV or an Ogg file")


def terms(path: Path) -> None:
    """Raises ValueError unless the file holds a title, the day from which it holds, and paragraphs."""
    try:
        terms_text(TermsKind.PRIVACY_POLICY, _read(path).decode(), {})
    except UnicodeDecodeError as fault:
        raise ValueError("is not UTF-8") from fault


CHECKS: dict[str, Callable[[Path], None]] = {
    "record_key_file": record_key,
    "pay_private_key_file": merchant_key,
    "tls_cert_file": certificates,
    "tsa_cert_file": certificates,
    "tls_key_file": private_key,
    "paper_cert_file": certificates,
    "paper_key_file": private_key,
    "hearing_announcement": sound,
    "privacy_policy_file": terms,
    "user_agreement_file": terms,
}


def _private(path: Path) -> object:
    try:
        return serialization.load_pem_private_key(_read(path), password=None)
    except TypeError as fault:
        raise ValueError("holds a key with a passphrase; give one without") from fault
    except ValueError as fault:
        raise ValueError("holds no private key (PEM)") from fault


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as fault:
        raise ValueError(f"cannot read {path}") from fault
