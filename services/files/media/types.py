"""The table of files that the product takes."""

from dataclasses import dataclass
from enum import StrEnum

MEGABYTE = 1 << 20


class Family(StrEnum):
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    PDF = "pdf"
    OFFICE = "office"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class MediaType:
    """``largest`` (bytes) is the type's own limit, below the deployment's. The first extension is the usual one."""

    name: str
    family: Family
    extensions: tuple[str, ...]
    largest: int | None = None
    aliases: tuple[str, ...] = ()
    demuxer: str = ""  # what ffmpeg is told it is; it must not guess
    main_part: str = ""  # of an Office document
    plays_everywhere: bool = False
    needs_preview: bool = False  # few programs show it: a JPEG stands in for being looked at

    @property
    def inline(self) -> bool:
        """Whether a browser may show it in place; everything else is offered for saving."""
        return self.family not in (Family.OFFICE, Family.TEXT) and not self.needs_preview


_OOXML = "application/vnd.openxmlformats-officedocument."
_MAX_IMAGE = 20 * MEGABYTE

_TABLE = (
    MediaType("image/jpeg", Family.IMAGE, ("jpg", "jpeg", "jpe", "jfif"), _MAX_IMAGE, ("image/jpg", "image/pjpeg")),
    MediaType("image/png", Family.IMAGE, ("png",), _MAX_IMAGE),
    MediaType("image/webp", Family.IMAGE, ("webp",), _MAX_IMAGE),
    MediaType("image/gif", Family.IMAGE, ("gif",), _MAX_IMAGE),
    MediaType("image/heic", Family.IMAGE, ("heic", "heif", "hif"), _MAX_IMAGE, ("image/heif",), needs_preview=True),
    MediaType("application/pdf", Family.PDF, ("pdf",)),
    MediaType(_OOXML + "wordprocessingml.document", Family.OFFICE, ("docx",), main_part="word/document.xml"),
    MediaType(_OOXML + "spreadsheetml.sheet", Family.OFFICE, ("xlsx",), main_part="xl/workbook.xml"),
    MediaType(_OOXML + "presentationml.presentation", Family.OFFICE, ("pptx",), main_part="ppt/presentation.xml"),
    MediaType("text/plain", Family.TEXT, ("txt", "text", "log", "md"), 10 * MEGABYTE),
    MediaType("text/csv", Family.TEXT, ("csv",), 10 * MEGABYTE),
    # Every phone plays these two (MP3, AAC in MP4); for the others the worker derives an m4a.
    MediaType("audio/mpeg", Family.AUDIO, ("mp3",), aliases=("audio/mp3",), demuxer="mp3", plays_everywhere=True),
    MediaType(
        "audio/mp4",
        Family.AUDIO,
        ("m4a", "mp4"),
        aliases=("audio/m4a", "audio/x-m4a"),
        demuxer="mov",
        plays_everywhere=True,
    ),
    MediaType(
        "audio/aac",
        Family.AUDIO,
        ("aac",),
        aliases=("audio/x-aac", "audio/aacp"),
        demuxer="aac",
        plays_everywhere=True,
    ),
    MediaType(
        "audio/wav",
        Family.AUDIO,
        ("wav",),
        aliases=("audio/x-wav", "audio/wave", "audio/vnd.wave"),
        demuxer="wav",
    ),
    MediaType("audio/amr", Family.AUDIO, ("amr",), aliases=("audio/3gpp",), demuxer="amr"),
    MediaType("audio/webm", Family.AUDIO, ("webm",), demuxer="matroska"),
    MediaType("audio/ogg", Family.AUDIO, ("ogg", "oga", "opus"), aliases=("audio/opus",), demuxer="ogg"),
    MediaType("video/mp4", Family.VIDEO, ("mp4", "m4v"), demuxer="mov", aliases=("video/x-m4v",)),
)

TYPES: dict[str, MediaType] = {row.name: row for row in _TABLE}
_BY_NAME = {name: row for row in _TABLE for name in (row.name, *row.aliases)}
_BY_EXTENSION: dict[str, MediaType] = {}
for _row in reversed(_TABLE):
    _BY_EXTENSION.update(dict.fromkeys(_row.extensions, _row))
_BY_EXTENSION["mp4"] = TYPES["video/mp4"]
_UNSAID = ("", "application/octet-stream")


def declared_type(content_type: str, name: str) -> MediaType | None:
    """The row that a client's words mean, or None when the product does not take such files.

    Parameters (``;codecs=opus``) are dropped. A client that does not know the type is helped by the name's
    extension: either way it is a claim only, which the content must bear out.
    """
    said = content_type.partition(";")[0].strip().lower()
    if said in _UNSAID:
        return _BY_EXTENSION.get(extension(name))
    return _BY_NAME.get(said)


def extension(name: str) -> str:
    _, dot, last = name.rpartition(".")
    return last.lower() if dot else ""


def limit(kind: MediaType, deployment: int) -> int:
    """The largest size in bytes."""
    return deployment if kind.largest is None else min(kind.largest, deployment)
