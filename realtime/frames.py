"""Packets as bytes, encoded once. Pure.

A Socket.IO event is the text ``42["name",payload]`` (Engine.IO message 4, Socket.IO event 2), and travels in
one unmasked WebSocket text frame (RFC 6455, section 5.2). An event for a whole room is built here once and
the same bytes are written to every member.
"""

import struct
from collections.abc import Mapping
from typing import Any

import orjson


def text_frame(payload: bytes) -> bytes:
    """A final, unmasked text frame."""
    size = len(payload)
    if size < 126:
        return struct.pack("!BB", 0x81, size) + payload
    if size < 1 << 16:
        return struct.pack("!BBH", 0x81, 126, size) + payload
    return struct.pack("!BBQ", 0x81, 127, size) + payload


def event_frame(name: str, payload: Mapping[str, Any]) -> bytes:
    """An event for any number of receivers."""
    return text_frame(b"42" + orjson.dumps([name, payload]))


def new_message_frame(view: bytes) -> bytes:
    """``message:new`` around a view that is encoded already."""
    return text_frame(b'42["message:new",' + view + b"]")


def ack_frame(ack_id: int, answer: bytes) -> bytes:
    """The acknowledgement of a client's event; ``answer`` is JSON."""
    return text_frame(b"43%d[" % ack_id + answer + b"]")
