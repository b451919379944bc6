"""What a file is, by its first bytes. Names and declared types are not asked: phones get them wrong."""

from ocr.faults import ReadingFault

_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"})
_MAGIC = ((b"\xff\xd8\xff", "JPEG"), (b"\x89PNG\r\n\x1a\n", "PNG"), (b"GIF8", "GIF"), (b"BM", "BMP"), (b"%PDF-", "PDF"))


def sniff(data: bytes, most_bytes: int) -> str:
    """JPEG, PNG, GIF, BMP, WEBP, HEIF or PDF. Raises ReadingFault for anything else, empty or too large."""
    if not data:
        raise ReadingFault("reading.empty_file")
    if len(data) > most_bytes:
        raise ReadingFault("reading.file_too_large")
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        return "HEIF"
    for magic, name in _MAGIC:
        if data.startswith(magic):
            return name
    raise ReadingFault("reading.type_unsupported")
