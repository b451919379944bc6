"""The hashed form of an entry (form 1). Pure; the offline verifier does the same with the standard library.

``hash = SHA-256(RFC 8785 JSON of the named fields)``. The body itself is not among them: in its place stands
``body_sha256 = SHA-256(salt ‖ RFC 8785 JSON of the body)``, so the content can lawfully be destroyed while
the chain still verifies. ``prev`` is the hash of the entry before; before the first stands 32 zero bytes.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
import rfc8785

from schemas.documents.spaces import EntryDocument
from schemas.enums import MessageType

FORM = 1
GENESIS = bytes(32)


def canonical_body(kind: MessageType, body: Mapping[str, Any]) -> bytes:
    """RFC 8785 JSON of a body.

    orjson with sorted keys writes the same bytes (a test holds it against the reference) and is forty times
    faster, except for numbers with a fraction, which only a place has.
    """
    if kind is MessageType.LOCATION:
        return rfc8785.dumps(dict(body))
    return orjson.dumps(body, option=orjson.OPT_SORT_KEYS)


def commitment(salt: bytes, body: bytes) -> bytes:
    """What stands for the body in the hash: SHA-256(salt ‖ canonical body)."""
    return hashlib.sha256(salt + body).digest()


def utc_text(moment: datetime) -> str:
    """``2026-11-21T11:16:00.123Z``: the one way a time is written in the hashed form."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def hashed_form(entry: EntryDocument) -> dict[str, Any]:
    """The named fields, as they are hashed and exported."""
    return {
        "v": entry["v"],
        "space_id": entry["_id"]["space"],
        "seq": entry["_id"]["seq"],
        "client_msg_id": entry["cid"],
        "sender": entry["sender"],
        "role": entry["role"],
        "type": entry["type"],
        "sent_at": utc_text(entry["at"]),
        "reply_to": entry.get("reply_to"),
        "mentions": list(entry.get("mentions", ())),
        "target": entry.get("target"),
        "files": [{"id": f["id"], "sha256": f["sha256"]} for f in entry.get("files", ())],
        "body_sha256": entry["commit"].hex(),
        "prev": entry["prev"].hex(),
    }


def entry_hash(entry: EntryDocument) -> bytes:
    """The hash of an entry whose other fields are all set. All keys are ASCII and no number has a fraction."""
    return hashlib.sha256(orjson.dumps(hashed_form(entry), option=orjson.OPT_SORT_KEYS)).digest()
