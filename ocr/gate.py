"""The gate: bytes of strangers in, pages that are safe to read out. Runs in the engine's process only.

In this order: type by content, size in pixels before anything is decoded, one moment only, decoding with every fault
of a decoder taken as a broken file, EXIF orientation, size for reading. A PDF gives the text that it holds itself,
or a picture of the page.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import pi_heif
import pypdfium2
from PIL import Image, ImageFile, ImageOps
from pypdfium2 import raw

from ocr.faults import ReadingFault
from ocr.lines import Line
from ocr.options import Limits
from ocr.pdf_text import text_lines
from ocr.pictures import Picture
from ocr.sniff import sniff

LONG_SIDE = 2400  # of an ordinary page; more pixels gain nothing in reading and cost time
LONG_SHOT = 2.5  # from this ratio of sides on, it is a long screenshot
SHORT_SIDE = 1200  # of a long screenshot
_TURNED_BY_EXIF = (5, 6, 7, 8)
_EXIF_ORIENTATION = 0x0112
_PDF_SCALE = 200 / 72  # 200 dots an inch

pi_heif.register_heif_opener(thumbnails=False)


@dataclass(frozen=True, slots=True)
class PageImage:
    """A picture of a page. `width` and `height` are as a viewer shows it; `picture` may be smaller, by `scale`."""

    picture: Picture
    width: int
    height: int

    @property
    def scale(self) -> float:
        return float(self.picture.shape[1] / self.width)

    @property
    def is_long(self) -> bool:
        return max(self.width, self.height) > LONG_SHOT * min(self.width, self.height)


@dataclass(frozen=True, slots=True)
class PageText:
    """A page that brings its own text, with polygons in pixels of `width` by `height`."""

    lines: list[Line]
    width: int
    height: int


class Document:
    """What passed the gate so far. Pages are decoded one by one, when asked for."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        """Raises ReadingFault."""
        self._limits = limits
        self._data = data
        self._format = sniff(data, limits.file_bytes)
        self._pdf = self._open_pdf() if self._format == "PDF" else None

    @property
    def page_count(self) -> int:
        return 1 if self._pdf is None else len(self._pdf)

    def pages(self) -> Iterator[PageImage | PageText]:
        """Raises ReadingFault at the first page that cannot be decoded."""
        if self._pdf is None:
            yield self._image()
            return
        for number in range(len(self._pdf)):
            yield self._pdf_page(number)

    def close(self) -> None:
        if self._pdf is not None:
            self._pdf.close()

    def _open_pdf(self) -> Any:
        try:
            pdf = pypdfium2.PdfDocument(self._data)
        except pypdfium2.PdfiumError as fault:
            locked = fault.err_code == raw.FPDF_ERR_PASSWORD
            raise ReadingFault("reading.file_locked" if locked else "reading.file_broken") from fault
        if len(pdf) > self._limits.pages:
            pdf.close()
            raise ReadingFault("reading.too_many_pages")
        if len(pdf) == 0:
            raise ReadingFault("reading.file_broken")
        return pdf

    def _pdf_page(self, number: int) -> PageImage | PageText:
        assert self._pdf is not None
        try:
            page = self._pdf[number]
            width, height = page.get_size()
            if min(width, height) < 1:
                raise ReadingFault("reading.file_broken")
            scale = min(_PDF_SCALE, LONG_SIDE / max(width, height))
            lines = text_lines(page, scale, number)
            if lines:
                return PageText(lines, round(width * scale), round(height * scale))
            picture = page.render(scale=scale, rev_byteorder=False, no_smoothtext=False).to_numpy()
        except pypdfium2.PdfiumError as fault:
            raise ReadingFault("reading.file_broken") from fault
        picture = np.ascontiguousarray(_three_channels(picture))
        return PageImage(picture, picture.shape[1], picture.shape[0])

    def _image(self) -> PageImage:
        ImageFile.LOAD_TRUNCATED_IMAGES = False  # libraries switch it on for the whole process by being imported
        try:
            with Image.open(io.BytesIO(self._data), formats=(self._format,)) as image:
                return self._decoded(image)
        except (ReadingFault, MemoryError):
            raise
        except Image.DecompressionBombError as fault:
            raise ReadingFault("reading.image_too_large") from fault
        except Exception as fault:  # decoders raise anything over damaged files
            raise ReadingFault("reading.file_broken") from fault

    def _decoded(self, image: Image.Image) -> PageImage:
        width, height = image.size
        if width * height > self._limits.pixels:
            raise ReadingFault("reading.image_too_large")
        # A JPEG with further pictures behind it (MPO) is how phones keep a photo's range of light: the first one
        # counts.
        if image.format != "MPO" and getattr(image, "is_animated", False):
            raise ReadingFault("reading.animated")
        if image.getexif().get(_EXIF_ORIENTATION) in _TURNED_BY_EXIF:
            width, height = height, width
        image.draft("RGB", (LONG_SIDE, LONG_SIDE))
        upright = _on_white(ImageOps.exif_transpose(image))
        picture = np.ascontiguousarray(np.asarray(upright)[:, :, ::-1])
        return PageImage(_for_reading(picture), width, height)


def _on_white(image: Image.Image) -> Image.Image:
    """Without transparency: what is see-through would come out black, and black writing on it vanish."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(paper, image).convert("RGB")
    return image.convert("RGB")


def _for_reading(picture: Picture) -> Picture:
    height, width = picture.shape[:2]
    short, long = min(width, height), max(width, height)
    scale = min(1.0, SHORT_SIDE / short if long > LONG_SHOT * short else LONG_SIDE / long)
    if scale == 1.0:
        return picture
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)


def _three_channels(picture: Picture) -> Picture:
    if picture.ndim == 2 or picture.shape[2] == 1:
        return cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR)
    return picture[:, :, :3]
