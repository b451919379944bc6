"""File names that cannot lie: no paths, no invisible or direction-changing characters, a fitting extension."""

import re
import unicodedata

from services.files.media.types import MediaType, extension

LONGEST = 120
_SEPARATORS = re.compile(r"[/\\:*?\"<>|]+")


def safe_name(name: str, kind: MediaType) -> str:
    """The name under which members see and save the file.

    Format characters go (U+202E makes ``exe.jpg`` of ``gpj.exe``), and an extension that does not belong to
    the type gets one that does, so that a harmless text never lands on a disk as ``letter.hta``.
    """
    last = _SEPARATORS.split(unicodedata.normalize("NFC", name).strip())[-1]
    clean = "".join(char for char in last if unicodedata.category(char)[0] != "C")
    clean = " ".join(clean.split()).strip(". ") or "file"
    if extension(clean) in kind.extensions:
        stem = clean.rpartition(".")[0][: LONGEST - 8].strip(". ") or "file"
        return f"{stem}.{extension(clean)}"
    return f"{clean[: LONGEST - 8].strip('. ')}.{kind.extensions[0]}"
