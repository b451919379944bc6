"""Which types the first bytes of a file can be.

A signature counts at offset 0 only: formats whose readers search for their beginning (PDF, ZIP, HTML) are
what polyglots are made of, and a file that answers to two types is refused.
"""

import re
from collections.abc import Callable
from typing import BinaryIO

HEAD = 4096
_MARKUP = re.compile(rb"<(?:!doctype\s+html|html|head|body|script|svg|iframe|\?php)[\s>/]", re.IGNORECASE)
_OOXML = "application/vnd.openxmlformats-officedocument."
_OFFICE = frozenset(
    _OOXML + name for name in ("wordprocessingml.document", "spreadsheetml.sheet", "presentationml.presentation")
)
_MP4 = frozenset({"audio/mp4", "video/mp4"})
_TEXT = frozenset({"text/plain", "text/csv"})
_MP4_BRANDS = frozenset(
    b"isom iso2 iso3 iso4 iso5 iso6 iso8 iso9 mp41 mp42 M4A_ M4B_ M4V_ avc1 hvc1 dash MSNV f4v_ 3gp4 3gp5 3gp6".split()
)

# Of still pictures in HEVC, and of their sequences, which are told apart so that the refusal can say what they are.
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis"})
_HEIF_MAJOR = _HEIF_BRANDS | {b"mif1", b"msf1"}


def sniff(file: BinaryIO) -> frozenset[str]:
    """The type names that the content can be; empty when it is nothing the product takes."""
    file.seek(0)
    head = file.read(HEAD)
    if _MARKUP.search(head[:1024]):
        return frozenset()
    for recognises, names in _SIGNATURES:
        if recognises(head):
            return names
    return _TEXT if looks_like_text(head) else frozenset()


def looks_like_text(head: bytes) -> bool:
    """Whether it can be the beginning of a UTF-8 text that people read (a cut character at the end is fine)."""
    body = head.removeprefix(b"\xef\xbb\xbf")
    if body.startswith((b"#!", b"%!PS", b"{\\rtf", b"<?xml", b"<")) or any(
        byte < 0x20 and byte not in b"\t\n\r\f" for byte in body
    ):
        return False
    try:
        body.decode()
    except UnicodeDecodeError as fault:
        return fault.start >= len(body) - 3 and len(head) == HEAD
    return bool(body)


def _starts(*signatures: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(signatures)


def _riff(kind: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(b"RIFF") and head[8:12] == kind


def _is_mp4(head: bytes) -> bool:
    return head[4:8] == b"ftyp" and head[8:12].replace(b" ", b"_") in _MP4_BRANDS


def _is_heif(head: bytes) -> bool:
    """ISO 23008-12, annex B: what it is coded in is among its brands; mif1 alone says nothing (AVIF has it, too)."""
    if head[4:8] != b"ftyp" or head[8:12] not in _HEIF_MAJOR:
        return False
    box = head[8 : min(int.from_bytes(head[:4]), len(head))]
    return any(box[place : place + 4] in _HEIF_BRANDS for place in range(0, len(box), 4) if place != 4)


def _is_webm(head: bytes) -> bool:
    """EBML whose DocType (RFC 8794, element 0x4282) is webm."""
    return head.startswith(b"\x1a\x45\xdf\xa3") and b"\x42\x82\x84webm" in head[:64]


def _is_mp3(head: bytes) -> bool:
    if head.startswith(b"ID3"):
        return True  # the frames behind the tag are checked when it is decoded
    return len(head) > 4 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2 and head[2] >> 4 not in (0, 15)


def _is_adts(head: bytes) -> bool:
    """ISO 13818-7 ADTS: twelve bits of sync, layer 0, and a second frame where the first says it ends."""
    if len(head) < 7 or head[0] != 0xFF or head[1] & 0xF6 != 0xF0:
        return False
    length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    follower = head[length : length + 2]
    return length > 7 and (len(follower) < 2 or (follower[0] == 0xFF and follower[1] & 0xF6 == 0xF0))


_SIGNATURES: tuple[tuple[Callable[[bytes], bool], frozenset[str]], ...] = (
    (_starts(b"\xff\xd8\xff"), frozenset({"image/jpeg"})),
    (_starts(b"\x89PNG\r\n\x1a\n"), frozenset({"image/png"})),
    (_starts(b"GIF87a", b"GIF89a"), frozenset({"image/gif"})),
    (_riff(b"WEBP"), frozenset({"image/webp"})),
    (_riff(b"WAVE"), frozenset({"audio/wav"})),
    (_starts(b"%PDF-1.", b"%PDF-2."), frozenset({"application/pdf"})),
    (_starts(b"PK\x03\x04"), _OFFICE),
    (_starts(b"#!AMR\n", b"#!AMR-WB\n"), frozenset({"audio/amr"})),
    (_starts(b"OggS"), frozenset({"audio/ogg"})),
    (_is_mp4, _MP4),
    (_is_heif, frozenset({"image/heic"})),
    (_is_webm, frozenset({"audio/webm"})),
    (_is_adts, frozenset({"audio/aac"})),
    (_is_mp3, frozenset({"audio/mpeg"})),
)
