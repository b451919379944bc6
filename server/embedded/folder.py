"""The data folder of a demo: marked as ours, used by one runner at a time, emptied on request only when marked."""

import fcntl
import shutil
from pathlib import Path
from typing import IO

MARKER = ".casespace-data"


class FolderError(Exception):
    """The folder cannot be used; the text says why and what to do."""


def claim_folder(path: Path, *, reset: bool) -> IO[str]:
    """Make `path` ours and lock it; with `reset` delete what is in it. Keep the returned file open: it is the lock.

    Raises FolderError when the folder holds something else, or another runner uses it.
    """
    if path.exists() and not path.is_dir():
        raise FolderError(f"{path} is not a folder")
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    marker = path / MARKER
    if not marker.exists() and any(path.iterdir()):
        raise FolderError(
            f"{path} holds files that scripts/run did not make; it will neither use nor delete them. Name another"
            " folder with --data."
        )
    lock = marker.open("a", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise FolderError(f"{path} is in use by another scripts/run; stop that, or name another folder.") from None
    if reset:
        _empty(path)
    return lock


def _empty(path: Path) -> None:
    for entry in path.iterdir():
        if entry.name == MARKER:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
