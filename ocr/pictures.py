"""Pictures and quads: turning them, and cutting lines out of them."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.lines import Polygon

Picture = NDArray[Any]  # height × width × 3, uint8, blue green red
Quad = NDArray[Any]  # 4 × 2, float32, clockwise from where reading begins

_TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
_DARK = 90  # level of a ground that light letters stand on
_NO_PAPER = 150  # level that nine tenths of such a page stay below
_STANDING = 1.5  # a crop this much taller than wide holds a line that runs downwards


def turned(picture: Picture, turn: int) -> Picture:
    """Turned clockwise by 0, 90, 180 or 270 degrees."""
    return picture if turn == 0 else cv2.rotate(picture, _TURNS[turn])


def dark_on_light(picture: Picture) -> Picture:
    """With light writing on a dark ground turned over, as screens at night and some cards have it: detectors find
    small letters better the usual way. Neither a photo that is too dark nor a paper on a dark desk is turned over.
    """
    levels = cv2.cvtColor(picture[::4, ::4], cv2.COLOR_BGR2GRAY)
    darkest, ground, most, brightest = np.percentile(levels, (1, 50, 90, 99))
    is_dark = ground < _DARK and most < _NO_PAPER and brightest - ground > 2 * (ground - darkest)
    return np.asarray(255 - picture) if is_dark else picture


def turned_points(points: Quad, turn: int, width: int, height: int) -> Quad:
    """Where points of a picture of `width` by `height` come to lie when it is turned clockwise."""
    x, y = points[:, 0], points[:, 1]
    if turn == 90:
        return np.stack([height - y, x], axis=1)
    if turn == 180:
        return np.stack([width - x, height - y], axis=1)
    if turn == 270:
        return np.stack([y, width - x], axis=1)
    return points


def in_order(quad: Quad) -> Quad:
    """Corners clockwise from the one at the upper left."""
    points = np.asarray(quad, dtype=np.float32)
    by_x = points[np.argsort(points[:, 0], kind="stable")]
    left, right = by_x[:2], by_x[2:]
    left, right = left[np.argsort(left[:, 1])], right[np.argsort(right[:, 1])]
    return np.stack([left[0], right[0], right[1], left[1]])


def sides(quad: Quad) -> tuple[float, float]:
    """Width and height of a quad in order."""
    width = max(np.linalg.norm(quad[0] - quad[1]), np.linalg.norm(quad[3] - quad[2]))
    height = max(np.linalg.norm(quad[0] - quad[3]), np.linalg.norm(quad[1] - quad[2]))
    return float(width), float(height)


def widened(quads: list[Quad], part: float) -> list[Quad]:
    """Quads in order, each longer at both ends by `part` of its height, where no other quad begins there.

    A quad taller than wide is longer above and below.
    """
    if not quads:
        return []
    corners = np.array(quads, dtype=np.float64)
    tall = np.array([height > width for width, height in map(sides, quads)])
    corners[tall] = np.roll(corners[tall], 1, axis=1)  # so that reading goes along the long side
    along = (corners[:, 1] + corners[:, 2] - corners[:, 0] - corners[:, 3]) / 2
    along /= np.maximum(1e-6, np.linalg.norm(along, axis=1))[:, None]
    across = np.linalg.norm(corners[:, 3] - corners[:, 0] + corners[:, 2] - corners[:, 1], axis=1) / 2
    step = along * (part * across)[:, None]
    for end, sign in (((0, 3), -1), ((1, 2), 1)):
        probe = corners[:, end].mean(axis=1) + sign * step
        move = np.where(_covered(probe, corners)[:, None], 0.0, sign * step)
        corners[:, end] += move[:, None]
    corners[tall] = np.roll(corners[tall], -1, axis=1)
    return list(corners.astype(np.float32))


def _covered(points: NDArray[Any], quads: NDArray[Any]) -> NDArray[Any]:
    """Of each point whether it lies in a quad that is not its own: both count from 0 alike."""
    edges = np.roll(quads, -1, axis=1) - quads
    offsets = points[:, None, None] - quads[None]
    crosses = edges[None, ..., 0] * offsets[..., 1] - edges[None, ..., 1] * offsets[..., 0]
    inside: NDArray[Any] = (crosses >= 0).all(axis=2)
    np.fill_diagonal(inside, False)
    return np.asarray(inside.any(axis=1))


def cut(picture: Picture, quad: Quad) -> Picture:
    """The line inside a quad, straightened; one that runs downwards is laid flat."""
    width, height = (max(1, round(side)) for side in sides(quad))
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(quad.astype(np.float32), corners)
    line = cv2.warpPerspective(picture, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE, flags=cv2.INTER_CUBIC)
    return np.ascontiguousarray(np.rot90(line)) if height >= _STANDING * width else line


def polygon(quad: Quad) -> Polygon:
    a, b, c, d = ((float(x), float(y)) for x, y in quad)
    return (a, b, c, d)
