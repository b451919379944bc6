"""Pictures of papers: the place where a field was seen, and a copy with what is nobody's business painted over.

Blocking and costly (a page has up to 40 megapixels): for threads.
"""

import io
import math
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageOps, UnidentifiedImageError

from ocr import PageInfo, Reading
from ocr.options import Limits
from services.errors import Problem
from services.readings.field_labels import is_sensitive
from services.readings.reading_views import Polygon, box

LONGEST_CROP = 1_000  # pixels; sharp on a phone
LONGEST_COPY = 2_400
_QUALITY = 85
_MARGIN = 0.35  # of a line's height, on each side
# Where the portrait stands on an identity card (GA 461), as fractions of the card that its lines of text span.
_PORTRAIT = (0.56, -0.12, 1.12, 0.80)


def crop(data: bytes, content_type: str, page: PageInfo, number: int, polygon: Polygon) -> bytes:
    """The field's place with a little around it, upright, as JPEG. Raises Problem ``reading.no_picture``."""
    picture = open_page(data, content_type, page, number)
    left, top, right, bottom = box(polygon)
    margin = _MARGIN * max(8.0, min(right - left, bottom - top))
    area = (left - margin, top - margin, right + margin, bottom + margin)
    return _jpeg(_upright(picture.crop(_inside(area, picture)), page), LONGEST_CROP)


def masked_copy(data: bytes, content_type: str, reading: Reading, number: int) -> bytes:
    """A page with sensitive fields and the portrait painted over, as JPEG without any metadata."""
    if number >= len(reading.pages):
        raise Problem("reading.no_picture")
    page = reading.pages[number]
    picture = open_page(data, content_type, page, number)
    brush = ImageDraw.Draw(picture)
    for place in hidden_places(reading, number):
        brush.polygon([(round(x), round(y)) for x, y in place], fill=(0, 0, 0))
    return _jpeg(_upright(picture, page), LONGEST_COPY)


def hidden_places(reading: Reading, number: int) -> list[Sequence[tuple[float, float]]]:
    """Polygons on a page that a masked copy paints over: whole lines, since a value may be more than was read."""
    places: list[Sequence[tuple[float, float]]] = [
        _grown(field.polygon)
        for name, field in reading.fields.items()
        if field.polygon and field.page == number and is_sensitive(reading.kind, name)
    ]
    if reading.kind == "id_card_front" and number == 0 and reading.lines:
        places.append(_portrait(reading))
    return places


def _portrait(reading: Reading) -> Sequence[tuple[float, float]]:
    """Told from where the text stands, whichever way up the card was photographed.

    The card's own axes: along its lines, and down from the first to the number.
    """
    lines = [line for line in reading.lines if line.page == 0]
    longest = max(lines, key=lambda line: math.dist(line.polygon[0], line.polygon[1]))
    (x0, y0), (x1, y1) = longest.polygon[0], longest.polygon[1]
    length = math.hypot(x1 - x0, y1 - y0) or 1.0
    along, down = ((x1 - x0) / length, (y1 - y0) / length), (-(y1 - y0) / length, (x1 - x0) / length)
    corners = [point for line in lines for point in line.polygon]
    us = [x * along[0] + y * along[1] for x, y in corners]
    vs = [x * down[0] + y * down[1] for x, y in corners]
    left, top, right, bottom = _PORTRAIT
    width, height = max(us) - min(us), max(vs) - min(vs)
    u = (min(us) + left * width, min(us) + right * width)
    v = (min(vs) + top * height, min(vs) + bottom * height)
    frame = ((u[0], v[0]), (u[1], v[0]), (u[1], v[1]), (u[0], v[1]))
    return [(a * along[0] + b * down[0], a * along[1] + b * down[1]) for a, b in frame]


def open_page(data: bytes, content_type: str, page: PageInfo, number: int) -> Image.Image:
    """A page as RGB in the pixels that polygons are measured in."""
    picture = _pdf_page(data, page, number) if content_type == "application/pdf" else _image(data)
    return picture if picture.size == (page.width, page.height) else picture.resize((page.width, page.height))


def _image(data: bytes) -> Image.Image:
    try:
        with Image.open(io.BytesIO(data)) as opened:
            if opened.width * opened.height > Limits().pixels:
                raise Problem("reading.no_picture")
            return ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
        raise Problem("reading.no_picture") from None


def _pdf_page(data: bytes, page: PageInfo, number: int) -> Image.Image:
    try:
        import pypdfium2
    except ImportError:
        raise Problem("reading.no_picture") from None
    try:
        document = pypdfium2.PdfDocument(data)
        try:
            sheet = document[number]
            drawn: Image.Image = sheet.render(scale=page.width / sheet.get_width()).to_pil()
            return drawn.convert("RGB")
        finally:
            document.close()
    except (pypdfium2.PdfiumError, IndexError, ValueError):
        raise Problem("reading.no_picture") from None


def _upright(picture: Image.Image, page: PageInfo) -> Image.Image:
    return picture.rotate(-page.turn, expand=True) if page.turn else picture


def _inside(area: tuple[float, float, float, float], picture: Image.Image) -> tuple[int, int, int, int]:
    left, top = max(0, math.floor(area[0])), max(0, math.floor(area[1]))
    right, bottom = min(picture.width, math.ceil(area[2])), min(picture.height, math.ceil(area[3]))
    if right <= left or bottom <= top:
        raise Problem("reading.no_picture")
    return left, top, right, bottom


def _grown(polygon: Polygon) -> Sequence[tuple[float, float]]:
    """A tenth larger: digits at the ends must not show."""
    x, y = sum(p[0] for p in polygon) / len(polygon), sum(p[1] for p in polygon) / len(polygon)
    left, top, right, bottom = box(polygon)
    more = 0.2 * min(right - left, bottom - top)
    return [(px + math.copysign(more, px - x), py + math.copysign(more, py - y)) for px, py in polygon]


def _jpeg(picture: Image.Image, longest: int) -> bytes:
    picture.thumbnail((longest, longest))
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=_QUALITY)
    return target.getvalue()
