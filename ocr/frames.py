"""How the reader and its engine talk: frames of a JSON head and raw bytes, over a pipe.

A frame is two 32-bit big-endian lengths, the head, the bytes. Heads from reader to engine: ``{"kind": …}`` with the
file's bytes. From engine to reader: ``{"ready": name}`` once; for each job any number of ``{"page": n, "of": m}``
and then either ``{"reading": …}`` or ``{"fault": code}``, with ``rss_mb``, the memory it holds now.
"""

import asyncio
import struct
from typing import IO, Any

import orjson

_LENGTHS = struct.Struct(">II")
_MOST_HEAD = 64 << 20
_MOST_BYTES = 256 << 20


def pack(head: dict[str, Any], data: bytes = b"") -> list[bytes]:
    encoded = orjson.dumps(head)
    return [_LENGTHS.pack(len(encoded), len(data)), encoded, data]


def write(file: IO[bytes], head: dict[str, Any], data: bytes = b"") -> None:
    file.writelines(pack(head, data))
    file.flush()


def read(file: IO[bytes]) -> tuple[dict[str, Any], bytes] | None:
    """The next frame, or None when the other side is gone."""
    lengths = file.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        return None
    head, data = _checked(lengths)
    return orjson.loads(file.read(head)), file.read(data)


async def receive(stream: asyncio.StreamReader) -> tuple[dict[str, Any], bytes]:
    """The next frame. Raises asyncio.IncompleteReadError when the other side is gone."""
    head, data = _checked(await stream.readexactly(_LENGTHS.size))
    return orjson.loads(await stream.readexactly(head)), await stream.readexactly(data)


def _checked(lengths: bytes) -> tuple[int, int]:
    head, data = _LENGTHS.unpack(lengths)
    if head > _MOST_HEAD or data > _MOST_BYTES:
        raise ValueError("not a frame")
    return head, data
