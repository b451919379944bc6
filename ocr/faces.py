"""Where faces are in a picture, for a copy without them. Errs towards painting too much."""

from pathlib import Path

import cv2
import numpy as np
from PIL import Image

_LONG_SIDE = 1000  # a portrait on a licence is a tenth of this, which is enough to be found
_SMALLEST = 36
_SURE = 6  # overlapping finds that make one; fewer find faces in stamps and characters
_MARGIN = 0.35  # hair, ears and chin lie outside of what the cascade calls a face
_CASCADE = Path(cv2.__file__).parent / "data" / "haarcascade_frontalface_default.xml"
_TURNS = {0: None, 90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}

Box = tuple[int, int, int, int]  # left, top, right, bottom, in pixels of the picture


def faces_in(picture: Image.Image, turn: int = 0) -> list[Box]:
    """``turn``: by how many degrees, clockwise, the picture is upright."""
    small = picture.convert("L")
    small.thumbnail((_LONG_SIDE, _LONG_SIDE))
    move = _TURNS[turn]
    upright = small if move is None else small.transpose(move)
    found = cv2.CascadeClassifier(str(_CASCADE)).detectMultiScale(
        np.asarray(upright), scaleFactor=1.1, minNeighbors=_SURE, minSize=(_SMALLEST, _SMALLEST)
    )
    scale = picture.width / small.width
    return [_scaled(_turned_back(tuple(map(int, one)), turn, small.size), scale) for one in found]


def _turned_back(face: tuple[int, ...], turn: int, size: tuple[int, int]) -> tuple[float, float, float, float]:
    """From the upright picture's pixels to those of the picture as it lies."""
    x, y, w, h = face
    width, height = size
    if turn == 90:
        x, y, w, h = y, height - x - w, h, w
    elif turn == 180:
        x, y = width - x - w, height - y - h
    elif turn == 270:
        x, y, w, h = width - y - h, x, h, w
    return x - _MARGIN * w, y - _MARGIN * h, x + (1 + _MARGIN) * w, y + (1 + _MARGIN) * h


def _scaled(box: tuple[float, float, float, float], scale: float) -> Box:
    left, top, right, bottom = (round(side * scale) for side in box)
    return left, top, right, bottom
