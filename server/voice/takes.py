"""What Janus writes while a court sits, in a folder that it and the worker share: one file a track and a take.

A take begins when recording begins, or goes on after a crash. Beside each file lies a note that says whose it is and
when it began; that is all there is to know, so whoever finds the folder can finish it.
"""

import asyncio
import logging
import subprocess
import tempfile
from datetime import datetime
from pathlib import Path

import orjson

from services.hearings.recordings import Track

log = logging.getLogger("casespace.voice")

MIX = "mix"
PP_SECONDS = 300
WAV_HEADER = 44  # bytes
MJR_HEADER = 1_024  # more than Janus writes before the first packet


class TakeBrokenError(Exception):
    """A file that has sound in it cannot be read: to be tried again, and seen by operators at last."""


class Takes:
    def __init__(self, folder: Path, converter: str | None) -> None:
        """``converter``: path of ``janus-pp-rec``; without it only the mix is finished."""
        self._folder = folder
        self._converter = converter

    def begin(self, hearing_id: str, segment: int, track: str, at: datetime) -> Path:
        """A new file's path without its ending, with its note written."""
        folder = self._folder / hearing_id / str(segment)
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o777)  # Janus runs as somebody else; the folder above is closed to strangers
        number = len(list(folder.glob("*.json"))) + 1
        path = folder / f"{number:03d}-{track}"
        note = {"track": track, "started_at": at.isoformat()}
        path.with_suffix(".json").write_bytes(orjson.dumps(note))
        return path

    def size(self, base: Path) -> int:
        """Bytes of a mix so far."""
        return sum(file.stat().st_size for file in _written(base, "wav"))

    async def finished(self, hearing_id: str, segment: int) -> list[Track]:
        """The tracks of a segment that is over, in the order in which they began, as files that ffmpeg reads."""
        folder = self._folder / hearing_id / str(segment)
        return await asyncio.to_thread(self._collect, folder)

    def _collect(self, folder: Path) -> list[Track]:
        tracks = []
        for note_file in sorted(folder.glob("*.json")):
            note = orjson.loads(note_file.read_bytes())
            base = note_file.with_suffix("")
            found = self._mix(base) if note["track"] == MIX else self._speaker(base)
            if found is not None:
                path, demuxer = found
                started = datetime.fromisoformat(note["started_at"])
                tracks.append(Track(base.name, note["track"], path, demuxer, started))
        return tracks

    @staticmethod
    def _mix(base: Path) -> tuple[Path, str] | None:
        """The sound of the room. One that Janus died over is readable up to its last flush."""
        return next(((file, "wav") for file in _written(base, "wav") if file.stat().st_size > WAV_HEADER), None)

    def _speaker(self, base: Path) -> tuple[Path, str] | None:
        """What came from one person, as it came: taken out of Janus' format without encoding it again."""
        written = _written(base.with_name(f"{base.name}-audio"), "mjr")  # Janus adds what kind of track it is
        if not written or self._converter is None:
            return None
        target = base.with_suffix(".opus")
        with tempfile.TemporaryDirectory(dir=base.parent) as scratch:
            source, made = Path(scratch) / "track.mjr", Path(scratch) / "track.opus"
            source.symlink_to(written[0])  # the program goes by the ending
            done = subprocess.run(  # noqa: S603 - a fixed program, arguments of ours, no shell
                [self._converter, str(source), str(made)], capture_output=True, check=False, timeout=PP_SECONDS
            )
            if done.returncode != 0 or not made.exists():
                if written[0].stat().st_size > MJR_HEADER:
                    raise TakeBrokenError(f"{self._converter} could not read {written[0].name}")
                return None  # nothing was said: a header and no more
            made.replace(target)
        return target, "ogg"

    def forget(self, hearing_id: str, segment: int) -> None:
        """Remove a segment's files: they are in the store. Voices stay while there is nothing to convert them with."""
        folder = self._folder / hearing_id / str(segment)
        if self._converter is None and next(folder.glob("*.mjr*"), None) is not None:
            log.warning("janus-pp-rec is missing: speakers' tracks stay in the folder", extra={"hearing": hearing_id})
            return
        for file in folder.glob("*"):
            file.unlink()
        if folder.exists():
            folder.rmdir()


def _written(base: Path, ending: str) -> list[Path]:
    """The file as it is while it is being written, and when it is whole."""
    files = [base.parent / f"{base.name}.{ending}", base.parent / f"{base.name}.{ending}.tmp"]
    return [file for file in files if file.exists()]
