"""One question: is this content what it was announced as, whole, and harmless to show? Blocking: for threads."""

import io
from dataclasses import dataclass
from typing import BinaryIO

from services.errors import Problem
from services.files.media.archives import archive_end
from services.files.media.documents import inspect_office, inspect_pdf, inspect_text
from services.files.media.ffmpeg import Ffmpeg
from services.files.media.heif import preview_of
from services.files.media.images import inspect_image
from services.files.media.recordings import inspect_recording, plays_everywhere
from services.files.media.sniff import sniff
from services.files.media.types import TYPES, Family, MediaType


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """Pixels, milliseconds; ``thumbnail`` and ``preview`` (of what few programs show) are JPEG.

    ``to_derive``: phones need another copy to play it.
    """

    width: int | None = None
    height: int | None = None
    duration_ms: int | None = None
    thumbnail: bytes | None = None
    preview: bytes | None = None
    to_derive: bool = False


def inspect(file: BinaryIO, kind: MediaType, ffmpeg: Ffmpeg) -> MediaFacts:
    """Raises Problem ``file.type_mismatch``, ``file.type_refused``, ``file.damaged``, ``file.too_large``,
    and ``server.unavailable`` when it could not be found out."""
    if kind.name not in sniff(file):
        raise Problem("file.type_mismatch")
    if kind.family is Family.OFFICE:
        inspect_office(file, kind)
        return MediaFacts()
    if archive_end(file) is not None:  # whoever opens it as a ZIP would see something else
        raise Problem("file.type_mismatch")
    if kind.family is Family.IMAGE:
        return _inspect_picture(file, kind)
    if kind.family in (Family.AUDIO, Family.VIDEO):
        probe = inspect_recording(file, kind, ffmpeg)
        derive = kind.family is Family.AUDIO and not plays_everywhere(kind, probe)
        return MediaFacts(probe.width, probe.height, probe.duration_ms, to_derive=derive)
    if kind.family is Family.PDF:
        inspect_pdf(file)
    else:
        inspect_text(file)
    return MediaFacts()


def _inspect_picture(file: BinaryIO, kind: MediaType) -> MediaFacts:
    if not kind.needs_preview:
        image = inspect_image(file, kind)
        return MediaFacts(image.width, image.height, thumbnail=image.thumbnail)
    preview = preview_of(file)
    shown = inspect_image(io.BytesIO(preview.jpeg), TYPES["image/jpeg"])
    return MediaFacts(preview.width, preview.height, thumbnail=shown.thumbnail, preview=preview.jpeg)
