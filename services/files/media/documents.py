"""PDF, Office and text: whole, of the type they claim, and nothing else besides."""

import codecs
import zipfile
import zlib
from typing import BinaryIO

from services.errors import Problem
from services.files.media.archives import archive_end
from services.files.media.sniff import HEAD, looks_like_text
from services.files.media.types import MEGABYTE, MediaType

PARTS = 10_000
DIRECTORY = 4 * MEGABYTE  # its list of parts, which is read into memory whole
UNPACKED = 600 * MEGABYTE
_MACROS = ("vbaproject.bin", "vbadata.xml", "activex")


def inspect_pdf(file: BinaryIO) -> None:
    """ISO 32000-1, 7.5.5: the file ends with startxref and %%EOF. Raises Problem ``file.damaged``."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 4096))
    tail = file.read()
    end = tail.rfind(b"%%EOF")
    if end < 0 or b"startxref" not in tail or len(tail) - end > 1024:
        raise Problem("file.damaged")


def inspect_text(file: BinaryIO) -> None:
    """UTF-8 to the last byte, without control characters. Raises Problem ``file.type_mismatch``."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    first = True
    try:
        while chunk := file.read(HEAD):
            if first and not looks_like_text(chunk):
                raise Problem("file.type_mismatch")
            first = False
            if any(char < " " and char not in "\t\n\r\f" for char in decoder.decode(chunk)):
                raise Problem("file.type_mismatch")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise Problem("file.type_mismatch", "文本文件请使用 UTF-8 编码") from None


def inspect_office(file: BinaryIO, kind: MediaType) -> None:
    """ECMA-376 part 2: a ZIP that names its content types and holds the main part of its kind.

    Raises Problem ``file.type_mismatch`` (another kind, or something in front of or behind the ZIP),
    ``file.type_refused`` (macros, encryption, paths that lead out), ``file.damaged``, ``file.too_large``.
    """
    end = archive_end(file)
    if end is None:
        raise Problem("file.damaged")
    if end.entries > PARTS or end.directory > DIRECTORY or end.zip64:
        raise Problem("file.too_large")
    if not end.is_last:
        raise Problem("file.type_mismatch")
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _check_parts(entries, kind)
            if min(entry.header_offset for entry in entries) != 0:
                raise Problem("file.type_mismatch")
            if archive.testzip() is not None:
                raise Problem("file.damaged")
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError, RuntimeError):
        raise Problem("file.damaged") from None


def _check_parts(entries: list[zipfile.ZipInfo], kind: MediaType) -> None:
    names = {entry.filename for entry in entries}
    if "[Content_Types].xml" not in names or kind.main_part not in names:
        raise Problem("file.type_mismatch")
    if sum(entry.file_size for entry in entries) > UNPACKED:
        raise Problem("file.too_large")
    lowered = [name.lower() for name in names]
    if any(macro in name for name in lowered for macro in _MACROS):
        raise Problem("file.type_refused", "不接受带宏的文档")
    if any(entry.flag_bits & 1 for entry in entries) or any(
        name.startswith("/") or "\\" in name or ".." in name.split("/") for name in names
    ):
        raise Problem("file.type_refused")
