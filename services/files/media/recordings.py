"""Sound and video: the right streams in the right container, and how long they last."""

from typing import BinaryIO

from services.errors import Problem
from services.files.media.ffmpeg import Ffmpeg, FfmpegFailedError, Probe
from services.files.media.types import Family, MediaType

_CODECS = {
    "audio/mpeg": ("mp3", "mp3float"),
    "audio/mp4": ("aac", "mp3", "opus", "alac"),
    "audio/aac": ("aac",),
    "audio/amr": ("amr_nb", "amrnb", "amr_wb", "amrwb"),
    "audio/webm": ("opus", "vorbis"),
    "audio/ogg": ("opus", "vorbis"),
    "video/mp4": ("h264", "hevc", "av1", "vp9", "mpeg4"),
}
_PHONE_CODECS = ("aac", "mp3", "mp3float")


def inspect_recording(file: BinaryIO, kind: MediaType, ffmpeg: Ffmpeg) -> Probe:
    """Raises Problem ``file.damaged``, or ``file.type_mismatch`` when it is no such recording."""
    if kind.demuxer == "mov":
        _check_boxes(file)
    stream = "v" if kind.family is Family.VIDEO else "a"
    try:
        probe = ffmpeg.probe(file, kind.demuxer, stream)
    except FfmpegFailedError:
        raise Problem("file.damaged") from None
    if kind.family is Family.AUDIO and probe.video:
        raise Problem("file.type_mismatch")
    codecs = probe.video if kind.family is Family.VIDEO else probe.audio
    if not codecs or not _fits(kind, codecs[0]):
        raise Problem("file.type_mismatch")
    if probe.duration_ms <= 0 or not ffmpeg.decodes(file, kind.demuxer, stream, 60 if stream == "a" else 1):
        raise Problem("file.damaged")
    return probe


def plays_everywhere(kind: MediaType, probe: Probe) -> bool:
    """Whether every phone plays this sound as it is (some browsers record Opus into MP4: iOS does not)."""
    return kind.plays_everywhere and probe.audio[0] in _PHONE_CODECS


def _fits(kind: MediaType, codec: str) -> bool:
    if kind.name == "audio/wav":
        return codec.startswith(("pcm_", "adpcm_"))
    return codec in _CODECS[kind.name]


def _check_boxes(file: BinaryIO) -> None:
    """ISO 14496-12: top-level boxes fill the file exactly, and one is moov. Raises Problem ``file.damaged``."""
    end = file.seek(0, 2)
    place, names = 0, set()
    while place < end:
        file.seek(place)
        head = file.read(16)
        size = int.from_bytes(head[:4])
        if size == 1:  # the size follows in 64 bits
            size = int.from_bytes(head[8:16])
        elif size == 0:  # up to the end of the file
            size = end - place
        names.add(head[4:8])
        if size < 8 or len(head) < 8:
            raise Problem("file.damaged")
        place += size
    if place != end or b"moov" not in names:
        raise Problem("file.damaged")
