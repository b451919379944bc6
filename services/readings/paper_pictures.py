"""Pictures of papers: the place where a field was seen, and a copy with what is nobody's business painted over. Pure:
what is to be drawn, for ``ocr.PagePainter`` to draw.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from ocr import Line, PageInfo, PictureJob, Reading
from services.errors import Problem
from services.readings.field_labels import is_sensitive
from services.readings.masking import hidden_spans
from services.readings.reading_views import Polygon, box, hidden_values, overlaps

LONGEST_CROP = 1_000  # pixels; sharp on a phone
LONGEST_COPY = 2_400
_WIDE = 0x2E80  # from here on Unicode's characters are as wide as high
_OWN_NUMBERS = {"id_card_front": "id_number", "bank_card": "card_number", "lawyer_licence": "licence_number"}
_HARMLESS = frozenset({"bank", "ethnicity", "firm", "issuing_authority", "name", "sex"})
_TERM = frozenset({"valid_from", "valid_to"})  # with a bank card's one can pay
_MARGIN = 0.35  # of a line's height, on each side
# Where the portrait stands on an identity card (GA 461), as fractions of the card that its lines of text span.
_ON_THE_FRONT = ("name", "sex", "ethnicity", "birth_date", "address", "id_number")
_ENOUGH_FIELDS = 3  # to know where that side lies
_LABELS_REACH = 0.3  # of the fields' extent: labels stand to their left, whichever way up that is
_PORTRAIT = (0.56, -0.12, 1.25, 0.80)


def crop_job(page: PageInfo, number: int, polygon: Polygon) -> PictureJob:
    """The field's place with a little around it."""
    left, top, right, bottom = box(polygon)
    margin = _MARGIN * max(8.0, min(right - left, bottom - top))
    area = (left - margin, top - margin, right + margin, bottom + margin)
    return PictureJob(number, page, LONGEST_CROP, area=area)


def masked_job(reading: Reading, confirmed: Mapping[str, Any], number: int) -> PictureJob:
    """A page with sensitive fields, numbers of persons in its text, and faces painted over.

    Raises Problem ``reading.no_picture``, also for a page of which too little was read: what was not found would not
    be painted over, and nobody looks twice at a copy that is called masked.
    """
    if number >= len(reading.pages):
        raise Problem("reading.no_picture")
    if not any(line.page == number for line in reading.lines) or (number == 0 and not _number_found(reading)):
        raise Problem("reading.no_picture", "没有识别出需要遮挡的位置，无法生成打码副本")
    return PictureJob(
        number, reading.pages[number], LONGEST_COPY, painted=hidden_places(reading, confirmed, number), faces=True
    )


def member_job(reading: Reading, number: int) -> PictureJob | None:
    """A page of a paper that identifies somebody, for members who need not see it: of its text only what is known to be
    harmless, such as name and bank. None when that cannot be told from the rest."""
    if number >= len(reading.pages) or not any(line.page == number for line in reading.lines):
        return None
    if number == 0 and not _number_found(reading):
        return None
    painted = hidden_places(reading, {}, number) + _unknown_places(reading, number)
    return PictureJob(number, reading.pages[number], LONGEST_COPY, painted=painted, faces=True, marked=True)


def _unknown_places(reading: Reading, number: int) -> list[Sequence[tuple[float, float]]]:
    """Lines in which no harmless field was seen; of a card's back, which is mostly print, those with digits."""
    back = reading.kind == "id_card_back"
    harmless = [
        field.polygon
        for name, field in reading.fields.items()
        if field.polygon and field.page == number and (name in _HARMLESS or (back and name in _TERM))
    ]
    return [
        _grown(line.polygon)
        for line in reading.lines
        if line.page == number
        and (not back or any(char.isdigit() for char in line.text))
        and not any(overlaps(line.polygon, place) for place in harmless)
    ]


def hidden_places(reading: Reading, confirmed: Mapping[str, Any], number: int) -> list[Sequence[tuple[float, float]]]:
    """Polygons on a page that a masked copy paints over: whole lines, since a value may be more than was read."""
    places: list[Sequence[tuple[float, float]]] = [
        _grown(field.polygon)
        for name, field in reading.fields.items()
        if field.polygon and field.page == number and is_sensitive(reading.kind, name)
    ]
    hidden = hidden_values(reading, confirmed)
    for line in reading.lines:
        if line.page == number:
            places += [_part(line, start, end) for start, end in hidden_spans(line.text, hidden)]
    if reading.kind == "id_card_front" and number == 0 and reading.lines:
        places.append(_portrait(reading))
    return places


def _number_found(reading: Reading) -> bool:
    """Whether it is known where the number stands that the paper exists to show."""
    own = reading.fields.get(_OWN_NUMBERS.get(reading.kind, ""))
    if reading.kind not in _OWN_NUMBERS or (own is not None and own.polygon is not None):
        return True
    return any(hidden_spans(line.text, []) for line in reading.lines)


def _part(line: Line, start: int, end: int) -> Sequence[tuple[float, float]]:
    """Where some characters of a line stand: half as wide as high for Latin letters and digits, else as wide.

    A character more on each side, since fonts do not keep to that.
    """
    widths = [1.0 if ord(char) < _WIDE else 2.0 for char in line.text]
    whole = sum(widths)
    left = max(0.0, (sum(widths[:start]) - 2.0) / whole)
    right = min(1.0, (sum(widths[:end]) + 2.0) / whole)
    a, b, c, d = line.polygon
    return _grown([_between(a, b, left), _between(a, b, right), _between(d, c, right), _between(d, c, left)])


def _between(one: tuple[float, float], other: tuple[float, float], part: float) -> tuple[float, float]:
    return one[0] + (other[0] - one[0]) * part, one[1] + (other[1] - one[1]) * part


def _portrait(reading: Reading) -> Sequence[tuple[float, float]]:
    """Told from where the text stands, whichever way up the card was photographed.

    The card's own axes: along its lines, and down from the first to the number.
    """
    lines = _of_the_front(reading)
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


def _of_the_front(reading: Reading) -> list[Line]:
    """The lines of the side with the portrait: a photo may show the other side beside or below it."""
    lines = [line for line in reading.lines if line.page == 0]
    fields = (reading.fields.get(name) for name in _ON_THE_FRONT)
    boxes = [box(field.polygon) for field in fields if field is not None and field.polygon and field.page == 0]
    if len(boxes) < _ENOUGH_FIELDS:
        return lines
    left, top = min(one[0] for one in boxes), min(one[1] for one in boxes)
    right, bottom = max(one[2] for one in boxes), max(one[3] for one in boxes)
    more = _LABELS_REACH * max(right - left, bottom - top)
    near = []
    for line in lines:
        a, b, c, d = box(line.polygon)
        if left - more < (a + c) / 2 < right + more and top - more < (b + d) / 2 < bottom + more:
            near.append(line)
    return near or lines


def _grown(polygon: Polygon) -> Sequence[tuple[float, float]]:
    """A tenth larger: digits at the ends must not show."""
    x, y = sum(p[0] for p in polygon) / len(polygon), sum(p[1] for p in polygon) / len(polygon)
    left, top, right, bottom = box(polygon)
    more = 0.2 * min(right - left, bottom - top)
    return [(px + math.copysign(more, px - x), py + math.copysign(more, py - y)) for px, py in polygon]
