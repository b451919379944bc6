"""Signed heads: what a member holds in hand against everybody, the operator included.

A head says: *this space has so many entries, and the last one hashes to this*. Members get one with every
``sync``; an operator who later rewrites the record cannot make it fit the heads that members already hold.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_CACHED = 10_000


@dataclass(frozen=True, slots=True)
class SignedHead:
    space_id: str
    seq: int
    hash: str  # hex
    key_id: str
    signature: str  # hex, Ed25519 over the RFC 8785 JSON of the statement


def statement(space_id: str, seq: int, digest: str) -> bytes:
    """The signed bytes. ``purpose`` keeps a signature from being used for anything else."""
    fields = {"hash": digest, "purpose": "casespace.head.v1", "seq": seq, "space_id": space_id}
    return orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)


def key_id_of(public_key: bytes) -> str:
    """The name of a key in statements: the first 16 hexadecimal digits of the SHA-256 of its raw form."""
    return hashlib.sha256(public_key).hexdigest()[:16]


class HeadSigner:
    def __init__(self, private_key_pem: bytes) -> None:
        """Raises ValueError unless the PEM holds an Ed25519 private key."""
        key = serialization.load_pem_private_key(private_key_pem, password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError("the record key must be an Ed25519 private key")
        self._key = key
        self.public_pem = (
            key.public_key()
            .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
            .decode()
        )
        raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        self.public_raw = raw
        self.key_id = key_id_of(raw)
        self._cache: OrderedDict[tuple[str, int, bytes], SignedHead] = OrderedDict()

    def sign_fields(self, fields: Mapping[str, Any]) -> tuple[bytes, bytes]:
        """The RFC 8785 JSON of a statement other than a head, and its signature.

        ``fields`` must say under ``purpose`` what the signature is for; no number may have a fraction.
        """
        if not str(fields.get("purpose", "")).startswith("casespace."):
            raise ValueError("a statement without a purpose is not signed")
        text = orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)
        return text, self._key.sign(text)

    def sign(self, space_id: str, seq: int, digest: bytes) -> SignedHead:
        place = (space_id, seq, digest)
        head = self._cache.get(place)
        if head is None:
            signature = self._key.sign(statement(space_id, seq, digest.hex())).hex()
            head = SignedHead(space_id, seq, digest.hex(), self.key_id, signature)
            self._cache[place] = head
            if len(self._cache) > _CACHED:
                self._cache.popitem(last=False)
        return head
