"""Pictures and quads: turning them, and cutting lines out of them."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.lines import Polygon

Picture = NDArray[Any]  # height × width × 3, uint8, blue green red
Quad = NDArray[Any]  # 4 × 2, float32, clockwise from where reading begins

_TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
_STANDING = 1.5  # a crop this much taller than wide holds a line that runs downwards


def turned(picture: Picture, turn: int) -> Picture:
    """Turned clockwise by 0, 90, 180 or 270 degrees."""
    return picture if turn == 0 else cv2.rotate(picture, _TURNS[turn])


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
