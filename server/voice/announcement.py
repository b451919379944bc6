"""The discipline of the court, played into the room: the operator's recording in the form that Janus reads.

It lies beside the recordings, the one folder that Janus shares with us, under a name that changes with its content.
"""

import asyncio
import hashlib
import os
from pathlib import Path
from typing import BinaryIO

from services.files.media.ffmpeg import Ffmpeg, FfmpegFailedError

_DEMUXERS = {b"RIFF": "wav", b"OggS": "ogg"}


class AnnouncementUnusableError(Exception):
    """The file cannot be read, or is no sound."""


class Announcement:
    def __init__(self, source: Path, folder: Path, ffmpeg: Ffmpeg) -> None:
        """``source``: WAV or Ogg, of any rate. ``folder``: where Janus finds it."""
        self._source = source
        self._folder = folder
        self._ffmpeg = ffmpeg

    async def file(self) -> Path:
        """An Ogg Opus file, made when it is first wanted. Raises AnnouncementUnusableError."""
        try:
            return await asyncio.to_thread(self._made)
        except (OSError, FfmpegFailedError) as fault:
            raise AnnouncementUnusableError(f"{self._source.name}: {type(fault).__name__}") from fault

    def _made(self) -> Path:
        with self._source.open("rb") as source:
            digest = hashlib.file_digest(source, "sha256").hexdigest()
            target = self._folder / f"announcement-{digest[:16]}.opus"
            if not target.exists():
                source.seek(0)
                self._encode(source, _DEMUXERS.get(source.read(4), "wav"), target)
        return target

    def _encode(self, source: BinaryIO, demuxer: str, target: Path) -> None:
        """Whole or not at all: another process may want it at the same moment."""
        source.seek(0)
        made = target.with_suffix(f".{os.getpid()}.tmp")
        try:
            with made.open("w+b") as file:
                self._ffmpeg.to_opus(source, demuxer, file)
            made.chmod(0o644)  # Janus runs as somebody else
            made.replace(target)
        finally:
            made.unlink(missing_ok=True)
