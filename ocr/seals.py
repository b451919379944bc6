"""Red stamps: found by their colour and shape, and made white, so that what they cover can be read.

Chinese papers bear a red seal over the very lines that matter: date and name. Black ink is dark in the red channel
too, red ink is as light there as paper; so where a stamp lies, the picture is replaced by its red channel. One
reading serves both.
"""

import cv2
import numpy as np

from ocr.lines import Polygon, box
from ocr.pictures import Picture, Quad, cut

_SMALL_SIDE = 800  # pixels of the copy that stamps are looked for in
_SMALLEST, _LARGEST = 0.06, 0.45  # of the page's shorter side
_ROOM = 0.12  # of its size around a stamp, where a broken rim goes on
_WIDEST_MEDIAN = 255  # pixels, OpenCV's bound for bytes
_DARKER = 40  # percent of a stamp's pixels that are darker than what counts as its ink
_OWN = 0.5  # of the ink of a line that is a stamp's own writing
_MOST_UNROUND = 1.6  # a stamp is a disc, an oval or a square; a red letterhead is not
_HIGHEST_LETTER = 0.14  # of the page's shorter side: more, and a sum would not fit the page
_NEXT = 0.6  # of its height: as near as the next digit of a red sum stands, with a comma between
_AS_HIGH = 1.5
_LEVEL = 0.7  # of the lower one's height, that two characters of a row share


def without_seals(picture: Picture) -> tuple[Picture, list[Polygon]]:
    """The picture with stamps made white, and where they were."""
    found = _places(picture)
    if not found:
        return picture, []
    result = picture.copy()
    for left, top, right, bottom in found:
        part = result[top:bottom, left:right]
        red = cv2.dilate(_red(part), np.ones((3, 3), np.uint8)).astype(bool)
        part[:] = _as_paper(part[:, :, 2], red)[:, :, None]
    return result, [box(*place) for place in found]


def is_of_seal(before: Picture, after: Picture, quad: Quad) -> bool:
    """Whether what is written in `quad` is the stamp's own: what is left of it in the picture `after` stamps were
    lifted is red `before`.
    """
    grey = cut(after, quad)[:, :, 2]
    _, ink = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)
    written = ink > 0
    return bool(written.any()) and float((_red(cut(before, quad)) > 0)[written].mean()) > _OWN


def _as_paper(channel: Picture, red: Picture) -> Picture:
    """The red channel, with what is red as bright as the paper around it, and no brighter.

    JPEG keeps colour at half the size of brightness, so thin strokes stay darker than the stamp's surfaces: what is
    lighter than a part of the stamp counts as paper.
    """
    if not red.any() or red.all():
        return channel
    reach = min(_WIDEST_MEDIAN, max(3, min(channel.shape) // 3) | 1)
    paper = np.maximum(1, cv2.medianBlur(channel, reach)).astype(np.float32)
    level = channel / paper
    ink = min(1.0, float(np.percentile(level[red], _DARKER)))
    return np.where(red, np.minimum(1.0, level / ink) * paper, channel).astype(np.uint8)


def _red(picture: Picture) -> Picture:
    """255 where ink is red: also where it covers black and is darker. Brown, whose green is far from its blue, is not:
    frames are brown, and a stamp that touches one would be lost in it.
    """
    blue, green, red = (channel.astype(np.int16) for channel in cv2.split(picture))
    other = np.maximum(blue, green)
    return np.where((red - other > 32) & (red > 70) & (green - blue < red - green), 255, 0).astype(np.uint8)


def _in_a_row(piece: tuple[int, int, int, int], pieces: Picture) -> bool:
    """Whether it is a part of large red letters, as phones show sums in: the next one stands level with it, as high
    and close by.
    """
    left, top, wide, high = piece
    lefts, tops, wides, highs = pieces.T
    gap = np.maximum(lefts - (left + wide), left - (lefts + wides))
    shared = np.minimum(tops + highs, top + high) - np.maximum(tops, top)
    lower, higher = np.minimum(highs, high), np.maximum(highs, high)
    beside = (gap >= 0) & (gap <= _NEXT * high) & (shared >= _LEVEL * lower) & (higher <= _AS_HIGH * lower)
    return bool(beside.any())


def _places(picture: Picture) -> list[tuple[int, int, int, int]]:
    height, width = picture.shape[:2]
    scale = min(1.0, _SMALL_SIDE / max(height, width))
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    side = min(small.shape[:2])
    reach = max(3, side // 60)
    joined = cv2.morphologyEx(_red(small), cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined)
    pieces = stats[1:count, :4]
    places = []
    for left, top, wide, high in pieces:
        round_enough = max(wide, high) <= _MOST_UNROUND * min(wide, high)
        of_size = _SMALLEST * side <= max(wide, high) <= _LARGEST * side
        letter = high <= _HIGHEST_LETTER * side and _in_a_row((left, top, wide, high), pieces)
        if of_size and round_enough and not letter:
            margin = reach + round(_ROOM * max(wide, high))
            places.append(
                (
                    max(0, int((left - margin) / scale)),
                    max(0, int((top - margin) / scale)),
                    min(width, int((left + wide + margin) / scale)),
                    min(height, int((top + high + margin) / scale)),
                )
            )
    return places
