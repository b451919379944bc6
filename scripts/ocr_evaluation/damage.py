"""What happens to a paper on its way: photographed on a desk, sent through a chat program, turned."""

import io
import random
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

DAMAGES = ("clean", "photo", "chat", "rotated")
Matrix = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Damaged:
    """The file's bytes, and the matrix that takes points of the sheet to points of the picture."""

    data: bytes
    matrix: Matrix


def damaged(image: Image.Image, damage: str, seed: str) -> Damaged:
    rng = random.Random(seed)  # noqa: S311 - the same picture every time is the point
    if damage == "clean":
        return Damaged(_encoded(image, "PNG"), np.eye(3))
    if damage == "rotated":
        turn = rng.choice((90, 180, 270))
        photo, matrix = _photo(image, rng)
        photo, matrix = _turned(photo, matrix, turn)
        return Damaged(_encoded(photo, "JPEG", 60), matrix)
    photo, matrix = _photo(image, rng)
    if damage == "photo":
        return Damaged(_encoded(photo, "JPEG", 60), matrix)
    scale = rng.uniform(960, 1280) / max(photo.size)
    small = photo.resize((round(photo.width * scale), round(photo.height * scale)), Image.Resampling.BILINEAR)
    return Damaged(_encoded(small, "JPEG", 45), np.diag([scale, scale, 1]) @ matrix)


def _encoded(image: Image.Image, form: str, quality: int = 0) -> bytes:
    data = io.BytesIO()
    image.save(data, form, **({"quality": quality} if quality else {}))
    return data.getvalue()


def _turned(photo: Image.Image, matrix: Matrix, turn: int) -> tuple[Image.Image, Matrix]:
    """Clockwise."""
    width, height = photo.size
    turns = {
        90: [[0, -1, height], [1, 0, 0], [0, 0, 1]],
        180: [[-1, 0, width], [0, -1, height], [0, 0, 1]],
        270: [[0, 1, 0], [-1, 0, width], [0, 0, 1]],
    }
    return photo.rotate(-turn, expand=True), np.array(turns[turn], float) @ matrix


def _photo(image: Image.Image, rng: random.Random) -> tuple[Image.Image, Matrix]:
    """A hand-held photo: slant of 3 to 8 degrees, perspective, desk, shadow, blur, noise.

    Long side 1700 to 2200 pixels.
    """
    noise = np.random.default_rng(rng.randrange(1 << 30))
    source = np.asarray(image)
    height, width = source.shape[:2]
    scale = rng.uniform(1700, 2200) / max(width, height)
    out_w, out_h = round(width * scale), round(height * scale)
    matrix = _view(width, height, out_w, out_h, rng)
    desk = noise.normal(rng.uniform(70, 150), 4, (out_h, out_w, 1)) + np.array([rng.uniform(-18, 18) for _ in range(3)])
    desk = cv2.GaussianBlur(desk.astype(np.float32), (0, 0), 3)
    seen = cv2.warpPerspective(source, matrix, (out_w, out_h), flags=cv2.INTER_AREA).astype(np.float32)
    mask = cv2.warpPerspective(np.ones((height, width), np.float32), matrix, (out_w, out_h))[..., None]
    seen = seen * mask + desk * (1 - mask)
    seen *= _light(out_w, out_h, rng)[..., None]
    seen = cv2.GaussianBlur(seen, (0, 0), rng.uniform(0.6, 1.1))
    seen += noise.normal(0, rng.uniform(2, 5), seen.shape)
    return Image.fromarray(seen.clip(0, 255).astype(np.uint8)), matrix


def _view(width: int, height: int, out_w: int, out_h: int, rng: random.Random) -> Matrix:
    angle = np.radians(rng.uniform(3, 8) * rng.choice((-1, 1)))
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], float) - [width / 2, height / 2]
    spin = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    seen = corners @ spin.T
    seen *= 1 + np.array([[rng.uniform(-0.04, 0.04)] * 2 for _ in range(4)])
    seen *= 0.96 * min(out_w / np.ptp(seen[:, 0]), out_h / np.ptp(seen[:, 1]))
    seen += np.array([out_w, out_h]) / 2 - (seen.max(axis=0) + seen.min(axis=0)) / 2
    source = (corners + np.array([width / 2, height / 2])).astype(np.float32)
    return np.asarray(cv2.getPerspectiveTransform(source, seen.astype(np.float32)))


def _light(width: int, height: int, rng: random.Random) -> Matrix:
    """Uneven light and the soft shadow of the hand."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    fall = 1 - rng.uniform(0.05, 0.25) * (rng.choice((x, width - x)) / width)
    edge = rng.uniform(0.3, 0.8) * width
    shadow = 1 - rng.uniform(0.1, 0.35) / (1 + np.exp(-(x + rng.uniform(-0.4, 0.4) * y - edge) / (0.03 * width)))
    return np.asarray(fall * shadow)
