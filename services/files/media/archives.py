"""The end of a ZIP file (PKWARE APPNOTE 4.3.16), read before any library is let near it."""

import struct
from dataclasses import dataclass
from typing import BinaryIO

_END = struct.Struct("<4s4H2LH")
_SIGNATURE = b"PK\x05\x06"
_ENTRY = b"PK\x01\x02"
_LONGEST_COMMENT = 0xFFFF


@dataclass(frozen=True, slots=True)
class ArchiveEnd:
    """What the end record says. ``directory`` is the size of the list of entries, in bytes."""

    entries: int
    directory: int
    zip64: bool  # sizes and counts that this record cannot hold are told elsewhere
    is_last: bool  # nothing follows the record and its comment


def archive_end(file: BinaryIO) -> ArchiveEnd | None:
    """The end record, or None when no reader of ZIP files would find an archive in this file."""
    size = file.seek(0, 2)
    reach = min(size, _END.size + _LONGEST_COMMENT + 20)
    file.seek(size - reach)
    tail = file.read(reach)
    place = tail.rfind(_SIGNATURE)
    if place < 0 or len(tail) - place < _END.size:
        return None
    fields = _END.unpack_from(tail, place)
    entries, directory, comment = fields[4], fields[5], fields[7]
    begins = size - reach + place - directory
    if begins < 0:
        return None
    file.seek(begins)
    if entries and file.read(4) != _ENTRY:
        return None
    zip64 = tail[max(0, place - 20) : place].startswith(b"PK\x06\x07")
    return ArchiveEnd(entries, directory, zip64, place + _END.size + comment == len(tail))
