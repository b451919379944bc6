"""The record of a space: one way to append, hash-chained, sealed. See docs/record.md."""

from services.record.chain import GENESIS, canonical_body, commitment, entry_hash
from services.record.draft import TURN_PREFIX, Draft, Stored
from services.record.heads import HeadSigner, SignedHead
from services.record.recorder import Recorder

__all__ = [
    "GENESIS",
    "TURN_PREFIX",
    "Draft",
    "HeadSigner",
    "Recorder",
    "SignedHead",
    "Stored",
    "canonical_body",
    "commitment",
    "entry_hash",
]
