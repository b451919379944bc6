"""``python -m ocr.page_pictures MEMORY_MB CPU_SECONDS NICE``: a picture job and a file come on stdin, a JPEG goes out.

A process for one page: drawing a stranger's PDF is what may crash, hang or swell, and here nobody suffers from it.
Exit status 0 with a frame (the number of pages, the JPEG), or `NO_PICTURE` where the file holds no such page.
"""

import io
import math
import sys
import warnings

import pi_heif
import pypdfium2
from PIL import Image, ImageDraw, ImageFile, ImageOps

from ocr import frames
from ocr.confinement import own_output, settle
from ocr.faults import ReadingFault
from ocr.masked_mark import mark
from ocr.options import Limits
from ocr.picture_jobs import NO_PICTURE, Area, PictureJob
from ocr.sniff import sniff

_QUALITY = 85
_COVER = (96, 108, 120)

pi_heif.register_heif_opener(thumbnails=False)
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)


def picture_of(job: PictureJob, data: bytes) -> bytes:
    """Raises ReadingFault, ValueError, and whatever decoders raise over damaged files."""
    picture = _page(data, job)
    turn = job.page.turn if job.page else 0
    brush = ImageDraw.Draw(picture)
    for shape in job.painted:
        brush.polygon([(round(x), round(y)) for x, y in shape], fill=(0, 0, 0))
    if job.faces:
        from ocr.faces import faces_in  # OpenCV takes longer to load than most pictures to draw

        for face in faces_in(picture, turn):
            brush.rectangle(face, fill=(0, 0, 0))
    if job.covered:
        picture.paste(_COVER, (0, 0, *picture.size))
    if job.area is not None:
        picture = picture.crop(_inside(job.area, picture))
    if turn:
        picture = picture.rotate(-turn, expand=True)
    picture.thumbnail((job.longest, job.longest))
    if job.marked:
        mark(picture)
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=_QUALITY)
    return target.getvalue()


def pages_of(data: bytes) -> int:
    if sniff(data, Limits().file_bytes) != "PDF":
        return 1
    document = pypdfium2.PdfDocument(data)
    try:
        return len(document)
    finally:
        document.close()


def _page(data: bytes, job: PictureJob) -> Image.Image:
    """As RGB in the pixels that polygons are measured in, or as it is."""
    limits, page = Limits(), job.page
    if page is not None and page.width * page.height > limits.pixels:
        raise ReadingFault("reading.image_too_large")
    kind = sniff(data, limits.file_bytes)
    if kind != "PDF" and page is None and job.number:
        raise ValueError("a picture has one page")
    picture = _pdf_page(data, job) if kind == "PDF" else _image(data, kind, limits)
    size = (page.width, page.height) if page else picture.size
    return picture if picture.size == size else picture.resize(size)


def _image(data: bytes, kind: str, limits: Limits) -> Image.Image:
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    with Image.open(io.BytesIO(data), formats=(kind,)) as opened:
        if opened.width * opened.height > limits.pixels:
            raise ReadingFault("reading.image_too_large")
        return ImageOps.exif_transpose(opened).convert("RGB")


def _pdf_page(data: bytes, job: PictureJob) -> Image.Image:
    document = pypdfium2.PdfDocument(data)
    try:
        sheet = document[job.number]
        width, height = sheet.get_size()
        scale = job.page.width / width if job.page else job.longest / max(width, height)
        drawn: Image.Image = sheet.render(scale=scale).to_pil()
        return drawn.convert("RGB")
    finally:
        document.close()


def _inside(area: Area, picture: Image.Image) -> tuple[int, int, int, int]:
    left, top = max(0, math.floor(area[0])), max(0, math.floor(area[1]))
    right, bottom = min(picture.width, math.ceil(area[2])), min(picture.height, math.ceil(area[3]))
    if right <= left or bottom <= top:
        raise ValueError("outside the page")
    return left, top, right, bottom


def main() -> int:
    output = own_output()
    memory_mb, cpu_seconds, nice = map(int, sys.argv[1:4])
    settle(memory_mb, nice, cpu_seconds)
    frame = frames.read(sys.stdin.buffer)
    if frame is None:
        return NO_PICTURE
    told, data = frame
    try:
        made, pages = picture_of(PictureJob.from_json(told), data), pages_of(data)
    except Exception:  # noqa: BLE001 - decoders raise anything, and its text may quote the paper
        return NO_PICTURE
    frames.write(output, {"pages": pages}, made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
