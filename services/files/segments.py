"""Files are encrypted in segments, so that a range can be read without the rest.

AES-256-GCM (NIST SP 800-38D) over 64 KiB of plaintext each. The nonce is the segment's number (11 bytes) and
a flag for the last one (1 byte), as in the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015): a
segment that was moved, left out, appended or cut off does not open. A key must serve one object only, ever.
"""

import io
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.keys import SealBrokenError

SEGMENT = 64 * 1024
TAG = 16
SEALED_SEGMENT = SEGMENT + TAG


def segment_count(size: int) -> int:
    """Of a plaintext of ``size`` bytes (at least 1)."""
    return -(-size // SEGMENT)


def sealed_size(size: int) -> int:
    return size + TAG * segment_count(size)


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11) + (b"\x01" if last else b"\x00")


class Opener:
    """Opens segments of one object whose plaintext has ``size`` bytes."""

    def __init__(self, key: bytes, size: int) -> None:
        self._aead = AESGCM(key)
        self._count = segment_count(size)
        self._sealed_size = sealed_size(size)

    def place(self, first: int, count: int) -> tuple[int, int]:
        """(offset, length) of ``count`` sealed segments from number ``first`` on, cut at the end."""
        start = first * SEALED_SEGMENT
        return start, min(count * SEALED_SEGMENT, self._sealed_size - start)

    def open(self, first: int, sealed: bytes) -> bytes:
        """The plaintext of consecutive sealed segments from number ``first`` on. Raises SealBrokenError."""
        opened = []
        view = memoryview(sealed)
        for number, start in enumerate(range(0, len(sealed), SEALED_SEGMENT), first):
            nonce = _nonce(number, last=number == self._count - 1)
            try:
                opened.append(self._aead.decrypt(nonce, view[start : start + SEALED_SEGMENT], None))
            except InvalidTag as fault:
                raise SealBrokenError(f"segment {number}") from fault
        return b"".join(opened)


class SealedReader(io.RawIOBase):
    """Reads as the ciphertext of a plaintext file of exactly ``size`` bytes, a segment at a time."""

    def __init__(self, key: bytes, source: BinaryIO, size: int) -> None:
        super().__init__()
        self._aead = AESGCM(key)
        self._source = source
        self._left = size
        self._number = 0
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]
        if not self._ready and self._left:
            self._ready = self._next()
        count = min(len(buffer), len(self._ready))
        buffer[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

    def _next(self) -> bytes:
        plain = self._source.read(min(SEGMENT, self._left))
        if len(plain) != min(SEGMENT, self._left):
            raise OSError("the file is shorter than it was")
        self._left -= len(plain)
        sealed = self._aead.encrypt(_nonce(self._number, last=self._left == 0), plain, None)
        self._number += 1
        return sealed
