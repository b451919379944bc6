"""Encryption in segments: any range reads back, and nothing that was altered does (I10)."""

import io
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.files.segments import SEALED_SEGMENT, SEGMENT, Opener, SealedReader, sealed_size, segment_count
from services.keys import SealBrokenError

KEY = os.urandom(32)
SIZES = [1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 2 * SEGMENT, 3 * SEGMENT + 17]


def seal(plain: bytes, key: bytes = KEY) -> bytes:
    return io.BufferedReader(SealedReader(key, io.BytesIO(plain), len(plain)), 4 * SEGMENT).read()


@pytest.mark.parametrize("size", SIZES)
def test_what_was_sealed_opens(size: int) -> None:
    plain = os.urandom(size)
    sealed = seal(plain)
    assert len(sealed) == sealed_size(size)
    assert plain[:64] not in sealed
    assert Opener(KEY, size).open(0, sealed) == plain


@given(size=st.integers(1, 4 * SEGMENT), first=st.integers(0, 3), count=st.integers(1, 4))
def test_any_run_of_segments_opens_alone(size: int, first: int, count: int) -> None:
    first = min(first, segment_count(size) - 1)
    plain = bytes(index % 251 for index in range(size))
    opener = Opener(KEY, size)
    start, length = opener.place(first, count)
    opened = opener.open(first, seal(plain)[start : start + length])
    assert opened == plain[first * SEGMENT : (first + count) * SEGMENT]


def test_it_reads_in_pieces_of_any_size() -> None:
    plain = os.urandom(2 * SEGMENT + 5)
    reader = io.BufferedReader(SealedReader(KEY, io.BytesIO(plain), len(plain)), 16)
    pieces = [reader.read(7), reader.read(SEGMENT), reader.read(1), reader.read()]
    assert b"".join(pieces) == seal(plain)


def test_a_file_that_shrinks_while_it_is_sealed_is_no_file() -> None:
    with pytest.raises(OSError, match="shorter"):
        io.BufferedReader(SealedReader(KEY, io.BytesIO(b"short"), 100)).read()


def broken(sealed: bytes, size: int, key: bytes = KEY) -> bool:
    try:
        Opener(key, size).open(0, sealed)
    except SealBrokenError:
        return True
    return False


def test_every_kind_of_tampering_is_caught() -> None:
    size = 3 * SEGMENT + 100
    sealed = seal(os.urandom(size))
    segments = [sealed[start : start + SEALED_SEGMENT] for start in range(0, len(sealed), SEALED_SEGMENT)]
    flipped = bytearray(sealed)
    flipped[SEALED_SEGMENT + 5] ^= 1
    assert not broken(sealed, size)
    assert broken(bytes(flipped), size)
    assert broken(b"".join([segments[1], segments[0], *segments[2:]]), size), "reordered"
    assert broken(b"".join([segments[0], *segments[2:]]), size), "left out"
    assert broken(sealed[:-1], size), "cut inside the last segment"
    assert broken(sealed, size, os.urandom(32)), "another key"
    # cut at a segment's edge, with the size changed to fit: the last segment's flag is missing
    assert broken(b"".join(segments[:3]), 3 * SEGMENT)
    # and the other way round: more behind the end
    assert broken(sealed + segments[0], size + SEGMENT)
