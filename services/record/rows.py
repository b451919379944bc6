"""The rows of an evidence bundle: what stands in its JSON Lines. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from schemas.documents.record import CheckpointDocument
from schemas.documents.spaces import EntryDocument, MemberDocument
from schemas.enums import MessageType
from services.record.chain import canonical_body, hashed_form, utc_text
from services.record.checkpoints import statement_fields
from services.record.heads import key_id_of

KEY_WARNING = """\
The keys that signed this bundle, for convenience. NOT PROOF BY THEMSELVES: whoever forges a bundle also puts
the fitting key here. Get the operator's key from somewhere else and give it to verify.py with --public-key.
签署本证据包的公钥，仅供参考，不能单独作为凭据：伪造者同样可以放入自己的公钥。请从其他途径取得运营方公钥后核验。

"""


class Withheld(StrEnum):
    """Why a body is not in a bundle. The values are part of the format."""

    BEFORE_FIRST_SEQ = "before_first_seq"
    RECALLED = "recalled"
    HELD = "held"
    PURGED = "purged"
    UNREADABLE = "unreadable"


class FileState(StrEnum):
    INCLUDED = "included"
    MASKED = "masked"  # a paper that identifies somebody: at most its masked copy is here, as ``preview``
    PURGED = "purged"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Shown:
    """One entry as the bundle shows it: with body and salt, or with the reason for which they are withheld."""

    entry: EntryDocument
    body: Mapping[str, Any] | None = None
    salt: bytes = b""
    withheld: Withheld | None = None


@dataclass(slots=True)
class FileRow:
    """A file of the record, and how it entered."""

    id: str
    sha256: str
    messages: list[int] = field(default_factory=list)
    state: FileState = FileState.UNREADABLE
    path: str | None = None
    name: str | None = None
    content_type: str | None = None
    size: int | None = None
    uploaded_by: str | None = None
    uploaded_at: str | None = None
    preview: str | None = None  # path of a copy for reading: where few programs show the original, or it is masked

    def row(self) -> dict[str, Any]:
        row = asdict(self) | {"state": self.state.value}
        if self.preview is None:  # as bundles were before there were any
            del row["preview"]
        return row


def message_line(shown: Shown) -> bytes:
    """One line of messages.jsonl, in RFC 8785 form as everything in a bundle."""
    row: dict[str, Any] = {"entry": hashed_form(shown.entry), "hash": shown.entry["hash"].hex()}
    if shown.withheld is not None:
        row["withheld"] = shown.withheld.value
    else:
        row |= {"body": dict(shown.body or {}), "salt": shown.salt.hex()}
    return canonical_body(MessageType(shown.entry["type"]), row) + b"\n"


def checkpoint_row(checkpoint: CheckpointDocument) -> dict[str, Any]:
    row: dict[str, Any] = {
        "statement": statement_fields(checkpoint),
        "key_id": key_id_of(checkpoint["key"]),
        "signature": checkpoint["signature"].hex(),
    }
    if "anchor" in checkpoint:
        anchor = checkpoint["anchor"]
        row["anchor"] = {"id": anchor["id"], "index": anchor["index"], "path": [step.hex() for step in anchor["path"]]}
    return row


def member_row(member: MemberDocument) -> dict[str, Any]:
    return {
        "user_id": member["user_id"],
        "role": member["role"],
        "display_name": member["display_name"],
        "first_seq": member["first_seq"],
        "joined_at": utc_text(member["joined_at"]),
        "left_at": utc_text(member["left_at"]) if "left_at" in member else None,
    }


def key_file(keys: Sequence[bytes]) -> bytes:
    """The raw public keys as PEM, each once, below a warning."""
    blocks = [
        Ed25519PublicKey.from_public_bytes(key).public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        for key in dict.fromkeys(keys)
    ]
    return KEY_WARNING.encode() + b"".join(blocks)
