"""Whether this very code has prepared this very data folder already: then a start need not do it again."""

import hashlib
from pathlib import Path

from server.embedded.sandbox import REPOSITORY

ROOMS = ("schemas", "server", "services")


def code_fingerprint() -> str:
    """Changes with every change to what `migrate` and `seed` could do."""
    digest = hashlib.sha256()
    for room in ROOMS:
        for file in sorted((REPOSITORY / room).rglob("*.py")):
            digest.update(f"{file.relative_to(REPOSITORY)}\0".encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


class Preparation:
    """The note in a data folder about the code that prepared it last, and what it must have left behind."""

    def __init__(self, note: Path, result: Path) -> None:
        self._note = note
        self._result = result
        self._code = code_fingerprint()

    def done(self) -> bool:
        return self._result.exists() and self._note.exists() and self._note.read_text("utf-8") == self._code

    def remember(self) -> None:
        self._note.write_text(self._code, "utf-8")
