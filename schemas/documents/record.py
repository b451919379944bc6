"""What vouches for a record: signed checkpoints, and the time stamps that they are anchored by."""

from datetime import datetime
from typing import NotRequired, TypedDict


class CheckpointKey(TypedDict):
    """Written in this order always: MongoDB compares embedded documents field by field."""

    space: str
    number: int  # 1, 2, 3 … in each space


class CheckpointAnchor(TypedDict):
    """Where a checkpoint stands in the Merkle tree whose root was stamped."""

    id: str
    index: int
    path: list[bytes]


class CheckpointDocument(TypedDict):
    """A signed statement: this space had ``seq`` entries, the last of which hashed to ``head``. Never changed."""

    _id: CheckpointKey
    schema_version: int
    seq: int
    head: bytes
    at: datetime
    prev: bytes  # digest of the checkpoint before; 32 zero bytes before the first
    digest: bytes  # SHA-256 of the signed statement
    key: bytes  # raw Ed25519 public key: signatures stay checkable after the key was rotated
    signature: bytes
    due: NotRequired[bool]  # wants an anchor; gone once it has one
    anchor: NotRequired[CheckpointAnchor]


class AnchorDocument(TypedDict):
    """A time stamp over the Merkle root of checkpoints of many spaces."""

    _id: str
    schema_version: int
    datum: bytes  # the stamped bytes
    response: bytes  # TimeStampResp as the authority sent it (RFC 3161)
    stamped_at: datetime  # by the authority's clock
    authority: str
    created_at: datetime
