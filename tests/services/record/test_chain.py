"""The hashed form of an entry (A6): what the offline verifier recomputes must never change by accident."""

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from schemas.documents.spaces import EntryDocument
from schemas.enums import MessageType
from services.record.chain import GENESIS, canonical_body, commitment, entry_hash, hashed_form, utc_text

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=50)
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | text,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.from_regex(r"[a-z_]{1,12}", fullmatch=True), inner, max_size=4)
    ),
    max_leaves=12,
)


def entry(**changes: Any) -> EntryDocument:
    made: dict[str, Any] = {
        "_id": {"space": "665f00000000000000000001", "seq": 1},
        "v": 1,
        "sender": "665f00000000000000000002",
        "role": "client",
        "cid": "m1",
        "type": "text",
        "at": datetime(2026, 11, 21, 11, 16, 0, 123_000, UTC),
        "sealed": b"sealed",
        "commit": commitment(bytes(16), '{"text":"您好"}'.encode()),
        "prev": GENESIS,
        "hash": b"",
    }
    return made | changes  # type: ignore[return-value]


@given(st.dictionaries(st.from_regex(r"[a-z_]{1,12}", fullmatch=True), plain, max_size=5))
def test_bodies_are_written_as_rfc_8785_says(body: dict[str, Any]) -> None:
    assert canonical_body(MessageType.TEXT, body) == rfc8785.dumps(body)


@given(st.floats(-180, 180), st.floats(-90, 90), text)
def test_places_are_written_as_rfc_8785_says(longitude: float, latitude: float, name: str) -> None:
    body = {"longitude": longitude, "latitude": latitude, "name": name}
    assert canonical_body(MessageType.LOCATION, body) == rfc8785.dumps(dict[str, Any](body))


def test_the_hash_of_a_known_entry_never_changes() -> None:
    """A published vector: if it changes, every record that was ever exported stops verifying."""
    assert entry_hash(entry()).hex() == "edb89bfbb69d5210b912a458e3ae9a1e8913427495e63c7e7518849aaa28acdf"


def test_the_hash_is_that_of_the_canonical_json_of_the_named_fields() -> None:
    form = hashed_form(entry())
    by_hand = json.dumps(form, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert entry_hash(entry()) == hashlib.sha256(by_hand).digest()
    assert entry_hash(entry()) == hashlib.sha256(rfc8785.dumps(form)).digest()


@pytest.mark.parametrize(
    "change",
    [
        {"_id": {"space": "665f00000000000000000001", "seq": 2}},
        {"_id": {"space": "665f00000000000000000009", "seq": 1}},
        {"sender": "665f00000000000000000003"},
        {"role": "lawyer"},
        {"cid": "m2"},
        {"type": "card"},
        {"at": datetime(2026, 11, 21, 11, 16, 0, 124_000, UTC)},
        {"reply_to": 1},
        {"mentions": ["665f00000000000000000003"]},
        {"target": 1},
        {"files": [{"id": "665f00000000000000000004", "sha256": "00" * 32}]},
        {"commit": commitment(bytes(16), '{"text":"再见"}'.encode())},
        {"commit": commitment(b"1" * 16, '{"text":"您好"}'.encode())},
        {"prev": b"1" * 32},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_named_field_is_in_the_hash(change: dict[str, Any]) -> None:
    assert entry_hash(entry(**change)) != entry_hash(entry())


def test_how_it_is_sealed_is_not_in_the_hash() -> None:
    """So that content can be sealed under another key, or destroyed, and the chain still verifies."""
    assert entry_hash(entry(sealed=b"otherwise")) == entry_hash(entry())


def test_a_time_is_written_in_one_way_only() -> None:
    there = datetime(2026, 11, 21, 19, 16, 0, 123_999, timezone(timedelta(hours=8)))
    assert utc_text(there) == "2026-11-21T11:16:00.123Z"
