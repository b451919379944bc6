"""ffmpeg as a subprocess: no shell, no network, one input whose format it is told, limits on all it uses."""

import contextlib
import importlib
import importlib.util
import re
import resource
import shutil
import subprocess
from dataclasses import dataclass
from typing import BinaryIO

from services.files.media.types import MEGABYTE

MEMORY = 2048 * MEGABYTE
LARGEST_OUTPUT = 256 * MEGABYTE
_STREAM = re.compile(r"^\s+Stream #0:\d+.*?: (Audio|Video): (\w+)(.*)$", re.MULTILINE)
_PIXELS = re.compile(r"[ ,](\d{1,5})x(\d{1,5})[ ,\n]")
_TIME = re.compile(r"^out_time_us=(\d+)$", re.MULTILINE)


class FfmpegMissingError(Exception):
    """No ffmpeg on this machine; the text says what to install."""


class FfmpegFailedError(Exception):
    """ffmpeg could not read the input, or took longer than it may."""


@dataclass(frozen=True, slots=True)
class Probe:
    """What is in a recording. Covers (attached pictures) do not count as video."""

    audio: tuple[str, ...]  # names of codecs, as ffmpeg calls them
    video: tuple[str, ...]
    width: int | None
    height: int | None
    duration_ms: int


def find_ffmpeg() -> str:
    """Path of the program: on PATH, or out of the PyPI wheel ``imageio-ffmpeg``. Raises FfmpegMissingError."""
    on_path = shutil.which("ffmpeg")
    if on_path is not None:
        return on_path
    if importlib.util.find_spec("imageio_ffmpeg") is not None:
        with contextlib.suppress(RuntimeError):  # the wheel of this platform carries no program
            return str(importlib.import_module("imageio_ffmpeg").get_ffmpeg_exe())
    raise FfmpegMissingError("found no ffmpeg: install your system's package, or imageio-ffmpeg from PyPI")


class Ffmpeg:
    """Blocking calls: for threads. Files must be real ones (they are handed over by descriptor)."""

    def __init__(self, program: str) -> None:
        self._program = program

    def probe(self, file: BinaryIO, demuxer: str, stream: str = "a") -> Probe:
        """Read all packets of the first audio (``a``) or video (``v``) stream. Raises FfmpegFailedError."""
        said, progress = self._run(
            [*_input(file, demuxer), "-map", f"0:{stream}:0", "-c", "copy", "-f", "null", "-"], file, level="info"
        )
        described = said.partition("\nOutput #0")[0]
        found = [(kind, codec, rest) for kind, codec, rest in _STREAM.findall(described)]
        video = [(codec, rest) for kind, codec, rest in found if kind == "Video" and "attached pic" not in rest]
        pixels = _PIXELS.search(video[0][1]) if video else None
        return Probe(
            tuple(codec for kind, codec, _ in found if kind == "Audio"),
            tuple(codec for codec, _ in video),
            int(pixels[1]) if pixels else None,
            int(pixels[2]) if pixels else None,
            _milliseconds(progress),
        )

    def decodes(self, file: BinaryIO, demuxer: str, stream: str = "a", seconds: int = 60) -> bool:
        """Whether the first seconds of the stream decode to something."""
        try:
            _, progress = self._run(
                [*_input(file, demuxer), "-map", f"0:{stream}:0", "-t", str(seconds), "-f", "null", "-"], file
            )
        except FfmpegFailedError:
            return False
        return _milliseconds(progress) > 0

    def to_m4a(self, file: BinaryIO, demuxer: str, target: BinaryIO) -> None:
        """Write the sound as AAC in MP4, 48 kbit/s mono, without metadata. Raises FfmpegFailedError."""
        encode = ["-map", "0:a:0", "-map_metadata", "-1", "-ac", "1", "-ar", "44100", "-c:a", "aac", "-b:a", "48k"]
        # The index goes first, so that a phone begins to play before it has everything.
        output = ["-movflags", "+faststart", "-f", "ipod", "-y", f"file:/dev/fd/{target.fileno()}"]
        self._run([*_input(file, demuxer), *encode, *output], file, target, time_limit=300)

    def to_opus(self, file: BinaryIO, demuxer: str, target: BinaryIO) -> None:
        """Write the sound as Opus in Ogg, mono at 48 kHz, without metadata. Raises FfmpegFailedError."""
        encode = ["-map", "0:a:0", "-map_metadata", "-1", "-ac", "1", "-ar", "48000", "-c:a", "libopus", "-b:a", "32k"]
        output = ["-f", "ogg", "-y", f"file:/dev/fd/{target.fileno()}"]
        self._run([*_input(file, demuxer), *encode, *output], file, target, time_limit=60)

    def _run(
        self, arguments: list[str], *files: BinaryIO, level: str = "fatal", time_limit: int = 30
    ) -> tuple[str, str]:
        """(what it says, its progress report). Raises FfmpegFailedError."""
        command = [self._program, "-hide_banner", "-nostdin", "-nostats", "-v", level, "-progress", "pipe:1"]
        with subprocess.Popen(  # noqa: S603 - a fixed program, arguments of ours, no shell
            [*command, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=[file.fileno() for file in files],
            cwd="/",
            env={},
        ) as process:
            _confine(process.pid, time_limit)
            try:
                progress, said = process.communicate(timeout=time_limit)
            except subprocess.TimeoutExpired:
                process.kill()
                raise FfmpegFailedError("time limit") from None
        if process.returncode != 0:
            raise FfmpegFailedError(f"exit code {process.returncode}")
        return said.decode(errors="replace"), progress.decode(errors="replace")


def _input(file: BinaryIO, demuxer: str) -> list[str]:
    # With the format given and files as the only protocol, no play list can make it open something else.
    return ["-protocol_whitelist", "file", "-threads", "1", "-f", demuxer, "-i", f"file:/dev/fd/{file.fileno()}"]


def _confine(pid: int, seconds: int) -> None:
    if not hasattr(resource, "prlimit"):  # not Linux: the time limit remains
        return
    limits = {
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_AS: MEMORY,
        resource.RLIMIT_FSIZE: LARGEST_OUTPUT,
        resource.RLIMIT_CORE: 0,
    }
    with contextlib.suppress(ProcessLookupError):  # it has ended already
        for name, value in limits.items():
            resource.prlimit(pid, name, (value, value))


def _milliseconds(progress: str) -> int:
    times = _TIME.findall(progress)
    return round(int(times[-1]) / 1000) if times else 0
