"""The keys of one data folder: made once, readable by their owner only."""

import base64
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from server.embedded.seaweed import S3Keys
from server.setting_values import KEY_BYTES

OWNER_ONLY = 0o600


def write_private(file: Path, content: bytes) -> None:
    """Write so that nobody else can read it at any moment, and never half."""
    half = file.with_name(file.name + ".new")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY), "wb") as out:
        out.write(content)
    half.replace(file)


@dataclass(frozen=True)
class Keys:
    """Base64 of 32 bytes where a key is meant; the S3 pair is plain text."""

    master: str
    index: str
    token: str
    s3_access: str
    s3_secret: str

    @property
    def s3(self) -> S3Keys:
        return S3Keys(self.s3_access, self.s3_secret)

    @classmethod
    def generate(cls) -> "Keys":
        def key() -> str:
            return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()

        return cls(key(), key(), key(), "casespace" + secrets.token_hex(4), secrets.token_urlsafe(32))


def load_keys(folder: Path) -> Keys:
    """The keys kept in ``folder/keys.json``, made on first use."""
    file = folder / "keys.json"
    if not file.exists():
        write_private(file, (json.dumps(asdict(Keys.generate()), indent=1) + "\n").encode())
    return Keys(**json.loads(file.read_text("utf-8")))


def record_key_file(folder: Path) -> Path:
    """Path of the Ed25519 private key (PKCS #8 PEM) that signs the record, made on first use."""
    file = folder / "record_key.pem"
    if not file.exists():
        key = Ed25519PrivateKey.generate()
        write_private(file, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return file
